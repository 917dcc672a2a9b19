"""Doors of the control room: the page, its part that refreshes, and the verbs of a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import asks_by_itself, centre_only, signed_in_user, steering_only
from agents.messages import MessageRefused, send_message
from agents.models import Agent, Role
from agents.pausing import reason_named, reasons_to_pause
from agents.states import StateRefused, open_state
from campaigns.desk.leases import ReturnRefused
from control_room import steering
from control_room.campaigns_now import campaigns_now
from control_room.page import lay_room, person_now
from control_room.tables import MonitoringTable
from telephony.models import Monitoring
from telephony.monitoring import MonitoringRefused, ask_to_monitor, ask_to_stop, own_last

MESSAGES_SHOWN = 5


@require_GET
@centre_only
def room(request: HttpRequest) -> HttpResponse:
    """The people at work, the calls that wait, and what asks for attention."""
    part, digest = _part(request)
    return render(request, "control_room/room.html", {"part": part, "digest": digest})


@asks_by_itself
@require_GET
@centre_only
def now(request: HttpRequest) -> HttpResponse:
    """What the page asks every second: 204 while it shows it already, but for the clocks, which go by themselves."""
    part, digest = _part(request)
    if request.GET.get("shown") == digest:
        return HttpResponse(status=204)
    return render(request, "control_room/_now.html", {"part": part, "digest": digest})


@asks_by_itself
@require_GET
@centre_only
def campaigns(request: HttpRequest) -> HttpResponse:
    """How the campaigns come on; they are counted about once a minute, and the page asks as often."""
    return render(request, "control_room/_campaigns.html", {"campaigns": campaigns_now(), "now": timezone.now()})


@require_GET
@centre_only
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """One agent: what she does, what was written to her, and the verbs a supervisor has."""
    found = get_object_or_404(Agent.objects.visible_to(signed_in_user(request)).select_related("user", "team"), pk=pk)
    person = person_now(agent=found, now=timezone.now())
    told = found.messages.select_related("sender").order_by("-sent_at")[:MESSAGES_SHOWN]
    trail = [(reverse("control_room:room"), _("Sala de control")), ("", str(found))]
    context = {
        "agent": found,
        "person": person,
        "messages_told": told,
        "reasons": reasons_to_pause(),
        "trail": trail,
        "listens": signed_in_user(request).role == Role.SUPERVISOR,
    }
    return render(request, "control_room/_agent.html" if request.htmx else "control_room/agent.html", context)  # type: ignore[attr-defined]


@require_POST
@steering_only
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to an agent."""

    def send(agent: Agent) -> str:
        send_message(agent=agent, text=request.POST.get("text", ""), by=signed_in_user(request), now=timezone.now())
        if open_state(agent) is None:
            return _("%(agent)s no ingresó: lo verá cuando ingrese.")
        return _("Enviado a %(agent)s; en su fila se ve cuándo lo vio.")

    return _do(request, pk, send)


@require_POST
@steering_only
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause an agent for a reason."""

    def begin(agent: Agent) -> str:
        reason = reason_named(request.POST.get("reason", ""))
        steering.pause(agent=agent, reason=reason, by=signed_in_user(request), now=timezone.now())
        return _("%(agent)s está en pausa.")

    return _do(request, pk, begin)


@require_POST
@steering_only
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """End the pause of an agent."""

    def end(agent: Agent) -> str:
        steering.end_pause(agent=agent, by=signed_in_user(request), now=timezone.now())
        return _("%(agent)s está disponible otra vez.")

    return _do(request, pk, end)


@require_POST
@steering_only
def take_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the contact away that an agent has open."""

    def take(agent: Agent) -> str:
        if not steering.take_contact_away(agent=agent, by=signed_in_user(request), now=timezone.now()):
            return _("%(agent)s no tenía ningún contacto abierto.")
        return _("Se quitó el contacto del escritorio de %(agent)s; vuelve a su lista.")

    return _do(request, pk, take)


@require_POST
@steering_only
def monitor(request: HttpRequest, pk: int) -> HttpResponse:
    """Listen to the call an agent is in, whisper to her, or join it."""

    def begin(agent: Agent) -> str:
        kind = request.POST.get("kind", "")
        if kind not in Monitoring.Kind.values:
            raise MonitoringRefused(_("Diga si escucha, susurra o interviene."))
        user = signed_in_user(request)
        ask_to_monitor(by=user, agent=agent, kind=Monitoring.Kind(kind), now=timezone.now())
        return ""  # the room itself says how it stands

    return _do(request, pk, begin)


@require_POST
@steering_only
def stop_monitoring(request: HttpRequest) -> HttpResponse:
    """End what one has under way; the room says how that stands."""
    ask_to_stop(by=signed_in_user(request), now=timezone.now())
    return redirect("control_room:room")


@require_GET
@centre_only
def monitorings(request: HttpRequest) -> HttpResponse:
    """Who listened to whom: every one there ever was, the newest first."""
    rows = Monitoring.objects.visible_to(signed_in_user(request))
    rows = rows.select_related("by", "agent__user", "queue_call", "outgoing_call")
    context = {
        "table": MonitoringTable(rows).shown_to(request),
        "trail": [(reverse("control_room:room"), _("Sala de control")), ("", _("Escuchas"))],
    }
    return render(request, "control_room/monitorings.html", context)


def _do(request: HttpRequest, pk: int, verb: Callable[[Agent], str]) -> HttpResponse:
    """One verb for one agent, and back to the room with what came of it."""
    agents = Agent.objects.visible_to(signed_in_user(request)).select_related("user")
    agent = get_object_or_404(agents, pk=pk)
    try:
        done = verb(agent)
    except (MessageRefused, StateRefused, ReturnRefused, MonitoringRefused) as refused:
        messages.error(request, f"{agent}: {refused}")
    else:
        if done:
            messages.success(request, done % {"agent": agent})
    return redirect("control_room:room")


def _part(request: HttpRequest) -> tuple[str, str]:
    """What refreshes, and its digest: the page says which it shows."""
    opened, user, now = request.GET.getlist("team"), signed_in_user(request), timezone.now()
    listens = user.role == Role.SUPERVISOR
    room = lay_room(now=now, opened=opened)
    context = {
        "room": room,
        "opened": opened,
        "own": own_last(by=user, now=now) if listens and room.has_switchboard else None,
        "listens": listens,
    }
    part = render_to_string("control_room/_room.html", context, request=request)
    return part, hashlib.blake2b(part.encode(), digest_size=8).hexdigest()
