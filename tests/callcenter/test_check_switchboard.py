"""`check_switchboard` over TCP: the played switchboard of both generations, and whoever is none."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from callcenter.switchboards import wanted_of
from inbound.models import ServiceLine
from telephony.ami import Message
from telephony.models import Extension, Switchboard, Trunk
from tests.sandbox.switchboard.playing import SECRET, Board, playing
from tests.telephony.a_listener import Running, is_linked, until
from tests.telephony.a_switchboard import SECRET as ANOTHER_SECRET
from tests.telephony.a_switchboard import ASwitchboard, nothing

Said = dict[str, tuple[str, str]]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=["13.0.0", "1.3"])
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    folder = tmp_path_factory.mktemp(f"checked-{request.param}")
    with playing(request.param, folder, "--members", "1001", "--speed", "1") as board:
        yield board


@pytest.fixture
def row(monkeypatch: pytest.MonkeyPatch) -> Switchboard:
    """Its extension and its line are of the played one; the port is whoever's the test says."""
    monkeypatch.setenv("SWITCHBOARD_SECRET", SECRET)
    ServiceLine.objects.exclude(number="101").delete()
    ServiceLine.objects.update_or_create(number="101", defaults={"name": "Comercial", "queue": ""})
    return Switchboard.objects.create(name="Central", host="127.0.0.1", port=1, user="callcenter", is_on=True)


@pytest.fixture
def linked_to(played: Board, row: Switchboard) -> Switchboard:
    technology, _slash, number = played.telephone("1001").partition("/")
    Switchboard.objects.filter(pk=row.pk).update(port=played.port, technology=technology)
    Extension.objects.create(switchboard=row, number=number)
    return row


def checks(capsys: pytest.CaptureFixture[str], *, missing: int = 0, answer: float = 60, **more: Any) -> Said:
    """What it says of each thing: its state, and the words with what to do."""

    def call() -> None:
        call_command("check_switchboard", json=True, hear=0, answer=answer, **more)

    if missing:
        with pytest.raises(CommandError, match=rf"Faltan? {missing} cosa"):
            call()
    else:
        call()
    out = capsys.readouterr().out
    assert SECRET not in out
    assert ANOTHER_SECRET not in out
    whole = next(line for line in out.splitlines() if line.startswith("{"))  # whoever holds a link logs beside it
    (found,) = json.loads(whole)["switchboards"].values()
    return {one["what"]: (one["state"], f"{one['words']} {one['do']}") for one in found}


