"""Addresses of the room."""

from django.urls import path

from notices import views

app_name = "notices"

urlpatterns = [
    path("", views.outbox, name="outbox"),
    path("retry/", views.retry_all, name="retry_all"),
    path("<int:pk>/", views.notice, name="notice"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("<int:pk>/files/<int:file>/", views.attachment, name="attachment"),
]
