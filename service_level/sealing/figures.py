"""What is sealed of a month, told from the counted figures, and told once more from the lines alone.

Both give the same plain data: by line and in two totals whole numbers and the level as a text, and by day and line how
many were registered, counted and in time. The second way shares with the first the reading of a line and the pairing of
a call, and nothing else: no SQL counts in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service_level.days import LA_PAZ, bounds_of
from service_level.indicator.figures import Counts, Grain, figures_between, plain_counts, queues_of
from service_level.models import Formula
from service_level.months import after
from telephony.queue_log.recounting import visits_from_lines
from telephony.queue_log.visits import Outcome, Visit

ALSO = ("counted", "waiting", "unknown", "odd", "wait_total", "talk_total")
NAMES = {Outcome.HUNG_UP: "hung_up", Outcome.TIMED_OUT: "timed_out", Outcome.OTHER: "other", Outcome.WAITING: "waiting"}
Key = tuple[str, bool, date]  # line, whether the regulator counts it, day


def plain_formula(formula: Formula, month: date) -> dict[str, Any]:
    """What it is counted by: seconds, target, what counts, and the line of each queue."""
    return {
        "document": formula.document,
        "seconds": formula.seconds,
        "target": str(formula.target),
        "shortest_hang_up": formula.shortest_hang_up,
        "counts_timed_out": formula.counts_timed_out,
        "counts_other": formula.counts_other,
        "queues": {one.queue: [one.line, one.name, one.counts_for_att] for one in queues_of(month)},
    }


def figures_as_counted(month: date) -> dict[str, Any]:
    """From the figures there are."""
    counted: dict[Key, Counts] = defaultdict(Counts)
    for figure in figures_between(Grain.DAY, month, after(month) - timedelta(days=1)):
        day = figure.began_at.astimezone(LA_PAZ).date()
        counted[figure.line, figure.counts_for_att, day] += Counts.of(figure)
    return _told(counted)


def figures_from_lines(month: date, formula: Mapping[str, Any]) -> dict[str, Any]:
    """From the lines the switchboards wrote, by a formula as `plain_formula` tells it."""
    begins, ends = bounds_of(month, after(month) - timedelta(days=1))
    counted: dict[Key, Counts] = defaultdict(Counts)
    for visit in visits_from_lines(begins, ends):
        line, _name, for_att = formula["queues"].get(visit.queue[:80], (visit.queue[:80], "", False))
        day = datetime.fromtimestamp(visit.entered_at, LA_PAZ).date()
        counted[line, for_att, day] += _counts_of(visit, formula)
    return _told(counted)


def _counts_of(visit: Visit, formula: Mapping[str, Any]) -> Counts:
    """One visit, as the formula has it."""
    wait, odd = visit.wait, int(bool(visit.oddities))
    if visit.outcome == Outcome.ANSWERED:
        return Counts(
            answered=1,
            counted=1,
            within=int(wait is not None and wait <= formula["seconds"]),
            unknown=int(wait is None),
            wait_total=wait or 0,
            talk_total=visit.talk or 0,
            longest=wait,
            odd=odd,
        )
    counts = {
        Outcome.HUNG_UP: wait is None or wait >= formula["shortest_hang_up"],
        Outcome.TIMED_OUT: formula["counts_timed_out"],
        Outcome.OTHER: formula["counts_other"],
        Outcome.WAITING: False,
    }[visit.outcome]
    return Counts(**{NAMES[visit.outcome]: 1}, counted=int(counts), longest=wait, odd=odd)


def _told(counted: Mapping[Key, Counts]) -> dict[str, Any]:
    lines: dict[str, Counts] = defaultdict(Counts)
    days: dict[str, dict[str, list[int]]] = defaultdict(dict)
    totals = {"att": Counts(), "all": Counts()}
    for (line, for_att, day), counts in sorted(counted.items(), key=lambda one: (one[0][2], one[0])):
        lines[line] += counts
        totals["all"] += counts
        if for_att:
            totals["att"] += counts
        before = days[day.isoformat()].get(line, [0, 0, 0])
        said = (counts.registered, counts.counted, counts.within)
        days[day.isoformat()][line] = [old + new for old, new in zip(before, said, strict=True)]
    return {
        "lines": {line: _plain(counts) for line, counts in sorted(lines.items())},
        "totals": {name: _plain(counts) for name, counts in totals.items()},
        "days": dict(days),
    }


def _plain(counts: Counts) -> dict[str, Any]:
    return {**plain_counts(counts), **{name: getattr(counts, name) for name in ALSO}, "longest": counts.longest}


def meets(figures: Mapping[str, Any], formula: Mapping[str, Any]) -> bool | None:
    """Whether the sealed figure meets its target; None without calls. Of whole calls, not of a rounded level."""
    att = figures["totals"]["att"]
    return None if not att["counted"] else 100 * att["within"] >= Decimal(formula["target"]) * att["counted"]
