"""The digest of what breached its term: each working day in the morning and at mid-day, one mail to the supervisors.

A digest is of a slot, not of the moment it is written: it tells what was due until the slot's hour and was never told
before. So a beat that was down over the hour sends it when it is back, and sends nothing that belongs to the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from escalations.marks import mark_times
from escalations.models import Escalation
from notices import mailing
from notices.models import Notice, NoticeKind
from service_level.days import LA_PAZ
from service_level.working_time import working_calendar

SLOTS = (("morning", time(8)), ("midday", time(12, 30)))  # of La Paz
LOCK = "escalations.digest"
LISTED = 200  # of a day when everything breached: a mail nobody can read to its end helps nobody


@dataclass(frozen=True)
class Slot:
    """One digest of one day."""

    key: str
    begins: datetime


def mail_digest(*, now: datetime) -> Notice | None:
    """Owe the digest of the slot that runs now, once; None when there is none, it was sent, or nothing is to be told.

    Several may run at once, as often as one likes. What it tells is marked in the same transaction.
    """
    slot = slot_at(now=now)
    if slot is None or Notice.objects.filter(key=slot.key).exists():
        return None
    mark_times(now=now, waits=True)  # beat may have been down, and another sweep may be in the middle of it
    with transaction.atomic(), connection.cursor() as cursor:
        # two at once must not share what breached between them: the second finds the first one's mail
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
        if Notice.objects.filter(key=slot.key).exists():
            return None
        breached = _to_mail(slot)
        if not breached:
            return None
        Escalation.objects.filter(pk__in=[one.pk for one in breached]).update(mailed_at=now)
        said = ngettext(
            "%(count)d derivación venció sin resolver", "%(count)d derivaciones vencieron sin resolver", len(breached)
        )
        return mailing.owe(
            key=slot.key,
            kind=NoticeKind.ESCALATION_DIGEST,
            subject=said % {"count": len(breached)},
            body=_body(breached),
            now=now,
        )


def slot_at(*, now: datetime) -> Slot | None:
    """The last slot of today that has begun; None before the first one and on a day that is not worked."""
    local = timezone.localtime(now, LA_PAZ)
    if not working_calendar(first=local.date(), last=local.date()).stretches_of(local.date()):
        return None
    begun = [(name, hour) for name, hour in SLOTS if hour <= local.time()]
    if not begun:
        return None
    name, hour = begun[-1]
    return Slot(f"escalations-digest:{local.date()}:{name}", datetime.combine(local.date(), hour, LA_PAZ))


def _to_mail(slot: Slot) -> list[Escalation]:
    """What breached until the slot and was never told, by kind, the oldest first; not a double: its other is."""
    rows = Escalation.objects.filter(breached_at__isnull=False, mailed_at=None, due_at__lte=slot.begins)
    held = rows.exclude(state=Escalation.State.MERGED).select_for_update(of=("self",), no_key=True)
    found = list(held.select_related("kind", "owner").order_by("pk"))  # in the one order in which cards are locked
    return sorted(found, key=lambda one: (one.kind.name, one.due_at, one.pk))


def _body(breached: Sequence[Escalation]) -> str:
    """No customer is named: who may know opens the card."""
    blocks = [_("Vencieron desde el último resumen:")]
    shown = breached[:LISTED]
    for kind, cards in groupby(shown, key=lambda one: one.kind.name):
        blocks.append("\n".join([kind, *(_line(card) for card in cards)]))
    if rest := len(breached) - len(shown):
        blocks.append(_("Y %(count)d más, en la lista de vencidas.") % {"count": rest})
    blocks.append(_("Todas las vencidas: %(address)s") % {"address": f"{_address('escalation_list')}?due=overdue"})
    return "\n\n".join(blocks)


def _line(card: Escalation) -> str:
    due = timezone.localtime(card.due_at, LA_PAZ)
    who = str(card.owner) if card.owner else _("nadie la tiene")
    words = {"due": f"{due:%d/%m %H:%M}", "state": card.get_state_display(), "who": who}
    said = _("- vencía el %(due)s · %(state)s · %(who)s") % words
    return f"{said}\n  {_address('escalation', card.pk)}"


def _address(name: str, *arguments: int) -> str:
    return settings.PUBLIC_URL + reverse(f"escalations:{name}", args=arguments)
