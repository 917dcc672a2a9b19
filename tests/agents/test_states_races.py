"""Several who change the state of one agent at once: one change after another, and nobody is turned away."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from agents.models import AgentState, By, PauseReason, Shift
from agents.states import Event, StateRefused, change_state
from tests.agents.promises import broken

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 12


def together(verbs):
    gate = threading.Barrier(len(verbs))

    def run(verb):
        gate.wait()
        try:
            return verb()
        except StateRefused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return [future.result() for future in [pool.submit(run, verb) for verb in verbs]]


def test_of_twelve_who_sign_in_at_once_one_opens_the_shift(ana, at):
    now = at("2026-11-26 09:00")

    def sign_in():
        return change_state(agent=ana, event=Event.SIGNED_IN, now=now, by=By.DESK).pk

    assert len(set(together([sign_in] * AT_ONCE))) == 1
    assert Shift.objects.count() == AgentState.objects.count() == 1


def test_of_twelve_who_say_the_same_one_is_the_change(ana, at):
    now, lunch = at("2026-11-26 09:00"), PauseReason.objects.get(code="ALMUERZO")
    change_state(agent=ana, event=Event.SIGNED_IN, now=now, by=By.DESK)

    def pause():
        return change_state(agent=ana, event=Event.PAUSED, now=now, by=By.DESK, reason=lunch).pk

    assert len(set(together([pause] * AT_ONCE))) == 1
    assert AgentState.objects.count() == 2


def test_desk_telephone_and_clock_at_once_leave_one_state_and_no_gap(ana, at):
    now, lunch = at("2026-11-26 09:00"), PauseReason.objects.get(code="ALMUERZO")
    change_state(agent=ana, event=Event.SIGNED_IN, now=now, by=By.DESK)

    def desk():
        for turn in range(20):
            moment = now + timedelta(seconds=turn)
            for event, reason in ((Event.PAUSED, lunch), (Event.BACK, None), (Event.SIGNED_IN, None)):
                attempt(event, moment, By.DESK, reason=reason)

    def telephone():
        for turn in range(20):
            call, moment = uuid.uuid4(), now + timedelta(seconds=turn)
            for event in (Event.RANG, Event.ANSWERED, Event.HUNG_UP):
                late = moment - timedelta(seconds=3 * (turn % 2))
                attempt(event, moment, By.TELEPHONE, call=call, happened_at=late)

    def clock():
        for turn in range(20):
            moment = now + timedelta(seconds=turn)
            for event in (Event.WRAPPED_UP, Event.WENT_AWAY, Event.SIGNED_OUT):
                attempt(event, moment, By.CLOCK)

    def attempt(event, moment, by, **more):
        try:
            change_state(agent=ana, event=event, now=moment, by=by, **more)
        except StateRefused:
            refused.append(event)

    refused: list[Event] = []
    assert together([desk, telephone, clock, desk]) == [None] * 4
    assert broken() == {}
    assert AgentState.objects.open().count() <= 1
    assert AgentState.objects.count() > 10
