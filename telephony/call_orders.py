"""Orders for the call an agent is in: hang up, hand over. The web writes a row, whoever holds the link sends it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.telling import tell_pages
from telephony.actions import DIGITS
from telephony.dialling import GIVEN_UP, TOO_LATE, is_linked, ring_bell
from telephony.models import CallOrder, Listening, QueueCall

Kind, State, Why = CallOrder.Kind, CallOrder.State, CallOrder.Why
BEGINS_WITHIN = timedelta(seconds=10)  # the caller is on hold by then, where the switchboard asks first and tells of it
AT_ONCE = timedelta(seconds=2)  # nobody speaks with a caller so shortly
# What switchboards answer when they do not do it.
REFUSALS = (
    (re.compile(r"no such channel|channel (specified )?does not exist|no channel", re.IGNORECASE), Why.NO_CALL),
    (re.compile(r"extension does not exist|transfer invalid", re.IGNORECASE), Why.NO_SUCH_PLACE),
    (re.compile(r"permission denied|not permitted|no feature code", re.IGNORECASE), Why.NOT_ALLOWED),
)


class OrderRefused(Exception):
    """It is not asked for; the message says why."""


def give_order(*, agent: Agent, call: QueueCall, kind: CallOrder.Kind, number: str = "", now: datetime) -> CallOrder:
    """Ask that the call she is in be hung up, or handed over to `number`. The same order twice is one.

    Raises OrderRefused.
    """
    if kind == Kind.HANG_UP:
        number = ""
    elif not DIGITS.fullmatch(number):
        raise OrderRefused(_("Escriba solo cifras: un interno, una línea o un número."))
    with transaction.atomic():
        hers = QueueCall.objects.select_for_update(no_key=True, of=("self",)).select_related("switchboard")
        there = hers.filter(pk=call.pk, agent=agent, state=QueueCall.State.TALKING).first()
        if there is None:
            raise OrderRefused(_("Usted ya no está en esa llamada."))
        if not is_linked(there.switchboard, now=now):
            raise OrderRefused(_("No hay enlace con la central: hágalo en su teléfono."))
        order = CallOrder(call=there, agent=agent, kind=kind, number=number, asked_at=now)
        try:
            with transaction.atomic():
                order.save(force_insert=True)
        except IntegrityError:
            under_way = CallOrder.objects.under_way().filter(call=there)
            before = (under_way.filter(kind=kind) if kind == Kind.HANG_UP else under_way.transfers()).first()
            if before is not None and (before.kind, before.number) == (kind, number):
                return before
            raise OrderRefused(_("Ya pidió otra transferencia de esta llamada: todavía no terminó.")) from None
        ring_bell(there.switchboard_id)
    return order


def next_order(*, held: Listening, now: datetime) -> CallOrder | None:
    """Take the next order to be sent: from here on it counts as sent, whatever happens to this process."""
    waiting = CallOrder.objects.under_way().filter(
        call__switchboard=held.switchboard_id, state=State.ASKED, asked_at__gte=now - TOO_LATE
    )
    for order in waiting.select_related("call__switchboard", "agent").order_by("asked_at", "pk")[:20]:
        still = Listening.objects.filter(pk=held.pk, fence=held.fence, lease_until__gt=now)
        asked = CallOrder.objects.filter(pk=order.pk, state=State.ASKED, call__switchboard__listening__in=still)
        if asked.update(state=State.SENT, sent_at=now, fence=held.fence):
            order.refresh_from_db(fields=["state", "sent_at", "fence"])
            return order
    return None


def as_action(order: CallOrder, *, is_older: bool) -> tuple[str, list[tuple[str, str]]]:
    """The action that does it, and its headers: an older switchboard has no blind transfer, and moves the caller."""
    call = order.call
    to = [("Context", call.switchboard.transfer_context), ("Exten", order.number)]
    if order.kind == Kind.HANG_UP:
        return "Hangup", [("Channel", call.agent_channel or call.agent_uid)]
    if order.kind == Kind.ATTENDED:
        return "Atxfer", [("Channel", call.agent_channel), *to, ("Priority", "1")]
    if is_older:
        return "Redirect", [("Channel", call.channel), *to, ("Priority", "1")]
    return "BlindTransfer", [("Channel", call.agent_channel), *to]


def note_answer(*, order: CallOrder, succeeded: bool, said: str, now: datetime) -> None:
    """What the switchboard answered, where nothing it told meanwhile settled the order already."""
    if not succeeded:
        why = next((why for form, why in REFUSALS if form.search(said)), Why.OTHER)
        end_order(order=order, state=State.REFUSED, why=why, said=said, now=now)
    elif order.kind == Kind.ATTENDED:
        if CallOrder.objects.filter(pk=order.pk, state=State.SENT).update(state=State.TAKEN):
            tell_pages([order.agent.user_id])
    else:
        end_order(order=order, state=State.DONE, now=now)


@transaction.atomic
def end_order(*, order: CallOrder, state: CallOrder.State, why: str = "", said: str = "", now: datetime) -> None:
    """The end of an order, if it has none yet; her pages are told."""
    ended = {"state": state, "why": why, "said": said[:200], "ended_at": now}
    if CallOrder.objects.under_way().filter(pk=order.pk).update(**ended):
        tell_pages([order.agent.user_id])


def hands_over(call: QueueCall) -> bool:
    """Whether her telephone leaves a call because it was to be handed over: then whoever called stays with another."""
    sent = CallOrder.objects.filter(call=call, sent_at__isnull=False).transfers()
    blind = Q(kind=Kind.BLIND, state__in=[State.SENT, State.DONE])
    asked_first = Q(kind=Kind.ATTENDED, state__in=[State.SENT, State.TAKEN]) & Q(call__held_at__isnull=False)
    return sent.filter(blind | asked_first).exists()


def asks_first(call: QueueCall) -> bool:
    """Whether she spoke, or tried to, with whom she hands it over to."""
    return CallOrder.objects.filter(call=call, kind=Kind.ATTENDED, state__in=[State.SENT, State.TAKEN]).exists()


def leaves(call: QueueCall) -> bool:
    """Whether she hangs up while she asks somebody whether he takes the call: then nobody may be left with it."""
    ending = CallOrder.objects.filter(call=call, kind=Kind.HANG_UP, sent_at__isnull=False)
    return ending.exists() and asks_first(call)


def sent_to(call: QueueCall) -> list[str]:
    """Where she was sent without being announced, by what was asked for here."""
    sent = CallOrder.objects.filter(call=call, kind=Kind.BLIND, state__in=[State.SENT, State.DONE])
    return list(sent.values_list("number", flat=True))


def settle_orders(*, call: QueueCall, outcome: QueueCall.Outcome, now: datetime) -> None:
    """The call is over, and with it what was asked for it."""
    for order in CallOrder.objects.under_way().filter(call=call).select_related("agent"):
        if order.kind == Kind.HANG_UP or outcome == QueueCall.Outcome.TRANSFERRED:
            done = order.state != State.ASKED
            end_order(
                order=order, state=State.DONE if done else State.REFUSED, why="" if done else Why.CALL_ENDED, now=now
            )
        elif outcome == QueueCall.Outcome.UNKNOWN:
            end_order(order=order, state=State.UNKNOWN, why=Why.LINK_LOST, now=now)
        elif order.state == State.TAKEN:
            end_order(order=order, state=State.UNKNOWN, why=Why.NOT_TOLD, now=now)
        else:
            end_order(order=order, state=State.REFUSED, why=Why.CALL_ENDED, now=now)


def take_back_consulting(*, call: QueueCall, now: datetime) -> None:
    """She speaks with the caller again: whom she asked did not answer, or hung up."""
    asked_first = CallOrder.objects.under_way().filter(call=call, kind=Kind.ATTENDED, sent_at__isnull=False)
    for order in asked_first.select_related("agent"):
        end_order(order=order, state=State.REFUSED, why=Why.CAME_BACK, now=now)


def asked_to_the_end(*, call: QueueCall, now: datetime) -> bool:
    """She hangs up at her telephone as soon as she is with the caller again: she never was, for a switchboard ends the
    asking before it ends the call. Then the order stands as it did.
    """
    orders = CallOrder.objects.filter(call=call)
    if orders.filter(kind=Kind.HANG_UP, sent_at__isnull=False).exists():
        return False
    back = orders.filter(kind=Kind.ATTENDED, why=Why.CAME_BACK, ended_at__gte=now - AT_ONCE)
    return bool(back.update(state=State.TAKEN, why="", ended_at=None))


def close_forgotten_orders(*, now: datetime) -> int:
    """What nobody sent in time was not done; of what was sent and not answered nobody knows. Returns how many."""
    orders = CallOrder.objects.under_way().select_related("agent")
    closed = 0
    for forgotten, state, why in (
        (Q(state=State.ASKED, asked_at__lt=now - TOO_LATE), State.REFUSED, Why.NOT_SENT),
        (Q(state=State.SENT, sent_at__lt=now - GIVEN_UP), State.UNKNOWN, Why.LINK_LOST),
        (Q(state=State.TAKEN, sent_at__lt=now - BEGINS_WITHIN, call__held_at=None), State.UNKNOWN, Why.NOT_TOLD),
    ):
        for order in orders.filter(forgotten):
            end_order(order=order, state=state, why=why, now=now)
            closed += 1
    return closed
