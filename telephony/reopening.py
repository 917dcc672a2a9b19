"""What was said to be over because nobody heard of it for too long, and is there all the same, is under way again."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from agents.telling import tell_pages
from telephony.agent_states import follow
from telephony.models import Monitoring, OutgoingCall
from telephony.outcomes import Outcome

LONGEST = timedelta(hours=6)  # nobody talks longer
State = OutgoingCall.State


def reopen(*, switchboard_id: int, there: Collection[str], now: datetime) -> None:
    """Calls of a click, and listenings, whose channels are among `there`. What would be a second one of the same agent,
    number or supervisor stays as it was said to be; so do listenings of an older switchboard, whose channels have no
    name of ours.
    """
    keys = [key for key in there if _is_key(key)]
    calls = OutgoingCall.objects.filter(switchboard=switchboard_id, outcome=Outcome.UNKNOWN)
    calls = calls.filter(Q(pk__in=keys) | Q(agent_uid__in=[*there]) & ~Q(agent_uid=""))
    for call in calls.filter(ended_at__gt=now - LONGEST).select_related("agent"):
        call.state = State.TALKING if call.answered_at else State.AGENT_RINGS
        if call.customer_rang_at and not call.answered_at:
            call.state = State.CUSTOMER_RINGS
        if _is_under_way_again(call):
            follow(call=call, state=State(call.state), at=now)
            tell_pages([call.agent.user_id])
    heard = Monitoring.objects.filter(pk__in=keys, switchboard=switchboard_id, outcome=Monitoring.Outcome.UNKNOWN)
    for one in heard.filter(ended_at__gt=now - LONGEST).select_related("agent"):
        one.state = Monitoring.State.ON if one.began_at else Monitoring.State.SENT
        if _is_under_way_again(one) and one.is_announced:
            tell_pages([one.agent.user_id])


def _is_under_way_again(row: OutgoingCall | Monitoring) -> bool:
    row.outcome, row.ended_at = "", None
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "outcome", "ended_at"])
    except IntegrityError:
        return False
    return True


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
