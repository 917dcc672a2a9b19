"""Doors of what is owed (every kind of it, what waits for a person, trying that again), of the demo, of an own day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from agents.access import agents_only, asks_by_itself, operating_only, overseeing_only, signed_in_user, steering_only
from callcenter.demo import making
from callcenter.demo.progress import how_far
from callcenter.own_day import see_own_day
from work.kinds import Kind, kind_named, ring
from work.overview import all_kinds, parked_ones
from work.trying_again import AgainRefused, try_one_parked_again, try_parked_again


@overseeing_only
@require_GET
def owed_work(request: HttpRequest) -> HttpResponse:
    """Each kind of owed work with what waits, is at work and is parked; the numbers of customers are for who steers."""
    user, now = signed_in_user(request), timezone.now()
    parked = parked_ones(user=user, nameless=user.configures)
    context = {
        "kinds": all_kinds(now=now),
        "parked": parked.shown,
        "besides": parked.besides,
        "may_steer": user.steers_campaigns,
        "may_try_all": user.steers_campaigns or user.configures,
        "now": now,
    }
    return render(request, "callcenter/owed_work.html", context)


@steering_only
@require_POST
def owed_work_again(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Try one again that is parked."""
    found = _kind_of(kind)
    user = signed_in_user(request)
    owed: Any = get_object_or_404(found.visible_to(user), pk=pk)
    try:
        try_one_parked_again(owed=owed, now=timezone.now(), by=user)
    except AgainRefused as refusal:
        messages.error(request, str(refusal))
    else:
        ring(found.model, pk=pk)
        messages.success(request, _("Se intenta otra vez."))
    return redirect("owed_work")


@operating_only
@require_POST
def all_owed_work_again(request: HttpRequest, kind: str) -> HttpResponse:
    """Try everything of a kind again that is parked, but what its kind wants looked at one by one: the disk has room
    again, the mail server answers. Which one deserves another try is for who may see what it is about.
    """
    found = _kind_of(kind)
    keys = try_parked_again(found.model, now=timezone.now(), by=signed_in_user(request))
    for pk in keys:
        ring(found.model, pk=pk)
    said = ngettext("%(n)s trabajo se intenta otra vez.", "%(n)s trabajos se intentan otra vez.", len(keys))
    messages.success(request, said % {"n": len(keys)})
    return redirect("owed_work")


@asks_by_itself
@login_not_required
@require_GET
@never_cache
def demo_progress(request: HttpRequest) -> HttpResponse:
    """How far the demo is, for the pages that were opened while it was being made; the sign-in page is one of them."""
    if not settings.IS_DEMO:
        raise Http404
    made = how_far()
    return render(request, "shell/_making.html", {"made": made, "is_whole": made is None and not making.is_owed()})


def _kind_of(name: str) -> Kind[Any]:
    try:
        return kind_named(name)
    except LookupError as unknown:
        raise Http404(str(unknown)) from unknown


@asks_by_itself
@require_GET
@agents_only
def own_day(request: HttpRequest) -> HttpResponse:
    """An agent's state and pace as they stand now: a piece of the head of her pages."""
    found = see_own_day(user=signed_in_user(request), now=timezone.now())
    return render(request, "callcenter/_own_day.html", {"own_day": found})
