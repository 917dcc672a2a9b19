"""Desks take contacts and record results while thousands of contacts change hands, on real connections."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from agents.models import Agent
from campaigns.assignment import rebalancing
from campaigns.assignment.assigning import open_lists
from campaigns.assignment.moving import Selection
from campaigns.assignment.rebalancing import reassign
from campaigns.desk.giving import give_next
from campaigns.models import Campaign, ListEntry
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment
from tests.processes.house import wait_until

NOW = moment("2026-11-26 10:00")


def in_a_thread(work: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def running(transactional_db: None, house_rules: None, make_agent: Callable[..., Agent]) -> Campaign:
    for name in ("Ana", "Luis", "Marta", "Sara"):
        make_agent(name)
    campaign = make_campaign()
    add_contacts(campaign, 12_000)
    open_lists(campaign=campaign, now=moment("2026-11-25 08:00"))
    Campaign.objects.update(state="running", launched_at=moment("2026-11-25 09:00"))
    campaign.refresh_from_db()
    return campaign


@pytest.mark.django_db(transaction=True)
def test_desks_go_on_while_contacts_move_and_no_owner_gets_lost(
    running: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two batches every desk takes its next contact: none waits for the whole change."""
    agents = {agent.user.first_name: agent for agent in Agent.objects.select_related("user")}
    stop, turns, given = threading.Event(), Counter(), []

    def desk(agent: Agent) -> Callable[[], None]:
        def work() -> None:
            turn = 0
            while not stop.is_set():
                with transaction.atomic():
                    found = give_next(agent=agent, now=NOW + timedelta(seconds=turn))
                turns[agent.user.first_name] += 1
                if found is not None:
                    given.append(found.contact_id)
                    ListEntry.objects.filter(pk=found.contact_id).update(
                        state="done", lease_agent=None, lease_until=None
                    )
                turn += 1

        return work

    def every_desk_goes_on() -> None:
        """Each begins a turn and ends it."""
        before = Counter(turns)
        wait_until(lambda: all(turns[name] >= before[name] + 2 for name in agents), what="every desk goes on")

    def move_and_look(*asked: Any) -> int:
        moved = move_batch(*asked)
        every_desk_goes_on()
        return moved

    move_batch = rebalancing._move_batch
    monkeypatch.setattr(rebalancing, "_move_batch", move_and_look)
    desks = [in_a_thread(desk(agents[name])) for name in ("Ana", "Luis", "Marta", "Sara")]
    every_desk_goes_on()
    change = reassign(
        campaign=running,
        selection=Selection(agents=(agents["Ana"].pk,)),
        to=[agents["Luis"], agents["Marta"], agents["Sara"]],
        by=None,
        now=NOW,
    )
    every_desk_goes_on()
    stop.set()
    for thread in desks:
        thread.join()
    assert len(given) == len(set(given)) == ListEntry.objects.filter(state="done").count()
    assert not ListEntry.objects.filter(state="open", owner__in=[agents["Ana"]]).exists()
    assert not ListEntry.objects.filter(owner__isnull=True).exists()
    assert change.contacts == change.moved.count() > 0


@pytest.mark.django_db(transaction=True)
def test_a_row_that_a_desk_holds_is_passed_over_and_taken_at_the_end(running: Campaign) -> None:
    ana, luis = Agent.objects.order_by("pk")[:2]
    held = ListEntry.objects.filter(owner=ana).order_by("pk").first()
    assert held is not None
    holding, let_go = threading.Event(), threading.Event()

    def desk() -> None:
        with transaction.atomic():
            ListEntry.objects.select_for_update().get(pk=held.pk)
            holding.set()
            let_go.wait(60)

    def others_have_moved() -> None:
        while ListEntry.objects.filter(owner=ana, state="open").count() > 1:
            time.sleep(0.01)
        let_go.set()

    desk_thread = in_a_thread(desk)
    holding.wait(60)
    watcher = in_a_thread(others_have_moved)
    change = reassign(campaign=running, selection=Selection(agents=(ana.pk,)), to=[luis], by=None, now=NOW)
    desk_thread.join()
    watcher.join()
    assert let_go.is_set()
    assert change.contacts == 3000
    assert ListEntry.objects.get(pk=held.pk).owner == luis
