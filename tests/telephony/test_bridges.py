"""Who speaks with whom, from what a switchboard tells, and whom somebody has spoken with before."""

from __future__ import annotations

from telephony.bridges import Bridges
from telephony.events import Event, HungUp, Joined, Leg, Parted

CALLER, ANA, LUIS = Leg("1.0"), Leg("1.1"), Leg("1.2")


def after(*events: Event) -> Bridges:
    bridges = Bridges()
    for event in events:
        bridges.take(event)
    return bridges


def test_who_is_in_one_bridge_speaks() -> None:
    bridges = after(Joined("a", CALLER), Joined("a", ANA), Joined("b", LUIS))
    assert (bridges.beside("1.0"), bridges.beside("1.1"), bridges.beside("1.2")) == ([ANA], [CALLER], [])
    assert bridges.take(Joined("b", ANA)) == "1.1"
    assert (bridges.beside("1.0"), bridges.beside("1.2")) == ([], [ANA])


def test_who_left_another_bridge_stays_in_this_one() -> None:
    bridges = after(Joined("a", CALLER), Joined("b", CALLER), Joined("b", ANA), Parted("a", CALLER))
    assert bridges.beside("1.0") == [ANA]
    bridges.take(Parted("b", CALLER))
    assert bridges.beside("1.1") == []


def test_whom_she_asked_is_known_while_he_is_there_and_speaks_with_nobody() -> None:
    bridges = after(
        Joined("a", CALLER), Joined("a", ANA), Parted("a", ANA), Joined("b", ANA), Joined("b", LUIS), Parted("b", ANA),
        Joined("a", ANA),
    )  # fmt: skip
    assert bridges.met_by("1.1") == [LUIS]
    bridges.take(Joined("c", LUIS))
    bridges.take(Joined("c", Leg("1.3")))
    assert bridges.met_by("1.1") == []
    bridges.take(HungUp(LUIS, 16))
    assert (bridges.met_by("1.1"), bridges.met_by("9"), bridges.beside("1.3")) == ([], [], [])


def test_nothing_is_kept_of_who_hung_up() -> None:
    bridges = after(Joined("a", CALLER), Joined("a", ANA), HungUp(ANA, 16), HungUp(CALLER, 16), HungUp(LUIS, 16))
    assert (bridges._where, bridges._met) == ({}, {})
