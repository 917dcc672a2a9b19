"""When a payment counts as *after contact* (procedure K, efectividad). One place for every figure, screen and seal.

A service is **paid** on the day its receipts reach what it owes (`RenewalPayment.paid_on`); one that has not reached it
is not paid, whatever came in. It was paid **after contact** when that day is the day of the first right-party contact
(`ListEntry.contacted_at`, by the calendar of La Paz) or a later one; everything else that is paid was paid **without
contact**, also when the contact came after the payment.

Parts: the service is credited whole or not at all, by the part that completed it. A customer who had paid a part, was
called, and paid the rest is *after contact*: when she was called she still owed, and her list was right to have her.
A contact is paid once all its services are, on the day of the last one, and is credited by that day
(docs/decisions/0040): of two services, one paid after contact is a credited service and no paid contact. Only days are
compared: collections report no hour, so a payment of the contact's own day counts as after it.
"""

from __future__ import annotations

from django.conf import settings


def day_in_sql(moment: str) -> str:
    """SQL: the day of La Paz of a timestamp column or expression of ours."""
    return f"({moment} AT TIME ZONE '{settings.TIME_ZONE}')::date"


def paid_after_contact(*, paid_on: str, contacted_at: str) -> str:
    """SQL, true where a payment completed on `paid_on` counts as after the contact at `contacted_at`.

    Null where there is no payment or no contact, so that `count(*) FILTER (WHERE …)` counts what it says.
    """
    return f"({paid_on} >= {day_in_sql(contacted_at)})"
