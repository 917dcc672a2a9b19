"""Addresses of the centre."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from agents.views.people import choose_language
from callcenter import errors, health, views
from callcenter.customers.views import customer
from callcenter.first_day import views as first_day
from callcenter.home import home
from callcenter.manual import manual
from callcenter.workdays import views as workdays

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # one door, one lock-out

urlpatterns = [
    path("", home, name="home"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("accounts/", include("agents.urls.accounts")),
    path("language/", choose_language, name="set_language"),
    path("people/own/", views.own_day, name="own_day"),
    path("people/days/", workdays.workdays, name="workdays"),
    path("people/days/handling/", workdays.handling, name="workdays_handling"),
    path("people/days/export/", workdays.export, name="workdays_export"),
    path("people/", include("agents.urls")),
    path("outbox/", include("notices.urls")),
    path("escalations/", include("escalations.urls")),
    path("setup/", first_day.first_day, name="setup"),
    path("setup/people/", first_day.people, name="setup_people"),
    path("setup/<slug:code>/", first_day.word, name="setup_word"),
    path("setup/<slug:code>/try/", first_day.trial, name="setup_try"),
    path("work/", views.owed_work, name="owed_work"),
    path("work/<str:kind>/again/", views.all_owed_work_again, name="all_owed_work_again"),
    path("work/<str:kind>/<int:pk>/again/", views.owed_work_again, name="owed_work_again"),
    path("customers/<path:contract>/", customer, name="customer"),
    path("manual/<path:path>", manual, name="manual"),
    path("demo/progress/", views.demo_progress, name="demo_progress"),
    path("ui/", include("screens.urls")),
    path("lines/", include("inbound.urls")),
    path("room/", include("control_room.urls")),
    path("wallboard/", include("control_room.wallboard.urls")),
    path("telephone/", include("telephony.urls")),
    path("indicator/", include("service_level.urls")),
    path("api/v1/", include("callcenter.programs")),
    path("", include("campaigns.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler429 = errors.too_many
handler500 = errors.server_failed
