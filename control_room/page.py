"""The page of the room: figures, alerts, and the agents by team with what asks for attention first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from agents.models import Agent, AgentState
from control_room.alerts import Alert, find_alerts
from control_room.people import Person, people_now, state_words
from control_room.waiting import Waiting, who_waits
from service_level.days import LA_PAZ, midnight_of
from telephony.link_ages import LinkAge, link_ages
from telephony.models import Monitoring
from telephony.monitoring import who_listens

State = AgentState.State
ALERTS_SHOWN = 12  # in their panel; each stands in its row as well
UNFOLDED_AT_MOST = 60  # agents; with more of them teams are folded until somebody opens one
# What is looked at first within a team, where nothing asks for attention.
ORDER = (State.ON_A_CALL, State.RINGING, State.WRAPPING_UP, State.AVAILABLE, State.PAUSED, State.AWAY, "")


@dataclass(frozen=True, slots=True)
class Row:
    """One agent, what of hers asks for attention, and who listens to her call."""

    person: Person
    alerts: list[Alert]
    listeners: list[Monitoring] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return max((one.weight for one in self.alerts), default=0.0)


@dataclass
class TeamRows:
    """A team; `name` is empty of those in none. Folded it shows how many are in which state."""

    name: str
    rows: list[Row] = field(default_factory=list)
    is_open: bool = True

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many are in each state, in their order and as it is said."""
        found = Counter(row.person.state for row in self.rows)
        return [(state_words(state), found[state]) for state in ORDER if found[state]]

    @property
    def alerts(self) -> int:
        return sum(len(row.alerts) for row in self.rows)


@dataclass(frozen=True)
class Room:
    """Everything of one moment."""

    now: datetime
    teams: list[TeamRows]
    alerts: list[Alert]
    waiting: list[Waiting]
    links: list[LinkAge]
    counts: Counter[str]

    @property
    def waits(self) -> int:
        return sum(one.count for one in self.waiting)

    @property
    def longest(self) -> Waiting | None:
        return self.waiting[0] if self.waiting else None

    @property
    def states(self) -> list[tuple[str, int]]:
        """The figures of the head: how many are called, in a call, free, wrapping up and pausing."""
        seen = (State.RINGING, State.ON_A_CALL, State.AVAILABLE, State.WRAPPING_UP, State.PAUSED)
        return [(state_words(state), self.counts[state]) for state in seen]

    @property
    def has_switchboard(self) -> bool:
        """Whether one is in use: without any nobody's call is known, and none is listened to."""
        return bool(self.links)

    @property
    def is_deaf(self) -> bool:
        """Whether some switchboard is not heard: who waits or talks there nobody knows."""
        return any(not one.is_up for one in self.links)

    @property
    def more_alerts(self) -> int:
        return max(0, len(self.alerts) - ALERTS_SHOWN)

    @property
    def signed_in(self) -> int:
        return sum(count for state, count in self.counts.items() if state)


def person_now(*, agent: Agent, now: datetime) -> Person | None:
    """One agent as the room shows her; None of who is neither on duty nor signed in."""
    today = now.astimezone(LA_PAZ).date()
    found = people_now(today=today, begins=midnight_of(today), only=agent.pk)
    return found[0] if found else None


def alerts_now(*, now: datetime) -> list[Alert]:
    """What asks for attention, for whoever does not look at the page."""
    today = now.astimezone(LA_PAZ).date()
    people = people_now(today=today, begins=midnight_of(today))
    return find_alerts(people=people, waiting=who_waits(), links=link_ages(now=now), now=now)


def lay_room(*, now: datetime, opened: Collection[str] = ()) -> Room:
    """As it stands now. `opened`: the teams that were unfolded, where there are too many agents for one look."""
    today = now.astimezone(LA_PAZ).date()
    people = people_now(today=today, begins=midnight_of(today))
    waiting, links = who_waits(), link_ages(now=now)
    alerts = find_alerts(people=people, waiting=waiting, links=links, now=now)
    listeners = who_listens() if links else {}
    of_agents: dict[int | None, list[Alert]] = {}
    for alert in alerts:
        of_agents.setdefault(alert.agent, []).append(alert)
    teams: dict[str, TeamRows] = {}
    for person in people:
        row = Row(person, of_agents.get(person.pk, []), listeners.get(person.pk, []))
        teams.setdefault(person.team, TeamRows(person.team)).rows.append(row)
    for team in teams.values():
        team.is_open = len(people) <= UNFOLDED_AT_MOST or team.name in opened
        team.rows.sort(key=lambda row: (-row.weight, ORDER.index(row.person.state), -row.person.seconds(now=now)))
    return Room(
        now=now,
        teams=sorted(teams.values(), key=lambda team: (-team.alerts, team.name.casefold())),
        alerts=alerts,
        waiting=waiting,
        links=links,
        counts=Counter(person.state for person in people),
    )
