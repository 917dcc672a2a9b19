"""Whoever sits at a telephone is paused in its queues unless she takes calls; who pauses there pauses here as well.

What the switchboard says of its members is compared with what agents do, again and again, and what differs is asked
for: nothing is owed, so nothing is kept. A pause that is told and that nobody asked for was made at the telephone, or
by somebody at the switchboard: the agent's state follows it where the table of states has such a step. Where it has
none, the next comparison brings the switchboard back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from django.utils.translation import gettext as _

from agents.models import Agent, AgentState, By, PauseReason
from agents.states import Event as Change
from agents.states import StateRefused, change_state, open_state
from agents.telling import tell_pages
from telephony.channels import number_of
from telephony.events import Event, Member, MemberPaused, MemberRemoved, MemberSeen
from telephony.models import Seat

State = AgentState.State
TAKES_CALLS = (State.AVAILABLE, State.RINGING, State.ON_A_CALL)
WRAP_UP, AWAY, SIGNED_OUT = "wrap-up", "away", "signed-out"
OF_THE_HOUSE = (WRAP_UP, AWAY, SIGNED_OUT)  # reasons no telephone gives
AT_THE_TELEPHONE = "TELEFONO"  # the code of the reason of whoever gives none there that is known here
TOLD_WITHIN = timedelta(seconds=5)  # what was asked for is told by then; else it is asked for once more
ECHOES_FOR = timedelta(seconds=10)  # what is told as it was asked for is no news
AFTER_A_REFUSAL = timedelta(minutes=1)
IN_A_ROW, IN_THE_TIME = 3, timedelta(seconds=10)  # at most so often the same, whoever undoes it every time

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pause:
    """Whether a member is paused, and why; `reason` is None where the switchboard does not say it."""

    is_on: bool
    reason: str | None = ""

    def is_as(self, wanted: Pause) -> bool:
        return self.is_on == wanted.is_on and (not self.is_on or self.reason in (None, wanted.reason))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be asked for: a telephone, in all its queues."""

    interface: str
    pause: Pause

    @property
    def headers(self) -> list[tuple[str, str]]:
        told = [("Interface", self.interface), ("Paused", "true" if self.pause.is_on else "false")]
        return [*told, ("Reason", self.pause.reason)] if self.pause.reason else told


@dataclass(slots=True)
class Tries:
    """How often the same was asked for a telephone, and from when on it may be again."""

    wanted: Pause
    times: deque[datetime] = field(default_factory=lambda: deque(maxlen=IN_A_ROW))
    again_from: datetime | None = None


def wanted_of(state: AgentState | None) -> Pause:
    """How the queues are to have an agent in this stretch; None is signed out."""
    if state is None:
        return Pause(True, SIGNED_OUT)
    if state.state in TAKES_CALLS:
        return Pause(False)
    if state.state == State.PAUSED and state.reason is not None:
        return Pause(True, state.reason.code)
    return Pause(True, WRAP_UP if state.state == State.WRAPPING_UP else AWAY)


