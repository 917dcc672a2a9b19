"""Addresses of what was agreed on the telephone."""

from django.urls import URLPattern, URLResolver, path

from campaigns.promises_and_callbacks.views import agenda, promises

urlpatterns: list[URLPattern | URLResolver] = [
    path("payments/promises/", promises.promise_list, name="promise_list"),
    path("payments/promises/export/", promises.promise_export, name="promise_export"),
    path("desk/agenda/", agenda.agenda, name="agenda"),
    path("desk/agenda/<int:pk>/", agenda.call_back, name="call_back"),
]
