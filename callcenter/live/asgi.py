"""The program's door: `granian --interface asgi callcenter.live.asgi:application`, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")

import django  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402

django.setup(set_prefix=False)
settings.ROOT_URLCONF = "callcenter.live.urls"
settings.MIDDLEWARE = []  # the web's are for pages: here nothing stands between the stream and who reads it

from callcenter.live.listening import Ear, sign_of_life  # noqa: E402
from callcenter.live.streams import agents, boards  # noqa: E402
from callcenter.ownership import refuse_to_start  # noqa: E402
from callcenter.purpose import refuse_another_purpose  # noqa: E402

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class LiveHandler(ASGIHandler):
    """Django with one thread for the database, and with a beginning and an end.

    Django gives every request a thread of its own for what is not asynchronous, and keeps it for as long as the answer
    lasts: here that would be a thread, and a connection to the database, for each open board.
    """

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.handle(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the start to the end of the program: hear and beat; when it is to end, let go of everybody first."""
        await receive()
        tasks = [asyncio.create_task(turn) for turn in _turns()]
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, lambda: tasks.append(asyncio.create_task(_end())))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await send({"type": "lifespan.shutdown.complete"})


def _turns() -> tuple[Coroutine[Any, Any, None], ...]:
    return Ear(boards, agents).run(), boards.beat(), agents.beat(), sign_of_life(boards)


async def _end() -> None:
    """The server waits for every answer before it ends, and these never do: they end first, then it is told.

    It listens to SIGINT as it does to SIGTERM, whose place we took.
    """
    await asyncio.gather(boards.close(), agents.close())
    signal.raise_signal(signal.SIGINT)


application = LiveHandler()
refuse_another_purpose()
refuse_to_start()
