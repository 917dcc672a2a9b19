"""Addresses of the room."""

from django.urls import path

from escalations.views import board, calling, calls, cards, letters, lists, own, times

app_name = "escalations"

urlpatterns = [
    path("", board.board, name="board"),
    path("counts/", board.board_counts, name="board_counts"),
    path("columns/<slug:code>/", board.board_column, name="board_column"),
    path("changes/", board.changes, name="changes"),
    path("list/", lists.escalation_list, name="escalation_list"),
    path("several/", lists.escalations_several, name="escalations_several"),
    path("export/", lists.escalation_export, name="escalation_export"),
    path("own/<slug:place>/filters/save/", own.filter_save, name="filter_save"),
    path("own/<slug:place>/filters/<int:pk>/forget/", own.filter_forget, name="filter_forget"),
    path("calls/", calls.calls, name="calls"),
    path("calls/<int:pk>/call/", calls.call_dial, name="call_dial"),
    path("calls/<int:pk>/take/", calls.call_take, name="call_take"),
    path("calls/<int:pk>/give-back/", calls.call_give_back, name="call_give_back"),
    path("calls/<int:pk>/not-reached/", calls.call_not_reached, name="call_not_reached"),
    path("calls/<int:pk>/told/", calls.call_told, name="call_told"),
    path("times/", times.times, name="times"),
    path("times/export/", times.times_export, name="times_export"),
    path("<int:pk>/", cards.escalation, name="escalation"),
    path("<int:pk>/call/", calling.escalation_call, name="escalation_call"),
    path("<int:pk>/call/phase/", calling.call_phase, name="call_phase"),
    path("<int:pk>/call/hang-up/", calling.call_hang_up, name="call_hang_up"),
    path("<int:pk>/card/", board.board_card, name="board_card"),
    path("<int:pk>/letter/", letters.letter, name="letter"),
    path("<int:pk>/letters/<int:letter>/retry/", letters.letter_retry, name="letter_retry"),
    path("<int:pk>/mentions/seen/", own.mentions_seen, name="mentions_seen"),
    path("<int:pk>/reveal/", cards.escalation_reveal, name="escalation_reveal"),
    path("<int:pk>/undo/", cards.escalation_undo, name="escalation_undo"),
    path("<int:pk>/steps/<slug:verb>/", cards.escalation_step, name="escalation_step"),
]
