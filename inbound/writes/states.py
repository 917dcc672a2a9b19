"""The life of a write to an outside system: one table of steps, one function that takes them.

A write is a kind of owed work: this table says what its states are to the lines and to people, and keeps to the one of
`work/life.py`. The sweep takes its steps through `work`; who may take one by hand is asked here, and then it is taken
there as well. The history is written in the same transaction, so two sweeps, a sweep and a click, or two clicks never
take the same step twice. What was accountable and may have been done can only be settled by a person: no line of the
table leads from `uncertain` back to a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import User
from inbound.flows.shapes import DONE, REFUSED, UNKNOWN
from inbound.models import OutsideWrite
from inbound.outside.reaching import Mode, use_of
from inbound.writes.told import SETTLED
from work import steps
from work.life import Verb as OfAllWork

State = OutsideWrite.State


class Verb(StrEnum):
    """What may happen to a write."""

    SEND = "send"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHHOLD = "withhold"
    POSTPONE = "postpone"
    PARK = "park"
    DOUBT = "doubt"
    QUESTION = "question"
    HAND_OVER = "hand_over"
    TRY_AGAIN = "try_again"
    FIND_DONE = "find_done"
    FIND_NOT_DONE = "find_not_done"
    WRITE_BY_HAND = "write_by_hand"
    GIVE_UP = "give_up"
    APPROVE = "approve"
    DECLINE = "decline"
    EXPIRE = "expire"


class Actor(StrEnum):
    """Who takes a step: the centre itself (the sweep), a supervisor, another one than asked for the write, or whoever
    asked for it.
    """

    CENTRE = "centre"
    SUPERVISION = "supervision"
    ANOTHER = "another"  # a supervisor: whoever asked is a first person in whatever role she is now
    ASKER = "asker"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    verb: Verb
    from_state: OutsideWrite.State
    to_state: OutsideWrite.State
    who: frozenset[Actor]
    of_all_work: OfAllWork  # what it is in the table of every owed work


CENTRE = frozenset({Actor.CENTRE})
SUPERVISION = frozenset({Actor.SUPERVISION})
PERSON = frozenset({Actor.SUPERVISION, Actor.ASKER})
ANOTHER = frozenset({Actor.ANOTHER})

STEPS: tuple[Step, ...] = (
    Step(Verb.SEND, State.WAITING, State.SENDING, CENTRE, OfAllWork.CLAIM),
    # the system came to be used by hand meanwhile
    Step(Verb.HAND_OVER, State.WAITING, State.BY_HAND, CENTRE, OfAllWork.HOLD),
    Step(Verb.CONFIRM, State.SENDING, State.DONE, CENTRE, OfAllWork.DONE),
    Step(Verb.REFUSE, State.SENDING, State.REFUSED, CENTRE, OfAllWork.HOLD),
    # it was about to go out, and something was amiss: it was not sent
    Step(Verb.WITHHOLD, State.SENDING, State.NOT_DONE, CENTRE, OfAllWork.REFUSE),
    Step(Verb.POSTPONE, State.SENDING, State.WAITING, CENTRE, OfAllWork.POSTPONE),
    Step(Verb.PARK, State.SENDING, State.PARKED, CENTRE, OfAllWork.PARK),
    Step(Verb.DOUBT, State.SENDING, State.UNCERTAIN, CENTRE, OfAllWork.HOLD),
    # the site was restored: what was still to be sent may have been, after the copy (inbound/writes/restored.py)
    Step(Verb.DOUBT, State.WAITING, State.UNCERTAIN, CENTRE, OfAllWork.HOLD),
    Step(Verb.DOUBT, State.APPROVAL, State.UNCERTAIN, CENTRE, OfAllWork.HOLD),
    Step(Verb.DOUBT, State.PARKED, State.UNCERTAIN, CENTRE, OfAllWork.HOLD),
    # its answer came after all, while nobody had settled it
    Step(Verb.CONFIRM, State.UNCERTAIN, State.DONE, CENTRE, OfAllWork.SETTLE),
    # it was settled as not done, and its system says that it was
    Step(Verb.DOUBT, State.NOT_DONE, State.UNCERTAIN, CENTRE, OfAllWork.HOLD),
    # a person wrote down that it was done: under a reference of other money, or it was not (references.py)
    Step(Verb.QUESTION, State.DONE, State.UNCERTAIN, CENTRE | ANOTHER, OfAllWork.HOLD),
    Step(Verb.FIND_DONE, State.UNCERTAIN, State.DONE, ANOTHER, OfAllWork.SETTLE),
    Step(Verb.FIND_NOT_DONE, State.UNCERTAIN, State.NOT_DONE, ANOTHER, OfAllWork.SETTLE),
    Step(Verb.TRY_AGAIN, State.PARKED, State.WAITING, SUPERVISION, OfAllWork.TRY_AGAIN),
    Step(Verb.WRITE_BY_HAND, State.BY_HAND, State.DONE, PERSON, OfAllWork.SETTLE),
    Step(Verb.WRITE_BY_HAND, State.PARKED, State.DONE, PERSON, OfAllWork.SETTLE),
    Step(Verb.WRITE_BY_HAND, State.REFUSED, State.DONE, PERSON, OfAllWork.SETTLE),
    Step(Verb.GIVE_UP, State.BY_HAND, State.NOT_DONE, PERSON, OfAllWork.SETTLE),
    Step(Verb.GIVE_UP, State.PARKED, State.NOT_DONE, PERSON, OfAllWork.SETTLE),
    Step(Verb.GIVE_UP, State.REFUSED, State.NOT_DONE, PERSON, OfAllWork.SETTLE),
    Step(Verb.APPROVE, State.APPROVAL, State.WAITING, ANOTHER, OfAllWork.TRY_AGAIN),
    Step(Verb.DECLINE, State.APPROVAL, State.NOT_DONE, ANOTHER, OfAllWork.SETTLE),
    # nobody looked at it in time
    Step(Verb.EXPIRE, State.APPROVAL, State.NOT_DONE, CENTRE, OfAllWork.SETTLE),
    # she may still think better of it: nothing was sent
    Step(Verb.GIVE_UP, State.APPROVAL, State.NOT_DONE, frozenset({Actor.ASKER}), OfAllWork.SETTLE),
)
ANSWERED = (State.UNCERTAIN, State.NOT_DONE, State.DONE)  # in which its system's answer is a line that changes nothing


OUTCOME_OF = {State.DONE: DONE, State.REFUSED: REFUSED, State.NOT_DONE: REFUSED}


class WriteRefused(Exception):
    """It cannot be done now; the message is the sentence for the person who asked."""


class AskedAlready(WriteRefused):
    """It was asked for already, as `write`, and is not asked for a second time."""

    def __init__(self, sentence: str, write: OutsideWrite) -> None:
        super().__init__(sentence)
        self.write = write


class AnotherAmount(AskedAlready):
    """The same call asked for it with another amount."""


class InDoubtElsewhere(AskedAlready):
    """Another call asked for the very same, and nobody knows yet whether it was done."""


def check_can(verb: Verb, *, write: OutsideWrite, by: User | None) -> Step:
    """The step of the table. Raises WriteRefused, with the sentence, when it cannot be taken by this person now."""
    step = next((line for line in STEPS if line.verb == verb and line.from_state == write.state), None)
    if step is None:
        raise WriteRefused(how_it_stands(State(write.state)))
    if _actors(write, by) & step.who:
        return step
    if by is None:
        raise WriteRefused(_("Esto lo resuelve una persona."))
    if step.who == ANOTHER and by.steers_campaigns:
        raise WriteRefused(_("La pidió usted: la resuelve otra persona de supervisión."))
    raise WriteRefused(_("Esto lo resuelve supervisión."))


def can(verb: Verb, *, write: OutsideWrite, by: User) -> bool:
    """Whether this person may take the step now."""
    return not why_not(verb, write=write, by=by)


def why_not(verb: Verb, *, write: OutsideWrite, by: User) -> str:
    """The sentence why this person may not take the step now; empty when she may."""
    try:
        check_can(verb, write=write, by=by)
    except WriteRefused as refusal:
        return str(refusal)
    return ""


def doubt_again(write: OutsideWrite, *, words: str, said: str, now: datetime) -> bool:
    """What a person settled as not done was done, it seems: `words` say who says so, `said` is its system's answer.
    False where it is settled otherwise.
    """
    try:
        take_step(
            Verb.DOUBT, write=write, by=None, now=now, note=words, last_error=words, said=said, settled_at=None,
            settled_by=None,
        )  # fmt: skip
    except WriteRefused:
        return False
    return True


def leave_to_a_person(write: OutsideWrite, *, now: datetime) -> OutsideWrite:
    """What waits for a system used by hand by now is done by hand. Raises WriteRefused where it waits no more."""
    return take_step(Verb.HAND_OVER, write=write, by=None, now=now, note=_("Su sistema se usa a mano."))


def take_step(
    verb: Verb,
    *,
    write: OutsideWrite,
    by: User | None,
    now: datetime,
    sent_as: int | None = None,
    note: str = "",
    **changes: Any,
) -> OutsideWrite:
    """Take a step and write it into the history. Raises WriteRefused.

    `sent_as`: only while nobody has sent the write anew since that fence. `changes` are columns that change with it:
    the reference, the error, when to try again, until when it is leased.
    """
    with transaction.atomic():
        locked = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=write.pk)
        step = check_can(verb, write=locked, by=by)
        if sent_as is not None and locked.fence != sent_as:
            raise WriteRefused(_("Otro envío la tiene ahora."))
        columns = {"lease_until": None, "parked_at": now if step.to_state == State.PARKED else None, **changes}
        if step.to_state in SETTLED:
            columns |= {"settled_at": now, "settled_by": by}
        steps.take_step(step.of_all_work, owed=locked, to=step.to_state, now=now, by=by, note=note, columns=columns)
    return locked


def _actors(write: OutsideWrite, by: User | None) -> set[Actor]:
    if by is None:
        return {Actor.CENTRE}
    actors = {Actor.SUPERVISION} if by.steers_campaigns else set()
    if write.owed_by_id == by.pk:
        return actors | {Actor.ASKER}
    return actors | {Actor.ANOTHER} if actors else actors


def outcome_of(write: OutsideWrite) -> str:
    """What its caller is told: done, refused, or, of what is under way, doubtful or parked, not known yet."""
    return OUTCOME_OF.get(State(write.state), UNKNOWN)


def how_it_goes_out(system: str) -> str:
    """What becomes of what is let go out to this system now, as a sentence."""
    use = use_of(system)
    words = {
        Mode.CONNECTED: _("Está por enviarse a %(system)s."),
        Mode.BY_HAND: _("%(system)s se usa a mano: hágala allí y anote su referencia."),
        Mode.OFF: _("%(system)s está apagado: se envía cuando vuelva."),
    }[use.mode]
    return words % {"system": use.name}


def how_it_stands(state: OutsideWrite.State) -> str:
    """What a person has to know of a write in this state, as a sentence."""
    return {
        State.WAITING: _("Todavía está por enviarse: sale sola cuando su sistema la recibe."),
        State.SENDING: _("Se está enviando ahora: espere su respuesta."),
        State.DONE: _("Ya está hecha."),
        State.NOT_DONE: _("Ya se resolvió que no se hizo."),
        State.UNCERTAIN: _("No se sabe si se hizo: supervisión debe verificarlo en el otro sistema."),
        State.PARKED: _("Se detuvo tras varios intentos."),
        State.REFUSED: _("El otro sistema la rechazó."),
        State.BY_HAND: _("Se hace a mano: anote la referencia que da el otro sistema."),
        State.APPROVAL: _("No se envió: espera que otra persona de supervisión la apruebe."),
    }[state]
