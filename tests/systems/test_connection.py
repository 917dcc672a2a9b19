"""Every way in which an outside system fails, and how long each may take."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, date
from functools import partial
from typing import Any

import pytest

from systems import shapes, wire
from systems.breaker import Breaker
from systems.c_cli4g.client import CCli4g
from systems.connection import AskedBy, Connection, Done
from systems.errors import CannotSay, NotThere, OutcomeUnknown, SystemRefused, SystemTrouble, SystemUnavailable
from systems.smartflex.client import Smartflex
from tests.processes.house import wait_until
from tests.systems import misbehaving as bad
from tests.systems.misbehaving import Misbehaving, answers, misbehaving, response

NOBODY = {"customers": [], "more": False}
AMPLE = 20.0  # seconds for a system that answers
SHORT = 0.8  # seconds for one that hangs

pytestmark = pytest.mark.waits


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of anybody's health; and who is left alone is, however long the test takes."""
    monkeypatch.setattr(wire, "Breaker", partial(Breaker, rest=3600.0))
    wire.forget_wires()


def read(address: str, *, timeout: float = AMPLE) -> Any:
    return Smartflex(address, timeout=timeout).search(text="Quispe")


def write(address: str, *, timeout: float = AMPLE) -> Any:
    return Smartflex(address, timeout=timeout).register_claim(key="k-1", contract="1", text="cobro excesivo")


def ask_whether(address: str, *, timeout: float = AMPLE) -> Done | None:
    return Connection("smartflex", address, token="", timeout=timeout).was_done(key="k-1")


def trouble_of(call: Callable[..., Any], address: str, *, timeout: float = AMPLE) -> SystemTrouble:
    """What a call raises; it is back long before a system that hangs would have let it go."""
    began = time.monotonic()
    with pytest.raises(SystemTrouble) as raised:
        call(address, timeout=timeout)
    assert time.monotonic() - began < bad.HELD / 2
    return raised.value


# what it does -> what a read raises, what a write raises
DAYS = {
    "says nothing": (bad.says_nothing, SystemUnavailable, OutcomeUnknown),
    "trickles its head": (bad.trickles_its_head, SystemUnavailable, OutcomeUnknown),
    "trickles its body": (bad.trickles_its_body, SystemUnavailable, OutcomeUnknown),
    "hangs up": (bad.hangs_up, SystemUnavailable, OutcomeUnknown),
    "hangs up in the middle": (bad.hangs_up_in_the_middle, SystemUnavailable, OutcomeUnknown),
    "speaks no HTTP": (bad.speaks_no_http, SystemUnavailable, OutcomeUnknown),
    "answers in another shape": (answers("200 OK", {"datos": []}), SystemUnavailable, OutcomeUnknown),
    "answers a list": (answers("200 OK", [1]), SystemUnavailable, OutcomeUnknown),
    "answers half a JSON": (answers("200 OK", b'{"reference": '), SystemUnavailable, OutcomeUnknown),
    "answers a bottomless JSON": (answers("200 OK", b"[" * 200_000), SystemUnavailable, OutcomeUnknown),
    "answers a page": (answers("200 OK", b"<html>", kind="text/html"), SystemUnavailable, OutcomeUnknown),
    "answers nothing": (answers("204 No Content", b""), SystemUnavailable, OutcomeUnknown),
    "answers endlessly": (answers("200 OK", b" " * (2**20 + 1)), SystemUnavailable, OutcomeUnknown),
    "answers packed": (
        answers("200 OK", b"\x1f\x8b\x08", more="Content-Encoding: gzip\r\n"),
        SystemUnavailable,
        OutcomeUnknown,
    ),
    "sends elsewhere": (
        answers("302 Found", b"", more="Location: http://127.0.0.1:1/\r\n"),
        SystemUnavailable,
        OutcomeUnknown,
    ),
    "does not let in": (
        answers("401 Unauthorized", {"error": "Falta el permiso."}),
        SystemUnavailable,
        SystemUnavailable,
    ),
    "lives elsewhere": (answers("404 Not Found", b"<html>", kind="text/html"), SystemUnavailable, SystemUnavailable),
    "is asked too much": (answers("429 Too Many Requests", {"error": "Luego."}), SystemUnavailable, SystemUnavailable),
    "refuses": (answers("422 Unprocessable Entity", {"error": "No se puede."}), SystemRefused, SystemRefused),
    "refuses without a word": (answers("400 Bad Request", b""), SystemRefused, OutcomeUnknown),
    "refuses in a proxy's words": (answers("409 Conflict", b"<html>", kind="text/html"), SystemRefused, OutcomeUnknown),
    "gave up waiting": (answers("408 Request Timeout", b""), SystemUnavailable, OutcomeUnknown),
    "knows it not": (answers("404 Not Found", {"error": "No existe."}), NotThere, NotThere),
    "had the key before": (answers("409 Conflict", {"error": "Esa clave ya se usó."}), SystemRefused, SystemRefused),
    "fails": (answers("500 Internal Server Error", b"<html>", kind="text/html"), SystemUnavailable, OutcomeUnknown),
    "fails with a word": (answers("500 Oh", {"error": "Internal error"}), SystemUnavailable, OutcomeUnknown),
    "is closed without a word": (answers("503 Service Unavailable", b""), SystemUnavailable, OutcomeUnknown),
    "is closed": (answers("503 Service Unavailable", {"error": "Está caído."}), SystemUnavailable, SystemUnavailable),
    "is closed in a framework's words": (
        answers("503 Service Unavailable", {"status": 503, "error": "Service Unavailable", "path": "/x"}),
        SystemUnavailable,
        OutcomeUnknown,
    ),
    "is silent behind its gateway": (answers("504 Gateway Timeout", b""), SystemUnavailable, OutcomeUnknown),
    "hung up on its gateway": (answers("502 Bad Gateway", b""), SystemUnavailable, OutcomeUnknown),
}


