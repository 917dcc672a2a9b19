"""A day of people by half hour: what was expected and planned beside what came and who was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from screens.charts import Chart, columns_by
from service_level.days import LA_PAZ, bounds_of
from service_level.indicator.figures import Grain
from service_level.indicator.why import People, people_there
from service_level.models import ForecastTrial, LineFigure, MeasuredQueue, StaffingNeed, StaffingRun

HALF = timedelta(minutes=30)


@dataclass(frozen=True)
class HalfHour:
    """`came`, `there`: of one that is over; None of one that is not, or of which nothing is known."""

    need: StaffingNeed
    came: int | None
    there: People | None

    @property
    def begins(self) -> datetime:
        return self.need.began_at.astimezone(LA_PAZ)

    @property
    def level(self) -> float:
        """Percent that so many agents answer in time."""
        return 100 * (self.need.level or 0.0)

    @property
    def at_work(self) -> float | None:
        return self.there.at_work if self.there else None

    @property
    def gap(self) -> float | None:
        """How many agents more were there than needed; negative: so many were missing."""
        return None if self.there is None else self.there.at_work - (self.need.agents or 0)

    @property
    def missing(self) -> float:
        return max(-(self.gap or 0.0), 0.0)

    @property
    def lacks(self) -> bool:
        """Whether half an agent or more was missing: what is less is a pause of minutes."""
        return self.gap is not None and self.gap <= -0.5


@dataclass(frozen=True)
class Day:
    """The half hours of a day in which somebody is needed, together."""

    day: date
    needs: Sequence[StaffingNeed]

    @property
    def calls(self) -> float:
        return sum(one.calls for one in self.needs)

    @property
    def most(self) -> StaffingNeed:
        """The half hour that needs the most people, the first of several."""
        return max(self.needs, key=lambda one: one.seats or 0)

    @property
    def hours(self) -> float:
        """Hours of people in the centre, absences included."""
        return sum(one.seats or 0 for one in self.needs) / 2


@dataclass(frozen=True)
class LineOfDay:
    """A line on that day, and how far off its forecasts were, in percent; None where nothing could be compared."""

    words: str
    calls: float
    handling: float
    error: float | None
    naive: float | None


def half_hours(day: date, *, now: datetime) -> list[HalfHour]:
    """In order; three queries. Of today what came is told as far as the log has been counted, for it may be late."""
    begins, ends = bounds_of(day, day)
    needs = list(StaffingNeed.objects.filter(line="", began_at__gte=begins, began_at__lt=ends).order_by("began_at"))
    over = {one.began_at.astimezone(LA_PAZ) for one in needs if one.began_at + HALF <= now}
    figures = LineFigure.objects.filter(grain=Grain.HALF_HOUR, began_at__gte=begins, began_at__lt=ends)
    came_in_all = Sum(F("answered") + F("hung_up") + F("timed_out") + F("other"))
    came = dict(figures.values_list("began_at").annotate(calls=came_in_all))
    counted = max(came, default=begins) if now < ends else ends
    people = people_there(sorted(over), now=now)
    found = []
    for one in needs:
        at = one.began_at.astimezone(LA_PAZ)
        is_counted = at in over and bool(came) and at <= counted
        there = people.get(at, People(0, 0)) if at in over and people else None  # of a day nobody signed in on, nothing
        found.append(HalfHour(one, came.get(one.began_at, 0) if is_counted else None, there))
    return found


def what_is_not_known(halves: Sequence[HalfHour], *, now: datetime) -> list[str]:
    """Why half hours that are over say nothing of what came, or of who was there; empty where all is told."""
    over = [one for one in halves if one.need.began_at + HALF <= now]
    uncounted, unseen = [one for one in over if one.came is None], [one for one in over if one.there is None]
    told = []
    if uncounted and len(uncounted) < len(over):
        at = {"at": f"{uncounted[0].begins:%H:%M}"}
        told.append(_("Lo que entró desde las %(at)s todavía no está en el registro que se leyó de la central.") % at)
    elif uncounted:
        told.append(_("De lo que entró este día todavía no se leyó nada en el registro de la central."))
    if unseen:
        told.append(_("De quiénes atendían no se sabe nada: nadie se registró ese día."))
    return told


def days_of_needs(first: date, last: date) -> list[Day]:
    """Days on which somebody is needed."""
    begins, ends = bounds_of(first, last)
    found: dict[date, list[StaffingNeed]] = {}
    for one in StaffingNeed.objects.filter(line="", began_at__gte=begins, began_at__lt=ends).order_by("began_at"):
        found.setdefault(one.began_at.astimezone(LA_PAZ).date(), []).append(one)
    return [Day(day, needs) for day, needs in found.items()]


def lines_of_needs(day: date) -> list[LineOfDay]:
    """Each line with calls that day, the busiest first; handling is the mean of its calls."""
    begins, ends = bounds_of(day, day)
    rows = StaffingNeed.objects.filter(began_at__gte=begins, began_at__lt=ends).exclude(line="").values("line")
    summed = rows.annotate(expected=Sum("calls"), seconds=Sum(F("calls") * F("handling"))).order_by("-expected")
    names = {one.line: str(one) for one in MeasuredQueue.objects.order_by("since")}
    off = {one.line: one for one in ForecastTrial.objects.all()}
    found = []
    for row in summed:
        trial = off.get(row["line"])
        found.append(
            LineOfDay(
                names.get(row["line"], row["line"]),
                row["expected"],
                row["seconds"] / row["expected"],
                100 * trial.error if trial else None,
                100 * trial.naive if trial else None,
            )
        )
    return found


def what_it_is_of() -> tuple[StaffingRun | None, ForecastTrial | None]:
    """When it was worked out and of what, and how far off the forecasts of all lines together were."""
    return StaffingRun.objects.filter(pk=1).first(), ForecastTrial.objects.filter(line="").first()


def chart_of(halves: Sequence[HalfHour]) -> Chart:
    """Agents by half hour: those that are needed, or, of what is over, those that were there; and who was missing."""
    is_known = any(one.there is not None for one in halves)
    here, missing = _("Hacen falta, o estuvieron") if is_known else _("Hacen falta"), _("Faltaron")
    values: dict[str, dict[str, float]] = {}
    for one in halves:
        needed = one.need.agents or 0
        there = needed if one.there is None else min(round(one.there.at_work, 1), needed)
        values[f"{one.begins:%H:%M}"] = {here: there, missing: round(needed - there, 1)}
    return columns_by(title=_("Agentes en cada media hora"), values=values)
