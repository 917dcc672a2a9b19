"""The list of who asked not to be called, as supervision keeps it; a result that says so writes into it by itself."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from agents.models import User
from campaigns.models import DoNotCall
from campaigns.models.policy import DoNotCallQuerySet


def forbid_calling(*, contract: str, telephone: str, reason: str, by: User, now: datetime) -> DoNotCall | None:
    """Nobody calls this contract, or this telephone (E.164) wherever it stands; None where that is so already."""
    row, is_new = DoNotCall.objects.get_or_create(
        contract=contract, telephone=telephone, defaults={"reason": reason, "since": now, "added_by": by}
    )
    return row if is_new else None


def allow_calling_again(row: DoNotCall) -> None:
    """Who asked for it may be called again. The audit keeps that she was in the list, and who took her off."""
    row.delete()


def found_by(rows: DoNotCallQuerySet, *, search: str) -> DoNotCallQuerySet:
    """Those whose contract or telephone holds what was typed, however the telephone is written."""
    digits = "".join(filter(str.isdigit, search))
    wanted = Q(contract__icontains=search)
    return rows.filter(wanted | Q(telephone__contains=digits) if digits else wanted) if search else rows