HANG = (bad.says_nothing, bad.trickles_its_head, bad.trickles_its_body)


def time_for(behave: Callable[..., None]) -> float:
    return SHORT if behave in HANG else AMPLE


@pytest.mark.parametrize("status", ["400 No", "403 No", "404 No", "405 No", "409 No", "422 No", "423 No", "429 No"])
def test_only_one_that_knows_of_no_such_thing_cannot_say_whether_it_was_done(status: str) -> None:
    """What refuses otherwise may be at work on that key: a person's word is not enough meanwhile."""
    for told in ({"error": "En curso."}, b"<html>"):
        with misbehaving(answers(status, told)) as server:
            trouble = trouble_of(ask_whether, server.address)
        assert isinstance(trouble, CannotSay) == (status == "404 No" and told != b"<html>")
        assert isinstance(trouble, SystemUnavailable)


@pytest.mark.parametrize(
    ("status", "told", "said"),
    [
        ("200 OK", {"done": True, "reference": "R-1"}, "R-1"),
        ("200 OK", {"done": True}, ""),
        ("200 OK", {"done": True, "reference": None}, ""),
        ("200 OK", {"done": True, "reference": 12}, ""),
        ("200 OK", {"done": False}, None),
    ],
)
def test_what_was_done_was_done_with_a_reference_or_without(
    status: str, told: dict[str, Any], said: str | None
) -> None:
    with misbehaving(answers(status, told)) as server:
        done = ask_whether(server.address)
    assert (done.reference if done else None) == said


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("202 Accepted", {"done": False}), ("200 OK", {"done": False, "error": "En curso."}),
        ("200 OK", {"done": "no"}), ("200 OK", {}), ("404 No", {"error": "No hay.", "path": "/smartflex/operations"}),
    ],
)  # fmt: skip
def test_what_is_under_way_or_says_neither_is_silence(status: str, told: dict[str, Any]) -> None:
    with misbehaving(answers(status, told)) as server:
        trouble = trouble_of(ask_whether, server.address)
    assert type(trouble) is SystemUnavailable


@pytest.mark.parametrize("day", DAYS)
def test_a_read_fails_with_its_own_error_and_in_time(day: str) -> None:
    behave, expected, _of_writes = DAYS[day]
    with misbehaving(behave) as server:
        trouble = trouble_of(read, server.address, timeout=time_for(behave))
    assert type(trouble) is expected
    assert trouble.system == "smartflex"


