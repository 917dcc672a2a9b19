"""The calls behind a figure: of which lines, days and half hour, and which of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from service_level.days import LA_PAZ, bounds_of, read_day
from service_level.indicator.counting import formula_of
from service_level.indicator.figures import queues_of
from service_level.indicator.which import conditions
from service_level.months import after, month_of
from telephony.models import LoggedVisit

ATT, ALL = "att", "all"  # instead of a line: those the regulator counts, and every one
REST = "rest"
PARTS = (ATT, REST)
HALF_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Asked:
    """`half`: the begin of a half hour, of one day. `which`: one of the conditions of its month. `part`: of a line of
    which some queues count for the regulator and others do not, those that do (`att`) or the rest (`rest`).
    """

    month: date
    line: str
    first: date
    last: date
    half: datetime | None = None
    which: str = ""
    part: str = ""

    @property
    def query(self) -> str:
        """As the address says it, beside month and line."""
        sent = {"which": self.which}
        if (self.first, self.last) != (self.month, _last_of(self.month)):
            sent |= {"first": self.first.isoformat(), "last": self.last.isoformat()}
        if self.half:
            sent["half"] = f"{self.half.astimezone(LA_PAZ):%H:%M}"
        sent["part"] = self.part
        return urlencode({name: said for name, said in sent.items() if said})

    def but(self, which: str) -> str:
        """The same of others."""
        return replace(self, which=which).query

    @property
    def words(self) -> str:
        if self.half:
            begins = self.half.astimezone(LA_PAZ)
            return _("%(day)s, de %(begins)s a %(ends)s") % {
                "day": f"{begins:%d/%m/%Y}", "begins": f"{begins:%H:%M}", "ends": f"{begins + HALF_HOUR:%H:%M}"
            }  # fmt: skip
        if self.first == self.last:
            return f"{self.first:%d/%m/%Y}"
        return _("del %(first)s al %(last)s") % {"first": f"{self.first:%d/%m/%Y}", "last": f"{self.last:%d/%m/%Y}"}


def asked_for(*, month: date, line: str, sent: Mapping[str, str]) -> Asked:
    """What an address asks for; what it says wrong is as if it were not said."""
    first, last = read_day(sent.get("first")), read_day(sent.get("last"))
    first = first if first and month_of(first) == month else month
    last = last if last and month_of(last) == month and last >= first else _last_of(month)
    half = _half(first, sent.get("half", "")) if first == last else None
    which = sent.get("which", "")
    which = which if which in conditions(formula_of(month)) else ""
    part = sent.get("part", "")
    return Asked(month, line, first, last, half, which, part if part in PARTS else "")


def find_calls(*, asked: Asked, user: User, every: bool = False) -> QuerySet[LoggedVisit]:
    """Their visits, as the figures count them; unordered. `every`: whichever of them are asked for."""
    begins, ends = bounds_of(asked.first, asked.last)
    if asked.half:
        begins, ends = asked.half, asked.half + HALF_HOUR
    found = LoggedVisit.objects.visible_to(user).filter(entered_at__gte=begins, entered_at__lt=ends)
    found = found.filter(_of_line(asked.month, asked.line, asked.part))
    return found if every else found.filter(conditions(formula_of(asked.month))[asked.which][1])


def _of_line(month: date, line: str, part: str) -> Q:
    queues = queues_of(month)
    if line == ALL:
        return Q()
    if line == ATT:
        return Q(queue__in=[one.queue for one in queues if one.counts_for_att])
    known = [one.queue for one in queues if one.line == line and part in ("", ATT if one.counts_for_att else REST)]
    if part:
        return Q(queue__in=known)
    others = [one.queue for one in queues if one.line != line]
    return Q(queue__in=known) | (Q(queue=line) & ~Q(queue__in=others))


def _half(day: date, text: str) -> datetime | None:
    try:
        begins = datetime.strptime(text, "%H:%M").replace(year=day.year, month=day.month, day=day.day, tzinfo=LA_PAZ)
    except ValueError:
        return None
    return begins if begins.minute % 30 == 0 else None


def _last_of(month: date) -> date:
    return after(month) - timedelta(days=1)
