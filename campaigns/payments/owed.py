"""What a customer owes now: of each service what is left of it, and nothing of one that is paid or left the report."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import DateField, DecimalField, F, Min, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from campaigns.models import Renewal

Rows = TypeVar("Rows", bound=QuerySet[Any])
_MONEY: DecimalField[Any, Any] = DecimalField(max_digits=12, decimal_places=2)
_PAID = Coalesce(F("payment__amount"), Value(Decimal(0)), output_field=_MONEY)
_LEFT = Sum(F("amount_due") - _PAID, output_field=_MONEY)


def with_owed(rows: Rows, *, contact: str = "pk") -> Rows:
    """Each row with `owed` (bolivianos) and `owed_on` (the first day one of it is due; None when nothing is owed).

    `contact` names the row's contact: `contact_id` of a list entry.
    """
    left = _unpaid().filter(contact_id=OuterRef(contact)).order_by().values("contact_id")
    return rows.annotate(
        owed=Coalesce(Subquery(left.annotate(all=_LEFT).values("all")), Value(Decimal(0)), output_field=_MONEY),
        owed_on=Subquery(left.annotate(first=Min("due_on")).values("first"), output_field=DateField()),
    )


def owed_by(contact_id: int) -> Decimal:
    """What one contact owes now, in bolivianos."""
    return Decimal(_unpaid().filter(contact_id=contact_id).aggregate(all=_LEFT)["all"] or 0)


def _unpaid() -> QuerySet[Renewal]:
    # by its name: compared at once, a renewal without any payment would fall out of the join
    return Renewal.objects.alias(paid=_PAID).filter(
        gone_at=None, payment__paid_on__isnull=True, amount_due__gt=F("paid")
    )
