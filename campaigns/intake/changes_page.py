"""What a corrected report changes, as a list for the supervisor who decides, and as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from campaigns.intake.differences import kinds_of
from campaigns.models import Report, ReportDifference, Service
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_telephone

CHUNK = 2_000
Kind = ReportDifference.Kind
DONE = (
    ("was_called", gettext_lazy("llamado")),
    ("has_promised", gettext_lazy("prometió")),
    ("has_paid", gettext_lazy("pagó")),
)


def find_changes(*, report: Report, user: User, kind: str = "", search: str = "") -> QuerySet[ReportDifference]:
    """The customers a corrected report changes, as far as `user` may see them: of one kind, or of one contract."""
    found: QuerySet[ReportDifference] = ReportDifference.objects.visible_to(user).filter(report=report)
    if kind in Kind.values:
        found = found.filter(kind=kind)
    if search:
        found = found.filter(contract=search.strip().upper())
    return found.order_by("kind", "contract")


def tabs_of(*, report: Report, chosen: str) -> list[dict[str, Any]]:
    """A tab for each kind of change, with how many customers."""
    here = reverse("campaigns:report_changes", args=[report.pk])
    words = {Kind.NEW: _("Nuevos"), Kind.GONE: _("Salen"), Kind.CHANGED: _("Cambian")}
    counts = kinds_of(report=report)
    return [
        {"href": f"{here}?kind={kind}", "words": words[Kind(kind)], "current": kind == chosen, "count": count}
        for kind, count in counts.items()
    ]


def waits_with_changes(report: Report) -> bool:
    """Whether it is still to be decided whether what it would change is done."""
    is_over = report.state in (Report.State.DISCARDED, Report.State.REFUSED, Report.State.PUBLISHED)
    return not is_over and report.differences.exists()


def services_of(customer: dict[str, Any] | None) -> str:
    """`Internet 20021, Televisión 20042`."""
    lines = customer["services"] if customer else []
    return ", ".join(f"{Service(line['service']).label} {line['number']}" for line in lines)


def telephones_of(customer: dict[str, Any] | None, *, show: Callable[[Any], str] = str) -> str:
    return ", ".join(show(number) for number in customer["telephones"]) if customer else ""


def sheet_of(*, rows: QuerySet[ReportDifference], masked: bool) -> Sheet:
    """The same as a sheet: a line a customer, before and after side by side."""
    show = masked_telephone if masked else str
    both = [(_("antes"), "before"), (_("después"), "after")]
    heads = [_("Qué pasa"), _("Contrato"), _("Cliente"), _("Qué cambia")]
    for words in (_("Servicios"), _("Teléfonos"), _("Vence"), _("Monto")):
        heads += [f"{words} {side}" for side, _field in both]
    return Sheet(
        title=_("Cambios"),
        headers=[*heads, *(str(words).capitalize() for _field, words in DONE)],
        rows=(
            [
                row.get_kind_display(),
                row.contract,
                row.name,
                ", ".join(str(ReportDifference.What(what).label) for what in row.changes),
                *(services_of(side) for side in (row.before, row.after)),
                *(telephones_of(side, show=show) for side in (row.before, row.after)),
                *(due_day(side) for side in (row.before, row.after)),
                *(Decimal(side["amount"]) if side else None for side in (row.before, row.after)),
                *(_("Sí") if getattr(row, field) else _("No") for field, _words in DONE),
            ]
            for row in rows.iterator(chunk_size=CHUNK)
        ),
    )


def from_to(before: str, after: str) -> str:
    return f"{before} → {after}" if before and after and before != after else after or before


def due_day(customer: dict[str, Any] | None) -> date | None:
    return date.fromisoformat(customer["due_on"]) if customer else None
