"""Addresses of the inbound lines."""

from inbound.urls.writes import urlpatterns as writes

app_name = "inbound"
urlpatterns = [*writes]
