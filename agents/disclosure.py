"""The book of personal data that left its page."""

from datetime import datetime

from agents.models import Disclosure, User


def record_export(*, user: User, subject: str, rows: int, now: datetime) -> Disclosure:
    """Write that `user` exported `rows` rows of `subject` (words without personal data)."""
    return Disclosure.objects.create(kind=Disclosure.Kind.EXPORT, user=user, subject=subject[:120], rows=rows, at=now)


def record_reveal(*, user: User, subject: str, reason: str, now: datetime) -> Disclosure:
    """Write that a masked value was shown to `user`, and the reason given."""
    return Disclosure.objects.create(
        kind=Disclosure.Kind.REVEAL, user=user, subject=subject[:120], reason=reason[:200], at=now
    )
