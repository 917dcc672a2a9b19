"""Sending what is owed: retried where that is safe, never where money or a SIM may have been touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError

from agents.models import Agent, User
from inbound import tasks
from inbound.models import OutsideSystem, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.done_after_all import ask_once_more
from inbound.writes import delivering, settling, writing
from inbound.writes.delivering import LEASE, REST, deliver_due, recover
from inbound.writes.states import State, WriteRefused
from systems.qbc.client import Qbc
from systems.smartflex.client import Smartflex
from systems.wire import forget_wires
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken
from work.sweeping import unattended_since
from work.trying_again import try_again

pytestmark = pytest.mark.django_db
Owe = Callable[..., OutsideWrite]
SetMode = Callable[..., None]
ORDINARY, MONEY = "smartflex.reiterate_damage", "qbc.top_up"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _no_promise_is_broken_in_the_end(db: None) -> Any:
    yield
    assert broken() == {}


def now_of(write: OutsideWrite) -> OutsideWrite:
    write.refresh_from_db()
    return write


def history(write: OutsideWrite) -> list[str]:
    return list(write.changes.order_by("pk").values_list("to_state", flat=True))


def asked(side: OtherSide) -> int:
    return len(side.asked)


# -- it goes well ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [ORDINARY, MONEY])
def test_what_is_owed_is_done_once_and_says_where(owe: Owe, side: OtherSide, now: datetime, action: str) -> None:
    write = owe(action)
    assert [deliver_due(now=now), deliver_due(now=now + MINUTE)] == [1, 0]
    now_of(write)
    assert (write.state, write.reference, write.attempts, write.fence) == (State.DONE, "REF-1", 1, 1)
    assert (write.settled_at, write.settled_by, write.lease_until, write.last_error) == (now, None, None, "")
    assert history(write) == ["waiting", "sending", "done"]
    assert [(operation, key) for operation, key, _body in side.book] == [(action.replace(".", "/"), write.key)]


def test_the_other_system_is_told_who_asked(owe: Owe, side: OtherSide, now: datetime) -> None:
    owe("c_cli4g.top_up")
    deliver_due(now=now)
    body = side.book[0][2]
    asked = {"requester_name": "Rosa Flores", "requester_card": "1234567 CB", "requester_kinship": "Hijo o hija"}
    note = "Rosa Flores, 1234567 CB, Hijo o hija"
    assert body == {"number": "44001234", "amount": "10.00", "note": note, "agent": "ana", **asked}


def test_the_longest_waiting_goes_first_and_a_sweep_has_its_limit(owe: Owe, side: OtherSide, now: datetime) -> None:
    for minutes, key in ((3, "young"), (9, "old"), (6, "middle")):
        owe(ORDINARY, key=key, at=now - minutes * MINUTE)
    assert deliver_due(now=now, limit=2) == 2
    assert [key for _operation, key, _body in side.book] == ["old", "middle"]


def test_a_sweep_ends_in_its_time_and_leaves_the_rest_to_the_next(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        owe(ORDINARY, key=f"k{number}")
    monkeypatch.setattr(delivering, "SWEEP", 5.0)
    monkeypatch.setattr(delivering, "time", SimpleNamespace(monotonic=lambda: 6.0 * len(side.book)))  # each takes six
    assert [deliver_due(now=now) for _sweep in range(3)] == [1, 1, 1]


def test_what_is_not_due_yet_waits(owe: Owe, side: OtherSide, now: datetime) -> None:
    owe(ORDINARY, at=now + MINUTE)
    assert (deliver_due(now=now), asked(side)) == (0, 0)


def test_the_tick_rings_it(owe: Owe, side: OtherSide, now: datetime) -> None:
    write = owe(ORDINARY)
    tasks.deliver_writes()
    assert now_of(write).state == State.DONE


# -- it goes wrong: once -----------------------------------------------------------------------------------------------


def _down(side: OtherSide, settings: Any) -> None:
    settings.SYSTEMS_URL = "http://127.0.0.1:9"


def _says(status: int, body: Any) -> Callable[[OtherSide, Any], None]:
    return lambda side, settings: side.says.update({"": (status, body)})


def _hangs_up(side: OtherSide, settings: Any) -> None:
    side.hangs_up |= {ORDINARY.replace(".", "/"), MONEY.replace(".", "/")}


def _is_slow(side: OtherSide, settings: Any) -> None:
    side.slow[""] = 60
    OutsideSystem.objects.update(timeout_seconds="0.5")


@pytest.mark.parametrize(
    ("happens", "ordinary", "money"),
    [
        # nothing was done there, so anything may be tried again
        pytest.param(_down, "waiting", "waiting", id="nobody-listens"),
        pytest.param(_says(503, {"error": "Cerrado por mantenimiento"}), "waiting", "waiting", id="503"),
        pytest.param(_says(401, {}), "waiting", "waiting", id="401"),
        pytest.param(_says(429, {}), "waiting", "waiting", id="429"),
        # it was refused: trying again would be refused again
        pytest.param(_says(422, {"error": "Ese número no existe."}), "refused", "refused", id="422"),
        pytest.param(_says(404, {"error": "No existe ese daño."}), "refused", "refused", id="404-with-a-reason"),
        # nobody knows: harmless with the same key, and never where money or a SIM is touched
        pytest.param(_is_slow, "waiting", "uncertain", id="too-slow"),
        pytest.param(_hangs_up, "waiting", "uncertain", id="hangs-up-after-doing-it"),
        pytest.param(_says(500, b"<html>"), "waiting", "uncertain", id="500"),
        pytest.param(_says(500, {"error": "Internal"}), "waiting", "uncertain", id="500-with-a-word"),
        pytest.param(_says(503, {}), "waiting", "uncertain", id="503-without-a-word"),
        pytest.param(_says(502, {}), "waiting", "uncertain", id="a-gateway-heard-nothing"),
        pytest.param(_says(504, {}), "waiting", "uncertain", id="a-gateway-waited-in-vain"),
        pytest.param(_says(200, b"<html>"), "waiting", "uncertain", id="no-json"),
        pytest.param(_says(200, {"ok": True}), "waiting", "uncertain", id="another-shape"),
        pytest.param(_says(201, {"reference": "  "}), "waiting", "uncertain", id="an-empty-reference"),
    ],
)
def test_how_one_request_may_end(
    owe: Owe, side: OtherSide, settings: Any, now: datetime,
    happens: Callable[[OtherSide, Any], None], ordinary: str, money: str,
) -> None:  # fmt: skip
    writes = {"ordinary": owe(ORDINARY, key="a"), "money": owe(MONEY, key="b")}
    happens(side, settings)
    assert deliver_due(now=now) == 0
    assert {kind: now_of(write).state for kind, write in writes.items()} == {"ordinary": ordinary, "money": money}
    for write in writes.values():
        assert (write.attempts, write.lease_until, write.reference) == (1, None, "")
        assert write.last_error
        assert write.changes.order_by("-pk").first().note == write.last_error
        if write.state == State.WAITING:
            assert write.not_before == now + delivering.WAITS[0]


def test_an_error_nobody_foresaw_is_a_doubt(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for client in (Smartflex, Qbc):
        monkeypatch.setattr(client, "__init__", lambda _client: None)
    writes = [owe(ORDINARY, key="a"), owe(MONEY, key="b")]
    deliver_due(now=now)
    assert [now_of(write).state for write in writes] == [State.WAITING, State.UNCERTAIN]
    assert "TypeError" in writes[1].last_error


# -- it goes wrong: again and again ------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [ORDINARY, MONEY])
def test_it_is_tried_three_times_ever_later_and_then_waits_for_a_person(
    owe: Owe, side: OtherSide, now: datetime, elena: User, action: str
) -> None:
    write, moments = owe(action), []
    side.says[""] = (503, {"error": "Cerrado"})
    for second in range(0, 3600, 10):
        before = asked(side)
        deliver_due(now=now + second * SECOND)
        moments += [second] * (asked(side) - before)
    assert moments == [0, 30, 330]
    assert (now_of(write).state, write.attempts, write.last_error) == (State.PARKED, 3, "Cerrado")
    del side.says[""]
    forget_wires()  # the breaker goes by a clock of its own
    assert deliver_due(now=now + timedelta(days=1)) == 0
    later = now + timedelta(days=2)
    writing.try_again(write=write, by=elena, now=later)
    assert deliver_due(now=later) == 1
    assert [key for _operation, key, _body in side.book] == [write.key]


@pytest.mark.parametrize("action", [ORDINARY, MONEY])
def test_a_lost_answer_means_one_effect(owe: Owe, side: OtherSide, now: datetime, action: str) -> None:
    """The other system did it and hung up. What is ordinary is asked again by the same key; money never is."""
    write, operation = owe(action), action.replace(".", "/")
    side.hangs_up.add(operation)
    deliver_due(now=now)
    side.hangs_up.clear()
    for days in range(5):
        deliver_due(now=now + timedelta(days=days, minutes=1))
    assert len(side.book) == 1
    if action == ORDINARY:
        assert (now_of(write).state, write.reference, write.attempts) == (State.DONE, "REF-1", 2)
    else:
        assert (now_of(write).state, asked(side)) == (State.UNCERTAIN, 1)


def test_a_refusal_is_told_and_is_a_persons(owe: Owe, side: OtherSide, now: datetime, ana: Agent, elena: User) -> None:
    write = owe(MONEY)
    side.says[""] = (422, {"error": "Número suspendido. " + "x" * 900})
    deliver_due(now=now)
    assert now_of(write).last_error.startswith("Número suspendido.")
    assert len(write.last_error) <= delivering.ERROR_LENGTH
    deliver_due(now=now + timedelta(days=1))
    assert asked(side) == 1
    with pytest.raises(WriteRefused):
        writing.try_again(write=write, by=elena, now=now)
    with pytest.raises(ValueError, match="refused is not tried again"):
        try_again(owed=write, now=now)
    assert writing.give_up(write=write, reason="Suspendido", by=ana.user, now=now).state == State.NOT_DONE


# -- a dead system -----------------------------------------------------------------------------------------------------


def test_a_dead_system_is_knocked_at_once_a_sweep_and_holds_up_no_other(
    owe: Owe, side: OtherSide, now: datetime
) -> None:
    dead = [owe(ORDINARY, key=f"dead{number}") for number in range(5)]
    alive = owe(MONEY, key="alive")
    side.says[ORDINARY.replace(".", "/")] = (503, {})
    assert deliver_due(now=now) == 1
    assert now_of(alive).state == State.DONE
    assert asked(side) == 2
    assert [now_of(write).attempts for write in dead] == [1, 0, 0, 0, 0]
    assert {write.not_before for write in dead} == {now + REST}
    side.says.clear()
    assert deliver_due(now=now + REST - SECOND) == 0
    assert deliver_due(now=now + REST) == 5


def test_a_breaker_that_is_open_spares_the_system_and_the_write_is_not_lost(
    owe: Owe, side: OtherSide, now: datetime
) -> None:
    side.says[""] = (503, {"error": "Cerrado"})
    writes = [owe(MONEY, key=f"k{number}", number=f"7071234{number}") for number in range(4)]
    for sweep in range(4):
        deliver_due(now=now + sweep * REST)
    assert asked(side) == 3
    assert {now_of(write).state for write in writes} == {State.WAITING}
    assert any("no responde desde hace un momento" in write.last_error for write in writes)


# -- by hand, off ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [ORDINARY, MONEY])
def test_what_waits_for_a_system_that_comes_to_be_used_by_hand_is_done_by_hand(
    owe: Owe, side: OtherSide, set_mode: SetMode, now: datetime, ana: Agent, action: str
) -> None:
    write = owe(action)
    set_mode(action.split(".")[0], "by_hand")
    assert (deliver_due(now=now), now_of(write).state, asked(side)) == (0, State.BY_HAND, 0)
    set_mode(action.split(".")[0])
    assert (deliver_due(now=now + timedelta(days=1)), asked(side)) == (0, 0)
    writing.write_by_hand(write=write, reference="R-9", by=ana.user, now=now)
    assert now_of(write).reference == "R-9"


def test_what_waits_for_a_system_that_is_off_goes_when_it_is_on_again(
    owe: Owe, side: OtherSide, set_mode: SetMode, now: datetime
) -> None:
    write = owe(ORDINARY)
    set_mode("smartflex", "off")
    assert unattended_since(OutsideWrite, now=now + timedelta(days=1)) is None  # nobody is expected to send it now
    assert (deliver_due(now=now), now_of(write).state, write.attempts) == (0, State.WAITING, 0)
    set_mode("smartflex")
    assert deliver_due(now=now + timedelta(days=30)) == 1


# -- a worker that is killed -------------------------------------------------------------------------------------------


class Killed(BaseException):
    """What no `except` of ours catches."""


def kill_between_sending_and_saving(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """The request goes out and is answered; the worker dies with the answer in its hands."""
    with monkeypatch.context() as patched:
        for action in (ORDINARY, MONEY):
            known = actions()[action]

            def sends_and_dies(clients: Any, key: str, payload: Any, known: Any = known) -> Any:
                known.send(clients, key, payload)
                raise Killed

            patched.setitem(actions(), action, replace(known, send=sends_and_dies))
        with pytest.raises(Killed):
            deliver_due(now=now)


@pytest.mark.parametrize("action", [ORDINARY, MONEY])
def test_a_worker_killed_between_sending_and_saving_means_one_effect(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    write = owe(action)
    kill_between_sending_and_saving(monkeypatch, now)
    assert (now_of(write).state, write.lease_until, len(side.book)) == (State.SENDING, now + LEASE, 1)
    assert deliver_due(now=now + LEASE - SECOND) == 0
    assert now_of(write).state == State.SENDING
    for minutes in range(2, 30):
        deliver_due(now=now + minutes * MINUTE)
    assert len(side.book) == 1
    wanted = (State.DONE, "REF-1", 2) if action == ORDINARY else (State.UNCERTAIN, "", 1)
    assert (now_of(write).state, write.reference, asked(side)) == wanted


@pytest.mark.parametrize("action", [ORDINARY, MONEY])
def test_an_answer_that_cannot_be_written_down_is_a_doubt(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    write = owe(action)

    def breaks(**_ends: Any) -> None:
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patched:
        patched.setattr(delivering, "done", breaks)
        assert deliver_due(now=now) == 0
    assert now_of(write).state == (State.WAITING if action == ORDINARY else State.UNCERTAIN)
    for minutes in range(1, 5):
        deliver_due(now=now + minutes * MINUTE)
    assert (len(side.book), asked(side)) == (1, 2 if action == ORDINARY else 1)


def test_a_worker_that_is_killed_every_time_parks_the_work(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that kills whoever sends it does not go round for ever."""
    write = owe(ORDINARY)
    for hours in range(3):
        kill_between_sending_and_saving(monkeypatch, now + timedelta(hours=hours))
        recover(now=now + timedelta(hours=hours) + LEASE)
    assert (now_of(write).state, write.attempts, len(side.book)) == (State.PARKED, 3, 1)


