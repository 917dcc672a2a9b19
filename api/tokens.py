"""The life of a token: made by one, confirmed by another, used, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.accounts import NOWHERE, Kind, Place, note
from agents.models import AccountEvent, Role, User
from api.models import Scope, Token

LONGEST = timedelta(days=366)
USE_IS_NOTED_EVERY = timedelta(minutes=1)
OF_ROLES = {  # what a role's own pages let it do; a token never more
    Role.AGENT: {
        *(Scope.CAMPAIGNS, Scope.PERSONAL, Scope.DESK, Scope.CARDS, Scope.CARDS_WORK, Scope.CUSTOMERS, Scope.LINES),
    },
    Role.SUPERVISOR: {*Scope} - {Scope.DESK},
    Role.AUDITOR: {Scope.CAMPAIGNS, Scope.CARDS, Scope.CUSTOMERS, Scope.LINES, Scope.PEOPLE},
    Role.ADMINISTRATOR: set[Scope](),
}


class TokenRefused(Exception):
    """It is not made, or not confirmed; the message says why."""


def make_token(
    *,
    name: str,
    user: User,
    scopes: Sequence[str],
    expires_at: datetime,
    by: User,
    now: datetime,
    requests_a_minute: int = 600,
    place: Place = NOWHERE,
) -> tuple[Token, str]:
    """The token and its secret, which is shown this once; the person it acts for is told. Raises TokenRefused."""
    check_token(user=user, scopes=scopes, expires_at=expires_at, now=now)
    secret = f"cc_{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        token = Token.objects.create(
            name=name, user=user, role=user.role, scopes=sorted({*scopes}), expires_at=expires_at, made_by=by,
            made_at=now, requests_a_minute=requests_a_minute, begins_with=secret[:8], secret_sha256=_hash_of(secret),
        )  # fmt: skip
        note(user=user, kind=Kind.TOKEN, by=by, now=now, place=place, words=_("%(name)s: se pidió") % {"name": name})
    return token, secret


def check_token(*, user: User, scopes: Sequence[str], expires_at: datetime, now: datetime) -> None:
    """Raises TokenRefused where it would be of nobody's work, or without an end."""
    role = Role(user.role)
    if not OF_ROLES[role]:
        raise TokenRefused(_("Quien administra no ve clientes: un token actúa por quien trabaja con ellos."))
    if not scopes or (beyond := {*scopes} - OF_ROLES[role]):
        named = ", ".join(sorted(beyond)) if scopes else _("ninguno")
        raise TokenRefused(_("Alcances que %(role)s no tiene: %(scopes)s.") % {"role": role.label, "scopes": named})
    if not now < expires_at <= now + LONGEST:
        raise TokenRefused(_("El vencimiento debe estar dentro de un año."))


def confirm_token(*, token: Token, by: User, now: datetime, place: Place = NOWHERE) -> None:
    """From now on it works. Raises TokenRefused: to who made it, to whom it acts for, and of what is over."""
    with transaction.atomic():
        there = Token.objects.select_for_update(of=("self",)).select_related("user").get(pk=token.pk)
        if there.confirmed_at is not None:
            raise TokenRefused(_("Ya está confirmado."))
        if there.revoked_at is not None or there.expires_at <= now:
            raise TokenRefused(there.why_not(now=now))
        if not by.configures or by.pk in (there.made_by_id, there.user_id):
            raise TokenRefused(_("Lo confirma otra persona que administra, no quien lo hizo ni por quien actúa."))
        there.confirmed_by, there.confirmed_at = by, now
        there.save(update_fields=["confirmed_by", "confirmed_at"])
        words = _("%(name)s: se confirmó") % {"name": there.name}
        note(user=there.user, kind=Kind.TOKEN, by=by, now=now, place=place, words=words)


def revoke_token(*, token: Token, by: User, now: datetime, place: Place = NOWHERE) -> bool:
    """It works no more, for good. Returns whether it did not say so before."""
    with transaction.atomic():
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_by=by, revoked_at=now):
            return False
        words = _("%(name)s: se anuló") % {"name": token.name}
        note(user=token.user, kind=Kind.TOKEN, by=by, now=now, place=place, words=words)
    return True


def end_with_their_person(event: AccountEvent, **_signal: Any) -> None:
    """Of somebody who is switched off or gets another role: nor do they come alive when she is let in again."""
    if event.kind not in (Kind.DEACTIVATED, Kind.ROLE_GIVEN):
        return
    for token in Token.objects.filter(user=event.user, revoked_at=None):
        revoke_token(token=token, by=event.by or event.user, now=event.at)


def find_token(secret: str) -> Token | None:
    """Whose secret this is, taken or not; None for nobody's."""
    return Token.objects.select_related("user").filter(secret_sha256=_hash_of(secret)).first()


def note_use(token: Token, *, address: str | None, now: datetime) -> None:
    """When and from where it was used last, to the minute: not a write with each request."""
    if token.last_used_at is None or token.last_used_at < now - USE_IS_NOTED_EVERY or token.last_address != address:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lt=now - USE_IS_NOTED_EVERY) | ~Q(last_address=address)
        Token.objects.filter(long_ago, pk=token.pk).update(last_used_at=now, last_address=address)


def _hash_of(secret: str) -> str:
    """Of 256 bits of chance: nobody finds them by trying, so it may be quick."""
    return hashlib.sha256(secret.encode()).hexdigest()
