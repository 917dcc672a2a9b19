"""A switchboard that says yes to everything, for benchmarks of who asks it."""

from __future__ import annotations

import asyncio
import threading
import time

from callcenter.ports import a_free_port


class Stub:
    """A switchboard that says yes to everything: when each call was asked for, and whatever it is told to say."""

    def __init__(self) -> None:
        self.port = a_free_port()
        self.asked: dict[str, float] = {}
        self.rang = threading.Event()
        self._writers: list[asyncio.StreamWriter] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)

    def say(self, *texts: str) -> None:
        self._loop.call_soon_threadsafe(self._say, texts)

    def _say(self, texts: tuple[str, ...]) -> None:
        told = b"".join(text.replace(";", "\r\n").encode() + b"\r\n\r\n" for text in texts)
        for writer in self._writers:
            writer.write(told)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(b"Asterisk Call Manager/13.0.0\r\n")
        while True:
            try:
                packet = (await reader.readuntil(b"\r\n\r\n")).decode()
            except (asyncio.IncompleteReadError, ConnectionError):
                self._writers.remove(writer)
                return
            values = dict(line.split(": ", 1) for line in packet.strip().split("\r\n") if ": " in line)
            action, key = values.get("Action", ""), values.get("ActionID", "")
            if action == "Originate":
                self.asked[values.get("ChannelId", key)] = time.perf_counter()
                self.rang.set()
            self._say((f"Response: Success;ActionID: {key};Challenge: 4711",))
            if action == "Login":
                self._say(("Event: FullyBooted;Status: Fully Booted",))
            if action in ("CoreShowChannels", "QueueStatus"):
                ended = "CoreShowChannelsComplete" if action == "CoreShowChannels" else "QueueStatusComplete"
                self._say((f"Event: {ended};ActionID: {key};ListItems: 0",))
