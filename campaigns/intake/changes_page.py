"""What a corrected report changes, as a list for the supervisor who decides, and as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, IntegerField, Max, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from campaigns.contacts.telephone_columns import in_columns, telephone_heads
from campaigns.intake.differences import kinds_of
from campaigns.models import Report, ReportDifference, Service
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_telephone

CHUNK = 2_000
Kind = ReportDifference.Kind
WORDS = {
    str(Kind.NEW): gettext_lazy("Nuevos"),
    str(Kind.GONE): gettext_lazy("Salen"),
    str(Kind.CHANGED): gettext_lazy("Cambian"),
}
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
    counts = kinds_of(report=report)
    return [
        {"href": f"{here}?kind={kind}", "words": WORDS[kind], "current": kind == chosen, "count": count}
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
    return ", ".join(_telephones(customer, show))


def sheet_of(*, rows: QuerySet[ReportDifference], masked: bool) -> Sheet:
    """The same as a sheet: a line a customer, before and after side by side."""
    show = masked_telephone if masked else str
    most = _most_telephones(rows)
    both = (_("antes"), _("después"))
    heads = [_("Qué pasa"), _("Contrato"), _("Cliente"), _("Qué cambia")]
    heads += [f"{_('Servicios')} {side}" for side in both]
    heads += [f"{head} {side}" for side in both for head in telephone_heads(most)]
    heads += [f"{words} {side}" for words in (_("Vence"), _("Monto")) for side in both]
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
                *(cell for side in (row.before, row.after) for cell in in_columns(_telephones(side, show), most)),
                *(due_day(side) for side in (row.before, row.after)),
                *(Decimal(side["amount"]) if side else None for side in (row.before, row.after)),
                *(_("Sí") if getattr(row, field) else _("No") for field, _words in DONE),
            ]
            for row in rows.iterator(chunk_size=CHUNK)
        ),
    )


def _telephones(customer: dict[str, Any] | None, show: Callable[[Any], str]) -> list[str]:
    return [show(number) for number in customer["telephones"]] if customer else []


def _most_telephones(rows: QuerySet[ReportDifference]) -> int:
    """How many the customer with most has, before or after: a column for each."""
    lengths = (
        Func(F(f"{side}__telephones"), function="jsonb_array_length", output_field=IntegerField())
        for side in ("before", "after")
    )
    most: int | None = rows.order_by().aggregate(most=Max(Greatest(*lengths)))["most"]
    return most or 1


def from_to(before: str, after: str) -> str:
    return f"{before} → {after}" if before and after and before != after else after or before


def due_day(customer: dict[str, Any] | None) -> date | None:
    return date.fromisoformat(customer["due_on"]) if customer else None
