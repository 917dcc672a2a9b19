"""The recorded queue_log gives the same rows in whatever pieces, order and copies it comes; nothing is taken twice."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from agents.keeping import Held
from telephony.forgetting import forget_numbers
from telephony.models import LogFile, LoggedLine, LoggedVisit, Switchboard
from telephony.queue_log import taking
from telephony.queue_log.files import NotALog, fingerprint, read_file
from telephony.queue_log.recounting import visits_from_lines
from telephony.queue_log.taking import VISIT_COLUMNS, take_lines
from tests.telephony.queue_log.recorded import SAMPLES, visits_of

pytestmark = pytest.mark.django_db
TRUTH: dict[str, dict[str, Any]] = json.loads((SAMPLES / "ground-truth.json").read_text())["driver"]
EVERY_FILE = sorted(SAMPLES.glob("queue_log*"))


@pytest.fixture
def board(db: None) -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", port=5038, user="callcenter")


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-28 10:00")


def recorded_lines() -> list[str]:
    return (SAMPLES / "queue_log").read_text().splitlines()


def rows() -> list[tuple[Any, ...]]:
    return sorted(LoggedVisit.objects.values_list(*VISIT_COLUMNS), key=str)


def as_measured() -> bool:
    """Whether every queue has the figures of who played the calls."""
    for queue, truth in TRUTH.items():
        visits = LoggedVisit.objects.all() if queue == "total" else LoggedVisit.objects.filter(queue=queue)
        answered = visits.filter(outcome="answered")
        assert (queue, visits.count(), answered.count(), answered.filter(wait__lte=20).count()) == (
            queue, truth["offered"], truth["answered"], truth["answered_within_20s"],
        )  # fmt: skip
        assert visits.filter(outcome="hung_up").count() == truth["abandoned"]
        assert visits.filter(outcome="timed_out").count() == truth["exit_timeout"]
    return True


def test_at_once_and_twice(board: Switchboard) -> None:
    first = take_lines(board=board, lines=recorded_lines())
    assert (first.lines, first.new, first.unreadable) == (966, 966, 0)
    assert as_measured()
    before = rows()
    again = take_lines(board=board, lines=recorded_lines())
    assert (again.lines, again.new) == (966, 0)
    assert rows() == before


SET_BACK = (
    "1795500600|1.1|101|NONE|ENTERQUEUE||70712345|1", "1795500008|1.1|101|Ana|CONNECT|8|1.2|1",
    "1795500070|1.1|101|Ana|COMPLETECALLER|8|62|1", "1795500700|2.1|101|NONE|ENTERQUEUE||70712346|1",
    "1795500709|2.1|101|NONE|ABANDON|1|1|9",
)  # fmt: skip


@pytest.mark.parametrize("pieces", [(0, 5), (0, 1, 5), (0, 2, 5), (0, 3, 5), (0, 1, 2, 3, 4, 5)])
def test_a_call_in_which_the_clock_was_set_back_is_one(board: Switchboard, pieces: tuple[int, ...]) -> None:
    for begin, end in pairwise(pieces):
        take_lines(board=board, lines=SET_BACK[begin:end])
    take_lines(board=board, lines=SET_BACK)
    told = LoggedVisit.objects.order_by("call").values_list("call", "nth", "outcome", "wait", "talk", "ended")
    assert list(told) == [("1.1", 1, "answered", None, 62, "COMPLETECALLER"), ("2.1", 1, "hung_up", 9, None, "ABANDON")]
    begins = datetime.fromtimestamp(1795500000, UTC)
    again = [(one.call, one.outcome, one.wait) for one in visits_from_lines(begins, begins + timedelta(days=1))]
    assert sorted(again) == [("1.1", "answered", None), ("2.1", "hung_up", 9)]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_in_batches_of_any_size(size: int, board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "BATCH", size)
    lines = recorded_lines()[: 200 if size == 1 else None]
    take_lines(board=board, lines=lines)
    assert LoggedLine.objects.count() == len(lines)
    assert size == 1 or as_measured()


@pytest.mark.parametrize("seed", range(4))
def test_in_pieces_that_overlap_and_come_in_any_order(seed: int, board: Switchboard) -> None:
    dice, lines = random.Random(seed), recorded_lines()
    cuts = sorted(dice.sample(range(1, len(lines)), 9))
    pieces = [lines[max(0, begin - 5) : end] for begin, end in zip([0, *cuts], [*cuts, len(lines)], strict=True)]
    dice.shuffle(pieces)
    for piece in pieces:
        take_lines(board=board, lines=piece)
    assert LoggedLine.objects.count() == len(lines)
    assert as_measured()
    assert not LoggedVisit.objects.exclude(oddities=[]).exists()


def test_each_file_gives_what_its_lines_tell(board: Switchboard) -> None:
    lines = [line for path in EVERY_FILE for line in path.read_text().splitlines()]
    told = sorted(visits_of(sorted(lines, key=lambda line: int(line.partition("|")[0]))), key=lambda one: one.call)
    for path in reversed(EVERY_FILE):
        take_lines(board=board, lines=path.read_text().splitlines())
    written = LoggedVisit.objects.order_by("call", "entered_at")
    assert sorted((one.call, one.queue, one.outcome, one.wait, one.ended) for one in written) == sorted(
        (one.call, one.queue, str(one.outcome), one.wait, one.ended) for one in told
    )


def test_the_same_line_twice_in_a_second_is_two_lines(board: Switchboard) -> None:
    busy = "1795561339|1795561339.16|101|Ana|RINGNOANSWER|0"
    lines = ["1795561339|1795561339.16|101|NONE|ENTERQUEUE||7|1", busy, busy]
    take_lines(board=board, lines=lines)
    take_lines(board=board, lines=lines)
    assert LoggedLine.objects.filter(text=busy).count() == 2
    assert LoggedVisit.objects.get().tried == 2


def test_two_switchboards_have_each_its_own_calls(board: Switchboard) -> None:
    other = Switchboard.objects.create(name="Otra", host="127.0.0.2", port=5038, user="callcenter")
    for one in (board, other):
        take_lines(board=one, lines=recorded_lines())
    assert (
        LoggedVisit.objects.filter(switchboard=other).count() == LoggedVisit.objects.filter(switchboard=board).count()
    )


def test_a_call_that_was_cut_off_by_a_restart_that_is_known_later(board: Switchboard) -> None:
    take_lines(board=board, lines=["1795561746|1795561746.4|101|NONE|ENTERQUEUE||0555000002|1"])
    assert LoggedVisit.objects.get().outcome == "waiting"
    take_lines(board=board, lines=["1795561755|NONE|NONE|NONE|QUEUESTART|"])
    visit = LoggedVisit.objects.get()
    assert (visit.outcome, visit.wait, visit.ended, visit.oddities) == ("other", 9, "QUEUESTART", ["interrupted"])


def test_what_nobody_ended_is_ended_by_what_came_long_after(board: Switchboard) -> None:
    take_lines(board=board, lines=["1795561746|1795561746.4|101|NONE|ENTERQUEUE||0555000002|1"])
    take_lines(board=board, lines=["1795661746|1795661746.4|101|NONE|ENTERQUEUE||0555000003|1"])
    assert LoggedVisit.objects.get(call="1795561746.4").oddities == ["never_ended"]
    take_lines(board=board, lines=["1795561750|1795561746.4|101|NONE|ABANDON|1|1|4"])  # a copy with the gap filled
    visit = LoggedVisit.objects.get(call="1795561746.4")
    assert (visit.outcome, visit.wait, visit.oddities) == ("hung_up", 4, [])


def test_who_is_killed_half_way_has_taken_whole_batches(board: Switchboard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "BATCH", 100)

    def killed() -> Any:
        yield from recorded_lines()[:350]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_lines(board=board, lines=killed())
    assert LoggedLine.objects.count() == 300
    take_lines(board=board, lines=recorded_lines())
    assert as_measured()


# files


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "queue_log"
    path.write_bytes((SAMPLES / "queue_log").read_bytes())
    return path


def test_a_growing_file_is_read_from_where_it_stopped(board: Switchboard, tmp_path: Path, now: datetime) -> None:
    whole = (SAMPLES / "queue_log").read_bytes()
    path = tmp_path / "queue_log"
    read = 0
    for end in (20_000, 20_010, 41_111, len(whole)):  # cut anywhere, in the middle of a line
        path.write_bytes(whole[:end])
        taken, is_cut = read_file(board=board, path=path, now=now)
        assert is_cut == (not whole[:end].endswith(b"\n"))
        read += taken.lines
    assert read < 1.05 * len(recorded_lines())  # a second that was under way is looked at again
    assert as_measured()


@pytest.mark.parametrize(("end", "opens"), [(".1", open), (".2.gz", gzip.open), (".bz2", bz2.open), (".xz", lzma.open)])
def test_a_rotated_file_is_the_one_it_was(end: str, opens: Any, log: Path, board: Switchboard, now: datetime) -> None:
    read_file(board=board, path=log, now=now)
    rotated = log.with_name(f"queue_log{end}")
    with opens(rotated, "wb") as file:
        file.write(log.read_bytes())
    taken, _is_cut = read_file(board=board, path=rotated, now=now)
    assert taken.new == 0
    assert taken.lines < 60  # those of its last second
    assert as_measured()


def test_a_file_that_was_cut_and_written_anew_is_read_whole(log: Path, board: Switchboard, now: datetime) -> None:
    read_file(board=board, path=log, now=now)
    first, rest = recorded_lines()[0], ["1795999999|1795999999.1|101|NONE|ENTERQUEUE||7|1"]
    log.write_text("\n".join([first, *rest, ""]))
    taken, _is_cut = read_file(board=board, path=log, now=now)
    assert taken.new == 1


def test_where_it_was_read_to_is_not_believed_beyond_its_end(log: Path, board: Switchboard, now: datetime) -> None:
    """What stands before there is nothing, which whoever has the database's password can say as well."""
    read_file(board=board, path=log, now=now)
    LogFile.objects.update(offset=10**12, before=fingerprint(b""))
    with log.open("a") as file:
        file.write("1795999999|1795999999.1|101|NONE|ENTERQUEUE||7|1\n")
    taken, _is_cut = read_file(board=board, path=log, now=now)
    assert taken.new == 1


