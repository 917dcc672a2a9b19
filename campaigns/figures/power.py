"""How small an effect of the calls a month can show at all, before its launch, while the control group is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from campaigns.assignment.proposal import Proposal
from campaigns.figures.figures import read_figures
from campaigns.figures.hold_out import smallest_effect
from campaigns.models import Campaign

OFFERED = tuple(Decimal(share) for share in ("0.05", "0.1", "0.2", "0.3", "0.5"))
UNKNOWN_SHARE = 0.5  # without an earlier month: the share at which the most is needed


@dataclass(frozen=True)
class Power:
    """A share for the control group: how many are left alone with it, and the smallest effect it shows, in points."""

    share: Decimal
    held_out: int
    points: float | None
    is_chosen: bool


@dataclass(frozen=True)
class Powers:
    """The shares side by side. `paid_share`: of all who could be called the month before, or the one assumed."""

    shares: list[Power]
    paid_share: float
    is_of_last_month: bool


def powers_of(*, campaign: Campaign, proposal: Proposal) -> Powers | None:
    """For the shares one may choose, the chosen one among them; None while there is nobody to call.

    People of one household are worth one: they are drawn together.
    """
    contacts = proposal.total.open + proposal.total.held_out
    if not contacts:
        return None
    paid = _paid_last_month(campaign)
    share = paid if paid is not None else UNKNOWN_SHARE
    worth = _households(campaign, contacts) / contacts
    offered = sorted({*OFFERED, campaign.hold_out_share} - {Decimal(0)})
    shares = []
    for one in offered:
        alone = round(contacts * float(one))
        points = smallest_effect(called=(contacts - alone) * worth, held_out=alone * worth, share=share)
        shares.append(Power(one, alone, points, is_chosen=one == campaign.hold_out_share))
    return Powers(shares, share, is_of_last_month=paid is not None)


def _paid_last_month(campaign: Campaign) -> float | None:
    """What share of those who could be called paid, in the last month that was called; None without one."""
    before = Campaign.objects.filter(period__lt=campaign.period, launched_at__isnull=False).order_by("-period").first()
    counts = read_figures(campaign=before).contacts if before else None
    if counts is None or not counts.callable:
        return None
    share = counts.callable_paid / counts.callable
    return share if 0 < share < 1 else None


def _households(campaign: Campaign, contacts: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) - count(DISTINCT household) FROM campaigns_listentry
             WHERE household IS NOT NULL AND campaign_id = %s AND state IN ('open', 'held_out')
            """,
            [campaign.pk],
        )
        return max(1, contacts - int(cursor.fetchone()[0]))
