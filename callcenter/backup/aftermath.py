"""What is not so any more in a copy that was restored: the world went on after it, and nobody here remembers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from api.models import Token
from inbound.writes.restored import doubt_what_may_be_done
from notices.restored import set_aside_what_may_be_sent

# A number given after the copy was told to people and to other systems: none of them is given again.
NUMBERS_LEFT_OUT = 10_000
_LEAVE_NUMBERS_OUT = """
SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, least(last_value + %s, max_value))
  FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"""


@dataclass(frozen=True)
class LeftToPeople:
    """How many mails and operations wait for somebody to find out what became of them, and how many tokens of programs
    for somebody to confirm them again.
    """

    mails: int
    operations: int
    tokens: int


@transaction.atomic
def settle_what_was_under_way(*, taken_at: datetime, now: datetime) -> LeftToPeople:
    """Nothing that was owed in the copy goes out by itself again, and nobody is still signed in, no program either: its
    token may have been revoked after the copy. As the owner.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE_NUMBERS_OUT, [NUMBERS_LEFT_OUT])
    UserSession.objects.all().delete()
    Session.objects.all().delete()
    living = Token.objects.filter(revoked_at=None, expires_at__gt=now).exclude(confirmed_at=None)
    tokens = living.update(confirmed_at=None, confirmed_by=None)
    moment = date_format(timezone.localtime(taken_at), "d/m/Y H:i")
    why = _("El sistema se restauró de una copia del %(moment)s: pudo hacerse después. Mírelo antes de repetirlo.")
    return LeftToPeople(
        mails=set_aside_what_may_be_sent(why=why % {"moment": moment}, now=now),
        operations=doubt_what_may_be_done(why=why % {"moment": moment}, now=now),
        tokens=tokens,
    )
