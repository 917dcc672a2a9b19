"""The rules of calling, each alone, all together, and at their boundary minutes."""

from datetime import date, timedelta

import pytest

from agents.models import PauseReason
from agents.pausing import begin_pause
from campaigns.calling.reasons import BY_CODE, FOR_GOOD, in_short
from campaigns.calling.rulebook import read_rules
from campaigns.calling.rules import callable_from, callable_now, explain, ready_after, why_not
from campaigns.models import CallBack, CallingPolicy, Campaign, DoNotCall, ListEntry, RetiredTelephone
from service_level.models import Holiday

pytestmark = pytest.mark.django_db


def codes(contact, now, **more):
    return [reason.code for reason in why_not(contact=contact, now=now, **more)]


@pytest.fixture
def now(at):
    """A Thursday morning in the middle of the month's calls."""
    return at("2026-11-26 10:00")


def test_a_fresh_contact_of_a_running_campaign_may_be_called(make_contact, ana, now):
    assert why_not(contact=make_contact(ana), now=now, agent=ana) == []


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"state": "paid", "paid_on": date(2026, 11, 25)}, "paid"),
        ({"state": "held_out"}, "held_out"),
        ({"state": "done"}, "final_result"),
        ({"state": "not_callable"}, "not_callable"),
        ({"state": "exhausted"}, "exhausted"),
        ({"attempts": 8}, "campaign_cap"),
    ],
)
def test_a_state_or_a_cap_of_the_campaign_ends_the_calls(make_contact, ana, now, entry, code):
    reasons = why_not(contact=make_contact(ana, **entry), now=now, agent=ana)
    assert [reason.code for reason in reasons] == [code]
    assert reasons[0].sentence
    assert callable_from(reasons) is None


def test_the_do_not_call_list_holds_for_the_contract_and_for_a_telephone(make_contact, ana, now):
    refused, half, whole = make_contact(ana), make_contact(ana), make_contact(ana)
    DoNotCall.objects.create(contract=refused.contract, reason="Lo pidió", since=now)
    for telephone in (half.telephones[0], *whole.telephones):
        DoNotCall.objects.create(telephone=telephone, reason="Lo pidió", since=now)
    assert codes(refused, now) == ["do_not_call"]
    assert codes(half, now) == []
    assert codes(half, now, telephone=half.telephones[0]) == ["telephone_do_not_call"]
    assert codes(half, now, telephone=half.telephones[1]) == []
    assert codes(whole, now) == ["no_telephone"]


def test_retired_telephones_end_the_calls_only_when_none_is_left(make_contact, ana, now):
    contact = make_contact(ana)
    first, second = contact.telephones
    RetiredTelephone.objects.create(contract=contact.contract, telephone=first, reason="Equivocado", retired_at=now)
    assert codes(contact, now) == []
    assert codes(contact, now, telephone=first) == ["telephone_retired"]
    assert codes(contact, now, telephone="+59170000000") == ["telephone_unknown"]
    RetiredTelephone.objects.create(contract=contact.contract, telephone=second, reason="Equivocado", retired_at=now)
    assert codes(contact, now) == ["no_telephone"]


@pytest.mark.parametrize(
    ("moment", "expected", "until"),
    [
        ("2026-11-26 08:29", ["outside_window"], "2026-11-26 08:30"),
        ("2026-11-26 08:30", [], None),
        ("2026-11-26 19:59", [], None),
        ("2026-11-26 20:00", ["outside_window"], "2026-11-27 08:30"),
        ("2026-11-28 08:59", ["outside_window"], "2026-11-28 09:00"),
        ("2026-11-28 12:59", [], None),
        ("2026-11-28 13:00", ["outside_window"], "2026-11-30 08:30"),
        ("2026-11-29 10:00", ["outside_window"], "2026-11-30 08:30"),
        ("2026-11-25 08:30", [], None),
        ("2026-11-30 19:59", [], None),
        ("2026-11-24 10:00", ["campaign_not_begun"], "2026-11-25 08:30"),
        ("2026-12-01 10:00", ["campaign_over"], None),
    ],
)
def test_hours_and_days_hold_to_the_minute(make_contact, ana, at, moment, expected, until):
    reasons = why_not(contact=make_contact(ana), now=at(moment), agent=ana)
    assert [reason.code for reason in reasons] == expected
    if until:
        assert callable_from(reasons) == at(until)


