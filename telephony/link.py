"""One connection to a switchboard: signed in, asked, listened to, and given up at the first doubt.

Nothing is ever sent a second time. Whoever asks and hears no answer is told whether her action may have gone out
(`LinkLost.may_have_arrived`); to open another link, and to find out what became of it, is for the one who holds it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import ssl
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any

from telephony.actions import action
from telephony.ami import Decoder, Message
from telephony.events import Booted, Event, ListEnded
from telephony.vocabularies import Vocabulary

READ_AT_ONCE = 64 * 1024
MOST_WAITING = 10_000  # events that nobody took yet; a switchboard sends some hundred a second


class LinkLost(Exception):
    """The connection is gone, or was never there. `may_have_arrived`: of what was asked for."""

    def __init__(self, why: str, *, may_have_arrived: bool = False) -> None:
        super().__init__(why)
        self.may_have_arrived = may_have_arrived


class SignInRefused(LinkLost):
    """It is there and does not let us in: asking again at once would lock us out."""


class ActionRefused(LinkLost):
    """The link is up, but this it does not do for us."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a switchboard listens, and as whom it is asked. `tls`: the context to trust it by, None without."""

    host: str
    port: int
    user: str
    secret: str
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: to connect and sign in, for an answer, between two signs of life, for events to be taken."""

    connect: float = 10.0
    answer: float = 5.0
    quiet: float = 15.0
    taken: float = 10.0


class Link:
    """Use it in an `async with`. It ends with LinkLost wherever it is waited for."""

    def __init__(self, address: Address, patience: Patience | None = None) -> None:
        self._address, self._patience = address, patience or Patience()
        self._decoder = Decoder()
        self._heard: deque[Event] = deque()
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._lists: dict[str, list[Event]] = {}
        self._all_told: dict[str, asyncio.Future[None]] = {}
        self._numbers = itertools.count(1)
        promise = asyncio.get_running_loop().create_future
        self._arrival: asyncio.Future[None] = promise()  # of the next event while none is there
        self._room = asyncio.Event()
        self._greeted: asyncio.Future[None] = promise()
        self._booted: asyncio.Future[None] = promise()
        self._lost: asyncio.Future[str] = promise()
        self._tasks: list[asyncio.Task[None]] = []
        self._writer: asyncio.StreamWriter | None = None
        self.vocabulary = Vocabulary("")
        self._their_hour: tuple[float, float] | None = None  # what it told, and when by the loop

    @property
    def version(self) -> str:
        return self._decoder.version

    def clock_ahead(self, *, now: datetime) -> float | None:
        """How many seconds its clock is before `now`; None until it told its hour."""
        if self._their_hour is None:
            return None
        told, at = self._their_hour
        return told + asyncio.get_running_loop().time() - at - now.timestamp()

    @property
    def cut(self) -> int:
        """Lines and messages longer than any Asterisk writes."""
        return self._decoder.cut

    async def __aenter__(self) -> Link:
        try:
            async with asyncio.timeout(self._patience.connect):
                await self._sign_in()
        except TimeoutError as error:
            await self._end("no answer within the time")
            raise LinkLost("no answer within the time") from error
        except (OSError, LinkLost) as error:
            await self._end(str(error))
            if isinstance(error, LinkLost):
                raise
            raise LinkLost(str(error)) from error
        except BaseException:
            await self._end("given up")
            raise
        self._tasks.append(asyncio.create_task(self._watch()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None and not self._lost.done():
            self._writer.write(action("Logoff", action_id=self._next()))
        await self._end("closed")

    async def next(self, *, within: float | None = None) -> Event:
        """The next thing that happened. Raises TimeoutError, and LinkLost once there is no more and it is gone."""
        if not self._heard and not await self._comes(self._arrival, within=within):
            if self._lost.done():
                raise LinkLost(self._lost.result())
            raise TimeoutError
        return self.waiting(1)[0]

    def waiting(self, most: int) -> list[Event]:
        """What happened already and nobody took yet, at most so many."""
        taken = [self._heard.popleft() for _ in range(min(most, len(self._heard)))]
        if not self._heard and self._arrival.done():
            self._arrival = asyncio.get_running_loop().create_future()
        self._room.set()
        return taken

    async def lost(self) -> str:
        """Wait until the connection is gone, and say why."""
        return await asyncio.shield(self._lost)

    async def ask(self, name: str, headers: Iterable[tuple[str, str]] = (), *, within: float | None = None) -> Message:
        """The answer to an action of the list. Raises NotSendable, LinkLost."""
        asked_as = self._next()
        return await self.send(action(name, headers, action_id=asked_as), action_id=asked_as, within=within)

    async def send(self, data: bytes, *, action_id: str, within: float | None = None) -> Message:
        """The answer to an action that is ready to go. Raises LinkLost."""
        writer = self._writer
        if writer is None or self._lost.done():
            raise LinkLost(self._lost.result() if self._lost.done() else "not connected")
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._answers[action_id] = answer
        try:
            writer.write(data)
            if await self._comes(answer, within=within or self._patience.answer):
                return answer.result()
        finally:
            self._answers.pop(action_id, None)
        why = self._lost.result() if self._lost.done() else "no answer within the time"
        self._lose(why)  # one that does not answer in time is not to be trusted with the next call
        raise LinkLost(why, may_have_arrived=True)

    async def ask_for_all(self, name: str, headers: Iterable[tuple[str, str]] = ()) -> list[Event]:
        """What a question for a list tells, without what happens meanwhile. Raises NotSendable, LinkLost,
        ActionRefused."""
        asked_as = self._next()
        data = action(name, headers, action_id=asked_as)
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lists[asked_as], self._all_told[asked_as] = [], told
        try:
            answer = await self.send(data, action_id=asked_as)
            if not answer.succeeded:
                raise ActionRefused(f"{name}: {answer.get('message')}")
            if not await self._comes(told, within=self._patience.answer):
                raise LinkLost(self._lost.result() if self._lost.done() else f"{name}: not told to its end")
            return self._lists[asked_as]
        finally:
            del self._lists[asked_as], self._all_told[asked_as]

    async def _sign_in(self) -> None:
        where, patience = self._address, self._patience.connect
        reader, self._writer = await asyncio.open_connection(where.host, where.port, ssl=where.tls)
        self._tasks.append(asyncio.create_task(self._read(reader)))
        if not await self._comes(self._greeted):
            raise LinkLost(self._lost.result())
        challenge = (await self.ask("Challenge", [("AuthType", "MD5")], within=patience)).get("challenge")
        if not challenge:
            raise SignInRefused("no challenge")
        proof = hashlib.md5((challenge + where.secret).encode(), usedforsecurity=False).hexdigest()
        headers = [("AuthType", "MD5"), ("Username", where.user), ("Key", proof), ("Events", "on")]
        answer = await self.ask("Login", headers, within=patience)
        if not answer.succeeded:
            raise SignInRefused(answer.get("message"))
        if not await self._comes(self._booted):
            raise LinkLost(self._lost.result())

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while data := await reader.read(READ_AT_ONCE):
                messages = self._decoder.feed(data)
                if self.version and not self._greeted.done():
                    self.vocabulary = Vocabulary(self.version)
                    self._greeted.set_result(None)
                for message in messages:
                    await self._take(message)
            self._lose("the switchboard closed the connection")
        except TimeoutError:
            self._lose("its events were not taken in time")
        except OSError as error:
            self._lose(str(error))

    async def _take(self, message: Message) -> None:
        if message.is_answer:
            waiting = self._answers.get(message.action_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
            return
        for event in self.vocabulary.read(message):
            asked_as = message.action_id
            if isinstance(event, ListEnded):
                if (told := self._all_told.get(asked_as)) is not None and not told.done():
                    told.set_result(None)
            elif asked_as in self._lists:
                self._lists[asked_as].append(event)
            else:
                if isinstance(event, Booted) and not self._booted.done():
                    self._booted.set_result(None)
                await self._keep(event)

    async def _keep(self, event: Event) -> None:
        """Until somebody takes it. Raises TimeoutError where nobody takes any: then it is read no further."""
        while len(self._heard) >= MOST_WAITING:
            self._room.clear()
            async with asyncio.timeout(self._patience.taken):
                await self._room.wait()
        self._heard.append(event)
        if not self._arrival.done():
            self._arrival.set_result(None)

    async def _watch(self) -> None:
        """A connection that is dead looks like one where nothing happens: ask."""
        while not self._lost.done():
            await asyncio.wait([self._lost], timeout=self._patience.quiet)
            if not self._lost.done():
                try:
                    pong = await self.ask("Ping")
                except LinkLost:
                    return
                with contextlib.suppress(ValueError):  # an older one tells no hour
                    self._their_hour = float(pong.get("timestamp")), asyncio.get_running_loop().time()

    async def _comes(self, awaited: asyncio.Future[Any], *, within: float | None = None) -> bool:
        """Whether it came before the connection was lost, or its time was over."""
        waiting: list[asyncio.Future[Any]] = [awaited, self._lost]
        await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        return awaited.done()

    def _lose(self, why: str) -> None:
        if not self._lost.done():
            self._lost.set_result(why)

    def _next(self) -> str:
        return f"ask-{next(self._numbers)}"

    async def _end(self, why: str) -> None:
        self._lose(why)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
