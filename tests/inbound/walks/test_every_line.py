"""Every path of every line walked to its end, with every system by hand: nobody is left without a next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from escalations.models import Escalation
from inbound.fields import Field
from inbound.flows.paths import Way, every_path
from inbound.flows.publishing import publish_files
from inbound.flows.shapes import Flow, Step
from inbound.models import FlowVersion, OutsideSystem, OutsideWrite, PersonInCharge, ServiceLine, Walk
from inbound.outside.look_ups import look_ups
from inbound.walks import walking
from inbound.walks.asked import fields_of
from inbound.writes.writing import give_up, write_by_hand
from tests.inbound.a_walk import Caller
from tests.inbound.flows_to_read import LINES, flow_of, text_of
from tests.inbound.lines_on_file import publish_every_flow, write_what_is_read_out

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]


def walked_once(ways: Iterable[Way]) -> Iterator[Way]:
    """Every way that goes straight on, and of those that go round as many as take every turn there is."""
    taken: set[tuple[Any, ...]] = set()
    for way in sorted(ways, key=len):
        turns = set(pairwise(way))
        if len({name for name, _branch in way}) == len(way) or not turns <= taken:
            yield way
        taken |= turns


PATHS = [(line, way) for line in LINES for way in walked_once(every_path(flow_of(line)))]
IDS = [f"{line}-{way[-1][0]}-{number}" for number, (line, way) in enumerate(PATHS)]
MONDAY, AFTER_HOURS, SATURDAY = "2026-11-23 10:00", "2026-11-23 22:30", "2026-11-28 10:00"
TYPED = {
    "service_number": "4251234", "contract": "1011018", "identity_card": "3456789 CB", "amount": "20,00",
    "kinship": "spouse", "address": "Av. América 123", "hour": "10:30", "telephone": "70712345", "text": "Algo",
    "name": "Rosa Flores",
}  # fmt: skip


def hour_of(way: Way) -> str:
    """When a call of this way comes in."""
    return AFTER_HOURS if ("today", "later") in way else SATURDAY if ("when", "weekend") in way else MONDAY


def typed(field: Field, caller: Caller) -> dict[str, str]:
    """What an agent types into a field; a holder's card is the one everybody has here."""
    if field.type == "holder":
        return {field.name: "other"}
    if field.name.rpartition(".")[2] == "identity_card":
        return {field.name: TYPED["identity_card"]}
    if field.name.endswith("0.service_number"):  # the one she calls about
        return {field.name: str(caller.standing.known.get("number") or TYPED["service_number"])}
    if field.type == "customer":
        return {field.name: "1011018", f"{field.name}_name": "Rosa Flores"}
    if field.type in ("choice", "sector"):
        return {field.name: field.choices[0][0]}
    if field.type == "date":
        return {field.name: f"{caller.now + timedelta(days=1):%Y-%m-%d}"}
    return {field.name: TYPED[field.type]}


def answers_of(step: Step, caller: Caller, way: Way = ()) -> dict[str, str]:
    """The fields of a step; after a refusal what was wrong with them is corrected."""
    here = caller.standing
    asked = fields_of(step, walk=here.walk, known=here.known)
    said = {name: text for field in asked for name, text in typed(field, caller).items()}
    if "asker_is" in said and {("may_be_told", "holder"), ("may_hear", "holder")} & set(way):
        said["asker_is"] = "owner"
    if "claimed_contract" in said and ("whose_contract", "another") in way:
        said["claimed_contract"] = "2022027"
    if here_asks_whose(step, way):
        said["number"] = ""
    if "reach" in said:
        called = next((branch for step, branch in way if step == "code_known"), "city")
        said["destination"] = "mobile" if called == "mobile" else "fixed"
        said["reach"] = "abroad" if called == "country" else "national"
    if "place" in said:
        said["place"] = place_of(way)
    if any(passed.chosen == "refused" for passed in here.trail):
        corrected = {"service_number": "4251235", "telephone": "70712346", "text": "Otra cosa", "amount": "30,00"}
        said |= {field.name: corrected[field.type] for field in step.fields if field.type in corrected}
    return said | {field.name: "71212345" for field in step.fields if field.other_than}


