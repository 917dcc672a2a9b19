"""Addresses of the inbound lines."""

from inbound.urls.attended import urlpatterns as attended
from inbound.urls.cards import urlpatterns as cards
from inbound.urls.walks import urlpatterns as walks
from inbound.urls.writes import urlpatterns as writes

app_name = "inbound"
urlpatterns = [*walks, *attended, *cards, *writes]
