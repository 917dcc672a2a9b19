"""Mail that is owed goes out once, whatever happens to the mail server or to the deliverer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.db import connection

from agents.models import Role, User
from notices import mailing
from notices.mailing import NoticeRefused, deliver_due, retry
from notices.models import Notice, NoticeKind, Recipient

pytestmark = pytest.mark.django_db
Owed = Callable[..., Notice]


def test_the_same_key_is_owed_once(now: datetime, owed: Owed) -> None:
    first = owed(attachments=[("informe.txt", "text/plain", b"uno")])
    again = owed(now + timedelta(hours=1), subject="Otro", attachments=[("informe.txt", "text/plain", b"dos")])
    assert again.pk == first.pk
    assert again.subject == "El reporte no llegó"
    assert first.attachments.count() == 1


def test_a_mail_goes_out_with_its_files_and_only_once(now: datetime, owed: Owed) -> None:
    owed(attachments=[("informe.xlsx", "application/vnd.ms-excel", b"bytes")])
    assert deliver_due(now=now) == 1
    assert deliver_due(now=now + timedelta(days=1)) == 0
    (message,) = mail.outbox
    assert message.to == ["elena@comteco.example"]
    assert message.attachments == [("informe.xlsx", b"bytes", "application/vnd.ms-excel")]
    notice = Notice.objects.get()
    assert (notice.state, notice.sent_at, notice.attempts) == (Notice.State.SENT, now, 1)


def test_every_copy_carries_the_same_message_id(now: datetime, owed: Owed) -> None:
    owed()
    deliver_due(now=now)
    assert mail.outbox[0].message()["Message-ID"] == mailing.message_id("late-2026-12")
    assert mailing.message_id("late-2026-12") != mailing.message_id("late-2027-01")


def test_a_line_break_in_a_subject_begins_no_header(now: datetime, owed: Owed) -> None:
    owed(subject="Reporte\r\nBcc: otro@example.com")
    deliver_due(now=now)
    assert mail.outbox[0].subject == "Reporte Bcc: otro@example.com"
    assert mail.outbox[0].message()["Bcc"] is None


def test_named_recipients_are_told_and_otherwise_the_supervisors(
    now: datetime, owed: Owed, elena: User, oscar: User
) -> None:
    User.objects.filter(pk=elena.pk).update(email="elena@comteco.example")
    User.objects.filter(pk=oscar.pk).update(email="oscar@comteco.example")
    User.objects.create(username="eva", role=Role.SUPERVISOR, email="eva@comteco.example", is_active=False)
    User.objects.create(username="sin", role=Role.SUPERVISOR)
    assert owed(to=None).to == ["elena@comteco.example"]
    Recipient.objects.create(kind=NoticeKind.REPORT_LATE, name="Turno", email="turno@comteco.example")
    Recipient.objects.create(kind=NoticeKind.REPORT_LATE, name="Ex", email="ex@comteco.example", is_active=False)
    assert owed(key="late-2027-01", to=None).to == ["turno@comteco.example"]


def test_a_notice_without_anybody_waits_for_somebody(now: datetime, owed: Owed, elena: User) -> None:
    owed(to=None)
    assert deliver_due(now=now) == 0
    assert "No hay a quién" in Notice.objects.get().last_error
    User.objects.filter(pk=elena.pk).update(email="elena@comteco.example")
    assert deliver_due(now=now + timedelta(minutes=3)) == 1
    assert mail.outbox[0].to == ["elena@comteco.example"]


def test_only_a_parked_notice_is_retried(now: datetime, owed: Owed) -> None:
    with pytest.raises(NoticeRefused, match="Solo se reintenta"):
        retry(notice=owed(), now=now)


def test_a_lost_file_hinders_no_other_mail(now: datetime, owed: Owed) -> None:
    lost = owed(attachments=[("informe.txt", "text/plain", b"uno")])
    Path(lost.attachments.get().file.path).unlink()
    owed(now + timedelta(seconds=1), key="other")
    assert deliver_due(now=now + timedelta(seconds=2)) == 1
    lost.refresh_from_db()
    assert "FileNotFoundError" in lost.last_error


def test_a_deliverer_killed_between_claim_and_send_loses_nothing(
    now: datetime, owed: Owed, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed()

    def dies(*args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(mailing, "_send", dies)
        with pytest.raises(SystemExit):
            deliver_due(now=now)
    assert deliver_due(now=now + timedelta(minutes=1)) == 0  # still claimed
    assert deliver_due(now=now + mailing.LEASE) == 1
    assert len(mail.outbox) == 1


def test_a_notice_that_kills_every_deliverer_is_parked(
    now: datetime, owed: Owed, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed()

    def dies(*args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(mailing, "_send", dies)
    for round_ in range(3):
        with pytest.raises(SystemExit):
            deliver_due(now=now + round_ * mailing.LEASE)
    assert deliver_due(now=now + 3 * mailing.LEASE) == 0
    assert Notice.objects.get().state == Notice.State.PARKED


@pytest.mark.django_db(transaction=True)
def test_two_deliverers_at_once_send_each_mail_once(now: datetime, owed: Owed) -> None:
    for number in range(30):
        owed(key=f"n{number}")
    sent: list[int] = []

    def deliver() -> None:
        try:
            sent.append(deliver_due(now=now))
        finally:
            connection.close()

    deliverers = [threading.Thread(target=deliver) for _ in range(4)]
    for deliverer in deliverers:
        deliverer.start()
    for deliverer in deliverers:
        deliverer.join()
    assert sum(sent) == 30 == len(mail.outbox)
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 30
