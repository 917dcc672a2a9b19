"""The visits of the recorded calls are those that whoever played them measured; odd ones are counted, never dropped."""

from __future__ import annotations

import csv
import json
from collections import Counter
from typing import Any

import pytest

from telephony.queue_log.visits import Oddity, Outcome, Visit
from tests.telephony.queue_log.recorded import SAMPLES, recorded, visits_of

AT = 1_795_561_000
ENTERS_AT_600 = "600|1.1|101|NONE|ENTERQUEUE||7|1"
TRUTH: dict[str, dict[str, Any]] = json.loads((SAMPLES / "ground-truth.json").read_text())["driver"]


def told(*lines: str) -> list[Visit]:
    """Visits of lines whose moment is given in seconds after the first: `3|1.1|101|Ana|CONNECT|3|1.2|1`."""
    moved = (line.partition("|") for line in lines)
    return visits_of(f"{AT + int(at)}|{rest}" for at, _bar, rest in moved)


@pytest.mark.parametrize("queue", TRUTH)
def test_every_queue_has_the_figures_that_were_measured(queue: str) -> None:
    visits = [one for one in recorded("queue_log") if queue in ("total", one.queue)]
    count = Counter(one.outcome for one in visits)
    within = sum(1 for one in visits if one.outcome == Outcome.ANSWERED and one.wait is not None and one.wait <= 20)
    assert {
        "offered": len(visits),
        "answered": count[Outcome.ANSWERED],
        "answered_within_20s": within,
        "abandoned": count[Outcome.HUNG_UP],
        "exit_timeout": count[Outcome.TIMED_OUT],
    } == {name: TRUTH[queue][name] for name in TRUTH[queue] if name != "service_level"}
    assert round(within / len(visits) * 100, 2) == TRUTH[queue]["service_level"]


def test_every_entry_ended_and_waited_as_was_measured() -> None:
    with (SAMPLES / "ground-truth-calls.csv").open() as file:
        measured = list(csv.DictReader(file))
    visits = {(one.call, one.queue): one for one in recorded("queue_log")}
    assert len(visits) == len(measured)
    names = {"answered": Outcome.ANSWERED, "abandoned": Outcome.HUNG_UP, "timeout": Outcome.TIMED_OUT}
    for row in measured:
        visit = visits[row["uniqueid"], row["line"]]
        assert visit.outcome == names[row["outcome"].removeprefix("exit_").removeprefix("exit")], row
        assert visit.wait is not None
        assert abs(visit.wait - float(row["wait_seconds"])) <= 1, row


def test_nothing_of_what_was_recorded_is_odd_but_the_killed() -> None:
    assert not [one for one in recorded("queue_log") if one.oddities or one.is_open]
    assert not [one for one in recorded("queue_log-edge-cases") if one.oddities or one.is_open]
    cut = [one for one in recorded("queue_log-restarts") if one.oddities]
    assert [(one.outcome, one.wait, one.ended) for one in cut] == [
        (Outcome.ANSWERED, 1, "QUEUESTART"),
        (Outcome.OTHER, 9, "QUEUESTART"),
    ]


def test_each_way_out_of_a_queue_is_told_apart() -> None:
    ended = Counter((one.ended, one.outcome) for one in recorded("queue_log-edge-cases"))
    assert ended == {
        ("ABANDON", Outcome.HUNG_UP): 11,
        ("COMPLETECALLER", Outcome.ANSWERED): 2,
        ("COMPLETEAGENT", Outcome.ANSWERED): 3,
        ("BLINDTRANSFER", Outcome.ANSWERED): 3,
        ("EXITEMPTY", Outcome.OTHER): 1,
        ("EXITWITHKEY", Outcome.OTHER): 1,
        ("WITHDRAW", Outcome.OTHER): 1,
        ("EXITWITHTIMEOUT", Outcome.TIMED_OUT): 1,
    }


def test_a_call_that_goes_on_to_another_queue_is_two_visits() -> None:
    visits = [one for one in recorded("queue_log-edge-cases") if one.call == "1795561384.52"]
    assert [(one.queue, one.moved_to) for one in visits] == [("edge-busy", "edge-keys"), ("edge-keys", "102")]
    again = told(
        "0|1.1|101|NONE|ENTERQUEUE||7|1", "5|1.1|101|NONE|EXITWITHKEY|1|1|1|5", "6|1.1|101|NONE|ENTERQUEUE||7|1"
    )
    assert [(one.nth, one.outcome) for one in again] == [(1, Outcome.OTHER), (2, Outcome.WAITING)]


def test_who_was_sent_on_while_she_talked_is_told_of_where_she_came_from() -> None:
    visits = told(
        "0|1.1|101|NONE|ENTERQUEUE||7|1",
        "2|1.1|101|Ana|CONNECT|2|1.2|1",
        "9|1.1|102|NONE|ENTERQUEUE||7|1",
        "12|1.1|102|Luis|CONNECT|3|1.4|1",
        "30|1.1|102|Luis|COMPLETECALLER|3|18|1",
        "30|1.1|101|Ana|COMPLETECALLER|2|28|1",
    )
    assert [(one.queue, one.wait, one.talk, one.oddities) for one in visits] == [
        ("101", 2, 28, set()),
        ("102", 3, 18, set()),
    ]


def test_an_older_switchboard_transfers_by_another_word_and_says_less_of_an_exit_by_key() -> None:
    [sent_on, left] = told(
        "0|1.1|101|NONE|ENTERQUEUE||7|1",
        "4|1.1|101|Ana|CONNECT|4|1.2|1",
        "20|1.1|101|Ana|TRANSFER|5001|from-internal|4|16|1",
        "30|1.2|101|NONE|ENTERQUEUE||7|1",
        "37|1.2|101|NONE|EXITWITHKEY|9|1",
    )
    assert (sent_on.talk, sent_on.moved_to, sent_on.wait) == (16, "5001", 4)
    assert (left.outcome, left.wait) == (Outcome.OTHER, 7)


