"""The life of a contact in its list: one table of steps, one function that takes them, and SQL made from the table.

`ListEntry.state` is written here and nowhere else, but for the first state, which comes with the row and begins no
history: its beginning is the report. Every other step writes a `ContactChange` in the same transaction. Steps of many
contacts (payments, draws of the hold-out) are one statement: `take_steps` fills the caller's UPDATE with the states of
the table and writes the history from what it returns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import Attempt, ContactChange, ListEntry
from notices.models import EventKind
from notices.programs.announcing import ANNOUNCED, announce, parameters

State = ListEntry.State


class Verb(StrEnum):
    """What may happen to a contact. Each verb leads to one state."""

    FINISH = "finish"
    EXHAUST = "exhaust"
    LOSE_TELEPHONES = "lose_telephones"
    GO_ON = "go_on"
    TAKE_BACK = "take_back"
    FORBID = "forbid"
    FIND_TELEPHONE = "find_telephone"
    PAY = "pay"
    LEAVE_PAID = "leave_paid"
    OWE_AGAIN = "owe_again"
    OWE_UNCALLED = "owe_uncalled"
    HOLD_OUT = "hold_out"
    DRAW_AGAIN = "draw_again"
    LEAVE_REPORT = "leave_report"
    RETURN_OPEN = "return_open"
    RETURN_DONE = "return_done"
    RETURN_PAID = "return_paid"
    RETURN_HELD_OUT = "return_held_out"


class Actor(StrEnum):
    """Who takes a step: the desk with the result of a call, a supervisor, or the centre itself."""

    DESK = "desk"
    SUPERVISION = "supervision"
    CENTRE = "centre"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    verb: Verb
    from_state: ListEntry.State
    to_state: ListEntry.State
    who: frozenset[Actor]


DESK = frozenset({Actor.DESK})
SUPERVISION = frozenset({Actor.SUPERVISION})
CENTRE = frozenset({Actor.CENTRE})
CALLED = DESK | CENTRE  # by the result itself, or by the rules, when the contact is given next

# Of a row `entry`: she had her last word, whatever became of her place meanwhile.
LAST_RESULT_IS_FINAL = """EXISTS (SELECT FROM campaigns_disposition d WHERE d.id = entry.last_disposition_id
                                  AND (d.is_final OR d.forbids_calling))"""

STEPS: tuple[Step, ...] = (
    Step(Verb.FINISH, State.OPEN, State.DONE, DESK),
    Step(Verb.FINISH, State.NOT_CALLABLE, State.DONE, DESK),
    Step(Verb.FINISH, State.EXHAUSTED, State.DONE, DESK),
    Step(Verb.EXHAUST, State.OPEN, State.EXHAUSTED, CALLED),
    Step(Verb.EXHAUST, State.DONE, State.EXHAUSTED, DESK),
    Step(Verb.EXHAUST, State.NOT_CALLABLE, State.EXHAUSTED, DESK),
    Step(Verb.LOSE_TELEPHONES, State.OPEN, State.NOT_CALLABLE, CALLED),
    Step(Verb.LOSE_TELEPHONES, State.DONE, State.NOT_CALLABLE, DESK),
    Step(Verb.LOSE_TELEPHONES, State.EXHAUSTED, State.NOT_CALLABLE, DESK),
    Step(Verb.GO_ON, State.DONE, State.OPEN, DESK),
    Step(Verb.GO_ON, State.NOT_CALLABLE, State.OPEN, DESK),
    Step(Verb.GO_ON, State.EXHAUSTED, State.OPEN, DESK),
    Step(Verb.TAKE_BACK, State.DONE, State.OPEN, DESK),
    Step(Verb.TAKE_BACK, State.NOT_CALLABLE, State.OPEN, DESK),
    Step(Verb.TAKE_BACK, State.EXHAUSTED, State.OPEN, DESK),
    Step(Verb.FORBID, State.OPEN, State.DONE, CENTRE),
    Step(Verb.FIND_TELEPHONE, State.NOT_CALLABLE, State.OPEN, SUPERVISION),
    Step(Verb.PAY, State.OPEN, State.PAID, CALLED),
    Step(Verb.LEAVE_PAID, State.DONE, State.PAID, DESK),
    Step(Verb.LEAVE_PAID, State.NOT_CALLABLE, State.PAID, DESK | SUPERVISION),
    Step(Verb.LEAVE_PAID, State.EXHAUSTED, State.PAID, DESK),
    Step(Verb.LEAVE_PAID, State.HELD_OUT, State.PAID, CALLED),
    Step(Verb.OWE_AGAIN, State.PAID, State.OPEN, CENTRE),
    Step(Verb.OWE_UNCALLED, State.PAID, State.DONE, CENTRE),
    Step(Verb.HOLD_OUT, State.OPEN, State.HELD_OUT, CENTRE),
    Step(Verb.DRAW_AGAIN, State.HELD_OUT, State.OPEN, CENTRE),
    Step(Verb.LEAVE_REPORT, State.OPEN, State.GONE, SUPERVISION),
    Step(Verb.LEAVE_REPORT, State.DONE, State.GONE, SUPERVISION),
    Step(Verb.LEAVE_REPORT, State.PAID, State.GONE, SUPERVISION),
    Step(Verb.LEAVE_REPORT, State.HELD_OUT, State.GONE, SUPERVISION),
    Step(Verb.LEAVE_REPORT, State.NOT_CALLABLE, State.GONE, SUPERVISION),
    Step(Verb.LEAVE_REPORT, State.EXHAUSTED, State.GONE, SUPERVISION),
    Step(Verb.RETURN_OPEN, State.GONE, State.OPEN, SUPERVISION),
    Step(Verb.RETURN_DONE, State.GONE, State.DONE, SUPERVISION),
    Step(Verb.RETURN_PAID, State.GONE, State.PAID, SUPERVISION),
    Step(Verb.RETURN_HELD_OUT, State.GONE, State.HELD_OUT, SUPERVISION),
)
LEADS_TO: dict[Verb, ListEntry.State] = {step.verb: step.to_state for step in STEPS}


class ContactRefused(Exception):
    """The step cannot be taken now; the message is the sentence for whoever asked."""


def check_can(verb: Verb, *, entry: ListEntry, by: User | None = None, attempt: Attempt | None = None) -> Step:
    """The step of the table. Raises ContactRefused, with the sentence, when it cannot be taken now.

    With an `attempt` it is the desk that takes it, `by` alone is a supervisor, neither is the centre itself.
    """
    step = next((line for line in STEPS if line.verb == verb and line.from_state == entry.state), None)
    if step is None:
        raise ContactRefused(how_it_stands(State(entry.state)))
    if _actor(by, attempt) not in step.who:
        raise ContactRefused(_("Este paso no le corresponde a quien lo pide."))
    return step


def take_step(
    verb: Verb,
    *,
    entry: ListEntry,
    now: datetime,
    by: User | None = None,
    attempt: Attempt | None = None,
    also: Sequence[str] = (),
) -> None:
    """Take a step of one entry, whose row the caller holds locked, and write it down. Raises ContactRefused.

    `also`: columns already changed on `entry`, which the same statement writes.
    """
    step = check_can(verb, entry=entry, by=by, attempt=attempt)
    entry.state_before, entry.state = step.from_state, step.to_state
    entry.save(update_fields=["state", "state_before", *also])
    ContactChange.objects.create(
        contact_id=entry.contact_id,
        verb=verb,
        from_state=step.from_state,
        to_state=step.to_state,
        at=now,
        by=by,
        attempt=attempt,
    )
    told = {"contact": entry.contact_id, "verb": verb, "state": step.to_state, "was": step.from_state}
    announce(EventKind.CONTACT, subject=f"contact:{entry.contact_id}", facts=told, at=now)


def take_steps(
    cursor: CursorWrapper,
    *,
    update: str,
    steps: Mapping[Verb, str],
    now: datetime,
    values: Sequence[Any] = (),
    by: User | None = None,
    beginning: str = "WITH",
) -> int:
    """Take steps of many contacts in one UPDATE and write each down. Returns how many rows the UPDATE changed.

    `update`: an UPDATE of `campaigns_listentry entry` with `{steps}` among its assignments; it may change other columns
    and rows that take no step. `steps`: for each verb the condition, in SQL, on which an entry in one of its states of
    the table takes it; the first that holds. `beginning`: common table expressions before it, up to the last comma.
    `values` fill the placeholders of all of that. The rows are locked by the UPDATE, in the order it finds them.
    """
    lines = {verb: _lines_of(verb, _actor(by, None)) for verb in steps}
    cursor.execute(
        f"""
        {beginning} stepped AS (
            {update.replace("{steps}", _assignments(steps, lines))}
            RETURNING entry.contact_id, entry.state_before, entry.state
        ), taken AS (
            SELECT state_before, state, count(*) AS number, array_agg(contact_id) AS contacts
              FROM stepped GROUP BY state_before, state
        ), noted AS (
            INSERT INTO campaigns_contactchange (contact_id, contacts, verb, from_state, to_state, at, by_id)
            SELECT CASE number WHEN 1 THEN contacts[1] END, CASE WHEN number > 1 THEN contacts END,
                   {_verb_of(lines)}, state_before, state, %s, %s
              FROM taken WHERE state_before <> state
        ), happened (subject, facts) AS (
            SELECT 'contact:' || contact, jsonb_build_object(
                       'contact', contact, 'verb', {_verb_of(lines)}, 'state', state, 'was', state_before)
              FROM taken CROSS JOIN unnest(contacts) contact WHERE state_before <> state
        ), {ANNOUNCED}
        SELECT coalesce(sum(number), 0) FROM taken
        """,
        [*values, now, by.pk if by else None, *parameters(EventKind.CONTACT, at=now)],
    )
    return int(cursor.fetchone()[0])


def how_it_stands(state: ListEntry.State) -> str:
    """What has to be known of a contact in this state, as a sentence."""
    return {
        State.OPEN: _("Está por llamar."),
        State.DONE: _("Ya terminó con un resultado final."),
        State.PAID: _("Ya pagó."),
        State.HELD_OUT: _("Está en el grupo de control: no se llama."),
        State.NOT_CALLABLE: _("No tiene un teléfono utilizable."),
        State.EXHAUSTED: _("Ya se hicieron todos los intentos de la campaña."),
        State.GONE: _("Ya no está en el reporte del mes."),
    }[state]


def _actor(by: User | None, attempt: Attempt | None) -> Actor:
    if attempt is not None:
        return Actor.DESK
    return Actor.CENTRE if by is None else Actor.SUPERVISION


def _lines_of(verb: Verb, actor: Actor) -> list[Step]:
    """The lines of the table this actor may take."""
    lines = [step for step in STEPS if step.verb == verb and actor in step.who]
    if not lines:
        raise ValueError(f"{actor} never takes the step {verb}")
    return lines


def _assignments(steps: Mapping[Verb, str], lines: Mapping[Verb, list[Step]]) -> str:
    """`state` after the first step that holds, and `state_before`, by which RETURNING tells what changed.

    It is read from the row the UPDATE itself locks. A join with the entry as it was would not do: whoever waited for
    the lock gets the joined row as it stood before the wait. (PostgreSQL 18 returns old values by itself.)
    """
    cases = [
        f"WHEN entry.state = '{step.from_state.value}' AND ({steps[verb]}) THEN '{step.to_state.value}'"
        for verb in steps
        for step in lines[verb]
    ]
    state = f"CASE {' '.join(cases)} ELSE entry.state END" if cases else "entry.state"
    return f"state_before = entry.state, state = {state}"


def _verb_of(lines: Mapping[Verb, list[Step]]) -> str:
    """The verb of a returned row by the states it went between."""
    steps = [step for taken in lines.values() for step in taken]
    if len({(step.from_state, step.to_state) for step in steps}) < len(steps):
        raise ValueError(f"{', '.join(lines)} lead the same way: the history could not tell which was taken")
    cases = [
        f"WHEN state_before = '{step.from_state.value}' AND state = '{step.to_state.value}' THEN '{step.verb.value}'"
        for step in steps
    ]
    return f"CASE {' '.join(cases)} END" if cases else "NULL"
