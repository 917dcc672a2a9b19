"""The sealed report of a campaign as a PDF to be signed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.closing.closed import how_it_closed
from campaigns.closing.effect_words import effect_lines, known_words, why_provisional
from campaigns.closing.words import agent_names, changes_in_words, evidence_lines
from campaigns.figures.charts import charts_of
from campaigns.figures.figures import Figures
from campaigns.figures.measuring import Counts
from campaigns.models import Seal, Service
from campaigns.month.periods import day_of
from screens.differences import Difference
from screens.sealed_document import FONT, HALF_WIDTH, PAPER_WIDTH, framed, typeset
from screens.templatetags.screens import NOTHING, figure, percent, share

CHANGES_SHOWN = 60
HASH_LENGTH = 64


def draw_document(*, seal: Seal, figures: Figures, changes: Sequence[Difference], is_provisional: bool) -> bytes:
    """The PDF of a seal that is about to be saved, in the language that is active."""
    told = document_values(seal=seal, figures=figures, changes=changes, is_provisional=is_provisional)
    return typeset(told, at=seal.sealed_at)


def document_values(
    *, seal: Seal, figures: Figures, changes: Sequence[Difference], is_provisional: bool
) -> dict[str, Any]:
    """All that the document says, as `screens/documents/seal.typ` asks for it."""
    month = date_format(seal.campaign.period, "YEAR_MONTH_FORMAT")
    title = _("Informe sellado de la campaña de prepagos")
    return {
        **framed(title=title, month=month, revision=seal.revision, sha256=seal.sha256),
        "warning": _(
            "Provisional: todavía corren los días de gracia para pagar. Cuando terminen se sella una última revisión."
        )
        if is_provisional
        else why_provisional(figures),
        "facts": _facts(seal, figures, month),
        "tiles": _tiles(figures),
        "disclosed": _disclosed(figures),
        "charts": _charts(figures),
        "tables": [_services(figures), _agents(figures)],
        "changes": _changes(seal, changes),
        "evidence": _evidence(seal),
        "definitions": _(
            "Tras contacto: pagado por completo el día del primer contacto con el cliente o después. Sin contacto: "
            "todo lo demás que se pagó. El efecto es la diferencia, en puntos, entre la parte que pagó de quienes se "
            "podía llamar y la del grupo de control, con su intervalo de 95 % (Newcombe, por hogar): se mide a un solo "
            "día, y cuentan también los pagos hasta ese día que se conozcan después."
        ),
    }


def _facts(seal: Seal, figures: Figures, month: str) -> list[dict[str, Any]]:
    """What stands at the head: of which month, who closed and who sealed it and when, from what."""
    campaign, at = seal.campaign, timezone.localtime(seal.sealed_at)
    closed = how_it_closed(campaign=campaign)
    days = {"first": f"{campaign.calls_from:%d/%m/%Y}", "last": f"{campaign.calls_until:%d/%m/%Y}"}
    facts = [
        (_("Mes por pagar"), month),
        (_("Días de llamadas"), _("del %(first)s al %(last)s") % days),
        (_("Cerrada"), closed.words if closed else ""),
        (_("Nota del cierre"), closed.note if closed else ""),
        (_("Reporte"), figures.report or NOTHING),
        (_("Pagos conocidos hasta el"), known_words(figures.payments_known_until)),
        (_("Sellado el"), f"{at:%d/%m/%Y %H:%M}"),
        (_("Sellado por"), str(seal.sealed_by) if seal.sealed_by else _("el sistema, por sí solo")),
        (_("Motivo de la revisión"), seal.reason),
    ]
    told = [{"label": label, "value": value, "is_hash": False} for label, value in facts if value]
    return [*told, {"label": _("Huella (SHA-256)"), "value": seal.sha256, "is_hash": True}]


def _charts(figures: Figures) -> list[dict[str, Any]]:
    """The first across the page, the others two beside each other; all with letters of one size."""
    return [
        {
            "title": chart.title,
            "alt": chart.spec["description"] or chart.title,
            "wide": place == 0,
            "svg": chart.on_paper(width=PAPER_WIDTH if place == 0 else HALF_WIDTH, font=FONT),
        }
        for place, chart in enumerate(charts_of(figures))
    ]


def _evidence(seal: Seal) -> dict[str, Any]:
    rows = [
        {
            "words": line.words,
            "rows": NOTHING if line.rows is None else figure(line.rows),
            "told": line.told,
            "is_hash": len(line.told) == HASH_LENGTH and " " not in line.told,
        }
        for line in evidence_lines(seal.evidence, on=day_of(seal.sealed_at))
    ]
    return {
        "title": _("De qué se contó"),
        "words": _("Filas de cada origen y su huella SHA-256, en un orden fijo: contadas otra vez dan lo mismo."),
        "heads": [_("Origen"), _("Filas"), _("Huella")],
        "rows": rows,
    }


def _tiles(figures: Figures) -> list[dict[str, str]]:
    contacts, services = figures.contacts, figures.services
    tiles = [
        (_("Contactos"), figure(contacts.items), _("%(count)s servicios") % {"count": figure(services.items)}),
        (_("Gestionados"), figure(contacts.handled), share(contacts.handled, contacts.items)),
        (_("Contactados"), figure(contacts.contacted), share(contacts.contacted, contacts.handled)),
        (_("Compromisos"), figure(contacts.promised), share(contacts.promised, contacts.contacted)),
        (
            _("Servicios pagados tras contacto"),
            figure(services.paid_after_contact),
            _("%(part)s servicios contactados") % {"part": share(services.paid_after_contact, services.contacted)},
        ),
        (
            _("Servicios pagados sin contacto"),
            figure(services.paid_without_contact),
            _("%(rest)s servicios") % {"rest": share(services.paid_without_contact, services.items)},
        ),
        (
            _("Servicios no pagados"),
            figure(services.not_paid),
            _("%(owed)s servicios") % {"owed": share(services.not_paid, services.items)},
        ),
        *effect_lines(figures),
    ]
    return [{"label": label, "figure": value, "base": base} for label, value, base in tiles]


def _disclosed(figures: Figures) -> str:
    """How sure it is of those paid after contact that the contact came first."""
    found, after = figures.credited, figures.services.paid_after_contact
    if not found or not after:
        return ""
    return _(
        "De los servicios pagados tras contacto (%(after)s), el mismo día del contacto: %(day)s (los pagos llegan sin "
        "hora: pudo ser antes de la llamada). Con una parte pagada ya antes del contacto: %(part)s."
    ) % {
        "after": figure(after),
        "day": figure(found.paid_on_contact_day),
        "part": figure(found.paid_part_before),
    }


def _services(figures: Figures) -> dict[str, Any]:
    rows = [[str(Service(name).label), *_line(counts)] for name, counts in figures.by_service.items()]
    heads = [
        _("Servicio"), _("Servicios"), _("Gestionados"), _("Contactados"), _("Tras contacto"), _("Sin contacto"),
        _("No pagaron"), _("Bs tras contacto"), _("Bs pagados"),
    ]  # fmt: skip
    return {
        "title": _("En servicios y en bolivianos"),
        "heads": heads,
        "rows": [*rows, [_("Total"), *_line(figures.services)]],
    }


def _line(counts: Counts) -> list[str]:
    numbers = (
        counts.items, counts.handled, counts.contacted, counts.paid_after_contact, counts.paid_without_contact,
        counts.not_paid,
    )  # fmt: skip
    return [
        *(figure(number) for number in numbers),
        figure(counts.amount_paid_after_contact, 2),
        figure(counts.amount_paid, 2),
    ]


def _agents(figures: Figures) -> dict[str, Any]:
    rows = []
    for line in figures.by_agent:
        counts = line.contacts
        if line.agent is None and not counts.assigned and not counts.handled:
            continue
        rows.append(
            [
                line.name or _("Sin agente"), figure(counts.assigned), figure(counts.handled), figure(counts.contacted),
                figure(counts.promised), figure(counts.paid_after_contact),
                percent(counts.rate("paid_after_contact").share), figure(line.attempts_an_hour, 1),
            ]
        )  # fmt: skip
    whole = sum((line.contacts for line in figures.by_agent), Counts())
    attempts, hours = (sum(getattr(line, name) for line in figures.by_agent) for name in ("attempts", "hours"))
    rows.append(
        [
            _("Total"), figure(whole.assigned), figure(whole.handled), figure(whole.contacted),
            figure(whole.promised), figure(whole.paid_after_contact), percent(whole.rate("paid_after_contact").share),
            figure(attempts / hours if hours else None, 1),
        ]
    )  # fmt: skip
    heads = [
        _("Agente"), _("Asignados"), _("Gestionados"), _("Contactados"), _("Compromisos"),
        _("Pagados tras contacto"), _("De contactados"), _("Por hora"),
    ]  # fmt: skip
    return {"title": _("Agentes, en contactos"), "heads": heads, "rows": rows}


def _changes(seal: Seal, changes: Sequence[Difference]) -> dict[str, Any]:
    told = changes_in_words(changes, names=agent_names(seal.figures))
    rows = [[change.words, change.before, change.after] for change in told[:CHANGES_SHOWN]]
    if len(told) > CHANGES_SHOWN:
        rows.append([_("y %(count)d más, en la página") % {"count": len(told) - CHANGES_SHOWN}, "", ""])
    title = _("Qué cambia con esta revisión")
    return {"title": title, "heads": [_("Cifra"), _("Antes"), _("Ahora")], "rows": rows}
