"""A password somebody else put opens once, and only to choose another: whoever gave it cannot go on using it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.signals import password_changed
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.access import to_another_page
from agents.models import FirstEntry, User

CHANGE = "account_change_password"
OPEN_MEANWHILE = {CHANGE, "account_reauthenticate", "account_logout", "set_language", "livez", "readyz", "metrics"}
OPEN_MEANWHILE |= {"mfa_activate_totp", "mfa_reauthenticate"}


class UsedOnceBackend:
    """Lets nobody in: it stops an initial password that has opened before."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_more: Any
    ) -> None:
        used = User.objects.filter(username__iexact=(username or "").strip(), first_entry=FirstEntry.SPENT).first()
        if used is None or not used.check_password(password or ""):  # who does not know it learns nothing of it
            return
        if request is not None:
            request.initial_password_was_used = True  # type: ignore[attr-defined]
        raise PermissionDenied("the initial password opened before")


@receiver(user_logged_in)
def note_use(user: Any, **_more: Any) -> None:
    User.objects.filter(pk=user.pk, first_entry=FirstEntry.DUE).update(first_entry=FirstEntry.SPENT)


@receiver(password_changed)
def choose_own(user: User, **_more: Any) -> None:
    User.objects.filter(pk=user.pk).update(first_entry="")


class ChooseOwnMiddleware:
    """Sends whoever came in by a password of somebody else to choose her own, whatever address was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or not user.first_entry:
            return None
        if match is not None and match.view_name in OPEN_MEANWHILE:
            request.is_held_up = True  # type: ignore[attr-defined]
            return None
        if request.headers.get("HX-Request") != "true":
            messages.info(request, _("Esa contraseña se la puso otra persona y sirve una sola vez: elija la suya."))
        return to_another_page(request, reverse(CHANGE))
