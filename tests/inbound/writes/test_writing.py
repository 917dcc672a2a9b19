"""Owing a write: once a key, once a walk where money or a SIM is touched, within limits; and what people settle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from agents.models import Agent, User
from inbound.models import Footstep, OutsideWrite, OutsideWriteChange, Walk
from inbound.writes import settling, writing
from inbound.writes.asking import Said
from inbound.writes.states import State, Verb, WriteRefused, can

pytestmark = pytest.mark.django_db
Owe = Callable[..., OutsideWrite]
SetMode = Callable[..., None]


def history(write: OutsideWrite) -> list[tuple[str, str]]:
    return list(write.changes.order_by("pk").values_list("from_state", "to_state"))


def in_state(write: OutsideWrite, state: str, now: datetime) -> OutsideWrite:
    OutsideWrite.objects.filter(pk=write.pk).update(state=state)
    write.refresh_from_db()
    return write


# -- once --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["smartflex.reiterate_damage", "qbc.top_up"])
def test_the_same_key_is_owed_once(owe: Owe, action: str) -> None:
    first = owe(action)
    assert owe(action).pk == first.pk
    if first.amount is None:
        assert owe(action, cause="otra").pk == first.pk
    else:
        with pytest.raises(WriteRefused, match="otro monto"):  # and not told as done, which the first one was
            owe(action, amount="99")
    assert OutsideWrite.objects.count() == OutsideWriteChange.objects.count() == 1
    assert history(first) == [("", "waiting")]


def test_who_asked_for_whom_and_how_much_are_on_the_row(owe: Owe, ana: Agent, now: datetime) -> None:
    made = OutsideWrite.objects.get(pk=owe("qbc.top_up").pk)
    assert (made.system, made.action, made.is_accountable) == ("qbc", "qbc.top_up", True)
    assert (made.to_whom, made.amount) == ("+59170712345", Decimal("20.00"))
    assert (made.requester_name, made.requester_card, made.requester_kinship) == ("Rosa Flores", "1234567 CB", "child")
    assert made.payload == {"number": "70712345", "amount": "20.00"}
    assert (made.owed_by, made.owed_at, made.position) == (ana.user, now, 7)


def test_a_call_that_goes_back_and_asks_again_tops_up_once(owe: Owe) -> None:
    first = owe("qbc.top_up", key="walk:1:7")
    assert owe("qbc.top_up", key="walk:1:12").pk == first.pk
    with pytest.raises(WriteRefused, match="otro monto"):
        owe("qbc.top_up", key="walk:1:12", amount="50")
    assert OutsideWrite.objects.count() == 1


def test_another_number_of_the_same_call_is_another_top_up(owe: Owe) -> None:
    owe("qbc.top_up", key="walk:1:7")
    assert owe("qbc.top_up", key="walk:1:12", number="70799999").to_whom == "+59170799999"


@pytest.mark.parametrize("state", ["refused", "not_done"])
def test_what_was_not_done_may_be_asked_for_again(owe: Owe, state: str, now: datetime) -> None:
    first = owe("qbc.top_up", key="walk:1:7")
    settled = now if state == "not_done" else None
    OutsideWrite.objects.filter(pk=first.pk).update(state=state, settled_at=settled)
    assert owe("qbc.top_up", key="walk:1:12", amount="50").pk != first.pk


@pytest.mark.parametrize("state", ["refused", "not_done"])
def test_what_was_not_done_may_be_corrected_on_the_same_step(owe: Owe, state: str, now: datetime) -> None:
    first = owe("qbc.top_up", amount="7")
    settled = now if state == "not_done" else None
    OutsideWrite.objects.filter(pk=first.pk).update(state=state, settled_at=settled)
    assert owe("qbc.top_up", amount="7").pk == first.pk
    second = owe("qbc.top_up", amount="20")
    assert (second.key, second.state) == ("walk:1:7:2", State.WAITING)
    with pytest.raises(WriteRefused, match="otro monto"):
        owe("qbc.top_up", amount="30")


def test_for_another_number_it_is_another_write(owe: Owe) -> None:
    """She goes back and means another line: what was done for the first is not told of the second."""
    first = owe("mio.block_sim", number="70712345")
    second = owe("mio.block_sim", number="70799999")
    assert (second.pk != first.pk, second.key, second.to_whom) == (True, f"{first.key}:2", "+59170799999")
    assert owe("mio.block_sim", number="70712345").pk == first.pk
    assert owe("mio.block_sim", number="70799999").pk == second.pk


def test_two_reiterations_on_two_steps_are_two(owe: Owe) -> None:
    assert owe(key="walk:1:7").pk != owe(key="walk:1:12").pk


# -- complete ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "payload", "says"),
    [
        ("qbc.top_up", {"number": ""}, "Falta un dato"),
        ("mio.block_sim", {"number": None}, "Falta un dato"),
        ("qbc.top_up", {"amount": "0"}, "mayor que cero"),
        ("qbc.top_up", {"amount": "-5"}, "mayor que cero"),
        ("qbc.top_up", {"amount": "veinte"}, "mayor que cero"),
        ("qbc.top_up", {"amount": "20.001"}, "mayor que cero"),
        ("qbc.top_up", {"requester_name": " "}, "quién lo pide"),
        ("qbc.top_up", {"requester_card": ""}, "quién lo pide"),
        ("mio.block_sim", {"requester_card": None}, "quién lo pide"),
    ],
)
def test_money_that_is_incomplete_is_not_owed(owe: Owe, action: str, payload: dict[str, Any], says: str) -> None:
    with pytest.raises(WriteRefused, match=says):
        owe(action, **payload)
    assert not OutsideWrite.objects.exists()


@pytest.mark.parametrize("damage", ["", None])
def test_an_ordinary_write_that_lacks_something_stops_no_call_and_is_done_by_hand(owe: Owe, damage: str | None) -> None:
    """The agent could not look it up: whoever does it on the old screen sees there what is missing here."""
    assert owe(damage=damage).state == State.BY_HAND


def test_an_action_nobody_knows(owe: Owe) -> None:
    with pytest.raises(KeyError):
        owe("qbc.give_money_away")


# -- limits ------------------------------------------------------------------------------------------------------------


def test_an_agents_day_has_a_limit_in_bolivianos(owe: Owe, set_mode: SetMode) -> None:
    set_mode("qbc", daily_limit=50)
    owe("qbc.top_up", key="a", number="1", amount="30")
    owe("qbc.top_up", key="b", number="2", amount="20")
    with pytest.raises(WriteRefused, match="límite del día") as refusal:
        owe("qbc.top_up", key="c", number="3", amount="0.01")
    assert "50,00" in str(refusal.value)
    assert OutsideWrite.objects.count() == 2


def test_the_limit_is_each_agents_each_days_and_each_systems(
    owe: Owe, set_mode: SetMode, walk_of: Callable[..., Walk], luis: Agent, now: datetime
) -> None:
    set_mode("qbc", daily_limit=20)
    owe("qbc.top_up", key="a")
    owe("qbc.top_up", key="b", number="5", of=walk_of(luis), by=luis)
    owe("c_cli4g.top_up", key="c")
    with pytest.raises(WriteRefused):
        owe("qbc.top_up", key="d", number="2", at=now.replace(hour=23, minute=59))
    owe("qbc.top_up", key="e", number="2", at=now.replace(hour=0, minute=0) + timedelta(days=1))


@pytest.mark.parametrize(("state", "frees"), [("refused", True), ("not_done", False), ("uncertain", False)])
def test_only_what_the_system_refused_does_not_use_up_the_limit(
    owe: Owe, set_mode: SetMode, state: str, frees: bool, now: datetime
) -> None:
    set_mode("qbc", daily_limit=20)
    first = owe("qbc.top_up", key="a")
    OutsideWrite.objects.filter(pk=first.pk).update(state=state, settled_at=now if state == "not_done" else None)
    if frees:
        owe("qbc.top_up", key="b", number="2")
    else:
        with pytest.raises(WriteRefused):
            owe("qbc.top_up", key="b", number="2")


def test_an_agents_day_has_a_number_of_operations(owe: Owe, set_mode: SetMode) -> None:
    set_mode("mio", daily_writes=1)
    owe("mio.block_sim", key="a")
    with pytest.raises(WriteRefused, match="1 operaciones"):
        owe("mio.block_sim", key="b", number="70799999")


def test_one_operation_has_a_largest_amount(owe: Owe, set_mode: SetMode) -> None:
    set_mode("qbc", largest_amount=100)
    with pytest.raises(WriteRefused, match="100,00"):
        owe("qbc.top_up", amount="100.01")
    owe("qbc.top_up", amount="100")


def test_only_amounts_of_the_plan(owe: Owe, walk: Walk, now: datetime) -> None:
    line = {"number": "70712345", "amounts": ["10.00", "30.00"]}
    Footstep.objects.create(
        walk=walk, position=3, version=walk.version, step="line", kind="look_up", entered_at=now, found=line
    )
    with pytest.raises(WriteRefused, match="10,00.*30,00"):
        owe("qbc.top_up", amount="20")
    owe("qbc.top_up", amount="30")


def test_the_plan_of_another_number_says_nothing(owe: Owe, walk: Walk, now: datetime) -> None:
    line = {"number": "70799999", "amounts": ["10.00"]}
    Footstep.objects.create(
        walk=walk, position=3, version=walk.version, step="line", kind="look_up", entered_at=now, found=line
    )
    assert owe("qbc.top_up", amount="20").amount == 20


def test_a_resent_form_is_not_stopped_by_the_limit_it_used_up(owe: Owe, set_mode: SetMode) -> None:
    set_mode("qbc", daily_limit=20)
    first = owe("qbc.top_up", key="walk:1:7")
    assert owe("qbc.top_up", key="walk:1:7").pk == owe("qbc.top_up", key="walk:1:12").pk == first.pk


# -- modes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["smartflex.reiterate_damage", "qbc.top_up"])
def test_by_hand_it_waits_for_a_person_from_the_start(owe: Owe, set_mode: SetMode, action: str) -> None:
    set_mode(action.split(".")[0], "by_hand")
    assert owe(action).state == State.BY_HAND


def test_off_nothing_of_money_is_promised(owe: Owe, set_mode: SetMode) -> None:
    set_mode("qbc", "off")
    with pytest.raises(WriteRefused, match="apagado"):
        owe("qbc.top_up")


def test_off_an_ordinary_write_waits_until_the_system_is_back(owe: Owe, set_mode: SetMode) -> None:
    set_mode("smartflex", "off")
    assert owe().state == State.WAITING


# -- people ------------------------------------------------------------------------------------------------------------


def test_the_agent_writes_the_reference_of_the_old_screen(
    owe: Owe, set_mode: SetMode, ana: Agent, now: datetime
) -> None:
    set_mode("smartflex", "by_hand")
    write = owe()
    done = writing.write_by_hand(write=write, reference="  SF-77 ", by=ana.user, now=now)
    assert (done.state, done.reference, done.settled_by, done.settled_at) == (State.DONE, "SF-77", ana.user, now)
    with pytest.raises(WriteRefused, match="Ya está hecha"):
        writing.write_by_hand(write=write, reference="SF-78", by=ana.user, now=now)
    write.refresh_from_db()
    assert write.reference == "SF-77"


def test_a_reference_is_not_optional(owe: Owe, set_mode: SetMode, ana: Agent, now: datetime) -> None:
    set_mode("smartflex", "by_hand")
    with pytest.raises(WriteRefused, match="referencia"):
        writing.write_by_hand(write=owe(), reference="  ", by=ana.user, now=now)


def test_an_uncertain_one_is_settled_by_a_supervisor_who_says_how(owe: Owe, elena: User, now: datetime) -> None:
    write = in_state(owe("qbc.top_up"), "uncertain", now)
    with pytest.raises(WriteRefused, match="cómo lo verificó"):
        settling.settle(write=write, outcome="done", reference="R-1", reason=" ", by=elena, now=now)
    with pytest.raises(WriteRefused, match="referencia"):
        settling.settle(write=write, outcome="done", reference="", reason="Libro", by=elena, now=now)
    said = settling.settle(write=write, outcome="done", reference="R-1", reason="Libro de QBC", by=elena, now=now)
    write.refresh_from_db()
    assert (write.state, write.reference, write.settled_by, write.settled_at) == (State.DONE, "R-1", elena, now)
    assert said == Said.NOTHING
    notes = write.changes.order_by("-pk").values_list("note", flat=True)
    assert list(notes[:2]) == ["Libro de QBC", "QBC no respondió si se hizo."]


@pytest.mark.usefixtures("side")
def test_or_found_not_done(owe: Owe, elena: User, now: datetime) -> None:
    write = in_state(owe("qbc.top_up"), "uncertain", now)
    settling.settle(write=write, outcome="not_done", reference="", reason="No está", by=elena, now=now)
    write.refresh_from_db()
    assert (write.state, write.reference, write.settled_by) == (State.NOT_DONE, "", elena)


def test_an_agent_does_not_settle_her_own_doubt(owe: Owe, ana: Agent, luis: Agent, oscar: User, now: datetime) -> None:
    write = in_state(owe("qbc.top_up"), "uncertain", now)
    for who in (ana.user, luis.user, oscar):
        with pytest.raises(WriteRefused, match="supervisión"):
            settling.settle(write=write, outcome="done", reference="R", reason="x", by=who, now=now)
    with pytest.raises(WriteRefused, match="Elija"):
        settling.settle(write=write, outcome="maybe", reference="R", reason="x", by=ana.user, now=now)


@pytest.mark.parametrize(
    ("state", "who", "verbs"),
    [
        ("waiting", "elena", set()),
        ("sending", "elena", set()),
        ("done", "elena", {"question"}),
        ("not_done", "elena", set()),
        ("uncertain", "elena", {"find_done", "find_not_done"}),
        ("parked", "elena", {"try_again", "write_by_hand", "give_up"}),
        ("refused", "elena", {"write_by_hand", "give_up"}),
        ("by_hand", "elena", {"write_by_hand", "give_up"}),
        ("uncertain", "ana", set()),
        ("parked", "ana", {"write_by_hand", "give_up"}),
        ("by_hand", "ana", {"write_by_hand", "give_up"}),
        ("by_hand", "luis", set()),
        ("by_hand", "oscar", set()),
        ("approval", "elena", {"approve", "decline"}),
        ("approval", "ana", {"give_up"}),
        ("approval", "luis", set()),
        ("approval", "oscar", set()),
        ("uncertain", "oscar", set()),
    ],
)
def test_who_may_do_what(state: str, who: str, verbs: set[str], owe: Owe, request: Any, now: datetime) -> None:
    person = request.getfixturevalue(who)
    write = owe("qbc.top_up")
    write.state = state
    user = person.user if isinstance(person, Agent) else person
    assert {verb for verb in Verb if can(verb, write=write, by=user)} == verbs


def test_giving_up_says_why(owe: Owe, set_mode: SetMode, ana: Agent, now: datetime) -> None:
    set_mode("smartflex", "by_hand")
    write = owe()
    with pytest.raises(WriteRefused, match="por qué"):
        writing.give_up(write=write, reason=" ", by=ana.user, now=now)
    assert writing.give_up(write=write, reason="El cliente colgó", by=ana.user, now=now).state == State.NOT_DONE


def test_all_parked_ones_go_again_but_money(owe: Owe, elena: User, now: datetime) -> None:
    ordinary = in_state(owe(key="a"), "parked", now)
    money = in_state(owe("qbc.top_up", key="b"), "parked", now)
    OutsideWrite.objects.update(attempts=3)
    assert writing.try_parked_again(by=elena, now=now) == 1
    ordinary.refresh_from_db()
    money.refresh_from_db()
    assert (ordinary.state, ordinary.attempts, money.state) == (State.WAITING, 0, State.PARKED)


# -- who sees ----------------------------------------------------------------------------------------------------------


def test_an_agent_sees_her_own_and_the_centre_all(owe: Owe, ana: Agent, luis: Agent, elena: User, oscar: User) -> None:
    owe()
    seen = [OutsideWrite.objects.visible_to(who).count() for who in (ana.user, luis.user, elena, oscar)]
    assert seen == [1, 0, 1, 1]
