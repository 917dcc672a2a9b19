"""Mail that is owed: written as a row with the fact it tells of, delivered later by a sweep.

A row is claimed in one short transaction and sent outside of any (`work/claiming.py`); a deliverer that dies in between
leaves a row that falls due again when its lease runs out. So a mail may in the worst case go out twice, never not at
all: both copies carry the same Message-ID, and mail readers show it once.

Each person gets a copy of her own, and who has got hers is written down: an address the server refuses is tried again
without mailing the others twice. (Given all at once, a server's refusal of one among several is said to nobody.)
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agents.models import Role, User
from notices.models import Attachment, Notice, Recipient
from work.claiming import claim
from work.doing import NotNow, Outcome, attempt
from work.ending import done, renew
from work.kinds import type_and_words
from work.trying_again import try_again, try_parked_again

log = logging.getLogger(__name__)

WAITS = (timedelta(minutes=2), timedelta(minutes=30))  # after the first and the second failure
SERVER_DOWN = timedelta(minutes=2)  # until its door is tried again, by one mail for all
FULL = timedelta(minutes=30)  # until an address that had no room is tried again
LOCKED_OUT = timedelta(minutes=15)  # after a refused password: who asks too often is locked out
CLOSING = (421,)
SERVER_BUSY = (421, 452, 454)  # closing, no room, cannot sign anybody in: said of the server, not of a mail
LEASE = timedelta(minutes=15)  # longer than a sweep in which every mail runs into its time-out

File = tuple[str, str, bytes]  # name, content type, content


class NoticeRefused(Exception):
    """The step cannot be taken; the message is the sentence people read."""


def owe(
    *,
    key: str,
    kind: str,
    subject: str,
    body: str,
    now: datetime,
    attachments: Sequence[File] = (),
    to: Sequence[str] | None = None,
) -> Notice:
    """Owe a mail. The same `key` owes it once, whatever is said the second time; returns the row there is.

    `to` left out: the recipients named for the kind, or every active supervisor with an address when nobody is.
    Call it inside the transaction of the fact, so that both are there or neither.
    """
    with transaction.atomic():
        notice, is_new = Notice.objects.get_or_create(
            key=key,
            defaults={
                "kind": kind,
                "to": list(to) if to is not None else recipients_of(kind=kind),
                "subject": " ".join(subject.split())[:200],  # a line break would begin another header
                "body": body,
                "not_before": now,
                "created_at": now,
            },
        )
        if is_new:
            for name, content_type, content in attachments:
                # a rolled-back transaction leaves the file without its row: it costs a few kB and tells nobody anything
                Attachment.objects.create(
                    notice=notice, name=name[:120], content_type=content_type, file=ContentFile(content, name=name)
                )
    return notice


def recipients_of(*, kind: str) -> list[str]:
    """Who is told of a kind of notice."""
    named = Recipient.objects.filter(kind=kind, is_active=True).order_by("email").values_list("email", flat=True)
    if found := list(named):
        return found
    supervisors = User.objects.filter(role=Role.SUPERVISOR, is_active=True).exclude(email="")
    return list(supervisors.order_by("email").values_list("email", flat=True).distinct())


def deliver_due(*, now: datetime, limit: int = 50) -> int:
    """Send what is due, the longest waiting first. Returns how many mails went out.

    Several may run at once. A server that cannot be used at all is nobody's mail's fault: the sweep ends, the attempt
    is given back, and all that is due waits together, for hours if need be. A mailbox without room waits by itself.
    Only what the server says of one mail, or what is wrong with it here, counts against that mail.
    """
    sent = 0
    connection = get_connection(fail_silently=False)
    try:
        for _round in range(limit):
            notice = claim(Notice, now=now, anew=_whom)
            if notice is None:
                break
            ended = attempt(notice, work=lambda mine: _deliver(mine, connection, now), clock=lambda: now)
            sent += ended == Outcome.OVER
    finally:
        _hang_up(connection)
    return sent


def check_can_retry(notice: Notice) -> None:
    """Raise NoticeRefused, with the sentence, unless the notice can be tried again."""
    if notice.state != Notice.State.PARKED:
        raise NoticeRefused(_("Solo se reintenta un aviso detenido; los demás salen por sí solos."))


def retry(*, notice: Notice, now: datetime) -> Notice:
    """Let a parked notice be tried again, with its attempts counted anew. Raises NoticeRefused."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update().get(pk=notice.pk)
        check_can_retry(notice)
        try_again(owed=notice, now=now)
    return notice


