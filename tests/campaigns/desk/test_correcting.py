"""«Corregir último»: the last result said again, with everything it did undone."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns.desk.answers import Answers, ResultRefused
from campaigns.desk.correcting import CorrectionRefused, check_can_correct, correct_result
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.desk.results import record_result
from campaigns.models import Attempt, CallBack, DoNotCall, ListEntry, PaymentPromise, RetiredTelephone
from campaigns.month.lifecycle import pause, resume

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    return at("2026-11-26 10:00")


@pytest.fixture
def said(make_contact, ana, now, result):
    """A result of Ana's at ten: `said("promise", …)`; the attempt."""

    def say(code, **more):
        contact = make_contact(ana)
        given = give_next(agent=ana, now=now)
        dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=now)
        return record_result(
            agent=ana, contact=contact, fence=given.fence, disposition=result(code), answers=Answers(**more), now=now
        ).attempt

    return say


@pytest.mark.parametrize(
    ("code", "answers"),
    [
        ("promise", {"promised_on": date(2026, 11, 27), "promised_amount": Decimal("289")}),
        ("do_not_call", {}),
        ("wrong_number", {}),
        ("refused", {"reason": "Precio"}),
        ("call_back", {"call_back_at": "2026-11-26 16:40"}),
    ],
)
def test_a_correction_leaves_nothing_of_what_was_said_first(said, ana, at, now, result, code, answers):
    answers = {
        key: at(value) if isinstance(value, str) and value[0] == "2" else value for key, value in answers.items()
    }
    attempt = said(code, **answers)
    correct_result(agent=ana, attempt=attempt, disposition=result("no_answer"), now=now + timedelta(minutes=5))
    for model in (PaymentPromise, DoNotCall, RetiredTelephone):
        assert not model.objects.exists()
    assert not CallBack.objects.filter(state="pending").exists()
    row = ListEntry.objects.get()
    assert (row.state, row.attempts, row.contacted_at, row.promised_at) == ("open", 1, None, None)
    assert row.ready_at == at("2026-11-26 12:30")
    attempt.refresh_from_db()
    assert (attempt.disposition.code, attempt.corrected_from.code) == ("no_answer", code)


def test_what_somebody_else_wrote_in_the_same_moment_stays(said, ana, now, result):
    """What followed from a call refers to it; equal hours and names prove nothing."""
    attempt = said("wrong_number")
    contract = attempt.contact.contract
    DoNotCall.objects.create(contract=contract, reason="Carta", since=attempt.resulted_at, added_by=ana.user)
    RetiredTelephone.objects.create(
        contract=contract, telephone="+59144000000", reason="Carta", retired_at=attempt.resulted_at, by=ana.user
    )
    correct_result(agent=ana, attempt=attempt, disposition=result("no_answer"), now=now + timedelta(minutes=5))
    assert DoNotCall.objects.get().reason == "Carta"
    assert RetiredTelephone.objects.get().reason == "Carta"


def test_an_agreed_call_that_was_made_is_agreed_again(said, ana, at, result):
    first = said("call_back", call_back_at=at("2026-11-26 16:40"))
    later = at("2026-11-26 16:45")
    given = give_next(agent=ana, now=later)
    second = record_result(
        agent=ana, contact=first.contact, fence=given.fence, disposition=result("wrong_number"), now=later,
        answers=Answers(telephone=first.contact.telephones[0]),
    ).attempt  # fmt: skip
    agreed = CallBack.objects.get()
    assert (agreed.state, agreed.attempt, agreed.called_in) == ("done", first, second)
    correct_result(agent=ana, attempt=second, disposition=result("no_answer"), now=later + timedelta(minutes=1))
    agreed.refresh_from_db()
    assert (agreed.state, agreed.called_in) == ("done", second)  # the right result is of the same call


def test_a_correction_may_be_the_promise_itself(said, ana, now, result):
    attempt = said("no_answer")
    correct_result(
        agent=ana,
        attempt=attempt,
        disposition=result("promise"),
        answers=Answers(promised_on=date(2026, 11, 28), promised_amount=Decimal("100")),
        now=now + timedelta(minutes=5),
    )
    assert PaymentPromise.objects.get().amount == 100
    assert ListEntry.objects.get().promised_at == now + timedelta(minutes=5)


def test_the_earlier_promise_is_in_force_again(said, ana, now, result, at):
    promised = {"promised_on": date(2026, 11, 27), "promised_amount": Decimal("289")}
    first = said("promise", **promised)
    later = at("2026-11-27 10:00")
    ListEntry.objects.update(ready_at=now)
    given = give_next(agent=ana, now=later)
    second = record_result(
        agent=ana,
        contact=first.contact,
        fence=given.fence,
        disposition=result("promise"),
        answers=Answers(**promised),
        now=later,
    ).attempt
    correct_result(agent=ana, attempt=second, disposition=result("no_answer"), now=later + timedelta(minutes=1))
    assert PaymentPromise.objects.get(superseded_at=None).attempt == first


