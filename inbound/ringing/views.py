"""Doors of the calls that ring at an agent's telephone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import agent_of, agents_only, asks_by_itself, signed_in_user
from agents.messages import unseen
from inbound.ringing import own_calls
from inbound.ringing.callers import who_has
from inbound.walks.state import NoFlow
from telephony.models import QueueCall


@asks_by_itself
@require_GET
@agents_only
def ringing(request: HttpRequest) -> HttpResponse:
    """What rings at her telephone, what she is in and what was written to her, as it stands now."""
    agent = agent_of(request)
    context = {"calls": own_calls.own_calls(agent=agent), "written": unseen(agent), "here": request.GET.get("here", "")}
    return render(request, "inbound/ringing/_calls.html", context)


@asks_by_itself
@require_GET
@agents_only
def caller(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Whose number it is; the page asks once for each call, and does not wait for it."""
    user = signed_in_user(request)
    call = get_object_or_404(QueueCall.objects.visible_to(user), key=key)
    return render(request, "inbound/ringing/_caller.html", {"caller": who_has(call=call, by=user, now=timezone.now())})


@require_POST
@agents_only
def attend(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Open the flow of the call's line, or go on in it."""
    call = get_object_or_404(QueueCall.objects.visible_to(signed_in_user(request)), key=key)
    try:
        walk = own_calls.attend(agent=agent_of(request), call=call, now=timezone.now())
    except own_calls.NoLine as unknown:
        messages.error(request, _("Ninguna línea tiene la cola %(queue)s: elija usted la línea.") % {"queue": unknown})
        return redirect("inbound:lines")
    except NoFlow:
        messages.error(request, _("La línea de esa llamada no tiene un flujo publicado: atiéndala y derívela."))
        return redirect("inbound:lines")
    return redirect("inbound:walk", key=walk.key)
