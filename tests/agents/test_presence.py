"""Who signs in begins her shift, who opens pages is there, and what a page asks for by itself says nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents import people
from agents.models import Agent, AgentState, By, Role, Shift, User
from agents.presence import give_sign
from agents.states import Event, change_state, open_state
from tests.agents.conftest import sign_in

pytestmark = pytest.mark.django_db
MY_DAY = "/desk/day/"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, at: Callable[[str], datetime]) -> Callable[[str], datetime]:
    """The clock of the pages: `clock("10:00")` on 26 November."""

    def stop(text: str) -> datetime:
        moment = at(f"2026-11-26 {text}")
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        return moment

    return stop


def the_state(agent: Agent) -> str | None:
    there = open_state(agent)
    return there.state if there else None


def test_signing_in_begins_the_shift_and_signing_out_ends_it(
    client: Client, ana: Agent, with_password: Callable[[User], User], clock: Callable[[str], datetime]
) -> None:
    nine = clock("09:00")
    sign_in(client, with_password(ana.user))
    shift = Shift.objects.get()
    assert (shift.agent, shift.began_at, shift.ended_at) == (ana, nine, None)
    assert open_state(ana).person == ana.user
    five = clock("17:00")
    client.post("/accounts/logout/")
    shift.refresh_from_db()
    assert (shift.ended_at, shift.ended_by) == (five, By.DESK)
    assert open_state(ana) is None


def puts_password(ana: Agent, ines: User, now: datetime) -> None:
    people.put_initial_password(user=ana.user, by=ines, now=now, password="una-clave-inicial")


def gives_role(ana: Agent, ines: User, now: datetime) -> None:
    people.change_role(user=ana.user, role=Role.SUPERVISOR, by=ines, now=now)


def plainly(verb: Callable[..., None]) -> Callable[[Agent, User, datetime], None]:
    return lambda ana, ines, now: verb(user=ana.user, by=ines, now=now)


@pytest.mark.parametrize(
    "puts_out",
    [
        *map(plainly, (people.close_sessions, people.deactivate, people.take_password, people.take_off_second_factor)),
        *(puts_password, gives_role),
    ],
)
def test_whoever_is_put_out_is_signed_out_by_who_did_it(
    puts_out: Callable[[Agent, User, datetime], None], client: Client, ana: Agent, ines: User,
    with_password: Callable[[User], User], clock: Callable[[str], datetime],
) -> None:  # fmt: skip
    clock("09:00")
    sign_in(client, with_password(ana.user))
    puts_out(ana, ines, ten := clock("10:00"))
    assert open_state(ana) is None, "the room calls nobody free who can open nothing"
    shift = Shift.objects.get()
    assert (shift.ended_at, shift.ended_by, shift.ended_by_person) == (ten, By.SUPERVISOR, ines)


def test_who_ends_her_own_sessions_says_so_herself(
    client: Client, ana: Agent, with_password: Callable[[User], User], clock: Callable[[str], datetime]
) -> None:
    clock("09:00")
    sign_in(client, with_password(ana.user))
    people.close_sessions(user=ana.user, by=ana.user, now=clock("10:00"))
    assert (shift := Shift.objects.get()).ended_by == By.DESK
    assert shift.ended_by_person == ana.user


def test_signing_in_at_a_second_machine_leaves_her_as_she_is(
    client: Client, ana: Agent, with_password: Callable[[User], User], clock: Callable[[str], datetime]
) -> None:
    now = clock("09:00")
    sign_in(client, with_password(ana.user))
    change_state(agent=ana, event=Event.ANSWERED, now=now, by=By.DESK)
    sign_in(Client(), ana.user)
    assert (the_state(ana), Shift.objects.count()) == ("on_a_call", 1)


def test_only_agents_have_states(
    client: Client, elena: User, with_password: Callable[[User], User], signed_in: Callable[..., Client]
) -> None:
    sign_in(client, with_password(elena))
    signed_in(elena).get(reverse("agents:people"))
    client.post("/accounts/logout/")
    assert not Shift.objects.exists()


def test_an_agent_without_a_card_yet_is_let_in(
    client: Client, ana: Agent, with_password: Callable[[User], User]
) -> None:
    user = with_password(ana.user)
    ana.delete()
    assert sign_in(client, user).status_code == 302
    assert client.get("/accounts/2fa/").status_code == 200
    assert not Shift.objects.exists()


def test_pages_are_a_sign_at_most_once_a_minute(
    ana: Agent, signed_in: Callable[..., Client], clock: Callable[[str], datetime]
) -> None:
    began, client = clock("09:00:00"), signed_in(ana)
    client.get(MY_DAY)
    clock("09:00:59")
    client.get(MY_DAY)
    assert Shift.objects.get().last_sign_at == began
    later = clock("09:01:00")
    client.get(MY_DAY)
    assert Shift.objects.get().last_sign_at == later
    assert AgentState.objects.count() == 1


def test_a_sign_is_one_question(ana: Agent, clock: Callable[[str], datetime], django_assert_num_queries: Any) -> None:
    now = clock("09:00")
    give_sign(user=ana.user, now=now)
    for minutes in (0, 2):
        with django_assert_num_queries(1):
            give_sign(user=ana.user, now=now + timedelta(minutes=minutes))


def test_what_a_page_asks_for_by_itself_is_no_sign(
    ana: Agent, signed_in: Callable[..., Client], clock: Callable[[str], datetime]
) -> None:
    began, client = clock("09:00"), signed_in(ana)
    client.get(MY_DAY)
    clock("09:10")
    by_itself = {"HX-Request": "true"}
    client.post(reverse("campaigns:desk_pulse"), {"contact": "1", "fence": "1"}, headers=by_itself)
    client.get(reverse("escalations:calls"), headers=by_itself)
    assert Shift.objects.get().last_sign_at == began
    typed = clock("09:11")
    client.post(reverse("campaigns:desk_draft"), {"contact": "1", "fence": "1"}, headers=by_itself)
    assert Shift.objects.get().last_sign_at == typed


def test_who_was_away_is_seen_again_with_her_next_page(
    ana: Agent, signed_in: Callable[..., Client], clock: Callable[[str], datetime]
) -> None:
    now, client = clock("09:00"), signed_in(ana)
    client.get(MY_DAY)
    change_state(agent=ana, event=Event.WENT_AWAY, now=now, by=By.CLOCK)
    clock("09:00:30")
    client.get(MY_DAY)
    assert open_state(ana).event == Event.SEEN_AGAIN


def test_a_session_that_outlived_its_shift_begins_another(
    ana: Agent, signed_in: Callable[..., Client], clock: Callable[[str], datetime]
) -> None:
    now, client = clock("09:00"), signed_in(ana)
    client.get(MY_DAY)
    change_state(agent=ana, event=Event.SIGNED_OUT, now=now + timedelta(minutes=10), by=By.CLOCK)
    clock("09:25")
    client.get(MY_DAY)
    assert (the_state(ana), Shift.objects.count()) == ("available", 2)


def test_signing_out_after_the_clock_did_begins_no_shift(
    ana: Agent, signed_in: Callable[..., Client], clock: Callable[[str], datetime]
) -> None:
    now, client = clock("09:00"), signed_in(ana)
    client.get(MY_DAY)
    change_state(agent=ana, event=Event.SIGNED_OUT, now=now, by=By.CLOCK)
    clock("11:00")
    client.post("/accounts/logout/")
    assert Shift.objects.count() == 1
