"""Agents who press *Llamar* of one card at once: one calls, the others are told who was first, and hers is one call."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection

from agents.models import Agent, Role, User
from escalations.dialling import call_customer
from escalations.lifecycle import EscalationRefused
from escalations.models import Change, Escalation, EscalationCall
from telephony.models import Extension, OutgoingCall, Switchboard
from telephony.seats import sit_down
from tests.telephony.a_listener import linked

pytestmark = pytest.mark.django_db(transaction=True)
AGENTS, CLICKS = 4, 3


def test_of_four_who_call_at_once_each_three_times_one_call_is_asked_for(make_card, morning: datetime) -> None:
    card: Escalation = make_card(kind="callback_promise")
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    people = []
    for number in range(AGENTS):
        user = User.objects.create(username=f"a{number}", first_name=f"A{number}", role=Role.AGENT)
        extension = Extension.objects.create(switchboard=board, number=f"100{number}")
        sit_down(agent=Agent.objects.create(user=user), extension=extension, now=morning)
        people.append(user)
    together = threading.Barrier(AGENTS * CLICKS)

    def call(by: User) -> int | str:
        together.wait()
        try:
            owner = call_customer(escalation_id=card.pk, by=by, now=morning).owner
            return owner.pk if owner else 0
        except EscalationRefused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with linked(board, morning), ThreadPoolExecutor(AGENTS * CLICKS) as pool:
        ends = list(pool.map(call, people * CLICKS))
    card.refresh_from_db()
    assert [end for end in ends if isinstance(end, int)] == [card.owner_id] * CLICKS
    assert all(f"La tiene {card.owner}" in end for end in ends if isinstance(end, str))
    assert (OutgoingCall.objects.count(), EscalationCall.objects.count()) == (1, 1)
    assert Change.objects.filter(escalation=card, verb="take").count() == 1
