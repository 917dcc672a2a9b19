"""Who was handed over to a telephone nobody lifted is one call to be made, beside what the queue's log tells of her."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from escalations.calls import inform_customer
from escalations.models import Escalation
from escalations.working import take
from inbound.lost_callers.calling_back import call_back_the_lost
from telephony.models import QueueCall, Switchboard
from telephony.queue_log.taking import take_lines

pytestmark = pytest.mark.django_db
ANA_S = "+59170712345"


@pytest.fixture
def now(at: Any) -> datetime:
    moment: datetime = at("2026-11-25 10:30")
    return moment


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")


@pytest.fixture
def unheard(board: Switchboard, now: datetime) -> Any:
    """`unheard(30)`: handed over in vain, and hung up so many minutes ago."""

    def write(minutes: float) -> QueueCall:
        ended = now - timedelta(minutes=minutes)
        return QueueCall.objects.create(
            switchboard=board, queue="101", uid=f"{minutes}.1", number=ANA_S, is_handed_on=True, joined_at=ended,
            ended_at=ended, state=QueueCall.State.OVER, outcome=QueueCall.Outcome.NOT_ANSWERED,
        )  # fmt: skip

    return write


def notes(card: Escalation) -> list[str]:
    return [change.note for change in card.changes.order_by("pk")]


def called_back(card: Escalation, *, by: Any, now: datetime) -> None:
    take(escalation_id=card.pk, by=by, now=now)
    inform_customer(escalation_id=card.pk, how="telephone", told_at=now, by=by, now=now)


def test_twice_in_vain_is_one_call(unheard: Any, now: datetime, ana: Any) -> None:
    for minutes in (30, 20):
        unheard(minutes)
    assert call_back_the_lost(now=now) == 1
    called_back(Escalation.objects.get(), by=ana.user, now=now)
    assert call_back_the_lost(now=now + timedelta(minutes=5)) == 0


def test_who_was_called_back_for_another_call_of_hers_is_not_called_again(
    unheard: Any, board: Switchboard, now: datetime, ana: Any
) -> None:
    began = int((now - timedelta(minutes=25)).timestamp())
    lines = [f"{began}|9.1|101|NONE|ENTERQUEUE||70712345|1", f"{began + 40}|9.1|101|NONE|ABANDON|1|1|40"]
    take_lines(board=board, lines=lines)
    assert call_back_the_lost(now=now) == 1
    unheard(10)
    for _look in range(2):
        assert call_back_the_lost(now=now) == 0, "she waits for a call already"
    card = Escalation.objects.get()
    assert [note for note in notes(card) if "nadie le contestó" in note] == [
        "Un agente le atendió en 101 Reclamos técnicos y le transfirió a otro teléfono: nadie le contestó y la llamada"
        " terminó."
    ]
    called_back(card, by=ana.user, now=now)
    assert call_back_the_lost(now=now + timedelta(minutes=5)) == 0


def test_who_was_called_back_before_is_called_for_what_came_after(unheard: Any, now: datetime, ana: Any) -> None:
    unheard(30)
    assert call_back_the_lost(now=now - timedelta(minutes=25)) == 1
    called_back(Escalation.objects.get(), by=ana.user, now=now - timedelta(minutes=20))
    unheard(10)
    assert call_back_the_lost(now=now) == 1


def test_who_got_through_later_by_the_log_alone_is_not_called(unheard: Any, board: Switchboard, now: datetime) -> None:
    unheard(30)
    began = int((now - timedelta(minutes=5)).timestamp())
    lines = [f"{began}|9.1|101|NONE|ENTERQUEUE||70712345|1", f"{began + 8}|9.1|101|Ana|CONNECT|8|9.9|2"]
    take_lines(board=board, lines=lines)
    assert call_back_the_lost(now=now) == 0
