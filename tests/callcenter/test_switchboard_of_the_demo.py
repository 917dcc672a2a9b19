"""The demo plays a switchboard where one is asked for; without it nothing is in use, and production has none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime

import pytest

from agents.models import Agent
from callcenter.demo import people, switchboard
from telephony.models import Extension, Seat, Switchboard
from telephony.seats import seat_of
from tests.callcenter.test_environment import PRODUCTION, ROOT

At = Callable[..., datetime]


@pytest.mark.django_db
def test_it_is_a_row_with_its_telephones_and_ana_sits_at_the_first(at: At) -> None:
    now = at("2026-11-26 09:00")
    people.hire()
    Switchboard.objects.create(name=switchboard.NAME, host="127.0.0.1")  # a start without one, which wrote a queue_log
    switchboard.write_down(port=8780, now=now)
    switchboard.write_down(port=8781, now=now)  # the next start, at another port
    board = Switchboard.objects.in_use().get()
    assert (board.host, board.port) == ("127.0.0.1", 8781)
    assert [one.number for one in Extension.objects.order_by("number")] == [str(n) for n in range(1001, 1011)]
    seat = seat_of(Agent.objects.get(user__username="ana"))
    assert seat is not None
    assert str(seat.extension) == "1001"


@pytest.mark.django_db
def test_what_people_said_of_their_seats_outlives_a_start(at: At) -> None:
    now = at("2026-11-26 09:00")
    people.hire()
    switchboard.write_down(port=8780, now=now)
    Seat.objects.all().delete()
    switchboard.write_down(port=8780, now=now)
    assert not Seat.objects.exists()


@pytest.mark.django_db
def test_one_that_is_not_asked_for_is_switched_off_and_no_other_is(at: At) -> None:
    Switchboard.objects.create(name="De la casa", host="pbx.example", user="callcenter", is_on=True)
    switchboard.write_down(port=8780, now=at("2026-11-26 09:00"))
    switchboard.switch_off()
    assert [board.name for board in Switchboard.objects.in_use()] == ["De la casa"]


def test_it_and_its_listener_sign_in_with_the_same_secret_which_no_command_line_shows() -> None:
    played, listening = switchboard.programs(8780, 8781)
    assert played.environment == listening.environment
    secret = played.environment[switchboard.SECRET_VARIABLE]
    assert secret not in " ".join([*played.command, *listening.command])


@pytest.mark.processes
@pytest.mark.parametrize(
    ("environment", "plays"),
    [({}, False), ({"DEMO_SWITCHBOARD": "yes"}, True), ({**PRODUCTION, "DEMO_SWITCHBOARD": "yes"}, False)],
)
def test_only_a_demo_that_asks_for_one_plays_it(environment: dict[str, str], plays: bool) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    servers = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}
    servers |= {"REDIS_URL": "redis://:a-password@127.0.0.1:1"} if environment.get("CALLCENTER_ENV") else {}
    done = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.PLAYS_SWITCHBOARD)"],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "callcenter.settings", **servers, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    assert done.stdout.strip() == str(plays)
