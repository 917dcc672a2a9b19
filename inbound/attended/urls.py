"""Addresses of what the supervisors see of the lines."""

from django.urls import path

from inbound.attended import views

urlpatterns = [
    path("attended/", views.attended, name="attended"),
    path("attended/export/", views.attended_export, name="attended_export"),
    path("times/", views.times, name="times"),
    path("times/export/", views.times_export, name="times_export"),
]
