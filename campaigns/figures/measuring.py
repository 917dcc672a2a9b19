"""What the figures of a campaign mean. Every screen, seal and command counts by these definitions and no others.

Two units are counted. A **contact** is a customer of one contract, called once; a **service** is one renewal of
hers, paid on its own. A customer with Internet and television is one contact and two services.

    items               all contacts (services) of the campaign
    callable            items that were drawn and could have been called on the day of the launch: with a telephone in
                        the report, not out of reach before any call, not paid in full before that day, and not come
                        later
    handled             items of a contact with at least one recorded result                       ÷ items
    contacted           handled items whose customer (the right party) was spoken to               ÷ handled
    promised            contacted items whose customer promised to pay                             ÷ contacted
    paid                items paid in full: a service when its receipts reach what it owes,
                        a contact when all its services are                                        ÷ items
    paid after contact  paid items, completed on the day of the first contact or later
                        (campaigns/figures/crediting.py)                                                   ÷ contacted
    paid without contact  paid − paid after contact: never contacted, or paid before it            ÷ items
    not paid            items − paid                                                               ÷ items
    effect              paid share of callable items that were assigned − paid share of those held out, in points;
                        on the one day of the evaluation, by household (campaigns/figures/effects.py)

In Bs a service weighs what it owes, so a part can never exceed its whole; `received` is what the receipts add up to,
over- and underpayments included. The days are those of La Paz.

Of which agent: `assigned` counts under the present owner. Work counts under whoever spoke with the customer first, else
under whoever handled the contact first, else under the owner; what a contact became later stays with that agent,
and whoever inherits the contact inherits no work of another (docs/decisions/0070).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from operator import add, attrgetter
from typing import Any

from django.utils import timezone

from campaigns.figures.crediting import day_in_sql, paid_after_contact
from campaigns.models import Campaign

WORK_MEMORY = "256MB"  # of one count: the joins of a million contacts stay in memory

# One row a contact. Ends in the month's words: owner, agent (credited), part, days of what happened. `sign` is what a
# row counts for: -1 takes away what a contact was counted by before (campaigns/figures/keeping.py).
CONTACT_ROWS = f"""
SELECT e.contact_id, e.owner_id, COALESCE(e.contacted_by_id, e.handled_by_id, e.owner_id) AS agent_id,
       c.zone, e.call_list AS part, e.state, e.state = 'held_out' AS held_out,
       cardinality(c.telephones) > 0 AND NOT (e.state = 'not_callable' AND e.handled_at IS NULL)
         AND COALESCE(e.paid_on >= %(launched)s::date, TRUE)
         AND COALESCE(e.contact_id <= %(drawn_until)s::bigint, TRUE) AS callable,
       COALESCE(e.household, e.contact_id) AS household,
       {day_in_sql("LEAST(e.handled_at, e.contacted_at)")} AS handled_on,
       {day_in_sql("e.contacted_at")} AS contacted_on,
       CASE WHEN e.contacted_at IS NOT NULL THEN {day_in_sql("e.promised_at")} END AS promised_on,
       e.paid_on, e.contacted_at,
       {paid_after_contact(paid_on="e.paid_on", contacted_at="e.contacted_at")} AS is_credited, 1 AS sign
  FROM campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id
 WHERE e.campaign_id = %(campaign)s
"""

# One row a service, with the fate of its contact.
SERVICE_ROWS = f"""
SELECT r.id AS renewal_id, m.contact_id, m.owner_id, m.agent_id, m.zone, r.service AS part, m.held_out,
       m.callable, m.handled_on, m.contacted_on, m.promised_on, p.paid_on, p.first_paid_on,
       {paid_after_contact(paid_on="p.paid_on", contacted_at="m.contacted_at")} AS is_credited,
       r.amount_due, COALESCE(p.amount, 0) AS received, m.sign
  FROM measured_contact m
  JOIN campaigns_renewal r ON r.contact_id = m.contact_id AND r.gone_at IS NULL
  LEFT JOIN campaigns_renewalpayment p ON p.renewal_id = r.id
