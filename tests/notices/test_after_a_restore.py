"""The site was made anew from a copy: mail that was owed in it may have gone out since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core import mail

from notices.mailing import deliver_due
from notices.models import Notice
from notices.restored import set_aside_what_may_be_sent

WHY = "El sistema se restauró de una copia del 28/11/2026 02:00."


def test_what_was_owed_waits_for_a_person_and_what_was_sent_is_left(owed: Callable[..., Notice], now: datetime) -> None:
    sent = owed(key="one")
    deliver_due(now=now)
    waiting = owed(key="two")
    assert set_aside_what_may_be_sent(why=WHY, now=now) == 1
    assert deliver_due(now=now + timedelta(days=1)) == 0
    waiting.refresh_from_db()
    sent.refresh_from_db()
    assert (waiting.state, waiting.last_error, waiting.parked_at) == (Notice.State.PARKED, WHY, now)
    assert sent.state == Notice.State.SENT
    assert len(mail.outbox) == 1
