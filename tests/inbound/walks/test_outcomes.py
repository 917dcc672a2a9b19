"""What a caller is told follows what came about: each write of each line, with its system in every mood.

The last words of the call are held against the book of the other side, and whoever was let down has a card with name
and telephone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.flows.conditions import script
from inbound.flows.paths import every_path
from inbound.flows.publishing import publish_files
from inbound.flows.shapes import Step
from inbound.models import Content, OutsideSystem, OutsideWrite, ServiceLine, Walk
from inbound.outside.look_ups import look_ups
from inbound.walks import walking
from inbound.walks.call_words import words_of_the_call
from inbound.walks.footsteps import WalkRefused
from inbound.walks.leaving import leave_call
from inbound.walks.let_down import see_to_the_let_down
from inbound.walks.page import lay_walk
from inbound.walks.what_became import what_became_of
from inbound.writes.delivering import deliver_due
from inbound.writes.mistaken import STANDS
from inbound.writes.settling import settle
from inbound.writes.states import Verb, take_step
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import LINES, flow_of, text_of
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.test_every_line import answers_of, is_open, read_on_the_old_screen, typed

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]
MONDAY = "2026-11-23 10:00"
CONNECTED_TO_BE_TOLD = [
    (line, step.name) for line in LINES for step in flow_of(line).steps.values() if step.waits and step.lane == "agent"
]
# What is said of each write that was not done, or is not known to be, to the end of the call; somebody read all of it
# and found that none of it claims what is not so. Whoever changes a sentence reads it here once more.
READ: dict[str, list[str]] = json.loads((Path(__file__).parent / "said_when_not_done.json").read_text())


@dataclass
class Mood:
    """How the other side takes a write, and what may be said of it."""

    name: str
    says: tuple[int, Any] | None = None
    hangs_up: bool = False
    is_late: bool = False
    outcome: str = "done"


MOODS = [
    Mood("done"),
    Mood("refused", says=(422, {"error": "No se permite."}), outcome="refused"),
    Mood("down", says=(503, {"error": "Caído."}), outcome="unknown"),
    Mood("broken", says=(500, b"<html>error</html>"), outcome="unknown"),
    Mood("uncertain", hangs_up=True, outcome="unknown"),
    Mood("late", is_late=True, outcome="unknown"),
]


class Said:
    """A call up to a write and on to its end, and every sentence the agent was given from there on."""

    def __init__(self, caller: Caller, line: str, step: str) -> None:
        self.caller, self.line, self.step = caller, line, step
        self.words: list[str] = []
        self.written: list[str] = []  # the same, with its places
        flow = flow_of(line)
        ways = (way for way in every_path(flow) if is_open(way, seen=True))
        self.way = next(way for way in ways if (step, "done") in way)
        self.before = self.way[: next(n for n, (name, _branch) in enumerate(self.way) if name == step)]

    def up_to_it(self) -> None:
        for name, branch in self.before:
            here = self.caller.standing
            if here.step.name != name:
                continue  # a reading of the house has answered itself
            if here.step.kind == "look_up":
                if self.caller.look().step.name == name:
                    asked = look_ups()[here.step.look_up].by_hand
                    read = [read_on_the_old_screen(one, name, self.caller, self.way) for one in asked]
                    self.caller.by_hand(**{key: text for one in read for key, text in one.items()})
                continue
            self.answer(here.step, branch)
            if here.step.waits:
                self.caller.outcome()
        assert self.caller.step == self.step
        self.words.clear()

    def answer(self, step: Step, branch: str = "") -> None:
        besides = {field.name: STANDS for field in what_became_of(self.caller.standing)}
        sent = {**answers_of(step, self.caller), **besides}
        self.caller.answer("" if step.waits else branch, confirmed=True, **sent)

    def to_the_end(self) -> None:
        for _step in range(8):
            here = self.caller.standing
            self.words.append(script(here.step.say, words_of_the_call(here, here.known)))
            self.written.append(here.step.say)
            if here.step.kind == "end":
                self.answer(here.step)
                return
            self.answer(here.step, "hand_over" if here.step.kind == "decide" else "")
            if here.step.waits:
                self.caller.outcome()
        pytest.fail(f"the call does not end: {self.caller.step}")

    @property
    def write(self) -> OutsideWrite:
        passed = next(one for one in self.caller.here.trail if one.step == self.step)
        assert passed.write_id
        return OutsideWrite.objects.get(pk=passed.write_id)


@pytest.fixture
def call(side: OtherSide, ana: Any, at: Any) -> Any:
    """A call of a line that has come to its write; what it looks up is written by hand."""

    def begin(line: str, step: str) -> Said:
        publish_files(texts={line: text_of(line)}, now=at(MONDAY))
        said = Said(Caller(ana, ServiceLine.objects.get(number=line), at(MONDAY)), line, step)
        said.up_to_it()
        return said

    return begin


def behave(side: OtherSide, mood: Mood, write: str) -> None:
    operation = write.replace(".", "/")
    if mood.says:
        side.says[operation] = mood.says
    if mood.hangs_up:
        side.hangs_up.add(operation)
    if mood.is_late:  # it is done, and said when nobody waits for it any more
        OutsideSystem.objects.update(timeout_seconds="0.3")
        side.slow[operation] = 1.0


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.name)
@pytest.mark.parametrize(("line", "step"), CONNECTED_TO_BE_TOLD)
def test_the_last_words_are_true_and_nobody_is_let_down(
    line: str, step: str, mood: Mood, call: Any, side: OtherSide
) -> None:
    said = call(line, step)
    action = said.caller.here.step.action
    behave(side, mood, action)
    said.answer(said.caller.here.step)
    assert said.caller.step == step, "nothing is said before it is known"
    said.caller.outcome()
    passed = next(one for one in said.caller.here.trail if one.step == step)
    assert passed.chosen == mood.outcome
    said.to_the_end()
    if mood.outcome != "done":
        assert said.written == READ[f"{line} {step} {mood.outcome}"]
    else:
        assert [entry for entry in side.book if entry[0] == action.replace(".", "/")], "what was told as done is done"
    for knob in (side.says, side.hangs_up, side.slow):
        knob.clear()
    OutsideSystem.objects.update(timeout_seconds=10)
    now = said.caller.now
    for minutes in (0, 1, 10, 30):
        deliver_due(now=now + timedelta(minutes=minutes))
        see_to_the_let_down(now=now + timedelta(minutes=minutes))
    write = said.write
    if write.state == "done":
        return  # late, or at once; she was told that she is called if it is not
    card = write.card
    assert card is not None, f"{write.state}: nobody sees to it"
    assert card.customer_name
    assert card.telephone
    assert card.promised


@pytest.mark.parametrize(("line", "step"), CONNECTED_TO_BE_TOLD)
def test_with_its_system_off_or_at_a_limit_the_call_goes_on_to_supervision(
    line: str, step: str, call: Any, set_mode: Any
) -> None:
    said = call(line, step)
    system = said.caller.here.step.action.partition(".")[0]
    set_mode(system, "off")
    here = said.caller.here
    try:
        said.answer(here.step)
    except WalkRefused:
        said.caller.answer("refused", reason="Está apagado")
    else:
        said.caller.outcome()
    said.to_the_end()
    walk = Walk.objects.get()
    assert walk.ended_at is not None
    assert said.written in (READ[f"{line} {step} {outcome}"] for outcome in ("refused", "unknown"))
    see_to_the_let_down(now=said.caller.now + timedelta(minutes=61))
    card = Escalation.objects.get()
    assert card.customer_name
    assert card.telephone


def test_what_a_person_finds_not_done_later_becomes_a_card_with_the_words_that_were_said(
    call: Any, side: OtherSide, elena: Any
) -> None:
    said = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.to_the_end()
    now = said.caller.now
    write = said.write
    assert write.state == "uncertain"
    assert see_to_the_let_down(now=now) == 0  # its system is asked first
    assert see_to_the_let_down(now=now + timedelta(minutes=3)) == 1
    assert see_to_the_let_down(now=now) == 0, "once"
    card = Escalation.objects.get()
    assert (card.kind.code, card.customer_name, card.telephone) == ("write_not_done", "Rosa Flores", "+59170712345")
    assert "La recarga todavía no está confirmada" in card.promised
    assert "No se sabe si se hizo" in card.reason
    settle(write=write, outcome="not_done", reference="", reason="No está en su libro", by=elena, now=now)
    assert see_to_the_let_down(now=now) == 0, "the card that is there stands for it"
    assert card.changes.latest("pk").note.endswith("se resolvió que no se hizo.")


def test_the_card_of_a_doubt_says_that_it_was_done_after_all(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.to_the_end()
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=3)) == 1
    take_step(Verb.CONFIRM, write=said.write, by=None, now=said.caller.now, reference="R-77")
    note = Escalation.objects.get().changes.latest("pk")
    assert (note.verb, note.by) == ("note", None)
    assert note.note.endswith("ya se hizo en C_CLI4G, con la referencia R-77.")
    assert Escalation.objects.get().state == "new", "she was told that she will be called"


def test_the_card_of_a_doubt_waits_for_the_number_she_is_still_asked_for(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    now = said.caller.now
    assert see_to_the_let_down(now=now + timedelta(minutes=1)) == 0, "she is on the line, and asked for her number"
    said.caller.answer(telephone="70733333")
    assert see_to_the_let_down(now=now + timedelta(minutes=2)) == 1
    card = Escalation.objects.get()
    assert card.telephone == "+59170733333"
    assert "¿" not in card.promised


def test_of_a_call_that_stands_still_the_card_comes_with_what_there_is(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert see_to_the_let_down(now=said.caller.now + timedelta(minutes=31)) == 1
    card = Escalation.objects.get()
    assert (card.customer_name, card.telephone) == ("Rosa Flores", "+59144251234")  # the number it was for


def test_what_was_corrected_in_the_same_call_needs_no_card(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.says["c_cli4g/top_up"] = (422, {"error": "No existe ese número."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "not_topped_up"
    side.says.clear()
    said.caller.answer("correct")
    assert said.caller.step == "correct_number", "she is not greeted again"
    for _step in range(6):
        here = said.caller.here
        if here.step.kind == "look_up":
            said.caller.look()
            if said.caller.step == here.step.name:
                asked = look_ups()[here.step.look_up].by_hand
                said.caller.by_hand(**{key: text for one in asked for key, text in typed(one, said.caller).items()})
            continue
        said.answer(here.step, "shown")
        if here.step.waits:
            said.caller.outcome()
            break
    assert said.caller.step == "topped_up"
    assert see_to_the_let_down(now=said.caller.now + timedelta(hours=1)) == 0


def test_the_sim_is_not_blocked_where_the_line_was_not_suspended(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    side.says["lbc/suspend"] = (422, {"error": "Ese contrato no tiene ese número."})
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.to_the_end()
    deliver_due(now=said.caller.now)
    assert "mio/block_sim" not in [entry[0] for entry in side.book]
    assert Walk.objects.get().result == "line_not_suspended"


def test_what_nobody_does_by_hand_becomes_a_card_after_an_hour(call: Any, set_mode: Any) -> None:
    said = call("109", "top_up")
    set_mode("c_cli4g", "by_hand")
    said.answer(said.caller.here.step)
    said.caller.outcome(leaves=True)
    said.to_the_end()
    now = said.caller.now
    assert see_to_the_let_down(now=now + timedelta(minutes=59)) == 0
    assert see_to_the_let_down(now=now + timedelta(minutes=61)) == 1
    card = Escalation.objects.get()
    assert "Pasó una hora y todavía no se hizo" in card.reason
    assert (card.customer_name, card.telephone) == ("Rosa Flores", "+59170712345")


def test_what_was_asked_for_is_not_told_as_never_asked(call: Any, side: OtherSide) -> None:
    said = call("109", "top_up")
    side.hangs_up.add("c_cli4g/top_up")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.caller.back()
    said.caller.answer("refused", confirmed=True, reason="Se arrepintió")
    assert said.caller.here.footstep.write_id == said.write.pk, "it is still what was asked for, and waited for"
    assert said.caller.outcome().step.name == "top_up_to_confirm"


def test_somebody_elses_call_is_not_waited_for(call: Any, marta: Any) -> None:
    said = call("109", "top_up")
    said.answer(said.caller.here.step)
    with pytest.raises(Walk.DoesNotExist):
        walking.go_on_with_outcome(
            by=marta.user, key=said.caller.walk.key, position=said.caller.here.footstep.position, now=said.caller.now
        )


def test_a_system_that_came_to_be_used_by_hand_waits_for_the_agent(
    call: Any, set_mode: Any, ana: Any, signed_in: Any
) -> None:
    said = call("109", "top_up")
    set_mode("c_cli4g", "by_hand")
    said.answer(said.caller.here.step)
    assert said.caller.outcome().step.name == "top_up"
    page = signed_in(ana).get(f"/lines/walks/{said.caller.walk.key}/").content.decode()
    assert page.count('name="reference"') == 1, "asked for by the step, and nowhere else"
    assert said.caller.outcome(leaves=True).step.name == "top_up_to_confirm"
    assert OutsideSystem.objects.get(code="c_cli4g").mode == "by_hand"


def test_an_office_is_read_out_where_an_administrator_wrote_some(call: Any, side: OtherSide) -> None:
    text = "Av. América 1020, de lunes a viernes de 8:30 a 18:00."
    Content.objects.create(topic=Content.Topic.OFFICES, name="Agencia Norte", text=text)
    said = call("800130001", "block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    said.caller.answer(telephone="70733333")
    assert said.caller.step == "which_office"
    said.caller.answer("0")
    assert f"Agencia Norte: {text}" in lay_walk(here=said.caller.here, by=said.caller.by).say


def test_a_caller_who_hangs_up_after_her_sim_was_blocked_has_her_five_days(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    said.answer(said.caller.here.step)
    said.caller.outcome()
    assert said.caller.step == "five_days"
    hang_up(said)
    card = Escalation.objects.get()
    assert (card.kind.code, bool(card.customer_name), bool(card.telephone)) == ("sim_block", True, True)
    assert "Se había hecho: Bloqueo temporal del SIM" in card.reason


def test_a_caller_who_hangs_up_before_her_sim_was_blocked_is_seen_to(call: Any, side: OtherSide) -> None:
    said = call("800130001", "block_sim")
    assert said.caller.here.before.chosen == "done"
    hang_up(said)
    card = Escalation.objects.get()
    assert card.kind.code == "write_not_done"
    assert card.reason.startswith("800130001.5 Bloqueo temporal del SIM. La llamada terminó antes de este paso")
    assert card.customer_name
    assert card.telephone


def test_a_call_that_ends_where_nothing_was_begun_needs_no_card(call: Any, side: OtherSide) -> None:
    said = call("800130001", "suspend")
    hang_up(said)
    assert not Escalation.objects.exists()


def hang_up(said: Said) -> None:
    caller = said.caller
    leave_call(
        by=caller.by, key=caller.walk.key, position=caller.here.footstep.position, how="hung_up", reason="", name="",
        telephone="", now=caller.now,
    )  # fmt: skip
