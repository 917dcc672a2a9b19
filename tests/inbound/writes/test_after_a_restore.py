"""The site was made anew from a copy: of money that was still to be sent in it nobody knows what became."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from agents.models import User
from inbound.models import OutsideWrite, OutsideWriteChange
from inbound.writes.delivering import LEASE, deliver_due
from inbound.writes.restored import doubt_what_may_be_done
from inbound.writes.states import State, Verb, can, take_step
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken

pytestmark = pytest.mark.django_db
Owe = Callable[..., OutsideWrite]
WHY = "El sistema se restauró de una copia del 28/11/2026 02:00."


@pytest.mark.parametrize("stood", [State.WAITING, State.SENDING, State.APPROVAL, State.PARKED])
def test_money_that_was_not_settled_is_a_persons_to_settle_and_never_sent(
    stood: State, owe: Owe, side: OtherSide, elena: User, now: datetime
) -> None:
    write = owe("qbc.top_up", amount="201.00" if stood == State.APPROVAL else "30")
    if stood in (State.SENDING, State.PARKED):
        take_step(Verb.SEND, write=write, by=None, now=now, attempts=1, fence=1, lease_until=now + LEASE)
    if stood == State.PARKED:
        take_step(Verb.PARK, write=write, by=None, now=now)
    assert OutsideWrite.objects.get(pk=write.pk).state == stood
    assert doubt_what_may_be_done(why=WHY, now=now) == 1
    write.refresh_from_db()
    assert (write.state, write.last_error) == (State.UNCERTAIN, WHY)
    assert OutsideWriteChange.objects.filter(write=write).latest("pk").note == WHY
    assert can(Verb.FIND_DONE, write=write, by=elena)
    assert deliver_due(now=now) == 0
    assert doubt_what_may_be_done(why=WHY, now=now) == 0
    assert broken() == {}


def test_what_touches_no_money_goes_out_again_under_its_key(owe: Owe, side: OtherSide, now: datetime) -> None:
    write = owe()
    assert doubt_what_may_be_done(why=WHY, now=now) == 0
    assert deliver_due(now=now) == 1
    write.refresh_from_db()
    assert write.state == State.DONE
