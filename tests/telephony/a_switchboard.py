"""A switchboard over TCP that says what a test tells it to: answers by action, and what happens meanwhile."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from telephony.ami import Decoder, Message

Answer = Callable[["ASwitchboard", Message], Awaitable[None]]
SECRET = "una clave larga"


@dataclass
class ASwitchboard:
    """`asked` has every action that arrived, over all connections; `answers` what it does instead of the usual."""

    greeting: str = "Asterisk Call Manager/13.0.0"
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Message] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def __aenter__(self) -> ASwitchboard:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.drop()
        self._server.close()

    def say(self, text: str, *, encoding: str = "utf-8") -> None:
        """To whoever listens: lines with `;` between them make one message."""
        for writer in self._writers:
            writer.write(text.replace(";", "\r\n").encode(encoding) + b"\r\n\r\n")

    def drop(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def named(self, name: str) -> list[Message]:
        return [one for one in self.asked if one.get("action") == name]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        writer.write(f"{self.greeting}\r\n".encode())
        decoder = Decoder()
        while data := await reader.read(4096):
            for message in decoder.feed(data):
                self.asked.append(message)
                await self.answers.get(message.get("action"), _usual)(self, message)


async def _usual(board: ASwitchboard, message: Message) -> None:
    answered = f"Response: Success;ActionID: {message.action_id}"
    match message.get("action"):
        case "Challenge":
            board.say(f"{answered};Challenge: 4711")
        case "Login":
            right = hashlib.md5(f"4711{SECRET}".encode(), usedforsecurity=False).hexdigest()
            if message.get("key") != right:
                board.say(f"Response: Error;ActionID: {message.action_id};Message: Authentication failed")
                board.drop()
                return
            board.say(answered)
            board.say("Event: FullyBooted;Status: Fully Booted")
        case "Originate":
            board.say(f"{answered};Message: Originate successfully queued")
        case "CoreShowChannels":
            board.say(f"{answered};EventList: start")
            board.say("Event: Newchannel;Uniqueid: 9.9")  # of another call, in between
            board.say(
                f"Event: CoreShowChannel;ActionID: {message.action_id};Uniqueid: 1.1;ChannelState: 6;Duration: 00:01:05"
            )
            board.say(f"Event: CoreShowChannelsComplete;ActionID: {message.action_id};ListItems: 1")
        case "QueueStatus":
            board.say(f"{answered};EventList: start")
            board.say(f"Event: QueueStatusComplete;ActionID: {message.action_id};ListItems: 0")
        case "DeviceStateList":
            board.say(f"{answered};EventList: start")
            board.say(f"Event: DeviceStateListComplete;ActionID: {message.action_id};ListItems: 0")
        case _:
            board.say(answered)


async def nothing(_board: ASwitchboard, _message: Message) -> None:
    """It took the action, and says nothing any more."""


async def hangs_up(board: ASwitchboard, _message: Message) -> None:
    board.drop()
