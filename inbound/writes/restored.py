"""After a copy of the site was restored: what became meanwhile of writes that were not settled in it, nobody knows."""

from __future__ import annotations

from datetime import datetime

from inbound.models import OutsideWrite
from inbound.writes.states import State, Verb, take_step

MAY_BE_DONE = (State.WAITING, State.SENDING, State.APPROVAL, State.PARKED)


def doubt_what_may_be_done(*, why: str, now: datetime) -> int:
    """Hand what touches money or a SIM, and was not settled, to a person; returns how many.

    It may have been approved and done after the copy. Other writes go out again with their key, which the other side
    knows.
    """
    found = OutsideWrite.objects.filter(is_accountable=True, state__in=MAY_BE_DONE).order_by("pk")
    for write in found:
        take_step(Verb.DOUBT, write=write, by=None, now=now, note=why, last_error=why)
    return len(found)
