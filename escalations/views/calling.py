"""Doors of the call about a card: asked for, how it stands, hung up; from the card and from the agent's desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import asks_by_itself, signed_in_user, to_another_page, working_only
from agents.models import Search, User
from agents.searched_lists import look_is_noted
from agents.searching import TooMuch, note_search
from escalations.calls import calls_known_to
from escalations.card_page import history_of
from escalations.dialling import InAnotherCall, call_customer, calling_about, calls_about
from escalations.lifecycle import EscalationRefused
from escalations.models import Escalation, EscalationCall
from escalations.views.cards import show_card
from telephony.calls_seen import call_under_way
from telephony.dialling import ask_to_hang_up

ENOUGH = 286  # htmx: what asks by itself asks no more
DESK = "desk"  # `at`: the piece stands among the calls on an agent's desk, and not on a card


@working_only
@require_POST
@look_is_noted("tarjeta")
def escalation_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Call whom the card is about. Refused: 409 with the sentence; what stands in the way may be hung up."""
    user = signed_in_user(request)
    found = get_object_or_404(Escalation.objects.visible_to(user), pk=pk)
    try:
        called = call_customer(escalation_id=found.pk, by=user, now=timezone.now())
    except EscalationRefused as refused:
        in_another = isinstance(refused, InAnotherCall)
        return show_card(request, pk, refusal=str(refused), in_another=in_another, status=409)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("escalations:escalation", pk=pk)
    return show_card(request, pk, touched=[called])


@asks_by_itself
@working_only
@require_GET
def call_phase(request: HttpRequest, pk: int) -> HttpResponse:
    """How her call about a card stands; 204 while the page shows it already, and once its end is known no more."""
    user = signed_in_user(request)
    found = get_object_or_404(calls_known_to(by=user).select_related("kind", "owner"), pk=pk)
    if not EscalationCall.objects.visible_to(user).filter(escalation=found, by=user).exists():
        gone = HttpResponse(status=ENOUGH)
        gone["HX-Reswap"] = "none"
        return gone
    return _stands(request, found, user)


@working_only
@require_POST
def call_hang_up(request: HttpRequest, pk: int) -> HttpResponse:
    """End her call, whichever customer it is to and in whatever phase it is."""
    user, now = signed_in_user(request), timezone.now()
    found = get_object_or_404(calls_known_to(by=user).select_related("kind", "owner"), pk=pk)
    agent = getattr(user, "agent", None)
    under_way = call_under_way(agent=agent) if agent else None
    if under_way is not None:
        ask_to_hang_up(call=under_way, now=now)
    try:  # after the deed: whoever has looked too often ends her call all the same
        note_search(user=user, where=Search.Where.CARD, asked=f"tarjeta {pk}", now=now)
    except TooMuch as why:
        if under_way is None:
            raise
        messages.warning(request, _("Se pidió colgar; la tarjeta no se muestra. %(why)s") % {"why": why})
        return to_another_page(request, reverse("home"))
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("home") if _is_at_desk(request) else redirect("escalations:escalation", pk=pk)
    return _stands(request, found, user)


def _stands(request: HttpRequest, found: Escalation, user: User) -> HttpResponse:
    now, at_desk, asks_again = timezone.now(), _is_at_desk(request), request.method == "GET"
    asked = calls_about(found)
    calling = calling_about(found, asked, by=user, now=now, at_desk=at_desk)
    if asks_again and calling.call and request.GET.get("shown") == calling.call.mark:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"calling": calling}
    sees_it = not at_desk and Escalation.objects.visible_to(user).filter(pk=found.pk).exists()
    if asks_again and not calling.is_under_way:  # whoever once called about a card does not go on reading it
        sees_it = sees_it and _may_look(found, user, now)
    if sees_it:  # the card's history tells the end too
        context |= {"key": "l", "is_alone": True, "history": history_of(found, asked, now=now)}
    status = ENOUGH if asks_again and not calling.asks_again else 200
    return render(request, "escalations/_call_phase.html", context, status=status)


def _may_look(found: Escalation, user: User, now: datetime) -> bool:
    """How her call ended she is told all the same."""
    try:
        note_search(user=user, where=Search.Where.CARD, asked=f"tarjeta {found.pk}", now=now)
    except TooMuch:
        return False
    return True


def _is_at_desk(request: HttpRequest) -> bool:
    return request.GET.get("at") == DESK
