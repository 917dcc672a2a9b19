"""Addresses of the control room."""

from django.urls import path

from control_room import views

app_name = "control_room"

urlpatterns = [
    path("", views.room, name="room"),
    path("now/", views.now, name="now"),
    path("campaigns/", views.campaigns, name="campaigns"),
    path("agents/<int:pk>/", views.agent, name="agent"),
    path("agents/<int:pk>/message/", views.message, name="message"),
    path("agents/<int:pk>/pause/", views.pause, name="pause"),
    path("agents/<int:pk>/back/", views.back, name="back"),
    path("agents/<int:pk>/take-away/", views.take_away, name="take_away"),
    path("agents/<int:pk>/monitor/", views.monitor, name="monitor"),
    path("stop-monitoring/", views.stop_monitoring, name="stop_monitoring"),
    path("monitorings/", views.monitorings, name="monitorings"),
]