def test_a_confirmed_holiday_is_not_called_and_a_doubtful_one_is(make_contact, ana, now, at):
    contact = make_contact(ana)
    holiday = Holiday.objects.create(day=date(2026, 11, 26), name="Feriado de prueba", is_day_off=False)
    assert codes(contact, now) == []
    holiday.is_day_off = True
    holiday.save()
    (reason,) = why_not(contact=contact, now=now)
    assert reason.code == "holiday"
    assert "Feriado de prueba" in reason.sentence
    assert reason.until == at("2026-11-27 08:30")


@pytest.mark.parametrize("state", ["proposed", "paused", "closed"])
def test_only_a_running_campaign_calls(make_contact, ana, now, december, state):
    contact = make_contact(ana)
    Campaign.objects.filter(pk=december.pk).update(state=state)
    assert codes(contact, now) == ["campaign_not_running"]


@pytest.mark.parametrize(
    ("last", "moment", "expected"),
    [
        ("10:31", "12:30", ["too_soon"]),
        ("10:30", "12:29", ["too_soon", "same_part_of_day"]),
        ("10:30", "12:30", []),  # two hours later and the afternoon begins
        ("09:00", "12:29", ["same_part_of_day"]),
        ("13:00", "17:59", ["same_part_of_day"]),
        ("13:00", "18:00", []),
    ],
)
def test_attempts_keep_their_distance_and_are_spread_over_the_day(make_contact, ana, at, last, moment, expected):
    contact = make_contact(ana, attempts=1, attempts_on_day=1, last_attempt_at=at(f"2026-11-26 {last}"))
    assert codes(contact, at(f"2026-11-26 {moment}")) == expected


def test_the_cap_of_the_day_ends_at_midnight(make_contact, ana, at):
    contact = make_contact(ana, attempts=3, attempts_on_day=3, last_attempt_at=at("2026-11-26 12:31"))
    reasons = why_not(contact=contact, now=at("2026-11-26 18:30"))
    assert [reason.code for reason in reasons] == ["day_cap"]
    assert reasons[0].until == at("2026-11-27 08:30")
    assert codes(contact, at("2026-11-27 08:30")) == []


def test_a_retry_delay_holds_to_its_minute(make_contact, ana, at):
    contact = make_contact(ana, ready_at=at("2026-11-26 12:00"))
    assert codes(contact, at("2026-11-26 11:59")) == ["retry_delay"]
    assert codes(contact, at("2026-11-26 12:00")) == []


def test_a_lease_holds_for_others_until_it_ends(make_contact, ana, luis, at, now):
    contact = make_contact(ana, lease_agent=luis, lease_until=at("2026-11-26 10:05"))
    (reason,) = why_not(contact=contact, now=now)
    assert (reason.code, reason.until) == ("leased", at("2026-11-26 10:05"))
    assert "Luis" in reason.sentence
    assert codes(contact, now, agent=luis) == []
    assert codes(contact, at("2026-11-26 10:05"), agent=ana) == []


def test_the_list_of_another_agent_is_named(make_contact, ana, luis, now):
    (reason,) = why_not(contact=make_contact(luis), now=now, agent=ana)
    assert reason.code == "of_another"
    assert "Luis" in reason.sentence


def test_a_pause_stops_the_agent_and_nobody_else(make_contact, ana, now):
    contact = make_contact(ana)
    begin_pause(agent=ana, reason=PauseReason.objects.get(code="ALMUERZO"), now=now)
    assert codes(contact, now, agent=ana) == ["paused"]
    assert codes(contact, now) == []


