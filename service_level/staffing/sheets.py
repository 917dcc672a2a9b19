"""The needs as a workbook: who must sit where in the coming weeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from screens.spreadsheets import Sheet
from service_level.days import LA_PAZ
from service_level.models import ForecastTrial, StaffingNeed
from service_level.staffing.page import Day


def sheets_of(days: Sequence[Day], lines: Sequence[StaffingNeed]) -> list[Sheet]:
    """Seats by half hour and day; all that they are worked out of; how far off forecasts were."""
    seats = {(day.day, one.began_at.astimezone(LA_PAZ).time()): one.seats for day in days for one in day.needs}
    halves = sorted({half for _day, half in seats})
    grid: list[list[Any]] = [[half, *(seats.get((day.day, half)) for day in days)] for half in halves]
    foot: list[Any] = [_("Horas de agente"), *(day.hours for day in days)]
    all_of: list[list[Any]] = [
        [*_when(one), one.calls, one.handling, one.agents, one.seats, 100 * (one.level or 0.0)]
        for day in days
        for one in day.needs
    ]
    by_line: list[list[Any]] = [[*_when(one), one.line, one.calls, one.handling] for one in lines]
    trials = [
        [one.line or _("Todas las líneas"), one.calls, 100 * one.error, 100 * one.naive]
        for one in ForecastTrial.objects.order_by("line")
    ]
    when = [_("Día"), _("Desde")]
    calls = [_("Llamadas esperadas"), _("Atención de una (s)")]
    return [
        Sheet(_("Personas"), [_("Desde"), *(f"{day.day:%d/%m}" for day in days)], grid, foot),
        Sheet(_("Medias horas"), [*when, *calls, _("Agentes"), _("Personas"), _("A tiempo (%)")], all_of),
        Sheet(_("Por línea"), [*when, _("Línea"), *calls], by_line),
        Sheet(
            _("Error del pronóstico"), [_("Línea"), _("Llamadas"), _("Error (%)"), _("Como la semana anterior (%)")],
            trials,
        ),
    ]  # fmt: skip


def _when(one: StaffingNeed) -> list[Any]:
    begins = one.began_at.astimezone(LA_PAZ)
    return [begins.date(), begins.time()]
