"""What a lane writes down on its card before it ends (102.10): the board shows there why it is still open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from escalations.lifecycle import EscalationRefused
from escalations.working import note
from inbound.flows.conditions import script
from inbound.walks.call_words import words_of_the_call
from inbound.walks.consequences import written
from inbound.walks.footsteps import WalkRefused
from inbound.walks.state import WalkState


def note_on_card(*, here: WalkState, known: Mapping[str, Any], now: datetime) -> None:
    """Note on the card what its step says is `noted`. Call it inside the step's transaction. Raises WalkRefused.

    A step on which nothing was written keeps it as its own note as well: how the lane ended says it, too.
    """
    walk, footstep = here.walk, here.footstep
    text = script(here.step.noted, words_of_the_call(here, known))
    try:
        note(escalation_id=int(walk.escalation_id or 0), text=text, by=walk.by, now=now)
    except EscalationRefused as refusal:
        raise WalkRefused(str(refusal)) from refusal
    if not written(here.step, footstep):
        footstep.answer = {**footstep.answer, "note": text}
