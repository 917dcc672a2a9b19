"""What is owed to other systems while workers are killed: the real queue, real workers, and the sandbox over HTTP.

Each ends with the other side's own book, which has one deed a key, and with the invariants proved.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.processes.house import House, wait_until
from tests.sandbox.running import RunningSandbox, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
PATIENCE = 300.0  # seconds for what takes a few on an idle machine
MONEY, ORDINARY = "c_cli4g.top_up", "smartflex.write_interaction"
AMOUNT = Decimal("10.00")
OWE = """
import json, uuid
from django.core.management import call_command
from django.utils import timezone
from agents.models import Agent, Role, Team, User
from inbound.models import OutsideSystem, ServiceLine
from inbound.walks.beginning import begin_walk
from inbound.writes.writing import owe_write
now = timezone.now()
call_command("publish_flows")
user, _new = User.objects.get_or_create(username="ana", defaults={"role": Role.AGENT})
team, _new = Team.objects.get_or_create(name="Norte")
agent, _new = Agent.objects.get_or_create(user=user, defaults={"team": team})
OutsideSystem.objects.update(timeout_seconds=10)
for key, action, payload in json.loads(%(owed)r):
    walk = begin_walk(agent=agent, line=ServiceLine.objects.get(number="109"), key=uuid.uuid4(), now=now)
    owe_write(key=key, walk=walk, position=1, action=action, payload=payload, now=now, by=user)
