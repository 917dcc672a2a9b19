"""The process that holds the link to one switchboard: it hears, sends what was asked for, and comes back when cut off.

One unit of work a method. All of the database is asked in one thread of its own; the loop never waits for it while a
call is to be sent. What is on its way when the link is lost is found again by asking what there is, never by asking
for it a second time.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from telephony.dialling import CHANNEL
from telephony.events import Event
from telephony.holding import RENEWED_EVERY, HoldLost, let_go, note_connected, renew_hold, take_hold
from telephony.link import ActionRefused, Address, Link, LinkLost, Patience, SignInRefused
from telephony.models import Listening, Switchboard
from telephony.models.switchboards import SWITCHBOARD_VARIABLE
from telephony.sending import Sending
from telephony.watching import AT_ONCE, Watch, hear

Result = TypeVar("Result")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # seconds between two tries; each is about twice the one before
AFTER_A_REFUSAL = 60.0  # it would lock out whoever asks again and again
LOOKS_EVERY = 1.0  # for what a lost notification did not ring for
READ_AGAIN_EVERY = 10.0  # which switchboards there are
NOT_OF_THE_ADDRESS = (
    "context",
    "cursor_factory",
    "prepare_threshold",
    "row_factory",
)  # what Django asks of a connection

log = structlog.get_logger(__name__)


class Listener:
    """Of one switchboard. `clock` is handed in; `secret` reads the one of its name."""

    def __init__(
        self,
        board: Switchboard,
        *,
        clock: Callable[[], datetime],
        secret: Callable[[str], str],
        patience: Patience | None = None,
    ) -> None:
        self._board, self._clock, self._secret, self._patience = board, clock, secret, patience
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._database = ThreadPoolExecutor(1, thread_name_prefix="telephony-database")
        self._rung: list[asyncio.Event] = []
        self._ending = asyncio.Event()
        self._link: Link | None = None  # that is up

    def stop(self) -> None:
        """End after the turn that is under way."""
        self._ending.set()

    async def run(self) -> None:
        """Until it is told to stop: hold the link, or wait until nobody else does."""
        bell = asyncio.create_task(self._hear_the_bell())
        pause = FIRST_PAUSE
        try:
            while not self._ending.is_set():
                held = await self._hold()
                if held is not None:
                    why, was_up = await self._act(held)
                    pause = FIRST_PAUSE if was_up else pause
                    if why:
                        log.warning("switchboard_lost", switchboard=self._board.name, why=why)
                    if why.startswith(SignInRefused.__name__):
                        pause = AFTER_A_REFUSAL
                await self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE) if held is not None else FIRST_PAUSE
        finally:
            bell.cancel()
            await asyncio.gather(bell, return_exceptions=True)
            self._database.shutdown()

    async def _hold(self) -> Listening | None:
        try:
            return await self._ask(partial(take_hold, switchboard=self._board, holder=self._holder, now=self._clock()))
        except DatabaseError as error:
            log.warning("database_lost", why=str(error))
            return None

    async def _act(self, held: Listening) -> tuple[str, bool]:
        """Hold the link until it, the hold or the database is lost, or the end. Says why, and whether it was up."""
        why, was_up = "", False
        keeping = asyncio.create_task(self._keep(held))
        try:
            async with Link(self._address(), self._patience) as link:
                self._link, watch = link, Watch(held)
                await self._come_in(link, held, watch)
                was_up = True
                sending = Sending(link, held, watch, ask=self._ask, clock=self._clock)
                doing = (self._when_rung(sending.all), self._when_rung(sending.pauses))
                await self._until_one_ends(keeping, self._listen(link, held, watch), *doing)
        except (LinkLost, HoldLost, DatabaseError, InterfaceError) as error:
            why = f"{type(error).__name__}: {error}"
        finally:
            self._link = None
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            with contextlib.suppress(DatabaseError, InterfaceError):
                await self._ask(partial(let_go, held=held, now=self._clock(), why=why))
        return why, was_up

    async def _come_in(self, link: Link, held: Listening, watch: Watch) -> None:
        """See what there is, before anything is sent: what was under way may have ended while nobody heard."""
        await self._ask(partial(note_connected, held=held, version=link.version, now=self._clock()))
        devices = await self._asked(link, link.vocabulary.asks_for_devices, but_for=LinkLost)
        seen = await link.ask_for_all("CoreShowChannels")
        seen += await self._asked(link, "QueueStatus", but_for=ActionRefused) + devices
        await self._ask(partial(self._take_in, held, watch, seen))
        ended = await self._ask(partial(watch.reconcile, seen=seen, now=self._clock()))
        log.info("switchboard_linked", switchboard=self._board.name, version=link.version, ended_meanwhile=ended)

    async def _asked(self, link: Link, name: str, *, but_for: type[LinkLost]) -> list[Event]:
        """Who waits and who takes calls, or which telephones can be had; nothing where it does not tell: then there are
        clicks only, and of telephones nothing is claimed. A link that is lost is found out by the next question.
        """
        try:
            return await link.ask_for_all(name)
        except but_for as refused:
            log.warning("not_told", switchboard=self._board.name, why=str(refused))
            return []

    async def _listen(self, link: Link, held: Listening, watch: Watch) -> None:
        """Rows first, then their consequences, as many at a time as there are."""
        while True:
            try:
                events = [await link.next(within=LOOKS_EVERY)]
            except TimeoutError:
                await self._ask(partial(watch.end_those_without_last_words, now=self._clock()))
                continue
            events += link.waiting(AT_ONCE - 1)
            await self._ask(partial(self._take_in, held, watch, events))

    def _take_in(self, held: Listening, watch: Watch, events: list[Event]) -> None:
        now = self._clock()
        hear(held=held, events=events, now=now)
        while watch.apply(now=now) == AT_ONCE:
            continue

    async def _when_rung(self, work: Callable[[], Awaitable[None]]) -> None:
        """As soon as something is asked for, and now and then."""
        rung = asyncio.Event()
        self._rung.append(rung)
        try:
            while True:
                rung.clear()
                await work()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOKS_EVERY):
                        await rung.wait()
        finally:
            self._rung.remove(rung)

    async def _keep(self, held: Listening) -> None:
        """Renew the hold; whoever could not in time acts no more."""
        while True:
            await asyncio.sleep(RENEWED_EVERY)
            now = self._clock()
            ahead = self._link.clock_ahead(now=now) if self._link else None
            await self._ask(partial(renew_hold, held=held, now=now, clock_ahead=ahead))

    async def _until_one_ends(self, keeping: asyncio.Task[None], *work: Any) -> None:
        tasks = [asyncio.create_task(one) for one in work]
        ending = asyncio.create_task(self._ending.wait())
        try:
            done, _ = await asyncio.wait([*tasks, keeping, ending], return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        finally:
            for one in (*tasks, ending):
                one.cancel()
            await asyncio.gather(*tasks, ending, return_exceptions=True)

    async def _hear_the_bell(self) -> None:
        """One connection of its own that hears what the web asks for; while it is gone, looking once a second does."""
        while True:
            with contextlib.suppress(psycopg.Error, OSError):
                async with await psycopg.AsyncConnection.connect(_database(), autocommit=True) as bell:
                    await bell.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
                    async for told in bell.notifies():
                        if told.payload == str(self._board.pk):
                            for rung in self._rung:
                                rung.set()
            await asyncio.sleep(LOOKS_EVERY)

    async def _rest(self, seconds: float) -> None:
        """For about that long, so that several do not come back at once; not at all when it is to end."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds * random.uniform(0.7, 1.3)):  # noqa: S311  # no secret
                await self._ending.wait()

    async def _ask(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._database, _in_order, work)

    def _address(self) -> Address:
        board = self._board
        tls = ssl.create_default_context() if board.tls else None
        return Address(board.host, board.port, board.user, self._secret(board.secret_variable), tls)


