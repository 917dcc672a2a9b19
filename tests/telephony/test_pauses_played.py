"""Pauses played through: a listener and a switchboard over TCP agree after whatever was done at both ends at once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, AgentState, By, PauseReason
from agents.states import Event as Change
from agents.states import StateRefused, change_state, open_state
from telephony.models import Extension, Switchboard
from telephony.pauses import wanted_of
from telephony.seats import sit_down
from tests.agents.promises import broken
from tests.sandbox.switchboard.playing import SECRET, Board, playing
from tests.telephony.a_listener import Running, is_linked, until

pytestmark = pytest.mark.django_db(transaction=True)
AT_THE_DESK = (
    *(Change.SIGNED_IN, Change.ANSWERED, Change.HUNG_UP, Change.WRAPPED_UP),
    *(Change.PAUSED, Change.BACK, Change.SIGNED_OUT),
)


@pytest.fixture(params=["13.0.0", "1.3"])
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Board]:
    with playing(request.param, tmp_path, "--members", "1001") as board:
        yield board


@pytest.fixture
def running(played: Board, ana: Agent) -> Iterator[Running]:
    row = Switchboard.objects.create(name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True)
    Extension.objects.create(switchboard=row, number="1001")
    sit_down(agent=ana, extension=Extension.objects.select_related("switchboard").get(), now=timezone.now())
    running = Running(row, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(row), "linked")
        yield running
    finally:
        running.close()


def there(played: Board) -> set[tuple[bool, str]]:
    """How the queues have her telephone."""
    members = [one for queue in played.state()["queues"].values() for one in queue["members"]]
    return {(one["paused"], one["reason"]) for one in members}


def agree(played: Board, agent: Agent) -> None:
    def they_do() -> bool:
        wanted = wanted_of(open_state(agent))
        return there(played) == {(wanted.is_on, wanted.reason)}

    until(they_do, f"both say the same: {there(played)}, {wanted_of(open_state(agent))}")


def does(agent: Agent, event: Change, reason: PauseReason | None = None) -> None:
    change_state(agent=agent, event=event, now=timezone.now(), by=By.DESK, reason=reason)


def at_the_telephone(played: Board, *pauses: tuple[str, str, str]) -> None:
    """As the feature code of a telephone does it: on or off, in one queue or all, and a reason."""

    async def pause() -> None:
        async with played.link() as link:
            for is_on, queue, reason in pauses:
                headers = [("Interface", played.telephone("1001")), ("Paused", is_on)]
                headers += [("Queue", queue)] if queue else []
                headers += [("Reason", reason)] if reason else []
                assert (await link.ask("QueuePause", headers)).succeeded

    asyncio.run(pause())


def test_who_is_signed_out_takes_no_calls_and_who_signs_in_does(running: Running, played: Board, ana: Agent) -> None:
    until(lambda: there(played) == {(True, "signed-out")}, "paused")
    does(ana, Change.SIGNED_IN)
    until(lambda: there(played) == {(False, "")}, "takes calls")


def test_a_pause_at_the_telephone_is_seen_here_and_ended_here(running: Running, played: Board, ana: Agent) -> None:
    does(ana, Change.SIGNED_IN)
    agree(played, ana)
    at_the_telephone(played, ("true", "102", "REFRIGERIO"))
    until(lambda: AgentState.objects.open().filter(agent=ana, reason__code="REFRIGERIO").exists(), "paused here")
    agree(played, ana)
    does(ana, Change.BACK)
    agree(played, ana)
    assert open_state(ana).state == "available"  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_anything_at_both_ends_they_agree(seed: int, running: Running, played: Board, ana: Agent) -> None:
    dice = random.Random(seed)  # noqa: S311  # no secret
    reasons: list[Any] = list(PauseReason.objects.filter(is_active=True))
    began = timezone.now()
    for _turn in range(25):
        if dice.random() < 0.5:
            event = dice.choice(AT_THE_DESK)
            try:
                does(ana, event, dice.choice(reasons) if event == Change.PAUSED else None)
            except StateRefused:
                continue
        else:
            reason = dice.choice(["", "x", "wrap-up", *(one.code for one in reasons)])
            at_the_telephone(played, (dice.choice(["true", "false"]), dice.choice(["", "101", "103"]), reason))
        if dice.random() < 0.2:
            agree(played, ana)
    agree(played, ana)
    assert broken() == {}
    calm = AgentState.objects.filter(agent=ana).count()
    agree(played, ana)
    assert AgentState.objects.filter(agent=ana).count() == calm
    told = [
        line for line in played.queue_log.read_text().splitlines() if "|PAUSEALL|" in line or "|UNPAUSEALL|" in line
    ]
    assert len(told) <= 25 * 4 + (timezone.now() - began) / timedelta(seconds=1)
