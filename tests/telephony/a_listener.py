"""A listener and a switchboard that says what it is told to, on a loop of their own; and what a test waits for."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.utils import timezone

from telephony.holding import take_hold
from telephony.link import Patience
from telephony.listening import Listener
from telephony.models import Listening, Switchboard
from tests.sandbox.switchboard.playing import Board
from tests.telephony.a_switchboard import SECRET, ASwitchboard

PATIENCE = 60.0
QUIET = Patience(connect=60, answer=60, quiet=60, taken=60)


class Running:
    """A switchboard and a listener on a loop of their own, as two other machines would be.

    Without `open` the listener alone: the switchboard of the row is another one's.
    """

    def __init__(self, board: Switchboard, *, secret: str = SECRET) -> None:
        self.board, self._secret = board, secret
        self.played = ASwitchboard()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._listeners: list[tuple[Listener, Any]] = []
        self._thread.start()

    def on_its_loop(self, work: Awaitable[Any]) -> Any:
        async def done() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self.loop).result(PATIENCE)

    def open(self) -> None:
        self.on_its_loop(self.played.__aenter__())
        Switchboard.objects.filter(pk=self.board.pk).update(port=self.played.port)
        self.board.refresh_from_db()

    def listen(self, **more: Any) -> Listener:
        async def begin() -> tuple[Listener, Any]:
            listener = Listener(
                self.board, clock=timezone.now, secret=lambda _name: self._secret, patience=QUIET, **more
            )
            return listener, asyncio.create_task(listener.run())

        self._listeners.append(self.on_its_loop(begin()))
        return self._listeners[-1][0]

    def say(self, *texts: str) -> None:
        for text in texts:
            self.loop.call_soon_threadsafe(self.played.say, text)

    def drop(self) -> None:
        self.loop.call_soon_threadsafe(self.played.drop)

    def stop(self) -> None:
        for listener, task in self._listeners:
            self.loop.call_soon_threadsafe(listener.stop)
            asyncio.run_coroutine_threadsafe(asyncio.wait_for(task, PATIENCE), self.loop).result(PATIENCE)
        self._listeners.clear()

    def close(self) -> None:
        self.stop()
        if self.played.port:
            self.on_its_loop(self.played.__aexit__())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()


def until(is_so: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.01)
    raise AssertionError(f"never: {what}")


def pick_up(played: Board, extension: str) -> None:
    """Whoever sits there answers. On a slow machine a ring may have ended by now: the queue lets it ring again."""
    until(lambda: played.post("answer", extension=extension).status_code == HTTPStatus.OK, f"{extension} answers")


def is_linked(board: Switchboard) -> bool:
    return Listening.objects.filter(switchboard=board, connected_at__isnull=False, lease_until__isnull=False).exists()


def rings_both(key: str) -> list[str]:
    return [
        f"Event: Newchannel;Uniqueid: {key};Linkedid: {key};Channel: PJSIP/1001-00000001;Exten: 1001",
        f"Event: OriginateResponse;ActionID: {key};Response: Success;Reason: 4;Uniqueid: {key}",
        f"Event: DialBegin;Uniqueid: {key};Linkedid: {key};DestUniqueid: 7.2;DestChannel: PJSIP/trunk-2",
    ]


def ends_busy(key: str) -> list[str]:
    return [
        f"Event: DialEnd;Uniqueid: {key};DestUniqueid: 7.2;DialStatus: BUSY",
        f"Event: Hangup;Uniqueid: 7.2;Linkedid: {key};Cause: 17",
        f"Event: Hangup;Uniqueid: {key};Linkedid: {key};Cause: 17",
    ]


@contextmanager
def linked(board: Switchboard, now: datetime) -> Iterator[Listening]:
    held = take_hold(switchboard=board, holder="test", now=now)
    assert held is not None
    Listening.objects.filter(pk=held.pk).update(connected_at=now)
    yield held
