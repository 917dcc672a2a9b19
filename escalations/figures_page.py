"""The figures of the supervisors' work as charts, tables in words, and the sheets of a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from escalations.figures import Age, Figures, Lasting, Row
from screens.charts import Chart, bars_by
from screens.spreadsheets import Sheet

BARS = 12  # kinds or zones a chart shows: those with most
ROWS = 50  # zones the page shows; the workbook has them all
HOUR, MINUTE = 3600, 60
A_FEW_HOURS = 2 * HOUR


@dataclass(frozen=True)
class RowInWords:
    """A row as people read it: its figures, and the median and 90 % of its times as `4:05` hours."""

    row: Row
    name: str
    take: tuple[str, str]
    resolve: tuple[str, str]


def rows_in_words(rows: Iterable[Row], *, without_name: str) -> list[RowInWords]:
    """The first rows in words, those with most; `without_name` stands where nobody wrote a zone."""
    return [
        RowInWords(row, row.name or without_name, _both(row.take), _both(row.resolve)) for row in islice(rows, ROWS)
    ]


def hours(seconds: float | None) -> str:
    """`4:05`: hours and minutes."""
    if seconds is None:
        return "—"
    minutes = round(seconds / MINUTE)
    return f"{minutes // 60}:{minutes % 60:02}"


def charts_of(figures: Figures) -> list[Chart]:
    """Age of what is open, what was raised, what came overdue, and how long it lasted; without what is empty."""
    many, kind, zone = _("derivaciones"), _("Tipo"), _("Zona")
    charts = []
    if figures.open:
        parts = {
            _age(age): {_("No vencieron"): age.open - age.overdue, _("Vencieron"): age.overdue} for age in figures.ages
        }
        title = _("Abiertas ahora, por su edad en días de trabajo")
        charts.append(bars_by(title=title, values=parts, unit=many, label=_("Edad")))
    if figures.kinds:
        stand = {
            row.name: {_("Abiertas"): row.open, _("Cerradas"): row.closed, _("Unidas a otra"): row.merged}
            for row in figures.kinds[:BARS]
        }
        charts.append(bars_by(title=_("Derivadas por tipo"), values=stand, unit=many, label=kind))
    nowhere = _("Sin zona")
    overdue = [
        (_("Vencieron, por tipo"), kind, {row.name: row.overdue for row in figures.kinds}),
        (_("Vencieron, por zona"), zone, {row.name or nowhere: row.overdue for row in figures.zones}),
    ]
    for title, label, counts in overdue:
        if most := _most(counts):
            charts.append(bars_by(title=title, values=most, unit=many, label=label))
    lasted = [
        (_("Hasta que alguien la toma, por tipo"), {row.name: row.take for row in figures.kinds}),
        (_("Hasta que se resuelve, por tipo"), {row.name: row.resolve for row in figures.kinds}),
    ]
    return charts + [_time_chart(title, measured) for title, times in lasted if (measured := _measured(times))]


def sheets_of(figures: Figures) -> list[Sheet]:
    """The figures as a workbook: the whole, kinds, zones and ages; times in hours."""
    counted = [_("Derivadas"), _("Abiertas"), _("Cerradas"), _("Unidas a otra"), _("Vencieron")]
    measures = [_("de trabajo"), _("de reloj")]
    times = [
        f"{what}, {part} ({_('h')} {measure})"
        for what in (_("Tomar"), _("Resolver"))
        for measure in measures
        for part in (_("mediana"), _("90 %"))
    ]
    ages = [[_age(age), age.open, age.overdue] for age in figures.ages]
    return [
        Sheet(title, [head, *counted, *times], map(_cells, rows), _cells(replace(figures.whole, name=_("Todas"))))
        for title, head, rows in (
            (_("Por tipo"), _("Tipo"), figures.kinds),
            (_("Por zona"), _("Zona"), figures.zones),
        )
    ] + [Sheet(_("Abiertas por edad"), [_("Días de trabajo"), _("Abiertas"), _("Vencieron")], ages)]


def rows_of(figures: Figures) -> int:
    """Rows of the workbook, for the book of exports."""
    return len(figures.kinds) + len(figures.zones) + len(figures.ages)


def _cells(row: Row) -> list[Any]:
    times = [
        None if seconds is None else round(seconds / HOUR, 2)
        for time in (row.take, row.resolve)
        for seconds in (time.median, time.ninetieth, time.clock_median, time.clock_ninetieth)
    ]
    return [row.name, row.raised, row.open, row.closed, row.merged, row.overdue, *times]


def _age(age: Age) -> str:
    if age.until is None:
        return _("más de %(days)d") % {"days": age.since - 1}
    if age.until == 0:
        return _("del día")
    return str(age.until) if age.since == age.until else _("%(from)d a %(to)d") % {"from": age.since, "to": age.until}


def _most(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(((name, count) for name, count in counts.items() if count), key=lambda one: -one[1])[:BARS])


def _measured(times: Mapping[str, Lasting]) -> dict[str, tuple[float, float]]:
    """Median and 90 % of those that happened at all."""
    found = {
        name: (time.median, time.ninetieth)
        for name, time in times.items()
        if time.median is not None and time.ninetieth is not None
    }
    return dict(islice(found.items(), BARS))


def _time_chart(title: str, times: Mapping[str, tuple[float, float]]) -> Chart:
    """A bar to the median and on to the 90 %; its table tells both from the beginning."""
    unit, seconds = _("horas"), HOUR
    if max(ninetieth for _median, ninetieth in times.values()) < A_FEW_HOURS:
        unit, seconds = _("minutos"), MINUTE
    bars = {
        name: {_("Mediana"): round(median / seconds, 1), _("De ahí al 90 %"): round((ninetieth - median) / seconds, 1)}
        for name, (median, ninetieth) in times.items()
    }
    chart = bars_by(title=title, values=bars, unit=unit, label=_("Tipo"))
    rows = tuple((name, hours(median), hours(ninetieth)) for name, (median, ninetieth) in times.items())
    return replace(chart, headers=(_("Tipo"), _("Mediana (h:mm)"), _("90 % (h:mm)")), rows=rows)


def _both(time: Lasting) -> tuple[str, str]:
    return hours(time.median), hours(time.ninetieth)
