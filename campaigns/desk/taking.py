"""The statements by which a desk takes a contact: one UPDATE leases it and returns what is against calling it.

A contact is taken only when nobody holds it. Who let a lease run out is swept aside first (lease_sweep.py), in the same
place where the call she left is closed; so the fence rises only when no call of an earlier lease is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from agents.models import Agent
from campaigns.calling.hot_queries import fetch_row
from campaigns.calling.reasons import CODES, FOR_GOOD
from campaigns.calling.rulebook import RuleBook
from campaigns.calling.rules import explain, rule_parameters
from campaigns.contacts.life import Verb, take_steps
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.models import ChangedRows, ListEntry
from campaigns.month.changed_rows import note_changed_rows
from campaigns.promises_and_callbacks.call_backs import cancel_pending

# A desk sets aside at most this many contacts before it answers; the next request goes on from there.
SET_ASIDE_AT_MOST = 40
# A contact given back without a call is not given again for this long, or the same one would come straight back.
GIVEN_BACK_FOR = timedelta(minutes=15)

# Agreed calls this desk may make now: its own, and the team's whose services it works; also those whose lease ran out.
_DUE = """
FROM campaigns_callback b
JOIN campaigns_listentry d ON d.contact_id = b.contact_id
WHERE b.state = 'pending' AND b.due_at <= %(now)s AND b.campaign_id = ANY(%(running)s) AND d.ready_at <= %(now)s
  AND (d.lease_agent_id IS NULL OR d.lease_until <= %(now)s)
  AND (b.agent_id = %(agent)s OR (b.reach = 'team' AND b.team_id = %(team)s AND NOT EXISTS (
    SELECT 1 FROM unnest(CASE d.call_list WHEN 'BOTH' THEN ARRAY['INTERNET', 'TV'] ELSE ARRAY[d.call_list] END)
      AS needed(code)
    WHERE NOT EXISTS (SELECT 1 FROM agents_agent_skills h JOIN agents_skill s ON s.id = h.skill_id
                      WHERE h.agent_id = %(agent)s AND s.code = needed.code))))
"""

_DESK = f"""
SELECT e.contact_id, e.fence, e.lease_until, a.id, a.contact_id, a.fence, p.id, EXISTS (SELECT 1 {_DUE})
FROM (SELECT %(agent)s::bigint AS id) g
LEFT JOIN campaigns_listentry e ON e.lease_agent_id = g.id
LEFT JOIN campaigns_attempt a ON a.agent_id = g.id AND a.resulted_at IS NULL
LEFT JOIN agents_agentstate p ON p.agent_id = g.id AND p.ended_at IS NULL AND p.state = 'paused'
"""

# SKIP LOCKED: agents who share a list, and a bulk change that holds rows, never wait for one another.
_FIRST_OF_LIST = """
  SELECT contact_id FROM campaigns_listentry
  WHERE owner_id = %(agent)s AND campaign_id = %(campaign)s AND state = 'open' AND ready_at <= %(now)s
    AND lease_agent_id IS NULL {guard} {also}
  ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED
"""

# Right after a result a desk has nothing open and mostly no agreed call that is due: then one statement does it all.
_NOTHING_FIRST = f"""
    AND NOT EXISTS (SELECT 1 FROM campaigns_listentry o WHERE o.lease_agent_id = %(agent)s)
    AND NOT EXISTS (SELECT 1 FROM campaigns_attempt a WHERE a.agent_id = %(agent)s AND a.resulted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM agents_agentstate p
                     WHERE p.agent_id = %(agent)s AND p.ended_at IS NULL AND p.state = 'paused')
    AND NOT EXISTS (SELECT 1 {_DUE})
