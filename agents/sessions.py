"""A session ends one shift after it began, whatever is done in it, and before that when nobody used it for a while. An
agent has one at a time: who signs in elsewhere leaves where she was.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.accounts import MARK
from agents.models import Agent, AgentState, Role, User
from agents.people import end_sessions
from agents.states import open_state

SIGN_OUT = "account_logout"
BEGAN, SEEN = "began", "seen"  # seconds since 1970
NOTED_EVERY = timedelta(minutes=2)  # a session is written for it no more often
IN_A_CALL = (AgentState.State.RINGING, AgentState.State.ON_A_CALL, AgentState.State.WRAPPING_UP)

View = Callable[..., HttpResponseBase]


@receiver(user_logged_in)
def note_beginning(request: HttpRequest, **_more: Any) -> None:
    """Whoever signs in begins anew, also in the browser of somebody who left."""
    request.session[BEGAN] = request.session[SEEN] = timezone.now().timestamp()
    request.session[MARK] = secrets.token_hex(8)


def leave_elsewhere(request: HttpRequest, *, user: User) -> None:
    """End the other sessions of an agent who signs in: nobody works at two desks."""
    if user.role == Role.AGENT:
        end_sessions(user=user)
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)  # its key is another by now


def why_over(session: SessionBase, *, user: User, now: datetime) -> str:
    """Why the session of `user` is over, as a sentence; empty while it is not. Who talks to a customer is there."""
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began and now.timestamp() - began > settings.SESSION_COOKIE_AGE:
        return _("Su sesión duró un turno completo y terminó: ingrese otra vez para seguir.")
    if not seen or now.timestamp() - seen <= settings.SESSION_IDLE_MINUTES * 60 or _is_in_a_call(user):
        return ""
    return _("Su sesión terminó porque pasaron %(minutes)d minutos sin usarla: ingrese otra vez para seguir.") % {
        "minutes": settings.SESSION_IDLE_MINUTES
    }


def _is_in_a_call(user: User) -> bool:
    agent = Agent.objects.filter(user=user).first() if user.role == Role.AGENT else None
    there = open_state(agent) if agent else None
    return there is not None and there.state in IN_A_CALL


class SessionsEndMiddleware:
    """Signs out whose session is over, and notes that one is used; what a page asks for by itself is no use of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_view: object) -> HttpResponseBase | None:
        user, now, match = request.user, timezone.now(), request.resolver_match
        if not isinstance(user, User) or (match is not None and match.view_name == SIGN_OUT):
            return None  # whoever leaves ends her shift with it, however late
        if why := why_over(request.session, user=user, now=now):
            logout(request)
            messages.warning(request, why)
            back = request.get_full_path() if request.method == "GET" else "/"
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")
        is_used = not getattr(view, "asks_by_itself", False)
        if is_used and now.timestamp() - request.session.get(SEEN, 0) > NOTED_EVERY.total_seconds():
            request.session[SEEN] = now.timestamp()
            request.session.setdefault(BEGAN, now.timestamp())
        return None
