"""Addresses of the payments story."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views import payments

urlpatterns: list[URLPattern | URLResolver] = [
    path("age/", payments.payment_age, name="payment_age"),
]
