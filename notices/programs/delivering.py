"""Messages to other programs: sent as owed work, one program's troubles being no other's.

A message goes out at least once, with the same name however often. Of one subject the next waits until the one before
has arrived or somebody let it be, so that nobody is told of a card that was closed and then raised.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from agents.sealing import NoKeyReads
from notices.models import Delivery, EventKind, ProgramEvent, Webhook
from notices.programs.secret_keys import secrets_of
from notices.programs.signing import headers
from systems.reports.places import SourceRefused, SourceSettings, check_host, split_address
from systems.wire import whole_call, wire_to
from work.claiming import claim
from work.doing import NotNow, Outcome, attempt
from work.ending import done, postpone_due, settle
from work.kinds import type_and_words
from work.steps import LeaseLost
from work.trying_again import try_again

State = Delivery.State
SECONDS = 8.0  # of one message, whatever the other side does
ROUND = 5.0  # until no other program is begun with: what is left goes with the next round
SHARE = 2.0  # of one program in a round
SLOW = 1.0  # who takes longer for a message gets one a round
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
        if where.username or where.password or where.fragment or not url.isprintable() or " " in url or where.port == 0:
            raise WebhookRefused(_("La dirección no lleva usuario, clave, espacios ni «#»."))
        check_host(SourceSettings("", url, "", hosts=settings.WEBHOOK_HOSTS))
    except SourceRefused as refused:
        raise WebhookRefused(str(refused)) from refused


def deliver_due(*, clock: Callable[[], datetime]) -> int:
    """Send what is due for some seconds, to those first who take it quickly. One round at a time in the whole centre:
    a slow program holds up one worker at most, and gets a message a round. Returns how many messages arrived.
    """
    with _serving(clock=clock) as mine:
        ends_at, arrived = time.monotonic() + ROUND, 0
        for webhook in _with_messages(mine, now=clock()):
            if time.monotonic() > ends_at:
                break
            arrived += _deliver_to(webhook, clock=clock)
        return arrived


def _deliver_to(webhook: Webhook, *, clock: Callable[[], datetime]) -> int:
    began, arrived = time.monotonic(), 0
    while (sent_at := time.monotonic()) - began < SHARE:
        delivery = claim(Delivery, now=clock(), among=Q(webhook=webhook) & ~Q(_one_before()))
        if delivery is None:
            break
        ended = attempt(delivery, work=partial(_deliver, webhook=webhook, clock=clock), clock=clock)
        arrived += ended == Outcome.OVER
        if ended == Outcome.POSTPONED or time.monotonic() - sent_at > SLOW:
            break
    return arrived


def _with_messages(webhooks: Sequence[int], *, now: datetime) -> list[Webhook]:
    """Whoever took the last one quickly, then who waits longest for the next."""
    due = Delivery.objects.filter(state=State.WAITING, not_before__lte=now, webhook__in=webhooks)
    last = Delivery.objects.filter(webhook=OuterRef("pk"), state=State.SENT).order_by("-sent_at")
    found = Webhook.objects.filter(pk__in=due.values("webhook")).annotate(
        took=Subquery(last.values("milliseconds")[:1]), heard_at=Subquery(last.values("sent_at")[:1])
    )
    by_pace = [((one.took or 0) > SLOW * 1000, one.heard_at or one.secret_since, one.pk, one) for one in found]  # type: ignore[attr-defined]
    return [one for _slow, _since, _key, one in sorted(by_pace, key=lambda each: each[:3])]


@contextmanager
def _serving(*, clock: Callable[[], datetime]) -> Iterator[list[int]]:
    """All programs with something due that nobody else serves now, for the length of a round. A lease in their rows, as
    a pool of connections between us and the database knows no lock of a session.
    """
    now = clock()
    until, due = now + LEASE, Delivery.objects.filter(state=State.WAITING, not_before__lte=now)
    free = Webhook.objects.filter(Q(served_until=None) | Q(served_until__lte=now), is_active=True)
    free.filter(pk__in=due.values("webhook")).update(served_until=until)  # who waits for a row here finds it taken
    mine = list(Webhook.objects.filter(served_until=until).values_list("pk", flat=True))
    try:
        yield mine
    finally:
        Webhook.objects.filter(pk__in=mine, served_until=until).update(served_until=None)


def send_again(delivery: Delivery, *, now: datetime) -> Delivery:
    """What is parked begins anew, and what arrived, or was let be, goes once more behind the others, under its name.
    Raises WebhookRefused of what is on its way.
    """
    with transaction.atomic():
        there = Delivery.objects.select_for_update(of=("self",)).select_related("webhook").get(pk=delivery.pk)
        if there.state == State.WAITING:
            if not there.webhook.is_active:
                raise WebhookRefused(_("El aviso está apagado: al encenderlo sale solo."))
            raise WebhookRefused(_("Todavía se está enviando."))
        if there.state == State.PARKED:
            try_again(owed=there, now=now)
            return there
        return Delivery.objects.create(
            webhook=there.webhook, event_id=there.event_id, subject=there.subject, created_at=now, not_before=now
        )


def let_be(delivery: Delivery, *, now: datetime) -> None:
    """What is parked, or waits for a program that is switched off, is not sent: the next of its subject goes. Raises
    WebhookRefused of any other.
    """
    if delivery.state != State.PARKED and (delivery.state != State.WAITING or delivery.webhook.is_active):
        raise WebhookRefused(_("Solo se deja un envío detenido, o uno de un aviso que está apagado."))
    if delivery.state == State.WAITING:  # nobody takes back what a worker that died had of a program that is off
        nobodys = Q(lease_until=None) | Q(lease_until__lte=now)
        if not Delivery.objects.filter(nobodys, pk=delivery.pk).update(lease_until=None):
            raise WebhookRefused(_("Se está enviando en este momento: espere un minuto."))
        delivery.refresh_from_db()
    try:
        settle(owed=delivery, to=State.DROPPED, now=now)
    except LeaseLost as meanwhile:
        raise WebhookRefused(_("Cambió en este momento: mírelo otra vez.")) from meanwhile


def send_test(webhook: Webhook, *, now: datetime) -> Delivery:
    """A message that tells of nothing, whatever kinds it is told of; it waits for no other."""
    with transaction.atomic():
        subject = f"webhook:{webhook.pk}:{secrets.token_hex(8)}"
        event = ProgramEvent.objects.create(kind=EventKind.TEST, subject=subject, at=now)
        return Delivery.objects.create(
            webhook=webhook, event=event, subject=event.subject, created_at=now, not_before=now
        )


def forget_old(*, now: datetime) -> int:
    """Take away what arrived a month ago, or was let be, and events nobody is told of. Returns how many messages."""
    old = Q(state=State.SENT, sent_at__lt=now - KEPT) | Q(state=State.DROPPED, created_at__lt=now - KEPT)
    gone, _of = Delivery.objects.filter(old).delete()
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


def _deliver(delivery: Delivery, *, webhook: Webhook, clock: Callable[[], datetime]) -> None:
    check_url(webhook.url)  # the servers that are allowed may be others by now
    now, began = clock(), time.monotonic()
    try:
        status = _post(webhook, delivery.event, now)
    except _CannotBeSent as nobody:
        since = (_away_since(webhook, now=now), delivery.created_at, delivery.owed_again_at)
        if now - max(filter(None, since)) > GIVEN_UP_AFTER:
            postpone_due(Delivery, among=Q(webhook=webhook), until=now + NOBODY_THERE, now=now)  # one knock, still
            raise WebhookRefused(str(nobody)) from nobody
        raise
    _is_there(webhook)
    if not 200 <= status < 300:
        raise WebhookRefused(_("Respondió %(status)d: no lo tomó.") % {"status": status})
    done(owed=delivery, now=clock(), sent_at=clock(), milliseconds=round((time.monotonic() - began) * 1000))


def _away_since(webhook: Webhook, *, now: datetime) -> datetime:
    """Since this knock, if it is the first in vain: what its messages waited for before was something else."""
    if webhook.away_since is None:
        Webhook.objects.filter(pk=webhook.pk).update(away_since=now)
        webhook.away_since = now
    return webhook.away_since


def _is_there(webhook: Webhook) -> None:
    if webhook.away_since is not None:
        Webhook.objects.filter(pk=webhook.pk).update(away_since=None)
        webhook.away_since = None


def _post(webhook: Webhook, event: ProgramEvent, now: datetime) -> int:
    body = body_of(event)
    try:
        signed = headers(secrets=secrets_of(webhook, now=now), message=str(event.pk), body=body, now=now)
    except NoKeyReads as error:
        why = _("Ninguna clave de FACTOR_KEYS lee con qué se firma. Póngala otra vez, o cambie la clave del aviso.")
        raise _CannotBeSent(webhook, why) from error
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
        raise _CannotBeSent(webhook, type_and_words(error)[:200]) from error
    if status in LATER or status >= 500:
        raise _CannotBeSent(webhook, _("Respondió %(status)d.") % {"status": status})
    return status


class _CannotBeSent(NotNow):
    """The program takes no message now, or none can be signed: all of its own wait together, and nobody else's."""

    def __init__(self, webhook: Webhook, why: str) -> None:
        super().__init__(why, wait=NOBODY_THERE, among=Q(webhook=webhook))
