"""What was asked for again because the first was settled as not done, which its system says later that it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from escalations.models import Escalation
from inbound.models import OutsideSystem, OutsideWrite, Walk
from inbound.walks.done_after_all import ask_once_more
from inbound.walks.let_down import _done_after_its_card
from inbound.writes import asking
from inbound.writes.asking import Said, ask_about_doubts, done_after_all, found_done_since
from inbound.writes.delivering import _confirm, deliver_due
from inbound.writes.limits import moved_on_the_day
from inbound.writes.settling import settle
from inbound.writes.states import WriteRefused
from tests.inbound.cards import card_of, heard_on
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=6)
Owe = Callable[..., OutsideWrite]


@pytest.fixture
def not_done(owe: Owe, side: OtherSide, elena: User, now: datetime) -> OutsideWrite:
    """A top-up whose answer was lost, and that its system says was not done: so it was settled."""
    write = owe("qbc.top_up")
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=now)
    side.knows = (200, {"done": False})
    settle(write=write, outcome="not_done", reference="", reason="No está", by=elena, now=now)
    side.hangs_up.clear()
    write.refresh_from_db()
    return write


@pytest.fixture
def again(not_done: OutsideWrite, owe: Owe, now: datetime) -> OutsideWrite:
    """The same, asked for once more a minute later."""
    return owe("qbc.top_up", key="walk:1:9", position=9, at=now + timedelta(minutes=1))


def test_it_is_not_sent_where_the_first_was_done_after_all(
    not_done: OutsideWrite, again: OutsideWrite, side: OtherSide, now: datetime
) -> None:
    side.knows = (200, {"done": True})
    assert ask_once_more(now=now + MINUTES) == 1
    assert deliver_due(now=now + MINUTES) == 0
    again.refresh_from_db()
    assert (again.state, [key for _operation, key, _body in side.book]) == ("not_done", [not_done.key])
    assert "respondió después que se hizo. Esto no se envió." in again.last_error
    assert moved_on_the_day(by=again.owed_by, system="qbc", now=now)[1] == 1, "it was never sent"
    assert broken() == {}


def test_an_answer_of_before_it_was_asked_for_stops_it_too(
    not_done: OutsideWrite, again: OutsideWrite, side: OtherSide, now: datetime
) -> None:
    """It is written down with the moment at which its sender began, or by a clock that is behind."""
    assert done_after_all(not_done, "LATE-9", now=now - timedelta(minutes=2))
    assert deliver_due(now=now + MINUTES) == 0
    again.refresh_from_db()
    assert again.state == "not_done"
    assert "se había dado por no hecho, y se hizo: LATE-9. Esto no se envió." in again.last_error
    assert [key for _operation, key, _body in side.book] == [not_done.key]


def test_whoever_looks_whether_it_was_done_twice_hears_that_it_was_not(
    not_done: OutsideWrite, again: OutsideWrite, side: OtherSide, elena: User, now: datetime
) -> None:
    its_card = card_of(again, now)
    side.knows = (200, {"done": True})
    ask_once_more(now=now + MINUTES)
    deliver_due(now=now + MINUTES)
    assert "respondió después que se hizo. Esto no se envió." in heard_on(its_card)[-1]
    side.knows = (200, {"done": False})
    settle(write=not_done, outcome="not_done", reference="", reason="Anulada", by=elena, now=now + 2 * MINUTES)
    looking = Escalation.objects.get(key__startswith=f"write:{not_done.pk}:after_all:")
    assert "se resolvió que no se hizo" in heard_on(looking)[-1]
    assert heard_on(its_card)[-1] == "Lo que se pidió antes para el mismo número se resolvió que no se hizo."


def test_what_was_kept_back_long_ago_hears_nothing_of_another_doubt(
    not_done: OutsideWrite,
    again: OutsideWrite,
    owe: Owe,
    side: OtherSide,
    elena: User,
    now: datetime,
    luis: Agent,
    walk_of: Callable[..., Walk],
) -> None:
    """It would be done by hand, and the first one stands."""
    its_card = card_of(again, now)
    side.knows = (200, {"done": True, "reference": "LATE-9"})
    ask_once_more(now=now + MINUTES)
    deliver_due(now=now + MINUTES)
    told, later = heard_on(its_card), now + timedelta(days=40)
    another = owe("qbc.top_up", key="walk:2:7", of=walk_of(luis), by=luis, at=later)
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=later)
    side.knows = (200, {"done": False})
    settle(write=another, outcome="not_done", reference="", reason="No está", by=elena, now=later)
    another.refresh_from_db()
    assert (another.state, heard_on(its_card)) == ("not_done", told)


def test_what_was_kept_back_is_asked_for_anew_where_the_call_comes_to_it_once_more(
    not_done: OutsideWrite,
    again: OutsideWrite,
    owe: Owe,
    side: OtherSide,
    elena: User,
    now: datetime,
) -> None:
    side.knows = (200, {"done": True})
    ask_once_more(now=now + MINUTES)
    deliver_due(now=now + MINUTES)
    side.knows = (200, {"done": False})
    settle(write=not_done, outcome="not_done", reference="", reason="Anulada", by=elena, now=now + 2 * MINUTES)
    anew = owe("qbc.top_up", key="walk:1:9", position=12, at=now + 3 * MINUTES)
    assert (anew.pk != again.pk, anew.state) == (True, "waiting")


def test_whoever_does_it_by_hand_reads_it_first(
    not_done: OutsideWrite, again: OutsideWrite, side: OtherSide, elena: User, signed_in: Any, now: datetime
) -> None:
    OutsideSystem.objects.update_or_create(code="qbc", defaults={"mode": OutsideSystem.Mode.BY_HAND})
    deliver_due(now=now + MINUTES)
    again.refresh_from_db()
    assert again.state == "by_hand"
    reader: Client = signed_in(elena)
    address = reverse("inbound:write", args=[again.pk])
    assert "Antes de hacerla" not in reader.get(address).content.decode()
    assert done_after_all(not_done, "LATE-9", now=now + MINUTES)
    page = reader.get(address).content.decode()
    assert (
        "se había dado por no hecho, y se hizo: LATE-9. Si esta se hace también, el número queda con las dos." in page
    )
    assert reverse("inbound:write", args=[not_done.pk]) in page


def test_money_is_not_done_under_the_reference_of_other_money(owe: Owe, side: OtherSide, now: datetime) -> None:
    first, second = owe("qbc.top_up"), owe("qbc.top_up", key="walk:1:8", position=8, number="70712399")
    side.says["qbc/top_up"] = (200, {"reference": "R-1"})
    side.knows = (200, {"done": True, "reference": "R-1"})
    deliver_due(now=now)
    deliver_due(now=now + MINUTES)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.reference) == ("done", "R-1")
    assert (second.state, second.last_error) == ("uncertain", "Respondió con la referencia de otra operación: R-1.")
    assert ask_about_doubts(now=now + 2 * MINUTES) == 0, "it names the other one again"
    second.refresh_from_db()
    assert (second.state, second.said) == ("uncertain", "done_unnamed")


def test_its_own_answer_after_a_person_found_it_under_another_reference_is_told(
    owe: Owe, side: OtherSide, elena: User, now: datetime
) -> None:
    write = owe("qbc.top_up")
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=now)
    sent = OutsideWrite.objects.get(pk=write.pk)
    sent.state = "sending"  # as whoever sent it still has it
    card = card_of(write, now)
    settle(write=write, outcome="done", reference="R-8", reason="Visto", by=elena, now=now)
    _confirm(sent, "R-9", now=now + MINUTES)
    write.refresh_from_db()
    assert write.reference == "R-8"
    words = "QBC respondió que se hizo con otra referencia: R-9. Vea si es la misma operación."
    assert (heard_on(card)[-1], write.changes.order_by("pk").last().note) == (words, words)
    assert broken() == {}


def test_what_it_says_to_another_while_it_is_settled_counts(
    owe: Owe, side: OtherSide, elena: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = owe("qbc.top_up")
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=now)

    def asked(*, write: OutsideWrite, now: datetime) -> Said:
        OutsideWrite.objects.filter(pk=write.pk).update(said="done_unnamed")  # the clock heard it in this moment
        return Said.NOT_DONE

    monkeypatch.setattr("inbound.writes.settling.ask", asked)
    with pytest.raises(WriteRefused, match="respondió que sí se hizo"):
        settle(write=write, outcome="not_done", reference="", reason="No está", by=elena, now=now)
    write.refresh_from_db()
    assert write.state == "uncertain"


def test_an_answer_that_was_overtaken_is_not_the_last(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = owe("qbc.top_up")
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=now)

    def overtaken(*_any: object) -> tuple[Said, str]:
        OutsideWrite.objects.filter(pk=write.pk).update(said="done_unnamed", not_before=now + 2 * MINUTES)
        return Said.NOT_DONE, ""

    monkeypatch.setattr(asking, "answer_of", overtaken)
    ask_about_doubts(now=now + MINUTES)
    write.refresh_from_db()
    assert write.said == "done_unnamed"


def test_one_that_is_held_too_long_keeps_no_other_waiting(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = owe("qbc.top_up"), owe("c_cli4g.top_up", key="walk:1:8", position=8)
    side.hangs_up |= {"qbc/top_up", "c_cli4g/top_up"}
    deliver_due(now=now)
    deliver_due(now=now + timedelta(minutes=2))
    side.knows = (200, {"done": True, "reference": "R-2"})
    take_step = asking.take_step

    def held(*verb: Any, write: OutsideWrite, **more: Any) -> OutsideWrite:
        if write.pk == first.pk:
            raise OperationalError("canceling statement due to lock timeout")
        return take_step(*verb, write=write, **more)

    monkeypatch.setattr(asking, "take_step", held)
    assert ask_about_doubts(now=now + 2 * MINUTES) == 1
    second.refresh_from_db()
    assert second.state == "done"


def test_there_is_one_card_of_what_was_done_after_all_however_late_its_reference_comes(
    not_done: OutsideWrite, side: OtherSide, elena: User, now: datetime
) -> None:
    days = timedelta(days=1)
    card = card_of(not_done, now)
    Escalation.objects.filter(pk=card.pk).update(state="resolved", settled_at=now)
    side.knows = (200, {"done": True})
    assert ask_once_more(now=now + timedelta(hours=1)) == 1
    side.knows = (200, {"done": True, "reference": "R-3"})
    assert ask_about_doubts(now=now + days) == 1
    assert _done_after_its_card(now + 2.5 * days) == []
    assert found_done_since(not_done) is None