def here_asks_whose(step: Step, way: Way) -> bool:
    """Whether she gives no number of Boliviatel at first, and is asked for one before her credit is raised."""
    return ("topic", "credit_of") in way and any(field.name == "identity_card" for field in step.fields)


def place_of(way: Way) -> str:
    """Where a caller of this way calls to; nowhere there is, where the place is not found."""
    decided = dict(way)
    if decided["place_found"] == "not_found":
        return "Narnia"
    return "Argentina" if decided["code_known"] == "country" else "Santa Cruz"


def branch_of_this_passing(decision: str, caller: Caller, way: Way) -> str:
    """What the way decides there the next time the call comes to it; empty where it does not any more."""
    asked = [branch for step, branch in way if step == decision]
    passed = sum(one.step == decision for one in caller.standing.trail)
    return asked[passed] if passed < len(asked) else ""


# What stands on no old screen where the way goes on so; of those without a name, nothing stands there at all.
NOT_THERE = {
    ("registered", "address_only"): "entries.0.number",
    ("found", "no_number"): "0.extension",
    ("topic", "certificates_paid"): "pending",
    ("request", "not_in_mio"): "",
    ("topic", "credit_of"): "",
    ("shown_in_mio", "not_shown"): "",
    ("is_known", "without_number"): "0.number",
    ("order_state", "no_date"): "0.sold_on",
    ("line_of_contract", "not_theirs"): "products.0.service_number",
}
NEXT_DECISION = {
    "search": ("registered", "found"),
    "mio": ("request",),
    "corrected": ("shown_in_mio",),
    "certificates": ("topic",),
    "find": ("topic",),
    "line_of_balance": ("is_known",),
    "owner": ("line_of_contract",),
    "orders": ("order_state",),
}  # of what a step looks up


# What stands there on a way that says so: it is open only where that was read.
SHOWN = {
    ("exists", "none"): {"0.state": "closed"},
    ("state", "suspended"): {"0.state": "suspended"},
    ("state", "attended"): {"0.state": "attended"},
    ("works", "closed_without_service"): {"0.state": "closed"},
    ("order_state", "assigned"): {"0.state": "assigned"},
    ("order_state", "closed_without_service"): {"0.state": "closed", "0.has_service": "false"},
    ("order_state", "done"): {"0.state": "executed"},
    ("order_state", "annulled"): {"0.state": "annulled"},
    **{("annulled_for", cause): {"0.annulled_for": cause}
       for cause in ("technical_data", "subscriber_absent", "wrong_address", "at_request")},
}  # fmt: skip


def read_on_the_old_screen(field: Field, step: str, caller: Caller, way: Way) -> dict[str, str]:
    """What an agent reads there at a step, as the way has it: a sale of long ago where its time is over."""
    for decision in NEXT_DECISION.get(step, ()):
        missing = NOT_THERE.get((decision, branch_of_this_passing(decision, caller, way)))
        if missing in ("", field.name):
            return {}
    if field.name == "owed" and {("topic", "nothing_owed"), ("account_found", "nothing_owed")} & set(way):
        return {field.name: "0"}
    if caller.standing.step.name == "certificates" and ("topic", "no_certificates") in way:
        return typed(field, caller) if field.name.endswith(".none") else {}
    if shown := [SHOWN[decided][field.name] for decided in way if field.name in SHOWN.get(decided, {})]:
        return {field.name: shown[-1]}
    if field.name == "words" and ("place_found", "found_by_code") in way:
        return {}
    if field.name.endswith(".is_paid") and ("invoice_paid", "not_paid") in way:
        return {field.name: "false"}
    overdue = {("inside_term", "overdue"), ("inside_term", "overdue_told")} & set(way)
    if field.name == "0.sold_on" and overdue:
        return {field.name: f"{caller.now - timedelta(days=40):%Y-%m-%d}"}
    if field.name == "products.0.state" and ("exists", "suspended") in way:
        return {field.name: "suspended"}
    if field.name == "state" and ("request", "blocked") in way:
        return {field.name: "blocked" if branch_of_this_passing("request", caller, way) == "blocked" else "active"}
    return typed(field, caller)


