"""Programs read what pages read: by the same gates, masked, with a row for who was looked for, in pages."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Agent, DataPolicy, Search, User
from agents.presence import sign_in
from escalations.raising import raise_escalation
from inbound.walks.beginning import begin_walk
from tests.inbound.a_walk import FLOW, publish

pytestmark = pytest.mark.django_db


def test_a_month_with_its_figures_for_the_centre_alone(program: Any, december: Any, ana: Agent, elena: User) -> None:
    listed = program(elena, "campaigns")("campaigns/").json()
    assert [one["month"] for one in listed["results"]] == ["2026-12"]
    assert program(elena, "campaigns")("campaigns/2026-12/").json()["figures"]["services"]["items"] == 0
    assert program(ana, "campaigns")("campaigns/2026-12/").json()["figures"] is None
    assert program(elena, "campaigns")("campaigns/2026-11/").status_code == 404
    assert program(elena, "campaigns")("campaigns/2026-13/").status_code == 422


def test_customers_are_masked_unless_one_is_looked_for(
    program: Any, make_contact: Any, ana: Agent, elena: User
) -> None:
    contact = make_contact(ana, "Rosa Flores")
    ask = program(elena, "campaigns")
    for told in (ask("campaigns/2026-12/contacts/").json()["results"][0], ask(f"contacts/{contact.pk}/").json()):
        assert (told["name"], told["is_masked"]) == ("Rosa F.", True)
        assert contact.telephones[0] not in str(told)
    assert not Search.objects.exists()
    whole = program(elena, "campaigns", "personal")
    assert whole("campaigns/2026-12/contacts/").json()["results"][0]["is_masked"]
    assert whole(f"contacts/{contact.pk}/").json()["telephones"] == contact.telephones
    assert [(row.where, row.asked, row.user) for row in Search.objects.all()] == [("api", contact.contract, elena)]


def test_whoever_looks_for_too_many_is_stopped(program: Any, make_contact: Any, ana: Agent, elena: User) -> None:
    DataPolicy(searches_a_minute=2).save()
    ask = program(elena, "campaigns", "personal")
    several = [make_contact(ana, f"Rosa {number}") for number in range(3)]
    answers = [ask(f"contacts/{contact.pk}/") for contact in several]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "too_much"
    assert answers[-1]["Retry-After"]


def test_lists_come_in_pages_and_each_once(program: Any, make_contact: Any, ana: Agent, elena: User) -> None:
    made = {make_contact(ana, f"Rosa {number}").pk for number in range(7)}
    ask, address, seen = program(elena, "campaigns"), "campaigns/2026-12/contacts/?page_size=3", []
    while address:
        with CaptureQueriesContext(connection) as asked:
            page = ask(address.removeprefix("http://testserver")).json()
        seen.append([one["id"] for one in page["results"]])
        address = page["next"]
        assert len(asked) < 9
    assert [len(page) for page in seen] == [3, 3, 1]
    assert sum(seen, []) == sorted(made, reverse=True)
    assert ask("campaigns/2026-12/contacts/?state=paid").json()["results"] == []


@pytest.mark.parametrize("query", ["cursor=x", "cursor=cD14", "page_size=0", "page_size=9999", "state=x", "cursor=%00"])
def test_a_page_that_cannot_be_is_refused_or_cut(query: str, program: Any, december: Any, elena: User) -> None:
    answer = program(elena, "campaigns")(f"campaigns/2026-12/contacts/?{query}")
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert answer.json()["errors"]


def test_what_did_not_change_is_not_sent_again(program: Any, december: Any, elena: User) -> None:
    ask = program(elena, "campaigns")
    first = ask("campaigns/")
    again = ask("campaigns/", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    december.state = "paused"
    december.save()
    assert ask("campaigns/", If_None_Match=first["ETag"]).status_code == 200


def test_a_customer_is_shown_as_on_her_page(
    program: Any, make_contact: Any, ana: Agent, marta: Agent, elena: User, oscar: User, now: Any
) -> None:
    contact = make_contact(ana, "Rosa Flores")
    raise_escalation(
        key="x:1", kind="billing_claim", line="101", reason="Sin señal", details={}, by=ana.user, now=now,
        contract=contact.contract, promised="Se le llamará al 70712345",
    )  # fmt: skip
    here = f"customers/{contact.contract}/"
    told = program(elena, "customers", "personal")(here).json()
    assert (told["name"], len(told["pending"]), told["pending"][0]["is_late"]) == ("Rosa Flores", 1, False)
    assert program(oscar, "customers")(here).json()["name"] == "Rosa F."
    assert program(marta, "customers")(here).status_code == 404
    assert Search.objects.filter(where="api").count() == 3  # who asked for another's as well


def test_walks_levels_and_states(program: Any, ana: Agent, marta: Agent, elena: User, oscar: User, now: Any) -> None:
    walk = begin_walk(line=publish(FLOW, now, line="101"), agent=ana, now=now, key=uuid.uuid4())
    sign_in(user=ana.user, now=now)
    ask = program(elena, "lines", "people")
    assert [one["key"] for one in ask("walks/").json()["results"]] == [str(walk.key)]
    assert ask(f"walks/{walk.key}/").json()["agent"] == "ana"
    assert program(marta, "lines")(f"walks/{walk.key}/").status_code == 404
    level = ask("service-level/2026-11/").json()
    assert (level["target"], level["within_seconds"], level["totals"]["att"]["received"]) == ("80.00", 20, 0)
    assert program(ana, "lines")("service-level/2026-11/").status_code == 404
    assert [(one["agent"], one["state"]) for one in ask("agents/states/").json()] == [("ana", "available")]
    assert program(oscar, "people")("agents/states/").status_code == 200
