"""Addresses of the sealed report."""

from django.urls import URLPattern, URLResolver, path

from campaigns.closing import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:period>/seal/", views.seal_page, name="seal"),
    path("<str:period>/seal/verify/", views.verify, name="seal_verify"),
    path("<str:period>/seal/again/", views.reseal, name="reseal"),
    path("<str:period>/seal/<int:revision>/<str:kind>/", views.seal_file, name="seal_file"),
]