@pytest.mark.parametrize(
    ("lines", "oddity", "stands"),
    [
        (["9|1.1|101|Ana|CONNECT|4|1.2|1"], Oddity.WITHOUT_ENTERING, (Outcome.ANSWERED, 4, 5)),
        (["9|1.1|101|NONE|ABANDON|1|1|7"], Oddity.WITHOUT_ENTERING, (Outcome.HUNG_UP, 7, 2)),
        (["30|1.1|101|Ana|COMPLETEAGENT|4|16|1"], Oddity.WITHOUT_ENTERING, (Outcome.ANSWERED, 4, 10)),
        (
            ["0|1.1|101|NONE|ENTERQUEUE||7|1", "30|1.1|101|Ana|COMPLETEAGENT|4|26|1"],
            Oddity.WITHOUT_CONNECT,
            (Outcome.ANSWERED, 4, 0),
        ),
        (
            ["0|1.1|101|NONE|ENTERQUEUE||7|1", "4|1.1|101|Ana|CONNECT|4|1.2|1", "9|1.1|101|Luis|CONNECT|9|1.3|1"],
            Oddity.CONNECTED_TWICE,
            (Outcome.ANSWERED, 4, 0),
        ),
        (
            ["0|1.1|101|NONE|ENTERQUEUE||7|1", "9|1.1|102|NONE|ENTERQUEUE||7|1"],
            Oddity.LEFT_UNSEEN,
            (Outcome.OTHER, None, 0),
        ),
        (
            ["0|1.1|101|NONE|ENTERQUEUE||7|1", "50000|1.9|101|NONE|ENTERQUEUE||8|1"],
            Oddity.NEVER_ENDED,
            (Outcome.OTHER, None, 0),
        ),
        (
            ["100|1.1|101|NONE|ENTERQUEUE||7|1", "40|1.1|101|Ana|CONNECT|-60|1.2|1"],
            Oddity.CLOCK_JUMPED,
            (Outcome.ANSWERED, None, 100),
        ),
        (
            ["0|1.1|101|NONE|ENTERQUEUE||7|1", "3600|1.1|101|Ana|CONNECT|5|1.2|1"],
            Oddity.CLOCK_JUMPED,
            (Outcome.ANSWERED, None, 0),
        ),
    ],
)
def test_an_odd_call_counts_and_says_what_is_odd(
    lines: list[str], oddity: Oddity, stands: tuple[Outcome, int | None, int]
) -> None:
    visit = told(*lines)[0]
    assert oddity in visit.oddities
    assert (visit.outcome, visit.wait, visit.entered_at - AT) == stands


@pytest.mark.parametrize(
    ("lines", "stands"),
    [
        (
            [ENTERS_AT_600, "8|1.1|101|Ana|CONNECT|8|1.2|1"],
            (Outcome.ANSWERED, None, None, ""),
        ),
        (
            [
                ENTERS_AT_600,
                "8|1.1|101|Ana|CONNECT|8|1.2|1",
                "70|1.1|101|Ana|COMPLETECALLER|8|62|1",
            ],
            (Outcome.ANSWERED, None, 62, "COMPLETECALLER"),
        ),
        (
            [
                ENTERS_AT_600,
                "608|1.1|101|Ana|CONNECT|8|1.2|1",
                "70|1.1|101|Ana|COMPLETECALLER|8|62|1",
            ],
            (Outcome.ANSWERED, 8, 62, "COMPLETECALLER"),
        ),
        (
            [ENTERS_AT_600, "9|1.1|101|NONE|ABANDON|1|1|9"],
            (Outcome.HUNG_UP, None, None, "ABANDON"),
        ),
    ],
)
def test_a_clock_set_back_in_the_middle_leaves_one_visit(
    lines: list[str], stands: tuple[Outcome, int | None, int | None, str]
) -> None:
    [visit] = told(*lines)
    assert (visit.outcome, visit.wait, visit.talk, visit.ended) == stands
    assert visit.entered_at - AT == 600
    assert visit.caller == "7"
    assert visit.oddities == {Oddity.CLOCK_JUMPED} | visit.oddities & {Oddity.WITHOUT_CONNECT}


def test_of_what_entered_unseen_the_wait_is_what_is_told_of_it_alone() -> None:
    for line in ("9|1.1|101|Ana|CONNECT", "9|1.1|101|NONE|EXITEMPTY", "30|1.1|101|Ana|COMPLETEAGENT"):
        [visit] = told(line)
        assert (visit.wait, visit.oddities) == (None, visit.oddities | {Oddity.WITHOUT_ENTERING})


def test_what_waits_now_has_not_ended() -> None:
    [waits, talks] = told(
        "0|1.1|101|NONE|ENTERQUEUE||7|1", "1|1.2|101|NONE|ENTERQUEUE||8|2", "5|1.2|101|Ana|CONNECT|4|1.3|1"
    )
    assert (waits.outcome, waits.is_open, talks.outcome, talks.is_open) == ("waiting", True, "answered", True)


def test_a_restart_ends_what_was_open_before_it_and_nothing_after() -> None:
    before, after = told(
        "5|1.1|101|NONE|ENTERQUEUE||7|1", "5|NONE|NONE|NONE|QUEUESTART|", "5|2.1|101|NONE|ENTERQUEUE||8|1"
    )
    assert (before.ended, before.outcome) == ("QUEUESTART", Outcome.OTHER)
    assert after.outcome == Outcome.WAITING
