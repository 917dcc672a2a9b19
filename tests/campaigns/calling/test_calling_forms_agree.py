"""Random states: the bulk form, the single form, giving, and a plain reading of the policy all say the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from campaigns.calling.calling_hours import local
from campaigns.calling.rules import callable_now, why_not
from campaigns.desk.giving import give_next
from campaigns.models import CallBack, Campaign, DoNotCall, ListEntry, RetiredTelephone

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
STATES = ["open"] * 12 + ["done", "paid", "held_out", "not_callable", "exhausted"]


def part(moment: datetime) -> tuple[date, int]:
    here = local(moment)
    clock = (here.hour, here.minute)
    return here.date(), (clock >= (12, 30)) + (clock >= (18, 0))


def plainly_callable(entry: ListEntry, now: datetime, facts: dict[str, Any]) -> bool:
    """The policy as a person reads it, without the SQL of the rules."""
    here = local(now)
    closes = (20, 0) if here.weekday() < 5 else (13, 0)
    opens = (8, 30) if here.weekday() < 5 else (9, 0)
    if here.weekday() == 6 or not opens <= (here.hour, here.minute) < closes:
        return False
    if not date(2026, 11, 25) <= here.date() <= date(2026, 11, 30) or facts["campaign"] != "running":
        return False
    if entry.state != "open" or facts["refused"] or facts["retired"] == 2:
        return False
    if entry.lease_until and entry.lease_until > now:
        return False
    due = facts["call_back"]
    if due is not None:
        return due <= now
    last = entry.last_attempt_at
    return not (
        entry.ready_at > now
        or entry.attempts >= 8
        or (last and local(last).date() == here.date() and entry.attempts_on_day >= 3)
        or (last and now - last < timedelta(minutes=120))
        or (last and part(last) == part(now))
    )


@pytest.mark.parametrize("seed", range(6))
def test_all_forms_agree(make_contact, ana, luis, december, at, seed):
    chance = Random(seed)
    base = at("2026-11-25 00:00")
    now = base + timedelta(minutes=chance.randrange(0, 6 * 24 * 60))
    if seed != 5:  # most of the time inside the hours, or nothing would be told apart
        now = at(f"2026-11-{chance.choice((25, 26, 27, 30))} 00:00") + timedelta(minutes=chance.randrange(510, 1199))
    Campaign.objects.update(state=chance.choice(["running"] * 5 + ["paused"]))
    facts: dict[int, dict[str, Any]] = {}
    for _number in range(40):
        last = now - timedelta(minutes=chance.choice((1, 60, 119, 120, 121, 300, 800, 1500)))
        attempts = chance.choice((0, 0, 0, 1, 2, 3, 7, 8))
        leased = chance.random() < 0.02
        contact = make_contact(
            ana,
            state=chance.choice(STATES),
            ready_at=now + timedelta(minutes=chance.choice((-600, -1, 0, 0, 0, 1, 90))),
            attempts=attempts,
            attempts_on_day=min(attempts, chance.choice((1, 2, 3))),
            last_attempt_at=last if attempts else None,
        )
        if leased and not ListEntry.objects.filter(lease_agent=luis).exists():
            until = now + timedelta(minutes=chance.choice((-1, 0, 5)))
            ListEntry.objects.filter(contact=contact).update(lease_agent=luis, lease_until=until)
        retired = chance.choice((0, 0, 0, 1, 2))
        for telephone in contact.telephones[:retired]:
            RetiredTelephone.objects.create(contract=contact.contract, telephone=telephone, reason="x", retired_at=now)
        refused = chance.random() < 0.05
        if refused:
            DoNotCall.objects.create(contract=contact.contract, reason="x", since=now)
        due = now + timedelta(minutes=chance.choice((-20, 0, 1, 60))) if chance.random() < 0.2 else None
        if due:
            CallBack.objects.create(campaign=december, contact=contact, agent=ana, due_at=due, created_at=base)
            ListEntry.objects.filter(contact=contact).update(ready_at=due)  # as agreeing it does
        state = Campaign.objects.get().state
        facts[contact.pk] = {"retired": retired, "refused": refused, "call_back": due, "campaign": state}
    entries = list(ListEntry.objects.select_related("contact"))
    bulk = set(callable_now(ListEntry.objects.all(), now=now).values_list("pk", flat=True))
    single = {entry.pk for entry in entries if not why_not(contact=entry.contact, now=now)}
    plain = {entry.pk for entry in entries if plainly_callable(entry, now, facts[entry.pk])}
    assert bulk == single == plain
    for_ana = callable_now(ListEntry.objects.all(), now=now, agent=ana)
    assert set(for_ana.values_list("pk", flat=True)) == bulk

    given: set[int] = set()
    while found := give_next(agent=ana, now=now):
        given.add(found.contact_id)
        CallBack.objects.filter(contact=found.contact_id).update(state="done")
        ListEntry.objects.filter(pk=found.contact_id).update(lease_agent=None, lease_until=None, state="done")
    assert given == bulk
