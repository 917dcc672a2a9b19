"""The footsteps of a walk: whose turn it is, onto the next step, off the present one. What is decided on them: walking.

A walk is answered by its newest footstep, so of two who answer the same one the second changes nothing: StaleStep.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agents.models import User
from escalations.lifecycle import Verb, why_not
from inbound.flows.choosing import is_asked_in_vain, offered
from inbound.flows.conditions import arguments, proposed_branch, unanswered
from inbound.models import Footstep, Walk
from inbound.outside.reaching import look_up
from inbound.outside.readings import HOUSE
from inbound.walks.state import WalkState, flow_of, read_state

HIGHEST_POSITION = 500  # steps of one call; a loop that goes round for ever is a mistake


class StaleStep(Exception):
    """That step was answered already; the walk stands elsewhere. Nothing was changed."""


class WalkRefused(Exception):
    """The verb cannot be done; the message is the sentence people read."""


def current_state(by: User, key: uuid.UUID, position: int) -> WalkState:
    """The walk where it stands, unlocked. Raises StaleStep, WalkRefused, and DoesNotExist where it is not hers."""
    return _current(Walk.objects.walked_by(by).select_related("line").get(key=key), position, by)


def locked_state(by: User, key: uuid.UUID, position: int) -> WalkState:
    """The walk, locked: of two who answer one step the second waits, and then comes too late.

    Raises StaleStep, WalkRefused, and DoesNotExist where the walk is not hers.
    """
    walks = Walk.objects.select_for_update(of=("self",), no_key=True).select_related("line", "agent__user")
    walk = walks.walked_by(by).get(key=key)
    if walk.escalation_id:
        walk.walked_by = by  # a card may have changed hands since the step before
    return _current(walk, position, by)


def _current(walk: Walk, position: int, by: User) -> WalkState:
    if walk.ended_at is not None:
        raise StaleStep(_("Esta atención ya terminó."))
    if walk.position != position:
        raise StaleStep(_("Ese paso ya se respondió: este es el paso en que está la atención."))
    if walk.escalation is not None and (why := why_not(Verb.RESOLVE, escalation=walk.escalation, by=by)):
        raise WalkRefused(why)
    return read_state(walk=walk)


def enter(
    walk: Walk,
    trail: list[Footstep],
    version_id: int,
    name: str,
    *,
    known: Mapping[str, Any],
    now: datetime,
    back_to: Footstep | None = None,
) -> None:
    """Add footsteps, to `trail` as well, up to the next step somebody must look at.

    Readings of the house answer themselves, and so does the choice of one among one. Raises WalkRefused when the walk
    has too many footsteps.
    """
    known, flow = dict(known), flow_of(version_id)
    while True:
        if walk.position >= HIGHEST_POSITION:
            raise WalkRefused(_("La atención tiene demasiados pasos: termínela y comience otra."))
        step = flow.steps[name]
        walk.position, walk.last_sign_at = walk.position + 1, now
        footstep = Footstep(
            walk=walk, position=walk.position, version_id=version_id, step=name, kind=step.kind, entered_at=now,
            returns_to=back_to.position if back_to else None,
        )  # fmt: skip
        back_to = None
        rows = offered(step, known) if step.kind == "choose" else []
        asks = step.asks or (step.kind == "choose" and is_asked_in_vain(step, known))
        few = len(rows) < (1 if asks else 2)
        answers_itself = few if step.kind == "choose" else step.look_up.startswith(HOUSE)
        if answers_itself:
            if step.kind == "choose":
                footstep.found = rows[0] if rows else None
            else:
                footstep.found = look_up(name=step.look_up, arguments=arguments(step.with_, known), now=now).found
            footstep.left_at = now
            known[step.as_] = footstep.found
        elif step.kind == "decide":
            proposed = proposed_branch(step, known, unanswered(flow, known))
            footstep.proposed = proposed.name if proposed else ""
        footstep.save(force_insert=True)
        trail.append(footstep)
        if not answers_itself:
            return
        name = step.next


def leave(footstep: Footstep, *, now: datetime) -> None:
    """Write down what the footstep holds, and when it was left; never before it was entered, whatever clocks say."""
    footstep.left_at = max(now, footstep.entered_at)
    footstep.save()


@contextmanager
def refusals_noted(*, by: User, key: uuid.UUID, position: int) -> Iterator[None]:
    """Of a write that was confirmed and cannot even be asked for: whoever hangs up now asked for it all the same."""
    try:
        yield
    except WalkRefused as refusal:
        walks = Walk.objects.walked_by(by).filter(key=key, position=position, ended_at=None)
        asked = Footstep.objects.filter(walk__in=walks, position=position, kind="do", write=None)
        asked.update(reason=str(refusal)[:200])
        raise


def not_a_question_to_a_machine(here: WalkState, target: Footstep, to: int | None) -> Footstep:
    """Back from a decision to the look-up before it would only ask again: one step further is what is meant.

    What an agent wrote by hand she may want to write again.
    """
    if to is not None:
        return target
    earlier = [passed for passed in here.path if passed.position <= target.position]
    while len(earlier) > 1 and earlier[-1].answered_itself:
        earlier.pop()
    return earlier[-1]
