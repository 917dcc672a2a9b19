"""Calls of queues that nobody follows: of a switchboard nobody hears, and at a telephone nobody sat at."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from agents.models import Agent
from telephony.agent_states import take_up
from telephony.channels import number_of
from telephony.dialling import watched
from telephony.found_again import CallsFoundAgain
from telephony.models import Extension, Listening, QueueCall, Switchboard


@transaction.atomic
def close_the_unwatched(*, now: datetime) -> int:
    """Calls of a switchboard of which nobody has heard for a while: whether they go on nobody can say.

    They ring on no page and wait in no figure as if somebody knew. Of whoever holds the link and this one waits for the
    other. Returns how many.
    """
    with_calls = (QueueCall.objects.under_way() | QueueCall.objects.exclude(follows="")).values("switchboard")
    list(Listening.objects.select_for_update().filter(switchboard__in=with_calls))
    boards = Switchboard.objects.filter(pk__in=with_calls).exclude(listening__in=watched(now=now))
    closed = 0
    for board in boards:
        calls = CallsFoundAgain(board.pk)
        calls.read()
        closed += calls.reconcile(seen=(), now=now)
        calls.tell()
    return closed


@transaction.atomic
def take_up_at(*, extension: Extension, agent: Agent, now: datetime) -> None:
    """Who sits down at a telephone that is in a call nobody else is in is in it from then on.

    The rows are changed one by one, so that of the call's end and this one waits for the other.
    """
    nobodys = QueueCall.objects.filter(switchboard=extension.switchboard_id, state=QueueCall.State.TALKING, agent=None)
    for call in nobodys:
        if number_of(call.telephone) == extension.number:
            nobodys.filter(pk=call.pk).update(agent=agent)
    take_up(agent=agent, now=now)
