"""What a result does to the contact, once, and what it asks for."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from campaigns.desk.answers import Answers, ResultRefused
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next, open_contact
from campaigns.desk.lease_sweep import sweep_leases
from campaigns.desk.results import StaleResult, record_result
from campaigns.models import Attempt, CallBack, CallingPolicy, DoNotCall, ListEntry, PaymentPromise, RetiredTelephone

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at):
    return at("2026-11-26 10:00")


@pytest.fixture
def opened(make_contact, ana, now):
    contact = make_contact(ana)
    give_next(agent=ana, now=now)
    return contact


@pytest.fixture
def record(ana, opened, now, result):
    """Record a result of the open contact: `record("no_answer", note="…")`."""

    def write(code, *, agent=ana, fence=1, now=now, **more):
        return record_result(
            agent=agent, contact=opened, fence=fence, disposition=result(code), answers=Answers(**more), now=now
        )

    return write


def entry():
    return ListEntry.objects.get()


@pytest.mark.parametrize(
    ("code", "answers", "state", "ready", "contacted", "attempts"),
    [
        ("no_answer", {}, "open", "2026-11-26 12:30", False, 1),
        ("busy", {}, "open", "2026-11-26 12:30", False, 1),
        ("voicemail", {}, "open", "2026-11-26 13:00", False, 1),
        ("third_party", {}, "open", "2026-11-26 14:00", False, 1),
        ("technical_failure", {}, "open", "2026-11-26 10:15", False, 0),
        ("already_paid", {}, "open", "2026-11-28 10:00", True, 1),
        ("claim", {"note": "Le cobran dos veces"}, "open", "2026-11-28 10:00", True, 1),
        ("refused", {"reason": "Precio"}, "done", None, True, 1),
        ("moved", {"note": "Se fue a Sucre"}, "done", None, True, 1),
        ("deceased", {"note": "Lo dijo su hija"}, "done", None, False, 1),
        ("do_not_call", {}, "done", None, True, 1),
        (
            "promise",
            {"promised_on": date(2026, 11, 27), "promised_amount": Decimal("289")},
            "open",
            "2026-11-28 09:00",
            True,
            1,
        ),
    ],
)
def test_what_each_result_does(record, ana, at, now, code, answers, state, ready, contacted, attempts):
    recorded = record(code, **answers)
    row = entry()
    assert (row.state, row.attempts, row.attempts_on_day) == (state, attempts, attempts)
    assert (row.handled_at, row.handled_by, row.last_disposition.code) == (now, ana, code)
    assert (row.contacted_at, row.contacted_by) == ((now, ana) if contacted else (None, None))
    assert (row.lease_agent, row.lease_until) == (None, None)
    if ready:
        assert row.ready_at == at(ready)
    attempt = recorded.attempt
    assert (attempt.resulted_at, attempt.telephone, attempt.fence) == (now, "", 1)


def test_the_call_that_was_dialled_gets_the_result(record, opened, ana, now):
    attempt = dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    recorded = record("no_answer", now=now + timedelta(minutes=1), telephone=opened.telephones[1])
    assert recorded.attempt.pk == attempt.pk
    assert recorded.attempt.telephone == opened.telephones[0]
    assert entry().last_attempt_at == now


def test_a_promise_is_written_and_a_later_one_supersedes_it(record, opened, ana, now, at, result):
    promised = {"promised_on": date(2026, 11, 27), "promised_amount": Decimal("100")}
    record("promise", **promised)
    assert entry().promised_at == now
    ListEntry.objects.update(ready_at=now, attempts=0, last_attempt_at=None)
    later = at("2026-11-27 10:00")
    given = give_next(agent=ana, now=later)
    record("promise", fence=given.fence, now=later, **promised)
    assert PaymentPromise.objects.count() == 2
    assert PaymentPromise.objects.get(superseded_at=None).made_at == later
    assert entry().promised_at == now


def test_an_agreed_call_waits_at_its_hour(record, ana, at):
    record("call_back", call_back_at=at("2026-11-26 16:40"))
    agreed = CallBack.objects.get()
    assert (agreed.agent, agreed.reach, agreed.state) == (ana, "personal", "pending")
    assert entry().ready_at == at("2026-11-26 16:40")
    assert give_next(agent=ana, now=at("2026-11-26 16:40")).kind == "call_back"


def test_the_call_settles_the_agreed_one(record, ana, at):
    record("call_back", call_back_at=at("2026-11-26 16:40"))
    given = give_next(agent=ana, now=at("2026-11-26 16:40"))
    record("no_answer", fence=given.fence, now=at("2026-11-26 16:41"))
    assert CallBack.objects.get().state == "done"
    assert entry().ready_at == at("2026-11-26 18:41")


def test_who_asks_not_to_be_called_is_on_the_list_for_good(record, opened):
    record("do_not_call")
    assert DoNotCall.objects.get().contract == opened.contract


def test_a_wrong_number_retires_the_telephone_and_not_the_contact(record, opened, ana, now):
    first, second = opened.telephones
    dial(agent=ana, contact=opened, telephone=first, now=now)
    recorded = record("wrong_number")
    assert recorded.stays_open
    assert recorded.fence == 2
    assert RetiredTelephone.objects.get().telephone == first
    assert (entry().state, entry().lease_agent, entry().attempts) == ("open", ana, 0)
    dial(agent=ana, contact=opened, telephone=second, now=now + timedelta(minutes=1))
    recorded = record("wrong_number", fence=2, now=now + timedelta(minutes=2))
    assert not recorded.stays_open
    assert (entry().state, entry().lease_agent) == ("not_callable", None)


def test_the_last_attempt_of_the_campaign_ends_the_calls(record):
    CallingPolicy.objects.update(attempts_a_campaign=1, attempts_a_day=1)
    record("no_answer")
    assert entry().state == "exhausted"


def test_an_agreed_call_outlives_the_last_attempt(record, at):
    CallingPolicy.objects.update(attempts_a_campaign=1, attempts_a_day=1)
    record("call_back", call_back_at=at("2026-11-26 16:40"))
    assert entry().state == "open"


def test_a_payment_that_arrived_meanwhile_is_not_overwritten(record):
    ListEntry.objects.update(state="paid", paid_on=date(2026, 11, 26))
    record("no_answer")
    assert entry().state == "paid"


@pytest.mark.parametrize(
    ("code", "answers", "field", "sentence"),
    [
        ("promise", {"promised_amount": Decimal("10")}, "promised_on", "Escriba qué día pagará."),
        (
            "promise",
            {"promised_on": date(2026, 11, 25), "promised_amount": Decimal("10")},
            "promised_on",
            "El día del compromiso ya pasó.",
        ),
        (
            "promise",
            {"promised_on": date(2026, 12, 7), "promised_amount": Decimal("10")},
            "promised_on",
            "Un compromiso vale hasta el 06/12/2026.",
        ),
        ("promise", {"promised_on": date(2026, 11, 27)}, "promised_amount", "Escriba cuánto pagará, en bolivianos."),
        (
            "promise",
            {"promised_on": date(2026, 11, 27), "promised_amount": Decimal("289.01")},
            "promised_amount",
            "El monto pasa de lo que debe: Bs 289,00.",
        ),
        ("call_back", {}, "call_back_at", "Escriba el día y la hora en que pidió que se le llame."),
        ("claim", {"note": "  "}, "note", "Escriba una nota: este resultado la pide."),
        ("refused", {}, "reason", "Escriba el motivo que dio el cliente."),
        ("wrong_number", {}, "telephone", "Elija a qué teléfono se llamó."),
        ("no_answer", {"telephone": "+59179999999"}, "telephone", "Ese teléfono no es de este cliente."),
        ("no_answer", {"note": "x" * 501}, "note", "La nota es demasiado larga: caben 500 letras."),
        ("no_result", {}, "disposition", "Elija el resultado de la llamada."),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(record, code, answers, field, sentence):
    with pytest.raises(ResultRefused) as refused:
        record(code, **answers)
    assert refused.value.errors == {field: sentence}
    assert not Attempt.objects.exists()
    assert entry().lease_agent is not None


@pytest.mark.parametrize(
    ("hour", "sentence"),
    [
        ("2026-11-26 09:59", "Esa hora ya pasó. La próxima hora posible es 26/11 10:15."),
        ("2026-11-26 20:00", "A esa hora no se llama. La próxima hora posible es 27/11 08:30."),
        ("2026-11-29 10:00", "A esa hora no se llama. La próxima hora posible es 30/11 08:30."),
        ("2026-12-01 10:00", "La campaña llama hasta el 30/11/2026. La próxima hora posible es 26/11 10:15."),
    ],
)
def test_an_hour_that_is_not_possible_names_the_next_one(record, at, hour, sentence):
    with pytest.raises(ResultRefused) as refused:
        record("call_back", call_back_at=at(hour))
    assert refused.value.errors == {"call_back_at": sentence}


def test_sent_twice_it_is_recorded_once(record, now):
    first = record("no_answer")
    again = record("refused", reason="Precio", now=now + timedelta(minutes=1))
    assert again.repeated
    assert again.attempt.pk == first.attempt.pk
    assert again.attempt.disposition.code == "no_answer"
    assert (entry().attempts, entry().state) == (1, "open")


def test_a_result_of_a_reservation_that_another_agent_has_now_is_stale(record, opened, ana, luis, now):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    later = now + timedelta(hours=3)
    sweep_leases(now=now + timedelta(minutes=30))
    ListEntry.objects.update(owner=luis)
    assert give_next(agent=luis, now=later).fence == 2
    with pytest.raises(StaleResult, match="ahora lo tiene Luis. El resultado no se registró. Su nota quedó"):
        record("no_answer", now=later, note="Que llamen a su hijo")
    attempt = Attempt.objects.get()
    assert (attempt.disposition.code, attempt.note) == ("no_result", "Que llamen a su hijo")


def test_a_form_of_an_earlier_lease_of_her_own_is_stale(record, opened, ana, now):
    later = now + timedelta(minutes=30)
    assert give_next(agent=ana, now=later) is not None
    sweep_leases(now=later + timedelta(hours=1))
    again = give_next(agent=ana, now=later + timedelta(hours=1))
    assert (again.contact_id, again.fence) == (opened.pk, 2)
    with pytest.raises(StaleResult, match="venció"):
        record("no_answer", now=later + timedelta(hours=1))
    assert not Attempt.objects.exists()
    assert entry().lease_agent == ana


def test_a_browser_that_comes_back_after_the_sweep_still_tells_its_result(record, opened, ana, now):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    sweep_leases(now=now + timedelta(minutes=30))
    record("refused", reason="Precio", now=now + timedelta(minutes=31))
    assert Attempt.objects.get().disposition.code == "refused"
    assert (entry().state, entry().attempts) == ("done", 1)


def test_a_contact_that_was_never_open_at_a_desk_gets_no_result(make_contact, ana, now, result):
    contact = make_contact(ana)
    with pytest.raises(StaleResult, match="no está abierto"):
        record_result(agent=ana, contact=contact, fence=0, disposition=result("no_answer"), now=now)


def test_a_stranger_records_nothing(record, luis):
    with pytest.raises(StaleResult):
        record("no_answer", agent=luis)


def test_a_result_without_dialling_is_taken_from_a_contact_opened_by_choice(make_contact, ana, now, result):
    contact = make_contact(ana)
    given = open_contact(agent=ana, contact_id=contact.pk, now=now)
    recorded = record_result(
        agent=ana,
        contact=contact,
        fence=given.fence,
        disposition=result("already_paid"),
        answers=Answers(note="Llamó él"),
        now=now,
    )
    assert recorded.attempt.telephone == ""


def test_a_call_of_another_day_gets_no_result(record, opened, ana, now):
    """Whoever was called days ago, and said nothing, promises nothing today without being called."""
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    sweep_leases(now=now + timedelta(minutes=30))
    with pytest.raises(StaleResult, match="otro día"):
        record("refused", reason="Precio", now=now + timedelta(days=9))
    assert Attempt.objects.get().disposition.code == "no_result"
    for words in ("Reclama que pagó", "no contestó"):
        with pytest.raises(StaleResult):
            record("refused", reason="Precio", note=words, now=now + timedelta(days=9))
    call = Attempt.objects.get()
    assert (call.note, call.note_before) == ("no contestó", "Reclama que pagó")


def test_a_call_that_goes_on_over_midnight_is_hers_as_long_as_she_holds_it(record, opened, ana, now, at):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    Attempt.objects.update(dialled_at=at("2026-11-26 23:58"), day=at("2026-11-26 23:58").date())
    ListEntry.objects.update(lease_until=at("2026-11-27 00:30"))
    record("refused", reason="Precio", now=at("2026-11-27 00:03"))
    assert Attempt.objects.get().disposition.code == "refused"


def test_a_call_told_hours_later_says_why(record, opened, ana, now):
    dial(agent=ana, contact=opened, telephone=opened.telephones[0], now=now)
    sweep_leases(now=now + timedelta(minutes=30))
    with pytest.raises(ResultRefused, match="por qué lo registra ahora"):
        record("refused", reason="Precio", now=now + timedelta(hours=3))
    record("refused", reason="Precio", note="Se cayó la red", now=now + timedelta(hours=3))
    assert Attempt.objects.get().disposition.code == "refused"


def test_a_reservation_that_ran_out_and_was_not_swept_yet_is_over(record, opened, ana, now):
    with pytest.raises(StaleResult, match="venció"):
        record("no_answer", undialled=True, note="x", now=now + timedelta(hours=3))
    assert not Attempt.objects.exists()
