"""What is typed anew on a step before the one that handed over: its card hears of it, though the call ends there."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import datetime

from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.flows.conditions import arguments
from inbound.models import Footstep
from inbound.outside.reaching import look_up
from inbound.outside.readings import HOUSE
from inbound.walks.asked import zone_of
from inbound.walks.cards import contract_of, is_about_the_same, next_key
from inbound.walks.consequences import correct, key_of, said_on_card
from inbound.walks.customers import is_about_her
from inbound.walks.state import WalkState, known_of_call, known_on, state_on

SAID = ("details", "reason", "promised")


def correct_what_was_handed_over(here: WalkState, *, now: datetime) -> None:
    """A call ends on a step it went back to: each card it had handed over beyond says what stands there now.

    One that was settled meanwhile has nothing left to be corrected: what was said anew is another card.
    """
    for place in _gone_back_from(here):
        then = state_on(walk=here.walk, trail=here.trail[: place + 1])
        card, anew = then.footstep.escalation, _walked_anew(then, here, now=now)
        if card is None or anew is None or not is_about_her(card, here):
            continue
        before, says = (said_on_card(one, one.known, now=now) for one in (then, anew))
        if all(says[name] == before[name] for name in SAID):
            continue
        if not is_about_the_same(then.step, before["details"], says["details"]):
            continue
        if card.state not in Escalation.UNSETTLED:
            key, kind = next_key(key_of(anew)), anew.step.escalation
            zone, line = zone_of(anew.known), here.walk.line.number
            here.footstep.escalation = raise_escalation(key=key, kind=kind, line=line, zone=zone, **says)
            continue
        # where she is called may have been corrected otherwise since
        kept = {name: getattr(card, name) for name in ("telephone", "customer_name") if says[name] == before[name]}
        correct(card, anew, said={**says, **kept})


def _gone_back_from(here: WalkState) -> list[int]:
    """Where in the trail each card was handed over that the call went back from, the newest passing of each."""
    counted = {passed.position for passed in here.path}
    places: dict[int | None, int] = {
        passed.escalation_id: place for place, passed in enumerate(here.trail) if passed.kind == "hand_over"
    }
    return [place for card, place in places.items() if card is not None and here.trail[place].position not in counted]


def said_since(then: WalkState, here: WalkState, *, now: datetime) -> WalkState | None:
    """A step the call went back from, as it would stand now; None where nothing was said anew on the way to it, or
    another customer was named since.
    """
    anew = _walked_anew(then, here, now=now)
    if anew is None or anew.known == then.known or contract_of(anew.known) != contract_of(then.known):
        return None
    return anew


def _walked_anew(then: WalkState, here: WalkState, *, now: datetime) -> WalkState | None:
    """The way to a card with what was said on it since; None where the call took another way. What the house reckons
    from that is reckoned once more.
    """
    walked = len(here.path)
    if [_name(one) for one in here.path] != [_name(one) for one in then.path[:walked]]:
        return None
    path = [*here.path[:-1], *map(copy, then.path[walked - 1 :])]
    if here.step.kind != "look_up":
        path[walked - 1].answer = {**path[walked - 1].answer, **here.footstep.answer}
    for place in range(walked, len(path)):
        step = here.step_of(path[place])
        if not step.look_up.startswith(HOUSE):
            continue
        asked, before = (
            arguments(step.with_, known_on(way[:place], before=here.walk.brought)) for way in (path, then.path)
        )
        if asked != before:
            path[place].found = look_up(name=step.look_up, arguments=asked, now=now).found
    known = known_of_call(here.walk, path, here.trail)
    return replace(then, footstep=path[-1], known=known, path=path)


def _name(passed: Footstep) -> tuple[int, str]:
    return passed.version_id, passed.step
