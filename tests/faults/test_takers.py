"""Two hundred desks that ask at once, and a browser that is gone with a contact open in it."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.desks import Desk, furnish, pages
from tests.processes.house import House, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
TAKERS, AGREED = 200, 100
AGREE = """
from datetime import timedelta
from django.utils import timezone
from agents.models import Agent
from campaigns.models import Contact
from campaigns.promises_and_callbacks.call_backs import agree
now = timezone.now()
agent = Agent.objects.order_by("pk").first()
for contact in Contact.objects.filter(contract__endswith="00000").order_by("-pk")[:%d]:
    agree(agent=agent, contact=contact, due_at=now - timedelta(minutes=5), now=now - timedelta(hours=1), personal=False)
"""
LEASED = "SELECT contact_id, lease_agent_id FROM campaigns_listentry WHERE lease_agent_id IS NOT NULL"
OPEN_CALLS = "SELECT count(*) FROM campaigns_attempt WHERE resulted_at IS NULL"
RESULTS = "SELECT code FROM campaigns_attempt JOIN campaigns_disposition d ON d.id = disposition_id"
RUN_OUT = "UPDATE campaigns_listentry SET lease_until = now() - interval '1 second' WHERE lease_agent_id IS NOT NULL"


def test_two_hundred_desks_that_ask_at_once_get_each_another_contact(house: House) -> None:
    """All of one team, and a hundred agreed calls of the team are everybody's: who comes late gets her own list."""
    cookies = furnish(house, agents=TAKERS, contacts=3)
    house.manage("shell", "-v0", "-c", AGREE % AGREED)
    with pages(house) as address:
        with ThreadPoolExecutor(20) as pool:
            desks = list(pool.map(lambda cookie: Desk(address, cookie), cookies))
        gate = threading.Barrier(TAKERS)

        def take(desk: Desk) -> str | None:
            gate.wait(60)
            return desk.take()

        with ThreadPoolExecutor(TAKERS) as pool:
            taken = list(pool.map(take, desks))
        assert {desk.statuses[-1] for desk in desks} == {200}
        given = [int(contact) for contact in taken if contact]
        assert len(given) == TAKERS, "there is enough for all of them"
        assert max(Counter(given).values()) == 1
        leased = dict(house.rows(LEASED))
        assert sorted(leased) == sorted(given)
        assert max(Counter(leased.values()).values()) == 1
        agreed = {contact for (contact,) in house.rows("SELECT contact_id FROM campaigns_callback")}
        assert agreed <= set(given), "each of the team's agreed calls is at a desk"
        for desk in desks:
            desk.close()
    print(f"{TAKERS} desks, slowest {max(desk.took[-1] for desk in desks):.1f} s")
    house.manage("check_invariants")


def test_a_contact_in_a_browser_that_is_gone_comes_back_after_its_lease(house: House) -> None:
    """What she had not called is free again; who comes back with the old page changes nothing of the new one's."""
    (cookie,) = furnish(house, agents=1, contacts=3)
    house.worker()
    with pages(house) as address:
        gone = Desk(address, cookie)
        contact = gone.take()
        assert contact is not None
        assert house.value("SELECT count(*) FROM campaigns_listentry WHERE lease_agent_id IS NOT NULL") == 1
        house.rows(RUN_OUT)
        house.ring("campaigns.sweep_leases")
        wait_until(lambda: not house.rows(LEASED), seconds=300, what="it is nobody's")
        back = Desk(address, cookie)
        assert back.take() == contact, "it stands where it stood in her list"
        assert gone.open is not None
        assert back.open is not None
        assert int(back.open[1]) > int(gone.open[1])
        gone.record()
        assert house.value("SELECT count(*) FROM campaigns_attempt") == 0, "the old page's fence is no longer hers"
        assert back.record() == 200
        assert house.value("SELECT count(*) FROM campaigns_attempt WHERE resulted_at IS NOT NULL") == 1
        for desk in (gone, back):
            desk.close()
    house.manage("check_invariants")


def test_a_call_in_a_browser_that_is_gone_ends_without_a_result(house: House) -> None:
    (cookie,) = furnish(house, agents=1, contacts=3)
    house.worker()
    with pages(house) as address:
        gone = Desk(address, cookie)
        contact = gone.take()
        assert gone.call() == 200
        assert house.value(OPEN_CALLS) == 1
        house.rows(RUN_OUT)
        house.ring("campaigns.sweep_leases")
        wait_until(lambda: not house.rows(LEASED), seconds=300, what="it is nobody's")
        assert house.value(OPEN_CALLS) == 0
        assert house.rows(RESULTS) == [("no_result",)]
        back = Desk(address, cookie)
        assert back.take() not in (None, contact), "who was called a moment ago rests"
        for desk in (gone, back):
            desk.close()
    house.manage("check_invariants")
