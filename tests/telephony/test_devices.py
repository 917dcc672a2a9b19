"""Telephones and trunks that cannot be had are said, over a link to the played switchboard of either generation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, By, User
from agents.states import Event as Change
from agents.states import change_state
from control_room.page import alerts_now
from telephony.ami import Message
from telephony.devices import absent_telephones, trunks_now
from telephony.events import DeviceSeen
from telephony.models import Extension, HeardDevice, Listening, Switchboard, Trunk
from telephony.seats import see_seat, sit_down
from telephony.vocabularies import Vocabulary
from tests.sandbox.switchboard.playing import SECRET, Board, playing
from tests.telephony.a_listener import Running, is_linked, until

SignedIn = Callable[[Agent | User], Client]
LATER = timedelta(minutes=5)


@pytest.fixture(params=["13.0.0", "1.3"])
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Board]:
    with playing(request.param, tmp_path, "--members", "1001") as board:
        yield board


@pytest.fixture
def running(played: Board, ana: Agent) -> Iterator[Running]:
    technology, _slash, number = played.telephone("1001").partition("/")
    row = Switchboard.objects.create(
        name="Central", host="127.0.0.1", port=played.port, user="callcenter", technology=technology, is_on=True
    )
    extension = Extension.objects.create(switchboard=row, number=number)
    Trunk.objects.create(switchboard=row, name="trunk", leads_to="Red pública")
    Trunk.objects.create(switchboard=row, name="nadie")
    sit_down(agent=ana, extension=extension, now=timezone.now())
    change_state(agent=ana, event=Change.SIGNED_IN, now=timezone.now(), by=By.DESK)
    running = Running(row, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(row) and HeardDevice.objects.exists(), "linked")
        yield running
    finally:
        running.close()


def says_unregistered(agent: Agent) -> bool:
    seen = see_seat(user=agent.user, now=timezone.now())
    return seen is not None and seen.is_unregistered


def state_of_trunks() -> dict[str, bool | None]:
    return {one.name: one.is_there for one in trunks_now(now=timezone.now())}


def alerts(later: timedelta = LATER) -> list[str]:
    with transaction.atomic():  # the listener lives, and would put its own time there before the alerts are read
        Listening.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() + 2 * later)
        return [one.words for one in alerts_now(now=timezone.now() + later) if one.kind == "device"]


@pytest.mark.django_db(transaction=True)
def test_a_telephone_that_goes_away_is_said_on_her_page_and_in_the_room(
    running: Running, played: Board, ana: Agent, signed_in: SignedIn
) -> None:
    assert not says_unregistered(ana)
    assert alerts() == []
    played.turn(extensions={"1001": {"registered": False}})
    until(lambda: says_unregistered(ana), "said")
    page = signed_in(ana).get(reverse("inbound:lines")).content.decode()
    assert "sin registrar" in page
    (words,) = alerts()
    assert words.startswith("El teléfono de Ana, el 1001, no está registrado desde hace")
    change_state(agent=ana, event=Change.SIGNED_OUT, now=timezone.now(), by=By.DESK)
    assert alerts() == []  # nobody waits for a call there
    played.turn(extensions={"1001": {"registered": True}})
    until(lambda: not says_unregistered(ana), "back")


@pytest.mark.django_db(transaction=True)
def test_what_went_away_while_the_link_was_lost_is_known_when_it_is_back(
    running: Running, played: Board, ana: Agent
) -> None:
    running.stop()
    assert state_of_trunks() == {"trunk": None, "nadie": None}
    played.turn(extensions={"1001": {"registered": False}}, trunk=False)
    assert not says_unregistered(ana)  # nobody can know
    running.listen()
    until(lambda: says_unregistered(ana), "said")
    assert state_of_trunks() == {"trunk": False, "nadie": None}
    since = HeardDevice.objects.get(name=played.telephone("1001")).since
    running.stop()
    running.listen()
    until(lambda: says_unregistered(ana), "said over the next link")
    assert HeardDevice.objects.get(name=played.telephone("1001")).since == since  # it is so since then


@pytest.mark.django_db(transaction=True)
def test_a_trunk_that_is_not_reached_is_an_alert_and_the_admin_says_so(
    running: Running, played: Board, signed_in: SignedIn, ines: User
) -> None:
    assert state_of_trunks() == {"trunk": True, "nadie": None}
    played.turn(trunk=False)
    until(lambda: state_of_trunks()["trunk"] is False, "not reached")
    (words,) = alerts()
    assert words.startswith("La central Central no alcanza su troncal trunk (Red pública) desde hace")
    Trunk.objects.filter(name="trunk").update(leads_to="")
    assert alerts()[0].startswith("La central Central no alcanza su troncal trunk desde hace")
    page = signed_in(ines).get(reverse("admin:telephony_trunk_changelist")).content.decode()
    assert (page.count('"no">No</span>'), page.count('"no">—</span>')) == (1, 1)
    Trunk.objects.update(is_active=False)
    assert alerts() == []
    played.turn(trunk=True)


NEWER = [
    ("PJSIP/1001", "UNAVAILABLE", False),
    ("PJSIP/1001", "INUSE", True),
    ("PJSIP/1001", "UNKNOWN", None),
    ("Queue:101_avail", "NOT_INUSE", None),
    ("Local/1001@agents", "INVALID", None),
    ("Custom:DND1001", "INVALID", None),
]
TOLD = [("1001", "Unregistered", False), ("tigo", "Lagged", True), ("tigo", "Wondering", None)]
LISTED = [
    *(("tigo", "OK (4 ms)", True), ("tigo", "UNREACHABLE", False), ("tigo", "Unmonitored", None)),
    ("ti go", "UNREACHABLE", None),
]


def read(version: str, event: str, **said: str) -> tuple[object, ...]:
    return Vocabulary(version).read(Message((("event", event), *said.items())))


@pytest.mark.parametrize(("device", "state", "is_there"), NEWER)
def test_what_a_newer_one_says(device: str, state: str, is_there: bool | None) -> None:
    known = () if is_there is None else (DeviceSeen(device, is_there),)
    assert read("13.0.0", "DeviceStateChange", device=device, state=state) == known


@pytest.mark.parametrize(("name", "status", "is_there"), TOLD)
def test_what_an_older_one_tells(name: str, status: str, is_there: bool | None) -> None:
    known = () if is_there is None else (DeviceSeen(f"SIP/{name}", is_there),)
    assert read("1.3", "PeerStatus", peer=f"SIP/{name}", peerstatus=status) == known


@pytest.mark.parametrize(("name", "status", "is_there"), LISTED)
def test_what_an_older_one_lists(name: str, status: str, is_there: bool | None) -> None:
    known = () if is_there is None else (DeviceSeen(f"SIP/{name}", is_there),)
    assert read("1.3", "PeerEntry", channeltype="SIP", objectname=name, status=status) == known


def test_of_a_device_only_what_changed_is_told() -> None:
    vocabulary = Vocabulary("13.0.0")

    def says(state: str) -> int:
        pairs = (("event", "DeviceStateChange"), ("device", "PJSIP/1001"), ("state", state))
        return len(vocabulary.read(Message(pairs)))

    assert [says(one) for one in ("NOT_INUSE", "RINGING", "INUSE", "UNAVAILABLE", "INVALID", "NOT_INUSE")] == [
        *(1, 0, 0, 1, 0, 1)
    ]


@pytest.mark.django_db
def test_without_a_switchboard_nothing_is_claimed(ana: Agent) -> None:
    assert trunks_now(now=timezone.now()) == []
    assert absent_telephones(now=timezone.now()) == []
