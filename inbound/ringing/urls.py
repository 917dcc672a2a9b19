"""Addresses of the calls that ring."""

from django.urls import path

from inbound.ringing import views

urlpatterns = [
    path("ringing/", views.ringing, name="ringing"),
    path("ringing/<uuid:key>/caller/", views.caller, name="ringing_caller"),
    path("ringing/<uuid:key>/attend/", views.attend, name="ringing_attend"),
    path("ringing/<uuid:key>/hang-up/", views.hang_up, name="ringing_hang_up"),
    path("ringing/<uuid:key>/transfer/", views.transfer, name="ringing_transfer"),
]
