"""A card from new to told: who has it, until when, and what stays written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from escalations import working
from escalations.lifecycle import EscalationRefused
from escalations.marks import mark_times
from escalations.models import Change, Escalation, Kind
from service_level.working_time import working_calendar, working_time_between

pytestmark = pytest.mark.django_db


def test_from_new_to_the_customer_told(card, elena, at):
    working.take(escalation_id=card.pk, by=elena, now=at("2026-11-25 09:10"))
    working.wait(escalation_id=card.pk, unit="Facturación", by=elena, now=at("2026-11-25 09:20"))
    working.go_on(escalation_id=card.pk, by=elena, now=at("2026-11-25 11:20"), note="Contestaron")
    working.resolve(escalation_id=card.pk, outcome="Se corrige la factura", by=elena, now=at("2026-11-25 11:30"))
    card.refresh_from_db()
    assert (card.state, card.closed_at, card.owner) == ("resolved", None, elena)
    told = at("2026-11-25 11:40")
    working.inform(escalation_id=card.pk, how="telephone", told_at=told, by=elena, now=at("2026-11-25 11:45"))
    card.refresh_from_db()
    assert (card.state, card.informed_at, card.informed_how, card.informed_by) == ("informed", told, "telephone", elena)
    assert card.closed_at == at("2026-11-25 11:45")
    verbs = list(Change.objects.filter(escalation=card).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["raise", "take", "wait", "go_on", "resolve", "inform"]


def test_the_second_to_take_it_is_told_who_was_first(card, elena, rosa, at):
    working.take(escalation_id=card.pk, by=elena, now=at("2026-11-25 10:32"))
    with pytest.raises(EscalationRefused, match="Ya la tomó Elena.*25/11 a las 10:32"):
        working.take(escalation_id=card.pk, by=rosa, now=at("2026-11-25 10:33"))
    card.refresh_from_db()
    assert (card.owner, card.version) == (elena, 1)


def test_only_who_has_it_settles_it_and_it_can_be_handed_over(card, elena, rosa, ana, morning):
    working.take(escalation_id=card.pk, by=elena, now=morning)
    with pytest.raises(EscalationRefused, match="La tiene Elena"):
        working.resolve(escalation_id=card.pk, outcome="Listo", by=rosa, now=morning)
    with pytest.raises(EscalationRefused, match="no trabaja"):
        working.hand_over(escalation_id=card.pk, to=ana.user, by=elena, now=morning)
    working.hand_over(escalation_id=card.pk, to=rosa, by=rosa, now=morning, reason="Elena está de vacaciones")
    working.resolve(escalation_id=card.pk, outcome="Listo", by=rosa, now=morning)
    assert Escalation.objects.get().owner == rosa


def test_a_clock_that_stands_still_while_a_unit_is_waited_for_goes_on_with_what_was_left(card, elena, at):
    """Of its eight working hours one had passed; the hour that was waited for is given back."""
    before, warns_before = card.due_at, timedelta(hours=float(card.kind.warn_hours))
    working.take(escalation_id=card.pk, by=elena, now=at("2026-11-25 09:10"))
    working.wait(escalation_id=card.pk, unit="Facturación", by=elena, now=at("2026-11-25 10:00"))
    assert mark_times(now=before + timedelta(minutes=1)) == 0, "its time does not run"
    working.go_on(escalation_id=card.pk, by=elena, now=at("2026-11-25 11:00"))
    card.refresh_from_db()
    calendar = working_calendar(first=before.date(), last=card.due_at.date())
    assert working_time_between(before, card.due_at, calendar=calendar) == timedelta(hours=1)
    assert working_time_between(card.warn_at, card.due_at, calendar=calendar) == warns_before


def test_a_clock_that_does_not_stop_runs_on(make_card, elena, morning):
    repair = make_card(kind="priority_repair")
    due = repair.due_at
    working.take(escalation_id=repair.pk, by=elena, now=morning)
    working.wait(escalation_id=repair.pk, unit="Operaciones", by=elena, now=morning)
    assert mark_times(now=due) == 2
    working.go_on(escalation_id=repair.pk, by=elena, now=due + timedelta(hours=1))
    repair.refresh_from_db()
    assert (repair.due_at, repair.breached_at) == (due, due)


def test_a_kind_may_close_with_what_was_resolved(make_card, elena, morning):
    fault = make_card(kind="public_phone_fault")
    assert Kind.objects.get(code="public_phone_fault").closes == "resolved"
    working.take(escalation_id=fault.pk, by=elena, now=morning)
    done = working.resolve(escalation_id=fault.pk, outcome="Reparado", by=elena, now=morning)
    assert (done.state, done.closed_at) == ("resolved", morning)


def test_reopening_forgets_nothing(card, elena, rosa, morning):
    working.take(escalation_id=card.pk, by=elena, now=morning)
    working.reject(escalation_id=card.pk, reason="La factura es correcta", by=elena, now=morning)
    working.inform(escalation_id=card.pk, how="telephone", told_at=morning, by=elena, now=morning)
    working.reopen(escalation_id=card.pk, reason="El cliente trajo el recibo", by=rosa, now=morning)
    card.refresh_from_db()
    assert (card.state, card.owner, card.closed_at, card.informed_at) == ("taken", rosa, None, None)
    notes = " ".join(Change.objects.filter(escalation=card).values_list("note", flat=True))
    assert "La factura es correcta" in notes
    assert "trajo el recibo" in notes
    assert "por teléfono, 25/11 09:00" in notes


def test_a_double_is_merged_and_the_other_keeps_the_earlier_due_time(make_card, elena, morning):
    first = make_card()
    double = make_card(due_at=morning + timedelta(hours=1), reason="Llamó de nuevo")
    stranger = make_card(contract="2002")
    assert working.doubles_of(first, user=elena) == [double]
    with pytest.raises(EscalationRefused, match="mismo cliente"):
        working.merge(escalation_id=stranger.pk, into_id=first.pk, by=elena, now=morning)
    working.merge(escalation_id=double.pk, into_id=first.pk, by=elena, now=morning)
    first.refresh_from_db()
    double.refresh_from_db()
    assert (double.state, double.merged_into, double.closed_at) == ("merged", first, morning)
    assert first.due_at == morning + timedelta(hours=1)
    assert "Llamó de nuevo" in Change.objects.filter(escalation=first, verb="note").get().note


@pytest.mark.parametrize(("verb", "more", "sentence"), [
    (working.resolve, {"outcome": "  "}, "qué se resolvió"),
    (working.reject, {"reason": ""}, "por qué no corresponde"),
    (working.wait, {"unit": ""}, "a quién se espera"),
    (working.note, {"text": ""}, "la nota"),
])  # fmt: skip
def test_what_is_missing_is_asked_for_and_nothing_changes(card, elena, morning, verb, more, sentence):
    working.take(escalation_id=card.pk, by=elena, now=morning)
    with pytest.raises(EscalationRefused, match=sentence):
        verb(escalation_id=card.pk, by=elena, now=morning, **more)
    card.refresh_from_db()
    assert (card.state, card.version) == ("taken", 1)


def test_nobody_was_told_tomorrow(card, elena, morning):
    working.take(escalation_id=card.pk, by=elena, now=morning)
    working.resolve(escalation_id=card.pk, outcome="Listo", by=elena, now=morning)
    for told, sentence in (
        (morning + timedelta(hours=1), "todavía no llegó"),
        (morning - timedelta(days=90), "antigua"),
    ):
        with pytest.raises(EscalationRefused, match=sentence):
            working.inform(escalation_id=card.pk, how="telephone", told_at=told, by=elena, now=morning)
    with pytest.raises(EscalationRefused, match="cómo"):
        working.inform(escalation_id=card.pk, how="smoke", told_at=morning, by=elena, now=morning)


def test_marks_of_time_are_set_once_and_stay(card, elena):
    due = card.due_at
    assert mark_times(now=card.warn_at) == 1
    assert mark_times(now=card.warn_at + timedelta(minutes=1)) == 0
    assert mark_times(now=due) == 1
    working.take(escalation_id=card.pk, by=elena, now=due)
    working.resolve(escalation_id=card.pk, outcome="Tarde", by=elena, now=due)
    card.refresh_from_db()
    assert card.warned_at < card.breached_at == due
    assert mark_times(now=due + timedelta(days=1)) == 0
    marks = list(Change.objects.filter(escalation=card, by=None).order_by("pk").values_list("verb", flat=True))
    assert marks == ["warn", "breach"]
