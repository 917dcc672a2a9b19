"""Addresses of the limits of repairs."""

from django.urls import path

from inbound.repairs import views

urlpatterns = [
    path("repairs/", views.repairs, name="repairs"),
    path("repairs/export/", views.repairs_export, name="repairs_export"),
]
