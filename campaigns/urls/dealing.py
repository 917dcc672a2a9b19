"""Addresses of the dealing story."""

from django.urls import URLPattern, URLResolver, path

from campaigns.views import changing_hands, dealing

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:period>/proposal/", dealing.proposal_page, name="proposal"),
    path("<str:period>/deal/", dealing.deal, name="deal"),
    path("<str:period>/deal/progress/", dealing.deal_progress, name="deal_progress"),
    path("<str:period>/launch/", dealing.launch, name="launch"),
    path("<str:period>/reassign/", changing_hands.reassign, name="reassign"),
    path("<str:period>/reassign/<int:pk>/undo/", changing_hands.undo, name="undo_reassignment"),
]
