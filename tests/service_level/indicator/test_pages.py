"""Every figure of the indicator opens the calls it counts, down to what the switchboard wrote."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from agents.models import User
from service_level.indicator.calls import asked_for, find_calls
from service_level.indicator.figures import read_month
from service_level.indicator.page import Row, of_whole_month
from service_level.models import MeasuredQueue
from telephony.models import ChangedDay, LoggedVisit, LogSource, Switchboard
from telephony.queue_log.sources import read_sources
from telephony.queue_log.taking import take_lines
from tests.service_level.indicator.a_log import answered, call, hung_up, taken

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
MONTH = date(2026, 11, 1)
OPENED = {  # a figure, and which calls it opens
    "registered": "",
    **{name: name for name in ("answered", "within", "missed", "abandoned", "hung_up", "timed_out", "odd", "unknown")},
}


@pytest.fixture
def month(board: Switchboard, now: datetime, at: Callable[[str], datetime]) -> date:
    """Eight calls of three lines: in time, late, hung up, timed out, odd, and one of a queue nobody wrote down."""
    early, late = at("2026-11-10 09:10"), at("2026-11-11 15:40")
    lines = [
        *answered(early, "1.1", "101", 5),
        *answered(early, "1.2", "101", 21),
        *hung_up(early, "1.3", "101", 4),
        *call(late, "1.4", "101", (60, "NONE|EXITWITHTIMEOUT|1|1|60")),
        *call(late, "1.5", "101", (30, "Ana|CONNECT|999999|1.9|2")),
        *answered(late, "1.6", "104", 20),
        *answered(late, "1.7", "102", 90),
        *hung_up(late, "1.8", "ventas/norte", 9),
    ]
    return taken(board, *lines)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_month_stands_at_its_level(month: date, elena: User, signed_in: SignedIn) -> None:
    seen = page(signed_in(elena), reverse("service_level:month", args=["2026-11"]))
    assert "33,33 %" in seen  # two of six that the regulator counts
    assert "Perdidas de más" in seen
    assert "cola que no es de ninguna línea" in seen


def test_every_figure_opens_as_many_calls_as_it_says(month: date, elena: User) -> None:
    figures = read_month(month)
    for line in figures.lines:
        row = Row("", line.counts, of_whole_month(month, line.number), figures.formula)
        for name, which in OPENED.items():
            asked = asked_for(month=month, line=line.number, sent={"which": which})
            assert find_calls(asked=asked, user=elena).count() == getattr(row.counts, name), (line.number, name)


def test_every_link_of_the_pages_opens(month: date, elena: User, signed_in: SignedIn) -> None:
    """One of each kind, whichever its line, day, half hour or call; without the orders a list can stand in."""
    client, kinds, ahead = signed_in(elena), set[str](), [reverse("service_level:month", args=["2026-11"])]
    while ahead:
        path = ahead.pop(0)
        kind = re.sub(r"\d[\d:%A-]*|(?<=/)(ventas/norte|att|all)(?=/)", "1", path)
        if kind in kinds or "sort=" in path:
            continue
        kinds.add(kind)
        content = page(client, path)
        main = content[content.index("<main") : content.index("</main")]
        found = re.findall(r'href="(/indicator/[^"#]*|\?[^"#]*)"', main)
        ahead += [(path.partition("?")[0] + one if one.startswith("?") else one).replace("&amp;", "&") for one in found]
    assert len(kinds) > 40
    assert {"/indicator/calls/1/", "/indicator/1/others/1/"} <= kinds


def test_a_half_hour_opens_its_calls(month: date, elena: User, at: Callable[[str], datetime]) -> None:
    sent = {"first": "2026-11-10", "last": "2026-11-10", "half": "09:00"}
    found = find_calls(asked=asked_for(month=MONTH, line="101", sent=sent), user=elena)
    assert found.count() == 3
    sent["half"] = "09:30"
    assert not find_calls(asked=asked_for(month=MONTH, line="101", sent=sent), user=elena).exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"first": "2026-10-01", "last": "2026-13-45", "half": "9", "which": "x"},
        {"first": "2026-11-20", "last": "2026-11-10", "half": "25:00"},
        {"half": "09:17", "first": "2026-11-10", "last": "2026-11-10"},
    ],
)
def test_what_an_address_says_wrong_is_as_if_it_were_not_said(sent: dict[str, str]) -> None:
    asked = asked_for(month=MONTH, line="101", sent=sent)
    assert asked.half is None
    assert asked.which == ""
    assert MONTH <= asked.first <= asked.last <= date(2026, 11, 30)


def test_a_call_shows_its_lines_and_hides_whose_number_it_is(month: date, elena: User, signed_in: SignedIn) -> None:
    odd = LoggedVisit.objects.get(call="1.5")
    seen = page(signed_in(elena), reverse("service_level:call", args=[odd.pk]))
    assert "|101|Ana|CONNECT|999999|1.9|2" in seen
    assert "El reloj de la central saltó" in seen
    assert "70712345" not in seen


@pytest.mark.parametrize(
    "path",
    ["/indicator/2026-13/", "/indicator/hoy/", "/indicator/2026-11/lines/999/", "/indicator/2026-11/calls/999/"],
)
def test_what_there_is_not_is_not_found(path: str, month: date, elena: User, signed_in: SignedIn) -> None:
    assert signed_in(elena).get(path).status_code == 404


def test_a_month_without_calls_says_what_to_do(elena: User, signed_in: SignedIn) -> None:
    assert "read_queue_log" in page(signed_in(elena), reverse("service_level:month", args=["2026-07"]))


def test_a_month_of_lines_without_a_call_does_not_say_that_nothing_was_read(
    board: Switchboard, elena: User, signed_in: SignedIn, at: Callable[[str], datetime]
) -> None:
    taken(board, *answered(at("2026-11-10 09:00"), "1.1", "101", 5))
    take_lines(board=board, lines=[f"{int(at('2026-10-10 09:00').timestamp())}|NONE|NONE|NONE|QUEUESTART|"])
    seen = page(signed_in(elena), reverse("service_level:month", args=["2026-10"]))
    assert "se leyeron líneas de la central" in seen
    assert "read_queue_log" not in seen


def test_a_month_says_which_of_its_days_are_of_before_still(month: date, elena: User, signed_in: SignedIn) -> None:
    ChangedDay.objects.create(day=date(2026, 11, 11))
    ChangedDay.objects.create(day=date(2026, 10, 31))
    seen = page(signed_in(elena), reverse("service_level:month", args=["2026-11"]))
    assert "se está contando de nuevo" in seen
    assert "31/10" not in seen


def test_a_month_says_until_when_it_is_counted(
    month: date, board: Switchboard, elena: User, signed_in: SignedIn, at: Callable[[str], datetime]
) -> None:
    """Its own last calls, not those of the months after it."""
    taken(board, *answered(at("2026-12-01 09:40"), "2.1", "101", 5))
    assert "11/11/2026 15:30" in page(signed_in(elena), reverse("service_level:month", args=["2026-11"]))


def test_lines_that_are_none_are_told_on_the_page(
    month: date, board: Switchboard, now: datetime, elena: User, signed_in: SignedIn, tmp_path: Path
) -> None:
    (tmp_path / "queue_log").write_text(
        f"{int(now.timestamp())}|NONE|NONE|NONE|QUEUESTART|\nesto no es de la central\n", encoding="utf-8"
    )
    LogSource.objects.create(switchboard=board, path=str(tmp_path / "queue_log"))
    read_sources(now=now)
    assert "hay 1 línea que no es de queue_log" in page(
        signed_in(elena), reverse("service_level:month", args=["2026-11"])
    )


def test_the_workbook_has_every_line_day_and_half_hour(month: date, elena: User, signed_in: SignedIn) -> None:
    answer = signed_in(elena).post(reverse("service_level:export", args=["2026-11"]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    lines, days, halves, formula, others = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    att = next(row for row in lines if row[0] == "Suma ATT")
    assert (att[3], att[6], att[7]) == (6, 2, 33.33)
    assert [len(rows) for rows in (days, halves, formula, others)] == [6, 6, 7, 15]


def test_whoever_is_nobody_sees_none(month: date, ana: Any) -> None:
    asked = asked_for(month=MONTH, line="all", sent={})
    assert not find_calls(asked=asked, user=ana.user).exists()


def test_the_pages_ask_few_questions_however_many_lines(
    month: date, elena: User, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(elena)
    with django_assert_max_num_queries(60):
        page(client, reverse("service_level:month", args=["2026-11"]))
    with django_assert_max_num_queries(20):
        page(client, reverse("service_level:calls", args=["2026-11", "all"]))


def test_a_call_without_the_name_of_its_queue_has_a_page(
    board: Switchboard, elena: User, at: Callable[[str], datetime], signed_in: SignedIn
) -> None:
    noon = int(at("2026-11-10 12:00").timestamp())
    taken(board, f"{noon}|1.1||NONE|ENTERQUEUE||70712345|1", f"{noon + 9}|1.1||NONE|ABANDON|1|1|9")
    client = signed_in(elena)
    for page in ("/indicator/2026-11/", "/indicator/2026-11/days/2026-11-10/", "/indicator/2026-11/others/all/"):
        answer = client.get(page)
        assert answer.status_code == 200
    assert "(sin cola)" in client.get("/indicator/2026-11/").content.decode()


def test_a_line_of_which_a_part_counts_for_the_regulator_opens_each_part(
    board: Switchboard, elena: User, at: Callable[[str], datetime], signed_in: SignedIn
) -> None:
    MeasuredQueue.objects.create(queue="109b", line="101", name="Recargas", since=date(2026, 11, 1))
    noon = at("2026-11-10 12:00")
    taken(board, *answered(noon, "1.1", "101", 5), *answered(noon, "1.2", "101", 5), *answered(noon, "1.3", "109b", 5))
    client = signed_in(elena)
    page = client.get("/indicator/2026-11/").content.decode()
    assert "101 Recargas" in page
    for part, calls in (("att", 2), ("rest", 1)):
        address = f"/indicator/2026-11/calls/101/?which=answered&amp;part={part}"
        assert address in page
        assert client.get(address.replace("&amp;", "&")).content.decode().count("/indicator/calls/") == calls
