"""Addresses of the exports on their way."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views import exports

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/", exports.list_export, name="list_export"),
    path("<int:pk>/progress/", exports.list_export_progress, name="list_export_progress"),
    path("<int:pk>/file/", exports.list_export_file, name="list_export_file"),
    path("<int:pk>/again/", exports.list_export_again, name="list_export_again"),
]
