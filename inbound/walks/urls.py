"""Addresses of the walks, and of what the cards of the board ask of the lines."""

from django.urls import path

from inbound.walks.views import cards, walks

urlpatterns = [
    path("", walks.lines, name="lines"),
    path("begin/", walks.begin, name="begin"),
    path("walks/<uuid:key>/", walks.walk, name="walk"),
    path("walks/<uuid:key>/reveal/", walks.reveal, name="walk_reveal"),
    path("walks/<uuid:key>/answer/", walks.answer, name="walk_answer"),
    path("walks/<uuid:key>/look/", walks.look, name="walk_look"),
    path("walks/<uuid:key>/outcome/", walks.outcome, name="walk_outcome"),
    path("walks/<uuid:key>/by-hand/", walks.by_hand, name="walk_by_hand"),
    path("walks/<uuid:key>/back/", walks.back, name="walk_back"),
    path("walks/<uuid:key>/continue/", walks.go_on_as, name="walk_continue"),
    path("walks/<uuid:key>/leave/", walks.leave, name="walk_leave"),
    path("walks/<uuid:key>/caller/", walks.caller, name="walk_caller"),
    path("walks/<uuid:key>/draft/", walks.draft, name="walk_draft"),
    path("walks/<uuid:key>/customers/", walks.customers, name="walk_customers"),
    path("walks/<uuid:key>/left-behind/", walks.left_behind, name="walk_left_behind"),
    path("walks/<uuid:key>/diagram/", walks.diagram, name="walk_diagram"),
    path("cards/<int:pk>/trail/", cards.card_trail, name="card_trail"),
    path("cards/<int:pk>/lane/", cards.card_lane, name="card_lane"),
    path("cards/<int:pk>/attend/", cards.card_attend, name="card_attend"),
]
