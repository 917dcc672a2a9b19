"""Messages to other programs: sent as owed work, one program's troubles being no other's.

A message goes out at least once, with the same name however often. Of one subject the next waits until the one before
has arrived or somebody let it be, so that nobody is told of a card that was closed and then raised.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import partial

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from notices.models import Delivery, EventKind, ProgramEvent, Webhook
from notices.programs.signing import headers, opened
from systems.reports.places import SourceRefused, SourceSettings, check_host, split_address
from systems.wire import whole_call, wire_to
from work.claiming import claim
from work.doing import NotNow, Outcome, attempt
from work.ending import done, settle
from work.kinds import type_and_words
from work.trying_again import try_again

State = Delivery.State
SECONDS = 8.0  # of one message, whatever the other side does
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))  # of one message that is refused
NOBODY_THERE = timedelta(minutes=1)  # until its door is tried again, by one message for all of that program
GIVEN_UP_AFTER = timedelta(days=2)  # a program that is away for longer: its messages wait for a person
LEASE = timedelta(minutes=1)
KEPT = timedelta(days=30)
LATER = (408, 425, 429)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class WebhookRefused(Exception):
    """It is not sent there, or was not taken; the message is the sentence people read."""


def check_url(url: str) -> None:
    """Raise WebhookRefused for what is no server of this installation, or would be told in clear."""
    try:
        where = split_address(url)
        if where.scheme != "https" and not (where.scheme == "http" and where.hostname in LOOPBACK):
            raise WebhookRefused(_("La dirección debe comenzar con https://."))
        if where.username or where.password or where.fragment:
            raise WebhookRefused(_("La dirección no lleva usuario, clave ni «#»."))
        check_host(SourceSettings("", url, "", hosts=settings.WEBHOOK_HOSTS))
    except SourceRefused as refused:
        raise WebhookRefused(str(refused)) from refused


def deliver_due(*, now: datetime, limit: int = 200) -> int:
    """Send what is due, program by program. Several may run at once. Returns how many messages arrived."""
    due = Delivery.objects.filter(state=State.WAITING, not_before__lte=now, webhook__is_active=True)
    arrived = 0
    for webhook in Webhook.objects.filter(pk__in=due.values("webhook")).order_by("pk"):
        for _round in range(limit):
            delivery = claim(Delivery, now=now, among=Q(webhook=webhook) & ~Q(_one_before()))
            if delivery is None:
                break
            ended = attempt(delivery, work=partial(_deliver, webhook=webhook, now=now), clock=lambda: now)
            arrived += ended == Outcome.OVER
            if ended == Outcome.POSTPONED:
                break
    return arrived


def send_again(delivery: Delivery, *, now: datetime) -> Delivery:
    """What is parked begins anew, and what arrived, or was let be, goes once more behind the others, under its name.
    Raises WebhookRefused of what is on its way.
    """
    with transaction.atomic():
        there = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery.pk)
        if there.state == State.WAITING:
            raise WebhookRefused(_("Todavía se está enviando."))
        if there.state == State.PARKED:
            try_again(owed=there, now=now)
            return there
        return Delivery.objects.create(
            webhook=there.webhook, event_id=there.event_id, subject=there.subject, created_at=now, not_before=now
        )


def let_be(delivery: Delivery, *, now: datetime) -> None:
    """What is parked is not sent: the next of its subject goes. Raises WebhookRefused of what is not parked."""
    if delivery.state != State.PARKED:
        raise WebhookRefused(_("Solo se deja un envío detenido."))
    settle(owed=delivery, to=State.DROPPED, now=now)


def send_test(webhook: Webhook, *, now: datetime) -> Delivery:
    """A message that tells of nothing, whatever kinds it is told of."""
    with transaction.atomic():
        event = ProgramEvent.objects.create(kind=EventKind.TEST, subject=f"webhook:{webhook.pk}", at=now)
        return Delivery.objects.create(
            webhook=webhook, event=event, subject=event.subject, created_at=now, not_before=now
        )


def forget_old(*, now: datetime) -> int:
    """Take away what arrived, or was let be, a month ago, and events nobody is told of. Returns how many messages."""
    gone, _of = Delivery.objects.filter(state__in=[State.SENT, State.DROPPED], created_at__lt=now - KEPT).delete()
    ProgramEvent.objects.filter(at__lt=now - KEPT, deliveries=None).delete()
    return gone


def in_words(error: Exception) -> str:
    """Why a message did not arrive, for its page."""
    return str(error) if isinstance(error, WebhookRefused) else type_and_words(error)


def body_of(event: ProgramEvent) -> bytes:
    """What is sent: the same bytes however often."""
    told = {"type": event.kind, "timestamp": event.at.isoformat(), "subject": event.subject, "data": event.facts}
    return json.dumps(told, ensure_ascii=False).encode()


def _one_before() -> Exists:
    on_its_way = Delivery.objects.filter(
        webhook=OuterRef("webhook"), subject=OuterRef("subject"), pk__lt=OuterRef("pk"),
        state__in=[State.WAITING, State.PARKED],
    )  # fmt: skip
    return Exists(on_its_way)


def _deliver(delivery: Delivery, *, webhook: Webhook, now: datetime) -> None:
    check_url(webhook.url)  # the servers that are allowed may be others by now
    try:
        status = _post(webhook, delivery.event, now)
    except _NobodyThere as nobody:
        if now - max(delivery.created_at, delivery.owed_again_at or delivery.created_at) > GIVEN_UP_AFTER:
            raise WebhookRefused(str(nobody)) from nobody
        raise
    if not 200 <= status < 300:
        raise WebhookRefused(_("Respondió %(status)d: no lo tomó.") % {"status": status})
    done(owed=delivery, now=now, sent_at=now)


def _post(webhook: Webhook, event: ProgramEvent, now: datetime) -> int:
    body = body_of(event)
    signed = headers(secret=opened(webhook.secret), message=str(event.pk), body=body, now=now)
    client = wire_to("webhook", webhook.url).client
    try:
        with (
            whole_call(SECONDS),
            client.stream(
                "POST", webhook.url, content=body, timeout=SECONDS,
                headers={**signed, "Content-Type": "application/json", "User-Agent": "callcenter"},
            ) as answer,
        ):  # fmt: skip
            status = answer.status_code  # what else it says nobody reads
    except httpx.HTTPError as error:
        raise _NobodyThere(webhook, type_and_words(error)[:200]) from error
    if status in LATER or status >= 500:
        raise _NobodyThere(webhook, _("Respondió %(status)d.") % {"status": status})
    return status


class _NobodyThere(NotNow):
    """The program cannot take any message now: all of its own wait together, and nobody else's."""

    def __init__(self, webhook: Webhook, why: str) -> None:
        super().__init__(why, wait=NOBODY_THERE, among=Q(webhook=webhook))
