"""What a card of the supervisors' board asks of the lines: the trail of its call, and its lane of the flow."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from agents.access import customers_only, signed_in_user, steering_only
from agents.searched_lists import look_is_noted
from escalations.lifecycle import Verb, why_not
from escalations.models import Escalation
from inbound.models import Walk
from inbound.walks.footsteps import WalkRefused
from inbound.walks.lanes import begin_lane, handed_over
from inbound.walks.state import state_on
from inbound.walks.trail import trail_of


@require_GET
@customers_only
@look_is_noted("tarjeta")
def card_trail(request: HttpRequest, pk: int) -> HttpResponse:
    """The footsteps of the call that raised a card, to read; nothing when it comes from no call one may see."""
    user = signed_in_user(request)
    card = get_object_or_404(Escalation.objects.visible_to(user), pk=pk)
    came = handed_over(card=card)
    context: dict[str, Any] = {"card": card, "came": None}
    if came is not None and Walk.objects.visible_to(user).filter(pk=came.walk.pk).exists():
        masked = user.reads_masked
        context |= {"came": came, "trail": trail_of(state_on(walk=came.walk, trail=came.trail), masked=masked)}
    return render(request, "inbound/walks/_card_trail.html", context)


@require_GET
@customers_only
@look_is_noted("tarjeta")
def card_lane(request: HttpRequest, pk: int) -> HttpResponse:
    """The button that works a card by its lane of the flow, or what became of it; nothing when it has none."""
    user = signed_in_user(request)
    card = get_object_or_404(Escalation.objects.visible_to(user).select_related("kind", "owner"), pk=pk)
    lane = Walk.objects.visible_to(user).filter(escalation=card).first()
    came = handed_over(card=card) if lane is None and user.steers_campaigns else None
    context = {
        "card": card,
        "lane": lane,
        "is_offered": came is not None and bool(came.lane),
        "why": why_not(Verb.RESOLVE, escalation=card, by=user),
    }
    return render(request, "inbound/walks/_card_lane.html", context)


@require_POST
@steering_only
def card_attend(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the lane of a card one has, or go on with it."""
    user = signed_in_user(request)
    card = get_object_or_404(Escalation.objects.visible_to(user), pk=pk)
    try:
        walk = begin_lane(escalation_id=card.pk, by=user, now=timezone.now())
    except WalkRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("escalations:escalation", pk=card.pk)
    return redirect("inbound:walk", key=walk.key)
