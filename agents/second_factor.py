"""Everybody works with a second factor, set up and used in this very session, but for roles the site leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.access import signed_in_user, to_another_page
from agents.accounts import note, place_of
from agents.models import AccountEvent, User
from agents.people import end_sessions
from agents.spent_codes import spend

SET_UP = "mfa_activate_totp"
USE = "mfa_reauthenticate"
OPEN_MEANWHILE = {SET_UP, USE, "account_reauthenticate", "account_logout", "set_language"}
OPEN_MEANWHILE |= {"livez", "readyz", "metrics"}
NEVER_FOR_THEM = {"mfa_deactivate_totp"}


def needs_second_factor(user: User) -> bool:
    """Whether this person's role asks for a second factor; who may administer is never left out."""
    is_left_out = user.role in settings.TOTP_NOT_FOR and not (user.is_staff or user.is_superuser)
    return bool(settings.TOTP_REQUIRED) and not is_left_out


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app is set up."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def used_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether a code was given in this session: one that was open before the factor was set up knows none."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


class SecondFactorMiddleware:
    """Sends who needs a second factor to set it up or to use it, whatever address was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        user = request.user
        if not isinstance(user, User) or not needs_second_factor(user):
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in NEVER_FOR_THEM:
            messages.warning(request, _("Su función exige un segundo factor: no se puede quitar."))
            return redirect("mfa_index")
        if name in OPEN_MEANWHILE:
            request.is_held_up = not (has_second_factor(user) and used_second_factor(request, user))  # type: ignore[attr-defined]
            return None
        if not has_second_factor(user):
            return to_another_page(request, reverse(SET_UP))
        if not used_second_factor(request, user):
            back = request.get_full_path() if request.method == "GET" else "/"
            return to_another_page(request, f"{reverse(USE)}?{urlencode({'next': back})}")
        return None


class SetUpView(ActivateTOTPView):
    """allauth's page; the code that sets the factor up is spent by that, and whatever else was open is closed."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        user = signed_in_user(self.request)
        factor = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        spend(factor=factor, code=form.cleaned_data["code"])
        end_sessions(user=user)
        update_session_auth_hash(self.request, user)
        UserSession.objects.create_from_request(self.request)
        note(
            user=user, kind=AccountEvent.Kind.FACTOR_ADDED, now=timezone.now(), by=user, place=place_of(self.request)
        )  # fmt: skip
        record_authentication(self.request, user, "mfa", type=Authenticator.Type.TOTP)
        return response
