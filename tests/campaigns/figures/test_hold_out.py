"""Known answers: Newcombe (1998), table II, contrasts (a)-(h), method 10; and months made up by the thousand."""

from random import Random

import pytest

from campaigns.figures.hold_out import Effect, Group, effect, money_added, smallest_effect, wilson

NEWCOMBE = [
    # called paid/called, held out paid/held out, low, high
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0),
    (10, 10, 0, 10, 0.6075, 1.0),
]


def singles(paid: int, items: int) -> Group:
    """Contacts of whom each is a household of her own."""
    return Group(items, items, paid, items, paid, paid)


def group_of(households: list[tuple[int, float]]) -> Group:
    """Households as (items, paid)."""
    return Group(
        len(households),
        sum(n for n, _y in households),
        sum(y for _n, y in households),
        sum(n * n for n, _y in households),
        sum(n * y for n, y in households),
        sum(y * y for _n, y in households),
    )


def effect_of(called_paid: int, called: int, held_out_paid: int, held_out: int) -> Effect | None:
    return effect(called=singles(called_paid, called), held_out=singles(held_out_paid, held_out))


@pytest.mark.parametrize(("paid", "called", "paid_alone", "alone", "low", "high"), NEWCOMBE)
def test_the_interval_is_newcombes(paid, called, paid_alone, alone, low, high):
    found = effect_of(paid, called, paid_alone, alone)
    assert found is not None
    assert found.low / 100 == pytest.approx(low, abs=0.00005)
    assert found.high / 100 == pytest.approx(high, abs=0.00005)
    assert found.points / 100 == pytest.approx(paid / called - paid_alone / alone)


def test_wilson_of_known_shares():
    assert wilson(successes=81, trials=263) == pytest.approx((0.2553, 0.3662), abs=0.0001)
    assert wilson(successes=0, trials=20) == pytest.approx((0.0, 0.1611), abs=0.0001)


def test_without_a_group_there_is_no_effect():
    assert effect_of(3, 10, 0, 0) is None
    assert effect_of(0, 0, 1, 4) is None
    assert money_added(called=singles(0, 0), held_out=singles(1, 4)) is None


def test_an_effect_is_clear_when_its_interval_leaves_out_zero():
    assert effect_of(56, 70, 48, 80).low > 0
    unclear = effect_of(5, 56, 0, 29)
    assert unclear.low <= 0 <= unclear.high


@pytest.mark.parametrize(("successes", "trials"), [(1, 0), (3, 2), (-1, 5)])
def test_what_is_no_proportion_is_refused(successes, trials):
    with pytest.raises(ValueError):
        wilson(successes=successes, trials=trials)


@pytest.mark.parametrize(
    ("found", "points", "interval"),
    [
        (Effect(8.44, -1.26, 18.0, 1, 1, 1, 1), "+8,4", ("-1,3", "+18,0")),
        (Effect(-0.04, -0.0, 0.04, 1, 1, 1, 1), "+0,0", ("+0,0", "+0,0")),
        (Effect(-12.5, -20.0, -3.97, 1, 1, 1, 1), "-12,5", ("-20,0", "-4,0")),
    ],
)
def test_points_are_told_with_their_sign_and_nothing_is_minus_zero(found, points, interval):
    assert found.signed_points == points
    assert found.signed_interval == interval


def made_up_month(
    chance: Random,
    *,
    households: int,
    held_out: float,
    paid: float,
    added: float,
    sizes: tuple[int, ...],
    together: float,
) -> tuple[Group, Group]:
    """Called and held out of a month in which calls add `added`; households pay as one with the chance `together`."""
    sides: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
    alone = round(households * held_out)
    for number in range(households):
        size = chance.choice(sizes)
        share = paid if number < alone else paid + added
        if chance.random() < together:
            pays = size if chance.random() < share else 0
        else:
            pays = sum(chance.random() < share for _one in range(size))
        sides[number < alone].append((size, pays))
    return group_of(sides[False]), group_of(sides[True])


MONTHS = {
    "everybody alone": {"households": 400, "held_out": 0.1, "paid": 0.45, "added": 0.08, "sizes": (1,), "together": 0},
    "households": {
        "households": 400,
        "held_out": 0.1,
        "paid": 0.45,
        "added": 0.08,
        "sizes": (1, 1, 2, 3),
        "together": 1,
    },
    "no effect": {
        "households": 400,
        "held_out": 0.2,
        "paid": 0.3,
        "added": 0.0,
        "sizes": (1, 1, 2, 3),
        "together": 0.8,
    },
    "nearly all pay": {
        "households": 300,
        "held_out": 0.1,
        "paid": 0.9,
        "added": 0.05,
        "sizes": (1, 2, 4),
        "together": 1,
    },
    "a small group": {"households": 200, "held_out": 0.05, "paid": 0.5, "added": 0.05, "sizes": (1, 2), "together": 1},
}


@pytest.mark.parametrize("month", MONTHS)
def test_of_a_thousand_months_the_interval_covers_the_truth_in_95_of_100(month):
    chance, covered = Random(20261127), 0
    for _month in range(1000):
        called, alone = made_up_month(chance, **MONTHS[month])
        found = effect(called=called, held_out=alone)
        covered += found.low <= MONTHS[month]["added"] * 100 <= found.high
    assert 0.93 <= covered / 1000 <= 0.97


def test_counted_one_by_one_households_would_make_the_interval_too_narrow():
    chance, covered = Random(20261127), 0
    for _month in range(300):
        called, alone = made_up_month(
            chance, households=400, held_out=0.1, paid=0.45, added=0.0, sizes=(1, 4, 8), together=1
        )
        found = effect_of(called.paid, called.items, alone.paid, alone.items)
        covered += found.low <= 0 <= found.high
    assert covered / 300 < 0.85


@pytest.mark.parametrize("month", MONTHS)
def test_of_a_thousand_months_the_interval_of_bolivianos_covers_the_truth_in_95_of_100(month):
    """Households owe what their contracts do, Bs 99 to 389 each."""
    chance, covered, case = Random(20261127), 0, MONTHS[month]
    for _month in range(1000):
        alone, sides = round(case["households"] * case["held_out"]), ([], [])
        for number in range(case["households"]):
            due = [chance.choice((99, 159, 289, 389)) for _contract in range(chance.choice(case["sizes"]))]
            share = case["paid"] if number < alone else case["paid"] + case["added"]
            together = chance.random() < case["together"]
            pays = chance.random() < share
            paid = sum(bs for bs in due if (pays if together else chance.random() < share))
            sides[number < alone].append((sum(due), paid))
        called, left = group_of(sides[False]), group_of(sides[True])
        found = money_added(called=called, held_out=left)
        covered += found.low <= case["added"] * called.items <= found.high
    assert 0.92 <= covered / 1000 <= 0.975


def test_the_smallest_effect_shrinks_with_the_group():
    assert smallest_effect(called=900, held_out=100, share=0.5) == pytest.approx(14.77, abs=0.01)
    assert smallest_effect(called=500, held_out=500, share=0.5) < 9
    assert smallest_effect(called=900, held_out=0, share=0.5) is None
