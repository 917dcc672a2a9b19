"""Addresses of what the cards of the board ask of the lines."""

from django.urls import path

from inbound.views import cards

urlpatterns = [
    path("cards/<int:pk>/trail/", cards.card_trail, name="card_trail"),
    path("cards/<int:pk>/lane/", cards.card_lane, name="card_lane"),
    path("cards/<int:pk>/attend/", cards.card_attend, name="card_attend"),
]
