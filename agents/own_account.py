"""Doors of one's own account: where one is signed in, and what happened to it."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from allauth.usersessions.views import ListUserSessionsView
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from agents.access import signed_in_user
from agents.accounts import Kind, browser_of, note, place_of, see
from agents.models import AccountEvent, User

SHOWN = 30  # events


@receiver(password_changed)
def note_password(request: HttpRequest, user: User, **_more: Any) -> None:
    note(user=user, kind=Kind.PASSWORD_CHANGED, now=timezone.now(), by=user, place=place_of(request))


@receiver(authenticator_removed)
def note_factor(request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        note(user=user, kind=Kind.FACTOR_REMOVED, now=timezone.now(), by=user, place=place_of(request))


class SessionsView(ListUserSessionsView):
    """allauth's list; a post ends all but this one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for one in context["sessions"]:
            one.browser = browser_of(one.user_agent)
        context["sessions"].sort(key=lambda one: (not one.is_current(), -one.created_at.timestamp()))
        own = AccountEvent.objects.filter(user=signed_in_user(self.request)).select_related("by")
        return context | {"events": own.order_by("-at", "-pk")[:SHOWN]}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        user = signed_in_user(self.request)
        note(user=user, kind=Kind.SESSIONS_ENDED, now=timezone.now(), by=user, place=place_of(self.request))
        return response


@require_POST
def events_seen(request: HttpRequest) -> HttpResponse:
    """She has seen what happened to her account, as far as her page told it."""
    told, mark = request.POST.get("told", ""), place_of(request).mark
    see(user=signed_in_user(request), told=told, mark=mark, now=timezone.now())
    return HttpResponse("") if request.htmx else redirect("home")  # type: ignore[attr-defined]
