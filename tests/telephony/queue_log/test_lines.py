"""A line of queue_log is read as it was written, whatever stands in a name; what is none is said to be none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.queue_log.lines import KNOWN, LogLine, NotALine, read_line
from tests.telephony.queue_log.recorded import SAMPLES


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "1795561357|1795561357.28|101|NONE|ENTERQUEUE||70712345|1",
            LogLine(1795561357, "1795561357.28", "101", "NONE", "ENTERQUEUE", ("", "70712345", "1")),
        ),
        (
            "1795561418|NONE|101|Smith, John | Jr|PAUSE|Tea|Coffee, etc",
            LogLine(1795561418, "NONE", "101", "Smith, John | Jr", "PAUSE", ("Tea", "Coffee, etc")),
        ),
        (
            "1795561418|1795561418.72|101|NONE|CUSTOMEVENT|note|from|dialplan",
            LogLine(1795561418, "1795561418.72", "101", "NONE", "CUSTOMEVENT", ("note", "from", "dialplan")),
        ),
        (
            "1795561418|1795561418.72|101|NONE|ENCUESTA|TRANSFER|5",  # a word of app_queue in what a dialplan wrote
            LogLine(1795561418, "1795561418.72", "101", "NONE", "ENCUESTA", ("TRANSFER", "5")),
        ),
        (
            "1795561418|1795561418.72|101|Ana|ENCUESTA|TRANSFER|5",
            LogLine(1795561418, "1795561418.72", "101", "Ana", "ENCUESTA", ("TRANSFER", "5")),
        ),
        (
            "1795561418|1795561418.72|101|ANA|LUZ|COMPLETEAGENT|4|60|1",
            LogLine(1795561418, "1795561418.72", "101", "ANA|LUZ", "COMPLETEAGENT", ("4", "60", "1")),
        ),
        (
            "1795561418|1795561418.72||NONE|ENTERQUEUE||7\u00a07|1",  # without the name of its queue
            LogLine(1795561418, "1795561418.72", "(sin cola)", "NONE", "ENTERQUEUE", ("", "7\u00a07", "1")),
        ),
        ("1795561300|NONE|NONE|NONE|QUEUESTART|", LogLine(1795561300, "NONE", "NONE", "NONE", "QUEUESTART", ("",))),
    ],
)
def test_what_a_line_says(text: str, says: LogLine) -> None:
    assert read_line(text) == says


@pytest.mark.parametrize(
    "text",
    [
        *("", "1795561357", "1795561357|1|101|NONE", "x|1|101|NONE|CONNECT|1", "١٧٩٥|1|101|NONE|CONNECT|1"),
        *("17955613|1|101|NONE|CONNECT|1", "99999999999|1|101|NONE|CONNECT|1", "-5|1|101|NONE|CONNECT|1"),
        *("1795561357|1|101|NONE|connected|1", "1795561357|1|101|NONE||1", "1795561357|1|101|A\x00B|CONNECT|1"),
        *(f"1795561357|{'1' * 151}|101|NONE|CONNECT|1", f"1795561357|1|{'q' * 81}|NONE|CONNECT|1"),
        *("2026-11-28 10:00:00 INFO queue 101", "1795561357|1|101|NONE|CONNECT|" + "1" * 3000),
        "1795561357;1795561357.28;101;NONE;ENTERQUEUE;;70712345;1",
    ],
)
def test_what_is_no_line(text: str) -> None:
    with pytest.raises(NotALine):
        read_line(text)


@given(st.text())
def test_whatever_stands_there_is_a_line_or_none(text: str) -> None:
    try:
        line = read_line(text)
    except NotALine:
        return
    assert line.event.isupper()


@given(st.lists(st.text(alphabet=st.characters(categories=("L", "N"), include_characters="|, ")), max_size=3))
def test_a_name_with_bars_in_it_stays_one_name(words: list[str]) -> None:
    name = "|".join(words)
    if KNOWN & set(name.split("|")):
        return
    line = read_line(f"1795561357|1795561357.28|101|{name}|CONNECT|4|1795561350.2|2")
    assert (line.agent, line.event, line.data) == (name, "CONNECT", ("4", "1795561350.2", "2"))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("queue_log*")), ids=lambda path: path.name)
def test_every_line_that_was_recorded_is_read(path: object) -> None:
    lines = path.read_text().splitlines()  # type: ignore[attr-defined]
    assert [
        "|".join((str(one.at), one.call, one.queue, one.agent, one.event, *one.data)) for one in map(read_line, lines)
    ] == lines
