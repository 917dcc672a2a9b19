"""The next contact of a desk: given to one agent, leased, given back.

What a desk has open comes first, so a reload, a second tab or a crashed browser finds the same contact again. Then
agreed calls that are due, then the agent's list by priority. A lease is taken by one statement that returns what the
rules of calling say about the contact; one that may not be called is set aside and the next one is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, F, Min, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling import (
    CODES,
    Reason,
    callable_from,
    explain,
    reasons_of_the_moment,
    rule_parameters,
    with_reasons,
)
from campaigns.models import Attempt, CallBack, ListEntry
from campaigns.rules.hot_queries import fetch_row
from campaigns.rules.rulebook import RuleBook, read_rules

# A desk sets aside at most this many contacts before it answers; the next request goes on from there.
SET_ASIDE_AT_MOST = 40
# A contact given back without a call is not given again for this long, or the same one would come straight back.
GIVEN_BACK_FOR = timedelta(minutes=15)

# Agreed calls this desk may make now: its own, and the team's whose services it works.
_DUE = """
FROM campaigns_callback b
JOIN campaigns_listentry d ON d.contact_id = b.contact_id
WHERE b.state = 'pending' AND b.due_at <= %(now)s AND b.campaign_id = ANY(%(running)s)
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
LEFT JOIN agents_pause p ON p.agent_id = g.id AND p.ended_at IS NULL
"""

# SKIP LOCKED: agents who share a list, and a bulk change that holds rows, never wait for one another.
_FIRST_OF_LIST = """
  SELECT contact_id FROM campaigns_listentry
  WHERE owner_id = %(agent)s AND campaign_id = %(campaign)s AND state = 'open' AND ready_at <= %(now)s
    AND (lease_agent_id IS NULL OR lease_until <= %(now)s) {guard}
  ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED
"""

# Right after a result a desk has nothing open and mostly no agreed call that is due: then one statement does it all.
_NOTHING_FIRST = f"""
    AND NOT EXISTS (SELECT 1 FROM campaigns_listentry o WHERE o.lease_agent_id = %(agent)s)
    AND NOT EXISTS (SELECT 1 FROM campaigns_attempt a WHERE a.agent_id = %(agent)s AND a.resulted_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM agents_pause p WHERE p.agent_id = %(agent)s AND p.ended_at IS NULL)
    AND NOT EXISTS (SELECT 1 {_DUE})
