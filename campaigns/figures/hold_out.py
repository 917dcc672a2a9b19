"""What the calls themselves added: the paid share of those called less that of those left alone at random.

People of one household are drawn together and pay together, so they are not independent: what counts is the household.
The share of a group is a ratio estimate (paid items ÷ items over its households); from the spread between households
follows how many independent items the group is worth, and of those two numbers the interval is Newcombe's hybrid score
interval for a difference of proportions (method 10 in R. G. Newcombe, *Interval estimation for the difference between
independent proportions*, Statistics in Medicine 17, 1998), built of two Wilson intervals. Unlike the textbook's normal
interval it holds for small groups and shares near 0 or 1. Without households it is his interval exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
Z_POWER_80 = 0.8416212335729143


@dataclass(frozen=True)
class Group:
    """Sums over the households of one group: `items` and what was `paid` of each, and their products.

    Items are counted, or Bs that were due and Bs of them that were paid. households Σ1, items Σn, paid Σy, items² Σn²,
    items·paid Σny, paid² Σy².
    """

    households: int
    items: float
    paid: float
    items_items: float
    items_paid: float
    paid_paid: float

    @property
    def mean(self) -> float:
        """The paid share, between 0 and 1."""
        return self.paid / self.items

    @property
    def variance(self) -> float:
        """Of `mean`, between households; 0 with fewer than two."""
        if self.households < 2:
            return 0.0
        spread = self.paid_paid - 2 * self.mean * self.items_paid + self.mean**2 * self.items_items
        return max(0.0, spread) * self.households / (self.households - 1) / self.items**2

    @property
    def is_of_singles(self) -> bool:
        """Whether each household is of one item."""
        return self.items_items == self.items == self.households

    @property
    def worth(self) -> float:
        """How many independent items the group is worth: as many as it has where each household is of one."""
        share = self.mean
        if self.is_of_singles or not 0 < share < 1 or not self.variance:
            return self.items**2 / self.items_items
        return min(float(self.items), max(1.0, share * (1 - share) / self.variance))

    @property
    def quantile(self) -> float:
        """Of the 95 % interval: Student's, where the spread itself was measured between few households."""
        return Z_95 if self.is_of_singles else students_quantile(self.households - 1)


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


@dataclass(frozen=True)
class Money:
    """Bs that the calls added, over all who were called, and its 95 % interval."""

    added: float
    low: float
    high: float


@dataclass(frozen=True)
class Effects:
    """The effect in each unit. `services` and `money` are missing in seals of before they were measured."""

    contacts: Effect
    services: Effect | None = None
    money: Money | None = None


def students_quantile(freedom: int) -> float:
    """Of a two-sided 95 % interval whose spread was measured with `freedom` degrees of freedom.

    His expansion in 1/freedom to the third order, right to the second decimal; below five degrees his own.
    """
    if freedom < 5:
        return {4: 2.7764, 3: 3.1824, 2: 4.3027}.get(freedom, 12.7062)
    z = Z_95
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def wilson(*, successes: float, trials: float, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of one proportion, between 0 and 1."""
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no proportion")
    share = successes / trials
    centre = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def effect(*, called: Group, held_out: Group) -> Effect | None:
    """What the calls added, or None while one of the groups is empty."""
    if not called.items or not held_out.items:
        return None
    (with_calls, low_1, high_1), (without, low_2, high_2) = _interval(called), _interval(held_out)
    difference = with_calls - without
    low = difference - sqrt((with_calls - low_1) ** 2 + (high_2 - without) ** 2)
    high = difference + sqrt((high_1 - with_calls) ** 2 + (without - low_2) ** 2)
    return Effect(
        difference * 100,
        low * 100,
        high * 100,
        round(called.paid),
        round(called.items),
        round(held_out.paid),
        round(held_out.items),
    )


def money_added(*, called: Group, held_out: Group) -> Money | None:
    """The effect in Bs: the difference of the shares of what was due that were paid, times what those called owed."""
    found = effect(called=called, held_out=held_out)
    if found is None:
        return None
    return Money(*(points / 100 * called.items for points in (found.points, found.low, found.high)))


def smallest_effect(*, called: float, held_out: float, share: float) -> float | None:
    """The smallest effect, in points, that groups of so many independent contacts show four times in five.

    Two-sided at 95 %, where `share` of those left alone pays. None when one of the groups is empty.
    """
    if called <= 0 or held_out <= 0:
        return None
    return (Z_95 + Z_POWER_80) * sqrt(share * (1 - share) * (1 / called + 1 / held_out)) * 100


def _interval(group: Group) -> tuple[float, float, float]:
    share = group.mean
    return share, *wilson(successes=share * group.worth, trials=group.worth, z=group.quantile)


def _signed(points: float) -> str:
    return f"{round(points, 1) + 0.0:+.1f}".replace(".", ",")  # + 0.0 makes -0.0 a zero
