"""Alerts as mail, for whoever does not look at the room: one when something begins, none as long as it lasts."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from control_room.alerts import Alert
from control_room.models import AlertLimit, ToldAlert
from control_room.page import alerts_now
from notices import mailing
from notices.models import Notice, NoticeKind

OVER = timedelta(minutes=10)  # without it for so long it has ended, and the next is another


@transaction.atomic
def mail_alerts(*, now: datetime) -> Notice | None:
    """Owe one mail of what began since the last time; None where nothing did. Several may run at once."""
    chosen = AlertLimit.objects.select_for_update(no_key=True).filter(is_on=True, is_mailed=True).order_by("pk")
    kinds = {one.kind for one in chosen}
    if not kinds:
        return None
    alerts = {one.same: one for one in alerts_now(now=now) if one.kind in kinds}
    ToldAlert.objects.filter(seen_at__lte=now - OVER).delete()
    lasting = set(ToldAlert.objects.values_list("kind", "about"))
    ToldAlert.objects.bulk_create(
        [ToldAlert(kind=kind, about=about, told_at=now, seen_at=now) for kind, about in alerts],
        update_conflicts=True,
        unique_fields=["kind", "about"],
        update_fields=["seen_at"],
    )
    begun = [one for same, one in alerts.items() if same not in lasting]
    return _owe(begun, now=now) if begun else None


def _owe(begun: list[Alert], *, now: datetime) -> Notice:
    said = ngettext("Sala de control: %(count)s aviso", "Sala de control: %(count)s avisos", len(begun))
    room = settings.PUBLIC_URL + reverse("control_room:room")
    lines = [f"- {one.words}" for one in begun]
    which = blake2b(repr(sorted(one.same for one in begun)).encode(), digest_size=8).hexdigest()
    return mailing.owe(
        key=f"room-alerts:{now:%Y%m%dT%H%M}:{which}",
        kind=NoticeKind.ROOM_ALERTS,
        subject=begun[0].words if len(begun) == 1 else said % {"count": len(begun)},
        body="\n".join([*lines, "", _("La sala, como está ahora: %(address)s") % {"address": room}]),
        now=now,
    )
