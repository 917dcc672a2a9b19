"""The workbook: agents' days, the days of each in one, and how long calls take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from agents.day import added_up
from callcenter.workdays.columns import figures_of, heads
from callcenter.workdays.finding import Workday, by_agent
from callcenter.workdays.handled import Handled
from screens.spreadsheets import Sheet
from telephony.handling import Handling


def sheets_of(workdays: Sequence[Workday], handled: Handled) -> list[Sheet]:
    """Times in seconds, so that they can be added up."""
    totals = figures_of(added_up(one.times for one in workdays))
    days = ([one.day, one.agent, one.team, *figures_of(one.times)] for one in workdays)
    each = ([one.agent, one.team, *figures_of(one.times)] for one in by_agent(workdays))
    timed = [_("Llamadas"), _("Terminadas"), _("Tiempo total (s)"), _("Tiempo medio (s)"), _("Medidas por la central")]
    return [
        Sheet(_("Jornadas"), [_("Día"), *heads()], days, [_("Total"), "", "", *totals]),
        Sheet(_("Por agente"), heads(), each, [_("Total"), "", *totals]),
        Sheet(_("Por línea"), [_("Línea"), *timed], _rows(handled.lines), _cells(handled.all_lines)),
        Sheet(
            _("Cómo terminan"), [_("Línea"), _("Resultado"), *timed],
            ([line, *_cells(one)] for line, one in handled.line_results),
        ),
        Sheet(
            _("Sin abrir su flujo"), [_("Línea"), *timed], _rows(handled.without_flow),
            _cells(handled.all_without_flow),
        ),
        Sheet(_("Por resultado"), [_("Resultado"), *timed], _rows(handled.results), _cells(handled.all_results)),
    ]  # fmt: skip


def _rows(handlings: Iterable[Handling]) -> Iterable[list[Any]]:
    return map(_cells, handlings)


def _cells(one: Handling) -> list[Any]:
    return [one.name, one.calls, one.ended, one.seconds, one.average, one.by_states]
