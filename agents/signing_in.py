"""Signing in and out: no account makes itself, codes are counted, language and shift come with whoever signs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.views import LogoutView
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.accounts import note_sign_in, place_of
from agents.code_tries import forget_tries, take_try
from agents.models import User
from agents.presence import give_sign, sign_in, sign_out
from agents.second_factor import has_second_factor, needs_second_factor
from agents.sessions import SIGN_OUT, leave_elsewhere
from agents.spent_codes import spend

View = Callable[..., HttpResponseBase]


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; the sign-up page is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """An agent's shift begins. The browser takes over the language of whoever signs in, if she ever chose one."""
        response = super().post_login(request, user, **more)
        now = timezone.now()
        leave_elsewhere(request, user=user)
        note_sign_in(user=user, place=place_of(request), now=now)
        sign_in(user=user, now=now)
        if needs_second_factor(user) and not has_second_factor(user):  # she sets it up now, and just gave her password
            reauthenticate_by_password(request)
        if user.language:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
        return response

    def logout(self, request: HttpRequest) -> None:
        """An agent's shift ends with her session."""
        if isinstance(request.user, User):
            sign_out(user=request.user, now=timezone.now())
        super().logout(request)


class SignOfLifeMiddleware:
    """What an agent opens or sends is a sign that she is there; what her page asks for by itself is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_view: object) -> None:
        user, match = request.user, request.resolver_match
        is_hers = request.method == "POST" or request.headers.get("HX-Request") != "true"
        if not isinstance(user, User) or not is_hers or getattr(view, "asks_by_itself", False):
            return
        if match is None or match.view_name != SIGN_OUT:
            give_sign(user=user, now=timezone.now())


class SignOutView(LogoutView):
    """allauth's page; whoever comes to the machine next finds nothing of this person in its browser."""

    def post(self, *arguments: Any, **named: Any) -> HttpResponse:
        response: HttpResponse = super().post(*arguments, **named)
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class SignInForm(LoginForm):
    """User name and password, with the cursor where one starts to type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()  # type: ignore[no-any-return]
        except ValidationError:
            if getattr(self.request, "initial_password_was_used", False):
                raise ValidationError(
                    _("Esa contraseña se la puso otra persona y ya sirvió una vez: pida otra a quien administra.")
                ) from None
            raise


class CountedCode:
    """A code is looked at only while there are tries left (agents/code_tries.py), and opens once."""

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        if not take_try(user=self.user, now=timezone.now()):
            minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
            raise ValidationError(
                _("Hubo demasiados códigos equivocados. Vuelva a intentar en %(minutes)d minutos.")
                % {"minutes": minutes}
            )
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP and not spend(factor=self.authenticator, code=code):
            raise ValidationError(_("Ese código ya se usó: espere el siguiente de su aplicación."))
        forget_tries(user=self.user)
        return code


class CodeForm(CountedCode, AuthenticateForm):
    """The code after the password."""


class CodeAgainForm(CountedCode, ReauthenticateForm):
    """The code of somebody who is signed in already."""


def name_that_tries(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str | None:
    """The user name of a sign-in as the lock counts it: however it is spelled, it is one person's."""
    given = credentials or (request.POST if request is not None else {})
    name = given.get("username") or given.get("login")
    return str(name).strip().lower() if name else None
