"""The played switchboard as a test has it: its program on free ports, its knobs, its file, and links to it."""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from telephony.actions import ring_agent_then
from telephony.ami import Decoder, Message
from telephony.events import Event
from telephony.link import Address, Link, Patience
from telephony.outcomes import ClickedCall
from tests.processes.house import ROOT, outside_environment

SECRET = "practica"
PATIENCE = 60.0  # seconds after which a thing will not happen any more
QUICK = Patience(connect=PATIENCE, answer=PATIENCE, quiet=PATIENCE, taken=PATIENCE)
AS_AT_THE_BEGINNING = {
    "speed": 200,
    "clock": 0,
    "slow": 0,
    "split": False,
    "latin_1": False,
    "flood": 0,
    "callers": False,
    "rate": 1,
    "talks": [4, 6],
    "rings": 30,
    "customers": None,
    "trunk": True,
}
WITHOUT_END = 80_000  # seconds of the switchboard: nothing ends by itself while a test is about something else
KEYS = itertools.count(1)


@dataclass
class Board:
    """One that runs. `queue_log` is its file."""

    process: subprocess.Popen[str]
    version: str
    port: int
    doors: httpx.Client
    queue_log: Path

    @property
    def is_older(self) -> bool:
        return self.version == "1.3"

    def telephone(self, exten: str) -> str:
        return f"{'SIP' if self.is_older else 'PJSIP'}/{exten}"

    def link(self, patience: Patience = QUICK) -> Link:
        return Link(Address("127.0.0.1", self.port, "callcenter", SECRET), patience)

    def post(self, door: str, **told: Any) -> httpx.Response:
        return self.doors.post(f"/{door}", json=told)

    def do(self, door: str, **told: Any) -> dict[str, Any]:
        state: dict[str, Any] = self.post(door, **told).raise_for_status().json()
        return state

    def turn(self, **knobs: Any) -> None:
        self.do("knobs", **knobs)

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.doors.get("/state").json()
        return state

    def lines(self, queue: str) -> list[list[str]]:
        """What queue_log has of a queue, field by field, from the agent on; without who came and went."""
        read = [line.split("|") for line in self.queue_log.read_text(encoding="utf-8").splitlines()]
        return [line[3:] for line in read if line[2] == queue and "MEMBER" not in line[4]]

    async def add(self, link: Link, queue: str, exten: str, name: str) -> None:
        headers = [("Queue", queue), ("Interface", self.telephone(exten)), ("MemberName", name)]
        assert (await link.ask("QueueAdd", headers)).succeeded


@contextmanager
def playing(version: str, folder: Path, *options: str) -> Iterator[Board]:
    """The program, quick and with its knobs; stopped at the end, and it must have had nothing to complain of."""
    queue_log, faults = folder / f"queue_log-{version}", folder / f"faults-{version}"
    command = [sys.executable, "-m", "sandbox.switchboard", "--port", "0", "--knobs", "0", "--version", version]
    command += ["--queue-log", str(queue_log), "--seed", "7", "--speed", "200", *options]
    with faults.open("w") as complaints:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=outside_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )
    assert process.stdout is not None
    try:
        port, knobs = int(process.stdout.readline()), int(process.stdout.readline())
        address = f"http://127.0.0.1:{knobs}"
        with httpx.Client(base_url=address, trust_env=False, verify=False, timeout=PATIENCE) as doors:
            yield Board(process, version, port, doors, queue_log)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        process.stdout.close()
    assert not (told := faults.read_text()), told


async def hear(link: Link, until: Callable[[Event], bool]) -> list[Event]:
    """What is told up to the event that was waited for, this one with it."""
    heard: list[Event] = []
    async with asyncio.timeout(PATIENCE):
        while not heard or not until(heard[-1]):
            heard.append(await link.next())
    return heard


async def hear_kind(link: Link, *kinds: type) -> list[Event]:
    return await hear(link, lambda event: isinstance(event, kinds))


async def click(board: Board, link: Link, exten: str, number: str, seconds: int = 20) -> ClickedCall:
    """Ask for a call; nothing of it is heard yet."""
    call = ClickedCall(f"attempt-{next(KEYS)}")
    asked = ring_agent_then(
        key=call.key,
        telephone=board.telephone(exten),
        number=number,
        context="callcenter-out",
        shown="4251000",
        seconds=seconds,
        takes_keys=not board.is_older,
    )
    answer = await link.send(asked, action_id=call.key)
    if not answer.succeeded:
        call.refused()
    return call


class Plain:
    """A client that reads what is said word by word, where the house's own link would be too clever."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.decoder, self.heard = Decoder(), list[Message]()

    @classmethod
    async def connect(cls, board: Board) -> Plain:
        return cls(*await asyncio.open_connection("127.0.0.1", board.port))

    def say(self, text: str) -> None:
        """Lines with `;` between them make one action."""
        self.writer.write(text.replace(";", "\r\n").encode() + b"\r\n\r\n")

    async def sign_in(self, user: str = "callcenter") -> None:
        self.say(f"Action: Login;ActionID: in;Username: {user};Secret: {SECRET}")
        await self.until(lambda message: message.event == "FullyBooted")

    async def until(self, is_it: Callable[[Message], bool]) -> Message:
        """The first message that is it; all are kept in `heard`."""
        async with asyncio.timeout(PATIENCE):
            seen = 0
            while True:
                for message in self.heard[seen:]:
                    seen += 1
                    if is_it(message):
                        return message
                data = await self.reader.read(65536)
                assert data, "the switchboard closed the connection"
                self.heard += self.decoder.feed(data)

    async def answer(self, action: str, asked_as: str) -> Message:
        """Ask, and the answer to it."""
        self.say(f"{action};ActionID: {asked_as}")
        return await self.until(lambda message: message.is_answer and message.action_id == asked_as)

    async def to_the_end(self) -> bytes:
        """Whatever comes until the other side closes."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read(-1)
