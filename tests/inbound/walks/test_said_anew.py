"""What is said anew after something was handed over or asked for: none of it is lost, and none of it is claimed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from escalations.models import Escalation
from escalations.working import reject, take
from inbound.walks.lanes import begin_lane
from inbound.walks.leaving import How
from service_level.days import LA_PAZ
from tests.inbound.a_walk import Caller
from tests.inbound.walks.test_heard_and_gone import leave
from tests.inbound.walks.test_last_word import by_hand, hand_over_here, types

__all__ = ["by_hand"]
pytestmark = pytest.mark.django_db
FIRST_VISIT = {"visit_day": "2026-12-01", "visit_hour": "10:00", "visit_address": "Calle Uno 1"}
SECOND_VISIT = {"visit_day": "03/12", "visit_hour": "09:00", "visit_address": "Calle Dos 2"}


def back_to(caller: Caller, step: str) -> None:
    caller.back(next(one.position for one in reversed(caller.here.path) if one.step == step))
    assert caller.step == step


# the visit of a ticket


@pytest.fixture
def ticketed(by_hand: Any) -> Caller:
    """A ticket was raised for a visit, and the call is back where its day and address are asked."""
    caller: Caller = by_hand("103", "visit")
    caller.answer(**FIRST_VISIT)
    assert caller.step == "ticket"
    hand_over_here(caller, telephone="71234567")
    back_to(caller, "visit")
    return caller


@pytest.mark.parametrize("how", [How.HUNG_UP, How.HANDED_OVER])
def test_a_visit_that_is_typed_anew_is_on_the_ticket_though_the_call_ended_there(how: How, ticketed: Caller) -> None:
    first = Escalation.objects.get()
    types(ticketed, **SECOND_VISIT)
    leave(ticketed, how, reason="Insiste", name="Rosa Flores", telephone="71234567")
    card = Escalation.objects.get(pk=first.pk)
    assert (card.details["day"], card.details["hour"]) == ("03/12/2026", "09:00")
    assert card.details["address"] == "Calle Dos 2"
    assert "03/12/2026" in card.promised
    assert "Calle Dos 2 (antes Calle Uno 1)" in card.changes.filter(note__contains="Corregido").get().note


def test_a_visit_that_is_earlier_now_is_due_earlier(ticketed: Caller) -> None:
    before = Escalation.objects.get().due_at
    types(ticketed, visit_day="2026-11-23", visit_hour="16:00", visit_address="Calle Dos 2")
    leave(ticketed, How.HUNG_UP)
    due = Escalation.objects.get().due_at
    assert due < before
    assert due <= datetime(2026, 11, 23, 16, tzinfo=LA_PAZ)


def test_a_ticket_that_was_gone_back_from_and_left_as_it_was_is_as_it_was(ticketed: Caller) -> None:
    before = Escalation.objects.values().get()
    leave(ticketed, How.HUNG_UP)
    assert Escalation.objects.values().get() == before


def test_the_lane_of_the_ticket_hears_of_the_visit(ticketed: Caller, elena: Any) -> None:
    card = take(escalation_id=Escalation.objects.get().pk, by=elena, now=ticketed.now)
    lane = begin_lane(escalation_id=card.pk, by=elena, now=ticketed.now)
    types(ticketed, **SECOND_VISIT)
    leave(ticketed, How.HUNG_UP)
    lane.refresh_from_db()
    assert (lane.brought["visit_day"], lane.brought["visit_address"]) == ("2026-12-03", "Calle Dos 2")


def test_a_visit_that_is_typed_anew_once_its_ticket_was_settled_has_a_card(ticketed: Caller, elena: Any) -> None:
    first = take(escalation_id=Escalation.objects.get().pk, by=elena, now=ticketed.now)
    reject(escalation_id=first.pk, reason="No corresponde", by=elena, now=ticketed.now)
    types(ticketed, **SECOND_VISIT)
    leave(ticketed, How.HUNG_UP)
    assert Escalation.objects.exclude(pk=first.pk).get().details["address"] == "Calle Dos 2"
