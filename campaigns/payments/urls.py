"""Addresses of the payments."""

from django.urls import URLPattern, URLResolver, path

from campaigns.payments import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.payment_list, name="payment_list"),
    path("export/", views.payment_export, name="payment_export"),
    path("match/", views.match_again, name="match_again"),
    path("receipts/<int:pk>/annul/", views.receipt_annul, name="receipt_annul"),
    path("refunds/<int:pk>/confirm/", views.refund_confirm, name="refund_confirm"),
    path("age/", views.payment_age, name="payment_age"),
]
