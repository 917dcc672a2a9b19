"""A doubt about money or a SIM is asked about by itself before a person is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, User
from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.models import OutsideWrite, OutsideWriteChange, Walk
from inbound.outside.reaching import Clients
from inbound.walks.done_after_all import ask_once_more
from inbound.writes.asking import Said, ask_about_doubts, done_after_all
from inbound.writes.delivering import deliver_due
from inbound.writes.giving_back import give_back, that_count
from inbound.writes.settling import settle
from inbound.writes.states import Verb, WriteRefused, take_step
from inbound.writes.writing import owe_write
from systems.wire import forget_wires
from tests.inbound.conftest import PAYLOADS
from tests.inbound.other_side import OtherSide
from tests.inbound.promises import broken
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
MINUTES = timedelta(minutes=6)
NOT_DONE = {"outcome": "not_done", "reference": "", "reason": "No está en su libro"}


@pytest.fixture
def doubt(
    settings: Any, sandbox: RunningSandbox, walk_of: Callable[..., Walk], ana: Agent, now: datetime
) -> Callable[[str], OutsideWrite]:
    """A top-up whose answer never came: done behind its back, or never arrived at all."""
    connect(settings, sandbox)
    number = sandbox.value("SELECT number FROM sandbox_fijacomline ORDER BY number LIMIT 1")

    def make(mode: str) -> OutsideWrite:
        sandbox.turn("c_cli4g", mode=mode)
        payload = {**PAYLOADS["c_cli4g.top_up"], "number": number}
        write = owe_write(
            key="walk:1:top-up", walk=walk_of(ana), position=1, action="c_cli4g.top_up", payload=payload, now=now,
            by=ana.user,
        )  # fmt: skip
        deliver_due(now=now)
        write.refresh_from_db()
        assert write.state == "uncertain"
        return write

    return make


def test_what_was_done_is_known_with_its_reference(
    doubt: Callable[[str], OutsideWrite], sandbox: RunningSandbox, now: datetime
) -> None:
    write = doubt("timed_out_after_doing")
    assert ask_about_doubts(now=now + MINUTES) == 0, "it answers nobody in time"
    sandbox.turn("c_cli4g")
    forget_wires()  # the breaker measures seconds of the machine
    assert ask_about_doubts(now=now + MINUTES + timedelta(minutes=1)) == 0, "asked a moment ago"
    assert ask_about_doubts(now=now + 2 * MINUTES) == 1
    write.refresh_from_db()
    (deed,) = sandbox.book(key=write.key)
    assert (write.state, write.reference, write.settled_by) == ("done", deed["reference"], None)
    assert OutsideWriteChange.objects.filter(write=write).last().note == "El otro sistema confirmó la clave."
    assert ask_about_doubts(now=now + 3 * MINUTES) == 0


def test_what_was_not_done_stays_a_persons_to_settle_and_is_never_sent_again(
    doubt: Callable[[str], OutsideWrite], sandbox: RunningSandbox, now: datetime
) -> None:
    write = doubt("wrong")
    sandbox.turn("c_cli4g")
    OutsideWrite.objects.filter(pk=write.pk).update(key="walk:1:another")  # nobody there has seen this one
    assert ask_about_doubts(now=now + MINUTES) == 0
    write.refresh_from_db()
    assert (write.state, write.said) == ("uncertain", "not_done")
    assert "no confirmó" in write.last_error, "why it is in doubt stays"
    assert deliver_due(now=now + 2 * MINUTES) == 0
    assert sandbox.book(key="walk:1:another") == []


def test_not_done_is_taken_after_the_system_was_asked(
    doubt: Callable[[str], OutsideWrite], sandbox: RunningSandbox, elena: User, signed_in: SignedIn, ana: Agent
) -> None:
    """Else its caller asks anew, and gets it twice."""
    write = doubt("timed_out_after_doing")
    sandbox.turn("c_cli4g")
    forget_wires()
    address = reverse("inbound:write_settle", args=[write.pk])
    assert signed_in(ana).post(address, NOT_DONE).status_code == 403
    page = signed_in(elena).post(address, NOT_DONE, follow=True).content.decode()
    (deed,) = sandbox.book(key=write.key)
    write.refresh_from_db()
    assert (write.state, write.reference, write.settled_by) == ("done", deed["reference"], None)
    assert "Quedó como hecha. C_CLI4G dijo que se hizo, y dio su referencia." in page
    assert "Quedó resuelta" not in page


def test_not_done_is_taken_where_the_system_says_so(
    doubt: Callable[[str], OutsideWrite], sandbox: RunningSandbox, elena: User, signed_in: SignedIn
) -> None:
    write = doubt("wrong")
    OutsideWrite.objects.filter(pk=write.pk).update(key="walk:1:another")
    forget_wires()
    sandbox.turn("c_cli4g")
    address = reverse("inbound:write_settle", args=[write.pk])
    assert "C_CLI4G dijo que no se hizo" in signed_in(elena).post(address, NOT_DONE, follow=True).content.decode()
    write.refresh_from_db()
    assert (write.state, write.settled_by) == ("not_done", elena)
    answer, word = OutsideWriteChange.objects.filter(write=write).order_by("-pk")[:2][::-1]
    assert (answer.by, answer.to_state, answer.note) == (None, "uncertain", "C_CLI4G dijo que no se hizo.")
    assert (word.by, word.note) == (elena, "No está en su libro")
    assert broken() == {}


@pytest.fixture
def silent(
    doubt: Callable[[str], OutsideWrite], elena: User, signed_in: SignedIn, now: datetime
) -> Callable[[int], OutsideWrite]:
    """A top-up that was done while its system answers nobody, and somebody says that it was not, minutes later."""
    write = doubt("timed_out_after_doing")

    def says(minutes: int) -> OutsideWrite:
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            page = signed_in(elena).post(reverse("inbound:write_settle", args=[write.pk]), NOT_DONE, follow=True)
        write.refresh_from_db()
        assert ("no responde si se hizo" in page.content.decode()) == (write.state == "uncertain")
        return write

    return says


def test_while_its_system_is_silent_nobodys_word_is_enough_for_an_hour(
    silent: Callable[[int], OutsideWrite], luis: Agent, walk_of: Callable[..., Walk], now: datetime
) -> None:
    """Else its caller, or another, asks for it at once, and gets it twice."""
    write = silent(30)
    assert (write.state, write.settled_by) == ("uncertain", None)
    assert list(write.changes.order_by("pk").values_list("to_state", flat=True))[-1:] == ["uncertain"]
    payload = {**PAYLOADS["c_cli4g.top_up"], "number": write.payload["number"]}
    with pytest.raises(WriteRefused, match="todavía no se sabe si se hizo"):
        owe_write(
            key="walk:2:top-up", walk=walk_of(luis), position=1, action="c_cli4g.top_up", payload=payload,
            now=now + timedelta(minutes=31), by=luis.user,
        )  # fmt: skip
    assert silent(62).state == "not_done"


def test_what_was_settled_as_not_done_and_was_done_stands_and_is_handed_over_once(
    silent: Callable[[int], OutsideWrite], sandbox: RunningSandbox, elena: User, rosa: User, now: datetime
) -> None:
    hour = now + timedelta(minutes=62)
    write = silent(62)
    give_back(write=write, reason="Visto", by=rosa, now=hour)
    assert not that_count(OutsideWrite.objects.filter(pk=write.pk)).exists()
    sandbox.turn("c_cli4g", mode="wrong")
    forget_wires()
    assert ask_once_more(now=hour + MINUTES) == 0, "it is silent yet"
    sandbox.turn("c_cli4g")
    forget_wires()
    assert ask_once_more(now=hour + MINUTES + timedelta(minutes=1)) == 0, "asked a moment ago"
    assert ask_once_more(now=hour + 2 * MINUTES) == 1
    assert ask_once_more(now=hour + 4 * MINUTES) == 0
    (deed,) = sandbox.book(key=write.key)
    card = Escalation.objects.get(key__startswith=f"write:{write.pk}:after_all:")
    assert f"Elena resolvió que no se hizo, y después: C_CLI4G respondió que sí se hizo ({deed['reference']})." in (
        card.reason
    )
    write.refresh_from_db()
    assert (write.state, write.reference, write.settled_by) == ("done", deed["reference"], None)
    history = OutsideWriteChange.objects.filter(write=write).order_by("pk").values_list("to_state", "by")
    assert list(history)[-3:] == [("not_done", elena.pk), ("uncertain", None), ("done", None)]
    assert that_count(OutsideWrite.objects.filter(pk=write.pk)).exists(), "it was done: it counts again"
    assert broken() == {}


def test_what_its_system_says_was_done_without_a_reference_is_in_doubt_again(
    silent: Callable[[int], OutsideWrite], elena: User, rosa: User, signed_in: SignedIn, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Somebody looks the reference up. Each time a card tells of it; its limit is given back once."""
    hour, write = now + timedelta(minutes=62), silent(62)
    give_back(write=write, reason="Visto", by=rosa, now=hour)
    with monkeypatch.context() as answers:
        answers.setattr("inbound.writes.asking.answer_of", lambda *_any: (Said.DONE_UNNAMED, ""))
        assert ask_once_more(now=hour + MINUTES) == 1
    write.refresh_from_db()
    assert (write.state, write.settled_at, write.settled_by) == ("uncertain", None, None)
    assert (write.said, write.last_error) == ("done_unnamed", "C_CLI4G respondió que sí se hizo.")
    found = {"write": write, "outcome": "not_done", "reference": "", "reason": "No está", "by": elena}
    with pytest.raises(WriteRefused, match="respondió que sí se hizo, sin dar una referencia"):
        settle(**found, now=now + timedelta(minutes=140))  # silent by now, for more than an hour
    with monkeypatch.context() as answers:
        answers.setattr("inbound.writes.asking.answer_of", lambda *_any: (Said.NOT_DONE, ""))
        assert settle(**found, now=now + timedelta(minutes=141)) == Said.NOT_DONE
    assert that_count(OutsideWrite.objects.filter(pk=write.pk)).exists(), "nobody gave it back since"
    with pytest.raises(WriteRefused, match="Ya se devolvió una vez"):
        give_back(write=write, reason="Visto", by=rosa, now=hour)
    with monkeypatch.context() as answers:
        answers.setattr("inbound.writes.asking.answer_of", lambda *_any: (Said.DONE_UNNAMED, ""))
        assert ask_once_more(now=now + timedelta(minutes=150)) == 1
    sent = {**NOT_DONE, "outcome": "done", "reference": "RB-77"}
    signed_in(elena).post(reverse("inbound:write_settle", args=[write.pk]), sent)
    write.refresh_from_db()
    assert (write.state, write.reference, write.settled_by) == ("done", "RB-77", elena)
    assert broken() == {}


