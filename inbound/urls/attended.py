"""Addresses of what the supervisors see of the lines."""

from django.urls import path

from inbound.views import attended

urlpatterns = [
    path("attended/", attended.attended, name="attended"),
    path("attended/export/", attended.attended_export, name="attended_export"),
    path("times/", attended.times, name="times"),
    path("times/export/", attended.times_export, name="times_export"),
]
