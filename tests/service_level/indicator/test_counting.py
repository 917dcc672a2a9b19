"""The figures of the recorded switchboard are what was measured beside it, in whatever pieces its lines come."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from service_level.indicator.counting import count_anew_for, count_changed, months_with_figures
from service_level.indicator.figures import Counts, days_of, read_month
from service_level.models import Formula, LineFigure, MeasuredQueue
from telephony.models import ChangedDay, LoggedVisit, Switchboard
from telephony.queue_log.taking import take_lines
from tests.service_level.indicator.a_log import SAMPLES, answered, call, hung_up, taken

TRUTH = json.loads((SAMPLES / "ground-truth.json").read_text())["driver"]
pytestmark = pytest.mark.django_db


# the recording


def test_every_line_has_the_figure_that_was_measured(board: Switchboard, now: datetime) -> None:
    month = taken(board)
    lines = {line.number: line.counts for line in read_month(month).lines}
    assert {number: as_measured(counts) for number, counts in lines.items()} == TRUTH_OF_LINES


def test_in_pieces_of_any_size_it_is_the_same(board: Switchboard, now: datetime) -> None:
    lines = (SAMPLES / "queue_log").read_text().splitlines()
    for begin in range(0, len(lines), 150):
        take_lines(board=board, lines=lines[begin : begin + 150])
        count_changed()
    month = next(months_with_figures())
    assert {line.number: as_measured(line.counts) for line in read_month(month).lines} == TRUTH_OF_LINES


def as_measured(counts: Counts) -> dict[str, Any]:
    return {
        "offered": counts.registered,
        "answered": counts.answered,
        "answered_within_20s": counts.within,
        "abandoned": counts.hung_up,
        "exit_timeout": counts.timed_out,
        "service_level": counts.level and float(counts.level),
    }


TRUTH_OF_LINES = {number: TRUTH[number] for number in TRUTH if number.isdecimal()}


def test_half_hours_and_days_add_up_to_the_month(board: Switchboard, now: datetime) -> None:
    taken(board)
    sums = {
        grain: sum(figure.registered for figure in LineFigure.objects.filter(grain=grain)) for grain in LineFigure.Grain
    }
    assert set(sums.values()) == {213}
    assert LoggedVisit.objects.count() == 213


def test_median_and_ninth_decile_are_those_of_the_waits(board: Switchboard, now: datetime) -> None:
    month = taken(board)
    waits = sorted(LoggedVisit.objects.filter(queue="101", outcome="answered").values_list("wait", flat=True))
    counts = next(line.counts for line in read_month(month).lines if line.number == "101")
    assert counts.median == waits[len(waits) // 2]  # of 25
    assert counts.mean_wait == sum(waits) / len(waits)
    assert counts.longest == max(LoggedVisit.objects.filter(queue="101").values_list("wait", flat=True))


# what counts


def test_twenty_seconds_are_inside_and_a_half_hour_begins_on_the_half(
    board: Switchboard, now: datetime, at: Callable[[str], datetime]
) -> None:
    lines = [
        *answered(at("2026-11-10 09:29:59"), "1.1", "101", 20),
        *answered(at("2026-11-10 09:30:00"), "1.2", "101", 21),
        *hung_up(at("2026-11-10 09:31:00"), "1.3", "101", 2),
    ]
    month = taken(board, *lines)
    counts = read_month(month).att
    assert (counts.registered, counts.within, counts.level) == (3, 1, Decimal("33.33"))
    halves = LineFigure.objects.filter(grain="half_hour").order_by("began_at")
    assert [(one.began_at, one.registered) for one in halves] == [
        (at("2026-11-10 09:00"), 1),
        (at("2026-11-10 09:30"), 2),
    ]


def test_a_call_at_the_last_second_of_a_month_is_of_it(
    board: Switchboard, now: datetime, at: Callable[[str], datetime]
) -> None:
    taken(
        board,
        *answered(at("2026-10-31 23:59:59"), "1.1", "101", 5),
        *answered(at("2026-11-01 00:00"), "1.2", "101", 5),
    )
    assert [read_month(month).att.registered for month in months_with_figures()] == [1, 1]


def test_a_new_site_counts_the_eleven_lines_of_which_four_are_the_regulators() -> None:
    queues = MeasuredQueue.objects.all()
    assert len(queues) == 11
    assert {one.line for one in queues if one.counts_for_att} == {"101", "104", "800131313", "4639999"}


def test_a_month_without_calls_has_no_level(board: Switchboard) -> None:
    empty = read_month(date(2026, 7, 1))
    assert (empty.att.level, empty.holds, len(empty.lines)) == (None, None, 11)


def test_a_queue_nobody_wrote_down_stands_by_its_name(
    board: Switchboard, now: datetime, at: Callable[[str], datetime]
) -> None:
    month = taken(board, *answered(at("2026-11-10 09:00"), "1.1", "ventas", 5))
    figures = read_month(month)
    assert (figures.all.registered, figures.att.registered) == (1, 0)
    assert [line.number for line in figures.lines if not line.is_known] == ["ventas"]


def test_who_waits_still_is_not_registered_yet(
    board: Switchboard, now: datetime, at: Callable[[str], datetime]
) -> None:
    begun = call(at("2026-11-10 09:00"), "1.1", "101")
    month = taken(board, *begun)
    counts = read_month(month).att
    assert (counts.registered, counts.waiting, counts.level) == (0, 1, None)
    taken(board, f"{int(at('2026-11-10 09:00:09').timestamp())}|1.1|101|NONE|ABANDON|1|1|9")
    counts = read_month(month).att
    assert (counts.registered, counts.waiting, counts.level) == (1, 0, Decimal("0.00"))


def test_an_answer_of_which_the_wait_is_unknown_counts_as_late_and_says_so(
    board: Switchboard, now: datetime, at: Callable[[str], datetime]
) -> None:
    begins = at("2026-11-10 09:00")
    odd = call(begins, "1.1", "101", (30, "Ana|CONNECT|999999|1.9|2"))  # a clock that jumped
    month = taken(board, *odd, *answered(begins, "1.2", "101", 5))
    counts = read_month(month).att
    assert (counts.level, counts.best, counts.odd) == (Decimal("50.00"), Decimal("100.00"), 1)


def test_a_new_resolution_is_a_row_and_counts_from_its_month_on(
    board: Switchboard, now: datetime, at: Callable[[str], datetime]
) -> None:
    lines = [line for month in ("10", "11") for line in (
        *answered(at(f"2026-{month}-10 09:00"), f"{month}.1", "101", 25),
        *answered(at(f"2026-{month}-10 09:01"), f"{month}.2", "101", 5),
        *hung_up(at(f"2026-{month}-10 09:02"), f"{month}.3", "101", 3),
    )]  # fmt: skip
    taken(board, *lines)
    with transaction.atomic():
        formula = Formula(since=date(2026, 11, 1), seconds=30, shortest_hang_up=5, document="RAR 1/2026")
        formula.save()
        assert count_anew_for(formula, was_since=date(2026, 12, 1)) == date(2026, 11, 1)
    count_changed()
    before, after = (read_month(month).att for month in months_with_figures())
    assert (before.level, before.registered) == (Decimal("33.33"), 3)
    assert (after.level, after.registered, after.counted) == (Decimal("100.00"), 3, 2)


def test_a_line_that_is_measured_from_a_month_on(
    board: Switchboard, now: datetime, at: Callable[[str], datetime]
) -> None:
    taken(
        board,
        *(line for month in ("10", "11") for line in answered(at(f"2026-{month}-10 09:00"), month, "102", 5)),
    )
    with transaction.atomic():
        queue = MeasuredQueue(queue="102", line="102", counts_for_att=True, since=date(2026, 11, 1))
        queue.save()
        count_anew_for(queue)
    count_changed()
    assert [read_month(month).att.registered for month in months_with_figures()] == [0, 1]


# when it is counted


def test_nothing_new_is_nothing_counted(board: Switchboard, now: datetime) -> None:
    taken(board)
    assert count_changed() == 0
    take_lines(board=board, lines=(SAMPLES / "queue_log").read_text().splitlines())
    assert not ChangedDay.objects.exists()


def test_a_visit_that_was_none_leaves_its_day(board: Switchboard, now: datetime, at: Callable[[str], datetime]) -> None:
    """Its end alone was there, and now its beginning, a day before."""
    late = int(at("2026-11-11 00:00:10").timestamp())
    taken(board, f"{late}|1.1|101|NONE|ABANDON|1|1|5")
    assert set(days_of(date(2026, 11, 1))) == {date(2026, 11, 11)}
    taken(board, f"{int(at('2026-11-10 23:59:50').timestamp())}|1.1|101|NONE|ENTERQUEUE||70712345|1")
    assert set(days_of(date(2026, 11, 1))) == {date(2026, 11, 10)}


@pytest.mark.django_db(transaction=True)
def test_who_counts_waits_for_what_is_being_written(now: datetime, at: Callable[[str], datetime]) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    taken(board, *answered(at("2026-11-10 09:00"), "1.1", "101", 5))
    ChangedDay.objects.create(day=date(2026, 11, 10))

    def count() -> None:
        try:
            count_changed()
        finally:
            connection.close()

    counting = threading.Thread(target=count)
    with transaction.atomic():
        take_lines(board=board, lines=answered(at("2026-11-10 09:01"), "1.2", "101", 5))
        counting.start()
        counting.join(0.5)
        assert counting.is_alive(), "it waits for whoever writes the day"
    counting.join(30)
    assert read_month(date(2026, 11, 1)).att.registered == 2


# the door


def test_the_command_tells_each_line_and_the_totals(board: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("read_queue_log", str(SAMPLES / "queue_log"), "--json")
    capsys.readouterr()
    with (SAMPLES / "ground-truth-calls.csv").open() as file:
        assert len(list(csv.DictReader(file))) == 213
    month = LoggedVisit.objects.earliest("entered_at").entered_at.strftime("%Y-%m")
    call_command("service_level", month, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["lines"]["101"] == {
        "received": 29, "answered": 25, "within": 21, "hung_up": 3, "timed_out": 1, "other": 0, "level": "72.41"
    }  # fmt: skip
    assert told["totals"]["all"]["received"] == 213
    assert told["totals"]["att"]["received"] == sum(
        told["lines"][one]["received"] for one in ("101", "104", "800131313", "4639999")
    )
    call_command("service_level", month, "--line", "101", "--json")
    assert set(json.loads(capsys.readouterr().out)["lines"]) == {"101"}
    call_command("service_level", month)
    assert "72.41 %" in capsys.readouterr().out


@pytest.mark.parametrize("month", ["2026-13", "nov", "2026-1", "٢٠٢٦-١١", "1026-11"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(CommandError, match="no es un mes"):
        call_command("service_level", month)


def test_a_line_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="ninguna línea"):
        call_command("service_level", "2026-11", "--line", "999")


def test_a_log_is_taken_where_nobody_wrote_down_a_switchboard(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("read_queue_log", str(SAMPLES / "queue_log"))
    assert capsys.readouterr().out.startswith("Central: ")
    assert not Switchboard.objects.get().is_on
