"""The knobs: how the switchboard, its wire and its people behave now. All at once or one by one, as JSON.

| knob | what it takes |
|---|---|
| `speed` | how many seconds pass in one of the machine's, 0.1 to 1000 |
| `clock` | seconds by which the clock lies, forward or back |
| `slow` | seconds before every answer |
| `split` | whether what is sent arrives in small pieces |
| `latin_1` | whether names are sent in Latin-1, and callers have some with letters it writes otherwise |
| `flood` | meaningless events a second |
| `drop` | true: every connection is cut now |
| `exit` | true: the program dies at once, in the middle of whatever it does |
| `callers` | whether people call in by themselves |
| `rate` | so many times as many of them as on a plain day |
| `talks` | `[from, to]`, seconds of a talk |
| `rings` | seconds the dialplan rings at somebody before it gives up |
| `customers` | what becomes of every call to a customer, by its name in `telephones.Customer`; null: by the number |
| `trunk` | whether the network beyond can be reached; without it no customer can |
| `extensions` | `{"1001": {"registered": true, "picks_up": 3}}`; `picks_up` takes seconds or `never`, `busy`, … |
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sandbox.switchboard.callers import Calling
from sandbox.switchboard.connections import Connections
from sandbox.switchboard.exchange import Exchange
from sandbox.switchboard.telephones import Customer, PicksUp, Telephone

MOST_FLOOD = 20_000
FLOODS = 0.1  # seconds between two waves


class Refused(Exception):
    """Nothing was turned; the message says what is not understood, as a sentence for whoever asked."""


@dataclass
class Knobs:
    """What the knobs turn. `die` ends the program and never returns."""

    exchange: Exchange
    connections: Connections
    calling: Calling
    die: Callable[[], None]
    flood: float = 0.0
    _floods: asyncio.Event = field(default_factory=asyncio.Event)
    _turning: dict[str, Callable[[Any], Callable[[], None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock, faults, customs = self.exchange.clock, self.connections.faults, self.exchange.customs
        self._turning = {
            "speed": lambda told: _later(lambda speed: clock.turn(speed=speed), _number(told, 0.1, 1000)),
            "clock": lambda told: _set(clock, "lie", _number(told, -1e9, 1e9)),
            "slow": lambda told: _set(faults, "slow", _number(told, 0, 3600)),
            "split": lambda told: _set(faults, "is_split", _truth(told)),
            "latin_1": lambda told: _all_of(
                _set(faults, "is_latin_1", _truth(told)), _set(customs, "has_names", _truth(told))
            ),
            "flood": lambda told: _later(self._flood, _number(told, 0, MOST_FLOOD)),
            "callers": lambda told: self.calling.on.set if _truth(told) else self.calling.on.clear,
            "rate": lambda told: _set(self.calling, "rate", _number(told, 0, 10_000)),
            "talks": lambda told: _set(customs, "talks", _range(told)),
            "rings": lambda told: _set(customs, "rings", _number(told, 0, 1e6)),
            "customers": lambda told: _set(customs, "always", None if told is None else _among(Customer, told)),
            "trunk": lambda told: partial(self._reach, is_there=_truth(told)),
            "extensions": self._extensions,
            "drop": lambda told: self.connections.drop if _truth(told) else _nothing,
            "exit": lambda told: self.die if _truth(told) else _nothing,
        }

    def turn(self, told: Mapping[str, Any]) -> None:
        """Turn all of them, or none. Raises Refused."""
        if strangers := set(told) - set(self._turning):
            raise Refused(f"No existe esa perilla: {', '.join(sorted(strangers))}.")
        turns = [self._turning[name](value) for name, value in told.items()]
        for turn in turns:
            turn()

    def as_json(self) -> dict[str, Any]:
        """How they stand."""
        faults, customs = self.connections.faults, self.exchange.customs
        return {
            "speed": self.exchange.clock.speed,
            "clock": self.exchange.clock.lie,
            "slow": faults.slow,
            "split": faults.is_split,
            "latin_1": faults.is_latin_1,
            "flood": self.flood,
            "callers": self.calling.on.is_set(),
            "rate": self.calling.rate,
            "talks": list(customs.talks),
            "rings": customs.rings,
            "customers": customs.always,
            "trunk": self.exchange.has_trunk,
        }

    async def flood_for_ever(self) -> None:
        """Say what nobody needs, as often as the knob tells."""
        clock, serial = self.exchange.clock, 0
        while True:
            await self._floods.wait()
            await clock.wait(seconds=FLOODS)
            for _ in range(round(self.flood * FLOODS)):
                serial += 1
                self.connections.say(
                    [
                        *(("Event", "RTCPSent"), ("Privilege", "reporting,all"), ("To", "192.0.2.1:4001")),
                        *(("SentPackets", str(serial)), ("Report0FractionLost", "0")),
                    ]
                )

    def _flood(self, flood: float) -> None:
        self.flood = flood
        if flood:
            self._floods.set()
        else:
            self._floods.clear()

    def _reach(self, *, is_there: bool) -> None:
        exchange = self.exchange
        if exchange.has_trunk != is_there:
            exchange.has_trunk = is_there
            device, words = exchange.words.trunk_device, exchange.words
            exchange.tell(words.registered(device, is_there), words.device(device, exchange.trunk_state))

    def _extensions(self, told: Any) -> Callable[[], None]:
        turns = [self._extension(exten, asked) for exten, asked in _object(told).items()]
        return _all_of(*turns)

    def _extension(self, exten: str, told: Any) -> Callable[[], None]:
        telephone = telephone_of(self.exchange, exten)
        asked = _object(told)
        if strangers := set(asked) - {"registered", "picks_up"}:
            raise Refused(f"Un interno no tiene: {', '.join(sorted(strangers))}.")
        turns = []
        if "picks_up" in asked:
            turns.append(_set(telephone, "picks_up", _pick_up(asked["picks_up"])))
        if "registered" in asked:
            is_registered = _truth(asked["registered"])
            turns.append(lambda: self._register(telephone, is_registered))
        return _all_of(*turns)

    def _register(self, telephone: Telephone, is_registered: bool) -> None:
        if telephone.is_registered != is_registered:
            device = self.exchange.interface(telephone.exten)
            telephone.is_registered = is_registered
            self.exchange.tell(self.exchange.words.registered(device, is_registered))
            self.exchange.look_at(device)


def telephone_of(exchange: Exchange, exten: object) -> Telephone:
    """Raises Refused."""
    found = exchange.telephones.get(str(exten))
    if found is None:
        raise Refused("No existe ese interno.")
    return found


def _nothing() -> None:
    """A knob that was left as it is."""


def _set(holder: object, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(holder, name, value)


def _later(turn: Callable[[float], None], value: float) -> Callable[[], None]:
    return lambda: turn(value)


def _all_of(*turns: Callable[[], None]) -> Callable[[], None]:
    def all_of_them() -> None:
        for turn in turns:
            turn()

    return all_of_them


def _number(told: Any, least: float, most: float) -> float:
    is_number = isinstance(told, int | float) and not isinstance(told, bool) and math.isfinite(told)
    if not is_number or not least <= told <= most:
        raise Refused(f"Se espera un número de {least:g} a {most:g}.")
    return float(told)


def _truth(told: Any) -> bool:
    if not isinstance(told, bool):
        raise Refused("Se espera true o false.")
    return told


def _object(told: Any) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Refused("Se espera un objeto.")
    return told


def _range(told: Any) -> tuple[float, float]:
    if not isinstance(told, list) or len(told) != 2:
        raise Refused("Se esperan dos números: desde y hasta.")
    least, most = (_number(one, 0, 86400) for one in told)
    if least > most:
        raise Refused("El primer número es el menor.")
    return least, most


def _among(kind: type[Customer] | type[PicksUp], told: Any) -> Any:
    if told not in list(kind):
        raise Refused(f"Se espera uno de: {', '.join(kind)}.")
    return kind(told)


def _pick_up(told: Any) -> float | PicksUp:
    if isinstance(told, str):
        picks_up: PicksUp = _among(PicksUp, told)
        return picks_up
    return _number(told, 0, 3600)
