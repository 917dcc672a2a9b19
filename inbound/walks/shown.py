"""How a step is answered: its fields with what they hold, the ways on from it, and the rows one is chosen among."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalations.letters import EVERYWHERE
from escalations.models import Escalation
from inbound.fields import CALLER_NAME, HOLDER, KINSHIPS, TELEPHONE, Field
from inbound.flows.choosing import offered, there_already
from inbound.flows.conditions import (
    NOTHING,
    arguments,
    is_open,
    is_required,
    known_first,
    same_value,
    unanswered,
    value_at,
)
from inbound.flows.shapes import OTHER, SERVICE_ASKED, Step
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.outside.found_words import row_in_words
from inbound.walks.answering import amounts_of
from inbound.walks.state import WalkState
from inbound.writes.limits import NOT_HAPPENING, same_of_other_calls, settled_by_people, under_way_for_others
from inbound.writes.mistaken import mistakes_among, was_undone
from inbound.writes.states import State, how_it_stands
from inbound.writes.writing import whom_of
from telephony import phone_numbers

KEYS = "123456789"
READ_OUT = ("code", "text", "other_names")  # of a guide, a plan, an office: looked for too, though not on its button
NARROWED_FROM = 5  # rows of a choice from which on one looks for hers among them
OTHER_KEY = "o"


@dataclass(frozen=True)
class Way:
    """One way on from a decision, as a button."""

    name: str
    label: str
    key: str
    is_proposed: bool
    is_closed: bool = False  # what the system shows does not allow it
    is_unknown: bool = False  # nor was there an answer that could


@dataclass(frozen=True)
class Choice:
    """One of several that were found, as a button: what it is, and more of it; `searched`: all by which it is found."""

    number: str
    key: str
    words: str
    more: str
    searched: str


@dataclass(frozen=True)
class Owed:
    """One write owed to another system, and the words of what it does."""

    write: OutsideWrite
    words: str
    is_awaited: bool = False  # the present step was asked for it, and what it came to is not told yet

    @property
    def warning(self) -> str:
        """Why the customer must not be told that it is done; empty while it may still be, and once it is."""
        if self.write.state in (State.WAITING, State.SENDING, State.DONE):
            return ""
        return how_it_stands(State(self.write.state))

    @property
    def may_change_by_itself(self) -> bool:
        """Whether somebody looks again while the call goes on: it is on its way, or another person is to approve it."""
        return self.write.state in (State.WAITING, State.SENDING, State.APPROVAL)


@dataclass(frozen=True)
class DoneBefore:
    """What another call asked for the same line, `whom` as it is read. `mistake`: the card that undoes it."""

    write: OutsideWrite
    whom: str
    mistake: Escalation | None = None

    @property
    def by_people(self) -> Escalation | None:
        """The settled card of what its system would not do: whoever worked it may have done it by hand."""
        return self.write.card.survivor if self.write.card and self.write.state in NOT_HAPPENING else None

    @property
    def is_undone(self) -> bool:
        """Whether the mistake was seen to already."""
        return self.mistake is not None and was_undone(self.write, self.mistake)


@dataclass(frozen=True)
class ShownField:
    """One field of the step, with what it holds."""

    name: str
    label: str
    kind: str
    value: str
    error: str
    is_required: bool
    options: list[tuple[str, str]] = field(default_factory=list)
    name_value: str = ""
    service: str = ""  # of a customer: the number by which she was found
    search: str = ""  # and by which she is looked for first: the one she calls from


def shown_field(
    asked: Field, held: Mapping[str, Any], errors: Mapping[str, str], known: Mapping[str, Any], *, caller: str = ""
) -> ShownField:
    """`caller`: the number she calls from, which is where she is called back unless she says another; by it she is
    looked for among the customers until one is known.
    """
    value, name_value = held.get(asked.name, ""), str(held.get(f"{asked.name}_name", ""))
    service = str(held.get(f"{asked.name}_service") or held.get(SERVICE_ASKED) or "")
    said = known.get(asked.name)
    if asked.name not in held and said and isinstance(said, str):  # what was typed once is not asked twice
        value = phone_numbers.display(said) if asked.type == "telephone" else said
    elif asked.name not in held and asked.name == TELEPHONE and caller:
        value = phone_numbers.display(caller)
    elif asked.name not in held and asked.prefill:
        value = known_first(asked.prefill, known)
        value = phone_numbers.display(value) if asked.type == "telephone" else value
    if asked.name not in held and asked.other_than and same_value(value, known_first(asked.other_than, known)):
        value = ""
    if asked.type == "telephone" and str(value).startswith("+"):
        value = phone_numbers.display(str(value))
    if isinstance(value, Mapping):
        value, name_value = value.get("contract", ""), str(value.get("name", ""))
    options = [(code, str(label)) for code, label in asked.choices]
    if asked.type == "kinship":
        options = [(code, str(label)) for code, label in KINSHIPS.items() if code != "holder"]
    elif asked.type == "holder":
        options = [(code, str(label)) for code, label in HOLDER.items()]
    elif asked.type == "amount" and (amounts := amounts_of(asked, known)):
        options = [(one, one.replace(".", ",")) for one in amounts]
        value = str(value).replace(".", ",")
    elif asked.type == "sector":
        value = _sector(str(value), options)
    elif asked.type == "service_number":
        options = [(number, number) for number in _own_numbers(known)]
    return ShownField(
        name=asked.name, label=str(asked.label), kind=asked.type, value=str(value), name_value=name_value,
        error=errors.get(asked.name, ""), is_required=is_required(asked, {**known, **held}), options=options,
        service=service, search=phone_numbers.local(caller) if asked.type == "customer" and not value else "",
    )  # fmt: skip


def one_is_enough(asked: Sequence[Field]) -> list[str]:
    """The labels of fields of which any one will do; empty where each stands for itself."""
    labels = {field.name: str(field.label) for field in asked}
    for one in asked:
        others = [name for name, expected in one.required_unless.items() if expected == "present" and name in labels]
        if others and len(others) == len(one.required_unless):
            return [labels[name] for name in (one.name, *others)]
    return []


def asks_besides(step: Step, asked: Sequence[Field]) -> str:
    """What the agent asks for besides what the step's own words ask: who is called back, and where. Said to the caller,
    so it is Spanish whatever the screen speaks; empty where nothing is added to the step.
    """
    own = {field.name for field in step.fields}
    added = {field.name for field in asked if field.required} & {CALLER_NAME, TELEPHONE} - own
    if added == {CALLER_NAME, TELEPHONE}:
        return "¿Me indica su nombre y a qué teléfono le llamamos?"
    return "¿Me indica su nombre?" if CALLER_NAME in added else "¿A qué teléfono le llamamos?" if added else ""


def while_she_waits(here: WalkState) -> str:
    """What is said while the agent reads on another screen what no system answered; said, so in Spanish."""
    no_answer = here.footstep.found is None and (here.footstep.by_hand or here.footstep.trouble)
    return "Un momento, por favor: lo reviso." if here.step.kind == "look_up" and no_answer else ""


def _sector(written: str, options: list[tuple[str, str]]) -> str:
    """Of the sectors there are the one that was written, however; else whoever holds the role in all of them."""
    codes = [code for code, _words in options]
    same = (code for code in codes if code.casefold() == " ".join(written.split()).casefold())
    return next(same, EVERYWHERE if EVERYWHERE in codes else "")


def _own_numbers(known: Mapping[str, Any]) -> list[str]:
    customer = known.get("customer")
    products = customer.get("products") if isinstance(customer, Mapping) else None
    return [str(one["service_number"]) for one in products or [] if one.get("service_number")]


def ways_of(here: WalkState) -> list[Way]:
    keys, silent = iter(KEYS), _shown_by_nobody(here)
    return [
        Way(
            name=way.name,
            label=way.label,
            key=OTHER_KEY if way.name == OTHER else next(keys, ""),
            is_proposed=way.name == here.footstep.proposed,
            is_closed=not is_open(way, here.known),
            is_unknown=any(
                path.split(".")[0] in silent and value_at(here.known, path) in NOTHING for path in way.needs
            ),
        )
        for way in here.step.ways
    ]


def _shown_by_nobody(here: WalkState) -> frozenset[str]:
    """Names of what no system answered in this call, though the caller or the agent said something of it, and of what
    would have been chosen among it.
    """
    asked = {here.step_of(passed).as_: passed for passed in here.path if passed.kind == "look_up"}
    silent = {name for name, passed in asked.items() if passed.found is None or passed.by_hand}
    steps = here.flow.steps.values()
    chosen = {step.as_ for step in steps if step.kind == "choose" and step.among.split(".")[0] in silent}
    return unanswered(here.flow, here.known) | silent | chosen


def choices_of(here: WalkState) -> list[Choice]:
    step = here.step
    if step.kind != "choose":
        return []
    keys = iter(KEYS)
    first, more = step.shows[:1], step.shows[1:]
    rows = offered(step, here.known)
    return [
        Choice(
            str(at),
            next(keys, ""),
            row_in_words(first, row),
            row_in_words(more, row),
            row_in_words([*step.shows, *READ_OUT], row),
        )
        for at, row in enumerate(rows)
    ]


def already_in_words(here: WalkState) -> list[str]:
    """What a system shows already of what the step would ask for once more; not after it was asked for."""
    if here.footstep.write_id is not None:
        return []
    return [row_in_words(here.step.shows, row) for row in there_already(here.step, here.known)]


def done_for_her(here: WalkState) -> list[DoneBefore]:
    """The same for the same number that other calls asked for: of what touches money or a SIM all of the last day, else
    what is still to be done. Whoever asks for it once more shall know.
    """
    if here.walk.ended_at is not None or here.footstep.write_id is not None:
        return []
    whom = whom_of(actions()[here.step.action], arguments(here.step.with_, here.known))
    now = here.walk.last_sign_at or here.walk.began_at
    found: list[OutsideWrite]
    if not here.step.accountable:
        found = list(under_way_for_others(action=here.step.action, to_whom=whom, walk=here.walk)[:5])
    else:
        same = same_of_other_calls(action=here.step.action, to_whom=whom, walk=here.walk, now=now)
        by_people = settled_by_people(action=here.step.action, to_whom=whom, walk=here.walk, now=now)
        found = [*same[:5], *by_people[:5]]
    mistakes = mistakes_among([write.pk for write in found])
    return [DoneBefore(write, phone_numbers.display(write.to_whom), mistakes.get(write.pk)) for write in found]
