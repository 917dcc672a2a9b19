"""A connection to a switchboard that only looks: step by step, so that whoever tries one learns which step fails.

The link (`link.py`) is for who works with a switchboard and gives up at the first doubt. This one asks one thing after
the other, keeps what is said as it was said, and holds nothing for anybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import ssl
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from telephony.actions import action
from telephony.ami import GREETING, Decoder, Message

READ_AT_ONCE = 64 * 1024
RINGS_OR_IS_UP = ("5", "6")  # states of a channel
SHOWN = 60  # characters of what somebody says who is no switchboard


class Unanswered(Exception):
    """It does not answer any more, within the time or at all."""


class NotASwitchboard(Exception):
    """It greets with something else; the message is what it said, and empty where it said nothing."""


@dataclass(eq=False)
class Probe:
    """To one that listens already. `seconds`: for each answer. `classes`: of the events that were heard
    meanwhile.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    seconds: float
    classes: set[str] = field(default_factory=set)
    happened: set[str] = field(default_factory=set)  # names of events, in lower case
    rang: set[str] = field(default_factory=set)  # of channels that rang or were lifted: `SIP/1001`
    is_booted: bool = False
    _decoder: Decoder = field(default_factory=Decoder)
    _waiting: deque[Message] = field(default_factory=deque)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def version(self) -> str:
        return self._decoder.version

    async def secure(self, tls: ssl.SSLContext, *, host: str) -> None:
        """From here on nobody reads along. Raises OSError, ssl.SSLError among them, and TimeoutError."""
        async with asyncio.timeout(self.seconds):
            await self.writer.start_tls(tls, server_hostname=host)

    async def greet(self) -> None:
        """Wait until it says what it is. Raises NotASwitchboard."""
        said = b""
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(self.seconds):
                while b"\n" not in said and len(said) < READ_AT_ONCE and (data := await self.reader.read(READ_AT_ONCE)):
                    said += data
        if not said.startswith(GREETING.encode()) or b"\n" not in said:
            line = said.decode("latin-1").partition("\n")[0]
            raise NotASwitchboard("".join(sign for sign in line if sign.isprintable())[:SHOWN].strip())
        self._waiting.extend(self._decoder.feed(said))

    async def sign_in(self, user: str, secret: str) -> Message:
        """Its answer; the secret itself is not sent. Raises Unanswered."""
        challenge = (await self.ask("Challenge", [("AuthType", "MD5")])).get("challenge")
        proof = hashlib.md5((challenge + secret).encode(), usedforsecurity=False).hexdigest()
        return await self.ask("Login", [("AuthType", "MD5"), ("Username", user), ("Key", proof), ("Events", "on")])

    async def ask(self, name: str, headers: Iterable[tuple[str, str]] = ()) -> Message:
        """The answer to an action of the list. Raises Unanswered, and NotSendable."""
        return (await self._ask(name, headers))[0]

    async def ask_for_all(self, name: str, headers: Iterable[tuple[str, str]] = ()) -> tuple[Message, list[Message]]:
        """The answer, and all that is listed after it. Raises Unanswered, and NotSendable."""
        answer, asked_as = await self._ask(name, headers)
        listed: list[Message] = []
        while answer.succeeded:
            one = await self._until(lambda message: message.action_id == asked_as and bool(message.event))
            if one.event.lower().endswith("complete"):
                break
            listed.append(one)
        return answer, listed

    async def hear(self, wanted: set[str], *, seconds: float, event: str = "") -> None:
        """Wait until something of all these classes happened, and this event, but no longer than that."""
        with contextlib.suppress(TimeoutError, Unanswered):
            async with asyncio.timeout(seconds):
                await self._until(lambda _message: wanted <= self.classes and {event} <= self.happened | {""})

    async def boot(self) -> None:
        """Wait until it says that it is ready. Raises Unanswered."""
        if not self.is_booted:
            await self._until(lambda _message: self.is_booted)

    async def leave(self) -> None:
        """Say good-bye, as far as anybody hears it."""
        with contextlib.suppress(OSError, Unanswered):
            if self.version:
                await self.ask("Logoff")
        self.writer.close()

    async def _ask(self, name: str, headers: Iterable[tuple[str, str]]) -> tuple[Message, str]:
        asked_as = f"check-{next(self._numbers)}"
        data = action(name, headers, action_id=asked_as)
        try:
            self.writer.write(data)
            answer = await self._until(lambda message: message.is_answer and message.action_id == asked_as)
        except OSError as error:
            raise Unanswered(str(error)) from error
        return answer, asked_as

    async def _until(self, is_it: Callable[[Message], bool]) -> Message:
        try:
            async with asyncio.timeout(self.seconds):
                while True:
                    while self._waiting:
                        message = self._waiting.popleft()
                        self._note(message)
                        if is_it(message):
                            return message
                    if not (data := await self.reader.read(READ_AT_ONCE)):
                        raise Unanswered("it closed the connection")
                    self._waiting.extend(self._decoder.feed(data))
        except TimeoutError as error:
            raise Unanswered("no answer within the time") from error

    def _note(self, message: Message) -> None:
        """An event says of which class it is: `Privilege: call,all`. What was asked for is no event of the day."""
        if message.event:
            self.is_booted = self.is_booted or message.event.lower() == "fullybooted"
            if not message.action_id:
                self.classes.update(message.get("privilege").lower().split(","))
                self.happened.add(message.event.lower())
                if message.event.lower() == "newstate" and message.get("channelstate") in RINGS_OR_IS_UP:
                    self.rang.add(message.get("channel").rpartition("-")[0])
