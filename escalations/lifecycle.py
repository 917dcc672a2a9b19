"""The life of an escalation: one table of steps, one function that takes them.

Every step locks the row and writes its history in the same transaction, so of two supervisors who take the same card
one has it and the other is told who. The sentence that refuses is the hint of the disabled button.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import Role, User
from escalations.models import Change, Escalation, Kind
from notices.models import EventKind
from notices.programs.announcing import announce_all

State = Escalation.State
CHANNEL = "escalations"  # of the database: whoever listens is told what changed as soon as it is committed


class Verb(StrEnum):
    """What may happen to an escalation."""

    RAISE = "raise"
    TAKE = "take"
    GIVE_BACK = "give_back"
    HAND_OVER = "hand_over"
    WAIT = "wait"
    GO_ON = "go_on"
    RESOLVE = "resolve"
    REJECT = "reject"
    INFORM = "inform"
    REOPEN = "reopen"
    MERGE = "merge"
    BY_ITSELF = "by_itself"
    NOTE = "note"


class Who(StrEnum):
    """Who may take a step: whoever works the kind, only the person who has it, or nobody but the clock."""

    ANYBODY = "anybody"
    OWNER = "owner"
    CLOCK = "clock"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    verb: Verb
    from_state: Escalation.State
    to_state: Escalation.State
    who: Who = Who.ANYBODY


STEPS: tuple[Step, ...] = (
    Step(Verb.TAKE, State.NEW, State.TAKEN),
    Step(Verb.GIVE_BACK, State.TAKEN, State.NEW, Who.OWNER),
    Step(Verb.HAND_OVER, State.TAKEN, State.TAKEN),  # a supervisor who is absent must not keep a card
    Step(Verb.HAND_OVER, State.WAITING, State.WAITING),
    Step(Verb.WAIT, State.TAKEN, State.WAITING, Who.OWNER),
    Step(Verb.GO_ON, State.WAITING, State.TAKEN, Who.OWNER),
    Step(Verb.RESOLVE, State.TAKEN, State.RESOLVED, Who.OWNER),
    Step(Verb.RESOLVE, State.WAITING, State.RESOLVED, Who.OWNER),
    Step(Verb.REJECT, State.TAKEN, State.REJECTED, Who.OWNER),
    Step(Verb.REJECT, State.WAITING, State.REJECTED, Who.OWNER),
    Step(Verb.INFORM, State.RESOLVED, State.INFORMED),  # whoever reaches the customer
    Step(Verb.INFORM, State.REJECTED, State.INFORMED),
    Step(Verb.REOPEN, State.RESOLVED, State.TAKEN),
    Step(Verb.REOPEN, State.REJECTED, State.TAKEN),
    Step(Verb.REOPEN, State.INFORMED, State.TAKEN),
    Step(Verb.MERGE, State.NEW, State.MERGED),
    Step(Verb.MERGE, State.TAKEN, State.MERGED),
    Step(Verb.MERGE, State.WAITING, State.MERGED),
    Step(Verb.BY_ITSELF, State.NEW, State.RESOLVED, Who.CLOCK),  # what it asked came about
)


class EscalationRefused(Exception):
    """It cannot be done now; the message is the sentence for the person who asked."""


def check_can(verb: Verb, *, escalation: Escalation, by: User) -> Step:
    """The step of the table. Raises EscalationRefused, with the sentence, when this person cannot take it now.

    `escalation` comes with its kind and owner.
    """
    if not may_work(escalation.kind, by=by):
        raise EscalationRefused(_("Esto lo trabaja supervisión."))
    if escalation.anonymised_at is not None:  # what is written now would stay for ever: it is anonymised once
        raise EscalationRefused(_("Ya no tiene datos personales: si el cliente reclama otra vez, es otra derivación."))
    if verb == Verb.NOTE:
        return Step(verb, State(escalation.state), State(escalation.state))
    step = next((line for line in STEPS if line.verb == verb and line.from_state == escalation.state), None)
    if step is None or step.who == Who.CLOCK:
        raise EscalationRefused(_wrong_state(verb, escalation))
    if step.who == Who.OWNER and escalation.owner_id != by.pk:
        raise EscalationRefused(_("La tiene %(name)s: tómela en su lugar o pídasela.") % {"name": escalation.owner})
    return step


def why_not(verb: Verb, *, escalation: Escalation, by: User) -> str:
    """The sentence of a disabled button; empty when the step can be taken."""
    try:
        check_can(verb, escalation=escalation, by=by)
    except EscalationRefused as refusal:
        return str(refusal)
    return ""


def may_work(kind: Kind, *, by: User) -> bool:
    """Whether this person works cards of a kind: supervision all of them, agents those that are calls to make."""
    return by.steers_campaigns or (kind.worked_by == Kind.Worker.AGENT and by.role == Role.AGENT)


def take_step(
    verb: Verb,
    *,
    escalation_id: int,
    by: User,
    now: datetime,
    note: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Escalation:
    """Take a step and write it into the history. Raises EscalationRefused.

    `changes` are columns that change with it. The locked row comes back with its kind and owner.
    """
    with transaction.atomic():
        locked = locked_escalation(escalation_id)
        step = check_can(verb, escalation=locked, by=by)
        from_state = locked.state
        columns = {"state": step.to_state, "version": locked.version + 1, **(changes or {})}
        for name, value in columns.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(columns))
        write_down(locked, verb=verb, from_state=from_state, by=by, now=now, note=note)
    return locked


def locked_escalation(pk: int) -> Escalation:
    """The row, locked until the transaction ends; its kind and owner are read when they are asked for.

    Not in one query with it: whoever waited for the lock gets the row as it is now, but what was joined to it as it
    was before, and would not be told who was first.
    """
    return Escalation.objects.select_for_update(no_key=True).get(pk=pk)


def write_down(
    escalation: Escalation, *, verb: Verb, from_state: str, by: User | None, now: datetime, note: str
) -> None:
    """A line of the history, and word to whoever listens, both when the transaction is committed."""
    Change.objects.create(
        escalation=escalation, verb=verb, from_state=from_state, to_state=escalation.state, at=now, by=by, note=note
    )
    notify_boards(escalation, now=now)


def notify_boards(*escalations: Escalation, now: datetime) -> None:
    """`id:version:state` of what changed, to the listeners of the database's channel; no customer is named. Programs
    that want to know it are told the same.

    What is closed says `closed`: no column has it.
    """
    said = [f"{one.pk}:{one.version}:{'closed' if one.closed_at else one.state}" for one in escalations]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, said) FROM unnest(%s::text[]) said", [CHANNEL, said])
    announce_cards([(one.pk, one.version, one.state, bool(one.closed_at)) for one in escalations], now=now)


def announce_cards(cards: Iterable[tuple[int, int, str, bool]], *, now: datetime) -> None:
    """Tell programs of these, each with its version, its state and whether it is closed."""
    told = [
        (f"card:{pk}", {"card": pk, "version": version, "state": state, "closed": is_closed})
        for pk, version, state, is_closed in cards
    ]
    announce_all(EventKind.CARD, told=told, at=now)


def _wrong_state(verb: Verb, escalation: Escalation) -> str:
    if verb == Verb.TAKE and escalation.owner is not None and escalation.taken_at is not None:
        since = timezone.localtime(escalation.taken_at)
        return _("Ya la tomó %(name)s, el %(when)s.") % {"name": escalation.owner, "when": f"{since:%d/%m a las %H:%M}"}
    if verb == Verb.REOPEN and escalation.state in Escalation.UNSETTLED:
        return _("Todavía no está resuelta: no hay qué reabrir.")
    return {
        State.NEW: _("Todavía no la tomó nadie: tómela primero."),
        State.TAKEN: _("Está tomada: resuélvala primero."),
        State.WAITING: _("Espera a una unidad: siga con ella primero."),
        State.RESOLVED: _("Ya está resuelta: falta informar al cliente, o reábrala."),
        State.REJECTED: _("Ya se resolvió que no corresponde: falta informar al cliente, o reábrala."),
        State.INFORMED: _("Ya está cerrada: reábrala si hace falta."),
        State.MERGED: _("Está unida a otra: trabaje aquella."),
    }[State(escalation.state)]
