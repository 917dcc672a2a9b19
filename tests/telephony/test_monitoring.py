"""Listening to a call: who may, once and not at all; what it becomes at the switchboard; and that its agent is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, Role, User
from agents.presence import sign_in
from telephony.actions import action, listen_in
from telephony.ami import NotSendable
from telephony.dialling import ask_to_call, ask_to_hang_up
from telephony.events import Answered, CallPlaced, ChannelBegan, ChannelSeen, HungUp, KeyTold, Leg, SpyBegan
from telephony.models import Extension, Listening, Monitoring, OutgoingCall, QueueCall, SupervisorSeat, Switchboard
from telephony.monitoring import (
    MonitoringRefused,
    as_spying,
    ask_to_monitor,
    ask_to_stop,
    close_forgotten_monitorings,
    next_to_monitor,
    next_to_stop,
    own_last,
    told_to,
)
from telephony.seats import SeatRefused, SeatTaken, listening_seat_of, see_seat, sit_down, sit_down_to_listen
from telephony.watching import Watch, hear
from tests.sandbox.switchboard.playing import SECRET, WITHOUT_END, Board, playing
from tests.telephony.a_listener import Running, is_linked, linked, until

pytestmark = pytest.mark.django_db
Kind, Outcome, State = Monitoring.Kind, Monitoring.Outcome, Monitoring.State
HERS = Leg("1.2", channel="PJSIP/1001-0000002a")


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 09:00")


@pytest.fixture
def board() -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)


@pytest.fixture
def held(board: Switchboard, now: datetime) -> Listening:
    with linked(board, now) as held:
        return held


@pytest.fixture
def seated(board: Switchboard, ana: Agent, elena: User, now: datetime) -> Extension:
    """Ana at 1001, Elena at 1090."""
    first, last = (Extension.objects.create(switchboard=board, number=number) for number in ("1001", "1090"))
    sit_down(agent=ana, extension=first, now=now)
    sit_down_to_listen(user=elena, extension=last, now=now)
    return last


@pytest.fixture
def call(held: Listening, seated: Extension, ana: Agent, now: datetime) -> QueueCall:
    """Ana talks."""
    return QueueCall.objects.create(
        switchboard_id=held.pk, queue="101", uid="1.1", channel="PJSIP/trunk-1", state="talking", agent=ana,
        telephone="PJSIP/1001", agent_uid=HERS.uid, agent_channel=HERS.channel, joined_at=now, answered_at=now,
    )  # fmt: skip


def asked(by: User, agent: Agent, now: datetime, kind: Monitoring.Kind = Kind.LISTEN) -> Monitoring:
    return ask_to_monitor(by=by, agent=agent, kind=kind, now=now)


def stands(one: Monitoring) -> tuple[str, str]:
    one.refresh_from_db()
    return one.state, one.outcome


def tell(held: Listening, *events: object, at: datetime) -> Watch:
    hear(held=held, events=events, now=at)  # type: ignore[arg-type]
    watch = Watch(held)
    watch.apply(now=at)
    return watch


def test_it_is_asked_for_once_and_sent_once(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now, Kind.WHISPER)
    assert asked(elena, ana, now, Kind.WHISPER) == one
    assert (one.call, one.is_announced, one.telephone) == (call, True, "PJSIP/1090")
    assert next_to_monitor(held=held, now=now) == one
    assert next_to_monitor(held=held, now=now) is None
    sent = as_spying(one, channel=HERS.channel, takes_keys=True).decode()
    assert "Data: PJSIP/1001-0000002a,qwES\r\n" in sent
    assert "Channel: PJSIP/1090\r\n" in sent
    assert f"ChannelId: {one.key}\r\n" in sent
    assert "Context" not in sent


def test_what_was_not_sent_yet_is_asked_for_otherwise_at_once(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now, Kind.LISTEN)
    assert asked(elena, ana, now, Kind.WHISPER) == one
    assert stands(one) == ("over", "cancelled")
    assert Monitoring.objects.under_way().get().kind == "whisper"
    assert next_to_monitor(held=held, now=now) == Monitoring.objects.under_way().get()


def test_who_speaks_with_one_agent_does_not_go_over_to_another_by_a_click(
    call: QueueCall, ana: Agent, luis: Agent, elena: User, now: datetime
) -> None:
    asked(elena, ana, now)
    QueueCall.objects.update(agent=luis)
    with pytest.raises(MonitoringRefused, match="ya está con Ana"):
        asked(elena, luis, now)


def test_who_goes_over_to_another_kind_is_told_when_the_call_ended_meanwhile(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    leg = Leg(str(one.key), channel="PJSIP/1090-00000001")
    tell(held, ChannelBegan(leg), Answered(leg), SpyBegan(leg.channel, HERS.channel), at=now)
    asked(elena, ana, now, Kind.JOIN)
    assert asked(elena, ana, now, Kind.JOIN) == one
    QueueCall.objects.update(state="over", outcome="answered", ended_at=now)
    tell(held, HungUp(leg, 16), at=now + timedelta(seconds=1))
    assert stands(one) == ("over", "done")
    told = own_last(by=elena, now=now + timedelta(seconds=2))
    assert told is not None
    assert "no está en una llamada" in told.said
    assert not Monitoring.objects.under_way().exists()


def test_who_ends_it_while_she_goes_over_ends_all_of_it(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    leg = Leg(str(one.key), channel="PJSIP/1090-00000001")
    tell(held, ChannelBegan(leg), Answered(leg), SpyBegan(leg.channel, HERS.channel), at=now)
    asked(elena, ana, now, Kind.JOIN)
    ask_to_stop(by=elena, now=now)
    tell(held, HungUp(leg, 16), at=now + timedelta(seconds=1))
    assert stands(one) == ("over", "done")
    assert not Monitoring.objects.under_way().exists()


def test_only_supervisors_may_and_nobody_listens_to_herself(
    call: QueueCall, ana: Agent, luis: Agent, elena: User, oscar: User, ines: User, now: datetime
) -> None:
    for stranger in (luis.user, oscar, ines):
        with pytest.raises(MonitoringRefused, match="Solo supervisión"):
            asked(stranger, ana, now)
    User.objects.filter(pk=ana.user_id).update(role=Role.SUPERVISOR)
    ana.user.refresh_from_db()
    with pytest.raises(MonitoringRefused, match="sí mismo"):
        asked(ana.user, ana, now)
    elena.is_active = False
    with pytest.raises(MonitoringRefused, match="Solo supervisión"):
        asked(elena, ana, now)


def test_there_has_to_be_a_call_a_seat_and_a_link(
    call: QueueCall, board: Switchboard, ana: Agent, luis: Agent, elena: User, now: datetime
) -> None:
    with pytest.raises(MonitoringRefused, match="no está en una llamada"):
        asked(elena, luis, now)
    Listening.objects.update(connected_at=None)
    with pytest.raises(MonitoringRefused, match="enlace"):
        asked(elena, ana, now)
    other = Switchboard.objects.create(name="Otra", host="127.0.0.1", user="x", is_on=True)
    elsewhere = Extension.objects.create(switchboard=other, number="1090")
    sit_down_to_listen(user=elena, extension=elsewhere, now=now)
    with pytest.raises(MonitoringRefused, match="otra central: su interno es de Otra"):
        asked(elena, ana, now)
    sit_down_to_listen(user=elena, extension=None, now=now)
    with pytest.raises(MonitoringRefused, match="en qué interno"):
        asked(elena, ana, now)


def test_what_may_not_be_any_more_is_not_sent(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    over = asked(elena, ana, now)
    QueueCall.objects.update(state="over", outcome="done", ended_at=now)
    assert next_to_monitor(held=held, now=now) is None
    assert stands(over) == ("over", "call_ended")
    QueueCall.objects.update(state="talking", outcome="", ended_at=None)
    barred = asked(elena, ana, now)
    User.objects.filter(pk=elena.pk).update(role=Role.AUDITOR)
    assert next_to_monitor(held=held, now=now) is None
    assert stands(barred) == ("over", "not_allowed")


def test_whoever_lost_the_hold_sends_nothing_and_what_is_late_is_not_sent(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    Listening.objects.filter(pk=held.pk).update(fence=held.fence + 1)
    assert next_to_monitor(held=held, now=now) is None
    Listening.objects.filter(pk=held.pk).update(fence=held.fence)
    assert next_to_monitor(held=held, now=now + timedelta(seconds=7)) is None
    assert close_forgotten_monitorings(now=now + timedelta(seconds=7)) == 1
    assert stands(one) == ("over", "not_sent")


def test_an_outgoing_call_is_listened_to_as_well(
    held: Listening, seated: Extension, ana: Agent, elena: User, now: datetime
) -> None:
    clicked = OutgoingCall.objects.create(
        switchboard_id=held.pk, agent=ana, telephone="PJSIP/1001", number="+59170712345", dialled="70712345",
        state="talking", asked_at=now, sent_at=now, fence=held.fence, customer_rang_at=now, answered_at=now,
    )  # fmt: skip
    one = asked(elena, ana, now, Kind.JOIN)
    assert one.call == clicked
    sent = as_spying(one, channel=str(clicked.key), takes_keys=False).decode()  # the channel is not known any more
    assert "Data: PJSIP/1001-,qBES\r\n" in sent
    assert "ChannelId" not in sent


def test_the_policy_says_whether_listening_is_told_and_speaking_always_is(
    call: QueueCall, board: Switchboard, ana: Agent, elena: User, now: datetime
) -> None:
    Switchboard.objects.update(announces_listening=False)
    assert not asked(elena, ana, now).is_announced
    ask_to_stop(by=elena, now=now)
    assert asked(elena, ana, now, Kind.JOIN).is_announced
    with pytest.raises(IntegrityError, match="monitoring_that_speaks_is_announced"), transaction.atomic():
        Monitoring.objects.filter(kind="join").update(is_announced=False)


def test_what_is_heard_and_by_whom_is_told_from_the_first_sound_on(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    leg = Leg(str(one.key), channel="PJSIP/1090-00000001")
    tell(held, ChannelBegan(leg), at=now)
    assert (stands(one), told_to(ana)) == (("sent", ""), [])
    tell(held, Answered(leg), SpyBegan(leg.channel, HERS.channel), at=now + timedelta(seconds=3))
    assert stands(one) == ("on", "")
    assert told_to(ana) == [one]
    assert Monitoring.objects.get().began_at == now + timedelta(seconds=3)
    tell(held, HungUp(leg, 16), at=now + timedelta(seconds=9))
    assert stands(one) == ("over", "done")
    assert (one.lasted, told_to(ana)) == (6, [])


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        (lambda leg: [HungUp(leg, 17), CallPlaced(leg.uid, leg.uid, False, 5)], "busy"),
        (lambda leg: [CallPlaced(leg.uid, leg.uid, False, 3), HungUp(leg, 19)], "no_answer"),
        (lambda leg: [CallPlaced(leg.uid, leg.uid, False, 0), HungUp(leg, 21)], "rejected"),
        (lambda leg: [CallPlaced(leg.uid, leg.uid, False, 0), HungUp(leg, 20)], "absent"),
        (lambda leg: [CallPlaced(leg.uid, leg.uid, True, 4), Answered(leg), HungUp(leg, 16)], "failed"),
    ],
)
def test_why_nothing_came_of_it_is_said(
    events: Callable[[Leg], list[object]], outcome: str, call: QueueCall, held: Listening, ana: Agent, elena: User,
    now: datetime,
) -> None:  # fmt: skip
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    leg = Leg(str(one.key), channel="PJSIP/1090-00000001")
    tell(held, ChannelBegan(leg), *events(leg), at=now + timedelta(seconds=1))
    assert stands(one) == ("over", outcome)
    assert own_last(by=elena, now=now + timedelta(seconds=2)) == one
    assert own_last(by=elena, now=now + timedelta(minutes=2)) is None
    seen = see_seat(user=elena, now=timezone.now())
    assert seen is not None
    assert seen.is_unregistered == (outcome == "absent")


def test_an_older_switchboard_tells_it_by_the_variable(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    leg = Leg("8.8", channel="SIP/1090-00000001")
    watch = tell(held, KeyTold(leg, str(one.key)), SpyBegan(leg.channel, HERS.channel), at=now)
    assert stands(one) == ("on", "")
    assert watch.monitored.channel(one) == leg.channel


def test_the_call_ends_and_with_it_what_is_heard_of_it(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    leg = Leg(str(one.key), channel="PJSIP/1090-00000001")
    tell(held, ChannelBegan(leg), SpyBegan(leg.channel, HERS.channel), at=now)
    assert next_to_stop(held=held, now=now) is None
    tell(held, HungUp(HERS, 16), at=now + timedelta(seconds=5))
    assert next_to_stop(held=held, now=now) == one
    assert next_to_stop(held=held, now=now) is None


def test_after_a_loss_what_is_there_goes_on_and_what_is_not_is_unknown(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    leg = Leg(str(one.key), channel="PJSIP/1090-00000001")
    there = [ChannelSeen(leg, True, 5, ""), ChannelSeen(Leg(call.uid), True, 9, "b"), ChannelSeen(HERS, True, 9, "b")]
    tell(held, *there, at=now).reconcile(seen=there, now=now)
    assert stands(one) == ("on", "")
    tell(held, at=now).reconcile(seen=there[1:], now=now)
    assert stands(one) == ("over", "unknown")


def test_of_what_nobody_watches_any_more_nobody_knows(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    next_to_monitor(held=held, now=now)
    assert close_forgotten_monitorings(now=now + timedelta(seconds=30)) == 0
    assert close_forgotten_monitorings(now=now + timedelta(minutes=5)) == 1
    assert stands(one) == ("over", "unknown")


def test_what_was_not_sent_is_cancelled_at_once(
    call: QueueCall, held: Listening, ana: Agent, elena: User, now: datetime
) -> None:
    one = asked(elena, ana, now)
    ask_to_stop(by=elena, now=now)
    assert stands(one) == ("over", "cancelled")
    assert next_to_monitor(held=held, now=now) is None
    assert next_to_stop(held=held, now=now) is None


def test_where_an_agent_sits_no_supervisor_listens_and_a_supervisor_gives_way_when_asked(
    seated: Extension, ana: Agent, luis: Agent, elena: User, now: datetime
) -> None:
    hers = Extension.objects.select_related("switchboard").get(number="1001")
    with pytest.raises(SeatRefused, match="está Ana, que atiende ahí"):
        sit_down_to_listen(user=elena, extension=hers, now=now)
    with pytest.raises(SeatTaken, match="está Elena"):
        sit_down(agent=luis, extension=seated, now=now)
    assert listening_seat_of(elena) == seated
    sit_down(agent=luis, extension=seated, now=now, instead=True)
    assert not SupervisorSeat.objects.exists()
    Extension.objects.filter(pk=hers.pk).update(is_active=False)
    hers.refresh_from_db()
    with pytest.raises(SeatRefused, match="ya no está en uso"):
        sit_down_to_listen(user=elena, extension=hers, now=now)


@pytest.mark.parametrize(
    "data",
    ["PJSIP/1001,qES", "PJSIP/1001-1,q", "PJSIP/1001-1,qxES", "PJSIP/1001-1,qES,System", "all,qES", "PJSIP/-1,qES", ""],
)
def test_nothing_but_a_telephones_call_is_listened_to(data: str) -> None:
    with pytest.raises(NotSendable):
        action("Originate", [("Application", "ChanSpy"), ("Data", data)], action_id="a")
    for other in ("System", "ChanSpy ", "ExtenSpy"):
        with pytest.raises(NotSendable):
            action("Originate", [("Application", other)], action_id="a")
    with pytest.raises(NotSendable):
        listen_in(
            key="a", telephone="PJSIP/1090", spied="PJSIP/1001-1", how="W", shown="1001", seconds=9, takes_keys=True
        )


def test_the_auditor_reads_who_listened_and_an_agent_what_she_was_told(
    call: QueueCall, held: Listening, ana: Agent, elena: User, oscar: User, now: datetime,
    signed_in: Callable[[Any], Client], django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    asked(elena, ana, now)
    ask_to_stop(by=elena, now=now)
    client = signed_in(oscar)
    with django_assert_max_num_queries(20):
        page = client.get(reverse("control_room:monitorings")).content.decode()
    assert "entrante, cola 101" in page
    assert "La canceló antes de que empiece" in page
    assert Monitoring.objects.visible_to(ana.user).count() == 1
    Monitoring.objects.update(is_announced=False)
    assert Monitoring.objects.visible_to(ana.user).count() == 0
    assert client.post(reverse("control_room:monitor", args=[ana.pk]), {"kind": "listen"}).status_code == 403


@pytest.fixture(params=["13.0.0", "1.3"])
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Board]:
    with playing(request.param, tmp_path, "--members", "1001", "--picks-up", "0.1") as played:
        played.turn(speed=20, talks=[WITHOUT_END, WITHOUT_END])
        yield played


@pytest.fixture
def talking(played: Board, ana: Agent, elena: User) -> Iterator[Running]:
    """Ana talks with a customer; Elena is at 1090."""
    technology = played.telephone("1001").partition("/")[0]
    row = Switchboard.objects.create(
        name="Central", host="127.0.0.1", port=played.port, user="callcenter", is_on=True, technology=technology
    )
    for number in ("1001", "1090"):
        Extension.objects.create(switchboard=row, number=number)
    first, last = Extension.objects.select_related("switchboard").order_by("number")
    sit_down(agent=ana, extension=first, now=timezone.now())
    sit_down_to_listen(user=elena, extension=last, now=timezone.now())
    unpause(played)
    running = Running(row, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(row), "linked")
        sign_in(user=ana.user, now=timezone.now())
        played.do("call-in", line="101", number="70712345", patience=WITHOUT_END, talk=WITHOUT_END)
        until(lambda: QueueCall.objects.filter(state="talking", agent=ana).exists(), "she talks")
        yield running
    finally:
        running.close()


def unpause(played: Board) -> None:
    async def do() -> None:
        async with played.link() as link:
            await link.ask("QueuePause", [("Interface", played.telephone("1001")), ("Paused", "false")])

    asyncio.run(do())


def is_now(**values: str) -> Callable[[], bool]:
    return lambda: Monitoring.objects.filter(**values).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [Kind.LISTEN, Kind.JOIN])
def test_her_telephone_rings_she_hears_and_ends_it(
    kind: Monitoring.Kind, talking: Running, played: Board, ana: Agent, elena: User
) -> None:
    asked(elena, ana, timezone.now(), kind)
    until(is_now(state="on"), "she hears")
    assert told_to(ana)
    assert played.state()["extensions"]["1090"]["state"] == "in_use"
    ask_to_stop(by=elena, now=timezone.now())
    until(is_now(outcome="done"), "it is over")
    until(lambda: played.state()["extensions"]["1090"]["state"] == "not_in_use", "hung up")
    assert QueueCall.objects.get().state == "talking"


@pytest.mark.django_db(transaction=True)
def test_from_a_whisper_she_goes_over_to_join(talking: Running, played: Board, ana: Agent, elena: User) -> None:
    asked(elena, ana, timezone.now(), Kind.WHISPER)
    until(is_now(state="on", kind="whisper"), "she whispers")
    asked(elena, ana, timezone.now(), Kind.JOIN)
    until(is_now(outcome="done", kind="whisper"), "the whisper is over")
    until(is_now(state="on", kind="join"), "her telephone rang once more, and she is in the call")
    assert [one.kind for one in told_to(ana)] == ["join"]
    assert QueueCall.objects.get().state == "talking"


@pytest.mark.django_db(transaction=True)
def test_the_call_ends_what_is_heard_of_it(talking: Running, played: Board, ana: Agent, elena: User) -> None:
    asked(elena, ana, timezone.now(), Kind.WHISPER)
    until(is_now(state="on"), "she hears")
    played.do("hang-up", extension="1001")
    until(is_now(outcome="done"), "it is over")
    until(lambda: played.state()["extensions"]["1090"]["state"] == "not_in_use", "hung up")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("does", "outcome"),
    [({"picks_up": "never"}, "no_answer"), ({"picks_up": "busy"}, "busy"), ({"registered": False}, "absent")],
)
def test_her_telephone_is_not_lifted(
    does: dict[str, Any], outcome: str, talking: Running, played: Board, ana: Agent, elena: User
) -> None:
    played.turn(extensions={"1090": does})
    asked(elena, ana, timezone.now())
    until(lambda: not Monitoring.objects.under_way().exists(), "over")
    assert Monitoring.objects.get().outcome == outcome
    assert told_to(ana) == []


@pytest.mark.django_db(transaction=True)
def test_the_link_is_lost_and_what_is_heard_goes_on(talking: Running, played: Board, ana: Agent, elena: User) -> None:
    asked(elena, ana, timezone.now())
    until(is_now(state="on"), "she hears")
    before = Listening.objects.get().connected_at
    played.turn(drop=True)
    until(lambda: Listening.objects.filter(Q(connected_at__gt=before)).exists(), "linked again")
    assert is_now(state="on")()
    ask_to_stop(by=elena, now=timezone.now())
    until(is_now(outcome="done"), "it is over")


@pytest.mark.django_db(transaction=True)
def test_a_call_she_was_asked_to_make_is_listened_to(talking: Running, played: Board, ana: Agent, elena: User) -> None:
    played.do("hang-up", extension="1001")
    until(lambda: QueueCall.objects.filter(state="over").exists(), "the first is over")
    until(lambda: played.state()["extensions"]["1001"]["state"] == "not_in_use", "hung up")
    hers = Extension.objects.select_related("switchboard").get(number="1001")
    ask_to_call(agent=ana, extension=hers, number="+59170712300", now=timezone.now())
    until(lambda: OutgoingCall.objects.filter(state="talking").exists(), "she talks")
    asked(elena, ana, timezone.now())
    until(is_now(state="on"), "she hears")
    ask_to_hang_up(call=OutgoingCall.objects.get(), now=timezone.now())
    until(is_now(outcome="done"), "it ended with the call")
