"""The mail that goes out with a seal: what was sealed, what it says, and where to look."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.closing.closed import how_it_closed
from campaigns.closing.effect_words import effect_lines, known_words, why_provisional
from campaigns.figures.figures import Figures
from campaigns.models import Seal
from campaigns.month.periods import write_period
from screens.templatetags.screens import bs, figure, share


def subject_of(seal: Seal, *, provisional_until: date | None) -> str:
    """Which month and revision, so that it is found among the mails of a year."""
    told = {"month": _month(seal), "revision": seal.revision}
    if provisional_until:
        return _("Informe sellado: prepagos de %(month)s, revisión %(revision)d (provisional)") % told
    return _("Informe sellado: prepagos de %(month)s, revisión %(revision)d") % told


def body_of(seal: Seal, *, figures: Figures, provisional_until: date | None) -> str:
    """The whole mail. `provisional_until`: until when payments still count; None when the days of grace are over."""
    return "\n".join(
        [*_what_was_sealed(seal, figures, provisional_until), "", *_figures(figures), "", *_where_to_look(seal)]
    )


def _what_was_sealed(seal: Seal, figures: Figures, provisional_until: date | None) -> list[str]:
    at = timezone.localtime(seal.sealed_at)
    told = {
        "month": _month(seal),
        "revision": seal.revision,
        "day": f"{at:%d/%m/%Y}",
        "hour": f"{at:%H:%M}",
        "who": str(seal.sealed_by) if seal.sealed_by else _("el sistema, por sí solo"),
    }
    lines = [
        _("Se selló el informe de la campaña de prepagos de %(month)s: revisión %(revision)d.") % told,
        _("Fecha: %(day)s a las %(hour)s. Lo selló: %(who)s.") % told,
    ]
    if closed := how_it_closed(campaign=seal.campaign):
        lines.append(_("Campaña cerrada %(words)s.") % {"words": closed.words})
    if seal.reason:
        lines.append(_("Motivo: %(reason)s") % {"reason": seal.reason})
    if provisional_until:
        until = date_format(provisional_until, "d/m/Y")
        words = _("Provisional: los pagos cuentan hasta el %(day)s; después llega la última revisión.")
        lines.append(words % {"day": until})
    elif provisional := why_provisional(figures):
        lines.append(provisional)
    return lines


def _figures(figures: Figures) -> list[str]:
    contacts, services = figures.contacts, figures.services
    return [
        _("Contactos: %(count)s") % {"count": figure(contacts.items)},
        _("Gestionados: %(part)s de %(base)s") % _part(contacts.handled, contacts.items),
        _("Contactados: %(part)s de %(base)s") % _part(contacts.contacted, contacts.handled),
        _("Servicios pagados tras contacto: %(part)s de %(base)s contactados")
        % _part(services.paid_after_contact, services.contacted),
        _("Servicios pagados sin contacto: %(count)s") % {"count": figure(services.paid_without_contact)},
        _("Servicios no pagados: %(share)s") % {"share": _of(services.not_paid, services.items)},
        _("Pagado: %(paid)s, de ello tras contacto %(after)s")
        % {"paid": bs(services.amount_paid), "after": bs(services.amount_paid_after_contact)},
        *(f"{label}: {value} ({words})" for label, value, words in effect_lines(figures)),
        _("Pagos conocidos hasta el: %(until)s") % {"until": known_words(figures.payments_known_until)},
    ]


def _where_to_look(seal: Seal) -> list[str]:
    page = settings.PUBLIC_URL + reverse("campaigns:seal", args=[write_period(seal.campaign.period)])
    return [
        _("Adjuntos: el informe en PDF, para firmar, y el libro XLSX con todas las cifras."),
        _("Todas las revisiones, y «Comprobar», que cuenta otra vez y compara: %(address)s") % {"address": page},
        "",
        _("Huella (SHA-256): %(sha)s") % {"sha": seal.sha256},
        _("Huella del PDF: %(sha)s") % {"sha": seal.files["document"]},
        _("Huella del XLSX: %(sha)s") % {"sha": seal.files["workbook"]},
    ]


def _month(seal: Seal) -> str:
    return date_format(seal.campaign.period, "YEAR_MONTH_FORMAT")


def _part(part: int, base: int) -> dict[str, str]:
    return {"part": figure(part), "base": figure(base)}


def _of(part: int, base: int) -> str:
    return f"{figure(part)} ({share(part, base)})" if base else figure(part)