@pytest.fixture
def agreed(december, ana, at):
    """An agreed call of Ana at 11:00."""

    def agree(contact, due="2026-11-26 11:00", **more):
        return CallBack.objects.create(
            campaign=december, contact=contact, due_at=at(due), created_at=at("2026-11-26 09:00"), agent=ana, **more
        )

    return agree


def test_an_agreed_call_waits_for_its_hour_and_then_overrides_what_only_spares_the_customer(
    make_contact, ana, luis, at, agreed
):
    contact = make_contact(
        ana,
        attempts=8,
        attempts_on_day=3,
        last_attempt_at=at("2026-11-26 09:30"),
        ready_at=at("2026-11-26 15:00"),
    )
    agreed(contact)
    assert "call_back_later" in codes(contact, at("2026-11-26 10:59"))
    assert codes(contact, at("2026-11-26 11:00"), agent=ana) == []
    assert codes(contact, at("2026-11-26 11:00"), agent=luis) == ["call_back_of_another"]
    CallBack.objects.update(reach="team")
    assert codes(contact, at("2026-11-26 11:40"), agent=luis) == []
    assert codes(contact, at("2026-11-26 20:00"), agent=ana) == ["outside_window"]
    ListEntry.objects.update(state="paid")
    assert codes(contact, at("2026-11-26 11:00"), agent=ana) == ["paid"]


def test_all_reasons_are_told_at_once(make_contact, ana, luis, at, december):
    contact = make_contact(
        ana,
        attempts=8,
        attempts_on_day=3,
        last_attempt_at=at("2026-11-26 19:30"),
        ready_at=at("2026-11-27 08:30"),
        lease_agent=luis,
        lease_until=at("2026-11-26 20:10"),
    )
    DoNotCall.objects.create(contract=contact.contract, reason="Lo pidió", since=at("2026-11-26 19:00"))
    Campaign.objects.update(state="paused")
    assert set(codes(contact, at("2026-11-26 20:01"))) == {
        "outside_window",
        "campaign_not_running",
        "do_not_call",
        "leased",
        "campaign_cap",
        "day_cap",
        "too_soon",
        "same_part_of_day",
        "retry_delay",
    }


def test_every_reason_is_a_sentence(make_contact, ana, luis, at, december):
    contact = make_contact(ana, state="done", attempts=8, lease_agent=luis, lease_until=at("2026-11-26 20:10"))
    for reason in why_not(contact=contact, now=at("2026-11-26 20:01"), agent=ana):
        assert reason.sentence[0].isupper()
        assert reason.sentence.endswith(".")


def test_the_bulk_form_is_empty_outside_the_hours(make_contact, ana, at, now):
    make_contact(ana)
    assert callable_now(ListEntry.objects.all(), now=now).count() == 1
    assert callable_now(ListEntry.objects.all(), now=at("2026-11-26 20:00")).count() == 0


@pytest.mark.parametrize(
    ("result_at", "last", "on_day", "code", "expected"),
    [
        ("2026-11-26 09:00", "2026-11-26 09:00", 1, "no_answer", "2026-11-26 12:30"),  # the afternoon
        ("2026-11-26 11:30", "2026-11-26 11:30", 1, "no_answer", "2026-11-26 13:30"),
        ("2026-11-26 13:30", "2026-11-26 13:30", 2, "no_answer", "2026-11-26 18:00"),  # the evening
        ("2026-11-26 18:10", "2026-11-26 18:10", 3, "no_answer", "2026-11-27 08:30"),  # the cap of the day
        ("2026-11-26 19:10", "2026-11-26 19:10", 2, "no_answer", "2026-11-27 08:30"),  # past the window
        ("2026-11-27 18:10", "2026-11-27 18:10", 1, "no_answer", "2026-11-28 09:00"),  # Saturday's window
        ("2026-11-28 12:50", "2026-11-28 12:50", 1, "busy", "2026-11-30 08:30"),  # over Sunday
        ("2026-11-26 10:00", None, 0, "technical_failure", "2026-11-26 10:15"),
        ("2026-11-26 12:40", "2026-11-26 12:40", 1, "already_paid", "2026-11-28 12:40"),
    ],
)
def test_a_result_says_when_the_contact_is_ready_again(
    house_rules, result, at, result_at, last, on_day, code, expected
):
    ready = ready_after(
        disposition=result(code),
        book=read_rules(now=at(result_at)),
        attempts_on_day=on_day,
        last_attempt_at=at(last) if last else None,
    )
    assert ready == at(expected)


