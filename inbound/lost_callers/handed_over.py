"""Who was handed over to a telephone that nobody lifted, and hung up: the switchboard tells it, and no queue_log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.models import Walk
from telephony.models import CallOrder, QueueCall

Outcome = QueueCall.Outcome


def raise_the_unheard(
    *, kind: str, lines: Mapping[str, tuple[str, str]], since: datetime, until: datetime, now: datetime
) -> int:
    """A call to be made of each who gave up between the two, unless somebody spoke with her since or she is to be
    called anyway. Returns how many were made.
    """
    answered = QueueCall.objects.filter(number=OuterRef("number"), answered_at__gt=OuterRef("ended_at"))
    waits = Escalation.objects.filter(kind__code=kind, telephone=OuterRef("number"), state__in=Escalation.UNSETTLED)
    unheard = QueueCall.objects.filter(
        ~Exists(answered), ~Exists(waits), is_handed_on=True, outcome=Outcome.NOT_ANSWERED, ended_at__gt=since,
        ended_at__lte=until,
    ).exclude(number="")  # fmt: skip
    made = 0
    for call in unheard.order_by("ended_at"):
        key = f"lost:handed-over:{call.key}"
        if not Escalation.objects.filter(key=key).exists():
            raise_escalation(key=key, kind=kind, **_told(call, lines), by=None, now=now)
            made += 1
    return made


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
    return {
        "line": line,
        "reason": _("%(agent)s le atendió en %(line)s y le transfirió a %(to)s: nadie le contestó y colgó.") % said,
        "details": {},
        "contract": walk.contract if walk else "",
        "customer_name": (walk and (walk.customer_name or walk.caller_name)) or _("Línea %(line)s") % {"line": line},
        "telephone": call.number,
    }