@contextmanager
def somebody(does: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that is no switchboard. `does`: to each who connects; the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _address = server.accept()
            except OSError:
                return
            with client:
                does(client)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(60)


def test_a_switchboard_that_has_everything_is_told_so(
    linked_to: Switchboard, played: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    before = played.state()["connections"]
    said = checks(capsys)
    states = {what: state for what, (state, _words) in said.items()}
    heard = {"events call", "events agent", "events user"} | (
        {"events dialplan", "queue events"} if played.is_older else set()
    )
    assert {what for what, state in states.items() if state != "ok"} == heard
    assert said["greeting"][1].startswith(f"Saluda como AMI {played.version}")
    assert {"secret", "name", "port", "sign_in", "booted", "clock", "context", "transfer_context"} <= states.keys()
    assert {"queue 101", "telephone 1001", "chanspy", "right originate", "right call", "right agent"} <= states.keys()
    after = played.state()
    assert after["channels"] == []
    assert after["connections"]["open"] == before["open"]
    assert after["connections"]["dropped"] == before["dropped"]
    assert not [one for queue in after["queues"].values() for one in queue["members"] if one["paused"]]


def test_at_a_terminal_each_line_says_what_to_do(linked_to: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    ServiceLine.objects.create(number="999", name="Ventas", queue="ventas")
    with pytest.raises(CommandError, match="Falta 1 cosa"):
        call_command("check_switchboard", "Central", hear=0, answer=60)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Central · 127.0.0.1:")
    at = next(number for number, line in enumerate(lines) if "La cola ventas de 999 Ventas no está" in line)
    assert lines[at].split()[0] == "falta"
    assert lines[at + 1].split()[0] == "→"
    assert any(line.split()[0] == "OK" for line in lines)
    assert any(line.strip().startswith("no se pudo saber") for line in lines)


def test_a_queue_a_telephone_and_contexts_that_are_not_there(
    linked_to: Switchboard, played: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    Extension.objects.create(switchboard=linked_to, number="1002")
    Extension.objects.create(switchboard=linked_to, number="7777")
    ServiceLine.objects.filter(number="101").update(queue="no-such-queue")
    Switchboard.objects.update(context="nowhere", transfer_context="from-internal")
    played.turn(extensions={"1002": {"registered": False}})
    try:
        said = checks(capsys, missing=3)
    finally:
        played.turn(extensions={"1002": {"registered": True}})
    assert said["queue no-such-queue"][0] == said["telephone 1002"][0] == said["context"][0] == "missing"
    assert said["telephone 7777"][0] == "unknown"
    assert said["telephone 1001"][0] == said["transfer_context"][0] == "ok"


def test_trunks_that_are_reached_that_are_not_and_that_nobody_knows(
    played: Board, linked_to: Switchboard, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("trunk", "nadie"):
        Trunk.objects.create(switchboard=linked_to, name=name)
    technology = linked_to.__class__.objects.get().technology
    found = checks(capsys)
    assert found[f"trunk {technology}/trunk"][0] == "ok"
    assert found[f"trunk {technology}/nadie"][0] == "unknown"
    played.turn(trunk=False)
    try:
        found = checks(capsys, missing=1)
    finally:
        played.turn(trunk=True)
    state, words = found[f"trunk {technology}/trunk"]
    assert state == "missing"
    assert words.startswith(f"La central no alcanza la troncal {technology}/trunk.")


def test_where_another_switchboard_is_in_use_a_queue_may_be_that_ones(linked_to: Switchboard) -> None:
    Switchboard.objects.create(name="Otra", host="127.0.0.1", port=1, user="x", is_on=True)
    assert not wanted_of(linked_to).is_the_only_one


def test_a_clock_that_lies_is_noticed(
    linked_to: Switchboard, played: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    played.turn(clock=-3600)
    try:
        said = checks(capsys, missing=1)
    finally:
        played.turn(clock=0)
    assert said["clock"][0] == "missing"


def test_a_wrong_secret_is_not_shown_and_nothing_is_asked_after_it(
    linked_to: Switchboard, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWITCHBOARD_SECRET", ANOTHER_SECRET)
    said = checks(capsys, missing=1)
    assert list(said) == ["secret", "name", "port", "greeting", "sign_in"]
    assert said["sign_in"][0] == "missing"


def test_without_a_secret_the_variable_is_named(
    linked_to: Switchboard, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SWITCHBOARD_SECRET")
    said = checks(capsys, missing=2)
    assert "SWITCHBOARD_SECRET" in said["secret"][1]


def test_who_may_only_look_is_told_which_rights_are_missing(
    linked_to: Switchboard, capsys: pytest.CaptureFixture[str]
) -> None:
    Switchboard.objects.update(user="readonly")
    said = checks(capsys, missing=3)
    assert {what for what, (state, _words) in said.items() if state == "missing"} == {
        "right originate", "right call", "right agent"
    }  # fmt: skip
    assert "Originate" in said["right originate"][1]
    assert said["chanspy"][0] == "unknown"
    assert "core show application ChanSpy" in said["chanspy"][1]


def test_a_closed_port(row: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        Switchboard.objects.update(port=server.getsockname()[1])
    assert list(said := checks(capsys, missing=1)) == ["secret", "name", "port"]
    assert said["port"][0] == "missing"


def test_a_name_nobody_knows(row: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    Switchboard.objects.update(host="central.invalid")
    assert checks(capsys, missing=1)["name"][0] == "missing"


def test_somebody_who_says_nothing(row: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    over = threading.Event()
    with somebody(lambda _client: bool(over.wait(60))) as port:  # as a web server does, which waits to be asked
        Switchboard.objects.update(port=port)
        try:
            said = checks(capsys, missing=1, answer=0.2)
        finally:
            over.set()
    assert said["greeting"] == (
        "missing",
        "Ahí no saluda ningún AMI. Mire el puerto: el AMI de Asterisk suele estar en el 5038.",
    )


def test_somebody_who_says_something_else(row: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    with somebody(lambda client: client.sendall(b"HTTP/1.1 400 Bad\x1b[31m Request\r\n\r\n")) as port:
        Switchboard.objects.update(port=port)
        said = checks(capsys, missing=1)
    assert "«HTTP/1.1 400 Bad[31m Request»" in said["greeting"][1]


def test_a_value_that_is_never_sent_is_said(linked_to: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    Switchboard.objects.update(user="dos palabras")
    assert "Username" in checks(capsys, missing=1)["row"][1]


def test_one_that_speaks_no_tls(linked_to: Switchboard, capsys: pytest.CaptureFixture[str]) -> None:
    Switchboard.objects.update(tls=True)
    said = checks(capsys, missing=1)
    assert list(said) == ["secret", "name", "port", "tls"]
    assert said["tls"][0] == "missing"


@pytest.fixture
def told(row: Switchboard, monkeypatch: pytest.MonkeyPatch) -> Iterator[ASwitchboard]:
    """A switchboard that says what a test tells it to."""
    monkeypatch.setenv("SWITCHBOARD_SECRET", ANOTHER_SECRET)
    running = Running(row)
    running.open()
    yield running.played
    running.close()


async def not_there(board: ASwitchboard, message: Message) -> None:
    board.say(f"Response: Error;ActionID: {message.action_id};Message: Did not find context {message.get('context')}")


def test_what_is_asked_to_learn_of_rights_is_about_nothing(
    told: ASwitchboard, capsys: pytest.CaptureFixture[str]
) -> None:
    told.answers["ShowDialPlan"] = not_there
    checks(capsys, missing=4)  # neither contexts nor queues nor telephones
    for name in ("Originate", "Hangup", "QueuePause", "BlindTransfer", "Atxfer"):
        (asked,) = told.named(name)
        assert [key for key, _value in asked.pairs] == ["action", "actionid"]
    assert told.connections == 1
    assert told.asked[-1].get("action") == "Logoff"


OLDER = "Asterisk Call Manager/1.3"
PAUSED = "Event: QueueMemberPaused;Privilege: agent,all;Queue: 101;Location: Local/1001@from-queue/n;Paused: 1"
JOINS = "Event: Join;Privilege: call,all;Queue: 101;Uniqueid: 1.1;Position: 1"
RINGS = "Event: Newstate;Privilege: call,all;Uniqueid: 1.2;Channel: SIP/1001-00000002;ChannelState: 5"
RINGS_ANOTHER = "Event: Newstate;Privilege: call,all;Uniqueid: 1.2;Channel: SIP/1009-00000002;ChannelState: 5"
CALLED = "Event: AgentCalled;Privilege: agent,all;Queue: 101;AgentCalled: SIP/1001;Uniqueid: 1.1"


@pytest.mark.parametrize(
    ("happened", "state"),
    [
        ([PAUSED], "unknown"),
        ([PAUSED, RINGS], "unknown"),  # somebody called her, and not by a queue
        ([PAUSED, JOINS, RINGS_ANOTHER], "unknown"),
        ([PAUSED, JOINS, RINGS], "missing"),
        ([JOINS, RINGS, CALLED], "ok"),
    ],
)
def test_an_older_one_whose_queues_do_not_tell_whom_they_ring(
    told: ASwitchboard, capsys: pytest.CaptureFixture[str], happened: list[str], state: str
) -> None:
    async def queues(board: ASwitchboard, message: Message) -> None:
        asked = f"ActionID: {message.action_id}"
        board.say(f"Response: Success;{asked};Message: Queue status will follow")
        board.say(f"Event: QueueParams;{asked};Queue: 101")
        member = "Location: Local/1001@from-queue/n;StateInterface: SIP/1001;Status: 1;Paused: 0"
        board.say(f"Event: QueueMember;{asked};Queue: 101;Name: 1001;{member}")
        board.say(f"Event: QueueStatusComplete;{asked}")
        for text in happened:
            board.say(text)

    told.greeting, told.answers["QueueStatus"], told.answers["ShowDialPlan"] = OLDER, queues, not_there
    said = checks(capsys, missing=4 if state == "missing" else 3)  # contexts and telephones too
    assert said["queue events"][0] == state
    if state != "ok":
        assert "eventwhencalled = yes" in said["queue events"][1]


def test_a_newer_one_tells_it_always(told: ASwitchboard, capsys: pytest.CaptureFixture[str]) -> None:
    told.answers["ShowDialPlan"] = not_there
    assert "queue events" not in checks(capsys, missing=4)


def test_one_that_stops_answering_in_the_middle(told: ASwitchboard, capsys: pytest.CaptureFixture[str]) -> None:
    told.answers["Ping"] = nothing
    said = checks(capsys, missing=1, answer=1)
    assert list(said)[-1] == "answers"
    assert "right originate" in said


@pytest.mark.django_db(transaction=True)
def test_it_works_beside_the_link_and_writes_nothing(
    linked_to: Switchboard, played: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    linked_to.refresh_from_db()
    running = Running(linked_to, secret=SECRET)
    try:
        running.listen()
        until(lambda: is_linked(linked_to), "linked")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            checks(capsys)
        assert {one["sql"].split()[0] for one in asked} <= {"SELECT"}
        assert is_linked(linked_to)
    finally:
        running.close()


def test_which_switchboards_there_are_is_said(row: Switchboard, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="«Nadie». Hay: Central"):
        call_command("check_switchboard", "Nadie")
    Switchboard.objects.all().delete()
    with pytest.raises(CommandError, match="No hay ninguna central"):
        call_command("check_switchboard")
