"""The figures of a campaign as sheets of a workbook: exports of the page, and the sealed report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.figures.figures import Figures
from campaigns.figures.measuring import Counts
from campaigns.models import Service, Unit
from campaigns.models.contacts import CallList
from screens.spreadsheets import Sheet

RATE_WORDS = {
    "handled": gettext_lazy("Gestionados"),
    "contacted": gettext_lazy("Contactados"),
    "promised": gettext_lazy("Con compromiso"),
    "paid": gettext_lazy("Pagaron"),
    "paid_after_contact": gettext_lazy("Pagaron tras contacto"),
    "paid_without_contact": gettext_lazy("Pagaron sin contacto"),
    "not_paid": gettext_lazy("No pagaron"),
}
PAID_WORDS = {  # what is paid is told of contacts or of services: two numbers, and so two names
    Unit.CONTACT: {
        "paid": gettext_lazy("Contactos pagados"),
        "paid_after_contact": gettext_lazy("Contactos pagados tras contacto"),
        "paid_without_contact": gettext_lazy("Contactos pagados sin contacto"),
        "not_paid": gettext_lazy("Contactos no pagados"),
    },
    Unit.SERVICE: {
        "paid": gettext_lazy("Servicios pagados"),
        "paid_after_contact": gettext_lazy("Servicios pagados tras contacto"),
        "paid_without_contact": gettext_lazy("Servicios pagados sin contacto"),
        "not_paid": gettext_lazy("Servicios no pagados"),
    },
}
BASE_WORDS = {
    "items": gettext_lazy("del total"),
    "handled": gettext_lazy("de gestionados"),
    "contacted": gettext_lazy("de contactados"),
}


# What is told of one day: what was done and paid on it, and nothing of the whole it is a part of.
OF_A_DAY = ("handled", "contacted", "promised", "paid", "paid_after_contact")


def sheets_of(figures: Figures) -> Sequence[Sheet]:
    """Summary, services, agents, zones, days, dispositions: counts as numbers, every rate with its base.

    Filtered by a day only what happened on it: who paid then need not have been called then, so nothing has a base.
    """
    if figures.only.day:
        return [_summary_of_a_day(figures), _days(figures), _results(figures)]
    return [
        _summary(figures),
        _parts(_("Por servicio"), {str(Service(s).label): c for s, c in figures.by_service.items()}, Unit.SERVICE),
        _parts(_("Por lista"), {str(CallList(s).label): c for s, c in figures.by_list.items()}, Unit.CONTACT),
        _agents(figures),
        _zones(figures),
        _days(figures),
        _results(figures),
    ]


def counted(counts: Counts) -> list[Any]:
    return [
        counts.items, counts.handled, counts.contacted, counts.promised, counts.paid, counts.paid_after_contact,
        counts.paid_without_contact, counts.not_paid,
    ]  # fmt: skip


def _counted_heads(unit: Unit) -> list[str]:
    return [str(unit.label).capitalize(), *(_named(name, unit) for name in RATE_WORDS)]


def _named(figure: str, unit: Unit) -> str:
    return str(PAID_WORDS[unit].get(figure) or RATE_WORDS[figure])


def _money_heads() -> list[str]:
    """Of services, in every sheet; received is also what paid a part."""
    return [_("Bs por pagar"), _("Bs pagados"), _("Bs tras contacto"), _("Bs sin contacto"), _("Bs recibidos")]


def _money(counts: Counts) -> list[Any]:
    return [
        counts.amount, counts.amount_paid, counts.amount_paid_after_contact, counts.amount_paid_without_contact,
        counts.amount_received,
    ]  # fmt: skip


def _summary(figures: Figures) -> Sheet:
    rows: list[list[Any]] = []
    for unit, counts in ((Unit.CONTACT, figures.contacts), (Unit.SERVICE, figures.services)):
        words = str(unit.label).capitalize()
        rows.append([words, _("Total"), counts.items, None, None, ""])
        for name, rate in counts.rates.items():
            share = None if rate.share is None else float(rate.share * 100)
            rows.append([words, _named(name, unit), rate.part, share, rate.base, str(BASE_WORDS[rate.of])])
    if disclosed := figures.credited:
        after = figures.services.paid_after_contact
        rows += [
            [_("Servicios"), words, number, None, after, _("de pagados tras contacto")]
            for words, number in (
                (_("Pagados el mismo día del contacto"), disclosed.paid_on_contact_day),
                (_("Con una parte pagada ya antes"), disclosed.paid_part_before),
            )
        ]
    rows += _effect(figures)
    rows.append([_("Según el reporte"), figures.report, None, None, None, ""])
    rows.append([_("Pagos conocidos hasta el"), figures.payments_known_until, None, None, None, ""])
    heads = [_("Unidad"), _("Cifra"), _("Cantidad"), _("Porcentaje"), _("Base"), _("La base es")]
    return Sheet(_("Resumen"), heads, rows)


def _summary_of_a_day(figures: Figures) -> Sheet:
    rows: list[list[Any]] = [[_("Día"), figures.only.day, None]]
    rows += [
        [str(unit.label).capitalize(), _named(name, unit), getattr(counts, name)]
        for unit, counts in ((Unit.CONTACT, figures.contacts), (Unit.SERVICE, figures.services))
        for name in OF_A_DAY
    ]
    rows += [
        [_("Bolivianos"), _("Bs pagados"), figures.services.amount_paid],
        [_("Bolivianos"), _("Bs tras contacto"), figures.services.amount_paid_after_contact],
        [_("Según el reporte"), figures.report, None],
        [_("Pagos conocidos hasta el"), figures.payments_known_until, None],
    ]
    return Sheet(_("Resumen"), [_("Unidad"), _("Cifra"), _("Cantidad")], rows)


def _results(figures: Figures) -> Sheet:
    return Sheet(
        _("Resultados"),
        [_("Resultado"), _("Llamadas")],
        [(disposition.label, attempts) for disposition, attempts in figures.by_disposition],
        [_("Total"), sum(attempts for _d, attempts in figures.by_disposition)],
    )


def _effect(figures: Figures) -> list[list[Any]]:
    """What the calls added, in each unit; until it is measured, when it will be."""
    if figures.effect is None:
        if not figures.put_aside or figures.evaluated_on is None:
            return []
        if figures.is_evaluated:
            return [[_("Contactos"), _("Efecto de las llamadas: se mide sobre toda la campaña"), None, None, None, ""]]
        return [[_("Contactos"), _("Efecto de las llamadas: se mide el"), figures.evaluated_on, None, None, ""]]
    rows: list[list[Any]] = []
    for unit, found in ((_("Contactos"), figures.effect.contacts), (_("Servicios"), figures.effect.services)):
        if found is not None:
            base = found.called + found.held_out
            words = (_("Efecto de las llamadas (puntos)"), _("Efecto: desde (95 %)"), _("Efecto: hasta (95 %)"))
            rows += [
                [unit, told, None, round(points, 2), base, ""]
                for told, points in zip(words, (found.points, found.low, found.high), strict=True)
            ]
    if money := figures.effect.money:
        words = (_("Lo que aportaron las llamadas (Bs)"), _("Aporte: desde (95 %)"), _("Aporte: hasta (95 %)"))
        rows += [
            [_("Bolivianos"), told, round(amount, 2), None, None, ""]
            for told, amount in zip(words, (money.added, money.low, money.high), strict=True)
        ]
    if figures.lacks_payments:
        missing = _("%(figure)s: faltan pagos")
        return [[unit, missing % {"figure": name}, None, None, None, ""] for unit, name, *_told in rows]
    return rows


def _parts(title: str, parts: dict[str, Counts], unit: Unit) -> Sheet:
    total, money = sum(parts.values(), Counts()), unit == Unit.SERVICE
    heads = [title, *_counted_heads(unit), *(_money_heads() if money else [])]
    rows = [[name, *counted(counts), *(_money(counts) if money else [])] for name, counts in parts.items()]
    return Sheet(title, heads, rows, [_("Total"), *counted(total), *(_money(total) if money else [])])


def _agents(figures: Figures) -> Sheet:
    heads = [_("Agente"), _("Asignados"), *_counted_heads(Unit.CONTACT), *_money_heads(), _("Llamadas"), _("Horas")]
    rows = [
        [
            line.name or _("Sin agente"), line.contacts.assigned, *counted(line.contacts), *_money(line.services),
            line.attempts, float(line.hours),
        ]
        for line in figures.by_agent
    ]  # fmt: skip
    return Sheet(_("Agentes"), heads, rows)


def _zones(figures: Figures) -> Sheet:
    rows = [
        [zone or _("Sin zona"), *counted(contacts), *_money(services)]
        for zone, (contacts, services) in sorted(figures.by_zone.items())
    ]
    return Sheet(_("Zonas"), [_("Zona"), *_counted_heads(Unit.CONTACT), *_money_heads()], rows)


def _days(figures: Figures) -> Sheet:
    heads = [
        _("Día"), _("Llamadas"), _("Gestionados"), _("Contactados"), _("Con compromiso"), _("Contactos pagados"),
        _("Contactos pagados tras contacto"), _("Servicios pagados"), _("Bs pagados"),
    ]  # fmt: skip
    rows = [
        [
            line.day, line.attempts, line.contacts.handled, line.contacts.contacted, line.contacts.promised,
            line.contacts.paid, line.contacts.paid_after_contact, line.services.paid, line.services.amount_paid,
        ]
        for line in figures.by_day
    ]  # fmt: skip
    return Sheet(_("Día a día"), heads, rows)
