"""Addresses of the telephone system."""

from django.urls import URLPattern, path

from telephony import views

app_name = "telephony"

urlpatterns: list[URLPattern] = [
    path("seat/", views.seat, name="seat"),
    path("seat/stands/", views.seat_stands, name="seat_stands"),
]
