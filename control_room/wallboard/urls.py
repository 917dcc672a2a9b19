"""Addresses of the wallboards: their own root, for who opens one is nobody who signed in."""

from django.urls import path

from control_room.wallboard import views

app_name = "wallboard"

urlpatterns = [
    path("<str:token>/", views.wallboard, name="wallboard"),
    path("<str:token>/<str:layout>/", views.wallboard, name="layout"),
    path("<str:token>/<str:layout>/now/", views.wallboard_now, name="now"),
]