"""

# Laid out once for all that a count asks; `{which}` narrows them to some contacts.
MEASURED_CONTACTS = f"CREATE TEMPORARY TABLE measured_contact ON COMMIT DROP AS {CONTACT_ROWS} {{which}}"
MEASURED_SERVICES = f"CREATE TEMPORARY TABLE measured_service ON COMMIT DROP AS {SERVICE_ROWS}"

# Which of the rows above a figure counts. The list it opens has the same ones (campaigns/figures/counted_rows.py).
CONDITIONS = {
    "items": "TRUE",
    "callable": "callable",
    "callable_paid": "callable AND paid_on IS NOT NULL",
    "handled": "handled_on IS NOT NULL",
    "contacted": "contacted_on IS NOT NULL",
    "promised": "promised_on IS NOT NULL",
    "paid": "paid_on IS NOT NULL",
    "paid_after_contact": "is_credited",
    "paid_without_contact": "paid_on IS NOT NULL AND is_credited IS NOT TRUE",
    "not_paid": "paid_on IS NULL",
    "held_out": "held_out",
    # of those paid after contact, told beside them (services only)
    "paid_on_contact_day": "is_credited AND paid_on = contacted_on",
    "paid_part_before": "is_credited AND first_paid_on < contacted_on",
}

# On which of its days a row is counted under a day.
DAY_OF = {
    "handled": "handled_on",
    "contacted": "contacted_on",
    "promised": "promised_on",
    **dict.fromkeys(("paid", "paid_after_contact", "paid_without_contact"), "paid_on"),
    **dict.fromkeys(("paid_on_contact_day", "paid_part_before"), "paid_on"),
}

COUNTED = ("items", "callable", "callable_paid", "handled", "contacted", "promised", "paid", "paid_after_contact")
WEIGHED = (
    "amount",
    "amount_handled",
    "amount_contacted",
    "amount_promised",
    "amount_paid",
    "amount_paid_after_contact",
    "amount_received",
)

# Every column of a cell as an aggregate over the rows above; the amounts of a row that is taken away are negative.
CELL_SUMS = {name: f"COALESCE(sum(sign) FILTER (WHERE {CONDITIONS[name]}), 0)::int" for name in COUNTED}
SERVICE_SUMS = {
    "amount": "sum(amount_due)",
    **{
        f"amount_{name}": f"COALESCE(sum(amount_due) FILTER (WHERE {CONDITIONS[name]}), 0)"
        for name in ("handled", "contacted", "promised", "paid", "paid_after_contact")
    },
    "amount_received": "sum(received)",
}


def values_of(campaign: Campaign) -> dict[str, Any]:
    """What `CONTACT_ROWS` asks of a campaign. Calls were possible from the launch on, by the calendar of La Paz."""
    launched = timezone.localdate(campaign.launched_at) if campaign.launched_at else campaign.calls_from
    return {"campaign": campaign.pk, "launched": launched, "drawn_until": campaign.drawn_until}


@dataclass(frozen=True)
class Rate:
    """A share with its base written beside it; without a base there is no share."""

    part: int
    base: int
    of: str

    @property
    def share(self) -> Decimal | None:
        """Between 0 and 1, rounded to four decimals."""
        return (Decimal(self.part) / self.base).quantize(Decimal("0.0001")) if self.base else None


ZERO = Decimal("0.00")
RATES = {  # a figure, and what it is a share of
    "handled": "items",
    "contacted": "handled",
    "promised": "contacted",
    "paid": "items",
    "paid_after_contact": "contacted",
    "paid_without_contact": "items",
    "not_paid": "items",
}


@dataclass(frozen=True)
class Counts:
    """The columns of a cell, summed. Counts of one unit; amounts in Bs, of services only."""

    assigned: int = 0
    items: int = 0
    callable: int = 0
    callable_paid: int = 0
    handled: int = 0
    contacted: int = 0
    promised: int = 0
    paid: int = 0
    paid_after_contact: int = 0
    amount: Decimal = field(default=ZERO)
    amount_handled: Decimal = field(default=ZERO)
    amount_contacted: Decimal = field(default=ZERO)
    amount_promised: Decimal = field(default=ZERO)
    amount_paid: Decimal = field(default=ZERO)
    amount_paid_after_contact: Decimal = field(default=ZERO)
    amount_received: Decimal = field(default=ZERO)

    @property
    def paid_without_contact(self) -> int:
        return self.paid - self.paid_after_contact

    @property
    def not_paid(self) -> int:
        return self.items - self.paid

    @property
    def amount_paid_without_contact(self) -> Decimal:
        return self.amount_paid - self.amount_paid_after_contact

    @property
    def amount_not_paid(self) -> Decimal:
        return self.amount - self.amount_paid

    def rate(self, name: str) -> Rate:
        """A rate with its base, as the head of this module defines it."""
        base = RATES[name]
        return Rate(getattr(self, name), getattr(self, base), base)

    @property
    def rates(self) -> dict[str, Rate]:
        """Every rate, by name."""
        return {name: self.rate(name) for name in RATES}

    @classmethod
    def of(cls, numbers: Iterable[Any]) -> Counts:
        """Counts of all its columns, in their order: a page makes five hundred, and by the class it takes four times
        as long."""
        counts = cls.__new__(cls)
        counts.__dict__.update(zip(_COLUMNS, numbers, strict=True))
        return counts

    def __add__(self, other: Counts) -> Counts:
        return Counts.of(map(add, _numbers_of(self), _numbers_of(other)))


_COLUMNS = tuple(f.name for f in fields(Counts))
_numbers_of = attrgetter(*_COLUMNS)
NOTHING = Counts()
