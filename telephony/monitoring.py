"""Listening to an agent's call, whispering to her, joining it. The web asks by a row, whoever holds the link sends it.

Who may is asked twice: when it is asked for, and in the moment it is sent. What is under way ends with the call, when
whoever listens says so or hangs up, and is unknown where the link was lost meanwhile.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from agents.models import Agent, Role, User
from agents.telling import tell_pages
from telephony.actions import SPIED, listen_in
from telephony.ami import NotSendable
from telephony.dialling import TOO_LATE, is_linked, ring_bell, watched
from telephony.models import Extension, Listening, Monitoring, OutgoingCall, QueueCall
from telephony.seats import listening_seat_of, seat_of

Kind, State, Outcome = Monitoring.Kind, Monitoring.State, Monitoring.Outcome
HOW = {Kind.LISTEN: "", Kind.WHISPER: "w", Kind.JOIN: "B"}
SAID_FOR = timedelta(seconds=20)  # of one that did not come about: why not


class MonitoringRefused(Exception):
    """It is not asked for; the message says why and what to do."""


def call_of(agent: Agent) -> QueueCall | OutgoingCall | None:
    """The call at the switchboard in which she speaks with a customer now."""
    queued = QueueCall.objects.filter(agent=agent, state=QueueCall.State.TALKING).order_by("-answered_at")
    clicked = OutgoingCall.objects.filter(agent=agent, state=OutgoingCall.State.TALKING)
    return queued.select_related("switchboard").first() or clicked.select_related("switchboard").first()


def ask_to_monitor(*, by: User, agent: Agent, kind: Monitoring.Kind, now: datetime) -> Monitoring:
    """Ask that the telephone of `by` ring, and that she then hear the call `agent` is in. The same click twice is one;
    another kind of the same agent ends what she has, and her telephone rings once more for it.

    Raises MonitoringRefused.
    """
    if why := _why_not(by=by, agent=agent):
        raise MonitoringRefused(why)
    seat = listening_seat_of(by)
    if seat is None:
        raise MonitoringRefused(_("Diga primero en qué interno está usted: ahí timbrará."))
    call = call_of(agent)
    if call is None:
        raise MonitoringRefused(_("%(agent)s no está en una llamada de la central.") % {"agent": agent})
    board = call.switchboard
    if seat.switchboard != board:
        raise MonitoringRefused(
            _("Esa llamada está en otra central: su interno es de %(board)s.") % {"board": seat.switchboard}
        )
    if not is_linked(board, now=now):
        raise MonitoringRefused(_("No hay enlace con la central."))
    asked = Monitoring(
        key=uuid.uuid4(), switchboard=board, by=by, agent=agent, kind=kind, telephone=seat.telephone, asked_at=now,
        queue_call=call if isinstance(call, QueueCall) else None,
        outgoing_call=call if isinstance(call, OutgoingCall) else None,
        is_announced=kind != Kind.LISTEN or board.announces_listening,
    )  # fmt: skip
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        before = Monitoring.objects.under_way().filter(by=by).select_related("agent__user").first()
        if before is None:
            raise MonitoringRefused(_("Acaba de terminar la anterior: pídalo otra vez.")) from None
        if before.agent != agent:
            raise MonitoringRefused(
                _("Usted ya está con %(agent)s: termine primero.") % {"agent": before.agent}
            ) from None
        if kind != (before.then or before.kind):
            _stop(before, then=kind, now=now)
        return before
    ring_bell(board.pk)
    return asked


def ask_to_stop(*, by: User, now: datetime) -> None:
    """End what she has under way, in whatever phase it is; what was not sent yet ends here. Asked twice it is once."""
    for one in Monitoring.objects.under_way().filter(by=by):
        _stop(one, then="", now=now)


def _stop(one: Monitoring, *, then: str, now: datetime) -> None:
    under_way = Monitoring.objects.under_way().filter(pk=one.pk)
    under_way.update(ending_asked_at=Coalesce("ending_asked_at", Value(now)), then=then)
    if not end_monitoring(which=Q(pk=one.pk, state=State.ASKED), outcome=Outcome.CANCELLED, now=now):
        ring_bell(one.switchboard_id)


def next_to_monitor(*, held: Listening, now: datetime) -> Monitoring | None:
    """Take the next one to be sent: from here on it counts as sent, whatever happens to this process.

    What may not be any more ends here, and is not sent.
    """
    asked = Monitoring.objects.filter(
        switchboard=held.switchboard_id, state=State.ASKED, ending_asked_at=None, asked_at__gte=now - TOO_LATE
    )
    whole = asked.select_related("by", "agent__user", "switchboard", "queue_call", "outgoing_call")
    for one in whole.order_by("asked_at")[:20]:
        if outcome := _may_not_any_more(one):
            end_monitoring(which=Q(pk=one.pk, state=State.ASKED), outcome=outcome, now=now)
            continue
        still = Listening.objects.filter(pk=held.pk, fence=held.fence, lease_until__gt=now)
        mine = Monitoring.objects.filter(pk=one.pk, state=State.ASKED, ending_asked_at=None)
        if mine.filter(switchboard__listening__in=still).update(state=State.SENT, sent_at=now, fence=held.fence):
            one.refresh_from_db(fields=["state", "sent_at", "fence"])
            return one
    return None


def next_to_stop(*, held: Listening, now: datetime) -> Monitoring | None:
    """Take the next one whose telephone is to be hung up; asked of the switchboard once."""
    asked = Monitoring.objects.under_way().filter(
        switchboard=held.switchboard_id, ending_asked_at__isnull=False, ending_sent_at=None, sent_at__isnull=False
    )
    one = asked.order_by("ending_asked_at").first()
    return one if one and asked.filter(pk=one.pk).update(ending_sent_at=now) else None


def as_spying(one: Monitoring, *, channel: str, takes_keys: bool) -> bytes:
    """The bytes that ask for it. `channel`: of the agent's telephone in the call, as far as the switchboard told.

    Queues that ring their members through other channels tell one of those: then whichever her telephone is in.
    Raises NotSendable.
    """
    seat = seat_of(one.agent)
    if not SPIED.fullmatch(channel):
        if seat is None or seat.extension is None:
            raise NotSendable("Data")
        channel = f"{seat.extension.telephone}-"
    shown = channel.partition("/")[2].partition("-")[0]
    board = one.switchboard
    return listen_in(
        key=str(one.key), telephone=one.telephone, spied=channel, how=HOW[Kind(one.kind)], shown=shown,
        seconds=board.ring_seconds, takes_keys=takes_keys,
    )  # fmt: skip


@transaction.atomic
def end_monitoring(*, which: Q, outcome: Monitoring.Outcome, said: str = "", now: datetime) -> int:
    """End those that are under way with what came of them; the agents' pages are told. Returns how many.

    Whoever ended one to go on otherwise with the same agent has asked for that by it.
    """
    ending = list(
        Monitoring.objects.under_way().filter(which).select_related("agent__user", "by").select_for_update(of=("self",))
    )
    for one in ending:
        one.state, one.outcome, one.said, one.ended_at = State.OVER, outcome, said[:200], now
        one.save(update_fields=["state", "outcome", "said", "ended_at"])
    tell_pages([one.agent.user_id for one in ending if one.is_announced])
    for one in ending:
        if one.then and outcome in (Outcome.DONE, Outcome.CANCELLED):
            _go_on(one, now=now)
    return len(ending)


def _go_on(one: Monitoring, *, now: datetime) -> None:
    try:
        ask_to_monitor(by=one.by, agent=one.agent, kind=Kind(one.then), now=now)
    except MonitoringRefused as refused:
        one.said = str(refused)[:200]
        one.save(update_fields=["said"])


def close_forgotten_monitorings(*, now: datetime) -> int:
    """What nobody sent in time was not done; of what was sent and nobody watches any more nobody knows."""
    unsent = Q(state=State.ASKED) & (Q(asked_at__lt=now - TOO_LATE) | Q(ending_asked_at__isnull=False))
    closed = end_monitoring(which=unsent, outcome=Outcome.NOT_SENT, now=now)
    unwatched = ~Q(state=State.ASKED) & ~Q(switchboard__listening__in=watched(now=now))
    return closed + end_monitoring(which=unwatched, outcome=Outcome.UNKNOWN, now=now)


def told_to(agent: Agent) -> list[Monitoring]:
    """Who hears her now, as far as she is told of it."""
    hers = Monitoring.objects.filter(agent=agent, state=State.ON, is_announced=True)
    return list(hers.select_related("by").order_by("began_at"))


def who_listens() -> dict[int, list[Monitoring]]:
    """What is under way, by the key of the agent; one query."""
    found: dict[int, list[Monitoring]] = {}
    for one in Monitoring.objects.under_way().select_related("by", "agent__user").order_by("asked_at"):
        found.setdefault(one.agent_id, []).append(one)
    return found


def own_last(*, by: User, now: datetime) -> Monitoring | None:
    """What she has under way; or her last one, for a moment, where nothing came of it."""
    last = Monitoring.objects.filter(by=by).select_related("agent__user", "switchboard").order_by("-asked_at").first()
    if last is None or not last.is_over:
        return last
    is_told = last.outcome not in (Outcome.DONE, Outcome.CANCELLED) or bool(last.said)
    return last if is_told and last.ended_at and last.ended_at > now - SAID_FOR else None


def _why_not(*, by: User, agent: Agent) -> str:
    """Why this person may not listen to this agent, whatever call there is; empty where she may."""
    if not (by.is_active and by.role == Role.SUPERVISOR):
        return _("Solo supervisión escucha llamadas.")
    if agent.user_id == by.pk:
        return _("Nadie se escucha a sí mismo.")
    if not Agent.objects.visible_to(by).filter(pk=agent.pk).exists():
        return _("Ese agente no es de su centro.")
    return ""


def _may_not_any_more(one: Monitoring) -> Monitoring.Outcome | None:
    seat: Extension | None = listening_seat_of(one.by)
    if _why_not(by=one.by, agent=one.agent) or seat is None or seat.telephone != one.telephone:
        return Outcome.NOT_ALLOWED
    call = call_of(one.agent)
    return None if call is not None and call.pk == one.call.pk else Outcome.CALL_ENDED
