"""A house for each fault, with a broker of its own where that one is to die. What is shown: docs/faults.md."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.broker import Broker
from tests.faults.machine import Machine, bare_machine
from tests.processes.conftest import fresh_clone, ground, house
from tests.processes.house import ROOT, WHERE_HOMES_ARE, House

__all__ = ["fresh_clone", "ground", "house"]


@pytest.fixture(scope="session")
def port_of_a_broker() -> Iterator[Broker]:
    """The same for every test: a terminal is opened for one address."""
    with tempfile.TemporaryDirectory(prefix="broker-", dir=WHERE_HOMES_ARE) as folder:
        broker = Broker(Path(folder))
        yield broker
        broker.kill()


@pytest.fixture
def broker(port_of_a_broker: Broker) -> Broker:
    """A Valkey in which there is nothing yet, and that nobody starts again but the test."""
    port_of_a_broker.kill()
    port_of_a_broker.lose_its_file()
    port_of_a_broker.start()
    return port_of_a_broker


@pytest.fixture
def apart(house: House, broker: Broker) -> Iterator[House]:
    """The same house on that broker."""
    one = House(
        home=house.home, database_url=house.database_url, owner_url=house.owner_url,
        redis_url=broker.url, queue_owner_url=broker.url,
    )  # fmt: skip
    yield one
    one.close()


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A bare Debian that runs, with this release laid down in /srv."""
    with tempfile.TemporaryDirectory(prefix="machine-") as folder:
        machine = bare_machine(Path(folder))
        subprocess.run(["git", "clone", "-q", str(ROOT), str(machine.root / "srv" / "callcenter")], check=True)
        machine.boot()
        yield machine
        machine.halt()
