"""The room tells what is so: states with their clocks, who waits, what is late, and a verb does what it says."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.messages import UNSEEN_AT_MOST, MessageRefused, see_message, send_message, unseen
from agents.models import Agent, AgentMessage, AgentState, By, PauseReason, User
from agents.states import Event, change_state, open_state
from campaigns.models import Attempt, Campaign, Contact, ListEntry
from control_room.alerts import lasting
from control_room.models import AlertLimit
from control_room.page import UNFOLDED_AT_MOST, Room, lay_room
from inbound.walks.beginning import begin_walk
from service_level.models import MonthForecast
from telephony.models import Listening, QueueCall, Switchboard
from tests.campaigns.conftest import december, house_rules, make_contact, result
from tests.inbound.a_walk import FLOW, publish

__all__ = ["december", "house_rules", "make_contact", "result"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def now(at: Callable[..., datetime]) -> datetime:
    return at("2026-11-25 10:00")


@pytest.fixture
def step(now: datetime) -> Callable[..., None]:
    """`step(ana, Event.ANSWERED, minutes=20)`: so many minutes ago."""

    def take(agent: Agent, event: Event, minutes: float = 0, by: By = By.DESK, **more: Any) -> None:
        change_state(agent=agent, event=event, now=now - timedelta(minutes=minutes), by=by, **more)

    return take


def kinds(room: Room) -> list[tuple[str, int | None]]:
    return [(alert.kind, alert.agent) for alert in room.alerts]


def row_of(room: Room, agent: Agent) -> Any:
    return next(row for team in room.teams for row in team.rows if row.person.pk == agent.pk)


def test_each_is_in_one_state_since_when(now: datetime, ana: Agent, luis: Agent, step: Callable[..., None]) -> None:
    step(ana, Event.SIGNED_IN, minutes=30)
    step(ana, Event.ANSWERED, minutes=2)
    room = lay_room(now=now)
    assert row_of(room, ana).person.state == "on_a_call"
    assert row_of(room, ana).person.seconds(now=now) == 120
    assert row_of(room, luis).person.state == ""  # on duty, not signed in
    assert dict(room.states)[str(AgentState.State.ON_A_CALL.label)] == 1
    assert room.signed_in == 1


def test_what_lasts_too_long_is_an_alert_and_comes_first(
    now: datetime, ana: Agent, luis: Agent, marta: Agent, step: Callable[..., None]
) -> None:
    lunch = PauseReason.objects.create(code="t", name="Almuerzo", limit_minutes=30)
    for agent in (ana, luis, marta):
        step(agent, Event.SIGNED_IN, minutes=50)
    step(ana, Event.ANSWERED, minutes=16)
    step(luis, Event.PAUSED, minutes=31, reason=lunch)
    room = lay_room(now=now)
    assert kinds(room) == [("idle", marta.pk), ("call", ana.pk), ("pause", luis.pk)]
    assert "50 min" in room.alerts[0].words
    assert [team.name for team in room.teams] == ["Norte", "Sur"] or room.teams[0].alerts >= room.teams[1].alerts
    AlertLimit.objects.filter(kind="idle").update(is_on=False)
    AlertLimit.objects.filter(kind="call").update(limit=60 * 60)
    assert kinds(lay_room(now=now)) == [("pause", luis.pk)]


def test_who_waits_is_counted_by_queue_and_too_long_is_an_alert(now: datetime) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    for uid, ago, more in (("1", 90, {}), ("2", 10, {}), ("3", 200, {"left_at": now}), ("4", 5, {"queue": "102"})):
        values = {"queue": "101", **more}
        QueueCall.objects.create(switchboard=board, uid=uid, joined_at=now - timedelta(seconds=ago), **values)
    room = lay_room(now=now)
    assert [(one.queue, one.count, one.seconds(now=now)) for one in room.waiting] == [("101", 2, 90), ("102", 1, 5)]
    assert room.waits == 3
    assert [alert.words for alert in room.alerts if alert.kind == "wait"] == [
        "En 101 Reclamos técnicos esperan 2 llamadas; la más larga desde hace 1 min."
        if room.waiting[0].line
        else "En 101 esperan 2 llamadas; la más larga desde hace 1 min."
    ]


def test_a_link_that_is_down_is_an_alert(now: datetime) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    assert kinds(lay_room(now=now)) == [("link", None)]
    Listening.objects.create(switchboard=board, lease_until=now + timedelta(seconds=5), connected_at=now)
    assert kinds(lay_room(now=now)) == []


def test_while_it_is_down_nobody_is_said_to_wait_nor_not_to(now: datetime, elena: User, signed_in: Any) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    Listening.objects.create(switchboard=board, lost_at=now)
    page = signed_in(elena).get(reverse("control_room:room")).content.decode()
    assert "no se sabe quién espera ni quién habla" in page
    assert "nadie espera" not in page
    assert "lo último que se supo" in page


@pytest.mark.parametrize(
    ("ahead", "words"), [(None, ""), (4.0, ""), (-5.0, ""), (3600.0, "adelanta 1 h 0 min"), (-90.0, "atrasa 1 min")]
)
def test_a_clock_that_lies_is_an_alert(ahead: float | None, words: str, now: datetime) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)
    lease = now + timedelta(seconds=5)
    Listening.objects.create(switchboard=board, lease_until=lease, connected_at=now, clock_ahead=ahead)
    found = [alert.words for alert in lay_room(now=now).alerts if alert.kind == "clock"]
    assert found == ([f"El reloj de Central {words}: póngalo en hora, sus llamadas se anotan con él."] if words else [])


@pytest.mark.parametrize(
    ("chance", "left", "words"),
    [
        (75, 200, None),
        (74, 200, "pueden perderse 200 llamadas más"),
        (30, 1, "puede perderse 1 llamada más"),
        (0, -3, "ya se perdieron"),
    ],
)
def test_an_indicator_that_may_be_lost_is_an_alert_while_it_can_be_saved(
    chance: int, left: int, words: str | None, now: datetime
) -> None:
    levels = dict.fromkeys(("low", "middle", "high"), 80)
    month = date(2026, 11, 1)
    MonthForecast.objects.create(month=month, drawn_at=now, calls=1, left=left, chance=chance, days=9, **levels)
    MonthForecast.objects.create(month=date(2026, 10, 1), drawn_at=now, calls=1, left=1, chance=0, days=9, **levels)
    found = [one for one in lay_room(now=now).alerts if one.kind == "month"]
    assert [one.href for one in found] == [reverse("service_level:newest")] * (words is not None)
    assert all(words and words in one.words for one in found)


def test_a_list_that_runs_dry_is_an_alert_for_whoever_is_there(
    now: datetime, ana: Agent, luis: Agent, step: Callable[..., None], make_contact: Callable[..., Contact]
) -> None:
    for agent in (ana, luis):
        make_contact(agent)
    step(ana, Event.SIGNED_IN)
    found = [alert for alert in lay_room(now=now).alerts if alert.kind == "list"]
    assert [(alert.agent, alert.words) for alert in found] == [(ana.pk, "A la lista de Ana le queda 1 contacto.")]
    AlertLimit.objects.filter(kind="list").update(limit=1)
    assert kinds(lay_room(now=now)) == []


def test_the_day_is_counted_and_the_customer_masked(
    now: datetime, ana: Agent, elena: User, step: Callable[..., None], make_contact: Any, result: Any, signed_in: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    contact = make_contact(ana, "María José Quispe Mamani")
    step(ana, Event.SIGNED_IN)
    for fence, code in enumerate(("promise", "no_answer"), start=1):
        Attempt.objects.create(
            campaign=contact.campaign, contact=contact, agent=ana, fence=fence, dialled_at=now, day=now.date(),
            disposition=result(code), resulted_at=now,
        )  # fmt: skip
    ListEntry.objects.filter(contact=contact).update(lease_agent=ana, lease_until=now + timedelta(minutes=5))
    person = row_of(lay_room(now=now), ana).person
    assert (person.calls, person.contacts, person.promises, person.period) == (2, 1, 1, "2026-12")
    closed = Campaign.objects.filter(pk=contact.campaign_id)
    closed.update(state=Campaign.State.CLOSED, closed_at=now)  # her calls were made all the same
    assert row_of(lay_room(now=now), ana).person.calls == 2
    closed.update(state=Campaign.State.RUNNING, closed_at=None)
    monkeypatch.setattr(timezone, "now", lambda: now)
    page = signed_in(elena).get(reverse("control_room:room")).content.decode()
    assert "María J. Q. M." in page
    assert "Quispe" not in page


def test_many_agents_are_folded_by_team_until_one_is_opened(
    now: datetime, make_agent: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(UNFOLDED_AT_MOST + 1):
        make_agent(f"Agente{number}", team="Norte" if number % 2 else "Sur")
    with django_assert_max_num_queries(16):
        room = lay_room(now=now)
    assert not any(team.is_open for team in room.teams)
    assert [team.is_open for team in lay_room(now=now, opened=["Sur"]).teams if team.name == "Sur"] == [True]


def test_asked_again_it_says_nothing_until_something_changed(elena: User, ana: Agent, signed_in: Any) -> None:
    client = signed_in(elena)
    first = client.get(reverse("control_room:now"))
    shown = first.content.decode().split('name="shown" value="')[1].split('"')[0]
    assert client.get(reverse("control_room:now"), {"shown": shown}).status_code == 204
    change_state(agent=ana, event=Event.SIGNED_IN, now=timezone.now(), by=By.DESK)
    assert client.get(reverse("control_room:now"), {"shown": shown}).status_code == 200


def test_a_message_stands_on_her_page_until_she_has_seen_it(
    ana: Agent, luis: Agent, elena: User, signed_in: Callable[..., Client]
) -> None:
    signed_in(elena).post(reverse("control_room:message", args=[ana.pk]), {"text": "  Venga a mi \n mesa "})
    written = AgentMessage.objects.get()
    assert (written.text, written.sender) == ("Venga a mi mesa", elena)
    assert "Venga a mi mesa" in signed_in(ana).get(reverse("inbound:ringing")).content.decode()
    assert "Venga a mi mesa" not in signed_in(luis).get(reverse("inbound:ringing")).content.decode()
    assert signed_in(luis).post(reverse("agents:message_seen", args=[written.pk])).status_code == 404
    signed_in(ana).post(reverse("agents:message_seen", args=[written.pk]))
    written.refresh_from_db()
    seen = written.seen_at
    assert seen is not None
    see_message(message=written, now=timezone.now() + timedelta(hours=1))
    written.refresh_from_db()
    assert written.seen_at == seen
    assert not unseen(ana).exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 281])
def test_a_message_that_says_nothing_or_too_much_is_not_sent(text: str, ana: Agent, elena: User, now: datetime) -> None:
    with pytest.raises(MessageRefused):
        send_message(agent=ana, text=text, by=elena, now=now)


def test_a_page_is_not_covered_with_messages(ana: Agent, elena: User, now: datetime) -> None:
    for number in range(5):
        send_message(agent=ana, text=f"{number}", by=elena, now=now)
    with pytest.raises(MessageRefused, match="todavía no vio"):
        send_message(agent=ana, text="otra", by=elena, now=now)


def test_a_supervisor_pauses_an_agent_gives_back_her_contact_and_ends_it(
    now: datetime, ana: Agent, elena: User, step: Callable[..., None], make_contact: Any, signed_in: Any
) -> None:
    contact = make_contact(ana)
    step(ana, Event.SIGNED_IN)
    ListEntry.objects.filter(contact=contact).update(lease_agent=ana, lease_until=now + timedelta(minutes=5))
    reason = PauseReason.objects.filter(is_active=True).order_by("position").first()
    assert reason is not None
    client = signed_in(elena)
    client.post(reverse("control_room:pause", args=[ana.pk]), {"reason": reason.code})
    there = open_state(ana)
    assert there is not None
    assert (there.state, there.reason, there.by, there.person) == ("paused", reason, By.SUPERVISOR, elena)
    assert ListEntry.objects.get(contact=contact).lease_agent is None
    client.post(reverse("control_room:back", args=[ana.pk]))
    assert open_state(ana).state == "available"  # type: ignore[union-attr]


def test_who_waits_for_a_result_keeps_her_contact_and_is_not_paused(
    now: datetime, ana: Agent, elena: User, step: Callable[..., None], make_contact: Any, signed_in: Any
) -> None:
    contact = make_contact(ana)
    step(ana, Event.SIGNED_IN)
    ListEntry.objects.filter(contact=contact).update(lease_agent=ana, lease_until=now + timedelta(minutes=5))
    Attempt.objects.create(
        campaign=contact.campaign, contact=contact, agent=ana, fence=1, dialled_at=now, day=now.date()
    )
    reason = PauseReason.objects.filter(is_active=True).order_by("position").first()
    answer = signed_in(elena).post(
        reverse("control_room:pause", args=[ana.pk]), {"reason": reason and reason.code}, follow=True
    )
    assert "Ana: marcó a un cliente y falta el resultado de esa llamada." in answer.content.decode()
    assert open_state(ana).state == "available"  # type: ignore[union-attr]
    signed_in(elena).post(reverse("control_room:take_away", args=[ana.pk]))
    assert ListEntry.objects.get(contact=contact).lease_agent == ana
    assert not AgentMessage.objects.exists()


def test_who_takes_a_contact_away_is_told_to_her_and_stays_written_down(
    now: datetime, ana: Agent, make_contact: Any, elena: User, signed_in: Any
) -> None:
    contact = make_contact(ana)
    ListEntry.objects.filter(contact=contact).update(lease_agent=ana, lease_until=now + timedelta(minutes=5))
    for _number in range(UNSEEN_AT_MOST):  # she is away, and looks at none
        send_message(agent=ana, text="¿Está ahí?", by=elena, now=now)
    address = reverse("control_room:take_away", args=[ana.pk])
    assert "vuelve a su lista" in signed_in(elena).post(address, follow=True).content.decode()
    assert "no tenía ningún contacto abierto" in signed_in(elena).post(address, follow=True).content.decode()
    told = AgentMessage.objects.latest("pk")
    assert (told.agent, told.sender, told.text) == (
        ana,
        elena,
        "Le quité el contacto que tenía abierto: vuelve a su lista.",
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(9, "0 s"), (47, "40 s"), (60, "1 min"), (725, "12 min"), (3900, "1 h 5 min"), (260_000, "3 días")],
)
def test_how_long_is_said_no_finer_than_it_is_read(seconds: int, words: str) -> None:
    assert lasting(seconds) == words


def test_the_row_names_the_call_she_is_in_and_no_walk_that_was_left_open(
    now: datetime, ana: Agent, step: Callable[..., None]
) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    line = publish(FLOW, now, line="101")
    begin_walk(agent=ana, line=line, key=uuid.uuid4(), now=now)
    call = QueueCall.objects.create(
        switchboard=board, queue="102", uid="1", state="talking", agent=ana, joined_at=now, answered_at=now
    )
    step(ana, Event.SIGNED_IN, minutes=50)
    assert lay_room(now=now).teams[0].rows[0].person.line == line.number
    change_state(agent=ana, event=Event.ANSWERED, now=now, by=By.TELEPHONE, call=call.key)
    assert lay_room(now=now).teams[0].rows[0].person.line == "102"
