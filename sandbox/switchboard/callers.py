"""Who calls in: by themselves, so many an hour on each line, or one who was asked for.

A caller waits as long as her patience, talks for a while once she was answered, and then one of the two hangs up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from sandbox.switchboard.channels import UNKNOWN, Channel, Place
from sandbox.switchboard.dialplan import IN, PATIENCE, live
from sandbox.switchboard.exchange import NAMES, Exchange

SECONDS_OF_AN_HOUR, SECONDS_OF_A_DAY = 3600, 86400
LA_PAZ = -4 * SECONDS_OF_AN_HOUR  # seconds from UTC, all the year
# Calls of a busy hour, by line; the share of it that comes in each hour of the day, as people of Cochabamba live.
BUSIEST = {
    "101": 60,
    "102": 30,
    "103": 25,
    "104": 20,
    "109": 12,
    "4200224": 14,
    "4251000": 40,
    "4522222": 10,
    "800131313": 18,
    "800130001": 8,
    "4639999": 6,
}
DAY = (
    *(0.04, 0.02, 0.02, 0.02, 0.02, 0.05, 0.15, 0.45, 0.85, 1.00, 1.00, 0.95),  # from midnight
    *(0.60, 0.50, 0.75, 0.90, 0.95, 0.90, 0.80, 0.65, 0.50, 0.35, 0.20, 0.10),  # from noon
)
HASTY, PATIENT = 15.0, 120.0  # seconds of patience: one in four has little
LOOKS_AGAIN = 300.0  # seconds
CALLER_ENDS = 0.55  # how many of the talks the caller ends


@dataclass
class Calling:
    """Whether people call by themselves, and how many for each one of a plain day."""

    on: asyncio.Event = field(default_factory=asyncio.Event)
    rate: float = 1.0


def calls_an_hour(line: str, *, now: float) -> float:
    """On a plain day, at a time of it (seconds since 1970)."""
    hour = int((now + LA_PAZ) % SECONDS_OF_A_DAY // SECONDS_OF_AN_HOUR)
    return BUSIEST[line] * DAY[hour]


async def call_for_ever(exchange: Exchange, calling: Calling) -> None:
    """Let people call, one after the other, as long as it is on."""
    lines = list(BUSIEST)
    while True:
        await calling.on.wait()
        now = exchange.clock.now()
        each = [calls_an_hour(line, now=now) * calling.rate for line in lines]
        until_next = exchange.dice.expovariate(sum(each) / SECONDS_OF_AN_HOUR) if sum(each) else LOOKS_AGAIN
        await exchange.clock.wait(seconds=min(until_next, LOOKS_AGAIN))  # by then it may be another hour
        if calling.on.is_set() and until_next < LOOKS_AGAIN:
            call_in(exchange, line=exchange.dice.choices(lines, each)[0])


def call_in(
    exchange: Exchange,
    *,
    line: str,
    number: str = "",
    patience: float | None = None,
    talk: float | None = None,
    queue_timeout: float | None = None,
    ends: bool | None = None,
) -> Channel:
    """One call to a line; what is not told is drawn. Seconds: of patience, of talk, and until the queue gives up.

    `ends`: whether the caller ends the talk, and not whom she talks with.
    """
    dice, customs = exchange.dice, exchange.customs
    number = number or f"{dice.choice('67')}{dice.randrange(10**7):07d}"
    patience = patience if patience is not None else dice.expovariate(1 / (HASTY if dice.random() < 0.25 else PATIENT))
    talk = talk if talk is not None else dice.uniform(*customs.talks)
    ends = ends if ends is not None else dice.random() < CALLER_ENDS
    name = dice.choice(NAMES) if customs.has_names else UNKNOWN
    caller = exchange.begin(number=number, context=IN)
    caller.exten = line
    exchange.show(caller, number=number, connected=UNKNOWN, name=name)
    if queue_timeout is not None:
        exchange.set(caller, PATIENCE, f"{queue_timeout:g}")
    exchange.spawn(live(exchange, caller, Place(IN, line)))
    exchange.spawn(_lose_patience(exchange, caller, patience=patience, talk=talk, ends=ends))
    return caller


async def _lose_patience(exchange: Exchange, caller: Channel, *, patience: float, talk: float, ends: bool) -> None:
    """Hang up when the patience is over, or, once she talks, when the talk is: she or whom she talks with."""
    if not await exchange.clock.wait(caller.gone, caller.met, seconds=patience):
        caller.ask_to_stop()
        return
    await exchange.clock.wait(caller.gone, seconds=talk)
    if caller.gone.done():
        return
    other = caller.bridge.other(caller) if caller.bridge else None
    (caller if ends or other is None else other).ask_to_stop()
