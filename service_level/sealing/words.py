"""What a seal says, as people read it: the names of its figures, and a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screens.spreadsheets import Sheet
from service_level.models import MonthSeal
from service_level.months import written

NAMES = {
    "received": gettext_lazy("registradas"),
    "counted": gettext_lazy("cuentan"),
    "answered": gettext_lazy("atendidas"),
    "within": gettext_lazy("a tiempo"),
    "level": gettext_lazy("nivel (%)"),
    "hung_up": gettext_lazy("colgaron"),
    "timed_out": gettext_lazy("agotaron la espera"),
    "other": gettext_lazy("otra salida"),
    "waiting": gettext_lazy("esperan todavía"),
    "unknown": gettext_lazy("sin espera conocida"),
    "odd": gettext_lazy("con anomalías"),
    "wait_total": gettext_lazy("espera en total (s)"),
    "longest": gettext_lazy("la más larga (s)"),
    "talk_total": gettext_lazy("conversación en total (s)"),
}
TOTALS = {"att": gettext_lazy("Suma ATT"), "all": gettext_lazy("Suma de todas")}
OF_A_DAY = (gettext_lazy("registradas"), gettext_lazy("cuentan"), gettext_lazy("a tiempo"))


def figure_in_words(path: str) -> str:
    """`lines.101.within` → `101: a tiempo`; `totals.att.level` → `Suma ATT: nivel (%)`; `days.2026-11-03.101.2` → the
    same of a day.
    """
    parts = path.split(".")
    if parts[0] == "days":
        day = date.fromisoformat(parts[1])
        name = OF_A_DAY[int(parts[-1])] if parts[-1].isdecimal() and len(parts) > 3 else ""
        return f"{day:%d/%m}, {'.'.join(parts[2:-1]) or parts[-1]}: {name}".rstrip(": ")
    which = ".".join(parts[1:-1])
    return f"{TOTALS.get(which, which) if parts[0] == 'totals' else which}: {NAMES.get(parts[-1], parts[-1])}"


def sheets_of(sealed: MonthSeal) -> list[Sheet]:
    """Figures by line and in total, days, the evidence, and the seal itself."""
    figures, formula, evidence = sealed.figures, sealed.formula, sealed.evidence
    named = {line: name for line, name, _att in formula["queues"].values()}
    told = [
        *((line, named.get(line, ""), counts) for line, counts in figures["lines"].items()),
        *((str(words), "", figures["totals"][name]) for name, words in TOTALS.items()),
    ]
    lines = [[line, name, *(_cell(counts[one]) for one in NAMES)] for line, name, counts in told]
    days = [
        [date.fromisoformat(day), line, *counts]
        for day, by_line in figures["days"].items()
        for line, counts in by_line.items()
    ]
    files = [
        [date.fromisoformat(name.partition(" ")[0]), name.partition(" ")[2], count, told_by]
        for name, (count, told_by) in sorted(evidence["lines"].items())
    ]
    seal: list[list[Any]] = [
        [_("Mes"), written(sealed.month)],
        [_("Revisión"), sealed.revision],
        [_("Sellado"), timezone.localtime(sealed.sealed_at).replace(tzinfo=None)],
        [_("Por"), str(sealed.sealed_by or "")],
        [_("Motivo"), sealed.reason],
        [_("Norma"), formula["document"]],
        [_("Segundos"), formula["seconds"]],
        [_("Meta (%)"), float(formula["target"])],
        [_("Colgó antes de (s): no cuenta"), formula["shortest_hang_up"]],
        [_("Cuentan las que agotan la espera"), _("sí") if formula["counts_timed_out"] else _("no")],
        [_("Cuentan las que salen de otra manera"), _("sí") if formula["counts_other"] else _("no")],
        [_("Huella del sello anterior"), sealed.previous],
        [_("Huella"), sealed.sha256],
    ]
    return [
        Sheet(_("Líneas"), [_("Línea"), _("Nombre"), *(str(words).capitalize() for words in NAMES.values())], lines),
        Sheet(_("Días"), [_("Día"), _("Línea"), *(str(words).capitalize() for words in OF_A_DAY)], days),
        Sheet(_("Evidencia"), [_("Día"), _("Central"), _("Líneas"), _("Huella")], files),
        Sheet(_("Sello"), [_("Qué"), _("Valor")], seal),
    ]


def _cell(value: Any) -> Any:
    """A level is a text, so that no digit is lost; in a workbook it is a number."""
    return float(value) if isinstance(value, str) else (_("sin datos") if value is None else value)
