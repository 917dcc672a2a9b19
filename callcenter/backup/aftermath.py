"""What is not so any more in a copy that was restored: the world went on after it, and nobody here remembers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import StrangersTold
from agents.restored import end_everybodys_sessions, take_initial_passwords
from api.restored import let_tokens_wait
from control_room.wallboard.links import switch_off_wallboards
from inbound.writes.restored import doubt_what_may_be_done
from notices.restored import set_aside_what_may_be_sent, switch_off_programs

# A number given after the copy was told to people and to other systems: none of them is given again.
NUMBERS_LEFT_OUT = 10_000
_LEAVE_NUMBERS_OUT = """
SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, least(last_value + %s, max_value))
  FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"""


@dataclass(frozen=True)
class LeftToPeople:
    """How many mails and operations wait for somebody to find out what became of them, how many initial passwords for
    another, and how much that opens something for somebody to confirm it or switch it on again.
    """

    mails: int
    operations: int
    passwords: int
    wallboards: int
    tokens: int
    webhooks: int

    def told(self) -> Iterator[str]:
        """What somebody looks through before people work again, in sentences."""
        for words in (
            _(
                "· Roles, contraseñas, segundos factores, códigos de recuperación y destinatarios de correo son los de "
                "la copia, y quien se desactivó después está activo: revíselos."
            ),
            _(
                "· Contraseñas iniciales que ya no abren (pudieron usarse después): %(passwords)d. Quien administra da "
                "otras."
            ),
            _(
                "· Esperan que quien administra los encienda o confirme otra vez (pudieron cambiarse después): "
                "pantallas de pared %(wallboards)d, tokens de programas %(tokens)d, avisos a otros programas "
                "%(webhooks)d."
            ),
        ):
            yield words % asdict(self)


@transaction.atomic
def settle_what_was_under_way(*, taken_at: datetime, now: datetime) -> LeftToPeople:
    """Nothing that was owed in the copy goes out by itself again, nobody is still signed in, and what may have been
    taken away after the copy opens nothing: tokens, links, initial passwords. As the owner.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE_NUMBERS_OUT, [NUMBERS_LEFT_OUT])
    StrangersTold.objects.all().delete()  # another server counts its transactions anew: else none is told of
    UserSession.objects.all().delete()
    Session.objects.all().delete()
    end_everybodys_sessions(left_out=NUMBERS_LEFT_OUT)
    moment = date_format(timezone.localtime(taken_at), "d/m/Y H:i")
    why = _("El sistema se restauró de una copia del %(moment)s: pudo hacerse después. Mírelo antes de repetirlo.")
    return LeftToPeople(
        mails=set_aside_what_may_be_sent(why=why % {"moment": moment}, now=now),  # first: what follows is told by mail
        operations=doubt_what_may_be_done(why=why % {"moment": moment}, now=now),
        passwords=take_initial_passwords(now=now),
        wallboards=switch_off_wallboards(),
        tokens=let_tokens_wait(now=now),
        webhooks=switch_off_programs(),
    )
