"""Addresses of the room, by story."""

from django.urls import include, path

app_name = "campaigns"

urlpatterns = [
    path("reports/", include("campaigns.intake.urls")),
    path("payments/", include("campaigns.payments.urls")),
    path("campaigns/", include("campaigns.month.urls")),
    path("campaigns/", include("campaigns.assignment.urls")),
    path("campaigns/", include("campaigns.closing.urls")),
    path("campaigns/", include("campaigns.steering.urls")),
    path("desk/", include("campaigns.desk.urls")),
    path("", include("campaigns.calling.urls")),
    path("", include("campaigns.promises_and_callbacks.urls")),
    path("", include("campaigns.lists.urls")),
]