def test_a_promise_is_left_alone_until_the_day_after_it(house_rules, result, at):
    book = read_rules(now=at("2026-11-26 10:00"))
    ready = ready_after(
        disposition=result("promise"),
        book=book,
        attempts_on_day=1,
        last_attempt_at=book.now,
        promised_on=date(2026, 11, 27),
    )
    assert ready == at("2026-11-28 09:00")


def test_what_is_ready_by_its_hour_may_be_called_at_that_hour(make_contact, ana, at, result):
    """`ready_after` and the rules agree: nothing is against a call at the hour it names, something a minute before."""
    for minute in range(0, 690, 37):
        moment = at("2026-11-26 08:30") + timedelta(minutes=minute)
        contact = make_contact(ana, attempts=1, attempts_on_day=1, last_attempt_at=moment)
        ready = ready_after(
            disposition=result("no_answer"),
            book=read_rules(now=moment),
            attempts_on_day=1,
            last_attempt_at=moment,
        )
        ListEntry.objects.filter(contact=contact).update(ready_at=ready)
        assert codes(contact, ready) == [], moment
        assert codes(contact, ready - timedelta(minutes=1)) != [], moment


def test_a_change_of_policy_holds_at_once(make_contact, ana, at):
    contact = make_contact(ana, attempts=1, attempts_on_day=1, last_attempt_at=at("2026-11-26 10:30"))
    assert codes(contact, at("2026-11-26 13:00")) == []
    CallingPolicy.objects.update(minutes_between_attempts=240)
    assert codes(contact, at("2026-11-26 13:00")) == ["too_soon"]


def test_every_reason_has_its_words_and_an_unknown_one_is_not_told_as_another(make_contact, ana, at, agreed):
    contact = make_contact(ana)
    agreed(contact)
    entry = ListEntry.objects.select_related("campaign").get(pk=contact.pk)
    book = read_rules(now=at("2026-11-26 10:00"))
    told = explain(list(BY_CODE), entry=entry, book=book)
    assert [reason.code for reason in told] == list(BY_CODE)
    assert all(reason.sentence.endswith(".") for reason in told)
    assert [reason.code for reason in told if reason.until and reason.code in FOR_GOOD] == []
    for tell in (lambda: explain(["no_such"], entry=entry, book=book), lambda: in_short(["no_such"])):
        with pytest.raises(KeyError, match="no_such"):
            tell()


def test_an_agreed_call_that_vanished_between_two_questions_is_not_told_as_a_wait(make_contact, ana, at, agreed):
    contact = make_contact(ana)
    agreed(contact)
    entry = ListEntry.objects.select_related("campaign").get(pk=contact.pk)
    book = read_rules(now=at("2026-11-26 10:00"))
    found = ["call_back_later", "call_back_of_another"]
    assert [reason.code for reason in explain(found, entry=entry, book=book)] == found
    CallBack.objects.update(state="cancelled", settled_at=at("2026-11-26 10:00"))
    assert explain(found, entry=entry, book=book) == []
    assert [reason.code for reason in explain(["day_cap", *found], entry=entry, book=book)] == ["day_cap"]