# -- an answer that comes late -----------------------------------------------------------------------------------------


def meanwhile(monkeypatch: pytest.MonkeyPatch, action: str, happens: Callable[[], Any]) -> None:
    """Let something happen between the request of `action` and its answer, the first time."""
    known, first = actions()[action], [True]

    def send(clients: Any, key: str, payload: Any) -> Any:
        answer = known.send(clients, key, payload)
        if first.pop() if first else False:
            happens()
        return answer

    monkeypatch.setitem(actions(), action, replace(known, send=send))


def test_its_own_late_answer_ends_a_doubt_nobody_has_settled(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = owe(MONEY)
    meanwhile(monkeypatch, MONEY, lambda: recover(now=now + LEASE))
    deliver_due(now=now)
    assert history(write) == ["waiting", "sending", "uncertain", "done"]
    assert (now_of(write).reference, asked(side)) == ("REF-1", 1)


def test_a_late_answer_ends_what_was_settled_as_not_done(
    owe: Owe, side: OtherSide, now: datetime, elena: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = owe(MONEY)

    def settled() -> None:
        recover(now=now + LEASE)
        settling.settle(write=write, outcome="not_done", reference="", reason="No está en QBC", by=elena, now=now)

    meanwhile(monkeypatch, MONEY, settled)
    other = owe(MONEY, key="walk:1:8", position=8, number="70799111")
    assert deliver_due(now=now) == 2, "an answer that comes late is no failure: its system is asked for the next"
    assert now_of(other).state == State.DONE
    assert (now_of(write).state, write.settled_by, write.reference) == (State.DONE, None, "REF-1")
    assert history(write)[-3:] == ["not_done", "uncertain", "done"]
    assert ask_once_more(now=now + 2 * LEASE) == 1, "a person looks whether it was done twice"


def test_a_late_answer_finds_that_another_has_sent_it_anew(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = owe(ORDINARY)
    again = now + LEASE + REST
    meanwhile(monkeypatch, ORDINARY, lambda: (recover(now=now + LEASE), deliver_due(now=again)))
    deliver_due(now=now)
    assert history(write) == ["waiting", "sending", "waiting", "sending", "done"]
    assert (now_of(write).fence, write.settled_at, len(side.book), asked(side)) == (2, again, 1, 2)


def test_a_late_answer_does_not_end_what_another_is_still_sending(
    owe: Owe, side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = owe(ORDINARY)
    again = now + LEASE + REST
    meanwhile(
        monkeypatch,
        ORDINARY,
        lambda: (recover(now=now + LEASE), kill_between_sending_and_saving(monkeypatch, again)),
    )
    assert deliver_due(now=now) == 0
    assert (now_of(write).state, write.fence, write.lease_until) == (State.SENDING, 2, again + LEASE)
