"""What a close lets go of: leases at once, and promised calls to whoever makes them after the month.

A customer was told an hour, whatever becomes of the campaign: her call becomes a card due at that hour. On its day it
stands on the desk of whoever agreed it, overdue on every agent's, and supervision sees it until somebody made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Min
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import CallBack, Campaign, ListEntry
from escalations.raising import ToRaise, raise_many
from service_level.days import LA_PAZ

KIND = "callback_promise"  # of a card; the centre has it from the beginning
HANDED_OVER = "La campaña cerró: pasó a las llamadas por hacer."  # why a call was cancelled; data, as it was written
SETTLED = (ListEntry.State.PAID, ListEntry.State.GONE)  # nobody has to call these any more, whatever was agreed


@dataclass(frozen=True)
class LetGo:
    """What a close had to let go of: contacts that were open, agreed calls handed over, and those nobody needs."""

    leases: int
    handed_over: int
    cancelled: int


@dataclass(frozen=True)
class Left:
    """What a close would leave undone: contacts still to be called, and calls that were promised, from when to when."""

    contacts: int
    agreed: int
    first_agreed: datetime | None
    last_agreed: datetime | None


def what_is_left(*, campaign: Campaign) -> Left:
    """As it stands now; an agreed call of somebody who paid needs nobody and is not counted."""
    agreed = CallBack.objects.filter(campaign=campaign, state=CallBack.State.PENDING)
    owed = agreed.exclude(contact__entry__state__in=SETTLED)
    found = owed.aggregate(agreed=Count("pk"), first_agreed=Min("due_at"), last_agreed=Max("due_at"))
    return Left(ListEntry.objects.filter(campaign=campaign, state=ListEntry.State.OPEN).count(), **found)


def let_go(*, campaign: Campaign, now: datetime) -> LetGo:
    """Inside the transaction of the close. An open attempt keeps its fence, so its result still enters.

    Raises UnknownKind where the centre has taken away the kind of card a promised call becomes.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE campaigns_listentry SET lease_agent_id = NULL, lease_until = NULL
             WHERE lease_agent_id IS NOT NULL AND contact_id IN (
               SELECT contact_id FROM campaigns_listentry
                WHERE campaign_id = %s AND contact_id = ANY (ARRAY(
                        SELECT contact_id FROM campaigns_listentry WHERE lease_agent_id IS NOT NULL
                         UNION SELECT contact_id FROM campaigns_callback WHERE campaign_id = %s AND state = %s))
                ORDER BY contact_id FOR NO KEY UPDATE)
            """,
            [campaign.pk, campaign.pk, CallBack.State.PENDING],
        )
        leases = cursor.rowcount
    pending = CallBack.objects.select_for_update(of=("self",), no_key=True)
    agreed = pending.filter(campaign=campaign, state=CallBack.State.PENDING).select_related("contact__entry", "agent")
    owed: list[CallBack] = []
    needless: list[CallBack] = []
    for call in agreed.order_by("due_at", "pk"):
        (needless if call.contact.entry.state in SETTLED else owed).append(call)
    if owed:
        raise_many(kind=KIND, all_of=[_to_raise(call) for call in owed], now=now)
    _cancel(owed, why=HANDED_OVER, now=now)
    _cancel(needless, why="La campaña cerró y ya no hacía falta llamar.", now=now)
    return LetGo(leases=leases, handed_over=len(owed), cancelled=len(needless))


def _cancel(calls: Sequence[CallBack], *, why: str, now: datetime) -> None:
    found = CallBack.objects.filter(pk__in=[call.pk for call in calls])
    found.update(state=CallBack.State.CANCELLED, settled_at=now, why=why)


def note_of(note: str, gone: LetGo) -> str:
    """The note of a close with what it let go of."""
    parts = [note if note[-1] in ".!?…" else f"{note}."] if note else []
    if gone.handed_over:
        words = ngettext(
            "%(n)d llamada acordada pasa a las llamadas por hacer.",
            "%(n)d llamadas acordadas pasan a las llamadas por hacer.",
            gone.handed_over,
        )
        parts.append(words % {"n": gone.handed_over})
    if gone.cancelled:
        words = ngettext(
            "%(n)d llamada acordada anulada: ya no hacía falta.",
            "%(n)d llamadas acordadas anuladas: ya no hacían falta.",
            gone.cancelled,
        )
        parts.append(words % {"n": gone.cancelled})
    if gone.leases:
        words = ngettext("%(n)d contacto estaba abierto.", "%(n)d contactos estaban abiertos.", gone.leases)
        parts.append(words % {"n": gone.leases})
    return " ".join(parts)


def _to_raise(call: CallBack) -> ToRaise:
    contact, hour = call.contact, f"{call.due_at.astimezone(LA_PAZ):%d/%m/%Y %H:%M}"
    said = _("Se acordó llamarle el %(hour)s y la campaña cerró antes.") % {"hour": hour}
    return ToRaise(
        key=f"call_back:{call.pk}",
        contract=contact.contract,
        customer_name=contact.name,
        telephone=call.telephone or (contact.telephones or [""])[0],
        zone=contact.zone,
        reason=" ".join(filter(None, (said, call.note))),
        raised_by_id=call.agent.user_id,
        due_at=call.due_at,
        promised=_("Le llamamos el %(hour)s.") % {"hour": hour},
    )
