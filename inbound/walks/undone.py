"""What was to be done for the caller, and was not: a step that never came about, as the call stood before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.functional import Promise

from escalations.models import Escalation
from inbound.fields import CALLER_NAME, TELEPHONE
from inbound.flows.conditions import arguments, filled
from inbound.flows.shapes import Step
from inbound.models import Footstep, OutsideWrite
from inbound.walks.call_words import words_of_the_call
from inbound.walks.cards import ABOUT, plain
from inbound.walks.customers import as_it_was, whose
from inbound.walks.state import WalkState


@dataclass(frozen=True, slots=True)
class Undone:
    """`write`: what was done before; None for mere words. `before`: what she heard, where she said another since."""

    step: Step
    here: WalkState
    reason: str | Promise
    write: OutsideWrite | None = None
    call_back: str = ""  # where who called is reached, if nothing else is known of whom it is about
    was_heard: bool = True  # what the step says was on the screen
    stands: bool = False  # as the agent said at the end: also where somebody had settled it
    before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The line, damage or order it is about."""
        if self.write:
            return plain(self.write.to_whom)
        return number_in(arguments(self.step.with_, self.here.known))

    @property
    def contract(self) -> str:
        """Whose it is, as far as it was known then."""
        return as_it_was(self.here).contract

    @property
    def whose(self) -> str:
        """Her contract, else her name."""
        return whose(self.here)

    @property
    def promised(self) -> str:
        """What its card says that she was promised."""
        return filled(self.step.promised, words_of_the_call(self.here, self.here.known))

    @property
    def version(self) -> int:
        """Which version of which flow said it."""
        return self.here.footstep.version_id

    @property
    def about(self) -> str:
        """What tells it from another request of the call: its number, else whose contract it is."""
        return self.number or self.contract

    def says_as(self, other: Undone) -> bool:
        """Whether the same step says both: of two lines, steps of one name are two."""
        return (self.version, self.step.name) == (other.version, other.step.name)

    def is_like(self, later: Undone) -> bool:
        """Whether what she heard `later` is of the same thing: its number, else its contract, else its words."""
        if later.number:
            return self.number == later.number
        if later.whose or self.whose:
            return later.whose in ("", self.whose) or not self.whose
        return asks_for_the_same(later.step, self.here.known, later.here.known)

    def as_heard(self, later: Undone) -> Undone:
        """The same thing as it stood on the screen afterwards, with what was typed there."""
        return replace(later, write=self.write, reason=self.reason)

    def called_where(self, known: Mapping[str, Any], *, anew: bool) -> Undone:
        """She is one caller: called as she said by then, or as she said it `anew` or only of another thing. `known`: at
        the end of the call.
        """
        by_then = self.here.known if self.was_heard else {}
        told = {
            TELEPHONE: ("" if anew else by_then.get(TELEPHONE)) or known.get(TELEPHONE),
            CALLER_NAME: self.here.known.get(CALLER_NAME) or known.get(CALLER_NAME),
        }
        hers = {name: said for name, said in told.items() if said}
        return replace(self, here=replace(self.here, known={**self.here.known, **hers}))


def asks_for_the_same(step: Step, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether a card would say the same of what was known before its own step asked anything."""
    own = {field.name: "" for field in step.fields}
    return arguments(step.with_, {**one, **own}) == arguments(step.with_, {**other, **own})


def number_of(passed: Footstep) -> str:
    """The line, damage or order of what came of a footstep."""
    if passed.escalation is not None:
        return number_in(passed.escalation.details)
    return plain(passed.write.to_whom) if passed.write is not None else ""


def number_in(details: Mapping[str, Any]) -> str:
    """The line, damage or order that details name."""
    return plain(next((str(details[name]) for name in ABOUT if details.get(name)), ""))


def may_be_about(card: Escalation, number: str) -> bool:
    """Whether a card is about that line, damage or order, or names none."""
    return number_in(card.details) in ("", plain(number))
