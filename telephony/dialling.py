"""Calls that are asked for by a click. The web asks by a row, whoever holds the link sends it: once, or not at all."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent
from telephony.agent_states import let_go
from telephony.models import Extension, Listening, OutgoingCall, Switchboard
from telephony.outcomes import Outcome
from telephony.phone_numbers import COUNTRY

CHANNEL = "telephony"  # of the database: whoever holds a link hears at once that there is something to send
TOO_LATE = timedelta(seconds=6)  # an agent who waited this long has dialled by hand
GIVEN_UP = timedelta(seconds=60)  # since nobody holds the link: nobody will say any more what became of a call
State = OutgoingCall.State


class DialRefused(Exception):
    """It is not dialled; the message says why and what to do."""


def ask_to_call(*, agent: Agent, extension: Extension, number: str, now: datetime) -> OutgoingCall:
    """Ask that the agent's telephone and then `number` (E.164) be rung. The same click twice is one call.

    Raises DialRefused.
    """
    board = extension.switchboard
    if not is_linked(board, now=now):
        raise DialRefused(_("No hay enlace con la central: marque en su teléfono."))
    dialled = number.removeprefix(COUNTRY)
    if not (dialled.isascii() and dialled.isdigit()):
        raise DialRefused(_("Ese número no se puede marcar desde la central: márquelo en su teléfono."))
    call = OutgoingCall(
        key=uuid.uuid4(), switchboard=board, agent=agent, telephone=extension.telephone, number=number,
        dialled=dialled, asked_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        under_way = OutgoingCall.objects.under_way().filter(agent=agent).first()
        if under_way is not None and under_way.number == number:
            return under_way
        if under_way is None:
            raise DialRefused(_("En este momento otra persona llama a ese número: espere a que termine.")) from None
        raise DialRefused(_("Su llamada anterior todavía no terminó: cuelgue primero.")) from None
    ring_bell(board.pk)
    return call


def ask_to_hang_up(*, call: OutgoingCall, now: datetime) -> None:
    """Ask that it end, in whatever phase it is; one that was not sent yet ends here. Asked twice it is asked once."""
    asked = OutgoingCall.objects.under_way().filter(pk=call.pk, ending_asked_at=None).update(ending_asked_at=now)
    if asked and not close(calls=Q(pk=call.pk, state=State.ASKED), outcome=Outcome.CANCELLED, now=now):
        ring_bell(call.switchboard_id)


def is_linked(board: Switchboard, *, now: datetime) -> bool:
    """Whether somebody holds a link to it that works."""
    return Switchboard.objects.heard(now=now).filter(pk=board.pk).exists()


def next_to_send(*, held: Listening, now: datetime) -> OutgoingCall | None:
    """Take the next call to be sent: from here on it counts as sent, whatever happens to this process."""
    waiting = OutgoingCall.objects.filter(
        switchboard=held.switchboard_id, state=State.ASKED, ending_asked_at=None, asked_at__gte=now - TOO_LATE
    )
    for call in waiting.select_related("switchboard").order_by("asked_at")[:20]:
        still = Listening.objects.filter(pk=held.pk, fence=held.fence, lease_until__gt=now)
        sent = OutgoingCall.objects.filter(pk=call.pk, state=State.ASKED, ending_asked_at=None).filter(
            switchboard__listening__in=still
        )
        if sent.update(state=State.SENT, sent_at=now, fence=held.fence):
            call.refresh_from_db(fields=["state", "sent_at", "fence"])
            return call
    return None


def next_to_end(*, held: Listening, now: datetime) -> OutgoingCall | None:
    """Take the next call that is to be hung up; asked of the switchboard once."""
    asked = OutgoingCall.objects.under_way().filter(
        switchboard=held.switchboard_id, ending_asked_at__isnull=False, ending_sent_at=None, sent_at__isnull=False
    )
    call = asked.order_by("ending_asked_at").first()
    if call is None or not asked.filter(pk=call.pk).update(ending_sent_at=now):
        return None
    return call


def not_placed(*, call: OutgoingCall, now: datetime) -> None:
    """The switchboard did not take it: nobody was rung."""
    close(calls=Q(pk=call.pk), outcome=Outcome.NOT_PLACED, now=now)


@transaction.atomic
def close(*, calls: Q, outcome: Outcome, now: datetime) -> int:
    """End calls that are under way with what became of them; their agents are let go. Returns how many."""
    under_way = OutgoingCall.objects.under_way().filter(calls).select_related("agent")
    ending = list(under_way.select_for_update(of=("self",)))
    ended = OutgoingCall.objects.filter(pk__in=[call.pk for call in ending])
    ended.update(state=State.OVER, outcome=outcome, ended_at=now)
    for call in ending:
        if call.sent_at is not None:
            let_go(call=call, at=now)
    return len(ending)


def watched(*, now: datetime) -> QuerySet[Listening]:
    """Links by which something was heard within the last minute: of the others nobody says any more what became of a
    call. One that was let go, lost or stopped, has no lease: what counts of it is since when it is lost.
    """
    since = now - GIVEN_UP
    is_held_or_lost = Q(lease_until__gt=since) | Q(lease_until=None, lost_at__isnull=False)
    return Listening.objects.filter(is_held_or_lost & ~Q(lost_at__lt=since))


def close_the_forgotten(*, now: datetime) -> int:
    """What nobody sent in time was not placed; what was sent and nobody watches any more is unknown."""
    unsent = Q(state=State.ASKED) & (Q(asked_at__lt=now - TOO_LATE) | Q(ending_asked_at__isnull=False))
    closed = close(calls=unsent, outcome=Outcome.NOT_PLACED, now=now)
    unwatched = Q(sent_at__lt=now - GIVEN_UP) & ~Q(switchboard__listening__in=watched(now=now))
    return closed + close(calls=~Q(state=State.ASKED) & unwatched, outcome=Outcome.UNKNOWN, now=now)


def ring_bell(switchboard_id: int) -> None:
    """Tell whoever holds the link that something was asked for, once the transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(switchboard_id)])