class Pauses:
    """Of the members of a switchboard's queues, as its holder knows them. Used in the thread of the database alone."""

    def __init__(self, switchboard_id: int) -> None:
        self._board = switchboard_id
        self._members: dict[str, dict[str, Pause]] = {}  # by interface, by queue
        self._echoes: dict[tuple[str, str], deque[tuple[Pause, datetime]]] = {}  # by interface and queue, with its end
        self._tries: dict[str, Tries] = {}

    def take(self, event: Event, *, at: datetime, is_news: bool) -> None:
        """What the switchboard tells of a member. Not `is_news`: another heard it, before what there is was asked."""
        match event:
            case MemberSeen(member, is_paused=is_on, reason=reason):
                before = self._members.get(member.interface, {}).get(member.queue)
                known = before.reason if before is not None and before.is_on else None
                self._note(member, Pause(is_on, (reason or known) if is_on else ""))
            case MemberPaused(member, is_on, reason):
                self._hear(member, Pause(is_on, reason if is_on else ""), at=at, is_news=is_news)
            case MemberRemoved(member):
                queues = self._members.get(member.interface, {})
                queues.pop(member.queue, None)
                self._echoes.pop((member.interface, member.queue), None)
                if not queues:
                    self._members.pop(member.interface, None)
                    self._tries.pop(member.interface, None)
            case _:
                pass

    def differing(self, *, now: datetime) -> list[Asked]:
        """What is to be asked for now; it counts as asked for. Two statements, where there is any member."""
        wanted = self._wanted() if self._members else {}
        asked = []
        for interface, queues in self._members.items():
            want, tries = wanted.get(number_of(interface)), self._tries.get(interface)
            if want is None or all(there.is_as(want) for there in queues.values()):
                if tries is not None:
                    tries.again_from = None
                continue
            if tries is None or tries.wanted != want:
                tries = self._tries[interface] = Tries(want)
            if tries.again_from is not None and now < tries.again_from:
                continue
            was_not_told = tries.again_from is not None
            tries.again_from = now + (AFTER_A_REFUSAL if was_not_told else TOLD_WITHIN)
            tries.times.append(now)
            for queue in queues:
                self._echoes.setdefault((interface, queue), deque()).append((want, now + ECHOES_FOR))
            asked.append(Asked(interface, want))
        return asked

    def refused(self, asked: Asked, *, said: str, now: datetime) -> None:
        """The switchboard did not do it: it is not asked again at once."""
        log.warning("pause_refused", interface=asked.interface, is_on=asked.pause.is_on, why=said)
        for queue in self._members.get(asked.interface, {}):
            self._echoes.pop((asked.interface, queue), None)
        tries = self._tries.get(asked.interface)
        if tries is not None and tries.wanted == asked.pause:
            tries.again_from = now + AFTER_A_REFUSAL

    def _hear(self, member: Member, told: Pause, *, at: datetime, is_news: bool) -> None:
        before = self._members.get(member.interface, {}).get(member.queue)
        self._note(member, told)
        if self._is_echo(member, told, at=at) or told == before or not is_news:
            return
        tries = self._tries.get(member.interface)
        if tries is not None:  # somebody undid what was asked for: again at once, but for who undoes it every time
            often = len(tries.times) == IN_A_ROW and at - tries.times[0] < IN_THE_TIME
            tries.again_from = tries.times[0] + IN_THE_TIME if often else None
        if (agent := self._sitting_at(member.interface)) is not None:
            follow(agent, told, at=at)

    def _note(self, member: Member, pause: Pause) -> None:
        self._members.setdefault(member.interface, {})[member.queue] = pause

    def _is_echo(self, member: Member, told: Pause, *, at: datetime) -> bool:
        """Whether it is what was asked for here; what was asked before it will not be told any more."""
        expected = self._echoes.get((member.interface, member.queue), deque())
        while expected and expected[0][1] < at:
            expected.popleft()
        if not any(told.is_as(one) for one, _until in expected):
            return False
        while not told.is_as(expected.popleft()[0]):
            continue
        return True

    def _wanted(self) -> dict[str, Pause]:
        """By extension, of those at which somebody sits."""
        there = Seat.objects.in_use().filter(extension__switchboard=self._board)
        seated = dict(there.values_list("extension__number", "agent"))
        states = AgentState.objects.open().filter(agent__in=seated.values()).select_related("reason")
        by_agent = {state.agent_id: state for state in states}
        return {number: wanted_of(by_agent.get(agent)) for number, agent in seated.items()}

    def _sitting_at(self, interface: str) -> Agent | None:
        there = Seat.objects.in_use().filter(extension__switchboard=self._board, extension__number=number_of(interface))
        seat = there.select_related("agent").first()
        return seat.agent if seat else None


def follow(agent: Agent, told: Pause, *, at: datetime) -> None:
    """Her state, after a pause that was begun or ended at her telephone; without such a step she stays as she is."""
    there = open_state(agent)
    if told.is_as(wanted_of(there)) or told.reason in OF_THE_HOUSE:
        return
    reason = _reason_of(told, there) if told.is_on else None
    if told.is_on and reason is None:
        return
    try:
        change_state(
            agent=agent, event=Change.PAUSED if told.is_on else Change.BACK, now=at, by=By.TELEPHONE, reason=reason
        )
    except StateRefused as refused:
        log.info("pause_not_followed", agent=agent.pk, is_on=told.is_on, why=str(refused))
    else:
        tell_pages([agent.user_id])


def _reason_of(told: Pause, there: AgentState | None) -> PauseReason | None:
    """The one of this code; of none that is known here the telephone's own, unless she pauses already."""
    named = PauseReason.objects.filter(code__iexact=told.reason or "", is_active=True).first()
    if named is not None or (there is not None and there.state == State.PAUSED):
        return named
    said = {"name": _("En el teléfono"), "position": 900, "is_active": False}  # nobody chooses it at the desk
    return PauseReason.objects.get_or_create(code=AT_THE_TELEPHONE, defaults=said)[0]
