"""Doors of the page of what is owed: every kind of it, what waits for a person, and trying that again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from work.kinds import Kind, kind_named, ring
from work.overview import all_kinds, parked_ones
from work.trying_again import AgainRefused, try_one_parked_again, try_parked_again


@centre_only
@require_GET
def owed_work(request: HttpRequest) -> HttpResponse:
    """Each kind of owed work with what waits, is at work and is parked; the numbers of customers are for who steers."""
    user, now = signed_in_user(request), timezone.now()
    parked = parked_ones(user=user)
    context = {
        "kinds": all_kinds(now=now),
        "parked": parked.shown,
        "besides": parked.besides,
        "may_steer": user.steers_campaigns,
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


@steering_only
@require_POST
def all_owed_work_again(request: HttpRequest, kind: str) -> HttpResponse:
    """Try everything of a kind again that is parked, but what its kind wants looked at one by one."""
    found = _kind_of(kind)
    keys = try_parked_again(found.model, now=timezone.now(), by=signed_in_user(request))
    for pk in keys:
        ring(found.model, pk=pk)
    said = ngettext("%(n)s trabajo se intenta otra vez.", "%(n)s trabajos se intentan otra vez.", len(keys))
    messages.success(request, said % {"n": len(keys)})
    return redirect("owed_work")


def _kind_of(name: str) -> Kind[Any]:
    try:
        return kind_named(name)
    except LookupError as unknown:
        raise Http404(str(unknown)) from unknown
