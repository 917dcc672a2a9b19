"""Two who want the same card: one has it, the other is told; and whoever listens hears of it when it is committed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from agents.models import Role, User
from escalations import working
from escalations.lifecycle import CHANNEL, EscalationRefused
from escalations.marks import mark_times
from escalations.models import Change, Escalation

pytestmark = pytest.mark.django_db(transaction=True)
TAKERS = 50


def test_of_fifty_who_take_a_card_exactly_one_has_it(card, morning):
    people = [
        User.objects.create(username=f"s{number}", first_name=f"S{number}", role=Role.SUPERVISOR)
        for number in range(TAKERS)
    ]
    together = threading.Barrier(10)

    def take(person):
        together.wait()
        try:
            return working.take(escalation_id=card.pk, by=person, now=morning).owner_id
        except EscalationRefused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        ends = list(pool.map(take, people))
    (taker,) = [end for end in ends if isinstance(end, int)]
    card.refresh_from_db()
    assert card.owner_id == taker
    assert all(f"Ya la tomó {card.owner}" in end for end in ends if isinstance(end, str))
    assert Change.objects.filter(escalation=card, verb="take").count() == 1


def test_who_merges_crosswise_neither_waits_for_ever_nor_loses_both(make_card, elena, rosa, morning):
    one, two = make_card(), make_card()
    together = threading.Barrier(2)

    def merge(pair):
        together.wait()
        try:
            working.merge(escalation_id=pair[0].pk, into_id=pair[1].pk, by=pair[2], now=morning)
        except EscalationRefused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(merge, [(one, two, elena), (two, one, rosa)]))
    assert ends[0] == ""
    assert ends[1] != ""
    assert sorted(Escalation.objects.values_list("state", flat=True)) == ["merged", "new"]


def test_listeners_hear_what_changed_when_it_is_committed(card, elena, morning):
    name = connection.settings_dict["NAME"]
    url = psycopg.conninfo.make_conninfo(settings.DATABASE_URL, dbname=name)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        taken = working.take(escalation_id=card.pk, by=elena, now=morning)
        assert mark_times(now=card.due_at) == 2
        working.resolve(escalation_id=card.pk, outcome="x", by=elena, now=card.due_at)
        working.inform(escalation_id=card.pk, how="telephone", told_at=card.due_at, by=elena, now=card.due_at)
        heard = [notice.payload for notice in listener.notifies(timeout=60, stop_after=5)]
    states = ["taken", "taken", "taken", "resolved", "closed"]
    assert heard == [f"{card.pk}:{version}:{state}" for version, state in enumerate(states, taken.version)]
