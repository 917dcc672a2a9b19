"""One word of a flow changed: the rest of the text stays as it was written, sign by sign."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbound.flows.editing import EditRefused, add_branch, lines_of, remove_branch, set_word
from inbound.flows.publishing import files
from inbound.flows.text import plain

TEXTS = {name.removesuffix(".yaml"): text for name, text in files().items()}
WORDS = ("title", "say", "label", "next", "question")
ODD = [
    "¿Sí: o no?", "- guion", "# gato", "con # gato", "a, b {c}", "'comillas'", 'y "dobles"', "true", "no", "101.10",
    "~", "dos\nlíneas", "termina:", "{despedida}", "&ancla", "*estrella", "% tanto", "100 %", "\\barra", "ñandú · año",
    "con\ttabulador",
]  # fmt: skip


def words_of(found: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all texts a person reads or chooses."""
    if isinstance(found, dict):
        return [one for key, value in found.items() for one in words_of(value, (*place, key))]
    if isinstance(found, list):
        return [one for n, value in enumerate(found) for one in words_of(value, (*place, n))]
    is_text = isinstance(found, str) and isinstance(place[-1], str) and place[-1] in WORDS and "fields" not in place
    return [place] if is_text and place[0] == "steps" else []


PLACES = [(line, place) for line, text in TEXTS.items() for place in words_of(plain(text))]


def at(text: str, place: tuple[Any, ...]) -> Any:
    found = plain(text)
    for part in place:
        found = found[part]
    return found


@settings(max_examples=120, deadline=None)
@given(
    where=st.sampled_from(PLACES),
    word=st.one_of(
        st.sampled_from(ODD),
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40)
        .map(str.strip)
        .filter(bool),
    ),
)
def test_a_word_is_changed_and_nothing_else(where: tuple[str, tuple[Any, ...]], word: str) -> None:
    line, place = where
    before = TEXTS[line]
    after = set_word(before, place, word)
    assert at(after, place) == word
    kept = [text for text in before.splitlines() if text.lstrip().startswith("#")]
    assert [text for text in after.splitlines() if text.lstrip().startswith("#")] == kept
    assert len(set(before.splitlines()) - set(after.splitlines())) <= 8, "the lines of one value"


def test_a_word_may_be_taken_back_as_it_was() -> None:
    place = ("steps", "order_state", "branches", 0, "label")
    there = set_word(TEXTS["103"], place, "Registrada: en curso")
    assert '{name: registered, label: "Registrada: en curso", when: {order.state: registered}, next: ' in there
    assert set_word(there, place, "Registrado") == TEXTS["103"]


def test_a_key_that_was_not_there_comes_where_it_belongs_and_goes_again() -> None:
    text = TEXTS["103"]
    assert "say" not in plain(text)["steps"]["order_state"]
    with_words = set_word(text, ("steps", "order_state", "say"), "Un momento, por favor.")
    lines = with_words.splitlines()
    here = lines.index("  order_state:")
    keys = [line.split(":")[0].strip() for line in lines[here + 1 : here + 6]]
    assert keys.index("say") < keys.index("question")
    assert set_word(with_words, ("steps", "order_state", "say"), "") == text
    ends = {name: step for name, step in plain(text)["steps"].items() if step["kind"] == "end"}
    end = next(name for name, step in ends.items() if "continue_as" not in step)
    assert at(set_word(text, ("steps", end, "continue_as"), "101"), ("steps", end, "continue_as")) == "101"


def test_a_branch_comes_last_and_goes_again() -> None:
    text = TEXTS["103"]
    more = add_branch(text, "order_state", name="halted", label="Paralizada, con aviso", leads_to="unforeseen")
    assert plain(more)["steps"]["order_state"]["branches"][-1] == {
        "name": "halted", "label": "Paralizada, con aviso", "next": "unforeseen"
    }  # fmt: skip
    last = len(plain(more)["steps"]["order_state"]["branches"]) - 1
    assert remove_branch(more, "order_state", last) == text
    shorter = remove_branch(text, "order_state", 2)  # one of several lines
    assert [one["name"] for one in plain(shorter)["steps"]["order_state"]["branches"]] == [
        "registered", "assigned", "done", "annulled", "no_order", "seen_no_order", "another",
        "no_date", "correct_contract",
    ]  # fmt: skip
    assert len(text.splitlines()) - len(shorter.splitlines()) == 5


def test_the_line_of_a_step_is_that_of_its_name() -> None:
    for line, text in TEXTS.items():
        lines = lines_of(text)
        for step in plain(text)["steps"]:
            assert text.splitlines()[lines[step] - 1].strip().startswith(f"{step}:"), line
    assert "nowhere" not in lines_of(TEXTS["103"])
    assert lines_of("[no flow") == {}


@pytest.mark.parametrize("source", ["", "nothing", "[1, 2]", "steps: 3"])
def test_what_is_no_flow_is_not_edited(source: str) -> None:
    with pytest.raises(EditRefused):
        set_word(source, ("steps", "greet", "say"), "Hola")
    with pytest.raises(EditRefused):
        set_word(TEXTS["103"], ("steps", "nowhere", "say"), "Hola")
