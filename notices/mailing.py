"""Mail that is owed: written as a row with the fact it tells of, delivered later by a sweep.

A row is claimed in one short transaction and sent outside of any; a deliverer that dies in between leaves a row that
falls due again when its claim runs out. So a mail may in the worst case go out twice, never not at all: both copies
carry the same Message-ID, and mail readers show it once.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.utils.translation import gettext as _

from agents.models import Role, User
from notices.models import Attachment, Notice, Recipient

log = logging.getLogger(__name__)

ATTEMPTS = 3
WAITS = (timedelta(minutes=2), timedelta(minutes=30))  # after the first and the second failure
CLAIM = timedelta(minutes=15)  # longer than a sweep in which every mail runs into its time-out

File = tuple[str, str, bytes]  # name, content type, content


class NoticeRefuses(Exception):
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

    Several may run at once. When the mail server cannot be reached the sweep ends, and the rest waits for the next
    one with its attempts untouched.
    """
    sent = 0
    connection = get_connection(fail_silently=False)
    try:
        for _round in range(limit):
            notice = _claim(now=now)
            if notice is None:
                break
            try:
                connection.open()  # nothing to do when it is open
                _send(notice, connection)
            except Exception as error:
                _failed(notice, error, now=now)
                if _concerns_all(error):
                    break
            else:
                sent += _mine(notice).update(state=Notice.State.SENT, sent_at=now, last_error="")
    finally:
        _hang_up(connection)
    return sent


def check_can_retry(notice: Notice) -> None:
    """Raise NoticeRefuses, with the sentence, unless the notice can be tried again."""
    if notice.state != Notice.State.PARKED:
        raise NoticeRefuses(_("Solo se reintenta un aviso detenido; los demás salen por sí solos."))


def retry(*, notice: Notice, now: datetime) -> Notice:
    """Let a parked notice be tried again, with its attempts counted anew. Raises NoticeRefuses."""
    with transaction.atomic():
        notice = Notice.objects.select_for_update().get(pk=notice.pk)
        check_can_retry(notice)
        notice.state, notice.attempts, notice.not_before = Notice.State.WAITING, 0, now
        notice.save(update_fields=["state", "attempts", "not_before"])
    return notice


def retry_parked(*, now: datetime) -> int:
    """Let every parked notice be tried again: the mail server is back. Returns how many."""
    parked = Notice.objects.filter(state=Notice.State.PARKED)
    return parked.update(state=Notice.State.WAITING, attempts=0, not_before=now)


def message_id(key: str) -> str:
    """The same for every copy of a notice."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<notice-{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def _claim(*, now: datetime) -> Notice | None:
    """Take one due notice, counting the attempt before it is made; one whose attempts are used up is parked here."""
    with transaction.atomic():
        while notice := Notice.objects.due(now).select_for_update(skip_locked=True).order_by("not_before").first():
            if notice.attempts < ATTEMPTS:
                break
            notice.state = Notice.State.PARKED
            notice.last_error = notice.last_error or _("Cada intento se interrumpió.")
            notice.save(update_fields=["state", "last_error"])
        else:
            return None
        notice.attempts += 1
        notice.not_before = now + CLAIM
        if not notice.to:
            notice.to = recipients_of(kind=notice.kind)
        notice.save(update_fields=["attempts", "not_before", "to"])
    return notice


def _send(notice: Notice, connection: BaseEmailBackend) -> None:
    if not notice.to:
        raise NoticeRefuses(_("No hay a quién enviarlo: agregue un destinatario o un correo a quienes supervisan."))
    message = EmailMessage(
        subject=notice.subject,
        body=notice.body,
        to=notice.to,
        connection=connection,
        headers={"Message-ID": message_id(notice.key), "Auto-Submitted": "auto-generated"},
    )
    for attachment in notice.attachments.order_by("pk"):
        with attachment.file.open("rb") as file:
            message.attach(attachment.name, file.read(), attachment.content_type)
    message.send(fail_silently=False)


def _concerns_all(error: Exception) -> bool:
    """Whether the server is at fault, and not this one mail. Every error of smtplib is an OSError too."""
    if isinstance(error, smtplib.SMTPException):
        server = (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected, smtplib.SMTPHeloError)
        return isinstance(error, (*server, smtplib.SMTPAuthenticationError))
    return isinstance(error, OSError) and not isinstance(error, FileNotFoundError)


def _failed(notice: Notice, error: Exception, *, now: datetime) -> None:
    log.warning("notice %s, attempt %s: %s", notice.pk, notice.attempts, type(error).__name__)
    words = str(error) if isinstance(error, NoticeRefuses) else f"{type(error).__name__}: {error}"
    if notice.attempts >= ATTEMPTS:
        _mine(notice).update(state=Notice.State.PARKED, last_error=words[:2000])
    else:
        _mine(notice).update(not_before=now + WAITS[notice.attempts - 1], last_error=words[:2000])


def _mine(notice: Notice) -> models.QuerySet[Notice]:
    """The row, while nobody else has claimed it since: the count of attempts is the fence."""
    return Notice.objects.filter(pk=notice.pk, state=Notice.State.WAITING, attempts=notice.attempts)


def _hang_up(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        log.info("the mail server hung up first: %s", error)
