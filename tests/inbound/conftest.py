"""A line with a flow, walks on it, and the other side of the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from agents.models import Agent
from inbound.models import FlowVersion, OutsideSystem, OutsideWrite, ServiceLine, Walk
from inbound.writes import delivering
from inbound.writes.writing import owe_write
from tests.inbound.other_side import OtherSide, other_side

REQUESTER = {"requester_name": "Rosa Flores", "requester_card": "1234567 CB", "requester_kinship": "child"}
PAYLOADS: dict[str, dict[str, str]] = {
    "smartflex.reiterate_damage": {"damage": "D-1", "cause": "sin tono"},
    "smartflex.write_interaction": {"contract": "C-100", "line": "109", "result": "topped_up"},
    "qbc.top_up": {"number": "70712345", "amount": "20.00", **REQUESTER},
    "c_cli4g.top_up": {"number": "44001234", "amount": "10.00", **REQUESTER},
    "mio.block_sim": {"number": "70712345", "reason": "robo", **REQUESTER},
}


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture(autouse=True)
def one_sweep_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep leaves what it has no time for to the next one; here it has all the time it needs."""
    monkeypatch.setattr(delivering, "SWEEP", 3600.0)


@pytest.fixture
def side(db: None, settings: Any) -> Iterator[OtherSide]:
    """All systems connected, at a small server that keeps a book; each has as much time as a centre can give it."""
    OutsideSystem.objects.update(timeout_seconds=10)
    with other_side() as found:
        settings.SYSTEMS_URL = found.address
        yield found


@pytest.fixture
def set_mode(db: None) -> Callable[..., None]:
    """`set_mode("mio", "by_hand")`, as in the admin."""

    def change(code: str, mode: str = "connected", **more: Any) -> None:
        OutsideSystem.objects.filter(code=code).update(mode=mode, **more)

    return change


@pytest.fixture
def no_cool_down(db: None) -> None:
    """The centre lets a number have the same done again at once: calls that follow each other while the clock of a test
    stands still are about what the second one is told, not about how soon it asks.
    """
    OutsideSystem.objects.update(cool_down_minutes=0)


@pytest.fixture
def walk_of(now: datetime, db: None) -> Callable[..., Walk]:
    """A walk under way: `walk_of(ana)`."""

    def make(agent: Agent, number: str = "109", **more: Any) -> Walk:
        line, _new = ServiceLine.objects.get_or_create(number=number, defaults={"name": "x", "greeting": "x"})
        version, _new = FlowVersion.objects.get_or_create(
            line=line, version=1, defaults={"source": "x", "sha256": "0" * 64, "published_at": now}
        )
        return Walk.objects.create(line=line, version=version, agent=agent, began_at=now, **more)

    return make


@pytest.fixture
def walk(walk_of: Callable[..., Walk], ana: Agent) -> Walk:
    """Ana's."""
    return walk_of(ana, contract="C-100", customer_name="Rosa Flores")


@pytest.fixture
def owe(walk: Walk, now: datetime, ana: Agent) -> Callable[..., OutsideWrite]:
    """A write of Ana's walk: `owe("qbc.top_up", number="70712345", amount="20")`."""

    def make(
        action: str = "smartflex.reiterate_damage",
        *,
        key: str = "walk:1:7",
        of: Walk = walk,
        by: Agent = ana,
        at: datetime = now,
        position: int = 7,
        **payload: Any,
    ) -> OutsideWrite:
        said = {**PAYLOADS.get(action, {}), **payload}
        return owe_write(key=key, walk=of, position=position, action=action, payload=said, now=at, by=by.user)

    return make
