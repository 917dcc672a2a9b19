"""How small an effect of the calls a month can show at all, before its launch, while the control group is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q

from campaigns.assignment.proposal import Proposal
from campaigns.figures.figures import read_totals
from campaigns.figures.hold_out import smallest_effect
from campaigns.figures.measuring import Counts
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
    """The shares side by side. `paid_share`: of the `callable` contacts of the month `before`, or the one assumed."""

    shares: list[Power]
    paid_share: float
    before: Campaign | None
    callable: int


def powers_of(*, campaign: Campaign, proposal: Proposal) -> Powers | None:
    """For the shares one may choose, the chosen one among them; None while there is nobody to call.

    People of one household are worth one: they are drawn together.
    """
    contacts = proposal.total.open + proposal.total.held_out
    if not contacts:
        return None
    before, counts = _last_judged(campaign)
    share = counts.callable_paid / counts.callable if before else UNKNOWN_SHARE
    worth = _households(campaign, contacts) / contacts
    offered = sorted({*OFFERED, campaign.hold_out_share} - {Decimal(0)})
    shares = []
    for one in offered:
        alone = proposal.total.held_out if one == campaign.hold_out_share else round(contacts * float(one))
        points = smallest_effect(called=(contacts - alone) * worth, held_out=alone * worth, share=share)
        shares.append(Power(one, alone, points, is_chosen=one == campaign.hold_out_share))
    return Powers(shares, share, before, counts.callable)


def _last_judged(campaign: Campaign) -> tuple[Campaign | None, Counts]:
    """The last month whose payments are all in, and its contacts; none where no share of them can be told.

    Of a month that is still being paid the share is too small, and would promise that less can be seen.
    """
    over = Q(figure_refresh__isnull=False) & ~Q(figure_refresh__effect={}) | Q(evaluated_on=None)
    earlier = Campaign.objects.filter(over, period__lt=campaign.period, state=Campaign.State.CLOSED)
    before = earlier.filter(launched_at__isnull=False).order_by("-period").first()
    counts = read_totals(campaign=before).contacts if before else Counts()
    return (before if 0 < counts.callable_paid < counts.callable else None), counts


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
