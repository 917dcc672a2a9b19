"""Addresses of the assignment."""

from django.urls import URLPattern, URLResolver, path

from campaigns.assignment.views import proposal, reassigning

urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:period>/proposal/", proposal.proposal_page, name="proposal"),
    path("<str:period>/deal/", proposal.assign, name="assign"),
    path("<str:period>/deal/progress/", proposal.assignment_progress, name="assignment_progress"),
    path("<str:period>/launch/", proposal.launch, name="launch"),
    path("<str:period>/reassign/", reassigning.reassign, name="reassign"),
    path("<str:period>/reassign/<int:pk>/undo/", reassigning.undo, name="undo_reassignment"),
]
