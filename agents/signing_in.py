"""Signing in: no account makes itself, and those who steer need a second factor outside the demo."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator; the sign-up page is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SignInForm(LoginForm):
    """User name and password, with the cursor where one starts to type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs |= {"autofocus": True, "autocapitalize": "none", "spellcheck": "false"}


def name_that_tries(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str | None:
    """The user name of a sign-in as the lock counts it: however it is spelled, it is one person's."""
    given = credentials or (request.POST if request is not None else {})
    name = given.get("username") or given.get("login")
    return str(name).strip().lower() if name else None
