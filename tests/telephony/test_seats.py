"""An agent says once where she sits; two do not sit at one telephone; what is wrong with hers is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, User
from telephony.events import Member, MemberSeen
from telephony.holding import let_go
from telephony.models import Extension, Listening, OutgoingCall, Seat, Switchboard
from telephony.seats import SeatRefused, SeatTaken, seat_of, see_seat, sit_down
from telephony.watching import Watch, hear
from tests.telephony.a_listener import linked

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}
PAGES = ("campaigns:desk", "inbound:lines")


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)


@pytest.fixture
def first(board: Switchboard) -> Extension:
    return Extension.objects.create(switchboard=board, number="1001")


@pytest.fixture
def second(board: Switchboard) -> Extension:
    return Extension.objects.create(switchboard=board, number="1002", place="Sala 2")


def test_where_she_sits_is_remembered_until_she_says_another(
    ana: Agent, first: Extension, second: Extension, now: datetime
) -> None:
    assert seat_of(ana) is None
    for extension in (first, second):
        sit_down(agent=ana, extension=extension, now=now)
        seat = seat_of(ana)
        assert seat is not None
        assert seat.extension == extension
    sit_down(agent=ana, extension=None, now=now)
    assert seat_of(ana) is None


def test_where_somebody_sits_nobody_else_does_unless_she_says_so(
    ana: Agent, luis: Agent, first: Extension, now: datetime
) -> None:
    sit_down(agent=luis, extension=first, now=now)
    with pytest.raises(SeatTaken, match="En el interno 1001 está Luis"):
        sit_down(agent=ana, extension=first, now=now)
    assert seat_of(ana) is None
    sit_down(agent=ana, extension=first, now=now, instead=True)
    assert seat_of(ana) is not None
    assert seat_of(luis) is None
    his = Seat.objects.get(agent=luis)
    assert (his.lost, his.taken_by) == (first, ana)


@pytest.mark.parametrize("off", ["extension", "switchboard"])
def test_nobody_sits_at_a_telephone_that_is_not_in_use(
    ana: Agent, board: Switchboard, first: Extension, now: datetime, off: str
) -> None:
    sit_down(agent=ana, extension=first, now=now)
    if off == "extension":
        Extension.objects.update(is_active=False)
    else:
        Switchboard.objects.update(is_on=False)
    assert seat_of(ana) is None
    with pytest.raises(SeatRefused, match="ya no está en uso"):
        sit_down(agent=ana, extension=Extension.objects.select_related("switchboard").get(), now=now)


def test_the_form_stands_where_calls_are_made_and_nowhere_without_a_switchboard(
    ana: Agent, first: Extension, signed_in: SignedIn
) -> None:
    client = signed_in(ana)
    for name in PAGES:
        assert 'id="seat"' in client.get(reverse(name)).content.decode()
    assert 'id="seat"' not in client.get(reverse("campaigns:agenda")).content.decode()
    Switchboard.objects.update(is_on=False)
    for name in PAGES:
        assert 'id="seat"' not in client.get(reverse(name)).content.decode()


def test_what_is_written_on_her_card_is_what_the_form_begins_with(
    ana: Agent, first: Extension, second: Extension
) -> None:
    Agent.objects.filter(pk=ana.pk).update(extension="1002")
    seen = see_seat(user=ana.user, now=timezone.now())
    assert seen is not None
    assert (seen.extension, seen.chosen) == (None, second.pk)


def test_the_form_asks_before_it_takes_and_who_lost_it_is_told(
    ana: Agent, luis: Agent, first: Extension, signed_in: SignedIn
) -> None:
    hers, his = signed_in(ana), signed_in(luis)
    address, said = reverse("telephony:seat"), {"extension": first.pk}
    assert "Interno 1001" in " ".join(his.post(address, said, **HTMX).content.decode().split())
    asked = hers.post(address, said, **HTMX)
    assert asked.status_code == 409
    assert "está Luis" in asked.content.decode()
    assert 'name="instead"' in asked.content.decode()
    assert hers.post(address, {**said, "instead": "1"}, **HTMX).status_code == 200
    page = his.get(reverse("campaigns:desk")).content.decode()
    assert "Le tomaron el 1001" in page
    assert "Ana dijo a las" in page
    his.post(address, {"extension": ""}, **HTMX)
    assert "Le tomaron" not in his.get(reverse("campaigns:desk")).content.decode()


def test_her_pages_say_that_the_switchboard_is_not_heard(
    ana: Agent, board: Switchboard, first: Extension, signed_in: SignedIn
) -> None:
    client, now = signed_in(ana), timezone.now()
    sit_down(agent=ana, extension=first, now=now)
    assert "sin enlace" in client.get(reverse("telephony:seat_stands")).content.decode()
    Listening.objects.create(switchboard=board, lease_until=now + timedelta(seconds=30), connected_at=now)
    assert "sin enlace" not in client.get(reverse("telephony:seat_stands")).content.decode()


def test_a_telephone_that_is_none_of_ours_is_not_sat_at(ana: Agent, first: Extension, signed_in: SignedIn) -> None:
    for forged in ("0", "9999999", "x", "1" * 30):
        assert signed_in(ana).post(reverse("telephony:seat"), {"extension": forged}, **HTMX).status_code == 404
    assert not Seat.objects.exists()


def test_a_telephone_the_switchboard_did_not_find_is_said_until_she_chooses_again(
    ana: Agent, board: Switchboard, first: Extension, now: datetime, at: Callable[[str], datetime]
) -> None:
    sit_down(agent=ana, extension=first, now=now)
    OutgoingCall.objects.create(
        switchboard=board, agent=ana, telephone="PJSIP/1001", number="+59170712345", dialled="70712345",
        state="over", outcome="agent_absent", asked_at=at("2026-11-26 09:05"), ended_at=at("2026-11-26 09:06"),
    )  # fmt: skip
    seen = see_seat(user=ana.user, now=timezone.now())
    assert seen is not None
    assert seen.is_unregistered
    sit_down(agent=ana, extension=first, now=at("2026-11-26 09:10"))
    seen = see_seat(user=ana.user, now=timezone.now())
    assert seen is not None
    assert not seen.is_unregistered


def queues_tell(board: Switchboard, interface: str, status: int, at: datetime) -> None:
    """A queue says how a member stands, over the link there is."""
    held = Listening.objects.get(switchboard=board)
    hear(held=held, events=[MemberSeen(Member("101", interface), status, False, "")], now=at)
    Watch(held).apply(now=at)


@pytest.mark.parametrize(
    ("told", "is_absent"),
    [
        ([("PJSIP/1001", 5)], True),
        ([("Local/1001@from-queue/n", 4)], True),
        ([("PJSIP/1001", 5), ("PJSIP/1001", 1)], False),  # it came back
        ([("PJSIP/1001", 1), ("PJSIP/1001", 5)], True),
        ([("PJSIP/1001", 1), ("PJSIP/10010", 5), ("PJSIP/1002", 5)], False),
        ([("PJSIP/1001", 0)], False),
        ([], False),
    ],
)
def test_a_telephone_the_queues_know_to_be_absent_is_said_when_she_sits_down(
    ana: Agent, board: Switchboard, first: Extension, signed_in: SignedIn, told: list[tuple[str, int]], is_absent: bool
) -> None:
    now = timezone.now()
    with linked(board, now):
        for interface, status in told:
            queues_tell(board, interface, status, now)
        page = signed_in(ana).post(reverse("telephony:seat"), {"extension": first.pk}, **HTMX).content.decode()
    assert ("sin registrar" in page) is is_absent
    assert ("La central no encontró el teléfono 1001" in page) is is_absent
    assert (" open>" in page) is is_absent
    assert seat_of(ana) is not None  # she sits there all the same


@pytest.mark.parametrize("link", ["lost", "another"])
def test_of_what_was_heard_over_another_link_nothing_is_claimed(
    ana: Agent, board: Switchboard, first: Extension, signed_in: SignedIn, link: str
) -> None:
    now = timezone.now()
    with linked(board, now) as held:
        queues_tell(board, "PJSIP/1001", 5, now - timedelta(minutes=5))
        let_go(held=held, now=now, why="LinkLost: closed")
        if link == "another":
            Listening.objects.update(connected_at=now, lease_until=now + timedelta(seconds=8), fence=held.fence + 1)
        page = signed_in(ana).post(reverse("telephony:seat"), {"extension": first.pk}, **HTMX).content.decode()
    assert "sin registrar" not in page


def test_a_supervisors_telephone_that_is_absent_is_said_as_well(
    elena: User, board: Switchboard, first: Extension, signed_in: SignedIn
) -> None:
    now = timezone.now()
    with linked(board, now):
        queues_tell(board, "PJSIP/1001", 5, now)
        page = signed_in(elena).post(reverse("telephony:seat"), {"extension": first.pk}, **HTMX).content.decode()
    assert "sin registrar" in page


def test_how_her_telephone_stands_is_asked_again(
    ana: Agent, board: Switchboard, first: Extension, signed_in: SignedIn
) -> None:
    now = timezone.now()
    sit_down(agent=ana, extension=first, now=now)
    client = signed_in(ana)
    with linked(board, now):
        for status, is_absent in ((5, True), (1, False)):
            queues_tell(board, "PJSIP/1001", status, now)
            page = client.get(reverse("telephony:seat_stands")).content.decode()
            assert ("sin registrar" in page) is is_absent