def walk_to_the_end(caller: Caller, way: tuple[tuple[str, str], ...], *, seen: bool = True) -> None:
    """Answer step by step; the agent decides, whatever is proposed. `seen`: she writes what the old screens say."""
    caller.left = None  # it may have gone on as another line
    for name, branch in way:
        here = caller.standing
        if here.step.kind == "look_up" and here.step.name == name:
            if caller.look().step.name == name:
                asked = look_ups()[here.step.look_up].by_hand if seen else ()
                read = [read_on_the_old_screen(field, name, caller, way) for field in asked]
                caller.by_hand(**{key: text for one in read for key, text in one.items()})
            continue
        if here.step.name != name:
            assert answers_itself(here.flow.steps[name]), f"at {here.step.name}, not at {name}"
            continue
        position = here.footstep.position
        if here.step.kind == "choose":
            caller.answer("0", position=position)
            continue
        sent, branch_said = answers_of(here.step, caller, way), "" if here.step.waits else branch
        caller.answer(branch_said, position=position, confirmed=True, **sent)
        if here.step.waits:
            by_hand(caller, branch)


def answers_itself(step: Step) -> bool:
    """A reading of the house, or a choice of one among one."""
    return step.kind == "choose" or step.look_up.startswith("house.")


# What only a system shows; and what an agent must have read on the old screen.
NOT_BY_HAND = {
    *(("is_known", "unknown"), ("registered", "too_many"), ("order_state", "no_order"), ("found", "not_found")),
    *((step, "correct_contract") for step in ("exists", "topic", "order_state")),
}
NEED_WHAT_IS_WRITTEN = {
    *((step, "holder") for step in ("may_be_told", "may_hear")),
    *(("topic", "amounts"), ("topic", "certificates"), ("account_found", "found"), ("is_known", "known")),
    *(("topic", "certificates_paid"), ("topic", "nothing_owed"), ("topic", "paid"), ("account_found", "nothing_owed")),
    *(("code_known", called) for called in ("mobile", "city", "country")),
    *(("registered", "address_only"), ("found", "no_number"), ("request", "balance"), ("shown_in_mio", "shown")),
    *(("customer_shown", "shown"), ("registered", "registered"), ("found", "found"), ("balance_found", "found")),
    *(("line_of_contract", "theirs"), ("exists", "registered"), ("request", "blocked")),
    *(("is_known", "without_number"), ("exists", "none"), ("exists", "another_fault")),
    ("exists", "suspended"),
    *(("registered", "not_registered"), ("order_state", "no_order")),
    *(("order_state", state) for state in ("registered", "assigned", "closed_without_service", "done", "annulled")),
    *(("order_state", "another"), ("topic", "no_certificates"), ("works", "closed_without_service")),
    ("order_state", "no_date"),
}
NEED_THAT_NOTHING_IS = {
    *(("order_state", "no_order"), ("line_of_contract", "checked_by_hand"), ("is_known", "seen_unknown")),
    *(("registered", "seen_not_registered"), ("found", "seen_not_found"), ("order_state", "seen_no_order")),
    *(("is_known", "not_asked"), ("exists", "seen_none")),
}
# What was read once of the same thing stays read, and of one invoice there is one word.
ONE_OR_THE_OTHER = (
    {("invoice_paid", "paid"), ("invoice_paid", "not_paid")},
    {("shown_in_mio", "shown"), ("shown_in_mio", "not_shown")},
)


def was_read_before(way: Way) -> bool:
    """Whether a way has not in MIO what it read there before, or not in the guide what stands there."""
    asked = [branch for step, branch in way if step == "request"]
    there_all_the_same = ("registered", "not_registered") in way and "anything_else" in dict(way)
    return "not_in_mio" in asked[1:] or there_all_the_same or any(both <= set(way) for both in ONE_OR_THE_OTHER)


def is_open(way: Way, *, seen: bool) -> bool:
    """Whether a way can be taken with every system by hand: some branches need what only a system shows, or what an
    agent writes down when she `seen` it.
    """
    if NOT_BY_HAND & set(way) or was_read_before(way) or (seen and NEED_THAT_NOTHING_IS & set(way)):
        return False
    return seen or not NEED_WHAT_IS_WRITTEN & set(way)


