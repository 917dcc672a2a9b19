"""A sealed month whose live figures are not what was sealed: by how much, why, and who is told.

A seal never changes; the rows may. While payments still count that is expected, and the last revision follows by
itself. Afterwards it is told at once: on its pages, by mail, and by `check_invariants`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Count, Sum
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.closing.sealing import LANGUAGE, is_provisional, last_seal, what_differs
from campaigns.closing.words import ChangedFigure, agent_names, changes_in_words
from campaigns.models import Attempt, Campaign, ChangedRows, Receipt, Refund, Seal
from campaigns.month.periods import write_period
from notices.mailing import owe
from notices.models import NoticeKind
from screens.differences import Difference
from screens.templatetags.screens import bs

_LATE = Receipt.Standing.LATE  # in no figure
IN_THE_MAIL = 20  # figures; the page has them all
# What leaves no younger row by which it could be counted. A closed month takes no other CCVP report and no mended row
# of it.
_BY_VERB = {
    ChangedRows.Verb.MATCHED: gettext_lazy("Recibos que ya estaban encontraron otro servicio u otro mes."),
    ChangedRows.Verb.WITHDRAWN: gettext_lazy("Se retiró un reporte de cobros."),
    "": gettext_lazy("Cambiaron filas antes de que el sistema guardara por qué."),
}


@dataclass(frozen=True)
class Drift:
    """What of a seal is not so any more, and what happened since. `is_expected`: payments still counted at the seal."""

    seal: Seal
    differences: list[Difference]
    is_expected: bool

    @cached_property
    def in_words(self) -> list[ChangedFigure]:
        """The figures that differ, the whole before its parts."""
        return changes_in_words(self.differences, names=agent_names(self.seal.figures))

    @cached_property
    def why(self) -> list[str]:
        """What happened to the month since it was sealed, in sentences; empty when nothing is known to have."""
        return what_happened_since(self.seal)

    @property
    def digest(self) -> str:
        """Stands for what differs: told once, not at every count."""
        told = json.dumps([[one.figure, one.before, one.after] for one in self.differences])
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def drift_of(*, campaign: Campaign) -> Drift | None:
    """How the live figures of a sealed month differ from its last seal; None when they do not, or it has none.

    From the counted cells: the same the campaign's page shows. A month without personal data keeps its last seal.
    """
    is_sealed = campaign.state == Campaign.State.CLOSED and campaign.anonymised_at is None
    sealed = last_seal(campaign=campaign) if is_sealed else None
    if sealed is None or not hasattr(campaign, "figure_refresh"):
        return None
    found = what_differs(sealed)
    return Drift(sealed, found, is_expected=is_provisional(sealed)) if found else None


def tell_of_drift(*, campaigns: Iterable[Campaign], now: datetime) -> list[Drift]:
    """Mail, once for each state of the figures, that a final seal is not what the rows say. Returns what was found."""
    found = [drift for campaign in campaigns if (drift := drift_of(campaign=campaign)) and not drift.is_expected]
    for drift in found:
        with translation.override(LANGUAGE):
            _owe_mail(drift, now)
    return found


def what_happened_since(sealed: Seal) -> list[str]:
    """Receipts, refunds, results and steps of the month that are younger than its seal, a sentence each."""
    campaign, since = sealed.campaign, sealed.sealed_at
    receipts = Receipt.objects.filter(campaign=campaign, report__published_at__gt=since).exclude(standing=_LATE)
    came = receipts.aggregate(n=Count("pk"), amount=Sum("amount"), reports=Count("report", distinct=True))
    back = Refund.objects.filter(receipt__campaign=campaign, at__gt=since).exclude(receipt__standing=_LATE)
    refunds = back.aggregate(n=Count("pk"), bs=Sum("amount"))
    results = Attempt.objects.filter(campaign=campaign, resulted_at__gt=since).count()
    verbs = set(ChangedRows.objects.filter(campaign=campaign, at__gt=since).values_list("verb", flat=True))
    told = []
    if came["n"]:
        words = ngettext("Llegó %(n)d recibo, %(amount)s, en %(reports)s.",
                         "Llegaron %(n)d recibos, %(amount)s, en %(reports)s.", came["n"])  # fmt: skip
        reports = ngettext("%(n)d reporte", "%(n)d reportes", came["reports"]) % {"n": came["reports"]}
        told.append(words % {"n": came["n"], "amount": bs(came["amount"]), "reports": reports})
    elif ChangedRows.Verb.RECEIVED in verbs:
        told.append(_("Se admitieron filas rechazadas de un reporte de cobros anterior."))
    if refunds["n"]:
        words = ngettext(
            "Se devolvió o anuló %(n)d pago, %(amount)s.", "Se devolvieron o anularon %(n)d pagos, %(amount)s.",
            refunds["n"],
        )  # fmt: skip
        told.append(words % {"n": refunds["n"], "amount": bs(refunds["bs"])})
    elif ChangedRows.Verb.REFUNDED in verbs:
        told.append(_("Devoluciones que esperaban encontraron su recibo."))
    if results:
        words = ngettext(
            "Se registró %(n)d resultado de llamada.", "Se registraron %(n)d resultados de llamadas.", results
        )
        told.append(words % {"n": results})
    return told + [str(sentence) for verb, sentence in _BY_VERB.items() if verb in verbs]


def _owe_mail(drift: Drift, now: datetime) -> None:
    sealed, changed = drift.seal, drift.in_words
    why = drift.why or [_("No se sabe: nada de lo que el sistema registra lo explica.")]
    period = write_period(sealed.campaign.period)
    month = date_format(sealed.campaign.period, "YEAR_MONTH_FORMAT")
    lines = [
        _("Las cifras de la campaña de %(month)s ya no son las que se sellaron en la revisión %(revision)d.")
        % {"month": month, "revision": sealed.revision},
        "",
        _("Por qué:"),
        *(f"- {sentence}" for sentence in why),
        "",
        _("Qué cambió:"),
        *(f"- {one.words}: {one.before} → {one.after}" for one in changed[:IN_THE_MAIL]),
    ]
    if len(changed) > IN_THE_MAIL:
        lines.append(_("y %(count)d más, en la página") % {"count": len(changed) - IN_THE_MAIL})
    lines += [
        "",
        _("El sello no se toca. Si el cambio es correcto, selle otra revisión con su motivo: %(address)s")
        % {"address": settings.PUBLIC_URL + reverse("campaigns:seal", args=[period])},
    ]
    owe(
        key=f"seal-drift:{period}:{sealed.revision}:{drift.digest}",
        kind=NoticeKind.CAMPAIGN_SEALED,
        subject=_("Lo sellado ya no coincide: prepagos de %(month)s, revisión %(revision)d")
        % {"month": month, "revision": sealed.revision},
        body="\n".join(lines),
        now=now,
    )
