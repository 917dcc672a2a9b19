"""A month's indicator as a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from screens.spreadsheets import Sheet
from service_level.days import LA_PAZ
from service_level.indicator.accounts import Accounts
from service_level.indicator.figures import Counts, Grain, Month, figures_between
from service_level.models import LineFigure
from service_level.months import after


def sheets_of(figures: Month) -> list[Sheet]:
    """Lines with both totals, days, half hours."""
    last = after(figures.month) - timedelta(days=1)
    days = figures_between(Grain.DAY, figures.month, last)
    halves = figures_between(Grain.HALF_HOUR, figures.month, last)
    lines: list[list[Any]] = [
        *([line.number, line.name, _yes(line.counts_for_att), *_cells(line.counts)] for line in figures.lines),
        [_("Suma ATT"), "", _yes(True), *_cells(figures.att)],
        [_("Suma de todas"), "", "", *_cells(figures.all)],
    ]
    by_day: list[list[Any]] = [[_begun(one).date(), *_of(one)] for one in days]
    by_half: list[list[Any]] = [[_begun(one).date(), _begun(one).time(), *_of(one)] for one in halves]
    said = figures.formula
    formula: list[list[Any]] = [
        [_("Meta (%)"), float(said.target)],
        [_("Segundos"), said.seconds],
        [_("Colgó antes de (s): no cuenta"), said.shortest_hang_up],
        [_("Cuentan las que agotan la espera"), _yes(said.counts_timed_out)],
        [_("Cuentan las que salen de otra manera"), _yes(said.counts_other)],
        [_("Norma"), said.document],
    ]
    return [
        Sheet(_("Líneas"), [_("Línea"), _("Nombre"), _("ATT"), *_heads()], lines),
        Sheet(_("Días"), [_("Día"), _("Línea"), _("ATT"), *_heads()], by_day),
        Sheet(_("Medias horas"), [_("Día"), _("Desde"), _("Línea"), _("ATT"), *_heads()], by_half),
        Sheet(_("Fórmula"), [_("Qué"), _("Valor")], formula),
    ]


def sheet_of_accounts(told: Mapping[str, Accounts]) -> Sheet:
    """What other accounts say, of each of the totals by its words."""
    rows: list[list[Any]] = [
        [of, one.variant.words, one.variant.how, one.counted, one.within, _level(one.level), one.differing]
        for of, accounts in told.items()
        for one in accounts.accounts
    ]
    heads = [
        *(_("De"), _("Cuenta"), _("Cómo cuenta"), _("Cuentan"), _("A tiempo"), _("A tiempo (%)")),
        _("Llamadas que hacen la diferencia"),
    ]
    return Sheet(_("Otras cuentas"), heads, rows)


def _begun(figure: LineFigure) -> datetime:
    return figure.began_at.astimezone(LA_PAZ)


def _of(figure: LineFigure) -> list[Any]:
    return [figure.line, _yes(figure.counts_for_att), *_cells(Counts.of(figure))]


def _heads() -> list[str]:
    return [
        _("Registradas"), _("Cuentan"), _("Atendidas"), _("A tiempo"), _("A tiempo (%)"), _("Colgaron"),
        _("Agotaron la espera"), _("Otra salida"), _("Espera media (s)"), _("Mediana (s)"), _("90 % esperó (s)"),
        _("La más larga (s)"), _("Conversación media (s)"), _("Sin espera conocida"), _("Con anomalías"),
    ]  # fmt: skip


def _cells(counts: Counts) -> list[Any]:
    return [
        counts.registered, counts.counted, counts.answered, counts.within, _level(counts.level),
        counts.hung_up, counts.timed_out, counts.other, counts.mean_wait, counts.median, counts.ninth, counts.longest,
        counts.mean_talk, counts.unknown, counts.odd,
    ]  # fmt: skip


def _level(level: Decimal | None) -> Any:
    return _("sin datos") if level is None else float(level)


def _yes(is_so: bool) -> str:
    return _("sí") if is_so else _("no")
