"""A seal is asked for on the page and made by a worker: a month is counted twice for it, and that takes its time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agents.models import User
from service_level.models import SealOrder
from service_level.months import written
from service_level.sealing.sealing import SealRefused, check_can_be_sealed, seal
from work.ending import done, refuse
from work.kinds import Kind

LEASE = timedelta(minutes=15)
PATIENCE = timedelta(seconds=30)  # between a try that failed and the next one
State = SealOrder.State


def order_seal(*, month: date, by: User, now: datetime, reason: str = "") -> SealOrder:
    """Owe the next revision of a month that is over; of one that is owed already that one. Raises SealRefused."""
    reason = reason.strip()[:200]
    check_can_be_sealed(month, reason=reason, now=now)
    told = {"reason": reason, "asked_by": by, "asked_at": now}
    return SealOrder.objects.get_or_create(month=month, state=State.WAITING, defaults=told)[0]


def last_order(month: date, *, user: User) -> SealOrder | None:
    """What was asked for last; None while nobody has."""
    return SealOrder.objects.visible_to(user).filter(month=month).order_by("pk").last()


def seal_as_ordered(order: SealOrder, *, now: datetime) -> None:
    """Seal, or keep why it cannot be. Raises LeaseLost when another has it by then, and then nothing is sealed."""
    try:
        with transaction.atomic():
            seal(month=order.month, by=order.asked_by, reason=order.reason, now=now)
            done(owed=order, now=now)
    except SealRefused as refusal:
        refuse(owed=order, to=State.REFUSED, error=str(refusal), now=now)


ORDERS = Kind(
    name="month_seal",
    model=SealOrder,
    words=_("Sellos del indicador"),
    since="asked_at",
    waiting=State.WAITING,
    parked=State.FAILED,
    over=(State.DONE, State.REFUSED),
    lease=LEASE,
    waits=(PATIENCE, PATIENCE),
    verb=seal_as_ordered,
    page=lambda order: reverse("service_level:seal", args=[written(order.month)]),
)
