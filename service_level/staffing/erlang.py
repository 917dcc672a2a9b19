"""How many agents answer in time: the queue M/M/n of Erlang (C), and with callers who hang up, M/M/n+M (A).

Calls come at random at a steady rate, their handling lasts at random around its mean, and so does the patience of who
waits; all in seconds. Erlang C knows no impatience: who waits, waits for ever, so with fewer agents than load nobody is
answered in time. With patience the level is the regulator's: answered within the limit, of all that came.
Formulas: Zeltyn and Mandelbaum, *Call centers with impatient customers* (2005), section 4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log

MOST_AGENTS = 500
STEPS = 400  # of each integral, by Simpson's rule
HARDLY_EVER = 1e-12  # that one more agent is missed
NEGLIGIBLE = 40.0  # exp(-40): nothing is left of an integrand that far below its highest


@dataclass(frozen=True)
class Traffic:
    """What comes in an interval. `patience`: how long a caller waits in the mean; None: for ever."""

    calls: float
    handling: float
    patience: float | None = None
    interval: float = 1800.0

    @property
    def rate(self) -> float:
        """Calls a second."""
        return self.calls / self.interval

    @property
    def load(self) -> float:
        """Erlangs: how many agents would be busy if nobody waited."""
        return self.rate * self.handling


@dataclass(frozen=True)
class Answered:
    """How a number of agents does. Parts of one: `level` is answered within the limit, `lost` hung up; for `occupancy`
    of their time agents speak or wrap up.
    """

    level: float
    lost: float
    occupancy: float


def answered(agents: int, traffic: Traffic, *, seconds: float) -> Answered:
    """What becomes of the calls with so many agents."""
    if traffic.calls <= 0:
        return Answered(1.0, 0.0, 0.0)
    if agents <= 0:
        return Answered(0.0, 1.0, 0.0)
    if traffic.patience is None:
        return _who_waits_for_ever(agents, traffic, seconds)
    return _who_hangs_up(agents, traffic, traffic.patience, seconds)


def agents_needed(traffic: Traffic, *, seconds: float, target: float, at_most: int = MOST_AGENTS) -> int | None:
    """The fewest agents with whom the level is the target, a part of one; None where `at_most` are too few."""
    low, high = 0, at_most
    if answered(high, traffic, seconds=seconds).level < target:
        return None
    while low < high:  # more agents never answer fewer in time
        middle = (low + high) // 2
        if answered(middle, traffic, seconds=seconds).level >= target:
            high = middle
        else:
            low = middle + 1
    return high


def blocked(agents: int, load: float) -> float:
    """Erlang B: the part of calls that find everybody busy and nobody may wait."""
    found = 1.0
    for number in range(1, agents + 1):
        found = load * found / (number + load * found)
    return found


def _who_waits_for_ever(agents: int, traffic: Traffic, seconds: float) -> Answered:
    load = traffic.load
    if agents <= load:
        return Answered(0.0, 0.0, 1.0)
    without_room = blocked(agents, load)
    waits = without_room / (1 - load / agents * (1 - without_room))
    level = 1 - waits * exp(-(agents - load) * seconds / traffic.handling)
    return Answered(level, 0.0, load / agents)


def _who_hangs_up(agents: int, traffic: Traffic, patience: float, seconds: float) -> Answered:
    """The time a caller would have to wait has at x, from 0 on, the density of `weight`, but for a factor."""
    rate, served, leaves = traffic.rate, agents / traffic.handling, 1 / patience
    without_room = blocked(agents - 1, traffic.load)
    if without_room < HARDLY_EVER:
        return Answered(1.0, 0.0, traffic.load / agents)
    peak = log(rate / served) / leaves if rate > served else 0.0
    highest = _exponent(peak, rate, served, leaves)

    def weight(at: float) -> float:
        return rate * exp(_exponent(at, rate, served, leaves) - highest)

    def answers(at: float) -> float:
        return weight(at) * exp(-leaves * at)

    end = max(peak, 1 / served)
    while _exponent(end, rate, served, leaves) > highest - NEGLIGIBLE:
        end *= 1.5
    at_once = exp(-highest) / without_room
    whole = at_once + _area(weight, 0.0, end)
    in_time = at_once + _area(answers, 0.0, min(seconds, end))
    every = at_once + _area(answers, 0.0, end)
    is_served = min(1.0, every / whole)
    return Answered(min(1.0, in_time / whole), 1 - is_served, min(1.0, is_served * traffic.load / agents))


def _exponent(at: float, rate: float, served: float, leaves: float) -> float:
    return rate / leaves * (1 - exp(-leaves * at)) - served * at


def _area(of: Callable[[float], float], begins: float, ends: float) -> float:
    """By Simpson's rule, on a grid that is finer where it begins: most wait a moment."""
    width = 1 / STEPS
    reach = ends - begins

    def stretched(place: float) -> float:
        return of(begins + reach * place * place) * 2 * place * reach

    inner = sum(stretched(number * width) * (4 if number % 2 else 2) for number in range(1, STEPS))
    return (stretched(0.0) + inner + stretched(1.0)) * width / 3
