"""Doors of the calls that ring at an agent's telephone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.access import agent_of, agents_only, asks_by_itself, signed_in_user
from agents.messages import unseen
from inbound.ringing import own_calls
from inbound.ringing.callers import who_has
from inbound.ringing.places import places_for, refuse_outside, refuse_to_ask_a_line
from inbound.walks.state import NoFlow
from telephony.call_orders import OrderRefused, give_order
from telephony.models import CallOrder, QueueCall
from telephony.monitoring import told_to


@asks_by_itself
@require_GET
@agents_only
def ringing(request: HttpRequest) -> HttpResponse:
    """What rings at her telephone, what she is in, who hears it and what was written to her, as it stands now."""
    agent = agent_of(request)
    context = {
        "calls": own_calls.own_calls(agent=agent),
        "handed_over": own_calls.handed_over(agent=agent, now=timezone.now()),
        "shown_for": int(own_calls.HANDED_OVER_SHOWN.total_seconds()),
        "written": unseen(agent),
        "monitored": told_to(agent),
        "here": request.GET.get("here", ""),
    }
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
    call = QueueCall.objects.visible_to(signed_in_user(request)).filter(key=key).first()
    if call is None:
        if not own_calls.rang_at(agent_of(request), key):
            raise Http404
        messages.warning(request, _("Esa llamada ya no timbra en su teléfono."))
        return redirect("inbound:lines")
    try:
        walk = own_calls.attend(agent=agent_of(request), call=call, now=timezone.now())
    except own_calls.NoLine as unknown:
        messages.error(request, _("Ninguna línea tiene la cola %(queue)s: elija usted la línea.") % {"queue": unknown})
        return redirect("inbound:lines")
    except NoFlow:
        messages.error(request, _("La línea de esa llamada no tiene un flujo publicado: atiéndala y derívela."))
        return redirect("inbound:lines")
    return redirect("inbound:walk", key=walk.key)


@require_POST
@agents_only
def hang_up(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask that the call she is in be hung up. Her page hears by itself how that stands; a refusal it is answered."""
    call = get_object_or_404(QueueCall.objects.visible_to(signed_in_user(request)), key=key)
    try:
        give_order(agent=agent_of(request), call=call, kind=CallOrder.Kind.HANG_UP, now=timezone.now())
    except OrderRefused as refused:
        return render(request, "inbound/ringing/_refused.html", {"problem": str(refused)}, status=409)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@agents_only
def transfer(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Where the call may be handed over to; posted, ask for it."""
    call = get_object_or_404(QueueCall.objects.visible_to(signed_in_user(request)), key=key)
    problem, number = "", "".join(request.POST.get("number", "").split())
    kind = CallOrder.Kind.ATTENDED if request.POST.get("kind") == CallOrder.Kind.ATTENDED else CallOrder.Kind.BLIND
    if request.method == "POST":
        try:
            refuse_outside(call, number)
            if kind == CallOrder.Kind.ATTENDED:
                refuse_to_ask_a_line(call, number)
            give_order(agent=agent_of(request), call=call, kind=kind, number=number, now=timezone.now())
        except OrderRefused as refused:
            problem = str(refused)
        else:
            return HttpResponse(status=204)
    context = {"call": call, "places": places_for(call), "number": number, "problem": problem}
    return render(request, "inbound/ringing/_transfer.html", context, status=409 if problem else 200)
