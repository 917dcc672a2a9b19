"""How long calls took the agents asked for: those of the lines, and those of the campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from callcenter.workdays.asking import Asked
from campaigns.figures.handling import results_handled
from inbound.attended.handling import handled_without_flow, lines_handled
from telephony.handling import Handling, added_up


@dataclass(frozen=True)
class Handled:
    """By line and how its calls ended, those without a flow, and by the result of the campaigns' calls."""

    lines: list[Handling]
    line_results: list[tuple[str, Handling]]
    without_flow: list[Handling]
    results: list[Handling]

    @property
    def all_lines(self) -> Handling:
        return added_up(self.lines, name=_("Total"))

    @property
    def all_line_results(self) -> Handling:
        """Without those under way."""
        return added_up((one for _line, one in self.line_results), name=_("Total"))

    @property
    def all_without_flow(self) -> Handling:
        return added_up(self.without_flow, name=_("Total"))

    @property
    def all_results(self) -> Handling:
        return added_up(self.results, name=_("Total"))


def find_handled(*, asked: Asked, now: datetime) -> Handled:
    """Four statements, however many agents and days."""
    lines = lines_handled(agents=asked.keys, first=asked.first, last=asked.last, now=now)
    without = handled_without_flow(agents=asked.keys, first=asked.first, last=asked.last, now=now)
    results = results_handled(agents=asked.keys, first=asked.first, last=asked.last, now=now)
    return Handled(lines.lines, lines.results, without, results)


def calls_of(line: Handling, *, asked: Asked) -> str:
    """Where the calls of a line are listed; of a team there is no such list."""
    if asked.team:
        return ""
    return f"{reverse('inbound:attended')}?{asked.but(line=line.code)}"
