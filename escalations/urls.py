"""Addresses of the room."""

from django.urls import path

from escalations import views

app_name = "escalations"

urlpatterns = [
    path("", views.escalation_list, name="escalation_list"),
    path("export/", views.escalation_export, name="escalation_export"),
    path("<int:pk>/", views.escalation, name="escalation"),
    path("<int:pk>/reveal/", views.escalation_reveal, name="escalation_reveal"),
]
