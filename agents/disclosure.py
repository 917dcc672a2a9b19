"""The book of personal data that left its page."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agents.models import DataPolicy, Disclosure, Role, User
from agents.searching import TooMuch

ONE_AT_A_TIME = 0xD15C10  # of the locks of the database


def record_export(*, user: User, subject: str, rows: int, now: datetime) -> Disclosure:
    """Write that `user` exported `rows` rows of `subject` (words without personal data). Raises TooMuch, and then she
    does not.
    """
    policy = DataPolicy.objects.in_force()
    if rows > policy.rows_of_an_export and user.role != Role.SUPERVISOR:
        said = {"rows": rows, "most": policy.rows_of_an_export}
        raise TooMuch(_("Son %(rows)s filas. Más de %(most)s las exporta supervisión: pídaselas.") % said)
    with transaction.atomic():
        return _counted(user=user, subject=subject, rows=rows, policy=policy, now=now)


def _counted(*, user: User, subject: str, rows: int, policy: DataPolicy, now: datetime) -> Disclosure:
    with connection.cursor() as cursor:  # one person's are counted one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ONE_AT_A_TIME, user.pk])
    today = Disclosure.objects.filter(kind=Disclosure.Kind.EXPORT, user=user, at__gt=now - timedelta(days=1))
    if today.count() >= policy.exports_a_day:
        words = _("Ya exportó %(most)s veces en un día, lo que la política permite: hable con supervisión.")
        raise TooMuch(words % {"most": policy.exports_a_day})
    return Disclosure.objects.create(kind=Disclosure.Kind.EXPORT, user=user, subject=subject[:120], rows=rows, at=now)


def record_reveal(*, user: User, subject: str, reason: str, now: datetime) -> Disclosure:
    """Write that a masked value was shown to `user`, and the reason given."""
    return Disclosure.objects.create(
        kind=Disclosure.Kind.REVEAL, user=user, subject=subject[:120], reason=reason[:200], at=now
    )
