"""The sealed report as a PDF, typeset from a template of our own by typst: no browser, no system library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.closing.differences import Difference
from campaigns.figures.charts import charts_of
from campaigns.figures.figures import Figures
from campaigns.figures.hold_out import Effect
from campaigns.figures.measuring import Counts
from campaigns.models import Seal, Service
from screens.templatetags.screens import figure, percent, share

TEMPLATE = Path(__file__).parent / "documents" / "seal.typ"
CHANGES_SHOWN = 60


def draw_document(*, seal: Seal, figures: Figures, changes: Sequence[Difference], is_provisional: bool) -> bytes:
    """The PDF of a seal that is about to be saved."""
    told = _document_values(seal, figures, changes, is_provisional)
    return bytes(
        typst.compile(TEMPLATE, sys_inputs={"told": json.dumps(told)}, timestamp=int(seal.sealed_at.timestamp()))
    )


def _document_values(
    seal: Seal, figures: Figures, changes: Sequence[Difference], is_provisional: bool
) -> dict[str, Any]:
    month = date_format(seal.campaign.period, "F Y")
    sealed = timezone.localtime(seal.sealed_at).strftime("%d/%m/%Y %H:%M")
    subtitle = _("Revisión %(revision)d, sellada el %(at)s") % {"revision": seal.revision, "at": sealed}
    return {
        "site": "COMTECO R.L.",
        "title": _("Campaña de prepagos: %(month)s") % {"month": month},
        "subtitle": f"{subtitle}. {seal.reason}" if seal.reason else subtitle,
        "warning": _("Provisional: todavía corren los días de gracia para pagar.") if is_provisional else "",
        "footing": _("Huella %(sha)s") % {"sha": seal.sha256[:32]},
        "tiles": _tiles(figures),
        "charts": [{"title": chart.title, "png": list(chart.png)} for chart in charts_of(figures)],
        "tables": [_services(figures), _agents(figures)],
        "changes": _changes(changes),
        "evidence": {
            "title": _("De qué se contó"),
            "words": _("Filas de cada origen y su huella SHA-256, en un orden fijo: contadas otra vez dan lo mismo."),
            "heads": [_("Origen"), _("Filas"), _("Huella")],
            "rows": [[name, figure(found["rows"]), found["sha256"]] for name, found in seal.evidence.items()],
        },
        "definitions": _(
            "Tras contacto: pagado por completo el día del primer contacto con el cliente o después. Sin contacto: "
            "todo lo demás que se pagó. El efecto es la diferencia, en puntos, entre la parte que pagó de quienes se "
            "podía llamar y la del grupo de control, con su intervalo de 95 % (Newcombe)."
        ),
    }


def _tiles(figures: Figures) -> list[dict[str, str]]:
    contacts, services = figures.contacts, figures.services
    effect, no_control = figures.effect, _("sin grupo de control")
    tiles = [
        (_("Contactos"), figure(contacts.items), _("%(count)s servicios") % {"count": figure(services.items)}),
        (_("Gestionados"), figure(contacts.handled), share(contacts.handled, contacts.items)),
        (_("Contactados"), figure(contacts.contacted), share(contacts.contacted, contacts.handled)),
        (_("Compromisos"), figure(contacts.promised), share(contacts.promised, contacts.contacted)),
        (
            _("Pagaron tras contacto"),
            figure(services.paid_after_contact),
            _("%(part)s servicios contactados") % {"part": share(services.paid_after_contact, services.contacted)},
        ),
        (
            _("Pagaron sin contacto"),
            figure(services.paid_without_contact),
            _("%(rest)s servicios") % {"rest": share(services.paid_without_contact, services.items)},
        ),
        (
            _("No pagaron"),
            figure(services.not_paid),
            _("%(owed)s servicios") % {"owed": share(services.not_paid, services.items)},
        ),
        (
            _("Efecto de las llamadas"),
            effect.signed_points if effect else "—",
            _effect_words(effect) if effect else no_control,
        ),
    ]
    return [{"label": label, "figure": value, "base": base} for label, value, base in tiles]


def _effect_words(effect: Effect) -> str:
    low, high = effect.signed_interval
    words = {"low": low, "high": high, "alone": figure(effect.held_out)}
    return _("puntos; 95 %%: entre %(low)s y %(high)s; %(alone)s de control") % words


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
        rows.append(
            [
                line.name or _("Sin agente"), figure(counts.assigned), figure(counts.handled), figure(counts.contacted),
                figure(counts.promised), figure(counts.paid_after_contact),
                percent(counts.rates["paid_after_contact"].share), figure(line.attempts_an_hour, 1),
            ]
        )  # fmt: skip
    heads = [
        _("Agente"), _("Asignados"), _("Gestionados"), _("Contactados"), _("Compromisos"), _("Tras contacto"),
        _("Efectividad"), _("Por hora"),
    ]  # fmt: skip
    return {"title": _("Agentes, en contactos"), "heads": heads, "rows": rows}


def _changes(changes: Sequence[Difference]) -> dict[str, Any]:
    rows = [[change.figure, str(change.before), str(change.after)] for change in changes[:CHANGES_SHOWN]]
    if len(changes) > CHANGES_SHOWN:
        rows.append([_("y %(count)d más, en la página") % {"count": len(changes) - CHANGES_SHOWN}, "", ""])
    title = _("Qué cambia con esta revisión")
    return {"title": title, "heads": [_("Cifra"), _("Antes"), _("Ahora")], "rows": rows}
