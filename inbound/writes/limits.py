"""What one person may have done in another system in a day, and by how much, and how soon one number may have it done
again, whoever asks: asked before a write is owed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from escalations.models import Escalation
from inbound.flows.conditions import same_value
from inbound.models import Footstep, OutsideSystem, OutsideWrite, Walk
from inbound.writes.giving_back import that_count
from inbound.writes.mistaken import not_mistaken
from inbound.writes.states import InDoubtElsewhere, State, WriteRefused
from screens.templatetags.screens import bs
from service_level.days import LA_PAZ, bounds_of_day
from telephony.phone_numbers import display

_ASKED_BY: ContextVar[tuple[User, ...]] = ContextVar("asked_by", default=())
A_DAY = timedelta(days=1)
NOT_HAPPENING = (State.NOT_DONE, State.REFUSED)
STILL_TO_BE_DONE = (State.WAITING, State.SENDING, State.PARKED, State.BY_HAND)
MAY_STILL_GO_OUT = (*STILL_TO_BE_DONE, State.APPROVAL)


@contextmanager
def only_what_is_asked_by(*people: User) -> Iterator[None]:
    """Where a draft is tried: nothing is told of what calls of the centre asked for, and for whom."""
    before = _ASKED_BY.set(people)
    try:
        yield
    finally:
        _ASKED_BY.reset(before)


def _asked_for(**how: Any) -> QuerySet[OutsideWrite]:
    found = OutsideWrite.objects.filter(**how)
    return found.filter(owed_by__in=people) if (people := _ASKED_BY.get()) else found


def hold_limits(*, by: User, action: str, to_whom: str) -> None:
    """Hold the person's row and whom it is for until the transaction ends: two tabs cannot share what is left of a
    limit, and of two calls about one line the second sees what the first asked for.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    hold_whom(action=action, to_whom=to_whom)


