"""What a seal keeps under short names, in words: where it was counted from, and which figures changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.figures.sheets import RATE_WORDS
from campaigns.models import Disposition, Service
from campaigns.models.contacts import CallList
from screens.differences import Difference
from screens.templatetags.screens import NOTHING, figure, percent

Words = str | Promise

ORIGINS: dict[str, Words] = {
    "reports": gettext_lazy("Reportes tomados"),
    "refund_reports": gettext_lazy("Reportes con devoluciones"),
    "renewals": gettext_lazy("Servicios por renovar"),
    "customers": gettext_lazy("Clientes, teléfonos y planes"),
    "steps": gettext_lazy("Pasos de la campaña"),
    "script": gettext_lazy("Guion"),
    "attempts": gettext_lazy("Llamadas"),
    "notes": gettext_lazy("Notas y correcciones de llamadas"),
    "entries": gettext_lazy("Contactos en las listas"),
    "promises": gettext_lazy("Compromisos de pago"),
    "receipts": gettext_lazy("Recibos"),
    "channels": gettext_lazy("Canal de cada recibo"),
    "matches": gettext_lazy("Recibo y servicio que paga"),
    "refunds": gettext_lazy("Devoluciones"),
    "payments": gettext_lazy("Pagos por servicio"),
    "call_backs": gettext_lazy("Llamadas acordadas"),
    "launch": gettext_lazy("Lanzamiento"),
    "launched_at": gettext_lazy("lanzada"),
    "calls_from": gettext_lazy("llamadas desde"),
    "calls_until": gettext_lazy("llamadas hasta"),
    "evaluated_on": gettext_lazy("medida el"),
    "hold_out_share": gettext_lazy("grupo de control"),
    "hold_out_seed": gettext_lazy("número del sorteo"),
    "draw": gettext_lazy("huella del sorteo"),
    "policy": gettext_lazy("Política al sellar"),
    "grace_days": gettext_lazy("días de gracia"),
    "attempts_a_campaign": gettext_lazy("intentos por campaña"),
    "attempts_a_day": gettext_lazy("intentos por día"),
    "minutes_between_attempts": gettext_lazy("minutos entre intentos"),
    "files": gettext_lazy("Archivos del informe"),
    "revision": gettext_lazy("revisión"),
    "sha256": gettext_lazy("huella"),
    "workbook": gettext_lazy("Libro XLSX"),
    "document": gettext_lazy("Documento PDF"),
    "payments_known_until": gettext_lazy("Pagos conocidos hasta el"),
    "previous": gettext_lazy("Revisión anterior"),
    "sealing": gettext_lazy("El sello"),
    "sealed_at": gettext_lazy("sellado el"),
    "sealed_by": gettext_lazy("por"),
    "reason": gettext_lazy("motivo"),
}

COUNTED: dict[str, Words] = {
    **RATE_WORDS,
    "assigned": gettext_lazy("Asignados"),
    "items": gettext_lazy("Total"),
    "callable": gettext_lazy("Se podían llamar"),
    "amount": gettext_lazy("Bs por pagar"),
    "amount_handled": gettext_lazy("Bs de gestionados"),
    "amount_contacted": gettext_lazy("Bs de contactados"),
    "amount_promised": gettext_lazy("Bs con compromiso"),
    "amount_paid": gettext_lazy("Bs pagados"),
    "amount_paid_after_contact": gettext_lazy("Bs tras contacto"),
    "amount_paid_without_contact": gettext_lazy("Bs sin contacto"),
    "amount_not_paid": gettext_lazy("Bs no pagados"),
    "amount_received": gettext_lazy("Bs recibidos"),
    "attempts": gettext_lazy("Llamadas"),
    "hours": gettext_lazy("Horas"),
    "points": gettext_lazy("Puntos"),
    "low": gettext_lazy("Desde (95 %)"),
    "high": gettext_lazy("Hasta (95 %)"),
    "called": gettext_lazy("Se podían llamar"),
    "called_paid": gettext_lazy("Se podían llamar y pagaron"),
    "held_out": gettext_lazy("Grupo de control"),
    "held_out_paid": gettext_lazy("Grupo de control que pagó"),
    "put_aside": gettext_lazy("Grupo de control"),
    "paid_on_contact_day": gettext_lazy("Pagados el mismo día del contacto"),
    "paid_part_before": gettext_lazy("Con una parte pagada ya antes"),
    "added": gettext_lazy("Aporte"),
    "evaluated_on": gettext_lazy("Medido el"),
}
UNITS: dict[str, Words] = {
    "services": gettext_lazy("Servicios"),
    "contacts": gettext_lazy("Contactos"),
    "amounts": gettext_lazy("Bolivianos"),
    "effect": gettext_lazy("Efecto de las llamadas"),
    "money": gettext_lazy("Bolivianos"),
    "report": gettext_lazy("Según el reporte"),
    "credited": gettext_lazy("De los servicios pagados tras contacto"),
}
GROUPS: dict[str, Words] = {  # in the order in which they are told, after the whole
    "service": gettext_lazy("Servicio"),
    "list": gettext_lazy("Lista"),
    "agent": gettext_lazy("Agente"),
    "zone": gettext_lazy("Zona"),
    "day": gettext_lazy("Día"),
    "disposition": gettext_lazy("Resultado"),
}
GROUPED = re.compile(r"by_(service|list|agent|zone|day|disposition)\.(.*?)((?:\.(?:contacts|services))?(?:\.[a-z_]+)?)")
NOT_FIGURES = ("id", "day")  # by which the lines of a list are told apart
WHOLE = re.compile(r"-?\d+")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(rf"{DAY.pattern}T\d\d:\d\d")


@dataclass(frozen=True)
class EvidenceLine:
    """One origin: its rows (None where rows are not what is counted) and its fingerprint, or what else is kept."""

    words: str
    rows: int | None
    told: str


@dataclass(frozen=True)
class ChangedFigure:
    """One figure that is not what it was, as people read it."""

    words: str
    before: str
    after: str


def origin_words(name: str) -> str:
    """What an origin is called; one that nobody foresaw goes by its own name."""
    return str(ORIGINS.get(name, name.replace("_", " ").capitalize()))


def evidence_lines(evidence: Mapping[str, Any], *, on: date) -> list[EvidenceLine]:
    """The evidence of a seal line by line, as it is told `on` a day, whatever its origins are and however nested.

    In the order of ORIGINS, then as they come: the database keeps the names of an object in an order of its own.
    """
    return list(_lines(evidence, "", on))


def _lines(evidence: Mapping[str, Any], above: str, on: date) -> Iterator[EvidenceLine]:
    order = {name: place for place, name in enumerate(ORIGINS)}
    for name in sorted(evidence, key=lambda name: order.get(name, len(order))):
        found = evidence[name]
        words = f"{above} · {origin_words(name)}" if above else origin_words(name)
        if isinstance(found, dict) and "sha256" in found:
            yield EvidenceLine(words, found.get("rows"), found["sha256"])
            yield from _lines({name: part for name, part in found.items() if name not in ("rows", "sha256")}, words, on)
        elif isinstance(found, dict):
            if any(isinstance(part, dict | list) for part in found.values()):
                yield from _lines(found, words, on)
            else:  # decided once: together on one line
                yield EvidenceLine(words, None, _told_together(found, on))
        elif isinstance(found, list):
            yield from _lines({str(place): part for place, part in enumerate(found, 1)}, words, on)
        elif name == "previous" and found is None:
            yield EvidenceLine(words, None, _("ninguna: es la primera"))
        elif isinstance(found, int):
            yield EvidenceLine(words, found, "")
        else:
            yield EvidenceLine(words, None, "" if found is None else _decided_words(name, found))


def _told_together(found: Mapping[str, Any], on: date) -> str:
    order = {name: place for place, name in enumerate(ORIGINS)}
    names = sorted(found, key=lambda name: order.get(name, len(order)))
    if "sealed_by" in found and not found["sealed_by"]:  # the system has no name, and its first seal no reason
        found = {**found, "sealed_by": _("el sistema, por sí solo")}
    names = [name for name in names if name != "reason" or found[name]]
    return " · ".join(f"{_decision(name, found[name], on)} {_decided_words(name, found[name])}" for name in names)


def _decision(name: str, value: Any, on: date) -> str:
    """What was decided, by name. The evaluation is still to come until its day is over."""
    if name == "evaluated_on" and value is not None and str(value) >= on.isoformat():
        return _("se medirá el")
    return origin_words(name)


def _decided_words(name: str, value: Any) -> str:
    """What was decided, as people read it; in the evidence itself moments are told in UTC and days in ISO."""
    text = str(value)
    if value is None:
        return NOTHING
    if MOMENT.match(text):
        return date_format(timezone.localtime(datetime.fromisoformat(text)), "d/m/Y H:i")
    if DAY.fullmatch(text):
        return date_format(date.fromisoformat(text), "d/m/Y")
    return percent(Decimal(text)) if name == "hold_out_share" else text


def changes_in_words(changes: Sequence[Difference], *, names: Mapping[str, str]) -> list[ChangedFigure]:
    """What changed, each figure once and the whole before its parts; `names` are those of agents by their id as text.

    What is only another way to tell a figure is left out: a percentage follows from its counts, and the head of the
    figures repeats those of the services.
    """
    there = {change.figure for change in changes}
    has_results = any(path.startswith("by_disposition.") for path in there)
    labels = {result.code: result.label for result in Disposition.objects.all()} if has_results else {}
    return [
        ChangedFigure(
            _path_words(change.figure, names, labels), _value_words(change.before), _value_words(change.after)
        )
        for change in sorted(changes, key=lambda change: _place(change.figure))
        if not _is_told_elsewhere(change.figure, there) and not _is_nothing_new(change)
    ]


def agent_names(figures: Mapping[str, Any]) -> dict[str, str]:
    """Names by id of the agents in the figures of a seal."""
    return {str(line["id"]): line["agent"] for line in figures.get("by_agent", [])}


def _is_told_elsewhere(path: str, there: set[str]) -> bool:
    first, _dot, rest = path.partition(".")
    twin = f"services.amount_{rest}" if first == "amounts" else f"services.{path}"
    parts = path.split(".")
    return "rates" in parts or twin in there or (len(parts) > 2 and parts[-1] in NOT_FIGURES)


def _is_nothing_new(change: Difference) -> bool:
    """A line that was not there, of which nothing was counted."""
    return change.before is None and str(change.after) in ("0", "0.00")


def _place(path: str) -> int:
    found = GROUPED.fullmatch(path)
    return 1 + list(GROUPS).index(found[1]) if found else 0


def _path_words(path: str, names: Mapping[str, str], labels: Mapping[str, str]) -> str:
    found = GROUPED.fullmatch(path)
    if found is None:
        return " · ".join(_part_words(part) for part in path.split("."))
    group, member, rest = found.groups()
    match group:
        case "service" if member in Service.values:
            member = str(Service(member).label)
        case "list" if member in CallList.values:
            member = str(CallList(member).label)
        case "agent":
            member = names.get(member) or _("Sin agente")
        case "zone":
            member = member or _("Sin zona")
        case "day":
            member = f"{date.fromisoformat(member):%d/%m/%Y}"
        case "disposition":
            member = labels.get(member, member)
    return " · ".join([f"{GROUPS[group]}: {member}", *(_part_words(part) for part in rest.split(".") if part)])


def _part_words(part: str) -> str:
    return str(UNITS.get(part) or COUNTED.get(part) or part.replace("_", " ").capitalize())


def _value_words(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    text = str(value)
    if WHOLE.fullmatch(text):
        return figure(text)
    try:
        return figure(Decimal(text), 2)
    except InvalidOperation:
        return text
