"""The trail of a walk: its footsteps as lines, what was said and decided on each, and to which one may go back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from escalations.letters import EVERYWHERE
from inbound.fields import HOLDER, kinship_words
from inbound.flows.shapes import SAME_CARD, Branch, Step
from inbound.models import Footstep
from inbound.outside.found_words import row_in_words, words_of
from inbound.outside.look_ups import look_ups
from inbound.outside.masked_words import masked_answer, masked_free
from inbound.walks.cards import WHICH
from inbound.walks.state import CONTINUED, WalkState


@dataclass(frozen=True)
class Passed:
    """One line of the trail. `is_undone`: somebody went back past it."""

    position: int
    ref: str
    title: str
    what: list[str]
    at: datetime
    is_undone: bool
    is_current: bool
    may_return: bool


def trail_of(here: WalkState, *, masked: bool = False) -> list[Passed]:
    """All footsteps of a walk, oldest first, as lines to read. `masked`: by who does not attend it."""
    counting = {footstep.position for footstep in here.path}
    newest = here.footstep.position
    ended = here.walk.ended_at is not None
    lines = []
    for footstep in here.trail:
        if footstep.answered_itself and footstep.kind == "choose" and footstep.left_at and not footstep.found:
            continue  # there was nothing to choose among
        step = here.step_of(footstep)
        counts = footstep.position in counting
        lines.append(
            Passed(
                position=footstep.position,
                ref=step.ref,
                title=step.title,
                what=_what(step, footstep, masked=masked),
                at=footstep.entered_at,
                is_undone=not counts,
                is_current=footstep.position == newest and not ended,
                may_return=counts and footstep.position != newest and not ended and not footstep.answered_itself,
            )
        )
    return lines


def _what(step: Step, footstep: Footstep, *, masked: bool) -> list[str]:
    """What was answered or decided on a footstep, in a few words."""
    answers = {name: _answer(step, name, value) for name, value in footstep.answer.items() if value}
    if masked:
        answers = {name: masked_answer(name, words) for name, words in answers.items()}
        return [*answers.values(), *map(masked_free, _decided(step, footstep))]
    return [*answers.values(), *_decided(step, footstep)]


def _decided(step: Step, footstep: Footstep) -> list[str]:
    said: list[str] = []
    if footstep.chosen == CONTINUED:
        said.append(_("Sigue como %(line)s") % {"line": step.continue_as})
    elif step.kind == "choose":
        said += [row_in_words(step.shows, footstep.found)] if footstep.found else [step.none] if footstep.chosen else []
    elif footstep.chosen:
        said.append(_label(step.ways, footstep.chosen))
        if footstep.proposed and footstep.proposed != footstep.chosen:
            said.append(_("se proponía «%(label)s»") % {"label": _label(step.ways, footstep.proposed)})
    if footstep.reason:
        said.append(footstep.reason)
    if footstep.trouble:
        said.append(footstep.trouble)
    if footstep.by_hand and footstep.found:
        said.append(_("escrito a mano"))
    return said


def _answer(step: Step, name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(filter(None, (str(value.get("contract", "")), str(value.get("name", "")).title())))
    if name == SAME_CARD:
        return str(WHICH.get(str(value), value))
    if value == EVERYWHERE:
        return _("Todos los sectores")
    of_the_step = look_ups()[step.look_up].by_hand if step.look_up else step.fields
    asked = next((one for one in of_the_step if one.name == name), None)
    if asked is not None and asked.type == "kinship":
        return kinship_words(str(value))
    if asked is not None and asked.type == "holder":
        return str(HOLDER.get(str(value), value))
    if asked is not None and asked.type == "choice":
        return str(dict(asked.choices).get(str(value), value))
    return words_of("amount" if asked is not None and asked.type == "amount" else name, value)


def _label(ways: tuple[Branch, ...], name: str) -> str:
    return next((str(way.label) for way in ways if way.name == name), name)
