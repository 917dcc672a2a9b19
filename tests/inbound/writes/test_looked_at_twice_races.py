"""Two at once, on real transactions: one goes through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from agents.models import Agent, User
from inbound.models import LimitGivenBack, OutsideWrite, Walk
from inbound.writes import giving_back, second_person, settling
from inbound.writes.delivering import deliver_due
from inbound.writes.second_person import expire_unapproved
from inbound.writes.states import State, WriteRefused
from tests.campaigns.together import at_once
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken

pytestmark = pytest.mark.django_db(transaction=True)
Owe = Callable[..., OutsideWrite]
MUCH = "201.00"


def went(verb: Callable[[], Any]) -> bool:
    try:
        verb()
    except WriteRefused:
        return False
    return True


def test_of_calls_that_ask_at_once_for_a_number_one_tops_it_up(
    owe: Owe, walk_of: Callable[..., Walk], ana: Agent, luis: Agent, side: OtherSide, now: datetime
) -> None:
    """Whoever comes while the first is under way is told so, and whoever comes a moment after it was done as well."""
    calls = [(walk_of(who), who) for who in (ana, luis) * 4]

    def ask(call: tuple[Walk, Agent]) -> bool:
        of, by = call
        asked = went(lambda: owe("qbc.top_up", key=f"walk:{of.pk}", of=of, by=by))
        deliver_due(now=now)
        return asked

    assert sum(at_once(ask, calls)) == 1
    assert sum(at_once(ask, calls)) == 1  # the one whose call it is gets its own again
    deliver_due(now=now)
    assert (len(side.book), OutsideWrite.objects.count()) == (1, 1)
    assert broken() == {}


def test_of_those_who_approve_and_decline_at_once_one_does(
    owe: Owe, elena: User, rosa: User, side: OtherSide, now: datetime
) -> None:
    write = owe("qbc.top_up", amount=MUCH)

    def look(n: int) -> bool:
        by = (elena, rosa)[n % 2]
        if n % 4 < 2:
            return went(lambda: second_person.approve(write=write, by=by, now=now))
        return went(lambda: second_person.decline(write=write, reason="No", by=by, now=now))

    assert sum(at_once(look, list(range(8)))) == 1
    sent = deliver_due(now=now)
    write.refresh_from_db()
    assert (write.state, sent) in ((State.DONE, 1), (State.NOT_DONE, 0))
    assert broken() == {}


def test_what_runs_out_while_it_is_approved_is_either(owe: Owe, elena: User, side: OtherSide, now: datetime) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    over = now + timedelta(minutes=60)
    before = over - timedelta(seconds=1)

    def press(n: int) -> bool:
        if n % 2:
            return bool(expire_unapproved(now=over))
        return went(lambda: second_person.approve(write=write, by=elena, now=before))

    assert sum(at_once(press, list(range(8)))) == 1
    assert write.changes.count() == 2
    assert broken() == {}


@pytest.mark.usefixtures("side")
def test_a_limit_is_given_back_once(owe: Owe, elena: User, rosa: User, now: datetime) -> None:
    write = owe("qbc.top_up")
    OutsideWrite.objects.filter(pk=write.pk).update(state="uncertain")
    write.refresh_from_db()
    settling.settle(write=write, outcome="not_done", reference="", reason="x", by=elena, now=now)
    write.refresh_from_db()
    given = at_once(
        lambda who: went(lambda: giving_back.give_back(write=write, reason="Visto", by=who, now=now)), [elena, rosa] * 4
    )
    assert (sum(given), LimitGivenBack.objects.count()) == (1, 1)


@pytest.mark.usefixtures("side")
def test_two_tabs_do_not_share_what_not_done_left_of_a_day(
    owe: Owe, elena: User, set_mode: Callable[..., None], now: datetime
) -> None:
    set_mode("qbc", daily_writes=2)
    write = owe("qbc.top_up")
    OutsideWrite.objects.filter(pk=write.pk).update(state="uncertain")
    write.refresh_from_db()
    settling.settle(write=write, outcome="not_done", reference="", reason="x", by=elena, now=now)
    asked = at_once(lambda n: went(lambda: owe("qbc.top_up", key=f"k{n}", number=f"7079999{n}")), list(range(8)))
    assert sum(asked) == 1
