"""What came due is marked, also when the sweep has not come by before the card's clock stopped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from escalations.digest import mail_digest
from escalations.letters import write_letter
from escalations.lifecycle import EscalationRefused
from escalations.marks import mark_times
from escalations.models import Change, UnitAddress
from escalations.working import go_on, merge, reject, resolve, take, wait
from notices.models import ProgramEvent
from tests.notices.a_program import hook

pytestmark = pytest.mark.django_db


def marks_of(card) -> list[str]:
    rows = Change.objects.filter(escalation=card, verb__in=("warn", "breach")).order_by("pk")
    return list(rows.values_list("verb", flat=True))


def write_and_wait(*, escalation_id, by, now):
    write_letter(escalation_id=escalation_id, subject="a", text="b", by=by, now=now, wait=True)


SETTLE = [(resolve, {"outcome": "Listo"}), (reject, {"reason": "No era"}), (wait, {"unit": "F"}), (write_and_wait, {})]


@pytest.mark.parametrize(("verb", "more"), SETTLE)
def test_a_card_settled_late_while_no_sweep_came_was_late(card, elena, verb, more):
    UnitAddress.objects.create(unit=card.kind.unit, name="J", email="j@b.example", valid_from=date(2026, 1, 1))
    late = card.due_at + timedelta(seconds=20)
    take(escalation_id=card.pk, by=elena, now=card.raised_at)
    verb(escalation_id=card.pk, by=elena, now=late, **more)
    assert mark_times(now=late + timedelta(hours=1)) == 0
    card.refresh_from_db()
    assert (card.breached_at, card.warned_at, marks_of(card)) == (late, late, ["warn", "breach"])
    assert card.version == Change.objects.filter(escalation=card).exclude(verb="raise").count()


@pytest.mark.parametrize(("verb", "more"), SETTLE)
def test_a_card_settled_in_time_is_not_marked(card, elena, verb, more):
    UnitAddress.objects.create(unit=card.kind.unit, name="J", email="j@b.example", valid_from=date(2026, 1, 1))
    take(escalation_id=card.pk, by=elena, now=card.raised_at)
    verb(escalation_id=card.pk, by=elena, now=card.warn_at - timedelta(seconds=1), **more)
    assert marks_of(card) == []


def test_what_is_refused_marks_nothing(card, elena, rosa):
    late = card.due_at + timedelta(seconds=20)
    take(escalation_id=card.pk, by=elena, now=card.raised_at)
    with pytest.raises(EscalationRefused):
        resolve(escalation_id=card.pk, outcome="Listo", by=rosa, now=late)
    assert marks_of(card) == []


def test_a_clock_that_stood_still_past_the_time_was_not_late(card, elena):
    said = {"escalation_id": card.pk, "by": elena}
    take(now=card.raised_at, **said)
    wait(unit="Facturación", now=card.raised_at, **said)
    resolve(outcome="Listo", now=card.due_at + timedelta(days=1), **said)
    assert marks_of(card) == []


def test_a_double_joined_late_was_late(card, make_card, elena, at):
    later = make_card(due_at=at("2026-11-30 10:00"))
    late = card.due_at + timedelta(seconds=20)
    merge(escalation_id=card.pk, into_id=later.pk, by=elena, now=late)
    assert marks_of(card) == ["warn", "breach"]


def test_a_double_whose_clock_stood_still_makes_the_other_not_overdue(make_card, elena, morning, at):
    """It had eight working hours left, and has them still."""
    double, kept = make_card(), make_card(now=at("2026-11-27 09:00"), due_at=at("2026-12-30 12:00"))
    take(escalation_id=double.pk, by=elena, now=morning)
    wait(escalation_id=double.pk, unit="Facturación", by=elena, now=morning)
    now = at("2026-11-30 09:00")
    merge(escalation_id=double.pk, into_id=kept.pk, by=elena, now=now)
    kept.refresh_from_db()
    double.refresh_from_db()
    assert kept.due_at == make_card(now=now).due_at
    assert (double.waits_for, double.waiting_since) == ("", None)


def test_a_card_that_waits_goes_on_with_what_its_double_had_left(make_card, elena, morning, at):
    kept, double = make_card(), make_card(due_at=at("2026-11-27 12:00"))
    take(escalation_id=kept.pk, by=elena, now=morning)
    wait(escalation_id=kept.pk, unit="Facturación", by=elena, now=morning)
    merge(escalation_id=double.pk, into_id=kept.pk, by=elena, now=at("2026-11-27 11:00"))
    assert mark_times(now=at("2026-12-02 09:00")) == 0
    goes_on = go_on(escalation_id=kept.pk, by=elena, now=at("2026-12-02 09:00"))
    assert goes_on.due_at == at("2026-12-02 10:00"), "an hour was left"


def test_a_breach_that_was_told_is_not_told_again_by_the_card_it_was_joined_to(make_card, elena, at):
    double = make_card(now=at("2026-11-24 09:00"), due_at=at("2026-11-25 07:30"))
    kept = make_card(now=at("2026-11-25 09:00"))
    assert mail_digest(now=at("2026-11-25 08:00")) is not None
    merge(escalation_id=double.pk, into_id=kept.pk, by=elena, now=at("2026-11-25 09:30"))
    assert mail_digest(now=at("2026-11-25 12:30")) is None
    kept.refresh_from_db()
    assert kept.breached_at == at("2026-11-25 12:30")


def test_every_mark_is_as_its_history_says(card, elena):
    late = card.due_at + timedelta(seconds=20)
    take(escalation_id=card.pk, by=elena, now=card.raised_at)
    resolve(escalation_id=card.pk, outcome="Listo", by=elena, now=late)
    call_command("check_invariants")


def test_programs_are_told_of_a_mark_as_of_any_other_change(card):
    hook("http://127.0.0.1:9/", card.raised_at)
    assert mark_times(now=card.due_at) == 2
    card.refresh_from_db()
    told = [event.facts for event in ProgramEvent.objects.filter(subject=f"card:{card.pk}").order_by("facts__version")]
    assert [one["version"] for one in told] == [card.version - 1, card.version]
    assert told[-1] == {"card": card.pk, "version": card.version, "state": "new", "closed": False}
