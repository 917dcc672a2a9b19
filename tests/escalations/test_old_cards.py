"""Cards that were handed over before there was a board, as the migration leaves them."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from escalations import working
from escalations.invariants import RULES
from escalations.marks import mark_times
from escalations.models import Change, Escalation

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def migrate() -> None:
    migration = import_module("escalations.migrations.0007_tell_how_old_cards_began")
    migration.tell_how_they_began(apps, connection.schema_editor())


def lines_of(card: Escalation) -> list[tuple[str, str, str]]:
    return list(card.changes.order_by("pk").values_list("verb", "from_state", "to_state"))


@pytest.fixture
def old(make_card, morning):
    """`old()`: a card as it was before: nobody wrote down that it was raised, nor when it is nearly due."""

    def make(**more):
        card = make_card(**more)
        card.changes.all().delete()
        Escalation.objects.filter(pk=card.pk).update(warn_at=None)
        return card

    return make


def test_its_history_begins_with_its_beginning_and_goes_on_in_order(old, make_card, ana, elena, morning):
    untouched, taken, new = old(), old(), make_card()
    working.take(escalation_id=taken.pk, by=elena, now=morning + HOUR)
    working.resolve(escalation_id=taken.pk, by=elena, now=morning + 2 * HOUR, outcome="Listo")
    kept = list(Change.objects.filter(escalation=new).values())
    migrate()
    assert lines_of(untouched) == [("raise", "", "new")]
    assert lines_of(taken) == [("raise", "", "new"), ("take", "new", "taken"), ("resolve", "taken", "resolved")]
    first, second, _third = taken.changes.order_by("pk")
    assert (first.at, first.by, second.at, second.by) == (morning, ana.user, morning + HOUR, elena)
    assert list(Change.objects.filter(escalation=new).values()) == kept
    with connection.cursor() as cursor:
        for rule in RULES:
            cursor.execute(rule.sql)
            assert cursor.fetchall() == [], rule.name
    told = list(Change.objects.order_by("pk").values())
    migrate()
    assert list(Change.objects.order_by("pk").values()) == told


def test_an_open_one_is_warned_of_and_a_closed_one_stays_as_it_is(old, elena, morning):
    card, short, closed = old(due_at=morning + 5 * HOUR), old(due_at=morning + HOUR), old(kind="public_phone_fault")
    working.take(escalation_id=closed.pk, by=elena, now=morning)
    working.resolve(escalation_id=closed.pk, by=elena, now=morning, outcome="Listo")
    migrate()
    found = dict(Escalation.objects.values_list("pk", "warn_at"))
    assert found == {card.pk: morning + 3 * HOUR, short.pk: morning, closed.pk: None}
    assert mark_times(now=morning + 2 * HOUR) == 2, "the short one was nearly due, and came due"
    assert mark_times(now=morning + 3 * HOUR) == 1
