"""Addresses of the room."""

from django.urls import path

from escalations.views import cards, lists, times

app_name = "escalations"

urlpatterns = [
    path("", lists.escalation_list, name="escalation_list"),
    path("export/", lists.escalation_export, name="escalation_export"),
    path("times/", times.times, name="times"),
    path("times/export/", times.times_export, name="times_export"),
    path("<int:pk>/", cards.escalation, name="escalation"),
    path("<int:pk>/reveal/", cards.escalation_reveal, name="escalation_reveal"),
]