@pytest.mark.parametrize("day", DAYS)
def test_a_write_tells_what_was_not_done_from_what_may_have_been(day: str) -> None:
    behave, _of_reads, expected = DAYS[day]
    with misbehaving(behave) as server:
        trouble = trouble_of(write, server.address, timeout=time_for(behave))
        assert len(server.requests) == 1, "a write is never sent twice"
    assert type(trouble) is expected


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("200 OK", {"reference": "R-1", "error": "Se anuló."}),
        ("200 OK", {"reference": "R-1", "done": False}),
        ("200 OK", {"reference": "R-1", "done": "no"}),
        ("202 Accepted", {"reference": "R-1"}),
    ],
)
def test_a_reference_beside_something_else_is_a_doubt(status: str, told: dict[str, Any]) -> None:
    with misbehaving(answers(status, told)) as server:
        assert type(trouble_of(write, server.address)) is OutcomeUnknown
    with misbehaving(answers("200 OK", {"reference": "R-1", "done": True, "error": ""})) as server:
        assert write(server.address, timeout=AMPLE).reference == "R-1"


def test_who_is_not_there_did_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"http://127.0.0.1:{gone.getsockname()[1]}"
    for call in (read, write):
        assert type(trouble_of(call, address)) is SystemUnavailable


def test_a_name_that_is_looked_up_for_ever_takes_no_longer_either(monkeypatch: pytest.MonkeyPatch) -> None:
    woken, really = threading.Event(), socket.getaddrinfo

    def look_up(host: Any, *asked: Any, **more: Any) -> Any:  # for nobody else: threads of others ask meanwhile
        return woken.wait(60) if host == "smartflex.invalid" else really(host, *asked, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert type(trouble_of(write, "http://smartflex.invalid", timeout=SHORT)) is SystemUnavailable
    woken.set()


def test_who_accepts_and_never_reads_takes_no_longer_either() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        assert type(trouble_of(write, address, timeout=SHORT)) is OutcomeUnknown


def test_the_sentence_is_the_systems_own_and_names_it_otherwise() -> None:
    with misbehaving(answers("422 X", {"error": " El contrato\n no existe. "})) as server:
        assert str(trouble_of(read, server.address)) == "El contrato no existe."
    with misbehaving(answers("422 X", {"error": ["?"]})) as server:
        assert str(trouble_of(read, server.address)) == "Smartflex rechazó lo pedido."
    with misbehaving(bad.says_nothing) as server:
        trouble = trouble_of(write, server.address, timeout=SHORT)
        assert str(trouble) == "Smartflex no confirmó: no se sabe si lo hizo."


def test_a_connection_is_kept_and_the_next_client_goes_on_with_it() -> None:
    with misbehaving(answers("200 OK", NOBODY)) as server:
        for _nth in range(5):
            assert read(server.address).customers == ()
        assert (len(server.requests), server.connections) == (5, 1)


def test_a_kept_connection_that_was_just_closed_costs_a_read_nothing() -> None:
    with misbehaving(lambda _connection, _request: None) as server:

        def once_then_never(connection: socket.socket, _request: bytes) -> None:
            connection.sendall(response("200 OK", json.dumps(NOBODY).encode()))
            connection.recv(65536)  # takes the next request, and goes
            connection.close()

        server.behave = once_then_never
        assert read(server.address).customers == ()
        assert read(server.address).customers == ()
        assert server.connections == 2


def test_what_is_asked_stands_in_no_address_and_carries_token_and_key() -> None:
    with misbehaving(answers("201 Created", {"reference": "RE-1"})) as server:
        client = Smartflex(f"{server.address}/bus/", token="secreto", timeout=AMPLE)
        assert client.register_claim(key="walk:7:3", contract="204117", text="cobro").reference == "RE-1"
        head, _, body = server.requests[0].decode().partition("\r\n\r\n")
    assert head.startswith("POST /bus/smartflex/register_claim HTTP/1.1")
    headers = {line.split(": ")[0].lower(): line.split(": ")[1] for line in head.split("\r\n")[1:]}
    assert headers["authorization"] == "Bearer secreto"
    assert headers["idempotency-key"] == "walk:7:3"
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {"contract": "204117", "text": "cobro"}


def test_a_write_says_on_whose_word_it_goes_out_and_a_read_does_not() -> None:
    with misbehaving(answers("201 Created", {"reference": "RE-1"})) as server:
        client = Smartflex(server.address, timeout=AMPLE).on_the_word_of(AskedBy("ana", "Rosa Peña", "123 CB"))
        client.register_claim(key="k", contract="204117", text="cobro")
        with pytest.raises(SystemUnavailable):
            client.search(text="Quispe")
        told = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]
    asked = {"agent": "ana", "requester_name": "Rosa Peña", "requester_card": "123 CB"}
    assert told == [{"contract": "204117", "text": "cobro", **asked}, {"text": "Quispe"}]


