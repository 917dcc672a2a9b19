"""Doors of the first day, for who configures: how far it is, a word on a step, trying it, and people out of a sheet."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.access import roles_only, signed_in_user
from agents.accounts import place_of
from agents.hiring import SomebodyIsThere, hire
from agents.models import Role
from agents.newcomers import AT_ONCE, read_sheet
from callcenter.first_day.steps import State, Step, how_it_stands, settle, step_named, take_up_again
from callcenter.first_day.trying import try_step
from callcenter.models import SettledStep

configuring_only = roles_only(Role.ADMINISTRATOR)


@require_GET
@configuring_only
def first_day(request: HttpRequest) -> HttpResponse:
    """Each step with how it stands and what to do."""
    return _page(request)


@require_POST
@configuring_only
def word(request: HttpRequest, code: str) -> HttpResponse:
    """A step is right as it stands, left out, or open again."""
    step, said = _step(code), request.POST.get("how", "")
    if said in SettledStep.How.values:
        how = SettledStep.How(said)
        settle(step=step, how=how, by=signed_in_user(request), now=timezone.now())
        messages.success(request, f"{step.title}: {how.label}.")
    else:
        take_up_again(step=step)
        messages.success(request, _("%(step)s: otra vez por ver.") % {"step": step.title})
    return redirect(f"{reverse('setup')}#{code}")


@require_POST
@configuring_only
def trial(request: HttpRequest, code: str) -> HttpResponse:
    """What a step leads to is asked now: what was found stands below it."""
    step = _step(code)
    try:
        tried = try_step(code, by=signed_in_user(request), now=timezone.now())
    except LookupError as unknown:
        raise Http404(code) from unknown
    if request.headers.get("HX-Request") == "true":
        return render(request, "callcenter/first_day/_tried.html", {"tried": tried})
    return _page(request, tried={step.code: tried})


@require_http_methods(["GET", "POST"])
@configuring_only
def people(request: HttpRequest) -> HttpResponse:
    """Rows of a spreadsheet: looked at first, made when they are sent again as they were looked at."""
    context: dict[str, Any] = {"trail": _trail(_("Personas de una planilla")), "at_once": AT_ONCE, "text": ""}
    if request.method == "POST":
        context["text"] = text = request.POST.get("people", "")
        context["sheet"] = sheet = read_sheet(text)
        if sheet.is_right and request.POST.get("make") == text_mark(text):
            try:
                by, now = signed_in_user(request), timezone.now()
                context["hired"] = hire(sheet.newcomers, by=by, now=now, place=place_of(request))
            except SomebodyIsThere:
                messages.error(request, _("Alguien agregó a una de estas personas mientras tanto: no se creó ninguna."))
                context["sheet"] = read_sheet(text)
            else:
                return render(request, "callcenter/first_day/hired.html", context)
        context["mark"] = text_mark(text)
    return render(request, "callcenter/first_day/people.html", context)


def text_mark(text: str) -> str:
    """Of rows that were looked at: others are looked at first."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _page(request: HttpRequest, **more: Any) -> HttpResponse:
    stands = how_it_stands(now=timezone.now())
    settled = sum(one.state != State.MISSING for one in stands)
    context = {"stands": stands, "settled": settled, "all": len(stands), "next": _next(stands), **more}
    return render(request, "callcenter/first_day/first_day.html", context)


def _next(stands: list[Any]) -> str:
    return next((one.step.code for one in stands if one.state == State.MISSING), "")


def _step(code: str) -> Step:
    try:
        return step_named(code)
    except LookupError as unknown:
        raise Http404(code) from unknown


def _trail(here: str) -> list[tuple[str, str]]:
    return [(reverse("setup"), _("Puesta en marcha")), ("", here)]
