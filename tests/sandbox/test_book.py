"""What was done is in the book, once for its key, however many ask at the same moment."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.sandbox.running import RunningSandbox

AT_ONCE = 20


def a_line(sandbox: RunningSandbox) -> tuple[str, Any]:
    return sandbox.rows(
        "SELECT number, balance FROM sandbox_mioline WHERE state = 'active' AND plan = 'MIO Diario' ORDER BY number"
    )[0]


def at_once(sandbox: RunningSandbox, path: str, bodies: list[dict[str, str]], keys: list[str]) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return list(crowd.map(lambda one: sandbox.post(path, one[0], key=one[1]), zip(bodies, keys, strict=True)))


def test_twenty_with_the_same_key_at_once_have_one_effect_and_one_answer(sandbox: RunningSandbox) -> None:
    number, before = a_line(sandbox)
    answers = at_once(sandbox, "qbc/top_up", [{"number": number, "amount": "10.00"}] * AT_ONCE, ["same"] * AT_ONCE)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["reference"] for answer in answers}) == 1
    assert len(sandbox.book(key="same")) == 1
    assert sandbox.value("SELECT balance FROM sandbox_mioline WHERE number = %s", number) == before + 10


def test_twenty_with_their_own_keys_at_once_have_twenty_effects(sandbox: RunningSandbox) -> None:
    number, before = a_line(sandbox)
    keys = [f"own-{nth}" for nth in range(AT_ONCE)]
    answers = at_once(sandbox, "qbc/top_up", [{"number": number, "amount": "5.00"}] * AT_ONCE, keys)
    assert len({answer.json()["reference"] for answer in answers}) == AT_ONCE
    assert sandbox.value("SELECT balance FROM sandbox_mioline WHERE number = %s", number) == before + 5 * AT_ONCE


def test_of_twenty_that_say_different_things_with_one_key_one_is_heard(sandbox: RunningSandbox) -> None:
    number, before = a_line(sandbox)
    bodies = [{"number": number, "amount": ("5.00", "10.00", "20.00")[nth % 3]} for nth in range(AT_ONCE)]
    answers = at_once(sandbox, "qbc/top_up", bodies, ["torn"] * AT_ONCE)
    (deed,) = sandbox.book(key="torn")
    heard = bodies.count(deed["payload"])
    assert Counter(answer.status_code for answer in answers) == {201: heard, 409: AT_ONCE - heard}
    after = sandbox.value("SELECT balance FROM sandbox_mioline WHERE number = %s", number)
    assert f"{after - before:.2f}" == deed["payload"]["amount"]


def test_of_twenty_blocks_with_their_own_keys_one_is_done(sandbox: RunningSandbox) -> None:
    number = sandbox.value("SELECT number FROM sandbox_mioline WHERE state = 'active' ORDER BY number DESC LIMIT 1")
    keys = [f"block-{nth}" for nth in range(AT_ONCE)]
    answers = at_once(sandbox, "mio/block_sim", [{"number": number, "reason": "robo"}] * AT_ONCE, keys)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    assert len([deed for deed in sandbox.book(system="mio") if deed["payload"]["number"] == number]) == 1


def test_what_was_refused_leaves_its_key_free(sandbox: RunningSandbox) -> None:
    number, _before = a_line(sandbox)
    assert sandbox.post("qbc/top_up", {"number": number, "amount": "7.00"}, key="free").status_code == 422
    assert sandbox.book(key="free") == []
    assert sandbox.post("qbc/top_up", {"number": number, "amount": "10.00"}, key="free").status_code == 201


def test_the_same_key_is_another_one_in_another_system(sandbox: RunningSandbox) -> None:
    body = {"text": "x"}
    assert sandbox.post("gsi/derive", {"order": "OT-1", **body}, key="shared").status_code == 201
    assert sandbox.post("nocc/report", {"number": "4251001", **body}, key="shared").status_code == 201
    assert {deed["system"] for deed in sandbox.book(key="shared")} == {"gsi", "nocc"}
    again = sandbox.post("gsi/reiterate", {"damage": "OT-1", **body}, key="shared")
    assert again.status_code == 409
    assert again.json() == {"error": "Esa clave ya se usó para otra cosa."}


def test_the_book_tells_the_newest_first_with_all_that_was_said(sandbox: RunningSandbox) -> None:
    for nth in range(3):
        asked = {"agent": "ana", "requester_name": "Rosa"} if nth else {}
        sandbox.post("nocc/report", {"number": str(nth + 1), "text": "¡sin línea!", **asked}, key=f"told-{nth}")
    newest = sandbox.book(system="nocc")[:3]
    assert [deed["key"] for deed in newest] == ["told-2", "told-1", "told-0"]
    assert newest[0]["payload"] == {"number": "3", "text": "¡sin línea!"}
    assert [deed["asked_by"] for deed in newest] == [{"agent": "ana", "requester_name": "Rosa"}] * 2 + [{}]
    again = sandbox.post("nocc/report", {"number": "3", "text": "¡sin línea!", "agent": "luis"}, key="told-2")
    assert again.json()["reference"] == newest[0]["reference"], "who asks is no part of what a key stands for"
    assert set(newest[0]) == {"system", "verb", "key", "payload", "asked_by", "at", "reference"}
    assert sandbox.book(key="nobody's") == []


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_nothing_is_written_without_a_key(sandbox: RunningSandbox, key: str) -> None:
    before = len(sandbox.book(system="nocc"))
    answer = sandbox.post("nocc/report", {"number": "1", "text": "x"}, key=key)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert len(sandbox.book(system="nocc")) == before
