"""Promises found broken become cards for supervision, one each, once (procedure K.4)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from campaigns.models import Campaign, PaymentPromise
from campaigns.promises_and_callbacks.promise_outcomes import FATES, with_outcome
from escalations.models import Escalation
from escalations.raising import ToRaise, is_raised_now, raise_many

KIND = "broken_promise"  # of a card; the centre has it from the beginning
AT_ONCE = 1_000


def raise_broken_promises(*, now: datetime) -> int:
    """Raise what was found broken since the last look. Returns how many; looked for twice at once, each is raised once.

    Of campaigns that agents call now: what is left at the close is in the sealed report. A centre that does not want
    these cards switches their kind off. Raises UnknownKind.
    """
    if not is_raised_now(kind=KIND):
        return 0
    key = Concat(Value("promise:"), Cast("pk", CharField()), output_field=CharField())
    broken = (
        with_outcome(PaymentPromise.objects.filter(campaign__in=Campaign.objects.open()).in_force())
        .filter(FATES["broken"])
        .annotate(key=key)
        .exclude(Exists(Escalation.objects.filter(key=OuterRef("key"))))
        .select_related("contact", "agent")
        .order_by("promised_on", "pk")
    )
    count = 0
    while found := list(broken[:AT_ONCE]):
        raised = raise_many(kind=KIND, all_of=[_to_raise(promise) for promise in found], now=now)
        count += raised
        if raised < len(found):  # somebody else is at it
            break
    return count


def _to_raise(promise: PaymentPromise) -> ToRaise:
    contact = promise.contact
    said = _("Prometió Bs %(amount)s hasta el %(day)s y no cumplió.")
    amount = f"{promise.amount:,.2f}".translate(str.maketrans(",.", ".,"))
    return ToRaise(
        key=f"promise:{promise.pk}",
        contract=contact.contract,
        customer_name=contact.name,
        telephone=(contact.telephones or [""])[0],
        zone=contact.zone,
        reason=said % {"amount": amount, "day": f"{promise.promised_on:%d/%m/%Y}"},
        raised_by_id=promise.agent.user_id,
    )
