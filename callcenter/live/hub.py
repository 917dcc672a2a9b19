"""Who listens, and what each of them has still to be told."""

from __future__ import annotations

import asyncio
from collections import Counter

from django.conf import settings

STREAMS_A_PERSON = 10  # boards one person has open at once; one more is refused, and polls
WAITING_AT_MOST = 100  # events one listener has not taken yet; then they are dropped, and it looks at everything again

RETRY = b"retry: 2000\n\n"
RESYNC = b"event: resync\ndata: all\n\n"  # without data a browser tells no script of it
BEAT = b"event: beat\ndata: on\n\n"
STILL_THERE = b":\n\n"
END = b""


def card(payload: str, boards: int) -> bytes:
    """The event of one changed card; `payload` is `id:version:state`, `boards` how many hear of it in this moment."""
    return b"event: card\ndata: %b:%d\n\n" % (payload.encode(), boards)


CHANGED = b"event: own\ndata: changed\n\n"  # something of the listener's own; what it is she asks the web


class TooMany(Exception):
    """This person listens often enough."""


class Listener:
    """One open page. What it does not take in time is not kept for it: it is told to look at everything again."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(WAITING_AT_MOST)

    async def next(self) -> bytes:
        """The next event, as soon as there is one; END when no more will come."""
        return await self._waiting.get()

    def publish(self, event: bytes) -> None:
        if self._waiting.full():
            self.forget()
            event = event if event == END else RESYNC
        self._waiting.put_nowait(event)

    def forget(self) -> None:
        """Drop what it has not taken."""
        while not self._waiting.empty():
            self._waiting.get_nowait()


class Hub:
    """All listeners of this process. Everything here happens on its one loop, so nothing is locked."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._of_person: Counter[int] = Counter()
        self.hears = False  # whether what happens in the database is heard
        self.ends = False

    def __len__(self) -> int:
        return len(self._listeners)

    def has_room(self, user_id: int) -> bool:
        return self._of_person[user_id] < STREAMS_A_PERSON

    def join(self, user_id: int) -> Listener:
        """Raises TooMany."""
        if not self.has_room(user_id):
            raise TooMany
        listener = Listener(user_id)
        self._listeners.add(listener)
        self._of_person[user_id] += 1
        if self.ends:
            listener.publish(END)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.remove(listener)
        self._of_person[listener.user_id] -= 1
        if not self._of_person[listener.user_id]:
            del self._of_person[listener.user_id]

    def publish(self, event: bytes) -> None:
        for listener in self._listeners:
            listener.publish(event)

    def tell(self, user_id: int, event: bytes) -> None:
        """To the pages of one person."""
        if user_id in self._of_person:
            for listener in self._listeners:
                if listener.user_id == user_id:
                    listener.publish(event)

    async def close(self) -> None:
        """End every stream, and give the answers a moment to go out."""
        self.ends = True
        for listener in self._listeners:
            listener.forget()
            listener.publish(END)
        for _turn in range(20):
            if not self._listeners:
                return
            await asyncio.sleep(0.05)

    async def beat(self) -> None:
        """A sign of life in every stream: proxies cut what is silent, and a page that misses it asks by itself.

        While the database is not heard, a stream says only that it is there: no page may trust it then.
        """
        while True:
            await asyncio.sleep(settings.LIVE_BEAT)
            self.publish(BEAT if self.hears else STILL_THERE)
