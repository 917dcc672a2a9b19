"""Known answers: Newcombe (1998), table II, contrasts (a)-(h), method 10."""

import pytest

from campaigns.figures.hold_out import Effect, effect, wilson

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


@pytest.mark.parametrize(("paid", "called", "paid_alone", "alone", "low", "high"), NEWCOMBE)
def test_the_interval_is_newcombes(paid, called, paid_alone, alone, low, high):
    found = effect(called_paid=paid, called=called, held_out_paid=paid_alone, held_out=alone)
    assert found is not None
    assert found.low / 100 == pytest.approx(low, abs=0.00005)
    assert found.high / 100 == pytest.approx(high, abs=0.00005)
    assert found.points / 100 == pytest.approx(paid / called - paid_alone / alone)


def test_wilson_of_known_shares():
    assert wilson(successes=81, trials=263) == pytest.approx((0.2553, 0.3662), abs=0.0001)
    assert wilson(successes=0, trials=20) == pytest.approx((0.0, 0.1611), abs=0.0001)


def test_without_a_group_there_is_no_effect():
    assert effect(called_paid=3, called=10, held_out_paid=0, held_out=0) is None
    assert effect(called_paid=0, called=0, held_out_paid=1, held_out=4) is None


def test_an_effect_is_clear_when_its_interval_leaves_out_zero():
    assert effect(called_paid=56, called=70, held_out_paid=48, held_out=80).low > 0
    unclear = effect(called_paid=5, called=56, held_out_paid=0, held_out=29)
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
