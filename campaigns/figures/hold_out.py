"""What the calls themselves added: the paid share of those called less that of those left alone at random.

The interval is Newcombe's hybrid score interval for a difference of two proportions (method 10 in R. G. Newcombe,
*Interval estimation for the difference between independent proportions*, Statistics in Medicine 17, 1998), built of two
Wilson intervals. Unlike the textbook's normal interval it holds for small groups and shares near 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Effect:
    """Difference of paid shares and its 95 % interval, in percentage points; the shares they come from."""

    points: float
    low: float
    high: float
    called_paid: int
    called: int
    held_out_paid: int
    held_out: int

    @property
    def signed_points(self) -> str:
        """`+8,4`."""
        return _signed(self.points)

    @property
    def signed_interval(self) -> tuple[str, str]:
        """`-5,0` and `+3,4`. Its two sides differ, so no ± could tell it."""
        return _signed(self.low), _signed(self.high)


def _signed(points: float) -> str:
    return f"{round(points, 1) + 0.0:+.1f}".replace(".", ",")  # + 0.0 makes -0.0 a zero


def wilson(*, successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of one proportion, between 0 and 1."""
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no proportion")
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def effect(*, called_paid: int, called: int, held_out_paid: int, held_out: int) -> Effect | None:
    """What the calls added, or None while one of the groups is empty."""
    if not called or not held_out:
        return None
    with_calls, without = called_paid / called, held_out_paid / held_out
    low_1, high_1 = wilson(successes=called_paid, trials=called)
    low_2, high_2 = wilson(successes=held_out_paid, trials=held_out)
    difference = with_calls - without
    low = difference - sqrt((with_calls - low_1) ** 2 + (high_2 - without) ** 2)
    high = difference + sqrt((high_1 - with_calls) ** 2 + (without - low_2) ** 2)
    return Effect(difference * 100, low * 100, high * 100, called_paid, called, held_out_paid, held_out)
