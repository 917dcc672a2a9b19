"""Money and SIM looked at a second time: not again so soon, approved by another, settled by another, given back by
another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from agents.models import Agent, Role, User
from escalations.raising import raise_escalation
from inbound.models import LimitGivenBack, OutsideSystem, OutsideWrite, Walk
from inbound.writes import giving_back, second_person, settling, writing
from inbound.writes.delivering import LEASE, deliver_due, recover
from inbound.writes.mistaken import MISTAKEN
from inbound.writes.states import InDoubtElsewhere, State, Verb, WriteRefused, can, take_step, why_not
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken

pytestmark = pytest.mark.django_db
Owe = Callable[..., OutsideWrite]
SetMode = Callable[..., None]
WalkOf = Callable[..., Walk]
MINUTE = timedelta(minutes=1)
MUCH = "201.00"


def not_done(write: OutsideWrite, by: User, now: datetime) -> OutsideWrite:
    take_step(Verb.SEND, write=write, by=None, now=now, attempts=1, fence=1, lease_until=now + LEASE)
    assert recover(now=now + LEASE) == 1
    settling.settle(write=write, outcome="not_done", reference="", reason="No está en el libro", by=by, now=now)
    write.refresh_from_db()
    return write


# -- not again so soon -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["qbc.top_up", "mio.block_sim"])
def test_what_was_done_for_a_number_is_not_asked_for_again_in_another_call(
    action: str, owe: Owe, walk_of: WalkOf, luis: Agent, side: OtherSide, now: datetime
) -> None:
    first = owe(action)
    assert deliver_due(now=now) == 1
    first.refresh_from_db()
    with pytest.raises(WriteRefused) as refusal:
        owe(action, key="b", of=walk_of(luis), by=luis, at=now + MINUTE)
    said = str(refusal.value)
    assert "Esto ya se hizo" in said
    assert "09:30" in said
    assert first.reference in said
    assert "supervisión" in said
    assert OutsideWrite.objects.count() == 1


def test_the_same_agent_in_the_next_call_is_not_let_either(
    owe: Owe, walk_of: WalkOf, ana: Agent, side: OtherSide, now: datetime
) -> None:
    owe("qbc.top_up")
    deliver_due(now=now)
    for call in range(3):
        with pytest.raises(WriteRefused, match="ya se hizo"):
            owe("qbc.top_up", key=f"{call}", of=walk_of(ana), amount="30", at=now + timedelta(seconds=call))


def test_written_another_way_it_is_the_same_number(
    owe: Owe, walk_of: WalkOf, ana: Agent, side: OtherSide, now: datetime
) -> None:
    owe("qbc.top_up", number="70712345")
    deliver_due(now=now)
    with pytest.raises(WriteRefused, match="ya se hizo"):
        owe("qbc.top_up", key="b", of=walk_of(ana), number="+591 707-12345")


def test_it_is_over_after_its_minutes_and_of_another_number_there_is_none(
    owe: Owe, walk_of: WalkOf, ana: Agent, side: OtherSide, set_mode: SetMode, now: datetime
) -> None:
    set_mode("qbc", cool_down_minutes=5)
    owe("qbc.top_up")
    deliver_due(now=now)
    assert owe("qbc.top_up", key="b", of=walk_of(ana), number="70799999").pk
    with pytest.raises(WriteRefused, match="09:35"):
        owe("qbc.top_up", key="c", of=walk_of(ana), at=now + 5 * MINUTE - timedelta(seconds=1))
    assert owe("qbc.top_up", key="d", of=walk_of(ana), at=now + 5 * MINUTE).pk


def test_none_is_none(owe: Owe, walk_of: WalkOf, ana: Agent, side: OtherSide, set_mode: SetMode, now: datetime) -> None:
    set_mode("qbc", cool_down_minutes=0)
    owe("qbc.top_up")
    deliver_due(now=now)
    assert owe("qbc.top_up", key="b", of=walk_of(ana)).pk


@pytest.mark.parametrize("state", ["waiting", "sending", "uncertain", "parked", "by_hand", "approval"])
def test_what_is_under_way_or_in_doubt_is_not_asked_for_however_long_ago(
    state: str, owe: Owe, walk_of: WalkOf, luis: Agent, set_mode: SetMode, now: datetime
) -> None:
    set_mode("qbc", cool_down_minutes=0)
    first = owe("qbc.top_up")
    lease = now if state == "sending" else None
    OutsideWrite.objects.filter(pk=first.pk).update(state=state, lease_until=lease, approve_until=now)
    with pytest.raises(InDoubtElsewhere, match="todavía no se sabe"):
        owe("qbc.top_up", key="b", of=walk_of(luis), by=luis, at=now + timedelta(days=3))


def test_the_same_call_that_presses_twice_still_gets_its_own(owe: Owe, side: OtherSide, now: datetime) -> None:
    first = owe("qbc.top_up", key="walk:1:7")
    deliver_due(now=now)
    assert owe("qbc.top_up", key="walk:1:7").pk == owe("qbc.top_up", key="walk:1:12").pk == first.pk


def test_every_system_begins_with_a_wait_and_two_thresholds() -> None:
    for row in OutsideSystem.objects.all():
        assert row.cool_down_minutes == (2 if row.code in ("mio", "lbc") else 10), row.code
        assert 0 < row.typed_again_above < row.second_person_above < 500
        assert row.approval_minutes


# -- a second person ---------------------------------------------------------------------------------------------------


def test_much_money_waits_for_another_and_nothing_is_sent(owe: Owe, side: OtherSide, now: datetime) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    assert (write.state, write.approve_until) == (State.APPROVAL, now + 60 * MINUTE)
    assert deliver_due(now=now + 59 * MINUTE) == 0
    assert not side.asked
    assert owe("qbc.top_up", key="b", amount="200", number="70799999").state == State.WAITING


@pytest.mark.parametrize("mode", ["connected", "by_hand"])
def test_nobody_does_it_by_hand_before_it_is_approved(
    mode: str, owe: Owe, set_mode: SetMode, ana: Agent, elena: User, side: OtherSide, now: datetime
) -> None:
    set_mode("qbc", mode)
    write = owe("qbc.top_up", amount=MUCH)
    with pytest.raises(WriteRefused, match="otra persona"):
        writing.write_by_hand(write=write, reference="R-1", by=ana.user, now=now)
    second_person.approve(write=write, by=elena, now=now)
    deliver_due(now=now)
    write.refresh_from_db()
    assert write.state == (State.DONE if mode == "connected" else State.BY_HAND)


def test_who_asked_is_no_second_person_and_an_agent_never_is(
    owe: Owe, ana: Agent, luis: Agent, oscar: User, elena: User, side: OtherSide, now: datetime
) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    for who in (ana.user, luis.user, oscar):
        with pytest.raises(WriteRefused, match="supervisión"):
            second_person.approve(write=write, by=who, now=now)
    for role, why in ((Role.SUPERVISOR, "La pidió usted"), (Role.ADMINISTRATOR, "")):  # the same person in another role
        User.objects.filter(pk=ana.user.pk).update(role=role)
        promoted = User.objects.get(pk=ana.user.pk)
        assert why_not(Verb.APPROVE, write=write, by=promoted).startswith(why)
        for verb in (second_person.approve, lambda **it: second_person.decline(reason="x", **it)):
            with pytest.raises(WriteRefused, match="otra persona" if why else "supervisión"):
                verb(write=write, by=promoted, now=now)
    assert not side.asked
    assert second_person.approve(write=write, by=elena, now=now).state == State.WAITING
    assert deliver_due(now=now) == 1
    assert [(one.to_state, one.by) for one in write.changes.order_by("pk")][:2] == [
        ("approval", ana.user),
        ("waiting", elena),
    ]
    assert broken() == {}


def test_it_may_be_declined_with_a_reason_which_everybody_reads(
    owe: Owe, elena: User, side: OtherSide, now: datetime
) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    with pytest.raises(WriteRefused, match="por qué"):
        second_person.decline(write=write, reason=" ", by=elena, now=now)
    gone = second_person.decline(write=write, reason="No es la titular", by=elena, now=now)
    assert (gone.state, gone.settled_by, gone.last_error) == (State.NOT_DONE, elena, "No se aprobó: No es la titular")
    with pytest.raises(WriteRefused, match="no se hizo"):
        second_person.approve(write=write, by=elena, now=now)
    assert deliver_due(now=now) == 0


def test_what_nobody_approved_in_time_is_not_done(owe: Owe, elena: User, side: OtherSide, now: datetime) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    late = now + 60 * MINUTE
    with pytest.raises(WriteRefused, match="10:30"):  # the sweep has not come yet
        second_person.approve(write=write, by=elena, now=late)
    assert deliver_due(now=late) == 0
    write.refresh_from_db()
    assert (write.state, write.settled_by) == (State.NOT_DONE, None)
    assert "Nadie la aprobó hasta las 10:30" in write.last_error
    assert not side.asked
    assert broken() == {}


def test_another_amount_or_number_is_approved_anew(
    owe: Owe, elena: User, walk_of: WalkOf, ana: Agent, side: OtherSide, set_mode: SetMode, now: datetime
) -> None:
    set_mode("qbc", cool_down_minutes=0)
    first = owe("qbc.top_up", amount=MUCH)
    second_person.approve(write=first, by=elena, now=now)
    with pytest.raises(WriteRefused, match="otro monto"):
        owe("qbc.top_up", amount="300")
    assert owe("qbc.top_up", amount=MUCH, number="70799999").state == State.APPROVAL
    deliver_due(now=now)
    assert owe("qbc.top_up", key="b", of=walk_of(ana), amount="300").state == State.APPROVAL
    assert [one.payload["amount"] for one in OutsideWrite.objects.filter(state="done")] == [MUCH]


def test_whoever_asked_may_think_better_of_it(owe: Owe, ana: Agent, now: datetime) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    assert can(Verb.GIVE_UP, write=write, by=ana.user)
    assert writing.give_up(write=write, reason="Colgó", by=ana.user, now=now).state == State.NOT_DONE


def test_what_the_call_said_is_not_needed_is_not_approved(owe: Owe, elena: User, now: datetime) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    OutsideWrite.objects.update(is_not_needed=True)
    with pytest.raises(WriteRefused, match="no se aprueba"):
        second_person.approve(write=write, by=elena, now=now)


def test_nor_what_was_a_mistake(owe: Owe, elena: User, now: datetime) -> None:
    write = owe("qbc.top_up", amount=MUCH)
    key = MISTAKEN % write.pk
    raise_escalation(key=key, kind="write_not_done", line="109", reason="x", details={}, by=None, now=now)
    with pytest.raises(WriteRefused, match="no se aprueba"):
        second_person.approve(write=write, by=elena, now=now)


@pytest.mark.parametrize("above", [0, 500])
def test_the_threshold_is_a_row_and_none_is_none(above: int, owe: Owe, set_mode: SetMode) -> None:
    set_mode("qbc", second_person_above=above)
    assert owe("qbc.top_up", amount="499").state == State.WAITING


# -- settled by another ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("side")
@pytest.mark.parametrize(("role", "why"), [(Role.SUPERVISOR, "La pidió usted"), (Role.ADMINISTRATOR, "supervisión")])
@pytest.mark.parametrize("outcome", ["done", "not_done"])
def test_who_asked_does_not_settle_her_own_doubt_in_whatever_role(
    role: Role, why: str, outcome: str, owe: Owe, ana: Agent, elena: User, now: datetime
) -> None:
    write = owe("qbc.top_up")
    OutsideWrite.objects.filter(pk=write.pk).update(state="uncertain")
    User.objects.filter(pk=ana.user.pk).update(role=role)
    with pytest.raises(WriteRefused, match=why):
        settling.settle(
            write=write, outcome=outcome, reference="R", reason="x", by=User.objects.get(pk=ana.user.pk), now=now
        )
    write.refresh_from_db()
    assert write.state == State.UNCERTAIN
    settling.settle(write=write, outcome=outcome, reference="R", reason="x", by=elena, now=now)
    write.refresh_from_db()
    assert write.settled_by == elena


# -- given back by another ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("side")
def test_not_done_gives_nothing_back_by_itself(
    owe: Owe, elena: User, set_mode: SetMode, ana: Agent, now: datetime
) -> None:
    set_mode("qbc", daily_limit=20, daily_writes=1)
    first = not_done(owe("qbc.top_up"), elena, now)
    with pytest.raises(WriteRefused, match="no se permiten más"):
        owe("qbc.top_up", key="b", number="70799999")
    set_mode("qbc", daily_limit=20, daily_writes=None)
    with pytest.raises(WriteRefused, match="límite del día"):
        owe("qbc.top_up", key="b", number="70799999", amount="1")
    given = giving_back.give_back(write=first, reason="Visto en QBC: no está", by=elena, now=now)
    assert (given.by, given.reason, given.at) == (elena, "Visto en QBC: no está", now)
    assert owe("qbc.top_up", key="b", number="70799999").pk
    assert broken() == {}


def test_nor_what_whoever_asked_gave_up_herself(owe: Owe, set_mode: SetMode, ana: Agent, now: datetime) -> None:
    set_mode("qbc", "by_hand", daily_writes=1)
    writing.give_up(write=owe("qbc.top_up"), reason="No se hizo", by=ana.user, now=now)
    with pytest.raises(WriteRefused, match="no se permiten más"):
        owe("qbc.top_up", key="b", number="70799999")


def test_nor_what_nobody_approved(owe: Owe, set_mode: SetMode, side: OtherSide, now: datetime) -> None:
    set_mode("qbc", daily_writes=1)
    owe("qbc.top_up", amount=MUCH)
    deliver_due(now=now + 60 * MINUTE)
    with pytest.raises(WriteRefused, match="no se permiten más"):
        owe("qbc.top_up", key="b", number="70799999")


def test_what_the_system_itself_refused_does_not_count_nor_when_it_is_given_up(
    owe: Owe, set_mode: SetMode, ana: Agent, elena: User, side: OtherSide, now: datetime
) -> None:
    set_mode("qbc", daily_writes=1)
    side.says[""] = (422, {"error": "No hay tal línea"})
    first = owe("qbc.top_up")
    deliver_due(now=now)
    first.refresh_from_db()
    assert first.state == State.REFUSED
    writing.give_up(write=first, reason="No hay tal línea", by=ana.user, now=now)
    assert giving_back.why_not_given_back(write=OutsideWrite.objects.get(pk=first.pk), by=elena)
    assert owe("qbc.top_up", key="b", number="70799999").pk


@pytest.mark.usefixtures("side")
def test_who_gives_back_is_another_and_once(
    owe: Owe, ana: Agent, luis: Agent, oscar: User, elena: User, rosa: User, ines: User, now: datetime
) -> None:
    write = not_done(owe("qbc.top_up"), elena, now)
    for who in (ana.user, luis.user, oscar, ines):
        with pytest.raises(WriteRefused, match="supervisión"):
            giving_back.give_back(write=write, reason="x", by=who, now=now)
    User.objects.filter(pk=ana.user.pk).update(role=Role.SUPERVISOR)
    with pytest.raises(WriteRefused, match="La pidió usted"):
        giving_back.give_back(write=write, reason="x", by=User.objects.get(pk=ana.user.pk), now=now)
    with pytest.raises(WriteRefused, match="por qué"):
        giving_back.give_back(write=write, reason="  ", by=elena, now=now)
    giving_back.give_back(write=write, reason="Visto", by=rosa, now=now)
    with pytest.raises(WriteRefused, match="Ya no cuenta"):
        giving_back.give_back(write=write, reason="Visto", by=elena, now=now)
    assert LimitGivenBack.objects.count() == 1


@pytest.mark.parametrize("state", ["waiting", "uncertain", "done", "refused", "approval"])
def test_only_what_was_not_done_is_given_back(state: str, owe: Owe, elena: User, now: datetime) -> None:
    write = owe("qbc.top_up")
    write.state = OutsideWrite.State(state)
    assert giving_back.why_not_given_back(write=write, by=elena)


@pytest.mark.parametrize("which", ["amount", "payload", "both"])
def test_much_money_that_stands_in_the_queue_without_anybody_else_is_not_sent(
    which: str, owe: Owe, side: OtherSide, now: datetime
) -> None:
    """Whoever has the database's password puts a row there as if it were small, or says one thing and sends another."""
    write = owe("qbc.top_up", amount="20")
    much = {"amount": MUCH, "payload": {**write.payload, "amount": MUCH}}
    OutsideWrite.objects.filter(pk=write.pk).update(**(much if which == "both" else {which: much[which]}))
    assert deliver_due(now=now) == 0
    write.refresh_from_db()
    said = "nadie lo aprobó" if which == "both" else "no es el que se iba a enviar"
    assert (write.state, said in write.last_error) == (State.NOT_DONE, True)
    assert not side.book
