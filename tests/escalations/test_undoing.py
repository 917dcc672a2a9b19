"""A move is taken back in its first seconds by who made it, and the history keeps both."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from escalations import working
from escalations.lifecycle import EscalationRefused
from escalations.models import Escalation
from escalations.undoing import can_undo, undo
from tests.escalations.test_invariants import broken

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=4)
MOVES = {
    "take": ("new", lambda pk, who, at: working.take(escalation_id=pk, by=who, now=at)),
    "give_back": ("taken", lambda pk, who, at: working.give_back(escalation_id=pk, by=who, now=at)),
    "wait": ("taken", lambda pk, who, at: working.wait(escalation_id=pk, unit="Facturación", by=who, now=at)),
    "go_on": ("waiting", lambda pk, who, at: working.go_on(escalation_id=pk, by=who, now=at)),
    "resolve": ("taken", lambda pk, who, at: working.resolve(escalation_id=pk, outcome="Listo", by=who, now=at)),
    "reject": ("taken", lambda pk, who, at: working.reject(escalation_id=pk, reason="No es", by=who, now=at)),
}


def brought_to(card, state, by, now):
    if state != "new":
        working.take(escalation_id=card.pk, by=by, now=now)
    if state == "waiting":
        working.wait(escalation_id=card.pk, unit="Facturación", by=by, now=now)
    return Escalation.objects.get(pk=card.pk)


@pytest.mark.parametrize("move", MOVES)
def test_a_move_is_taken_back_and_its_history_stays(card, elena, morning, move):
    state, make = MOVES[move]
    before = brought_to(card, state, elena, morning)
    moved = make(card.pk, elena, morning + SOON)
    assert can_undo(moved, by=elena, now=morning + 2 * SOON)
    undo(escalation_id=card.pk, version=moved.version, by=elena, now=morning + 2 * SOON)
    after = Escalation.objects.get(pk=card.pk)
    assert (after.state, after.owner, after.waits_for) == (before.state, before.owner, before.waits_for)
    assert abs(after.due_at - before.due_at) <= 2 * SOON
    assert after.outcome == ""
    assert move in after.changes.values_list("verb", flat=True)
    assert broken() == {}


def test_who_handed_it_over_gives_it_back_to_who_had_it(card, elena, rosa, morning):
    working.take(escalation_id=card.pk, by=elena, now=morning)
    moved = working.hand_over(escalation_id=card.pk, to=rosa, by=elena, now=morning)
    undo(escalation_id=card.pk, version=moved.version, by=elena, now=morning + SOON)
    assert Escalation.objects.get().owner == elena


@pytest.mark.parametrize(
    ("seconds", "who", "version", "said"),
    [
        (16, "elena", 0, "Ya no se puede deshacer"),
        (4, "rosa", 0, "Eso no se deshace"),
        (4, "elena", -1, "la cambió después"),
    ],
)
def test_later_by_another_or_after_a_change_nothing_is_taken_back(
    card, elena, rosa, morning, seconds, who, version, said
):
    moved = working.take(escalation_id=card.pk, by=elena, now=morning)
    by, now = {"elena": elena, "rosa": rosa}[who], morning + timedelta(seconds=seconds)
    with pytest.raises(EscalationRefused, match=said):
        undo(escalation_id=card.pk, version=moved.version + version, by=by, now=now)
    assert Escalation.objects.get().owner == elena


def test_what_the_customer_was_told_is_not_taken_back(card, elena, morning):
    working.take(escalation_id=card.pk, by=elena, now=morning)
    working.resolve(escalation_id=card.pk, outcome="Listo", by=elena, now=morning)
    told = working.inform(escalation_id=card.pk, how="telephone", told_at=morning, by=elena, now=morning)
    assert not can_undo(told, by=elena, now=morning + SOON)


def test_the_page_offers_it_and_takes_it_back(card, elena, client):
    client.force_login(elena)
    step = reverse("escalations:escalation_step", args=[card.pk, "take"])
    told = client.post(step, headers={"Accept": "application/json"}).json()
    assert told["undo"] == reverse("escalations:escalation_undo", args=[card.pk])
    done = client.post(told["undo"], {"version": told["version"]}, headers={"Accept": "application/json"})
    assert (done.json()["text"], Escalation.objects.get().state) == ("Deshecho.", "new")
    again = client.post(told["undo"], {"version": told["version"]}, headers={"Accept": "application/json"})
    assert again.status_code == 409
    page = client.post(step, headers={"HX-Request": "true"}).content.decode()
    assert "data-undo" in page
    version = Escalation.objects.get().version
    page = client.post(told["undo"], {"version": version}, headers={"HX-Request": "true"}).content.decode()
    assert "Deshecho." in page
    assert "data-undo" not in page
    assert client.post(told["undo"], {"version": "x"}).status_code == 404
