"""Addresses of who is not called."""

from django.urls import URLPattern, path

from campaigns.calling import views

urlpatterns: list[URLPattern] = [
    path("do-not-call/", views.do_not_call, name="do_not_call"),
    path("do-not-call/add/", views.do_not_call_add, name="do_not_call_add"),
    path("do-not-call/<int:pk>/take-off/", views.do_not_call_take_off, name="do_not_call_take_off"),
]
