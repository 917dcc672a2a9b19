"""What campaigns hand over to supervision: a result that says so, and promises found broken; each once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from agents.models import Agent
from campaigns.desk.answers import Answers, ResultRefused
from campaigns.desk.correcting import correct_result
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.results import record_result
from campaigns.models import Attempt, Campaign, Disposition
from campaigns.promises_and_callbacks.broken_promises import raise_broken_promises
from escalations.models import Change, Escalation, Kind
from tests.campaigns.a_campaign import make_campaign
from tests.campaigns.promises_and_callbacks.test_promise_outcomes import promised
from tests.campaigns.some_receipts import owing, row, take

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]


@pytest.fixture
def now(at: At) -> datetime:
    return at("2026-11-26 10:00")


@pytest.fixture
def said(make_contact, ana: Agent, now: datetime, result) -> Callable[..., Attempt]:
    """A result of Ana's at ten: `said("claim", note="…")`."""

    def say(code: str, **more) -> Attempt:
        contact = make_contact(ana)
        given = give_next(agent=ana, now=now)
        dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=now)
        return record_result(
            agent=ana, contact=contact, fence=given.fence, disposition=result(code), answers=Answers(**more), now=now
        ).attempt

    return say


def test_a_claim_becomes_a_card_with_what_was_said(said, ana, now):
    attempt = said("claim", note="No le funciona la TV")
    card = Escalation.objects.get()
    contact = attempt.contact
    assert (card.key, card.kind_id, card.raised_by, card.raised_at) == (
        f"attempt:{attempt.pk}", "complaint", ana.user, now,
    )  # fmt: skip
    assert (card.contract, card.customer_name, card.telephone) == (
        contact.contract, contact.name, contact.telephones[0],
    )  # fmt: skip
    assert card.reason == "Tiene un reclamo. No le funciona la TV"
    assert card.due_at > now


@pytest.mark.parametrize(("code", "more"), [("no_answer", {}), ("refused", {"reason": "Precio"})])
def test_other_results_raise_nothing(said, code, more):
    said(code, **more)
    assert not Escalation.objects.exists()


def test_a_result_that_is_refused_raises_nothing(said):
    with pytest.raises(ResultRefused):
        said("claim")
    assert not Escalation.objects.exists()


def test_the_centre_says_which_results_are_handed_over(said):
    Disposition.objects.filter(code="refused").update(escalates="wants_to_cancel")
    said("refused", reason="Precio")
    assert Escalation.objects.get().kind_id == "wants_to_cancel"


def test_a_correction_is_written_on_the_card_and_raises_no_other(said, ana, now, result):
    attempt = said("claim", note="No le funciona la TV")
    later = now + timedelta(minutes=5)
    words = Answers(note="Internet, no la TV")
    correct_result(agent=ana, attempt=attempt, disposition=result("claim"), answers=words, now=later)
    correct_result(agent=ana, attempt=attempt, disposition=result("no_answer"), now=later)
    card = Escalation.objects.get()
    assert (card.state, card.version) == ("new", 2)
    notes = Change.objects.filter(escalation=card, verb="note").order_by("pk").values_list("note", "by")
    assert list(notes) == [
        ("El resultado se corrigió: Tiene un reclamo. Internet, no la TV", ana.user_id),
        ("El resultado se corrigió: No contesta", ana.user_id),
    ]


def test_a_correction_may_be_what_raises_it(said, ana, now, result):
    attempt = said("no_answer")
    words = Answers(note="Se queja")
    correct_result(agent=ana, attempt=attempt, disposition=result("claim"), answers=words, now=now)
    assert Escalation.objects.get().key == f"attempt:{attempt.pk}"


# promises


@pytest.fixture
def running(db: None) -> Campaign:
    return make_campaign(state="running")


@pytest.fixture
def broken(running: Campaign, ana: Agent, at: At) -> datetime:
    """Of four customers two promised and paid nothing; the morning it is known."""
    for number in range(1, 5):
        contact = owing(running, f"C{number}", "TV")
        if number < 4:
            promised(contact, ana, at("2026-11-26 10:00"), date(2026, 11, 27), amount=99)
    take([row("R1", "C3T", "11-27", "99"), row("R9", "C9T", "11-29")], now=at("2026-11-29 08:00"))
    return at("2026-11-29 09:00")


def test_each_broken_promise_becomes_one_card_once(broken, ana):
    assert raise_broken_promises(now=broken) == 2
    assert raise_broken_promises(now=broken + timedelta(minutes=10)) == 0
    cards = Escalation.objects.order_by("contract")
    assert [(card.contract, card.kind_id, card.state, card.raised_by) for card in cards] == [
        ("C1", "broken_promise", "new", ana.user),
        ("C2", "broken_promise", "new", ana.user),
    ]
    assert cards[0].reason == "Prometió Bs 99,00 hasta el 27/11/2026 y no cumplió."
    assert list(Change.objects.values_list("verb", "by")) == [("raise", None)] * 2
    assert cards[0].due_at > broken


def test_a_promise_waits_until_payments_are_known(running, ana, at):
    promised(owing(running, "C1", "TV"), ana, at("2026-11-26 10:00"), date(2026, 11, 27))
    take([row("R9", "C9T", "11-27")], now=at("2026-11-27 20:00"))
    assert raise_broken_promises(now=at("2026-11-28 09:00")) == 0


@pytest.mark.parametrize("why", ["the kind is switched off", "the campaign is closed", "who paid late owes nothing"])
def test_what_is_not_raised(broken, running, why, at):
    if why == "the kind is switched off":
        Kind.objects.filter(code="broken_promise").update(is_active=False)
    elif why == "the campaign is closed":
        Campaign.objects.filter(pk=running.pk).update(state="closed")
    else:
        take([row("R5", "C1T", "11-29"), row("R6", "C2T", "11-29")], now=broken)
    assert raise_broken_promises(now=broken) == 0


def test_however_many_there_are_it_asks_the_same(broken, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        assert raise_broken_promises(now=broken) == 2