def test_an_answer_that_is_overtaken_writes_nothing(
    silent: Callable[[int], OutsideWrite], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = silent(62)

    def overtaken(*_any: object) -> tuple[Said, str]:
        assert done_after_all(OutsideWrite.objects.get(pk=write.pk), "LATE-1", now=now + timedelta(minutes=70))
        return Said.NOT_DONE, ""

    monkeypatch.setattr("inbound.writes.asking.answer_of", overtaken)
    assert ask_once_more(now=now + timedelta(minutes=70)) == 1, "the late answer has its card"
    write.refresh_from_db()
    assert (write.state, write.reference) == ("done", "LATE-1")
    assert broken() == {}


def test_what_its_system_says_was_not_done_is_asked_about_now_and_then_for_two_days(
    doubt: Callable[[str], OutsideWrite], sandbox: RunningSandbox, elena: User, signed_in: SignedIn, now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    write = doubt("wrong")
    OutsideWrite.objects.filter(pk=write.pk).update(key="walk:1:another")
    sandbox.turn("c_cli4g")
    forget_wires()
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        signed_in(elena).post(reverse("inbound:write_settle", args=[write.pk]), NOT_DONE)
    assert ask_once_more(now=now + 2 * MINUTES) == 0
    write.refresh_from_db()
    assert ask_once_more(now=now + timedelta(hours=2)) == 0
    said = [
        change.note for change in write.changes.order_by("pk") if change.to_state == change.from_state == "not_done"
    ]
    assert said == ["C_CLI4G dijo que no se hizo."], "once, however often it is asked"
    assert not Escalation.objects.filter(key__contains=":after_all:").exists()
    monkeypatch.setattr("inbound.writes.asking.answer_of", lambda *_any: (Said.DONE, "LATE-2"))
    assert ask_once_more(now=now + timedelta(hours=2, minutes=30)) == 0, "asked half an hour ago"
    assert ask_once_more(now=now + timedelta(days=1)) == 1, "it stood in a queue of its own"
    write.refresh_from_db()
    assert (write.state, write.reference) == ("done", "LATE-2")
    assert broken() == {}


def test_a_system_that_is_at_work_on_it_is_silent_and_one_that_cannot_say_is_asked_again(
    owe: Callable[..., OutsideWrite], side: OtherSide, elena: User, now: datetime
) -> None:
    write = owe("qbc.top_up")
    side.hangs_up.add("qbc/top_up")
    deliver_due(now=now)
    found = {"write": write, "outcome": "not_done", "reference": "", "reason": "No está en QBC", "by": elena}
    side.knows = (409, {"error": "Todavía en curso."})
    with pytest.raises(WriteRefused, match="no responde si se hizo"):
        settle(**found, now=now)
    side.knows = (404, {"error": "No existe."})
    assert settle(**found, now=now) == Said.CANNOT_SAY
    assert ask_once_more(now=now + MINUTES) == 0
    side.knows = (200, {"done": True, "reference": "REF-1"})
    assert ask_once_more(now=now + 2 * MINUTES) == 1
    write.refresh_from_db()
    assert (write.state, write.reference) == ("done", "REF-1")
    assert broken() == {}


def test_the_page_of_a_doubt_says_beforehand_when_a_word_is_enough(
    silent: Callable[[int], OutsideWrite], elena: User, signed_in: SignedIn, now: datetime
) -> None:
    write = silent(5)
    address, until = reverse("inbound:write", args=[write.pk]), timezone.localtime(now + timedelta(hours=1))
    for minutes, is_told in ((10, True), (61, False)):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            page = signed_in(elena).get(address).content.decode()
        assert (f"que no se hizo se acepta recién a las {until:%H:%M}" in page) == is_told


def test_the_card_that_heard_that_it_was_not_done_hears_that_it_is_in_doubt_again(
    doubt: Callable[[str], OutsideWrite], elena: User, now: datetime
) -> None:
    write = doubt("timed_out_after_doing")
    card = raise_escalation(
        key="card-of-it", kind="write_not_done", line="104", contract="", customer_name="Rosa", telephone="", zone="",
        reason="Se le debe una recarga.", details={}, by=None, now=now,
    )  # fmt: skip
    OutsideWrite.objects.filter(pk=write.pk).update(card=card)
    write.refresh_from_db()
    take_step(Verb.FIND_NOT_DONE, write=write, by=elena, now=now, note="Visto")
    assert done_after_all(write, "", now=now + MINUTES)
    told = list(card.changes.order_by("pk").values_list("note", flat=True))
    assert "se resolvió que no se hizo" in told[-2]
    assert told[-1].endswith("vuelve a estar en duda. C_CLI4G respondió que sí se hizo.")


def test_done_is_taken_with_the_reference_its_system_gives(
    doubt: Callable[[str], OutsideWrite], sandbox: RunningSandbox, elena: User, signed_in: SignedIn
) -> None:
    write = doubt("timed_out_after_doing")
    sandbox.turn("c_cli4g")
    forget_wires()
    sent = {"outcome": "done", "reference": "la que me dictaron", "reason": "Visto"}
    signed_in(elena).post(reverse("inbound:write_settle", args=[write.pk]), sent)
    (deed,) = sandbox.book(key=write.key)
    write.refresh_from_db()
    assert (write.state, write.reference) == ("done", deed["reference"])


@pytest.mark.parametrize("said", [{"error": "No sé."}, None])
def test_a_system_that_cannot_say_or_is_gone_leaves_it_in_doubt_and_hinders_no_other(
    owe: Callable[..., OutsideWrite], side: OtherSide, now: datetime, monkeypatch: pytest.MonkeyPatch, said: Any
) -> None:
    first, second = owe("qbc.top_up"), owe("c_cli4g.top_up", key="walk:1:8", position=8)
    side.hangs_up |= {"qbc/top_up", "c_cli4g/top_up"}
    deliver_due(now=now)
    deliver_due(now=now + timedelta(minutes=2))
    if said:
        side.knows = (404, said)
        assert ask_about_doubts(now=now + 2 * MINUTES) == 0
        first.refresh_from_db()
        assert (first.state, first.said) == ("uncertain", "cannot_say")
        return
    side.knows = (200, {"done": True, "reference": "REF-2"})
    known = Clients.was_done

    def papers_are_gone(clients: Clients, code: str, *, key: str) -> Any:
        if code == "qbc":
            raise ValueError("no such file")
        return known(clients, code, key=key)

    monkeypatch.setattr(Clients, "was_done", papers_are_gone)
    assert ask_about_doubts(now=now + 2 * MINUTES) == 1
    second.refresh_from_db()
    assert second.state == "done"
