"""The effect of the calls, from the rows of a count: sums by household, written once the day of the evaluation is over.

Until then there is no effect to show, whatever the shares say by chance (campaigns/month/measurement.py).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.backends.utils import CursorWrapper

from campaigns.figures.hold_out import Effects, Group, effect, money_added
from campaigns.figures.measuring import CONTACT_ROWS, values_of
from campaigns.models import Campaign
from campaigns.month.measurement import payments_are_in

SIDES = {False: "called", True: "held_out"}
UNITS = ("contacts", "services", "money")
# Who counts: callable on the day of the launch and drawn then. Paid: until the day of the evaluation.
_SUMS = f"""
WITH member AS (
  SELECT contact_id, held_out, household, coalesce(paid_on <= %(until)s, FALSE)::int AS paid
    FROM ({CONTACT_ROWS}) AS measured WHERE callable AND state <> 'gone'
), of_contact AS (
  SELECT r.contact_id, count(*) AS services, sum(r.amount_due) AS due,
         count(*) FILTER (WHERE p.paid_on <= %(until)s) AS paid,
         coalesce(sum(r.amount_due) FILTER (WHERE p.paid_on <= %(until)s), 0) AS amount
    FROM campaigns_renewal r LEFT JOIN campaigns_renewalpayment p ON p.renewal_id = r.id
   WHERE r.campaign_id = %(campaign)s AND r.gone_at IS NULL GROUP BY r.contact_id
), household AS (
  SELECT held_out, household, count(*) AS n, sum(member.paid) AS y, sum(services) AS services,
         sum(of_contact.paid) AS services_paid, sum(due) AS due, sum(amount) AS amount
    FROM member JOIN of_contact USING (contact_id) GROUP BY held_out, household
)
SELECT held_out, count(*), sum(n)::bigint, sum(y), sum(n * n)::bigint, sum(n * y), sum(y * y),
       sum(services)::bigint, sum(services_paid), sum(services * services)::bigint, sum(services * services_paid),
       sum(services_paid * services_paid), sum(due), sum(amount), sum(due * due), sum(due * amount),
       sum(amount * amount)
  FROM household GROUP BY held_out
"""


def is_evaluated(*, campaign: Campaign, now: datetime) -> bool:
    """Whether the day on which the month is judged is over, and the payments until then are in."""
    return campaign.evaluated_on is not None and payments_are_in(campaign=campaign, now=now)


def sum_households(*, cursor: CursorWrapper, campaign: Campaign) -> dict[str, Any]:
    """By side and unit the six sums of `Group`, from all rows of the month. Amounts in Bs."""
    cursor.execute(_SUMS, {**values_of(campaign), "until": campaign.evaluated_on or date.max})
    found: dict[str, Any] = {"evaluated_on": str(campaign.evaluated_on)}  # also where there is nothing to compare
    for side, households, *sums in cursor.fetchall():
        contacts, services, money = sums[:5], sums[5:10], sums[10:]
        found[SIDES[side]] = {
            "contacts": [households, *map(int, contacts)],
            "services": [households, *map(int, services)],
            "money": [households, *map(float, money)],
        }
    return found


def effects_of(sums: dict[str, Any]) -> Effects | None:
    """The effects that `sum_households` found; None without a group to compare."""
    if not all(side in sums for side in SIDES.values()):
        return None
    groups = {unit: {side: Group(*sums[side][unit]) for side in SIDES.values()} for unit in UNITS}
    contacts = effect(**groups["contacts"])
    if contacts is None:
        return None
    return Effects(contacts, effect(**groups["services"]), money_added(**groups["money"]))
