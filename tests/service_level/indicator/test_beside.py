"""The log and the link of a switchboard, call by call: what only one of them knows, and where they differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agents.models import User
from service_level.indicator.beside import KINDS, Beside, lay_beside, pairs_of
from telephony.models import QueueCall, Switchboard
from tests.service_level.indicator.a_log import answered, hung_up, taken

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]
MONTH = date(2026, 11, 1)


@pytest.fixture
def heard(board: Switchboard) -> Callable[..., QueueCall]:
    """`heard(at, "1.1", "101", answered=True)`: what the link told of one entry into a queue."""

    def make(at: datetime, uid: str, queue: str, *, answered: bool, over: bool = True, **more: Any) -> QueueCall:
        told: dict[str, Any] = {"state": "over", "outcome": "done" if answered else "not_answered", "ended_at": at}
        told = told if over else {"state": "talking" if answered else "waiting"}
        return QueueCall.objects.create(
            switchboard=board, uid=uid, queue=queue, joined_at=at, answered_at=at if answered else None,
            **{**told, **more},
        )  # fmt: skip

    return make


def counts(told: Beside) -> tuple[int, ...]:
    return tuple(told.counts[kind] for kind in KINDS)


def test_each_call_is_one_of_the_four(board: Switchboard, heard: Callable[..., QueueCall], at: At) -> None:
    noon = at("2026-11-10 12:00")
    taken(board, *answered(noon, "1.1", "101", 5), *hung_up(noon, "1.2", "101", 40), *answered(noon, "1.3", "104", 5))
    heard(noon + timedelta(seconds=1), "1.1", "101", answered=True)
    heard(noon, "1.2", "101", answered=True)
    heard(noon, "1.4", "101", answered=False)
    told = lay_beside(MONTH)
    assert (counts(told), told.compared, told.unheard) == ((1, 1, 1, 1), 4, [])
    assert [(one.uid, one.logged, one.heard) for kind in KINDS for one in pairs_of(MONTH, kind)] == [
        ("1.1", "Atendida", "Atendida"),
        ("1.3", "Atendida", ""),
        ("1.4", "", "Nadie la atendió"),
        ("1.2", "Colgó esperando", "Atendida"),
    ]
    (logged,) = pairs_of(MONTH, "only_logged")
    assert logged.visit
    (only_heard,) = pairs_of(MONTH, "only_heard")
    assert only_heard.visit is None


def test_who_was_handed_on_to_a_telephone_came_into_no_queue(
    board: Switchboard, heard: Callable[..., QueueCall], at: At
) -> None:
    noon = at("2026-11-10 12:00")
    taken(board, *answered(noon, "1.1", "101", 5))
    heard(noon, "1.1", "101", answered=True, outcome="transferred")
    heard(noon + timedelta(minutes=2), "1.1", "101", answered=True, is_handed_on=True)
    assert counts(lay_beside(MONTH)) == (1, 0, 0, 0)


def test_who_comes_twice_into_a_queue_is_compared_time_by_time(
    board: Switchboard, heard: Callable[..., QueueCall], at: At
) -> None:
    noon, later = at("2026-11-10 12:00"), at("2026-11-10 12:05")
    taken(board, *hung_up(noon, "1.1", "101", 30), *answered(later, "1.1", "101", 5))
    heard(noon, "1.1", "101", answered=False)
    heard(later, "1.1", "101", answered=True)
    heard(later, "1.1", "104", answered=True)
    assert counts(lay_beside(MONTH)) == (2, 0, 1, 0)


def test_days_on_which_nobody_listened_are_told_and_not_compared(
    board: Switchboard, heard: Callable[..., QueueCall], at: At
) -> None:
    taken(board, *answered(at("2026-11-10 12:00"), "1.1", "101", 5), *answered(at("2026-11-11 12:00"), "2.1", "101", 5))
    heard(at("2026-11-11 12:00"), "2.1", "101", answered=True)
    taken(board, *answered(at("2026-11-09 12:00"), "0.1", "101", 5), *answered(at("2026-11-14 12:00"), "3.1", "101", 5))
    told = lay_beside(MONTH)
    of_the_days = [(date(2026, 11, 9), date(2026, 11, 10), 2), (date(2026, 11, 14), date(2026, 11, 14), 1)]
    assert (counts(told), told.unheard) == ((1, 0, 0, 0), of_the_days)


def test_of_a_day_on_which_somebody_began_to_listen_the_hours_before_are_not_compared(
    board: Switchboard, heard: Callable[..., QueueCall], at: At
) -> None:
    hours = ["08:00", "12:00", "12:30", "13:00", "18:00"]
    lines = [answered(at(f"2026-11-10 {hour}"), f"{n}.1", "101", 5) for n, hour in enumerate(hours)]
    taken(board, *(line for one in lines for line in one))
    for n in (1, 3):
        heard(at(f"2026-11-10 {hours[n]}"), f"{n}.1", "101", answered=True)
    told = lay_beside(MONTH)
    assert (counts(told), told.unheard) == ((2, 1, 0, 0), [(date(2026, 11, 10), date(2026, 11, 10), 2)])


def test_what_is_not_over_or_lost_its_link_does_not_differ(
    board: Switchboard, heard: Callable[..., QueueCall], at: At
) -> None:
    noon = at("2026-11-10 12:00")
    taken(board, *hung_up(noon, "1.1", "101", 30), *answered(noon, "1.2", "101", 5))
    heard(noon, "1.1", "101", answered=True, over=False)
    heard(noon, "1.2", "101", answered=False, outcome="unknown")
    assert counts(lay_beside(MONTH)) == (2, 0, 0, 0)


def test_another_month_has_nothing_of_it(board: Switchboard, heard: Callable[..., QueueCall], at: At) -> None:
    begins = at("2026-12-01 00:00") - timedelta(seconds=1)
    taken(board, *answered(begins, "1.1", "101", 5))
    heard(begins + timedelta(seconds=2), "1.1", "101", answered=True)
    assert lay_beside(date(2026, 10, 1)) == Beside(dict.fromkeys(KINDS, 0), [])
    december = lay_beside(date(2026, 12, 1))
    assert december.counts["only_heard"] == 0, "it came in a second before by the other clock"


def test_the_page_opens_on_what_differs(
    board: Switchboard, heard: Callable[..., QueueCall], at: At, elena: User, signed_in: Callable[[Any], Client]
) -> None:
    address = "/indicator/2026-11/heard/"
    noon = at("2026-11-10 12:00")
    taken(board, *answered(noon, "1.1", "101", 5))
    assert "No hay qué comparar" in signed_in(elena).get(address).content.decode()
    heard(noon, "1.1", "101", answered=True)
    heard(noon, "1.9", "101", answered=True)
    page = signed_in(elena).get(address).content.decode()
    assert 'href="?kind=only_heard" aria-current="page"' in page
    assert "1.9" in page
    assert "1.1<" in signed_in(elena).get(f"{address}?kind=both").content.decode()
    assert address in signed_in(elena).get("/indicator/2026-11/").content.decode()
