"""What must hold of a site's data, of every room, and whether each sealed month counts to what was sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from agents.audit_check import check_audit
from agents.invariants import RULES as OF_AGENTS
from campaigns.closing import sealing
from campaigns.invariants import INVARIANTS, Finding, check_invariants, orphans
from campaigns.models import Campaign
from escalations.invariants import RULES as OF_ESCALATIONS
from inbound.invariants import RULES as OF_THE_LINES
from service_level.invariants import RULES as OF_THE_INDICATOR
from service_level.models import MonthSeal
from service_level.sealing.sealing import last_seal, recount
from work.invariants import Rule
from work.invariants import rules as of_owed_work


def of_the_rooms() -> list[Rule]:
    """The promises of the rooms beside the campaigns'."""
    return [*OF_AGENTS, *OF_THE_LINES, *OF_ESCALATIONS, *OF_THE_INDICATOR, *of_owed_work()]


def how_many() -> int:
    """Promises that are checked."""
    return len(INVARIANTS) + len(orphans()) + len(of_the_rooms())


def broken_promises() -> list[Finding]:
    """Those that do not hold; empty when all is well."""
    return check_invariants(besides=of_the_rooms())


def wrong_seals(*, now: datetime) -> Iterator[str]:
    """A sentence of each sealed month that counts to anything else now, and of the audit where it is not as it was."""
    for campaign in Campaign.objects.filter(seals__isnull=False).distinct().order_by("period"):
        sealed = sealing.last_seal(campaign=campaign)
        if sealed is not None and not sealing.verify(sealed=sealed, now=now).agrees:
            yield _("El informe sellado de %(month)s no coincide con sus datos.") % {"month": campaign}
    for month in MonthSeal.objects.order_by("month").values_list("month", flat=True).distinct():
        newest = last_seal(month)
        if newest is not None and not recount(newest, now=now).agrees:
            yield _("El indicador sellado de %(month)s no coincide con sus líneas.") % {"month": f"{month:%Y-%m}"}
    yield from check_audit(now=now).wrong
