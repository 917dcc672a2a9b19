"""What the procedure costs: how long its steps take, where its calls end, where agents decide otherwise.

Also the calls it causes itself: whoever is told to dial 101 calls again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from inbound.attended.finding import Asked
from inbound.models import FlowVersion
from inbound.walks.state import CONTINUED, flow_of
from screens.charts import Chart, bars_by
from screens.spreadsheets import Sheet

BARS = 12  # steps a chart shows: those that cost most
A_FEW_MINUTES = 600  # seconds
WALKS = """
WITH asked AS (
    SELECT w.*, l.number AS line_number, extract(epoch FROM w.ended_at - w.began_at) AS seconds
      FROM inbound_walk w JOIN inbound_serviceline l ON l.id = w.line_id
     WHERE w.began_at >= %(began)s AND w.began_at < %(until)s AND w.escalation_id IS NULL
       AND (%(line)s = '' OR l.number = %(line)s) AND (%(agent)s::bigint IS NULL OR w.agent_id = %(agent)s)
)
"""


OF_LINES = """
SELECT a.line_number, l.name, count(*), count(a.ended_at),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY a.seconds),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY a.seconds)
  FROM asked a JOIN inbound_serviceline l ON l.id = a.line_id
 GROUP BY a.line_number, l.name, l.position ORDER BY l.position, a.line_number
"""
OF_ENDS = """
SELECT line_number, result_label, count(*) FROM asked WHERE ended_at IS NOT NULL
 GROUP BY line_number, result_label ORDER BY line_number, count(*) DESC
"""
OF_STEPS = """
SELECT v.line_id, f.step, max(f.version_id), count(*),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM f.left_at - f.entered_at)),
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM f.left_at - f.entered_at)),
       sum(extract(epoch FROM f.left_at - f.entered_at)),
       count(*) FILTER (WHERE f.proposed <> '' AND f.chosen <> '' AND f.chosen <> f.proposed
                          AND f.chosen <> %(continued)s),
       count(*) FILTER (WHERE f.by_hand), count(f.returns_to),
       count(*) FILTER (WHERE f.chosen = %(continued)s)
  FROM asked a JOIN inbound_footstep f ON f.walk_id = a.id JOIN inbound_flowversion v ON v.id = f.version_id
 WHERE f.left_at IS NOT NULL
 GROUP BY v.line_id, f.step
"""


@dataclass(frozen=True)
class StepTime:
    """One step over a stretch of days; times in seconds."""

    line: str
    step: str
    ref: str
    title: str
    times: int
    median: float
    ninetieth: float
    total: float
    overrides: int
    by_hand: int
    went_back: int


@dataclass(frozen=True)
class LineTime:
    """One line's calls; times in seconds, of those that ended."""

    line: str
    name: str
    calls: int
    ended: int
    median: float
    ninetieth: float


@dataclass(frozen=True)
class Caused:
    """Calls that a step sends to another line: `told` to dial it, or gone on with in the same call."""

    line: str
    ref: str
    title: str
    told: int
    continued: int


@dataclass(frozen=True)
class TimeFigures:
    lines: list[LineTime]
    steps: list[StepTime]
    ends: dict[str, dict[str, int]]
    caused: list[Caused]

    @property
    def calls(self) -> int:
        return sum(line.calls for line in self.lines)

    @property
    def decided_otherwise(self) -> int:
        return sum(step.overrides for step in self.steps)

    @property
    def sent_on(self) -> int:
        return sum(one.told + one.continued for one in self.caused)


def time_figures(*, asked: Asked) -> TimeFigures:
    """All of it, in three statements over the calls that began on the days asked for."""
    began, until = asked.began
    values: dict[str, Any] = {
        "began": began,
        "until": until,
        "line": asked.line,
        "agent": asked.agent,
        "continued": CONTINUED,
    }
    lines = [
        LineTime(line, name, calls, ended, median or 0.0, ninetieth or 0.0)
        for line, name, calls, ended, median, ninetieth in _rows(OF_LINES, values)
    ]
    ends: dict[str, dict[str, int]] = {}
    for line, label, count in _rows(OF_ENDS, values):
        ends.setdefault(line, {})[label] = count
    steps, caused = _steps_and_caused(_rows(OF_STEPS, values))
    return TimeFigures(lines, steps, ends, caused)


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(WALKS + statement, values)
        return cursor.fetchall()


def _steps_and_caused(rows: Iterable[tuple[Any, ...]]) -> tuple[list[StepTime], list[Caused]]:
    """The steps, where most time goes first; and the calls that steps sent to another line, in the order of lines."""
    numbers = dict(FlowVersion.objects.values_list("line_id", "line__number").distinct())
    steps, caused = [], []
    for line_id, name, version, times, median, ninetieth, total, overrides, by_hand, back, continued in rows:
        step = flow_of(version).steps[name]
        line = numbers[line_id]
        numbers_of_it = (times, median, ninetieth, float(total), overrides, by_hand, back)
        steps.append(StepTime(line, name, step.ref, step.title, *numbers_of_it))
        if step.continue_as:
            caused.append(Caused(line, step.ref, step.title, times - continued, continued))
    steps.sort(key=lambda one: (-one.total, one.line, one.ref))
    return steps, sorted(caused, key=lambda one: (one.line, one.ref))


def charts_of(figures: TimeFigures) -> list[Chart]:
    """Where time goes, and how calls end; empty while nothing was attended."""
    if not figures.steps:
        return []
    longest = figures.steps[:BARS]
    title, unit, seconds = _("Minutos por paso"), _("minutos"), 60
    if longest[0].total < A_FEW_MINUTES:  # a quiet morning would be a chart of noughts
        title, unit, seconds = _("Segundos por paso"), _("segundos"), 1
    costly = {f"{step.ref} {step.title}": round(step.total / seconds, 1) for step in longest}
    ends: dict[str, int] = {}
    for line, labels in figures.ends.items():
        for label, count in labels.items():
            ends[f"{line} {label}"] = count
    most = dict(sorted(ends.items(), key=lambda item: -item[1])[:BARS])
    charts = [bars_by(title=title, values=costly, unit=unit, label=_("Paso"))]
    if most:
        charts.append(bars_by(title=_("Cómo terminan"), values=most, unit=_("llamadas"), label=_("Resultado")))
    return charts


def sheets_of(figures: TimeFigures) -> list[Sheet]:
    """The figures as a workbook: steps, ends, calls caused; times in seconds."""
    steps: list[list[Any]] = [
        [one.line, one.ref, one.title, one.times, float(one.median), float(one.ninetieth), one.total, one.overrides,
         one.by_hand, one.went_back]
        for one in figures.steps
    ]  # fmt: skip
    heads = [_("Línea"), _("Paso"), _("Título"), _("Veces"), _("Mediana (s)"), _("90 % (s)"), _("Total (s)"),
             _("Otra rama que la propuesta"), _("A mano"), _("Vueltas atrás")]  # fmt: skip
    ends = [[line, label, count] for line, labels in figures.ends.items() for label, count in labels.items()]
    sent_on = [_("Línea"), _("Paso"), _("Título"), _("Se le dijo que marque"), _("Siguió")]
    caused = [[one.line, one.ref, one.title, one.told, one.continued] for one in figures.caused]
    return [
        Sheet(_("Pasos"), heads, steps),
        Sheet(_("Cómo terminan"), [_("Línea"), _("Resultado"), _("Llamadas")], ends),
        Sheet(_("Llamadas que causa"), sent_on, caused),
    ]
