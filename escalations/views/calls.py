"""Doors of the calls an agent has to make: a part of her pages, and what she does with each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from agents.access import agents_only, signed_in_user
from escalations.calls import calls_known_to, calls_to_make, inform_customer, not_reached
from escalations.forms import form_of
from escalations.lifecycle import EscalationRefused, Verb
from escalations.models import Escalation
from escalations.on_time import time_badge
from escalations.working import give_back, take


@require_GET
@agents_only
def calls(request: HttpRequest) -> HttpResponse:
    """The calls to make, as a part of a page; nothing when there is none."""
    return _show(request)


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
    found = _find(request, pk)
    try:
        verb(escalation_id=found.pk, by=signed_in_user(request), now=timezone.now(), **said)
    except EscalationRefused as refusal:
        return _show(request, problem=str(refusal), status=409)
    return _show(request) if request.htmx else redirect("home")  # type: ignore[attr-defined]


def _find(request: HttpRequest, pk: int) -> Escalation:
    return get_object_or_404(calls_known_to(by=signed_in_user(request)), pk=pk)


def _show(
    request: HttpRequest, *, problem: str = "", sent: dict[int, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    user, now = signed_in_user(request), timezone.now()
    shown: list[dict[str, Any]] = []
    keys = {True: "i", False: "t"}  # of the first that is hers, and of the first to take
    for card in calls_to_make(by=user, now=now):
        is_hers = card.owner_id == user.pk
        form = (sent or {}).get(card.pk) or form_of(Verb.INFORM, people=None, now=now)
        form.auto_id = f"call-{card.pk}-%s"
        key = keys.pop(is_hers, "")
        shown.append({"card": card, "badge": time_badge(card, now=now), "form": form if is_hers else None, "key": key})
    context = {"calls": shown, "problem": problem, "is_at_one": any(one["form"] for one in shown)}
    return render(request, "escalations/_calls.html", context, status=status)
