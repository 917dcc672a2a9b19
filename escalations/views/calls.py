"""Doors of the calls an agent has to make: a part of her pages, and what she does with each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from agents.access import agents_only, asks_by_itself, signed_in_user
from agents.models import User
from escalations.calls import calls_known_to, calls_to_make, inform_customer, not_reached
from escalations.dialling import (
    Calling,
    InAnotherCall,
    call_customer,
    call_going_on,
    end_wrap_up,
    last_calls,
    see_calling,
)
from escalations.forms import form_of
from escalations.lifecycle import EscalationRefused, Verb
from escalations.models import Escalation
from escalations.on_time import time_badge
from escalations.working import give_back, take
from telephony.seats import linked_seat


@asks_by_itself
@require_GET
@agents_only
def calls(request: HttpRequest) -> HttpResponse:
    """The calls to make, as a part of a page; nothing when there is none."""
    return _show(request)


@require_POST
@agents_only
def call_dial(request: HttpRequest, pk: int) -> HttpResponse:
    """Call the customer from where she sits; she has it from then on."""
    return _do(request, pk, call_customer)


@require_POST
@agents_only
def call_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Have it; of two who press, the second is told who was first."""
    return _do(request, pk, take)


@require_POST
@agents_only
def call_give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another make it."""
    return _do(request, pk, give_back)


@require_POST
@agents_only
def call_not_reached(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody answered; it stays."""
    return _do(request, pk, not_reached, text=request.POST.get("note", ""))


@require_POST
@agents_only
def call_told(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer was told: how, when and what was said."""
    form = form_of(Verb.INFORM, people=None, now=timezone.now(), sent=request.POST)
    if not form.is_valid():
        _find(request, pk)
        return _show(request, sent={pk: form}, status=422)
    return _do(request, pk, inform_customer, **form.cleaned_data)


def _do(request: HttpRequest, pk: int, verb: Callable[..., Escalation], **said: Any) -> HttpResponse:
    found, user, now = _find(request, pk), signed_in_user(request), timezone.now()
    try:
        verb(escalation_id=found.pk, by=user, now=now, **said)
    except EscalationRefused as refusal:
        in_another = found.pk if isinstance(refusal, InAnotherCall) else 0
        return _show(request, problem=str(refusal), in_another=in_another, status=409)
    end_wrap_up(escalation_id=found.pk, by=user, now=now)
    return _show(request) if request.htmx else redirect("home")  # type: ignore[attr-defined]


def _find(request: HttpRequest, pk: int) -> Escalation:
    return get_object_or_404(calls_known_to(by=signed_in_user(request)), pk=pk)


def _show(
    request: HttpRequest,
    *,
    problem: str = "",
    in_another: int = 0,
    sent: dict[int, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The calls. `in_another`: the one she was refused to dial because another call of hers has not ended."""
    user, now = signed_in_user(request), timezone.now()
    cards = calls_to_make(by=user, now=now)
    seat = linked_seat(user=user, now=now)
    last = last_calls([card.pk for card in cards], by=user) if cards else {}
    going_on = call_going_on(by=user) if seat else None
    if going_on:  # it stands there with its own verb
        in_another = 0
    callings = [
        see_calling(
            card, by=user, now=now, last=last.get(card.pk), seat=seat, at_desk=True, in_another=card.pk == in_another
        )
        for card in cards
    ]
    keys = _keys(cards, callings, user)
    shown: list[dict[str, Any]] = []
    for card, calling in zip(cards, callings, strict=True):
        is_hers = card.owner_id == user.pk
        form = (sent or {}).get(card.pk) or form_of(Verb.INFORM, people=None, now=now)
        if calling.call and not calling.call.is_answered_for:
            form.initial["how"] = Escalation.How.TELEPHONE
        form.auto_id = f"call-{card.pk}-%s"
        shown.append({
            "card": card, "badge": time_badge(card, now=now), "form": form if is_hers else None, "calling": calling,
            "key": keys["hers"] == card.pk, "take_key": keys["take"] == card.pk, "call_key": keys["call"] == card.pk,
        })  # fmt: skip
    if going_on and going_on.escalation_id not in [card.pk for card in cards]:
        left = see_calling(going_on.escalation, by=user, now=now, last=going_on, seat=None, at_desk=True)
    else:
        left, going_on = None, None
    context = {
        "calls": shown, "problem": problem, "is_at_one": any(one["form"] for one in shown),
        "left": left, "left_card": going_on and going_on.escalation,
    }  # fmt: skip
    return render(request, "escalations/_calls.html", context, status=status)


def _keys(cards: list[Escalation], callings: list[Calling], user: User) -> dict[str, int]:
    """Which of them each key presses: the one she called, else the first of hers; the first to take, and to call."""
    hers = [(card, calling) for card, calling in zip(cards, callings, strict=True) if card.owner_id == user.pk]
    called = [card.pk for card, calling in hers if calling.call and not calling.call.is_answered_for]
    return {
        "hers": next(iter([*called, *(card.pk for card, _calling in hers)]), 0),
        "take": next((card.pk for card in cards if card.owner_id is None), 0),
        "call": next((one.escalation_id for one in callings if one.may_call and not one.is_under_way), 0),
    }
