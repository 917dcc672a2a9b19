"""Addresses of the room, by story."""

from django.urls import include, path

app_name = "inbound"

urlpatterns = [
    path("", include("inbound.walks.urls")),
    path("", include("inbound.ringing.urls")),
    path("", include("inbound.attended.urls")),
    path("", include("inbound.lost_callers.urls")),
    path("", include("inbound.writes.urls")),
    path("", include("inbound.repairs.urls")),
]
