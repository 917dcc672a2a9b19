"""Addresses of who was lost and called back."""

from django.urls import path

from inbound.lost_callers import views

urlpatterns = [
    path("lost/", views.lost, name="lost"),
    path("lost/<str:named>/", views.lost_of_a_month, name="lost_of_a_month"),
]
