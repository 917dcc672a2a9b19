"""The lane of a flow that is walked from a card (102.8–11, 103.14–15), with the engine of a call: walking.py.

It begins in the version the call was on and knows what the call knew when it handed over. When it ends the card moves:
`consequences.settle_card`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import User
from escalations.lifecycle import Verb, locked_escalation, why_not
from escalations.models import Escalation
from inbound.models import Footstep, Walk
from inbound.walks.footsteps import WalkRefused, enter
from inbound.walks.lane_news import brought_of
from inbound.walks.said_anew import said_since
from inbound.walks.state import flow_of, known_on, path_of, state_on


@dataclass(frozen=True)
class HandedOver:
    """The step of a call that handed a card over, newest passing; `trail` are the call's footsteps, oldest first.

    `lane`: the step its lane begins with; empty: the card is worked without a flow.
    """

    walk: Walk
    footstep: Footstep
    trail: list[Footstep]
    lane: str


def handed_over(*, card: Escalation) -> HandedOver | None:
    """Where a card comes from; None when it comes from no call. Two queries."""
    passings = Footstep.objects.filter(escalation=card).select_related("walk__line", "walk__agent__user")
    footstep = passings.order_by("-position").first()
    if footstep is None:
        return None
    trail = list(Footstep.objects.filter(walk=footstep.walk_id).order_by("position"))
    of_its_step = [passed for passed in reversed(trail) if _hands_over(passed, card)]
    own = (passed for passed in of_its_step if passed.escalation_id == card.pk)
    handed = next(own, None) or next((passed for passed in of_its_step if passed.escalation_id is None), footstep)
    flow = flow_of(handed.version_id)
    return HandedOver(footstep.walk, handed, trail, flow.lanes.get(flow.steps[handed.step].hands_to, ""))


def _hands_over(passed: Footstep, card: Escalation) -> bool:
    """Whether a footstep stands on a step that hands over such a card: of who was gone before, it is not the last."""
    step = flow_of(passed.version_id).steps[passed.step]
    return step.kind == "hand_over" and step.escalation == card.kind_id


def begin_lane(*, escalation_id: int, by: User, now: datetime) -> Walk:
    """Walk the lane of a card one has; begun once, whoever presses twice. Raises WalkRefused with the sentence."""
    with transaction.atomic():
        card = locked_escalation(escalation_id)
        if there := Walk.objects.filter(escalation=card).first():
            return there
        if why := why_not(Verb.RESOLVE, escalation=card, by=by):
            raise WalkRefused(why)
        begun = handed_over(card=card)
        if begun is None or not begun.lane:
            raise WalkRefused(_("Esta derivación se resuelve en su tarjeta: su flujo no tiene un carril para ella."))
        call, version = begun.walk, begun.footstep.version_id
        trail = [passed for passed in begun.trail if passed.position <= begun.footstep.position]
        known = known_on(path_of(trail), before=call.brought)
        if (anew := said_since(state_on(walk=call, trail=trail), state_on(walk=call, trail=begun.trail), now=now)) and (
            call.ended_at is not None
        ):
            known = {name: value for name, value in anew.known.items() if name != "caller_number"}
        walk = Walk.objects.create(
            line=call.line, version_id=version, escalation=card, walked_by=by,
            caller_number=card.telephone or call.caller_number,  # where she is called back
            contract=card.contract or call.contract,
            customer_name=call.customer_name if card.contract in ("", call.contract) else card.customer_name,
            brought={**known, **brought_of(card, now=call.ended_at or now)}, began_at=now,
        )  # fmt: skip
        enter(walk, [], version, begun.lane, known=known, now=now)
        walk.save(update_fields=["position"])
    return walk
