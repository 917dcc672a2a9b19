"""Calls live and past, and what the procedure costs: lists, times, ends, overrides, calls it causes itself."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from agents.models import Disclosure
from inbound.attended.finding import asked_for, find_walks
from inbound.attended.time_figures import time_figures
from inbound.models import Footstep, Walk
from inbound.outside.reaching import Looked
from inbound.walks import walking
from tests.inbound.a_walk import BILLING, DAMAGE, FLOW, Caller, publish

pytestmark = pytest.mark.django_db
NOON = "2026-11-25 12:00"


@pytest.fixture
def answered(monkeypatch):
    monkeypatch.setattr(walking, "look_up", lambda **_asked: Looked([DAMAGE]))


@pytest.fixture
def calls(ana, luis, at, answered):
    """Ana: one reiterated after an override, one under way. Luis: one told to dial 101, one that went on as 101."""
    reclamos, facturas = publish(FLOW, at(NOON), line="101"), publish(BILLING, at(NOON), line="102")
    first = Caller(ana, reclamos, at(NOON))
    first.answer()
    first.now += timedelta(seconds=40)
    first.answer(customer="1001", customer_name="Rosa Flores")
    first.look()
    first.now += timedelta(seconds=90)
    first.answer("attended")
    first.answer(telephone="70712345")
    first.answer()
    Caller(ana, reclamos, at("2026-11-25 13:00"))
    told = Caller(luis, facturas, at("2026-11-24 10:00"))
    for _step in range(3):
        told.answer(customer="2002")
    on = Caller(luis, facturas, at("2026-11-24 11:00"))
    on.answer(customer="2002")
    walking.continue_as(by=luis.user, key=on.walk.key, position=2, now=on.now)
    return {"first": first, "told": told, "on": on}


def ask(at, **sent):
    return asked_for(sent={name: str(value) for name, value in sent.items()}, now=at("2026-11-25 18:00"))


def test_a_list_is_of_the_last_days_or_of_what_is_under_way(calls, at, elena, luis):
    assert find_walks(asked=ask(at), user=elena).count() == 4
    assert find_walks(asked=ask(at, first="2026-11-25"), user=elena).count() == 2
    assert find_walks(asked=ask(at, line="102"), user=elena).count() == 2
    assert find_walks(asked=ask(at, agent=luis.pk), user=elena).count() == 2
    assert find_walks(asked=ask(at, state="open"), user=elena).count() == 2
    assert find_walks(asked=ask(at, first="2026-11-25", last="2026-11-24"), user=elena).count() == 4


def test_filters_that_cannot_be_read_are_left_out(at):
    asked = ask(at, first="ayer", last="2026-13-45", line="'; DROP", agent="uno")
    assert (asked.first, asked.last) == (at("2026-11-19 00:00").date(), at("2026-11-25 00:00").date())
    assert (asked.line, asked.agent) == ("DROP", None)
    for day in ("0001-01-01", "9999-12-31"):
        assert ask(at, first=day, last=day).began == asked.began


def test_time_goes_where_it_was_spent(calls, at):
    figures = time_figures(asked=ask(at))
    by_step = {(one.line, one.step): one for one in figures.steps}
    assert by_step["101", "customer"].median == 40
    assert by_step["101", "state"].total == 90
    assert figures.steps[0].step == "state", "what costs most stands first"
    assert figures.calls == 4
    assert {one.line: one.ended for one in figures.lines} == {"101": 1, "102": 1}


def test_a_decision_against_the_proposal_is_counted(calls, at):
    figures = time_figures(asked=ask(at))
    assert figures.decided_otherwise == 1
    assert next(one for one in figures.steps if one.step == "state").overrides == 1


def test_calls_that_the_procedure_causes_are_counted(calls, at):
    (caused,) = time_figures(asked=ask(at)).caused
    assert (caused.line, caused.ref, caused.told, caused.continued) == ("102", "102.6", 1, 1)


def test_ends_are_counted_by_line(calls, at):
    figures = time_figures(asked=ask(at))
    assert figures.ends == {"101": {"Daño reiterado": 1}, "102": {"Debe llamar al 101": 1}}


def test_going_back_is_time_and_a_turn(calls, at):
    call = calls["on"]
    call.now += timedelta(seconds=5)
    call.back(to=1)
    call.answer(customer="3003")
    steps = {one.step: one for one in time_figures(asked=ask(at, line="102")).steps}
    assert steps["customer"].went_back == 1


def test_the_pages_show_it_and_export_it(calls, signed_in, elena, oscar):
    page = signed_in(elena).get("/lines/attended/?first=2026-11-01").content.decode()
    assert "Rosa Flores" in page
    assert "En curso" in page
    page = signed_in(elena).get("/lines/times/?first=2026-11-01").content.decode()
    assert "Llamadas que causa el procedimiento" in page
    answer = signed_in(oscar).post("/lines/attended/export/?first=2026-11-01")
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    assert len(rows) == 5
    assert Disclosure.objects.get().rows == 4
    answer = signed_in(elena).post("/lines/times/export/?first=2026-11-01")
    names = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).sheet_names
    assert names == ["Pasos", "Cómo terminan", "Llamadas que causa"]


def test_an_empty_stretch_says_so(signed_in, elena):
    assert "Todavía no hay nada que medir" in signed_in(elena).get("/lines/times/").content.decode()


def test_the_list_asks_as_much_for_fifty_calls_as_for_four(calls, signed_in, elena):
    client = signed_in(elena)
    client.get("/lines/attended/?first=2026-11-01")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/lines/attended/?first=2026-11-01")
    walk = Walk.objects.order_by("pk")[0]
    Walk.objects.bulk_create(
        Walk(line_id=walk.line_id, version_id=walk.version_id, agent_id=walk.agent_id, began_at=walk.began_at)
        for _more in range(60)
    )
    with CaptureQueriesContext(connection) as many:
        client.get("/lines/attended/?first=2026-11-01")
    assert len(many) <= len(few)
    assert len(many) <= 9


def test_a_read_only_walk_is_read_by_the_centre(calls, signed_in, elena):
    walk = calls["first"].walk
    page = signed_in(elena).get(f"/lines/walks/{walk.key}/").content.decode()
    assert "se proponía «Registrado»" in page
    assert "step-form" not in page
    assert Footstep.objects.filter(walk=walk).count() == 6
