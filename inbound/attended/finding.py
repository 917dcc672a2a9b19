"""Which attended calls a list shows, for page and export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import Walk
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_telephone
from service_level.days import bounds_of, read_day
from telephony.phone_numbers import display

DAYS_SHOWN = 7
LONGEST = 366  # days of one question
AT_ONCE = 500  # rows read from the database at a time


@dataclass(frozen=True)
class Asked:
    """The filters of the lists; both days are inside."""

    first: date
    last: date
    line: str = ""
    agent: int | None = None
    under_way: bool = False

    @property
    def began(self) -> tuple[datetime, datetime]:
        """From the first day's beginning to the end of the last, in La Paz."""
        return bounds_of(self.first, self.last)

    @property
    def words(self) -> str:
        """The filters without personal data, for the book of exports."""
        days = f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"
        agent = _("agente n.º %(number)d") % {"number": self.agent} if self.agent else ""
        said = [_("en curso")] if self.under_way else [days]  # what is under way is there on any day
        return ", ".join(word for word in (*said, self.line, agent) if word)


def asked_for(*, sent: Any, now: datetime) -> Asked:
    """The filters of an address. What cannot be read is left out; days the wrong way round are turned."""
    today = timezone.localdate(now)
    begins = today - timedelta(days=DAYS_SHOWN - 1)
    days = [read_day(sent.get("first")) or begins, read_day(sent.get("last")) or today]
    first, last = min(days), max(days)
    agent = sent.get("agent", "")
    return Asked(
        first=max(first, last - timedelta(days=LONGEST - 1)),
        last=last,
        line="".join(filter(str.isalnum, sent.get("line", "")))[:12],
        agent=int(agent) if agent.isascii() and agent.isdigit() and len(agent) < 10 else None,
        under_way=sent.get("state") == "open",
    )


def find_walks(*, asked: Asked, user: User) -> QuerySet[Walk]:
    """What `user` may see of what is asked for, the newest first; whatever is under way is there on any day."""
    found = Walk.objects.visible_to(user).calls().with_who_asks().select_related("line", "agent__user")
    if asked.under_way:
        found = found.under_way()
    else:
        began, until = asked.began
        found = found.filter(began_at__gte=began, began_at__lt=until)
    if asked.line:
        found = found.filter(line__number=asked.line)
    if asked.agent:
        found = found.filter(agent=asked.agent)
    return found.order_by("-began_at", "-pk")


def sheet_of(walks: QuerySet[Walk], *, masked: bool) -> Sheet:
    """A workbook's sheet, row by row; minutes as numbers."""
    heads = [
        _("Línea"), _("Nombre de la línea"), _("Agente"), _("Contrato"), _("Cliente"), _("Número que llama"),
        _("Comenzó"), _("Terminó"), _("Minutos"), _("Resultado"),
    ]  # fmt: skip
    return Sheet(_("Atenciones"), heads, _rows(walks, masked=masked))


def _rows(walks: QuerySet[Walk], *, masked: bool) -> Iterator[list[Any]]:
    for walk in walks.iterator(chunk_size=AT_ONCE):
        caller = masked_telephone(walk.caller_number) if masked else display(walk.caller_number)
        minutes = (walk.ended_at - walk.began_at) / timedelta(minutes=1) if walk.ended_at else None
        yield [
            walk.line.number, walk.line.name, str(walk.by), walk.contract, walk.customer_name,
            caller if walk.caller_number else "", walk.began_at, walk.ended_at, minutes, walk.result_label,
        ]  # fmt: skip
