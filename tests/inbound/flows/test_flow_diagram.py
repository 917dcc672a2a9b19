"""The picture of a flow: nothing touches, the present step is told by sign, word and class, and nothing comes along."""

from __future__ import annotations

import itertools
import re
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from inbound.flows.diagram import mermaid, svg
from inbound.flows.schema import FlowErrors, parse_flow
from tests.inbound.flows_to_read import LINES, SMALL, flow_of, small, text_of

SVG = "{http://www.w3.org/2000/svg}"
LINE = re.compile(r"^( *)(next|start): (\w+)$", re.MULTILINE)


def boxes(picture: str) -> list[list[tuple[float, float, float, float]]]:
    """Left, top, right, bottom of each box, by the group that is moved as a whole."""
    groups = []
    for group in fromstring(picture).iter(f"{SVG}g"):
        if group.get("transform"):
            rects = [rect for child in group for rect in child.iter(f"{SVG}rect")]
            groups.append([corners(rect) for rect in rects])
    return groups


def corners(rect: Element) -> tuple[float, float, float, float]:
    left, top = float(rect.get("x", 0)), float(rect.get("y", 0))
    return left, top, left + float(rect.get("width", 0)), top + float(rect.get("height", 0))


@pytest.mark.parametrize("line", LINES)
def test_no_box_touches_another(line: str) -> None:
    for group in boxes(svg(flow_of(line))):
        assert group
        for a, b in itertools.combinations(group, 2):
            apart = a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
            assert apart, (a, b)


@pytest.mark.parametrize("line", LINES)
def test_every_step_is_drawn_once_with_its_name_for_readers(line: str) -> None:
    flow = flow_of(line)
    titles = [title.text or "" for title in fromstring(svg(flow)).iter(f"{SVG}title")]
    for step in flow.steps.values():
        assert any(title.startswith(f"{step.ref} ") and title.endswith(f": {step.title}") for title in titles)
    assert len(titles) == len(flow.steps) + sum(len(step.ways) for step in flow.steps.values())


@pytest.mark.parametrize("line", LINES)
def test_it_is_readable_and_nothing_is_cut(line: str) -> None:
    picture = svg(flow_of(line))
    assert float(fromstring(picture).get("width", 0)) <= 2400  # it scrolls in its frame, and opens at the step
    assert "…" not in picture


def test_the_present_step_is_marked_and_so_are_those_that_passed() -> None:
    picture = svg(flow_of("101"), current="state", passed=["greet", "customer", "find", "damages", "exists", "state"])
    assert picture.count(" is-current") == 1
    assert picture.count(" is-passed") == 5
    assert "101.6 Decidir: ¿En qué estado está el daño? (paso actual)" in picture
    assert "101.1 Decir: Saludo (ya pasó)" in picture
    assert picture.count("▶ Aquí") == 1
    assert picture.count("✓ Pasó") == 5


@pytest.mark.parametrize("line", LINES)
def test_nothing_comes_along_that_a_page_forbids(line: str) -> None:
    picture = svg(flow_of(line), current="greet")
    for forbidden in ("<script", "<style", "style=", " id=", "href", "onload", "url(", "font", "fill=", "stroke="):
        assert forbidden not in picture, forbidden


def test_words_of_a_draft_are_only_words() -> None:
    flow = parse_flow(small(("title: Saludo", "title: '<script>alert(1)</script> \"&'")), name="x")
    picture = svg(flow)
    assert "<script" not in picture
    assert fromstring(picture) is not None
    assert '"' not in mermaid(flow).split("s_greet")[1].split("\n")[0].replace('["', "").replace('"]', "")


def test_a_loop_goes_round_and_a_lane_stands_apart() -> None:
    assert svg(flow_of("4200224")).count("is-back") == 2
    assert "Supervisión, desde la tarjeta" in svg(flow_of("103"))
    assert "Supervisión" not in svg(flow_of("101"))


@given(line=st.sampled_from(LINES), which=st.integers(0, 40), target=st.sampled_from(["nowhere", "greet", "find"]))
def test_a_draft_that_cannot_be_walked_is_drawn_all_the_same(line: str, which: int, target: str) -> None:
    text = text_of(line)
    found = list(LINE.finditer(text))
    place = found[which % len(found)]
    flow = parse_flow(text[: place.start(3)] + target + text[place.end(3) :], name="x")
    assert svg(flow).startswith("<svg")
    assert mermaid(flow).startswith("flowchart TD")


@given(ways=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=24))
def test_any_tangle_is_drawn_without_touching(ways: list[tuple[int, int]]) -> None:
    steps = ["line: 101", "name: x", "procedure: x", "start: s0", "steps:"]
    for n in range(8):
        step = f"  s{n}: {{kind: decide, ref: 101.1, question: ¿Adónde?, branches: ["
        steps.append(
            step
            + ", ".join(f"{{name: b{m}, label: A {b}, next: s{b}}}" for m, (a, b) in enumerate(ways) if a == n)
            + "]}"
        )
    for group in boxes(svg(parse_flow("\n".join(steps), name="x"))):
        for a, b in itertools.combinations(group, 2):
            assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]


@pytest.mark.parametrize("line", LINES)
def test_the_mermaid_text_has_every_step_and_every_way(line: str) -> None:
    flow, text = flow_of(line), mermaid(flow_of(line)).split("\n")
    assert text[0] == "flowchart TD"
    ways = sum(bool(step.next) + len(step.ways) for step in flow.steps.values())
    assert sum("-->" in one for one in text) == ways
    assert sum(bool(re.match(r"    s_\w+[\[\({>]", one)) for one in text) == len(flow.steps)


def test_a_text_that_is_no_flow_is_not_drawn() -> None:
    with pytest.raises(FlowErrors):
        svg(parse_flow(SMALL.replace("kind: say", "kind: sing"), name="x"))
