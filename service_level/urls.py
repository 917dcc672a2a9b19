"""Addresses of the indicator."""

from django.urls import path

from service_level.asternic import views as asternic
from service_level.indicator import views
from service_level.sealing import views as sealing
from service_level.staffing import views as staffing

app_name = "service_level"

urlpatterns = [
    path("", views.newest, name="newest"),
    path("calls/<int:pk>/", views.call, name="call"),
    path("staffing/", staffing.staffing, name="staffing"),
    path("staffing/export/", staffing.export, name="staffing_export"),
    path("asternic/<int:pk>/", asternic.export, name="asternic_export"),
    path("asternic/<int:pk>/remove/", asternic.remove, name="asternic_remove"),
    path("<str:named>/", views.month, name="month"),
    path("<str:named>/export/", views.export, name="export"),
    path("<str:named>/seal/", sealing.seal_page, name="seal"),
    path("<str:named>/seal/new/", sealing.seal_month, name="seal_month"),
    path("<str:named>/seal/progress/", sealing.seal_progress, name="seal_progress"),
    path("<str:named>/seal/<int:revision>/<str:kind>/", sealing.seal_file, name="seal_file"),
    path("<str:named>/heard/", views.beside, name="beside"),
    path("<str:named>/asternic/", asternic.exports, name="asternic"),
    path("<str:named>/days/<str:day>/", views.day, name="day"),
    path("<str:named>/lines/<path:line>/", views.line, name="line"),
    path("<str:named>/calls/<path:line>/", views.calls, name="calls"),
    path("<str:named>/others/<path:line>/", views.others, name="others"),
]