"""


@pytest.fixture
def connected(house: House, sandbox: RunningSandbox) -> House:
    """A house whose systems are the sandbox."""
    house.environment["SYSTEMS_URL"] = sandbox.address
    house.manage("sync_schedule")
    return house


@pytest.fixture
def line(sandbox: RunningSandbox) -> str:
    """A Fijacom number nobody else tops up."""
    return str(sandbox.value("SELECT number FROM sandbox_fijacomline WHERE 10 = ANY(amounts) ORDER BY number LIMIT 1"))


def payload_of(action: str, line: str) -> dict[str, str]:
    if action == ORDINARY:
        return {"line": "109", "result": "topped_up", "text": line}
    return {"number": line, "amount": str(AMOUNT), "requester_name": "Rosa Flores", "requester_card": "1234567"}


def owe(house: House, *owed: tuple[str, str, dict[str, str]]) -> None:
    house.manage("shell", "-v0", "-c", OWE % {"owed": json.dumps(owed)})


def state(house: House, key: str) -> Any:
    return house.value("SELECT state FROM inbound_outsidewrite WHERE key = %s", key)


def balance(sandbox: RunningSandbox, line: str) -> Decimal:
    return Decimal(sandbox.value("SELECT balance FROM sandbox_fijacomline WHERE number = %s", line))


def wait_for_state(house: House, key: str, wanted: str) -> None:
    try:
        wait_until(lambda: state(house, key) == wanted, seconds=PATIENCE, what=f"{key} is {wanted}")
    except AssertionError as late:
        stands = house.rows("SELECT key, state, attempts, last_error FROM inbound_outsidewrite")
        raise AssertionError(f"{late}, but {stands}\n{house.last_words()}") from None


def sweep_goes_on(house: House, line: str, *, times: int = 2) -> None:
    """Sweeps that came afterwards: each did what was owed since."""
    for number in range(times):
        owe(house, (f"later-{number}", ORDINARY, payload_of(ORDINARY, line)))
        wait_for_state(house, f"later-{number}", "done")


def kill_in_the_middle(house: House, sandbox: RunningSandbox, key: str, system: str) -> None:
    """A worker that has sent the request, and is killed before the answer."""
    sandbox.turn(system, mode="timed_out_after_doing")
    worker = house.worker("first")
    house.ring("inbound.deliver_writes")
    wait_until(lambda: sandbox.book(key=key), seconds=PATIENCE, what="the other side has done it")
    assert state(house, key) == "sending"
    house.kill(worker)
    sandbox.turn(system, mode="up")


def let_the_lease_run_out(house: House) -> None:
    house.rows("UPDATE inbound_outsidewrite SET lease_until = now() - interval '1 second' WHERE state = 'sending'")


def test_a_worker_killed_in_the_middle_of_a_top_up_tops_up_once(
    connected: House, sandbox: RunningSandbox, line: str
) -> None:
    key, before = "money-killed", balance(sandbox, line)
    owe(connected, (key, MONEY, payload_of(MONEY, line)))
    kill_in_the_middle(connected, sandbox, key, "c_cli4g")
    assert state(connected, key) == "sending"  # nobody has told the row yet
    let_the_lease_run_out(connected)
    connected.worker("second")
    connected.beat()
    # a doubt first; and done, with the reference of the other side, as soon as it was asked about
    wait_until(lambda: state(connected, key) in ("uncertain", "done"), seconds=PATIENCE, what="it is in doubt")
    sweep_goes_on(connected, line)
    assert state(connected, key) in ("uncertain", "done")
    assert connected.value("SELECT attempts FROM inbound_outsidewrite WHERE key = %s", key) == 1
    assert [deed["verb"] for deed in sandbox.book(key=key)] == ["top_up"]
    assert balance(sandbox, line) == before + AMOUNT
    connected.manage("check_invariants")


def test_a_worker_killed_in_the_middle_of_an_ordinary_write_does_it_once_and_learns_of_it(
    connected: House, sandbox: RunningSandbox, line: str
) -> None:
    key = "ordinary-killed"
    owe(connected, (key, ORDINARY, payload_of(ORDINARY, line)))
    kill_in_the_middle(connected, sandbox, key, "smartflex")
    let_the_lease_run_out(connected)
    connected.worker("second")
    connected.beat()
    wait_for_state(connected, key, "waiting")
    connected.rows("UPDATE inbound_outsidewrite SET not_before = now() WHERE key = %s", key)
    wait_for_state(connected, key, "done")
    (deed,) = sandbox.book(key=key)
    found = connected.rows("SELECT attempts, reference FROM inbound_outsidewrite WHERE key = %s", key)
    assert found == [(2, deed["reference"])]
    connected.manage("check_invariants")


def test_an_emptied_broker_loses_the_ring_and_not_the_write(
    connected: House, sandbox: RunningSandbox, line: str
) -> None:
    keys, before = {MONEY: "money-emptied", ORDINARY: "ordinary-emptied"}, balance(sandbox, line)
    owe(connected, *((key, action, payload_of(action, line)) for action, key in keys.items()))
    connected.ring("inbound.deliver_writes")
    assert connected.queue_length("ticks") == 1
    connected.empty_queue()
    connected.worker()
    connected.beat()
    for key in keys.values():
        wait_for_state(connected, key, "done")
        assert len(sandbox.book(key=key)) == 1
    assert balance(sandbox, line) == before + AMOUNT
    connected.manage("check_invariants")


def test_two_workers_and_two_beats_do_each_write_once(connected: House, sandbox: RunningSandbox, line: str) -> None:
    # each for a line of its own: what is in doubt for one is not asked again
    numbers = "SELECT number, balance FROM sandbox_fijacomline WHERE 10 = ANY(amounts) ORDER BY number LIMIT 5"
    before = dict(sandbox.rows(numbers))
    owed = [(f"money-two-{n}", MONEY, payload_of(MONEY, number)) for n, number in enumerate(before)]
    owed += [(f"ordinary-two-{n}", ORDINARY, payload_of(ORDINARY, line)) for n in range(10)]
    owe(connected, *owed)
    sandbox.turn("c_cli4g", latency_ms=200)
    for name in ("one", "two"):
        connected.worker(name, children=2)
        connected.beat()
    for _ring in range(5):
        connected.ring("inbound.deliver_writes")
    for key, _action, _payload in owed:
        wait_for_state(connected, key, "done")
    assert [len(sandbox.book(key=key)) for key, _action, _payload in owed] == [1] * len(owed)
    assert dict(sandbox.rows(numbers)) == {number: balance + AMOUNT for number, balance in before.items()}
    assert connected.value("SELECT max(fence) FROM inbound_outsidewrite") == 1
    connected.manage("check_invariants")
