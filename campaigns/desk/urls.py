"""Addresses of the desk."""

from django.urls import URLPattern, URLResolver, path

from campaigns.desk.views import calls, contact, desk, own_lists

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.desk, name="desk"),
    path("next/", desk.next_contact, name="desk_next"),
    path("call/", calls.call, name="desk_call"),
    path("call/phase/", calls.call_phase, name="desk_call_phase"),
    path("call/free/", calls.when_free, name="desk_when_free"),
    path("call/hang-up/", calls.hang_up, name="desk_hang_up"),
    path("result/", desk.result, name="desk_result"),
    path("pulse/", desk.pulse, name="desk_pulse"),
    path("draft/", desk.draft, name="desk_draft"),
    path("give-back/", desk.give_back, name="desk_give_back"),
    path("pause/", desk.pause, name="desk_pause"),
    path("pause/stands/", desk.pause_stands, name="desk_pause_stands"),
    path("list/", own_lists.my_list, name="my_list"),
    path("list/export/", own_lists.my_list_export, name="my_list_export"),
    path("day/", own_lists.my_day, name="my_day"),
    path("search/", own_lists.search, name="search"),
    path("search/suggestions/", own_lists.suggestions, name="search_suggestions"),
    path("contacts/<int:pk>/", contact.contact, name="contact"),
    path("contacts/<int:pk>/open/", contact.open_at_desk, name="contact_open"),
    path("contacts/<int:pk>/reveal/", contact.reveal, name="contact_reveal"),
    path("results/<int:pk>/correct/", contact.correct, name="correct_result"),
]
