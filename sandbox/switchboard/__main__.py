"""`python -m sandbox.switchboard`: the switchboard, until it is stopped. Its first line of output is its port."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.switchboard.callers import Calling, call_for_ever
from sandbox.switchboard.channels import Channel, Place
from sandbox.switchboard.clock import Clock
from sandbox.switchboard.connections import Connections, Users
from sandbox.switchboard.dialplan import send
from sandbox.switchboard.doors import Doors
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.knobs import Knobs
from sandbox.switchboard.queue_log import QueueLog
from sandbox.switchboard.wire import Said
from sandbox.switchboard.words import words_of

Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]

HOST = "127.0.0.1"
LAST_TURNS = 200  # of the loop: until every call that was open is written to its end
KILLED = 137  # as the shell tells of one that was killed


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.switchboard", description=__doc__)
    parser.add_argument("--port", type=int, default=5038, help="where the Manager Interface listens; 0: any free one")
    parser.add_argument("--host", default=HOST, help="the address it listens at")
    parser.add_argument("--knobs", type=int, help="where the knobs listen, on this machine alone; 0: any free one")
    parser.add_argument("--queue-log", type=Path, help="the file queue_log; it is written on at its end")
    parser.add_argument("--version", choices=("13.0.0", "1.3"), default="13.0.0", help="as which Asterisk it greets")
    parser.add_argument("--seed", type=int, help="what is drawn is drawn alike")
    parser.add_argument("--speed", type=float, default=1.0, help="how many seconds pass in one of the machine's")
    parser.add_argument("--callers", action="store_true", help="people call in by themselves from the beginning")
    parser.add_argument("--rate", type=float, default=1.0, help="so many times as many of them as on a plain day")
    parser.add_argument(
        "--members", nargs="*", default=[], metavar="EXTENSION", help="who takes the calls of all queues"
    )
    parser.add_argument("--picks-up", type=float, default=3.0, help="after so many seconds of ringing at a member")
    parser.add_argument("--user", default="callcenter", help="who signs in")
    parser.add_argument("--secret", default=os.environ.get("SWITCHBOARD_SECRET", "practica"))
    return parser.parse_args()


async def serve(asked: argparse.Namespace, *, now: float) -> None:
    """Everything at once, until SIGTERM or SIGINT; then every call that is open is written to its end."""
    clock = Clock(steady=asyncio.get_running_loop().time, epoch=now, speed=asked.speed)
    log = QueueLog(asked.queue_log)
    dice = random.Random(asked.seed)  # noqa: S311  # callers are no secret
    listeners: list[Connections] = []

    def say(message: Said) -> None:
        for one in listeners:
            one.say(message)

    def go_on(channel: Channel, place: Place) -> None:
        send(exchange, channel, place)

    exchange = Exchange(clock, words_of(asked.version), log, dice, say, go_on)
    connections = Connections(exchange, Users(asked.user, asked.secret), asked.version, random.Random(asked.seed))  # noqa: S311
    listeners.append(connections)
    for number in asked.members:
        exchange.take_calls(number, picks_up=asked.picks_up)
    calling = Calling(rate=asked.rate)
    if asked.callers:
        calling.on.set()
    knobs = Knobs(exchange, connections, calling, die=partial(os._exit, KILLED))
    exchange.record("NONE", "NONE", "QUEUESTART", callid="NONE")
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    beside = [
        asyncio.create_task(one) for one in (clock.run(), call_for_ever(exchange, calling), knobs.flood_for_ever())
    ]

    def each(serve_one: Serving) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        return lambda reader, writer: exchange.spawn(serve_one(reader, writer))

    manager = await asyncio.start_server(each(connections.serve), asked.host, asked.port)
    print(manager.sockets[0].getsockname()[1], flush=True)
    if asked.knobs is not None:
        doors = await asyncio.start_server(each(Doors(knobs).serve), HOST, asked.knobs)
        print(doors.sockets[0].getsockname()[1], flush=True)
    await stopped.wait()
    manager.close()
    await end(exchange, connections)
    for task in beside:
        task.cancel()
    log.close()


async def end(exchange: Exchange, connections: Connections) -> None:
    """Hang up whatever there is, and say good-bye."""
    connections.say([("Event", "Shutdown"), ("Privilege", "system,all"), ("Shutdown", "Cleanly"), ("Restart", "False")])
    for channel in list(exchange.channels.values()):
        channel.ask_to_stop()
    for _ in range(LAST_TURNS):
        await asyncio.sleep(0)
    connections.drop()


if __name__ == "__main__":
    asyncio.run(serve(options(), now=time.time()))
