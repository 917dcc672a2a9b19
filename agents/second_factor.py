"""Those who steer the centre sign in with a second factor; until it is set up nothing else opens."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agents.models import Role, User

STEERING = (Role.SUPERVISOR, Role.ADMINISTRATOR)
SET_UP = "mfa_activate_totp"
OPEN_MEANWHILE = {SET_UP, "account_reauthenticate", "account_logout", "set_language", "livez", "readyz", "metrics"}
NEVER_FOR_THEM = {"mfa_deactivate_totp"}


def needs_second_factor(user: User) -> bool:
    """Whether this person's role or standing asks for a second factor."""
    return bool(settings.TOTP_REQUIRED and (user.role in STEERING or user.is_staff or user.is_superuser))


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app is set up."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


class SecondFactorMiddleware:
    """Sends who needs a second factor and has none to set it up, whatever address was asked for."""

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
        if name in OPEN_MEANWHILE or has_second_factor(user):
            return None
        return redirect(SET_UP)
