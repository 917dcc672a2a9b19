"""Who asks: a token, taken or refused with a sentence, and how often it may."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pghistory
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from agents.access import NotAdmittedYet
from agents.models import Role
from api.models import Scope, Token
from api.problems import Problem
from api.tokens import OF_ROLES, find_token, note_use

MINUTE = 60
_without_cache: Counter[tuple[int, int]] = Counter()


class Bearer(HttpBearer):
    """`Authorization: Bearer cc_…` of a token with this scope. The request is its person's from then on."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        """Raises Problem: 401 of what is no token or none any more, 403 without the scope, 429 for too many."""
        now = timezone.now()
        found = find_token(token)
        why = _("Nadie tiene ese token.") if found is None else found.why_not(now=now)
        if found is None or why:
            raise Problem(401, "token_refused", why, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        if self.scope not in found.scopes or self.scope not in OF_ROLES[Role(found.role)]:
            told = _("El token no tiene el alcance «%(scope)s».") % {"scope": self.scope}
            header = f'Bearer error="insufficient_scope", scope="{self.scope}"'
            raise Problem(403, "scope_missing", told, headers={"WWW-Authenticate": header})
        if found.user.waits_to_be_admitted:
            raise Problem(403, "not_admitted", str(NotAdmittedYet()))
        _count(found, minute=int(now.timestamp()) // MINUTE, left=MINUTE - int(now.timestamp()) % MINUTE)
        request.user = found.user
        pghistory.context(token=found.pk)
        note_use(found, address=request.META.get("REMOTE_ADDR") or None, now=now)
        return found


def token_of(request: HttpRequest) -> Token:
    """Of a request that `Bearer` let through."""
    found: Any = request.auth  # type: ignore[attr-defined]  # the library puts it there
    return found  # type: ignore[no-any-return]


def _count(token: Token, *, minute: int, left: int) -> None:
    """One more of this minute. Where the cache is silent each process counts for itself. Raises Problem."""
    key = f"api:{token.secret_sha256[:16]}:{minute}"
    try:
        asked = cache.incr(key)
    except ValueError:
        if cache.add(key, 1, 2 * MINUTE):
            asked = 1
        else:
            for old in [one for one in _without_cache if one[1] != minute]:
                del _without_cache[old]
            _without_cache[token.pk, minute] += 1
            asked = _without_cache[token.pk, minute]
    if asked > token.requests_a_minute:
        told = _("El token pide más de %(most)s veces por minuto.") % {"most": token.requests_a_minute}
        raise Problem(429, "too_often", told, headers={"Retry-After": str(left)})
