"""Numbers go when the policy's months are over; that there was a call, and how it ended, stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from agents.keeping import Held
from agents.models import Agent
from telephony.forgetting import forget_numbers
from telephony.models import OutgoingCall, QueueCall, Switchboard

pytestmark = pytest.mark.django_db


def test_a_call_forgets_its_number_and_keeps_its_outcome(ana: Agent, at: Callable[[str], datetime]) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    before = at("2026-11-26 09:00")
    for ended in (before - timedelta(seconds=1), before, None):
        OutgoingCall.objects.create(
            switchboard=board, agent=ana, telephone="PJSIP/1001", number="+59170712345", dialled="70712345",
            asked_at=before - timedelta(minutes=1), ended_at=ended, outcome="busy" if ended else "",
            state="over" if ended else "asked",
        )  # fmt: skip
    assert forget_numbers(held=Held(), before=before, only_look=True) == 1
    assert OutgoingCall.objects.filter(number="").count() == 0
    assert forget_numbers(held=Held(), before=before) == 1
    assert forget_numbers(held=Held(), before=before) == 0
    forgotten = OutgoingCall.objects.get(number="")
    assert (forgotten.dialled, forgotten.outcome, forgotten.agent) == ("", "busy", ana)


def test_a_call_that_came_in_forgets_its_number_too(ana: Agent, at: Callable[[str], datetime]) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    before = at("2026-11-26 09:00")
    for uid, ended in (("1.1", before - timedelta(seconds=1)), ("1.2", before), ("1.3", None)):
        QueueCall.objects.create(
            switchboard=board, queue="101", uid=uid, number="+59170712345", joined_at=before - timedelta(minutes=1),
            ended_at=ended, outcome="not_answered" if ended else "", state="over" if ended else "waiting",
        )  # fmt: skip
    assert forget_numbers(held=Held(), before=before, only_look=True) == 1
    assert forget_numbers(held=Held(), before=before) == 1
    assert [call.uid for call in QueueCall.objects.filter(number="")] == ["1.1"]