def came_to(flow: Flow, way: Way) -> list[str]:
    """What the writes of a way came to: each that could not be done, and of each step the last word."""
    states = []
    for name in {name for name, _branch in way if flow.steps[name].kind == "do"}:
        outcomes = [branch for passed, branch in way if passed == name]
        states += ["not_done"] * outcomes.count("refused")
        if set(outcomes) != {"refused"}:
            states.append("done" if "done" in outcomes else "by_hand")
    return states


def by_hand(caller: Caller, outcome: str) -> None:
    """The agent does it on the old screen, or could not, or does not know yet."""
    write = caller.here.footstep.write
    assert write is not None
    if write.state == "by_hand" and outcome == "done":
        write_by_hand(write=write, reference="OLD-1", by=caller.by, now=caller.now)
    elif write.state == "by_hand" and outcome == "refused":
        give_up(write=write, reason="No se pudo", by=caller.by, now=caller.now)
    caller.outcome(leaves=outcome == "unknown")


@pytest.fixture
def published(db: None, at) -> None:
    publish_every_flow(now=at(MONDAY))
    write_what_is_read_out()


def all_is_done(line: str, way: Way) -> bool:
    """Whether all that a way asks of other systems is done on it."""
    return all(branch == "done" for name, branch in way if flow_of(line).steps[name].waits)


WALKED = [  # what old screens say is left empty on the ways of what is done: those of a refusal begin the same
    pytest.param(line, way, seen, id=f"{name}-{'written' if seen else 'left-empty'}")
    for (line, way), name in zip(PATHS, IDS, strict=True)
    for seen in (True, False)
    if (seen or all_is_done(line, way)) and is_open(way, seen=seen)
]


@pytest.mark.parametrize(("line", "way", "seen"), WALKED)
def test_every_path_can_be_walked_with_every_system_by_hand(line, way, seen, ana, at):
    publish_files(texts={line: text_of(line)}, now=at(MONDAY))
    write_what_is_read_out()
    if ("has_seller", "known") in way:
        PersonInCharge.objects.update(telephone="")
    OutsideSystem.objects.update(mode="by_hand")
    now = at(hour_of(way))
    caller = Caller(ana, ServiceLine.objects.get(number=line), now)
    walk_to_the_end(caller, way, seen=seen)
    walk = Walk.objects.get()
    flow = flow_of(line)
    assert (walk.result, walk.result_label) == (flow.steps[way[-1][0]].result, flow.steps[way[-1][0]].label)
    writes = OutsideWrite.objects.filter(walk=walk)
    assert writes.filter(action="smartflex.write_interaction").values_list("state", flat=True).get() == "by_hand"
    others = writes.exclude(action="smartflex.write_interaction").values_list("state", flat=True)
    assert sorted(others) == sorted(came_to(flow, way))
    handed = {name for name, _branch in way if flow.steps[name].kind == "hand_over"}
    assert Escalation.objects.count() == len(handed), "passed again for the same, a step corrects its card"


def test_every_line_has_its_flow(published):
    assert set(FlowVersion.objects.values_list("line__number", flat=True)) == set(LINES)


@pytest.mark.parametrize("number", ["102", "4522222"])
def test_who_is_told_to_dial_101_goes_on_in_the_same_call(number, ana, at, published):
    OutsideSystem.objects.update(mode="by_hand")
    flow = flow_of(number)
    way = next(way for way in every_path(flow) if any(flow.steps[name].continue_as for name, _branch in way))
    caller = Caller(ana, ServiceLine.objects.get(number=number), at(MONDAY))
    until = next(place for place, (name, _branch) in enumerate(way) if flow.steps[name].continue_as)
    walk_to_the_end(caller, way[:until])
    walking.continue_as(by=ana.user, key=caller.walk.key, position=caller.here.footstep.position, now=caller.now)
    assert caller.here.flow.line == "101"
    assert caller.here.known["customer"]["contract"] == "1011018"
    reclamos = flow_of("101")
    rest = next(way for way in every_path(reclamos) if way[-1][0] == "reiterated")
    names = [name for name, _branch in rest]
    walk_to_the_end(caller, rest[names.index(caller.step) :])
    assert Walk.objects.get().result == "reiterated"