class House:
    """All switchboards in use, each with a listener of its own; which they are is read again now and then."""

    def __init__(self, *, clock: Callable[[], datetime], secret: Callable[[str], str]) -> None:
        self._clock, self._secret = clock, secret
        self._running: dict[tuple[object, ...], tuple[Listener, asyncio.Task[None]]] = {}
        self._ending = asyncio.Event()

    def stop(self) -> None:
        self._ending.set()

    async def run(self) -> None:
        """Until it is told to stop. A switchboard that was changed is left, and called again as it is now."""
        while not self._ending.is_set():
            with contextlib.suppress(DatabaseError, InterfaceError):
                in_use = {board.as_called: board for board in await asyncio.to_thread(_switchboards)}
                self._bury_the_dead()
                await self._leave(self._running.keys() - in_use.keys())
                for called, board in in_use.items():
                    if called not in self._running:
                        listener = Listener(board, clock=self._clock, secret=self._secret)
                        self._running[called] = listener, asyncio.create_task(listener.run())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(READ_AGAIN_EVERY):
                    await self._ending.wait()
        await self._leave(set(self._running))

    def _bury_the_dead(self) -> None:
        """One that ended by itself met what nobody thought of: it is told, and another takes its place."""
        for called, (_listener, task) in list(self._running.items()):
            if task.done():
                log.error("listener_died", exc_info=task.exception())
                del self._running[called]

    async def _leave(self, gone: set[tuple[object, ...]]) -> None:
        leaving = [self._running.pop(one) for one in gone]
        for listener, _task in leaving:
            listener.stop()
        await asyncio.gather(*(task for _listener, task in leaving), return_exceptions=True)


def secret_of(variable: str) -> str:
    """From the environment, where secrets are; empty when it is not there or no switchboard's, and it will say no."""
    return os.environ.get(variable, "") if re.match(SWITCHBOARD_VARIABLE, variable) else ""


def _switchboards() -> list[Switchboard]:
    return _in_order(lambda: list(Switchboard.objects.in_use()))


def _in_order(work: Callable[[], Result]) -> Result:
    close_old_connections()
    return work()


def _database() -> str:
    """Where the one is that Django asks, by whatever way: in a test it is the test's."""
    known = connection.get_connection_params()
    said = {name: value for name, value in known.items() if name not in NOT_OF_THE_ADDRESS and value not in (None, "")}
    return make_conninfo("", **said | {"connect_timeout": 5, "application_name": "callcenter-telephony"})