LINE = {"number": "4600000", "holder": "Rosa Peña", "identity_card": "1 CB", "plan": "Básico", "amounts": []}


@pytest.mark.parametrize("balance", ['"12.50"', '"12.5"', "12.5", "12.50", '"12.500"'])
def test_an_amount_is_read_as_a_number_or_with_fewer_decimals(balance: str) -> None:
    body = json.dumps({"line": LINE})[:-2] + f', "balance": {balance}}}}}'
    with misbehaving(answers("200 OK", body.encode())) as server:
        line = CCli4g(server.address, timeout=AMPLE).line(number="4600000")
    assert line is not None
    assert str(line.balance) == "12.50"


@pytest.mark.parametrize(
    "balance", ['"12,50"', '"1.234.50"', "12.505", '"12.505"', "1e999999999", "true", "null", "NaN"]
)
def test_an_amount_that_may_mean_something_else_is_not_read(balance: str) -> None:
    body = json.dumps({"line": LINE})[:-2] + f', "balance": {balance}}}}}'
    with misbehaving(answers("200 OK", body.encode())) as server, pytest.raises(SystemUnavailable):
        CCli4g(server.address, timeout=AMPLE).line(number="4600000")


@pytest.mark.parametrize("kind", ["text/html", "application/json; charset=iso-8859-1"])
def test_latin_1_is_read_whatever_it_calls_itself(kind: str) -> None:
    body = json.dumps({"line": {**LINE, "balance": "1.00"}}, ensure_ascii=False).encode("latin-1")
    with misbehaving(answers("200 OK", body, kind=kind)) as server:
        line = CCli4g(server.address, timeout=AMPLE).line(number="4600000")
    assert line is not None
    assert line.holder == "Rosa Peña"
    with misbehaving(
        answers("201 Created", '{"reference": "RB-1", "dicho": "Listo, señora"}'.encode("latin-1"))
    ) as server:
        assert write(server.address).reference == "RB-1"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2026-11-27T09:30:00-04:00", "2026-11-27T13:30:00+00:00"),
        ("2026-11-27T09:30:00", "2026-11-27T13:30:00+00:00"),
        ("2026-11-27 09:30", "2026-11-27T13:30:00+00:00"),
    ],
)
def test_a_moment_without_an_offset_is_of_bolivia(written: str, read_as: str) -> None:
    assert shapes.moment({"at": written}, "at").astimezone(UTC).isoformat() == read_as


def test_a_day_is_read_as_its_midnight_and_as_no_other_hour() -> None:
    assert (
        shapes.day({"on": "2026-11-27T00:00:00"}, "on") == shapes.day({"on": "2026-11-27"}, "on") == date(2026, 11, 27)
    )
    with pytest.raises(shapes.Misshapen):
        shapes.day({"on": "2026-11-27T22:00:00"}, "on")


def test_an_error_that_is_answered_with_200_refuses_a_read_and_leaves_a_write_in_doubt() -> None:
    with misbehaving(answers("200 OK", {"error": "Saldo insuficiente."})) as server:
        refused = trouble_of(read, server.address)
        assert (type(refused), str(refused)) == (SystemRefused, "Saldo insuficiente.")
        doubt = trouble_of(write, server.address)
    assert type(doubt) is OutcomeUnknown
    assert str(doubt) == "Smartflex no confirmó: no se sabe si lo hizo. Dijo: «Saldo insuficiente.»"


def test_a_cookie_is_not_brought_back() -> None:
    with misbehaving(answers("200 OK", NOBODY, more="Set-Cookie: visit=ana\r\n")) as server:
        read(server.address)
        read(server.address)
        assert b"cookie" not in server.requests[1].lower()


