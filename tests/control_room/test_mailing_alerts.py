"""Who does not look at the room is mailed once of what begins, and hears no more of it as long as it lasts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from agents.models import Agent, By
from agents.states import Event, change_state
from control_room.mailing_alerts import mail_alerts
from control_room.models import AlertLimit
from notices.models import Notice
from telephony.models import Switchboard

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 10:00")


def is_idle(agent: Agent, *, since: datetime) -> None:
    change_state(agent=agent, event=Event.SIGNED_IN, now=since, by=By.DESK)


def test_a_lost_link_is_mailed_once_as_long_as_it_lasts(now: datetime, elena: object) -> None:
    Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    first = mail_alerts(now=now)
    assert first is not None
    assert first.subject == "Nunca hubo enlace con Central."
    for minute in range(1, 40):
        assert mail_alerts(now=now + timedelta(minutes=minute)) is None
    assert Notice.objects.count() == 1


def test_what_was_over_for_ten_minutes_and_begins_again_is_mailed_again(now: datetime, elena: object) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    assert mail_alerts(now=now)
    Switchboard.objects.update(is_on=False)
    assert mail_alerts(now=now + timedelta(minutes=1)) is None
    Switchboard.objects.filter(pk=board.pk).update(is_on=True)
    assert mail_alerts(now=now + timedelta(minutes=9)) is None, "it came back within ten minutes"
    Switchboard.objects.update(is_on=False)
    assert mail_alerts(now=now + timedelta(minutes=20)) is None
    Switchboard.objects.update(is_on=True)
    assert mail_alerts(now=now + timedelta(minutes=21))


def test_of_what_nobody_chose_there_is_no_mail(now: datetime, ana: Agent, elena: object) -> None:
    is_idle(ana, since=now - timedelta(hours=1))
    assert mail_alerts(now=now) is None
    AlertLimit.objects.filter(kind="idle").update(is_mailed=True, is_on=False)
    assert mail_alerts(now=now) is None


def test_what_begins_together_is_one_mail(now: datetime, ana: Agent, luis: Agent, elena: object) -> None:
    AlertLimit.objects.filter(kind="idle").update(is_mailed=True)
    is_idle(ana, since=now - timedelta(hours=1))
    is_idle(luis, since=now - timedelta(minutes=30))
    mail = mail_alerts(now=now)
    assert mail is not None
    assert mail.subject == "Sala de control: 2 avisos"
    assert [line[:2] for line in mail.body.splitlines()[:2]] == ["- ", "- "]
    assert mail.body.splitlines()[-1].endswith("/room/")


def test_a_second_worker_of_the_same_minute_mails_nothing(now: datetime, elena: object) -> None:
    Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    assert mail_alerts(now=now)
    assert mail_alerts(now=now) is None
