"""Payments and people at once, on a real PostgreSQL: takers of the same receipts, a desk about to dial, a report."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction

from agents.models import Agent
from campaigns.calling.rules import CallRefused
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next
from campaigns.models import CallingWindow, Campaign, ListEntry, Receipt, RenewalPayment, Report
from campaigns.payments import receipts
from tests.campaigns.a_campaign import make_campaign, moment
from tests.campaigns.some_receipts import arrived, owing, row, stage, take
from tests.campaigns.together import somebody_waits_for_a_lock
from tests.processes.house import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NOW = moment("2026-11-26 10:00")


@pytest.fixture
def december() -> Iterator[Campaign]:
    CallingWindow.objects.get_or_create(weekday=NOW.weekday(), opens="00:00", defaults={"closes": "23:00"})
    return make_campaign(state="running", launched_at=NOW)


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    """What each work returned or raised, all begun at once."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(60)
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def publish(report: Report) -> Any:
    with transaction.atomic():
        return receipts.publish(report=report, now=NOW)


def test_two_takers_of_overlapping_files_count_each_receipt_once(december: Campaign) -> None:
    for number in range(40):
        owing(december, f"C{number}", "TV")
    rows = [row(f"R{number}", f"C{number}T", "11-26") for number in range(40)]
    files = [stage(rows[:30], arrived(NOW)), stage(rows[10:], arrived(NOW))]
    counted = in_threads(*[lambda report=report: publish(report) for report in files])
    assert sum(one.taken for one in counted) == 40
    assert sum(one.duplicates for one in counted) == 20
    assert Receipt.objects.count() == RenewalPayment.objects.count() == 40
    assert ListEntry.objects.filter(state="paid").count() == 40


def test_a_report_and_its_payments_taken_at_once_find_one_another(december: Campaign) -> None:
    """Whoever commits first: the receipt is matched when it comes in, or when the renewals do."""
    report = stage([row("R1", "C1T", "11-26")], arrived(NOW))

    def report_comes() -> None:
        with transaction.atomic():
            owing(december, "C1", "TV")
            receipts.match_waiting(campaign=december, now=NOW)

    in_threads(lambda: publish(report), report_comes)
    assert Receipt.objects.get().standing == "counted"
    assert ListEntry.objects.get().state == "paid"


def test_a_payment_between_give_and_dial_stops_the_call(december: Campaign, ana: Agent) -> None:
    contact = owing(december, "C1", "TV", owner=ana)
    given = give_next(agent=ana, now=NOW)
    assert given is not None
    take([row("R1", "C1T", "11-26")], now=NOW)
    with pytest.raises(CallRefused) as refusal:
        dial(agent=ana, contact=contact, telephone="+59170712345", now=NOW)
    assert "paid" in {reason.code for reason in refusal.value.reasons}
    assert ListEntry.objects.get().lease_agent == ana


def test_dialling_waits_for_a_payment_that_is_being_taken_in(december: Campaign, ana: Agent) -> None:
    contact = owing(december, "C1", "TV", owner=ana)
    give_next(agent=ana, now=NOW)
    report = stage([row("R1", "C1T", "11-26")], arrived(NOW))
    is_taken, may_commit = threading.Event(), threading.Event()

    def taking() -> None:
        with transaction.atomic():
            receipts.publish(report=report, now=NOW)
            is_taken.set()
            assert may_commit.wait(60)

    def dialling() -> Any:
        assert is_taken.wait(60)
        return dial(agent=ana, contact=contact, telephone="+59170712345", now=NOW)

    def letting_go() -> None:
        wait_until(somebody_waits_for_a_lock, what="who dials waits for the payment")
        may_commit.set()

    taken, dialled, waited = in_threads(taking, dialling, letting_go)
    assert (taken, waited) == (None, None)
    assert isinstance(dialled, CallRefused)


def test_a_taking_that_is_cut_off_leaves_nothing(december: Campaign) -> None:
    owing(december, "C1", "TV")
    report = stage([row("R1", "C1T", "11-26")], arrived(NOW))

    def cut_off() -> None:
        with transaction.atomic():
            receipts.publish(report=report, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cut_off()
    assert not Receipt.objects.exists()
    assert ListEntry.objects.get().state == "open"
    assert publish(report).taken == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname IN ('staged_receipt', 'matched_receipt')")
        assert cursor.fetchone()[0] == 0