def retry_parked(*, now: datetime) -> int:
    """Let every parked notice be tried again: the mail server is back. Returns how many."""
    return len(try_parked_again(Notice, now=now))


def in_words(error: Exception) -> str:
    """Why a mail did not go out, for its page."""
    return str(error) if isinstance(error, NoticeRefused) else type_and_words(error)


def message_id(key: str) -> str:
    """The same for every copy of a notice."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<notice-{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _whom(notice: Notice) -> dict[str, list[str]]:
    """Who gets it, asked anew with each attempt while there is nobody."""
    return {} if notice.to else {"to": recipients_of(kind=notice.kind)}


def _deliver(notice: Notice, connection: BaseEmailBackend, now: datetime) -> None:
    _send_to_each(notice, connection, now)
    done(owed=notice, now=now, sent_at=now)


def _send_to_each(notice: Notice, connection: BaseEmailBackend, now: datetime) -> None:
    """A copy to each who has not got hers. Raises what went wrong, when all have been tried, or NotNow."""
    if not notice.to:
        raise NoticeRefused(_("No hay a quién enviarlo: agregue un destinatario o un correo a quienes supervisan."))
    failures: list[Exception] = []
    for address in dict.fromkeys(notice.to):
        if address in notice.reached:
            continue
        try:
            message = _message_of(notice, address, connection)
            with _whole_server():
                connection.open()  # nothing to do when it is open
            _send(message, connection)
        except _ServerDown:
            raise
        except Exception as error:
            failures.append(error)
        else:
            notice.reached.append(address)
            renew(owed=notice, now=now, reached=notice.reached)
    if failures:
        worst = min(failures, key=_is_full)  # what counts against the mail before what does not
        if _is_full(worst):
            raise NotNow(type_and_words(worst), wait=FULL) from worst
        raise worst


def _message_of(notice: Notice, address: str, connection: BaseEmailBackend) -> EmailMessage:
    message = EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=[address],
        connection=connection,
        headers={"Message-ID": message_id(notice.key), "Auto-Submitted": "auto-generated"},
    )
    for attachment in notice.attachments.order_by("pk"):
        with attachment.file.open("rb") as file:
            message.attach(attachment.name, file.read(), attachment.content_type)
    return message


def _send(message: EmailMessage, connection: BaseEmailBackend) -> None:
    """Hand one mail over. Raises _ServerDown when what failed would fail for any other mail as well."""
    try:
        message.send(fail_silently=False)
    except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError) as refusal:  # every mail of ours has the same sender
        raise _ServerDown(refusal) from refusal
    except smtplib.SMTPResponseException as refusal:
        if refusal.smtp_code in SERVER_BUSY:
            raise _ServerDown(refusal) from refusal
        raise
    except smtplib.SMTPRecipientsRefused as refusal:
        if any(code in CLOSING for code, _words in refusal.recipients.values()):
            raise _ServerDown(refusal) from refusal
        raise
    except OSError:  # it hung up or fell silent in the middle: because of this mail, if it takes up again
        _hang_up(connection)
        with _whole_server():
            connection.open()
        raise


def _is_full(error: Exception) -> bool:
    """Whether an address is refused for want of room: the mailbox's or the server's, and only for now."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    return all(code in SERVER_BUSY for code, _words in error.recipients.values())


class _ServerDown(NotNow):
    """The mail server cannot be used now, whatever the mail: all that is due waits together."""

    def __init__(self, error: Exception) -> None:
        wait = LOCKED_OUT if isinstance(error, smtplib.SMTPAuthenticationError) else SERVER_DOWN
        super().__init__(type_and_words(error), wait=wait, among=Q())


@contextmanager
def _whole_server() -> Iterator[None]:
    """Whatever fails in here, a connection refused, a greeting that says *later*, a password, concerns every mail."""
    try:
        yield
    except Exception as error:
        raise _ServerDown(error) from error


def _hang_up(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        log.info("the mail server hung up first: %s", error)
