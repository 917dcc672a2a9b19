"""What a visit rests on: the lines of its call as they were written, and the words of what is odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from screens.templatetags.screens import masked_telephone
from telephony.models import LoggedLine, LoggedVisit, Switchboard
from telephony.queue_log.lines import NotALine, read_line
from telephony.queue_log.visits import Oddity

ODDITIES = {
    Oddity.WITHOUT_ENTERING: _("No consta cuándo entró: se calcula de lo que esperó"),
    Oddity.WITHOUT_CONNECT: _("No consta cuándo se contestó: se calcula de su fin"),
    Oddity.CONNECTED_TWICE: _("Consta contestada dos veces: vale la primera"),
    Oddity.INTERRUPTED: _("La central se reinició mientras tanto"),
    Oddity.NEVER_ENDED: _("No consta cómo terminó, y ya pasaron doce horas"),
    Oddity.LEFT_UNSEEN: _("Volvió a entrar a una cola, y no consta cómo salió de esta"),
    Oddity.CLOCK_JUMPED: _("El reloj de la central saltó en medio de la llamada"),
}
LINES_SHOWN = 200


@dataclass(frozen=True)
class Written:
    """A line: its moment, whether it is of this visit's queue, and its text with the caller's number masked."""

    at: datetime
    is_of_the_queue: bool
    text: str


def oddities_of(visit: LoggedVisit) -> list[str]:
    return [str(ODDITIES[Oddity(one)]) for one in visit.oddities]


def lines_of(visit: LoggedVisit) -> list[Written]:
    """The lines of its call, the oldest first; two hundred at the most. Empty once they were forgotten."""
    found = LoggedLine.objects.filter(switchboard=visit.switchboard_id, call=visit.call)
    return [
        Written(line.at, _queue_of(line.text) == visit.queue, _masked(line.text, visit.caller))
        for line in found.order_by("at", "pk")[:LINES_SHOWN]
    ]


_NEWEST = """
SELECT max(newest.at) FROM telephony_switchboard s CROSS JOIN LATERAL (  -- of each switchboard by its own index
       SELECT l.at FROM telephony_loggedline l WHERE l.switchboard_id = s.id AND l.at <= %s
        ORDER BY l.at DESC LIMIT 1) newest
"""


def written_until(*, now: datetime) -> datetime | None:
    """When any switchboard wrote the newest of its lines by then; None while there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [now])
        (newest,) = cursor.fetchone()
    return cast("datetime | None", newest)


_UNWRITTEN = """
SELECT begins FROM unnest(%s::timestamptz[]) begins
 WHERE NOT EXISTS (SELECT FROM telephony_switchboard s WHERE EXISTS (
         SELECT FROM telephony_loggedline l  -- of each switchboard by its own index
          WHERE l.switchboard_id = s.id AND l.at >= begins AND l.at < begins + interval '24 hours'))
"""


def days_without_a_line(days: Mapping[date, datetime]) -> list[date]:
    """Of days with the moment each begins, those of which no switchboard wrote a line."""
    with connection.cursor() as cursor:
        cursor.execute(_UNWRITTEN, [list(days.values())])
        unwritten = {begins for (begins,) in cursor.fetchall()}
    return [day for day, begins in days.items() if begins in unwritten]


def is_written(begins: datetime, ends: datetime) -> bool:
    """Whether any switchboard wrote a line in that time."""
    lines = LoggedLine.objects.filter(switchboard=OuterRef("pk"), at__gte=begins, at__lt=ends)
    return bool(Switchboard.objects.filter(Exists(lines)).exists())


def _queue_of(text: str) -> str:
    try:
        return read_line(text).queue
    except NotALine:
        return ""


def _masked(text: str, caller: str) -> str:
    return text.replace(f"|{caller}|", f"|{masked_telephone(caller)}|") if caller else text
