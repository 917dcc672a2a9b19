"""The demo is a live campaign at any hour of any day, through the same code as any other month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from agents.models import Agent, Role, User
from callcenter.demo import always_on, contents, handed_over, people, smartflex, units
from callcenter.demo.customers import customers_of
from callcenter.demo.exports import prepaid_rows
from campaigns.desk import giving
from campaigns.intake import fetching, taking_in
from campaigns.models import Campaign, Receipt, Report
from campaigns.month import lifecycle, planner
from campaigns.month.periods import period_of
from escalations.board import count_board
from escalations.calls import calls_to_make
from escalations.filters import Filters
from escalations.letters import address_of
from escalations.models import Escalation, Unit
from inbound.models import Content
from notices.models import Notice

At = Callable[..., datetime]


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.CALLCENTER_HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path


def pull(now: datetime) -> list[Report]:
    """What the scheduled job and the worker do."""
    return [taking_in.take_in(report_id=report.pk, now=now) for report in fetching.look_for_reports(now=now)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    [
        "2026-12-25 03:10",  # a holiday, at night
        "2026-11-29 13:00",  # a Sunday
        "2027-01-31 23:40",  # the last minutes of a month
        "2027-02-01 00:05",  # and the first of the next
    ],
)
@pytest.mark.sweep
def test_there_is_somebody_to_call_at_any_hour_of_any_day(moment: str, home: Path, at: At) -> None:
    now = at(moment)
    people.hire()
    always_on.open_day_and_night()
    always_on.stay_live(now=now)
    assert [path.suffix for path in smartflex.save_what_is_missing(now=now)] == [".xlsx"]
    planner.make_months_exist(now=now)
    (report,) = pull(now)
    campaign = Campaign.objects.get(period=period_of(now.date()))
    assert (report.state, campaign.state, campaign.late_since) == ("published", "proposed", None), report.last_error
    lifecycle.launch(campaign=campaign, by=User.objects.get(username=people.SUPERVISOR), now=now)
    for agent in Agent.objects.all():
        assert giving.give_next(agent=agent, now=now + timedelta(seconds=30)) is not None, agent


@pytest.mark.django_db
def test_payments_arrive_while_it_runs_and_one_of_them_is_nobodys(home: Path, at: At) -> None:
    now = at("2026-11-25 09:00")
    people.hire()
    always_on.open_day_and_night()
    always_on.stay_live(now=now)
    planner.make_months_exist(now=now)
    smartflex.save_what_is_missing(now=now)
    pull(now)
    (first,) = smartflex.save_what_is_missing(now=now)
    assert first.name.startswith("recaudo-2026-12-")
    assert smartflex.save_what_is_missing(now=now) == []  # the clerk saves one every ten minutes
    (report,) = pull(now)
    assert (report.state, report.kind) == ("published", "recaudo"), report.last_error
    assert Receipt.objects.filter(renewal__isnull=False).count() > 10
    assert Receipt.objects.filter(renewal__isnull=True).count() == 1


def test_the_same_month_is_written_the_same_and_months_share_most_customers() -> None:
    november, december = customers_of(date(2026, 11, 1)), customers_of(date(2026, 12, 1))
    assert prepaid_rows(december, date(2026, 12, 1)) == prepaid_rows(december, date(2026, 12, 1))
    shared = {one.contract for one in november} & {one.contract for one in december}
    assert 0.8 < len(shared) / len(december) < 1


@pytest.mark.django_db
def test_hiring_twice_hires_once_and_leaves_a_changed_password_alone() -> None:
    assert people.hire() == len(people.PEOPLE)
    ana = User.objects.get(username="ana")
    ana.set_password("otra")
    ana.save()
    assert people.hire() == 0
    assert User.objects.get(username="ana").check_password("otra")
    assert User.objects.filter(is_staff=True).get().role == Role.ADMINISTRATOR


@pytest.mark.django_db
def test_every_unit_has_somebody_who_is_written_to() -> None:
    today = date(2026, 11, 25)
    assert units.name_who_is_written_to(since=today) == Unit.objects.count() > 0
    assert units.name_who_is_written_to(since=today) == 0
    for unit in Unit.objects.all():
        assert address_of(unit=unit, sector="Norte", on=today).email.endswith("@comteco.example")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["2026-11-25 15:00", "2026-11-29 03:10", "2026-12-01 08:01"])
def test_its_board_has_cards_in_every_column_and_breaks_no_promise(moment: str, home: Path, at: At) -> None:
    now = at(moment)
    people.hire()
    always_on.open_day_and_night()
    units.name_who_is_written_to(since=now.date() - timedelta(days=60))
    elena, sonia, ana = (User.objects.get(username=name) for name in ("elena", "sonia", "ana"))
    count = handed_over.fill_the_board(by=elena, other=sonia, now=now)
    handed_over.send_its_mail(now=now)
    assert count == Escalation.objects.count() > 50
    board = count_board(asked=Filters(), user=elena, now=now)
    assert all(board.columns[column] for column in ("new", "waiting", "to_inform")), board
    assert 6 < board.chips["all"] < 30
    assert Escalation.objects.filter(closed_at=None, breached_at__isnull=False).exists()
    assert not Notice.objects.exclude(state="sent").exists()
    call = handed_over.promise_a_call(by=ana, now=now)
    assert calls_to_make(by=ana, now=call.due_at) == [call]
    call_command("check_invariants")


@pytest.mark.django_db(transaction=True)
def test_two_who_call_within_a_minute_leave_a_card_each(home: Path, at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_over, "DAYS", 1)
    monkeypatch.setattr(handed_over, "JUST_NOW", (9, 9))
    now = at("2026-11-25 07:50")  # before the centre opens nobody else has called
    people.hire()
    elena = User.objects.get(username="elena")
    assert handed_over.fill_the_board(by=elena, other=elena, now=now) == Escalation.objects.count() == 2


def test_production_has_no_demo(settings: Any, db: None) -> None:
    settings.IS_DEMO = False
    with pytest.raises(CommandError, match="no demo"):
        call_command("demo", reset=True)


def test_a_server_of_somebody_elses_is_never_reset(settings: Any) -> None:
    settings.RUNS_EMBEDDED = False
    with pytest.raises(CommandError, match="Nothing was touched"):
        call_command("demo", reset=True)


def test_what_agents_read_out_is_there_once(db: None) -> None:
    assert contents.write_what_is_read_out() == 20
    assert contents.write_what_is_read_out() == 0
    assert [row["name"] for row in Content.objects.said_of("plans", words="go on")] == ["TV Familiar y Go On"]
