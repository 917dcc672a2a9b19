"""A promised call comes due on the desk of whoever promised it, and once it is overdue on every agent's."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from escalations import working
from escalations.calls import calls_to_make, inform_customer, not_reached
from escalations.lifecycle import EscalationRefused
from escalations.models import Change, Escalation
from escalations.raising import raise_escalation

pytestmark = pytest.mark.django_db
MakeCall = Callable[..., Escalation]


@pytest.fixture
def make_call(ana: Agent, morning: datetime) -> MakeCall:
    """A call promised by Ana for five: `make_call("1002", due_at=…)`."""

    def make(contract: str = "1001", *, by: Agent = ana, due_at: datetime | None = None, **more: str) -> Escalation:
        return raise_escalation(
            key=f"walk:x:{contract}", kind=more.pop("kind", "callback_promise"), line="103", contract=contract,
            reason="Llamada en el transcurso del día", details={}, customer_name="MARIA QUISPE",
            telephone="+59170712345", promised="Le llamamos hoy.", due_at=due_at or morning.replace(hour=17),
            by=by.user, now=morning, **more,
        )  # fmt: skip

    return make


def hers(agent: Agent, now: datetime) -> list[str]:
    return [card.contract for card in calls_to_make(by=agent.user, now=now)]


@pytest.mark.parametrize(
    ("hour", "ana_sees", "luis_sees"),
    [
        # due at 10, at 17, tomorrow; and Luis's own at 12
        (9, ["1001", "1002"], ["1004"]),
        (11, ["1001", "1002"], ["1004", "1001"]),
        (18, ["1001", "1002", "1004"], ["1004", "1001", "1002"]),
    ],
)
def test_ones_own_come_on_their_day_and_others_once_they_are_overdue(
    make_call, ana, luis, morning, hour, ana_sees, luis_sees
):
    make_call("1001", due_at=morning.replace(hour=10))
    make_call("1002")
    make_call("1003", due_at=morning + timedelta(days=1))
    make_call("1004", by=luis, due_at=morning.replace(hour=12))
    make_call("1005", kind="billing_claim")
    now = morning.replace(hour=hour)
    assert (hers(ana, now), hers(luis, now)) == (ana_sees, luis_sees)


def test_what_one_takes_is_nobody_elses_and_the_second_is_told(make_call, ana, luis, morning):
    card, late = make_call(), morning.replace(hour=18)
    working.take(escalation_id=card.pk, by=luis.user, now=late)
    assert (hers(ana, late), hers(luis, late)) == ([], ["1001"])
    with pytest.raises(EscalationRefused, match="Ya la tomó Luis"):
        working.take(escalation_id=card.pk, by=ana.user, now=late)
    working.give_back(escalation_id=card.pk, by=luis.user, now=late)
    assert hers(ana, late) == ["1001"]


def test_who_told_the_customer_closes_it(make_call, ana, morning):
    card = make_call()
    working.take(escalation_id=card.pk, by=ana.user, now=morning)
    said = {"how": "telephone", "told_at": morning, "note": "Van mañana"}
    inform_customer(escalation_id=card.pk, by=ana.user, now=morning, **said)
    card.refresh_from_db()
    assert (card.state, card.outcome, card.informed_by, card.closed_at) == (
        "informed", "Van mañana", ana.user, morning,
    )  # fmt: skip
    assert hers(ana, morning) == []


def test_told_at_an_hour_that_cannot_be_changes_nothing(make_call, ana, morning):
    card = make_call()
    working.take(escalation_id=card.pk, by=ana.user, now=morning)
    with pytest.raises(EscalationRefused, match="todavía no llegó"):
        inform_customer(
            escalation_id=card.pk, how="telephone", told_at=morning + timedelta(hours=1), by=ana.user, now=morning
        )
    card.refresh_from_db()
    assert card.state == "taken"


def test_one_that_is_not_answered_stays_with_a_note(make_call, ana, morning):
    card = make_call()
    working.take(escalation_id=card.pk, by=ana.user, now=morning)
    not_reached(escalation_id=card.pk, by=ana.user, now=morning, text="suena y corta")
    assert hers(ana, morning) == ["1001"]
    assert Change.objects.filter(escalation=card).order_by("-pk")[0].note == "No contesta. suena y corta"


# the pages


def press(client: Client, name: str, card: Escalation, **sent: str) -> tuple[int, str]:
    answer = client.post(reverse(f"escalations:{name}", args=[card.pk]), sent, headers={"HX-Request": "true"})
    return answer.status_code, answer.content.decode()


def test_a_call_is_taken_tried_and_told_from_the_agents_page(make_call, ana, luis, signed_in, monkeypatch, morning):
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning.replace(hour=18))
    card = make_call()
    screen, other = signed_in(ana), signed_in(luis)
    page = screen.get(reverse("escalations:calls")).content.decode()
    assert 'href="tel:+59170712345"' in page
    assert "Maria Quispe" in page
    assert press(screen, "call_take", card)[0] == 200
    status, refused = press(other, "call_take", card)
    assert (status, "Ya la tomó Ana" in refused) == (409, True)
    status, page = press(screen, "call_not_reached", card, note="suena")
    assert (status, "Maria Quispe" in page) == (200, True)
    status, page = press(screen, "call_told", card, how="", told_at="")
    assert status == 422
    assert re.search(r"<details[^>]* open", page)
    status, page = press(screen, "call_told", card, how="telephone", told_at="2026-11-25T17:55", note="Van mañana")
    assert (status, "Maria Quispe" in page) == (200, False)
    card.refresh_from_db()
    assert (card.state, card.informed_how) == ("informed", "telephone")


def test_the_first_to_take_and_the_first_that_is_hers_have_a_key(make_call, ana, luis, signed_in, monkeypatch, morning):
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning)
    for contract in ("1001", "1002", "1003"):
        make_call(contract)
    page = signed_in(ana).get(reverse("escalations:calls")).content.decode()
    assert re.findall(r'data-key="(\w)"', page) == ["t"]
    _status, page = press(signed_in(ana), "call_take", Escalation.objects.get(contract="1003"))
    assert sorted(re.findall(r'data-key="(\w)"', page)) == ["i", "t"]


@pytest.mark.parametrize("name", ["inbound:lines", "campaigns:desk"])
def test_the_agents_pages_ask_for_the_calls(ana, signed_in, name):
    assert reverse("escalations:calls") in signed_in(ana).get(reverse(name)).content.decode()


def test_a_desk_asks_a_handful_of_questions_however_many_calls(
    make_call, ana, signed_in, django_assert_max_num_queries, monkeypatch, morning
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: morning)
    for number in range(12):
        make_call(f"20{number:02}")
    screen = signed_in(ana)
    with django_assert_max_num_queries(6):
        assert (
            screen.get(reverse("escalations:calls"), headers={"HX-Request": "true"})
            .content.decode()
            .count("</article>")
            == 12
        )


def test_a_supervisor_works_one_as_any_other_card(make_call, elena: User, morning):
    card = make_call()
    assert working.take(escalation_id=card.pk, by=elena, now=morning).owner == elena
