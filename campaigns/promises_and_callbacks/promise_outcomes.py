"""Whether payment promises were kept: computed from payments, never typed (procedure K.4).

    kept         the contact's receipts from the day of the promise until the promised day reach the amount, or all
                 its services are paid by then
    open         not kept yet, and the promised day is not over, or payments are not known up to its end
    partly kept  the day is over, and something came in
    broken       the day is over, and nothing came in
    void         not kept, and a corrected report no longer has the customer: nothing is owed
    before       not kept, and all was paid before the promise, as is known by now: nothing was owed

Payments on the day of the promise count, because collections report no hour; those of earlier days do not, and neither
does one of that day that was known when the promise was made: it is not what was promised. A promise
replaced by a later one (`superseded_at`) has no outcome of its own: only those in force are counted.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Campaign, ListEntry, PaymentPromise, Receipt
from campaigns.payments.payment_age import payments_known_until

Outcome = PaymentPromise.Outcome
MONEY: DecimalField[Any, Any] = DecimalField(max_digits=12, decimal_places=2)


def known_through() -> date:
    """The last whole day of La Paz up to which payments are known; long ago when there is no collections report."""
    until = payments_known_until()
    return date.min if until is None else timezone.localtime(until).date() - timedelta(days=1)


def why_promises_move(*, campaign: Campaign) -> str:
    """As of which day the promises of a month are judged, and what still moves their number, closed or not.

    A promise may be for a day after the close. Once the payments of the last promised day are known nothing but a late
    report moves it.
    """
    in_force = PaymentPromise.objects.filter(campaign=campaign).in_force()
    last = in_force.aggregate(last=Max("promised_on"))["last"]
    known = known_through()
    if last is None:
        return ""
    if known == date.min:
        return _("Promesas incumplidas: todavía no llegó ningún reporte de pagos con que juzgarlas.")
    words = {"known": f"{known:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
    if known < last:
        return (
            _(
                "Promesas incumplidas: las prometidas hasta el %(known)s, último día con todos sus pagos conocidos. "
                "El número cambia con cada día que se conoce, también después del cierre: "
                "la última es para el %(last)s."
            )
            % words
        )
    return (
        _(
            "Promesas incumplidas: todas vencieron (la última, el %(last)s). El número solo cambia si llega un pago "
            "o se corrige uno."
        )
        % words
    )


def with_outcome(promises: QuerySet[PaymentPromise]) -> QuerySet[PaymentPromise]:
    """`promises` with `made_on`, `received` (Bs of the promise's days) and `outcome` (a value of Outcome)."""
    known_then = Q(paid_on=OuterRef("made_on"), report__published_at__lt=OuterRef("made_at"))
    received = (
        Receipt.objects.filter(
            ~known_then,
            renewal__contact=OuterRef("contact"),
            paid_on__gte=OuterRef("made_on"),
            paid_on__lte=OuterRef("promised_on"),
        )
        .values("renewal__contact")
        .values(sum=Sum(F("amount") - F("refunded")))
    )
    paid_then = Q(contact__entry__paid_on=F("made_on"), contact__entry__paid_known_at__lt=F("made_at"))
    return promises.annotate(made_on=TruncDate("made_at")).annotate(
        received=Coalesce(Subquery(received, output_field=MONEY), Value(Decimal(0)), output_field=MONEY),
        outcome=Case(
            When(received__gte=F("amount"), then=Value(Outcome.KEPT)),
            When(
                ~paid_then,
                contact__entry__paid_on__gte=F("made_on"),
                contact__entry__paid_on__lte=F("promised_on"),
                then=Value(Outcome.KEPT),
            ),
            When(contact__entry__state=ListEntry.State.GONE, then=Value(Outcome.VOID)),
            When(paid_then | Q(contact__entry__paid_on__lt=F("made_on")), then=Value(Outcome.PAID_BEFORE)),
            When(promised_on__gt=known_through(), then=Value(Outcome.OPEN)),
            When(received__gt=0, then=Value(Outcome.PARTLY_KEPT)),
            default=Value(Outcome.BROKEN),
            output_field=CharField(),
        ),
    )


MISSED = Q(outcome__in=[Outcome.BROKEN, Outcome.PARTLY_KEPT])
# What a promise in force is to somebody who looks after it; the lists of the promises page.
FATES: dict[str, Q] = {
    "broken": MISSED & Q(contact__entry__paid_on__isnull=True),
    "later": MISSED & Q(contact__entry__paid_on__isnull=False),
    "open": Q(outcome=Outcome.OPEN),
    "kept": Q(outcome=Outcome.KEPT),
    "void": Q(outcome__in=[Outcome.VOID, Outcome.PAID_BEFORE]),
}


def broken_promises(*, campaign: Campaign) -> QuerySet[PaymentPromise]:
    """Promises in force that were not kept, or kept in part, whose contact still owes; the oldest day first."""
    owing = PaymentPromise.objects.filter(campaign=campaign, contact__entry__paid_on__isnull=True).in_force()
    return with_outcome(owing).filter(FATES["broken"]).order_by("promised_on", "pk")


def count_fates(*, promises: QuerySet[PaymentPromise], now: datetime) -> dict[str, int]:
    """How many of `promises` have which fate, each of them one; and how many are `due_today`."""
    today = Q(promised_on=timezone.localtime(now).date())
    counted = with_outcome(promises).aggregate(
        due_today=Count("pk", filter=today), **{name: Count("pk", filter=fate) for name, fate in FATES.items()}
    )
    return {name: int(number) for name, number in counted.items()}
