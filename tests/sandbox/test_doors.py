"""Knobs, errors, the token and the admin of the sandbox."""

from __future__ import annotations

import re
import select
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from systems.registry import asked_cells
from tests.sandbox.running import RunningSandbox, serving

SYSTEMS = tuple(asked_cells())


def knobs(sandbox: RunningSandbox) -> dict[str, Any]:
    told = httpx.get(f"{sandbox.address}/_knobs", trust_env=False).json()["knobs"]
    return {knob.pop("system"): knob for knob in told}


def test_every_system_has_its_knob_up_and_quick(sandbox: RunningSandbox) -> None:
    assert len(SYSTEMS) >= 13
    assert knobs(sandbox) == dict.fromkeys(SYSTEMS, {"latency_ms": 0, "mode": "up"})


def test_a_knob_is_of_one_system_and_is_turned_back_by_nothing(sandbox: RunningSandbox) -> None:
    sandbox.turn("guiatel", mode="down", latency_ms=3)
    assert knobs(sandbox)["guiatel"] == {"latency_ms": 3, "mode": "down"}
    down = sandbox.post("guiatel/search", {"name": "Quispe"})
    assert (down.status_code, down.json()) == (503, {"error": "El sistema está caído."})
    assert sandbox.post("pac/certificates", {"contract": "1"}).status_code == 200
    sandbox.turn("guiatel")
    assert sandbox.post("guiatel/search", {"name": "Quispe"}).status_code == 200


@pytest.mark.parametrize(
    ("system", "asked", "status"),
    [
        ("guiatel", b"{", 400),
        ("guiatel", b"[]", 400),
        ("guiatel", b'{"mode": "asleep"}', 400),
        ("guiatel", b'{"mode": ["up"]}', 400),
        ("guiatel", b'{"latency_ms": -1}', 400),
        ("guiatel", b'{"latency_ms": true}', 400),
        ("guiatel", b'{"latency_ms": 60001}', 400),
        ("guiatel", b'{"speed": 1}', 400),
        ("nobody", b"{}", 404),
    ],
)
def test_a_knob_that_cannot_be_turned_so_says_why(
    sandbox: RunningSandbox, system: str, asked: bytes, status: int
) -> None:
    answer = httpx.put(f"{sandbox.address}/_knobs/{system}", content=asked, trust_env=False)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert knobs(sandbox)["guiatel"] == {"latency_ms": 0, "mode": "up"}


def test_many_who_wait_for_a_slow_system_keep_nobody_from_a_quick_one(sandbox: RunningSandbox) -> None:
    sandbox.turn("pac", latency_ms=5000)
    asked = [HTTPConnection(sandbox.address.removeprefix("http://"), timeout=60) for _nth in range(20)]
    for one in asked:
        one.request("POST", "/pac/certificates", b'{"contract": "1"}', {"Content-Type": "application/json"})
    assert sandbox.post("smartflex/search", {"text": "Quispe"}).status_code == 200
    answered, _writable, _broken = select.select([one.sock for one in asked], [], [], 0)
    assert answered == [], "they still wait"
    assert {one.getresponse().status for one in asked} == {200}
    for one in asked:
        one.close()


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"text": "a\\u0000b"}', "application/json", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"text": "a"}', "text/plain", 415),
        (b'{"text": "' + b"a" * 70_000 + b'"}', "application/json", 413),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_sentence(
    sandbox: RunningSandbox, content: bytes, kind: str, status: int
) -> None:
    address = f"{sandbox.address}/smartflex/search"
    answer = httpx.post(address, content=content, headers={"Content-Type": kind}, trust_env=False)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])


def test_another_method_is_told_which_one_is_taken(sandbox: RunningSandbox) -> None:
    answer = httpx.get(f"{sandbox.address}/smartflex/search", trust_env=False)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_with_a_token_nobody_comes_in_without_it(sandbox: RunningSandbox) -> None:
    with serving(sandbox.database_url, SANDBOX_TOKEN="secreto") as address:
        body, its = {"text": "Quispe"}, {"Authorization": "Bearer secreto"}
        for path in ("smartflex/search", "pac/certificates"):
            assert httpx.post(f"{address}/{path}", json=body, trust_env=False).status_code == 401
        other = httpx.post(f"{address}/smartflex/search", json=body, headers={"Authorization": "Bearer otro"})
        assert other.status_code == 401
        assert httpx.get(f"{address}/_book", trust_env=False).status_code == 401
        let_in = httpx.post(f"{address}/smartflex/search", json=body, headers=its, trust_env=False)
        assert let_in.status_code == 200


def test_the_administrator_of_the_demo_reads_the_book_and_cannot_change_it(sandbox: RunningSandbox) -> None:
    sandbox.post("nocc/report", {"number": "4251001", "text": "sin línea"}, key="seen-in-the-admin")
    with httpx.Client(base_url=sandbox.address, trust_env=False, follow_redirects=True, timeout=60) as browser:
        page = browser.get("/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        form = {"username": "ines", "password": "prepago", "csrfmiddlewaretoken": token[1], "next": "/admin/"}
        assert "Lo que saben y lo que se hizo" in browser.post("/admin/login/", data=form).text
        book = browser.get("/admin/sandbox/deed/")
        assert "seen-in-the-admin" in book.text
        assert "sin línea" in book.text
        assert browser.get("/admin/sandbox/deed/add/").status_code == 403
        for table in ("customer", "product", "damage", "workorder", "invoice", "mioline", "directoryentry", "knob"):
            assert browser.get(f"/admin/sandbox/{table}/").status_code == 200
        static = re.search(r'href="(/static/admin/css/base[^"]*)"', book.text)
        assert static is not None
        assert browser.get(static[1]).status_code == 200