def hold_whom(*, action: str, to_whom: str) -> None:
    """Hold whom it is for until the transaction ends: what is found out about one is known before the next is asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"write {action} {to_whom}"])


def check_doubts(*, action: str, amount: Decimal | None, to_whom: str, walk: Walk, now: datetime) -> None:
    """Raise InDoubtElsewhere when this accountable write might be once more what another call asked for, as long as
    nobody knows what became of that; WriteRefused when it is the same with another amount. Limits are held by then.
    """
    in_doubt = same_of_other_calls(action=action, to_whom=to_whom, walk=walk, now=now).exclude(state=State.DONE).first()
    if in_doubt is not None:
        words = _(
            "Ya se pidió esto para %(whom)s a las %(hour)s, en otra llamada, y todavía no se sabe si se hizo: no "
            "se pide otra vez. Siga sin hacerlo y páselo a supervisión."
        )
        asked_at = timezone.localtime(in_doubt.owed_at, LA_PAZ)
        is_today = asked_at.date() == timezone.localdate(now, LA_PAZ)
        hour = date_format(asked_at, "H:i" if is_today else "H:i \\d\\e\\l d/m/Y")
        whom = display(to_whom) + (f" ({bs(in_doubt.amount)})" if in_doubt.amount else "")
        sentence = words % {"whom": whom, "hour": hour}
        raise InDoubtElsewhere(sentence, in_doubt) if in_doubt.amount == amount else WriteRefused(sentence)


def policy_of(system: str) -> OutsideSystem:
    """The limits of a system as its row has them now; one without a row has those a row begins with."""
    return OutsideSystem.objects.filter(code=system).first() or OutsideSystem(code=system)


def check_cool_down(*, policy: OutsideSystem, action: str, to_whom: str, now: datetime) -> None:
    """Raise WriteRefused when the same was done for the same number a moment ago, by whoever, in whatever call. What is
    under way or in doubt is refused before, however long ago it was asked for (`check_doubts`). Limits are held.
    """
    wait = timedelta(minutes=policy.cool_down_minutes)
    done = _asked_for(action=action, to_whom=to_whom, is_accountable=True, state=State.DONE)
    last = done.filter(settled_at__gt=now - wait).order_by("-settled_at").first()
    if last is None or last.settled_at is None:
        return
    words = _(
        "Esto ya se hizo para %(whom)s a las %(hour)s (%(reference)s): no se pide otra vez antes de las %(next)s. "
        "Dígale que ya está hecho; si pide otra, páselo a supervisión."
    )
    whom = display(to_whom) + (f" ({bs(last.amount)})" if last.amount else "")
    said = {
        "whom": whom,
        "reference": last.reference,
        "hour": _hour(last.settled_at),
        "next": _hour(last.settled_at + wait),
    }
    raise WriteRefused(words % said)


def _hour(at: datetime) -> str:
    return date_format(timezone.localtime(at, LA_PAZ), "H:i")


def check_limits(
    *, policy: OutsideSystem, amount: Decimal | None, to_whom: str, walk: Walk, by: User, now: datetime
) -> None:
    """Raise WriteRefused when this accountable write would be too much. Call it with the limits held."""
    if amount is not None:
        offered = amounts_offered(walk=walk, number=to_whom)
        if offered and amount not in offered:
            several = ", ".join(bs(one) for one in sorted(offered))
            raise WriteRefused(_("El plan no tiene ese monto: es uno de %(amounts)s.") % {"amounts": several})
    if amount is not None and policy.largest_amount is not None and amount > policy.largest_amount:
        most = bs(policy.largest_amount)
        raise WriteRefused(_("Es más de lo permitido en una operación (%(most)s).") % {"most": most})
    moved, count = moved_on_the_day(by=by, system=policy.code, now=now)
    if policy.daily_writes is not None and count >= policy.daily_writes:
        words = _("Ya pidió hoy %(count)d operaciones en %(system)s: no se permiten más. Pase el caso a supervisión.")
        raise WriteRefused(words % {"count": count, "system": policy})
    if amount is not None and policy.daily_limit is not None and moved + amount > policy.daily_limit:
        words = _("Pasaría su límite del día en %(system)s: %(moved)s de %(limit)s. Pase el caso a supervisión.")
        raise WriteRefused(words % {"system": policy, "moved": bs(moved), "limit": bs(policy.daily_limit)})


def same_of_other_calls(*, action: str, to_whom: str, walk: Walk, now: datetime) -> QuerySet[OutsideWrite]:
    """What other calls asked for the same number, the newest first: what was done in the last day, and what may be done
    or is still to be, however long ago it was asked for; not what was not done.
    """
    found = _asked_for(action=action, to_whom=to_whom, is_accountable=True)
    found = found.exclude(state=State.DONE, owed_at__lte=now - A_DAY)
    return found.exclude(walk=walk).exclude(state__in=NOT_HAPPENING).order_by("-owed_at")


def settled_by_people(*, action: str, to_whom: str, walk: Walk, now: datetime) -> QuerySet[OutsideWrite]:
    """What other calls asked for the same number in vain, and whoever worked its card settled in the last day, as
    resolved: it may have been done by hand.
    """
    settled = Escalation.State.RESOLVED, Escalation.State.INFORMED
    found = _asked_for(action=action, to_whom=to_whom, is_accountable=True, state__in=NOT_HAPPENING)
    cards = Escalation.objects.filter(state__in=settled, settled_at__gt=now - A_DAY).not_rejected().values("pk")
    found = found.filter(Q(card__in=cards) | Q(card__merged_into__in=cards)).exclude(walk=walk)
    return not_mistaken(found).select_related("card").order_by("-owed_at")


def under_way_for_others(*, action: str, to_whom: str, walk: Walk) -> QuerySet[OutsideWrite]:
    """What other calls asked for the same number, and is still to be done: asked for again it goes out twice."""
    found = _asked_for(action=action, to_whom=to_whom, state__in=STILL_TO_BE_DONE)
    return found.exclude(walk=walk).exclude(to_whom="").order_by("-owed_at")


def moved_on_the_day(*, by: User, system: str, now: datetime) -> tuple[Decimal, int]:
    """Bolivianos and operations a person has asked of a system on this day of La Paz. What was not done counts until
    another person gives it back (giving_back.py).
    """
    found = of_the_day(OutsideWrite.objects.filter(owed_by=by, system=system, is_accountable=True), now=now)
    told = that_count(found).aggregate(moved=Sum("amount"), count=Count("pk"))
    return told["moved"] or Decimal(0), told["count"]


def of_the_day(writes: QuerySet[OutsideWrite], *, now: datetime) -> QuerySet[OutsideWrite]:
    """Those of the day of La Paz that `now` is in."""
    begins, ends = bounds_of_day(now=now)
    return writes.filter(owed_at__gte=begins, owed_at__lt=ends)


def amounts_offered(*, walk: Walk, number: str) -> set[Decimal]:
    """The amounts of the plan of a number as the walk's newest look-up of it found them; empty when none did."""
    steps = Footstep.objects.filter(walk=walk, found__has_key="amounts", by_hand=False).order_by("-position")
    each = (one for one in steps.values_list("found", flat=True) if isinstance(one, dict))
    found = next((one for one in each if same_value(str(one.get("number") or ""), number)), None)
    amounts = found["amounts"] if isinstance(found, dict) and isinstance(found["amounts"], list) else []
    try:
        return {Decimal(str(amount)) for amount in amounts}
    except InvalidOperation:
        return set()