def test_an_incomplete_correction_changes_nothing(said, ana, now, result):
    attempt = said("refused", reason="Precio")
    with pytest.raises(ResultRefused):
        correct_result(agent=ana, attempt=attempt, disposition=result("claim"), now=now + timedelta(minutes=1))
    attempt.refresh_from_db()
    assert attempt.disposition.code == "refused"
    assert ListEntry.objects.get().state == "done"


def test_only_who_called_and_only_for_some_minutes(said, ana, luis, now, result):
    attempt = said("no_answer")
    with pytest.raises(CorrectionRefused, match="Solo quien llamó"):
        correct_result(agent=luis, attempt=attempt, disposition=result("busy"), now=now)
    with pytest.raises(CorrectionRefused, match="15 minutos"):
        correct_result(agent=ana, attempt=attempt, disposition=result("busy"), now=now + timedelta(minutes=16))


def test_corrected_again_and_again_it_ends_an_hour_after_the_call(said, ana, now, result):
    attempt = said("no_answer")
    for turn, code in enumerate(("busy", "no_answer", "busy", "no_answer", "busy"), 1):
        moment = now + timedelta(minutes=14 * turn)
        if moment - now > timedelta(hours=1):
            break
        correct_result(agent=ana, attempt=attempt, disposition=result(code), now=moment)
    with pytest.raises(CorrectionRefused, match="supervisión"):
        correct_result(agent=ana, attempt=attempt, disposition=result("promise"), now=now + timedelta(minutes=61))


def test_a_call_without_result_is_not_told_another_day(make_contact, ana, now, at):
    contact = make_contact(ana)
    give_next(agent=ana, now=now)
    dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=now)
    sweep_leases(now=now + timedelta(minutes=30))
    with pytest.raises(CorrectionRefused, match="el mismo día"):
        check_can_correct(agent=ana, attempt=Attempt.objects.get(), now=at("2026-11-27 09:00"))


def test_a_call_without_result_may_be_told_hours_later(make_contact, ana, now, result):
    contact = make_contact(ana)
    give_next(agent=ana, now=now)
    dial(agent=ana, contact=contact, telephone=contact.telephones[0], now=now)
    sweep_leases(now=now + timedelta(minutes=30))
    said = {"agent": ana, "attempt": Attempt.objects.get(), "disposition": result("already_paid")}
    with pytest.raises(ResultRefused) as refused:
        correct_result(**said, now=now + timedelta(hours=4))
    assert "hace 240 minutos" in refused.value.errors["note"]
    correct_result(**said, answers=Answers(note="La llamada fue larga"), now=now + timedelta(hours=4))
    assert ListEntry.objects.get().contacted_by == ana


def test_while_nobody_may_be_called_a_correction_says_why(said, ana, elena, december, now, result):
    attempt = said("no_answer")
    pause(campaign=december, by=elena, now=now + timedelta(minutes=1))
    correction = {"agent": ana, "attempt": attempt, "disposition": result("busy"), "now": now + timedelta(minutes=2)}
    with pytest.raises(ResultRefused) as refused:
        correct_result(**correction)
    assert refused.value.errors["note"] == "La campaña está en pausa. Escriba en la nota por qué se corrige ahora."
    correct_result(**correction, answers=Answers(note="Marqué mal la tecla"))
    attempt.refresh_from_db()
    assert attempt.disposition.code == "busy"


def test_why_there_is_a_result_without_a_call_is_not_corrected_away(make_contact, ana, elena, december, now, result):
    contact = make_contact(ana)
    given = give_next(agent=ana, now=now)
    pause(campaign=december, by=elena, now=now)
    answers = Answers(undialled=True, note="Llamé con mi celular")
    told = {"agent": ana, "contact": contact, "fence": given.fence, "now": now}
    attempt = record_result(**told, disposition=result("no_answer"), answers=answers).attempt
    resume(campaign=december, by=elena, now=now)
    correction = {"agent": ana, "attempt": attempt, "disposition": result("busy"), "now": now + timedelta(minutes=2)}
    with pytest.raises(ResultRefused) as refused:
        correct_result(**correction)
    assert "la nota dice por qué" in refused.value.errors["note"]
    correct_result(**correction, answers=Answers(note="Otra cosa"))
    attempt.refresh_from_db()
    assert (attempt.note, attempt.note_before) == ("Otra cosa", "Llamé con mi celular")
    correct_result(**correction, answers=Answers(note="Otra cosa, y más"))
    attempt.refresh_from_db()
    assert (attempt.note, attempt.note_before) == ("Otra cosa, y más", "Llamé con mi celular")


def test_what_was_followed_by_another_call_stands(said, ana, at, now, result):
    first = said("no_answer")
    later = at("2026-11-26 13:00")
    give_next(agent=ana, now=later)
    dial(agent=ana, contact=first.contact, telephone=first.contact.telephones[1], now=later)
    with pytest.raises(CorrectionRefused, match="otra llamada"):
        correct_result(agent=ana, attempt=first, disposition=result("busy"), now=now + timedelta(minutes=5))