def test_what_no_database_keeps_is_taken_out_of_texts() -> None:
    told = {"customers": [], "more": False}
    product = {"service": "TV", "service_number": "1", "plan": "a\0b\ud800", "state": "", "suspended_for": ""}
    customer = dict.fromkeys(("contract", "name", "identity_card", "segment", "address", "zone"), "x")
    told["customers"] = [{**customer, "telephones": [], "products": [product]}]  # type: ignore[assignment]
    with misbehaving(answers("200 OK", told)) as server:
        assert read(server.address).customers[0].products[0].plan == "ab?"


@pytest.mark.parametrize(
    "address", ["", "smartflex", "ftp://x/", "http://", "http://ana:clave@x/", "http://x/?a=1", "http://x/#a"]
)
def test_an_address_is_one_of_a_server_and_nothing_else(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        Smartflex(address)


@pytest.mark.parametrize("key", ["", "a b", "ñ", "a\r\nX: y", "k" * 201])
def test_a_key_is_printable_or_it_is_not_sent(key: str) -> None:
    with misbehaving(answers("201 Created", {"reference": "1"})) as server:
        with pytest.raises(ValueError, match="key"):
            Smartflex(server.address).register_claim(key=key, contract="1", text="x")
        assert server.requests == []


def test_a_token_that_fits_in_no_header_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="token"):
        Connection("smartflex", "http://127.0.0.1:1", token="a\r\nb", timeout=1)


def ask_at_once(server: Misbehaving, callers: int, *, timeout: float, ended: list[type]) -> list[threading.Thread]:
    """Callers in threads at one moment; `ended` gets how each ended."""

    def call() -> None:
        try:
            ended.append(type(read(server.address, timeout=timeout)))
        except SystemTrouble as trouble:
            ended.append(type(trouble))

    threads = [threading.Thread(target=call) for _nth in range(callers)]
    for thread in threads:
        thread.start()
    return threads


def test_more_callers_than_connections_wait_no_longer_than_their_time() -> None:
    """Those who hold every connection still wait when the others, who have less time, are back."""
    held: list[type] = []
    ended: list[type] = []
    with misbehaving(bad.says_nothing) as server:
        holding = ask_at_once(server, wire.MOST_CONNECTIONS, timeout=bad.HELD, ended=held)
        wait_until(lambda: len(server.requests) == wire.MOST_CONNECTIONS, what="no connection is left")
        for thread in ask_at_once(server, 10, timeout=SHORT, ended=ended):
            thread.join()
        assert (len(ended), set(ended), held) == (10, {SystemUnavailable}, [])
        assert len(server.requests) == wire.MOST_CONNECTIONS
        server.behave = bad.hangs_up
        server.hang_up()
        for thread in holding:
            thread.join()
    assert set(held) == {SystemUnavailable}


def test_a_system_that_hangs_costs_its_first_caller_time_and_the_rest_nothing() -> None:
    with misbehaving(bad.says_nothing) as server:
        trouble_of(read, server.address, timeout=SHORT)
        for _nth in range(50):  # whoever waited would wait for all of AMPLE
            trouble_of(read, server.address)
            trouble_of(write, server.address)
        assert (len(server.requests), server.connections) == (1, 1)
        assert type(trouble_of(write, server.address)) is SystemUnavailable  # nothing was sent


def test_a_neighbour_at_the_same_address_is_asked_all_the_same() -> None:
    """All systems may stand behind one bus: the breaker is of one system."""
    with misbehaving(bad.says_nothing) as server:
        for _nth in range(3):
            trouble_of(read, server.address, timeout=SHORT)
        server.behave = answers("200 OK", {"a": 1})
        other = Connection("gsi", server.address, token="", timeout=AMPLE)
        assert other.ask("code", {}, dict) == {"a": 1}
        assert "momento" in str(trouble_of(read, server.address))


def test_a_system_that_answers_nonsense_in_time_is_asked_on() -> None:
    """It costs nobody a second, and one customer that cannot be read must not take the others away."""
    with misbehaving(answers("200 OK", {"datos": []})) as server:
        for _nth in range(5):
            trouble_of(read, server.address)
        assert len(server.requests) == 5


def test_nothing_of_a_person_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with misbehaving(answers("200 OK", {"datos": []})) as server:
        trouble_of(read, server.address)
        trouble_of(write, server.address)
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("systems"))
    assert "smartflex: search" in said
    assert "Quispe" not in said
    assert "cobro" not in said
