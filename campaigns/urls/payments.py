"""Addresses of the payments story."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views import payments, promises

urlpatterns: list[URLPattern | URLResolver] = [
    path("", payments.payment_list, name="payment_list"),
    path("export/", payments.payment_export, name="payment_export"),
    path("match/", payments.match_again, name="match_again"),
    path("age/", payments.payment_age, name="payment_age"),
    path("contacts/<int:pk>/", payments.contact_payments, name="contact_payments"),
    path("promises/", promises.promise_list, name="promise_list"),
    path("promises/export/", promises.promise_export, name="promise_export"),
]
