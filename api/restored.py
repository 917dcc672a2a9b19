"""After a copy of the site was restored: a token may have been revoked since."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from agents.accounts import Kind, note
from api.models import Token


def let_tokens_wait(*, now: datetime) -> int:
    """Each that works is to be confirmed again, and the person it acts for is told; returns how many."""
    living = Token.objects.filter(revoked_at=None, expires_at__gt=now).exclude(confirmed_at=None)
    tokens = list(living.select_related("user").order_by("pk"))
    living.update(confirmed_at=None, confirmed_by=None)
    for token in tokens:
        words = _("%(name)s: el sistema se restauró, espera confirmación") % {"name": token.name}
        note(user=token.user, kind=Kind.TOKEN, now=now, words=words)
    return len(tokens)
