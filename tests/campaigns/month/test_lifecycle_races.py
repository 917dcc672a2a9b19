"""Desks record promises and agreed calls while supervision pauses, admits rows, assigns, reassigns, pays and closes.

On real connections: nobody waits in a circle, and what must hold of the data holds afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections, transaction

from agents.models import Agent, User
from campaigns.assignment.assigning import assign_late
from campaigns.assignment.moving import Selection
from campaigns.assignment.rebalancing import rebalance, take_back
from campaigns.desk.answers import Answers, ResultRefused
from campaigns.desk.giving import give_next
from campaigns.desk.results import StaleResult, record_result
from campaigns.intake.mending import admit
from campaigns.invariants import check_invariants
from campaigns.models import CallBack, Campaign, Disposition, ListEntry, PaymentPromise, RejectedRow
from campaigns.month import lifecycle
from campaigns.payments import receipts
from tests.campaigns.a_campaign import moment
from tests.campaigns.some_receipts import arrived, row, stage
from tests.campaigns.some_reports import many, taken
from tests.processes.house import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
NOW = moment("2026-11-26 10:00")
CONTRACTS = 60
NAMES = ("Ana", "Luis", "Marta", "Sara")


@pytest.fixture
def running(house_rules: None, make_agent: Callable[..., Agent]) -> Campaign:
    """Sixty customers of Internet; the television of half of them was rejected for its amount."""
    for name in NAMES:
        make_agent(name)
    rejected = [
        {"CONTRATO": str(2000 + n), "NRO_SERVICIO": f"{2000 + n}2", "PRODUCTO": "TV Cable", "MONTO": "159,5 bs?"}
        for n in range(0, CONTRACTS, 2)
    ]
    taken(*many(CONTRACTS), *rejected, now=moment("2026-11-25 06:10"))
    campaign = Campaign.objects.get()
    lifecycle.launch(campaign=campaign, by=None, now=moment("2026-11-25 08:00"))
    return campaign


def desk(agent: Agent, stop: threading.Event) -> Callable[[], None]:
    """Takes contacts and tells of each a promise or an agreed call, one after the other."""

    def work() -> None:
        codes = {d.code: d for d in Disposition.objects.all()}
        turn = 0
        while not stop.is_set():
            turn += 1
            now = NOW + timedelta(seconds=turn)
            given = give_next(agent=agent, now=now)
            if given is None:
                for key in ListEntry.objects.filter(owner=agent, lease_agent=None).values_list("pk", flat=True):
                    ListEntry.objects.filter(pk=key).update(ready_at=NOW)  # one by one: the test itself waits for one
                continue
            entry = ListEntry.objects.select_related("contact__campaign").get(pk=given.contact_id)
            try:
                if turn % 2:
                    record_result(
                        agent=agent, contact=entry.contact, fence=given.fence, now=now, disposition=codes["promise"],
                        answers=Answers(promised_on=now.date(), promised_amount=Decimal(1)),
                    )  # fmt: skip
                else:
                    record_result(
                        agent=agent, contact=entry.contact, fence=given.fence, now=now, disposition=codes["call_back"],
                        answers=Answers(call_back_at=moment("2026-11-27 11:00")),
                    )  # fmt: skip
            except (StaleResult, ResultRefused):
                continue

    return work


def together(works: list[Callable[[], Any]], desks: list[Callable[[], None]], stop: threading.Event) -> list[Exception]:
    """Run all at once; the desks go on until every other work is done. Returns what went wrong."""
    wrong: list[Exception] = []

    def run(work: Callable[[], Any]) -> Callable[[], None]:
        def inside() -> None:
            try:
                work()
            except Exception as error:
                wrong.append(error)
            finally:
                connections.close_all()

        return inside

    threads = [threading.Thread(target=run(work)) for work in works]
    at_desks = [threading.Thread(target=run(work)) for work in desks]
    for thread in [*at_desks, *threads]:
        thread.start()
    for thread in threads:
        thread.join(90)
    stop.set()
    for thread in at_desks:
        thread.join(60)
    return wrong


def test_nobody_waits_in_a_circle_while_results_are_recorded(running: Campaign, elena: User) -> None:
    agents = list(Agent.objects.select_related("user", "team"))
    rows = list(RejectedRow.objects.values_list("pk", "cells"))
    stop = threading.Event()

    def pauses() -> None:
        for turn in range(25):
            lifecycle.pause(campaign=Campaign.objects.get(), by=elena, now=NOW + timedelta(seconds=turn))
            lifecycle.resume(campaign=Campaign.objects.get(), by=elena, now=NOW + timedelta(seconds=turn))

    def admits() -> None:
        for pk, cells in rows:
            admit(row_id=pk, cells={**cells, "amount": "159,50"}, by=elena, now=NOW)

    def moves() -> None:
        for _turn in range(8):
            take_back(campaign=running, selection=Selection(agents=(agents[0].pk,)), by=elena, now=NOW)
            assign_late(campaign=running, now=NOW)
            rebalance(campaign=running, among=agents, by=elena, now=NOW)

    def pays() -> None:
        for turn in range(10):
            paid = [row(f"R{turn}-{n}", f"{2000 + turn * 2 + n}1", "11-26", "289.00", service="INTERNET",
                        contract=f"{2000 + turn * 2 + n}") for n in range(2)]  # fmt: skip
            report = stage(paid, arrived(NOW))
            with transaction.atomic():
                receipts.publish(report=report, now=NOW)

    running.refresh_from_db()
    wrong = together([pauses, admits, moves, pays], [desk(agent, stop) for agent in agents], stop)
    assert wrong == []
    assert not RejectedRow.objects.filter(state="waiting").exists()
    assert PaymentPromise.objects.exists()
    assert CallBack.objects.exists()
    # the reports of this test were staged by hand: their rows are not counted
    assert [found for found in check_invariants() if found.name != "report_rows_add_up"] == []


def test_a_close_in_the_middle_of_results_leaves_no_agreed_call_behind(running: Campaign) -> None:
    agents = list(Agent.objects.select_related("user", "team"))
    stop = threading.Event()

    def closes() -> None:
        wait_until(CallBack.objects.exists, what="a call is agreed")
        lifecycle.close(campaign=Campaign.objects.get(), by=None, now=NOW, note="")

    wrong = together([closes], [desk(agent, stop) for agent in agents], stop)
    assert wrong == []
    lifecycle.close_overdue(now=NOW)
    assert not CallBack.objects.filter(state="pending").exists()
    assert not ListEntry.objects.filter(lease_agent__isnull=False).exists()
    assert check_invariants() == []
