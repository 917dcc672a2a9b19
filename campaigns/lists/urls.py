"""Addresses of the lists of contacts, and of exports on their way."""

from django.urls import URLPattern, URLResolver, path

from campaigns.lists.views import contacts, exports

urlpatterns: list[URLPattern | URLResolver] = [
    path("campaigns/<str:period>/contacts/", contacts.contact_list, name="contact_list"),
    path("campaigns/<str:period>/contacts/export/", contacts.export, name="contact_export"),
    path("exports/<int:pk>/", exports.list_export, name="list_export"),
    path("exports/<int:pk>/progress/", exports.list_export_progress, name="list_export_progress"),
    path("exports/<int:pk>/file/", exports.list_export_file, name="list_export_file"),
    path("exports/<int:pk>/again/", exports.list_export_again, name="list_export_again"),
]
