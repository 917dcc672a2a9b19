"""What a wallboard shows of this moment, and how old it is: of each layout no more is read than it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min

from agents.models import AgentState
from control_room.people import state_words
from control_room.waiting import Waiting, who_waits
from inbound.ringing.own_calls import line_of
from service_level.days import LA_PAZ, bounds_of
from service_level.indicator.counting import days_to_be_counted
from service_level.indicator.figures import Counts, days_of, left_of, read_month
from service_level.indicator.forecast import forecast_of
from service_level.models import Formula, MonthForecast
from service_level.months import month_of
from telephony.link_ages import LinkAge, link_ages
from telephony.models import LoggedVisit
from telephony.queue_log.evidence import written_until
from telephony.queue_log.sources import unread

State = AgentState.State
LAYOUTS = ALL, WAITING, INDICATOR, AGENTS = ("all", "waiting", "indicator", "agents")
LINES_SHOWN = 5  # in which somebody waits; of the others their sum
STATES = (State.ON_A_CALL, State.RINGING, State.AVAILABLE, State.WRAPPING_UP, State.PAUSED, State.AWAY)
STANDS_STILL = timedelta(minutes=5)  # without a line of a log: who waits by now nobody knows
WAITS_AT_MOST = timedelta(hours=2)  # who waits by the log for longer hung up while nobody wrote it down


@dataclass(frozen=True)
class Indicator:
    """Of the lines the regulator counts. `until`: when the last call came in of which the log tells."""

    formula: Formula
    today: Counts
    month: Counts
    ahead: MonthForecast | None
    until: datetime | None
    is_log_read: bool
    is_counted: bool

    @property
    def is_held(self) -> bool | None:
        """Whether today is at the target, by its calls and not by what the level is rounded to; None without calls."""
        return left_of(self.today, self.formula) >= 0 if self.today.counted else None

    @property
    def could(self) -> int:
        """How many more of the calls that came this month could have been missed; negative: so many too many."""
        return left_of(self.month, self.formula)

    @property
    def too_many(self) -> int:
        return max(0, -self.could)

    @property
    def may(self) -> int | None:
        """How many may still be missed by the end of the month, by its forecast; None without one, or where none."""
        return self.ahead.left if self.ahead and self.ahead.left > 0 else None


@dataclass(frozen=True)
class Shown:
    """One moment. `waiting`: by line, the longest first; `told_at`: when the switchboard wrote what is newest, where no
    link tells it. `agents`: how many are in each state.
    """

    indicator: Indicator | None = None
    waiting: list[Waiting] = field(default_factory=list)
    is_waiting_known: bool = True
    told_at: datetime | None = None
    links: list[LinkAge] = field(default_factory=list)
    agents: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def lines(self) -> list[Waiting]:
        return self.waiting[:LINES_SHOWN]

    @property
    def waits(self) -> int:
        return sum(one.count for one in self.waiting)

    @property
    def waits_elsewhere(self) -> int:
        """In the lines that have no room."""
        return sum(one.count for one in self.waiting[LINES_SHOWN:])

    @property
    def signed_in(self) -> int:
        return sum(count for _state, _words, count in self.agents)

    @property
    def lost_links(self) -> list[LinkAge]:
        """Those of which nobody hears who waits."""
        return [link for link in self.links if not link.is_up]


def read_wallboard(*, now: datetime, layout: str = ALL) -> Shown:
    """As it stands. Who waits is told by the switchboards; where none is linked, by what their log has so far."""
    links = link_ages(now=now) if layout in (ALL, WAITING) else []
    by_link = layout in (INDICATOR, AGENTS) or any(link.is_up for link in links)
    told_at = None if by_link else written_until(now=now)
    is_known = by_link or (told_at is not None and now - told_at <= STANDS_STILL)
    return Shown(
        indicator=_read_indicator(now) if layout in (ALL, INDICATOR) else None,
        waiting=_who_waits(now, by_link=by_link) if layout in (ALL, WAITING) and is_known else [],
        is_waiting_known=is_known,
        told_at=told_at,
        links=links,
        agents=_read_agents() if layout in (ALL, AGENTS) else [],
    )


def _read_agents() -> list[tuple[str, str, int]]:
    states = AgentState.objects.filter(ended_at=None).values_list("state").order_by("state")
    counts = dict(states.annotate(agents=Count("pk")))
    return [(state, state_words(state), counts[state]) for state in STATES if counts.get(state)]


def _read_indicator(now: datetime) -> Indicator:
    today = now.astimezone(LA_PAZ).date()
    month = read_month(month_of(today))
    begins, ends = bounds_of(today, today)
    newest = LoggedVisit.objects.filter(entered_at__gte=begins, entered_at__lt=ends).aggregate(last=Max("entered_at"))
    return Indicator(
        formula=month.formula,
        today=days_of(month.month).get(today, Counts()),
        month=month.att,
        ahead=forecast_of(month.month, now=now),
        until=newest["last"],
        is_log_read=not unread(),
        is_counted=today not in days_to_be_counted(month.month),
    )


def _who_waits(now: datetime, *, by_link: bool) -> list[Waiting]:
    if by_link:
        return who_waits()
    waiting = LoggedVisit.objects.filter(
        outcome=LoggedVisit.Outcome.WAITING, ended_at=None, entered_at__gt=now - WAITS_AT_MOST
    )
    found = waiting.values("queue").annotate(count=Count("pk"), since=Min("entered_at")).order_by("since")
    return [Waiting(one["queue"], str(line_of(one["queue"]) or ""), one["count"], one["since"]) for one in found]
