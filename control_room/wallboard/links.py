"""The link that opens a wallboard: a secret in an address, of which the fingerprint alone is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from control_room.models import Wallboard

TOKEN_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)  # how often a television that is on writes that it is


def make_link(board: Wallboard, *, now: datetime) -> str:
    """Give it a new link; the one before opens nothing any more. Returns the secret, which nobody can read again."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    board.sha256, board.linked_at = _fingerprint(token), now
    board.save(update_fields=["sha256", "linked_at"])
    return token


def open_wallboard(token: str, *, now: datetime) -> Wallboard | None:
    """The wallboard of that secret, and note that it is looked at; None where there is none, or it is switched off."""
    board = Wallboard.objects.filter(sha256=_fingerprint(token), is_on=True).first()
    if board is not None and (board.seen_at is None or now - board.seen_at >= SEEN_EVERY):
        Wallboard.objects.filter(pk=board.pk).update(seen_at=now)
    return board


def switch_off_wallboards() -> int:
    """After a copy of the site was restored: a link may be another since, and the one before would open it again.
    Returns how many were opened by one.
    """
    return Wallboard.objects.filter(is_on=True).exclude(sha256="").update(is_on=False)


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
