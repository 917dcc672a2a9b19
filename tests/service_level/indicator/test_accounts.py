"""Other accounts of the same calls: what the recorded switchboard said of itself, and which calls differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from service_level.indicator.accounts import Account, read_accounts
from service_level.indicator.calls import ALL, asked_for, find_calls
from service_level.indicator.counting import formula_of
from service_level.indicator.page import of_whole_month
from service_level.indicator.which import BANDS, conditions, in_time, variants
from telephony.models import LoggedVisit, Switchboard
from tests.service_level.indicator.a_log import answered, call, hung_up, taken

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)
SignedIn = Callable[[Any], Client]


def accounts(month: date, line: str, user: User) -> dict[str, Account]:
    told = read_accounts(asked=of_whole_month(month, line), formula=formula_of(month), user=user)
    return {one.variant.code: one for one in told.accounts}


@pytest.fixture
def calls(board: Switchboard, at: Callable[[str], datetime]) -> date:
    """One of each kind: at the limit and a second beside it, gone soon and late, out by time, by key, into an empty
    queue, and answered of which the wait is unknown.
    """
    begins = at("2026-11-10 09:10")
    return taken(
        board,
        *answered(begins, "1.1", "101", 20),
        *answered(begins, "1.2", "101", 19),
        *answered(begins, "1.3", "101", 21),
        *answered(begins, "1.4", "101", 95),
        *hung_up(begins, "1.5", "101", 4),
        *hung_up(begins, "1.6", "101", 5),
        *hung_up(begins, "1.7", "101", 40),
        *call(begins, "1.8", "101", (60, "NONE|EXITWITHTIMEOUT|1|1|60")),
        *call(begins, "1.9", "101", (10, "NONE|EXITWITHKEY|1|1|1|10")),
        *call(begins, "1.10", "101", (12, "NONE|EXITEMPTY|1|1|12")),
        *call(begins, "1.11", "101", (30, "Ana|CONNECT|999999|1.9|2")),
    )


def test_asterisk_says_of_itself_what_it_said_when_it_was_recorded(board: Switchboard, elena: User) -> None:
    """Its last QueueStatus of queue 101: ServicelevelPerf 84.0, ServicelevelPerf2 79.3."""
    told = accounts(taken(board), "101", elena)
    assert {code: told[code].level.quantize(Decimal("0.1")) for code in ("", "sl", "sl2") if told[code].level} == {
        "": Decimal("72.4"), "sl": Decimal("84.0"), "sl2": Decimal("79.3"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "counted", "within", "differing"),
    [
        ("", 11, 2, []),
        ("strict", 11, 1, ["1.1"]),
        ("loose", 11, 3, ["1.3"]),
        ("short", 10, 2, ["1.5"]),
        ("hung_up", 8, 2, ["1.10", "1.8", "1.9"]),
        ("sl", 5, 2, ["1.10", "1.5", "1.6", "1.7", "1.8", "1.9"]),
        ("sl2", 10, 5, ["1.10", "1.5", "1.6", "1.9"]),
    ],
)
def test_each_account_counts_in_its_own_way(
    code: str, counted: int, within: int, differing: list[str], calls: date, elena: User
) -> None:
    told = accounts(calls, "101", elena)[code]
    assert (told.counted, told.within, told.differing) == (counted, within, len(differing))
    if code:
        asked = asked_for(month=calls, line="101", sent={"which": f"differs_{code}"})
        assert sorted(find_calls(asked=asked, user=elena).values_list("call", flat=True)) == differing


def test_every_answer_is_in_one_band_or_of_unknown_wait(calls: date, elena: User) -> None:
    told = read_accounts(asked=of_whole_month(calls, "101"), formula=formula_of(calls), user=elena)
    assert [one.answered for one in told.bands] == [0, 3, 0, 0, 0, 0, 1]
    assert [one.lost for one in told.bands] == [4, 0, 1, 1, 0, 0, 0]
    assert told.of_unknown_wait == 1
    assert told.bands[-1].so_far == Decimal("80.00")  # of the fifth nobody knows how long it was
    assert [(which, count) for which, _words, count in told.oddities] == [("odd_clock_jumped", 1)]


def test_what_an_account_adds_up_to_is_what_its_calls_say_one_by_one(board: Switchboard, elena: User) -> None:
    month = taken(board)
    seen = list(LoggedVisit.objects.all())
    formula = formula_of(month)
    told = accounts(month, ALL, elena)
    gone = [one for one in seen if one.outcome in ("hung_up", "timed_out", "other")]
    served = [one for one in seen if one.outcome == "answered"]
    soon = [one for one in served if one.wait is not None and one.wait <= 20]
    lost = [one for one in gone if one.ended != "EXITWITHKEY"]
    assert (told[""].counted, told[""].within) == (len(served) + len(gone), len(soon))
    assert (told["sl2"].counted, told["sl2"].within) == (
        len(served) + len(lost), len(soon) + len([one for one in lost if one.wait is not None and one.wait <= 20]),
    )  # fmt: skip
    assert LoggedVisit.objects.filter(in_time(20)).count() == len(soon)
    assert len(variants(formula)) == len(told)


def test_the_page_says_it_and_opens_it(calls: date, elena: User, signed_in: SignedIn) -> None:
    seen = signed_in(elena).get(reverse("service_level:others", args=["2026-11", "att"])).content.decode()
    assert "+21,82" in seen  # SL: 2 of 5 beside 2 of 11
    assert "which=differs_sl2" in seen
    assert "El reloj de la central saltó" in seen
    heading = signed_in(elena).get(f"{reverse('service_level:calls', args=['2026-11', '101'])}?which=differs_sl2")
    assert "Las que «Asterisk, SL2» cuenta de otra manera" in heading.content.decode()


@pytest.mark.parametrize("begins", BANDS)
def test_a_band_opens_its_calls(begins: int, calls: date, elena: User) -> None:
    told = read_accounts(asked=of_whole_month(calls, "101"), formula=formula_of(calls), user=elena)
    (one,) = [band for band in told.bands if band.begins == begins]
    assert f"answered_{begins}" in conditions(formula_of(calls))
    for which, count in ((f"answered_{begins}", one.answered), (f"lost_{begins}", one.lost)):
        assert find_calls(asked=asked_for(month=calls, line="101", sent={"which": which}), user=elena).count() == count


def test_a_line_there_is_not_has_no_account(calls: date, elena: User, signed_in: SignedIn) -> None:
    assert signed_in(elena).get(reverse("service_level:others", args=["2026-11", "999"])).status_code == 404
