"""Addresses of the room, by story."""

from django.urls import include, path

app_name = "campaigns"

urlpatterns = [
    path("reports/", include("campaigns.urls.reports")),
    path("payments/", include("campaigns.urls.payments")),
    path("campaigns/", include("campaigns.urls.campaign")),
    path("campaigns/", include("campaigns.urls.dealing")),
    path("exports/", include("campaigns.urls.exports")),
    path("desk/", include("campaigns.urls.desk")),
]
