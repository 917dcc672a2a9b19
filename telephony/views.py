"""Doors of the telephone system: where whoever calls sits, and from where a supervisor listens."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import asks_by_itself, signed_in_user, working_only
from agents.models import Agent, Role
from telephony.models import Extension
from telephony.seats import SeatRefused, SeatTaken, see_seat, sit_down, sit_down_to_listen


@require_POST
@working_only
def seat(request: HttpRequest) -> HttpResponse:
    """Say at which extension one sits; answers the form as it stands then, or with who sits there."""
    user, problem, may_take = signed_in_user(request), "", False
    agent = Agent.objects.visible_to(user).filter(user=user).select_related("user").first()
    if agent is not None:
        sit = partial(sit_down, agent=agent)
    elif user.role == Role.SUPERVISOR:
        sit = partial(sit_down_to_listen, user=user)
    else:
        raise PermissionDenied(_("Solo tiene interno quien figura entre los agentes."))
    extension = _extension(request)
    try:
        sit(extension=extension, now=timezone.now(), instead="instead" in request.POST)
    except SeatRefused as refused:
        problem, may_take = str(refused), isinstance(refused, SeatTaken)
    if not request.htmx:  # type: ignore[attr-defined]
        if problem:
            messages.warning(request, problem)
        return redirect("home")
    wanted = extension.pk if extension and problem else 0
    seen = see_seat(user=user, now=timezone.now(), wanted=wanted, problem=problem, may_take=may_take)
    if seen is None:  # the last switchboard was switched off since her page was made
        return HttpResponse("")
    shown = {"seat": seen, "is_answer": True}
    return render(request, "telephony/_seat.html", shown, status=409 if problem else 200)


@asks_by_itself
@require_GET
@working_only
def seat_stands(request: HttpRequest) -> HttpResponse:
    """Where she sits, and whether that telephone can be had, as it stands now."""
    seen = see_seat(user=signed_in_user(request), now=timezone.now())
    return render(request, "telephony/_seat.html", {"seat": seen}) if seen else HttpResponse(status=204)


def _extension(request: HttpRequest) -> Extension | None:
    """The one of the form; None for none of them."""
    asked = request.POST.get("extension", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 16):
        raise Http404
    found = Extension.objects.visible_to(signed_in_user(request)).select_related("switchboard").filter(pk=asked)
    extension = found.first()
    if extension is None:
        raise Http404
    return extension
