"""Who was handed over to a telephone that nobody lifted, and hung up: the switchboard tells it, and no queue_log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import add_detail, raise_escalation
from inbound.lost_callers.callers import KIND, Caller, is_seen_to
from inbound.models import Walk
from telephony.models import CallOrder, QueueCall

IN_VAIN = (QueueCall.Outcome.NOT_ANSWERED, QueueCall.Outcome.UNKNOWN)


def raise_the_unheard(
    callers: Mapping[str, Caller],
    *,
    lines: Mapping[str, tuple[str, str]],
    since: datetime,
    until: datetime,
    now: datetime,
) -> int:
    """A call to be made of each telephone that gave up between the two, unless somebody spoke with her since, she was
    called back, or is to be called anyway: that call is told of it. Returns how many were made.
    """
    answered = QueueCall.objects.filter(number=OuterRef("number"), answered_at__gt=OuterRef("ended_at"))
    same = QueueCall.objects.filter(switchboard=OuterRef("switchboard"), uid=OuterRef("uid"))
    goes_on = same.filter(Q(ended_at=None) | Q(ended_at__gt=OuterRef("ended_at")))
    unheard = QueueCall.objects.filter(
        ~Exists(answered), ~Exists(goes_on), is_handed_on=True, outcome__in=IN_VAIN, answered_at=None,
        ended_at__gt=since, ended_at__lte=until,
    ).exclude(number="")  # fmt: skip
    last = unheard.order_by("number", "-ended_at").distinct("number")
    waiting = Escalation.objects.filter(kind__code=KIND, state__in=Escalation.UNSETTLED)
    by_telephone = {card.telephone: card for card in waiting.order_by("raised_at")}
    return sum(_see_to(call, callers.get(call.number), by_telephone.get(call.number), lines, now) for call in last)


def _see_to(
    call: QueueCall,
    caller: Caller | None,
    card: Escalation | None,
    lines: Mapping[str, tuple[str, str]],
    now: datetime,
) -> int:
    key = f"lost:handed-over:{call.key}"
    if call.ended_at is None or (caller and (caller.waits or caller.answered_after(call.ended_at))):
        return 0
    if is_seen_to(key, telephone=call.number, since=call.ended_at):
        return 0
    told = _told(call, lines)
    if card is None:
        raise_escalation(key=key, kind=KIND, **told, by=None, now=now)
        return 1
    if not card.changes.filter(note=told["reason"]).exists():
        add_detail(key=card.key, text=told["reason"], by=None, now=now)
    return 0


def _told(call: QueueCall, lines: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Who attended her, and to whom she was handed over, as far as it is known."""
    visits = QueueCall.objects.filter(switchboard=call.switchboard_id, uid=call.uid, ended_at__lte=call.ended_at)
    before = visits.exclude(pk=call.pk).select_related("agent__user").order_by("-ended_at").first()
    order = CallOrder.objects.transfers().filter(call=before).order_by("-asked_at").first()
    walk = Walk.objects.filter(call=before).order_by("-began_at").first() if before else None
    line, name = lines.get(call.queue, (call.queue[:12], ""))
    said = {
        "line": f"{line} {name}".strip(),
        "agent": str(before.agent) if before and before.agent else _("Un agente"),
        "to": order.number if order else _("otro teléfono"),
    }
    words = _("%(agent)s le atendió en %(line)s y le transfirió a %(to)s: nadie le contestó y la llamada terminó.")
    if call.outcome == QueueCall.Outcome.UNKNOWN:
        words = _(
            "%(agent)s le atendió en %(line)s e iba a transferirle a %(to)s: se perdió el enlace con la central y no se"
            " sabe si alguien le contestó."
        )
    return {
        "line": line,
        "reason": words % said,
        "details": {},
        "contract": walk.contract if walk else "",
        "customer_name": (walk and (walk.customer_name or walk.caller_name)) or _("Línea %(line)s") % {"line": line},
        "telephone": call.number,
    }