"""

_TAKE = """
UPDATE campaigns_listentry SET lease_agent_id = %(agent)s, lease_until = %(until)s, fence = fence + 1
WHERE contact_id = ({which})
RETURNING contact_id, fence, {codes}
"""

_TAKE_FROM_LIST = _TAKE.format(which=_FIRST_OF_LIST.format(guard=""), codes=CODES)
_TAKE_AT_ONCE = _TAKE.format(which=_FIRST_OF_LIST.format(guard=_NOTHING_FIRST), codes=CODES)

_TAKE_CALL_BACK = f"""
UPDATE campaigns_listentry SET lease_agent_id = %(agent)s, lease_until = %(until)s, fence = fence + 1
WHERE contact_id = (
  SELECT d.contact_id {_DUE}
  ORDER BY b.agent_id = %(agent)s DESC, b.due_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
RETURNING contact_id, fence, {CODES}
"""

_TAKE_CONTACT = f"""
UPDATE campaigns_listentry SET lease_agent_id = %(agent)s, lease_until = %(until)s, fence = fence + 1
WHERE contact_id = %(contact)s AND (lease_agent_id IS NULL OR lease_until <= %(now)s)
RETURNING contact_id, fence, {CODES}
"""


# What a row that still says open becomes when giving finds one of these against it.
_STATE_OF = {
    "paid": ListEntry.State.PAID,
    "do_not_call": ListEntry.State.DONE,
    "no_telephone": ListEntry.State.NOT_CALLABLE,
    "campaign_cap": ListEntry.State.EXHAUSTED,
}
NEVER_AGAIN = {*_STATE_OF, "final_result", "held_out", "not_callable", "exhausted"}


class CannotGiveBack(Exception):
    """The contact stays at the desk; the message says why."""


@dataclass(frozen=True, slots=True)
class Given:
    """A contact open at a desk. `kind` says why this one: open, unfinished, call_back, list or chosen."""

    contact_id: int
    fence: int
    lease_until: datetime
    kind: str
    attempt_id: int | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why a desk gets nothing now, and when the next contact will be there (None: not by itself)."""

    reasons: list[Reason]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Desk:
    open: Given | None
    paused: bool
    has_due_call_backs: bool


def give_next(*, agent: Agent, now: datetime, book: RuleBook | None = None) -> Given | None:
    """The contact `agent` is to call now, leased to her; None when there is none (see `why_nothing`)."""
    book = book or read_rules(now=now)
    is_open = book.hours.is_open(now)
    try:
        with _own_savepoint():
            at_once = _take_at_once(agent=agent, book=book) if is_open else None
            if at_once:
                return at_once
            desk = _read_desk(agent=agent, book=book)
            if desk.open or desk.paused or not is_open:
                return desk.open
            return _take_one(agent=agent, book=book, desk=desk)
    except IntegrityError:
        # a second tab of the same agent was quicker: one open contact a desk is the database's promise
        return _read_desk(agent=agent, book=book).open


def open_contact(*, agent: Agent, contact_id: int, now: datetime, book: RuleBook | None = None) -> Given | list[Reason]:
    """Open a contact the agent chose (from her list or the agenda): leased to her, or all the reasons why not."""
    book = book or read_rules(now=now)
    desk = _read_desk(agent=agent, book=book)
    if desk.open and desk.open.contact_id == contact_id:
        return desk.open
    if desk.open:
        return [Reason("desk_busy", _("Tiene otro contacto abierto: registre su resultado o devuélvalo primero."))]
    against = reasons_of_the_moment(book=book, agent=agent)
    entry = (
        with_reasons(ListEntry.objects.filter(contact_id=contact_id), now, agent=agent, book=book)
        .select_related("campaign", "lease_agent__user", "owner__user")
        .get()
    )
    against += explain(entry.why_not_codes, entry=entry, book=book)  # type: ignore[attr-defined]
    if against:
        return against
    with transaction.atomic():
        taken = _run(_TAKE_CONTACT, agent=agent, book=book, contact=contact_id)
        if taken and not taken[2]:
            return Given(contact_id, taken[1], _lease_until(book), "chosen")
        # somebody was quicker, or something arrived since the rules were asked
        entry.refresh_from_db()
        reasons = explain(taken[2] if taken else ["leased"], entry=entry, book=book)
        if taken:
            _set_aside(entry, reasons, book=book)
        return reasons


def why_nothing(*, agent: Agent, now: datetime, book: RuleBook | None = None) -> Nothing:
    """Why `give_next` gave nothing, in sentences, and when it will."""
    book = book or read_rules(now=now)
    reasons = reasons_of_the_moment(book=book, agent=agent)
    if not book.running:
        reasons.append(Reason("no_campaign", _("No hay ninguna campaña en curso.")))
        return Nothing(reasons, None)
    mine = ListEntry.objects.filter(owner=agent, campaign__in=book.running, state=ListEntry.State.OPEN)
    ready_at = mine.aggregate(first=Min("ready_at"))["first"]
    agreed = CallBack.objects.filter(agent=agent, state=CallBack.State.PENDING).aggregate(first=Min("due_at"))["first"]
    moments = [moment for moment in (ready_at, agreed) if moment is not None]
    if not moments:
        reasons.append(Reason("list_done", _("No le queda ningún contacto por llamar: terminó su lista.")))
        return Nothing(reasons, None)
    if min(moments) > now:
        until = book.hours.next_open(min(moments))
        reasons.append(Reason("all_waiting", _("Todos sus contactos esperan su próxima hora."), until))
    return Nothing(reasons, callable_from(reasons))


def renew_lease(*, agent: Agent, contact_id: int, fence: int, now: datetime, minutes: int) -> bool:
    """Keep an open contact for its desk; False when it is no longer this desk's."""
    renewed = ListEntry.objects.filter(contact_id=contact_id, lease_agent=agent, fence=fence)
    return bool(renewed.update(lease_until=now + timedelta(minutes=minutes)))


def release(*, agent: Agent, contact_id: int, fence: int, now: datetime, for_now: bool = False) -> None:
    """Give back a contact that was not called; `for_now` leaves it ready at once (a pause, the end of the shift).

    Raises CannotGiveBack while a call waits for its result, and for an agreed call that is due.
    """
    if Attempt.objects.filter(agent=agent, contact_id=contact_id, resulted_at=None).exists():
        raise CannotGiveBack(_("Ya marcó a este cliente: registre primero el resultado de la llamada."))
    agreed = CallBack.objects.filter(contact_id=contact_id, state=CallBack.State.PENDING, due_at__lte=now)
    if not for_now and agreed.exists():
        raise CannotGiveBack(_("Es una llamada acordada: llame ahora, o cambie su hora en la agenda."))
    held = ListEntry.objects.filter(contact_id=contact_id, lease_agent=agent, fence=fence)
    ready_at = F("ready_at") if for_now else Greatest("ready_at", Value(now + GIVEN_BACK_FOR))
    held.update(lease_agent=None, lease_until=None, ready_at=ready_at)


def _read_desk(*, agent: Agent, book: RuleBook) -> _Desk:
    """What this desk has open: a leased contact, or one whose call still waits for its result."""
    values = {"agent": agent.pk, "team": agent.team_id, "now": book.now, "running": list(book.running)}
    row = fetch_row(_DESK, values)
    contact, fence, until, attempt, called, called_fence, pause, due = row or (None,) * 8
    found: Given | None = None
    if attempt is not None and called != contact:
        # the lease is gone (campaign closed, contact reassigned), the call is not: its result is asked for first
        found = Given(called, called_fence, book.now, "unfinished", attempt)
    elif contact is not None:
        if until <= book.now + timedelta(minutes=book.policy.lease_minutes) / 2:
            until = _lease_until(book)
            ListEntry.objects.filter(contact_id=contact, lease_agent=agent).update(lease_until=until)
        found = Given(contact, fence, until, "unfinished" if attempt else "open", attempt)
    return _Desk(open=found, paused=pause is not None, has_due_call_backs=bool(due))


def _take_at_once(*, agent: Agent, book: RuleBook) -> Given | None:
    row = _run(_TAKE_AT_ONCE, agent=agent, book=book, campaign=book.running[0]) if book.running else None
    if row is None:
        return None
    if not row[2]:
        return Given(row[0], row[1], _lease_until(book), "list")
    _explain_and_set_aside(row, book)
    return None


def _take_one(*, agent: Agent, book: RuleBook, desk: _Desk) -> Given | None:
    for tried, (kind, row) in enumerate(_candidates(agent=agent, book=book, desk=desk), 1):
        if not row[2]:
            return Given(row[0], row[1], _lease_until(book), kind)
        _explain_and_set_aside(row, book)
        if tried >= SET_ASIDE_AT_MOST:
            break
    return None


def _candidates(*, agent: Agent, book: RuleBook, desk: _Desk) -> Iterator[tuple[str, tuple[int, int, list[str]]]]:
    """Contacts leased one by one, each with the codes of what is against it."""
    if desk.has_due_call_backs:
        while row := _run(_TAKE_CALL_BACK, agent=agent, book=book):
            yield "call_back", row
    for campaign in book.running:
        while row := _run(_TAKE_FROM_LIST, agent=agent, book=book, campaign=campaign):
            yield "list", row


def _run(statement: str, *, agent: Agent, book: RuleBook, **more: int) -> tuple[int, int, list[str]] | None:
    values: dict[str, Any] = {**rule_parameters(book=book, agent=agent), "until": _lease_until(book), **more}
    values |= {"team": agent.team_id, "running": list(book.running)}
    row = fetch_row(statement, values)
    return (row[0], row[1], row[2]) if row else None


def _explain_and_set_aside(row: tuple[int, int, list[str]], book: RuleBook) -> None:
    entry = ListEntry.objects.select_related("campaign", "lease_agent__user", "owner__user").get(pk=row[0])
    _set_aside(entry, explain(row[2], entry=entry, book=book), book=book)


def _set_aside(entry: ListEntry, reasons: list[Reason], *, book: RuleBook) -> None:
    """Give up the lease just taken and correct the row, so that nobody is given this contact before its time.

    The state is only changed where it is still open: a payment that arrives meanwhile is not overwritten.
    """
    codes = {reason.code for reason in reasons}
    until = max((reason.until for reason in reasons if reason.until is not None), default=book.now)
    state = next((state for code, state in _STATE_OF.items() if code in codes), ListEntry.State.OPEN)
    ListEntry.objects.filter(pk=entry.pk, lease_agent=entry.lease_agent_id, fence=entry.fence).update(
        lease_agent=None,
        lease_until=None,
        ready_at=Greatest("ready_at", Value(until if until > book.now else book.now + GIVEN_BACK_FOR)),
        state=Case(When(state=ListEntry.State.OPEN, then=Value(state)), default="state"),
    )
    if codes & NEVER_AGAIN:
        # an agreed call that must not be made is settled in the open, or it would come back every time
        CallBack.objects.filter(contact_id=entry.contact_id, state=CallBack.State.PENDING).update(
            state=CallBack.State.CANCELLED, settled_at=book.now, note=reasons[0].sentence[:300]
        )


def _lease_until(book: RuleBook) -> datetime:
    return book.now + timedelta(minutes=book.policy.lease_minutes)


def _own_savepoint() -> AbstractContextManager[Any]:
    """One statement is its own transaction; inside a caller's one a savepoint keeps a lost race from breaking it."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
