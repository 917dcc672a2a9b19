"""A new demo is open while it is being made: each part is there whole or not at all, and never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from agents.models import User
from callcenter.demo import handed_over, history, making, people, progress, queue_log, shifts
from callcenter.demo.progress import Progress, Step, Telling
from campaigns.models import Attempt, Campaign, Receipt, Report
from escalations.models import Escalation
from service_level.models import WorkingHours

At = Callable[..., datetime]
MAKING = "Preparando la demostración"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.CALLCENTER_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(history, "CALLS_A_DAY", 1)
    monkeypatch.setattr(handed_over, "DAYS", 2)
    monkeypatch.setattr(shifts, "DAYS", 2)
    monkeypatch.setattr(queue_log, "DAYS", 9)
    yield
    progress.forget()


def made() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Campaign, Report, Receipt, Attempt, Escalation))


@pytest.mark.django_db(transaction=True)
def test_a_month_that_was_cut_short_was_never_there_and_is_made_whole_the_next_time(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, told = at("2026-11-25 15:00"), list[Progress]()
    making.settle_in(now=now)

    def cut(at_the: str) -> Callable[[Progress], None]:
        def listen(step: Progress) -> None:
            if step.what == at_the:
                raise KeyboardInterrupt

        return listen

    with pytest.raises(KeyboardInterrupt):
        making.make_what_is_owed(now=now, listen=cut("closing"))
    assert made() == (0, 0, 0, 0, 0)
    assert making.is_owed()
    with pytest.raises(KeyboardInterrupt):
        making.make_what_is_owed(now=now, listen=cut("board"))
    month = made()
    assert Campaign.objects.get().state == "closed"
    assert not Escalation.objects.filter(key__startswith="demo:").exists()
    assert making.is_owed()
    making.make_what_is_owed(now=now, listen=told.append)
    assert {step.what for step in told} == {"shifts", "log", "board"}
    assert made()[:-1] == month[:-1]
    assert Escalation.objects.filter(key__startswith="demo:call:").count() == 1
    assert not making.is_owed()
    whole = made()
    making.make_what_is_owed(now=now, listen=told.append)
    assert made() == whole


@pytest.mark.django_db
def test_last_month_is_not_invented_in_a_house_that_began(at: At) -> None:
    now = at("2026-11-25 15:00")
    making.settle_in(now=now)
    Campaign.objects.create(
        period=date(2026, 12, 1),
        calls_from=date(2026, 11, 25),
        calls_until=date(2026, 11, 30),
        report_due_at=now,
        created_at=now,
    )
    told = list[Progress]()
    making.make_what_is_owed(now=now, listen=told.append)
    assert {step.what for step in told} == {"shifts", "log", "board"}
    assert Campaign.objects.count() == 1


@pytest.mark.django_db
def test_people_and_hours_are_there_together_or_not_at_all(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    before = WorkingHours.objects.count()

    def full(**_given: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(making.always_on, "open_day_and_night", full)
    with pytest.raises(OSError, match="No space"):
        making.settle_in(now=at("2026-11-25 15:00"))
    assert (User.objects.count(), WorkingHours.objects.count()) == (0, before)
    monkeypatch.undo()
    assert making.settle_in(now=at("2026-11-25 15:00"))
    assert User.objects.count() == len(people.PEOPLE)
    assert not making.settle_in(now=at("2026-11-25 15:00"))


def test_each_step_says_how_much_is_done_and_what_is_left_by_the_effort_of_the_steps() -> None:
    steps = [Step("report"), Step("calls", date(2026, 10, 25), effort=8), Step("closing", effort=3)]
    heard, clock = list[Progress](), iter((100.0, 101.0, 109.0))
    telling = Telling(steps, heard.append, clock=lambda: next(clock))
    telling.begin(steps[0])
    assert heard[-1] == Progress("report", "", 0, 3, None) == progress.how_far()
    telling.begin(steps[1])
    assert heard[-1] == Progress("calls", "2026-10-25", 1, 3, 11.0) == progress.how_far()
    telling.begin(steps[2])
    assert heard[-1].left == 3.0


@pytest.mark.django_db
def test_while_it_is_made_the_pages_say_how_far_before_and_after_signing_in(
    client: Client, elena: User, signed_in: Callable[..., Client]
) -> None:
    progress.tell(Progress("calls", "2026-10-27", 3, 22, 40.0))
    for page in (client.get(reverse("account_login")), signed_in(elena).get(reverse("campaigns:campaign_list"))):
        text = page.content.decode()
        assert f"{MAKING}: llamadas del 27/10/2026" in text
        assert "3 de 22 pasos" in text
        assert "quedan unos 40 s" in text
        assert f'hx-get="{reverse("demo_progress")}"' in text
    progress.forget()
    assert MAKING not in client.get(reverse("account_login")).content.decode()


@pytest.mark.django_db
def test_the_banner_says_that_all_is_made_only_when_it_is(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.delete(progress.KEPT_AS)  # as a cache does that was emptied
    still = client.get(reverse("demo_progress")).content.decode()
    assert MAKING in still
    assert "hx-get" in still
    monkeypatch.setattr(making, "is_owed", lambda: False)
    whole = client.get(reverse("demo_progress")).content.decode()
    assert "está completa" in whole
    assert "hx-get" not in whole


@pytest.mark.django_db
def test_production_makes_no_demo_and_does_not_ask_for_one(client: Client, settings: Any) -> None:
    progress.tell(Progress("begin"))
    settings.IS_DEMO = False
    assert client.get(reverse("demo_progress")).status_code == 404
    assert MAKING not in client.get(reverse("account_login")).content.decode()