"""

_TAKE = """
UPDATE campaigns_listentry SET lease_agent_id = %(agent)s, lease_until = %(until)s, fence = fence + 1
WHERE contact_id = ({which})
RETURNING contact_id, fence, {codes}, household
"""


def _taking(guard: str) -> tuple[str, str]:
    """The first of a list; and the same where those come first who answer in this part of the day.

    Two statements, so that a month without it pays nothing for it: `list_entry_answers` finds the first of the others.
    """
    first = _FIRST_OF_LIST.format(guard=guard, also="")
    who_answer = _FIRST_OF_LIST.format(guard=guard, also="AND answers_in = %(part)s")
    return (
        _TAKE.format(which=first, codes=CODES),
        _TAKE.format(which=f"COALESCE(({who_answer}), ({first}))", codes=CODES),
    )


_TAKE_FROM_LIST = _taking("")
_TAKE_AT_ONCE = _taking(_NOTHING_FIRST)

_TAKE_CALL_BACK = f"""
UPDATE campaigns_listentry SET lease_agent_id = %(agent)s, lease_until = %(until)s, fence = fence + 1
WHERE contact_id = (
  SELECT d.contact_id {_DUE} AND d.lease_agent_id IS NULL
  ORDER BY b.agent_id = %(agent)s DESC, b.due_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
RETURNING contact_id, fence, {CODES}, household
"""

_TAKE_CONTACT = f"""
UPDATE campaigns_listentry SET lease_agent_id = %(agent)s, lease_until = %(until)s, fence = fence + 1
WHERE contact_id = %(contact)s AND lease_agent_id IS NULL
RETURNING contact_id, fence, {CODES}, household
"""


# Of two that were taken in the same moment the one whose lease began later gives way.
_ANOTHER_OF_IT = """
SELECT 1 FROM campaigns_listentry mine JOIN campaigns_listentry other ON other.household = mine.household
 WHERE mine.contact_id = %(contact)s AND other.contact_id <> mine.contact_id AND other.lease_until > %(now)s
   AND (other.lease_until, other.contact_id) < (mine.lease_until, mine.contact_id)
"""

# The step a row that still says open takes when giving finds one of these against it.
_STEP_OF = {
    "paid": Verb.PAY,
    "do_not_call": Verb.FORBID,
    "no_telephone": Verb.LOSE_TELEPHONES,
    "campaign_cap": Verb.EXHAUST,
}
_SET_ASIDE = """
UPDATE campaigns_listentry entry
   SET lease_agent_id = NULL, lease_until = NULL, ready_at = greatest(entry.ready_at, %s), {steps}
 WHERE entry.contact_id = %s AND entry.lease_agent_id = %s AND entry.fence = %s
"""


@dataclass(frozen=True, slots=True)
class Given:
    """A contact open at a desk. `kind` says why this one: open, unfinished, call_back, list or chosen."""

    contact_id: int
    fence: int
    lease_until: datetime
    kind: str
    attempt_id: int | None = None


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """What stands in the way of a next contact at a desk."""

    open: Given | None
    paused: bool
    has_due_call_backs: bool


def read_desk(*, agent: Agent, book: RuleBook, renews: bool = True) -> OpenDesk:
    """What this desk has open: a leased contact, or one whose call still waits for its result.

    `renews`: half of its time over, the lease begins anew.
    """
    values = {"agent": agent.pk, "team": agent.team_id, "now": book.now, "running": list(book.running)}
    row = fetch_row(_DESK, values)
    contact, fence, until, attempt, called, called_fence, pause, due = row or (None,) * 8
    found: Given | None = None
    if attempt is not None and called != contact:
        # the lease is gone (campaign closed, contact reassigned), the call is not: its result is asked for first
        found = Given(called, called_fence, book.now, "unfinished", attempt)
    elif contact is not None:
        found = Given(contact, fence, until, "unfinished" if attempt else "open", attempt)
        if renews and until <= book.now + timedelta(minutes=book.policy.lease_minutes) / 2:
            found = _renewed(found, agent=agent, book=book)
    return OpenDesk(open=found, paused=pause is not None, has_due_call_backs=bool(due))


def _renewed(found: Given, *, agent: Agent, book: RuleBook) -> Given | None:
    """The same with its lease renewed; None when it was swept away since it was read."""
    held = ListEntry.objects.filter(contact_id=found.contact_id, lease_agent=agent, fence=found.fence)
    until = lease_until(book)
    return replace(found, lease_until=until) if held.update(lease_until=until) else None


def take_at_once(*, agent: Agent, book: RuleBook) -> Given | None:
    """The first of the list in one statement, when nothing is open at the desk and no agreed call is due."""
    row = _run_first(_TAKE_AT_ONCE, agent=agent, book=book, campaign=book.running[0]) if book.running else None
    if row is None:
        return None
    if not row[2]:
        return Given(row[0], row[1], lease_until(book), "list")
    set_aside(row[0], row[2], agent=agent, fence=row[1], book=book)
    return None


def take_one(*, agent: Agent, book: RuleBook, desk: OpenDesk) -> Given | None:
    """The first contact against which nothing speaks; None when there is none.

    Leases that ran out are swept here too, not by the clock alone: without a worker no contact stays with a desk that
    is gone.
    """
    sweep_leases(now=book.now, book=book)
    for tried, (kind, row) in enumerate(_candidates(agent=agent, book=book, desk=desk), 1):
        if not row[2]:
            return Given(row[0], row[1], lease_until(book), kind)
        set_aside(row[0], row[2], agent=agent, fence=row[1], book=book)
        if tried >= SET_ASIDE_AT_MOST:
            break
    return None


def _candidates(*, agent: Agent, book: RuleBook, desk: OpenDesk) -> Iterator[tuple[str, tuple[int, int, list[str]]]]:
    """Contacts leased one by one, each with the codes of what is against it."""
    if desk.has_due_call_backs:
        while row := _run(_TAKE_CALL_BACK, agent=agent, book=book):
            yield "call_back", row
    for campaign in book.running:
        while row := _run_first(_TAKE_FROM_LIST, agent=agent, book=book, campaign=campaign):
            yield "list", row


def take_contact(*, agent: Agent, contact_id: int, book: RuleBook) -> tuple[int, int, list[str]] | None:
    """Lease one contact: its id, fence and what is against it; None when somebody holds it."""
    return _run(_TAKE_CONTACT, agent=agent, book=book, contact=contact_id)


def _run_first(
    statements: tuple[str, str], *, agent: Agent, book: RuleBook, campaign: int
) -> tuple[int, int, list[str]] | None:
    if campaign not in book.following:
        return _run(statements[0], agent=agent, book=book, campaign=campaign)
    return _run(statements[1], agent=agent, book=book, campaign=campaign, part=book.hours.part_of(book.now).value)


def _run(statement: str, *, agent: Agent, book: RuleBook, **more: int) -> tuple[int, int, list[str]] | None:
    values: dict[str, Any] = {**rule_parameters(book=book, agent=agent), "until": lease_until(book), **more}
    values |= {"team": agent.team_id, "running": list(book.running)}
    row = fetch_row(statement, values)
    if row is None:
        return None
    contact, fence, codes, household = row
    if household is not None and "household_leased" not in codes and another_is_open(contact_id=contact, book=book):
        codes = [*codes, "household_leased"]
    return contact, fence, codes


def another_is_open(*, contact_id: int, book: RuleBook) -> bool:
    """Whether a desk took another contract of the household in the same moment, and a little earlier.

    Neither saw the other's in the statement that took it; once both are committed, this does.
    """
    return fetch_row(_ANOTHER_OF_IT, {"contact": contact_id, "now": book.now}) is not None


def set_aside(contact_id: int, codes: list[str], *, agent: Agent, fence: int, book: RuleBook) -> None:
    """Give up the lease just taken and correct the row, so that nobody is given this contact before its time.

    The state is only changed where it is still open: a payment that arrives meanwhile is not overwritten.
    """
    entry = ListEntry.objects.select_related("contact", "campaign", "lease_agent__user", "owner__user").get(
        pk=contact_id
    )
    with translation.override(settings.LANGUAGE_CODE):  # it is kept with an agreed call
        reasons = explain(codes, entry=entry, book=book, agent=agent)
    until = max((reason.until for reason in reasons if reason.until is not None), default=book.now)
    until = until if until > book.now else book.now + GIVEN_BACK_FOR
    verb = next((verb for code, verb in _STEP_OF.items() if code in codes), None)
    if verb is None and any(reason.code == "telephones_resting" and reason.until is None for reason in reasons):
        verb = Verb.EXHAUST
    with transaction.atomic(), connection.cursor() as cursor:
        take_steps(
            cursor,
            update=_SET_ASIDE,
            values=[until, contact_id, agent.pk, fence],
            steps={verb: "TRUE"} if verb else {},
            now=book.now,
        )
        if verb:
            note_changed_rows(
                campaign=entry.campaign, verb=ChangedRows.Verb.CALLED, now=book.now, contacts=[contact_id]
            )
    if FOR_GOOD.intersection(codes):
        # an agreed call that must not be made is settled in the open, or it would come back every time
        cancel_pending(contact_id=contact_id, why=reasons[0].sentence, now=book.now)


def lease_until(book: RuleBook) -> datetime:
    """When a lease that begins or is renewed now runs out."""
    return book.now + timedelta(minutes=book.policy.lease_minutes)