@pytest.mark.parametrize("missing", [(300, 340), (900, 901)])
def test_a_copy_with_a_gap_and_then_the_whole_file(
    missing: tuple[int, int], board: Switchboard, tmp_path: Path, now: datetime
) -> None:
    """Whether a line happens to end where the copy was read to is no sign that it is the same."""
    path, lines = tmp_path / "queue_log", recorded_lines()
    path.write_text("\n".join([*lines[: missing[0]], *lines[missing[1] :], ""]))
    read_file(board=board, path=path, now=now)
    told = LogFile.objects.get()
    rest = "\n".join([*lines, ""]).encode()
    ends = rest.index(b"\n", told.offset) + 1
    LogFile.objects.update(offset=ends)  # as the lengths of lines may have it
    path.write_bytes(rest)
    read_file(board=board, path=path, now=now)
    assert LoggedLine.objects.count() == len(lines)
    assert as_measured()


def test_of_an_archive_that_was_cut_what_can_be_read_is_taken_and_told(
    board: Switchboard, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "queue_log.gz"
    whole = gzip.compress((SAMPLES / "queue_log").read_bytes(), mtime=0)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NotALog, match=r"no se puede leer entero .* Se tomaron sus líneas hasta ahí: \d+\.") as refused:
        read_file(board=board, path=path, now=now)
    count = LoggedLine.objects.count()
    assert 200 < count < 900
    assert str(refused.value).endswith(f"hasta ahí: {count}.")
    path.write_bytes(whole)
    read_file(board=board, path=path, now=now)
    assert as_measured()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
        b"2026-11-28 10:00:00,INFO,queue 101\n" * 50,
        b"NRO_RECIBO;CONTRATO;MONTO\r\n1;2;3\r\n",
        b"1795561357|1795561357.28|101|NONE|ENTERQUEUE||70712345|1",
        gzip.compress(recorded_lines()[0].encode() + b"\n" * 3, mtime=0)[:-6],
    ],
    ids=["empty", "picture", "another log", "a report", "one line without its end", "cut archive"],
)
def test_what_is_no_queue_log_is_refused_in_one_line(
    content: bytes, board: Switchboard, tmp_path: Path, now: datetime
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(NotALog) as refused:
        read_file(board=board, path=path, now=now)
    assert len(str(refused.value).splitlines()) == 1
    assert not LoggedLine.objects.exists()


def test_noise_between_the_lines_is_counted(board: Switchboard, tmp_path: Path, now: datetime) -> None:
    lines = [line.encode() for line in recorded_lines()]
    lines[3:3] = [b"\x00\x01\x02", b"", b"no line", b"x" * 20_000]
    path = tmp_path / "queue_log"
    path.write_bytes(b"\n".join([*lines, b""]))
    taken, _is_cut = read_file(board=board, path=path, now=now)
    assert taken.new == len(recorded_lines())
    assert taken.unreadable >= 4
    assert as_measured()


# the command


def test_the_command_tells_what_it_took(log: Path, board: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("read_queue_log", str(log), "--json")
    told = json.loads(capsys.readouterr().out)
    assert told == {"lines": 966, "new": 966, "unreadable": 0, "calls": 210, "anomalies": {}}
    call_command("read_queue_log", str(SAMPLES / "queue_log-restarts"), "--json")
    assert json.loads(capsys.readouterr().out)["anomalies"] == {"interrupted": 2}
    call_command("read_queue_log", str(log))
    assert "0 nuevas" in capsys.readouterr().out


def test_the_command_asks_which_switchboard(log: Path, board: Switchboard) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("read_queue_log", "/nowhere", "--switchboard", "Central")
    Switchboard.objects.create(name="Otra", host="127.0.0.2", port=5038, user="callcenter")
    with pytest.raises(CommandError, match="Central, Otra"):
        call_command("read_queue_log", str(log))


def test_the_rows_of_a_line_are_found_by_an_index(board: Switchboard) -> None:
    take_lines(board=board, lines=recorded_lines())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE telephony_loggedvisit")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM telephony_loggedvisit WHERE queue = '101' AND entered_at > '2026-11-01'")
        plan = " ".join(row for (row,) in cursor.fetchall())
    assert "logged_visit_by_queue" in plan


# what is forgotten


def test_the_number_of_a_caller_is_forgotten_and_comes_back_with_no_file(board: Switchboard, now: datetime) -> None:
    lines = [
        "1795500000|1.1|101|NONE|ENTERQUEUE|x|70712345|1|Rosa Flores",
        "1795500009|1.1|101|NONE|ABANDON|1|1|9",
        "1795500010|1.1|102|NONE|ENTERQUEUE||70712345|1",
        "1795500300|1.2|101|NONE|ENTERQUEUE||71712345|1",
    ]
    take_lines(board=board, lines=lines)
    before = datetime.fromtimestamp(1795500200, UTC)
    assert forget_numbers(held=Held(), before=before, only_look=True) == 2
    assert forget_numbers(held=Held(), before=before) == 2
    assert forget_numbers(held=Held(), before=before) == 0
    take_lines(board=board, lines=[*lines, "1795500400|1.1|102|NONE|ABANDON|1|1|390"])
    told = list(LoggedVisit.objects.order_by("entered_at").values_list("queue", "caller", "outcome"))
    assert told == [("101", "", "hung_up"), ("102", "", "hung_up"), ("101", "71712345", "waiting")]
    texts = list(LoggedLine.objects.order_by("pk").values_list("text", flat=True))
    assert texts[0] == "1795500000|1.1|101|NONE|ENTERQUEUE|x||1"
    assert not [text for text in texts if "70712345" in text or "Rosa" in text]
