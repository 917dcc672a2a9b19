"""What a system says of itself, once: its name, its client, and each thing it can be asked or told.

From a cell follow the choices and names on the screens, the look-ups and actions of the flows, its part of
`docs/systems.yaml`, and, through that document, what the sandbox plays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

from django.utils.functional import Promise

from systems.contract import Shape, money_in
from systems.wire import NO_PAPERS, Papers

Words = str | Promise  # a text of the screens, to be translated where it is shown
Choices = tuple[tuple[str, Words], ...]  # each as the system writes it, and in words
CODE = re.compile(r"[a-z][a-z0-9_]{0,15}")  # what a column, an address and a setting's name take
LONGEST_NAME = 40  # characters of `<system>.<operation>`, which a column keeps


@dataclass(frozen=True, slots=True)
class Typed:
    """One thing the agent writes down from the old screen when a system is used by hand; none of them must be there.

    `name` is a place in what the system would have answered, `0.state` for the state of the first of a list,
    `certificates.none` for there being none in one. `kind` is text, contract, amount or date; with `choices` it is one
    of them.
    """

    name: str
    label: Words
    kind: str = "text"
    choices: Choices = ()


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Operation:
    """One thing a system can do: a method of its client, and a POST of the contract, both called `name`.

    `words` name it on the screens, `summary` tells a vendor what it does, `source` is the procedure's step. `asks` are
    the arguments of the client's method in the order of the contract.
    """

    name: str
    words: Words
    summary: str
    source: str
    asks: Mapping[str, Shape]

    @property
    def needs(self) -> tuple[str, ...]:
        """The arguments without which it is not asked."""
        return tuple(name for name, shape in self.asks.items() if not shape.may_be_empty)

    @property
    def may(self) -> tuple[str, ...]:
        """The arguments that may be empty."""
        return tuple(name for name, shape in self.asks.items() if shape.may_be_empty)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Reads(Operation):
    """Something to look up. `by_hand`: what the agent writes down where the system is used by hand.

    `kept_back` names a count in the client's answer that is for the audit and for nobody's eyes. `refuses_unknown`:
    what is nobody's is answered with 404 and a sentence, not with an empty answer. `nobodys`: the argument that is
    nobody's where the answer is empty.
    """

    answers: Shape
    by_hand: tuple[Typed, ...]
    kept_back: str = ""
    refuses_unknown: bool = False
    nobodys: str = ""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Writes(Operation):
    """Something to do there. An `accountable` one touches money or a SIM: it is sent at most once.

    `for_whom` is the argument that says for whom it is done: the first it needs, unless said otherwise. `reference`:
    how the references begin which the sandbox gives. Of a `silent` one the caller is told nothing.
    """

    reference: str
    for_whom: str = ""
    accountable: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an agent may do a day until somebody decides otherwise in the admin; None is without limit.

    `daily_amount` and `largest_amount` in Bs, of one day and of one operation; `daily_writes` how many.
    `cool_down_minutes` between two of one kind for one number.
    """

    daily_amount: int | None = None
    largest_amount: int | None = None
    daily_writes: int | None = None
    cool_down_minutes: int = 10


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Cell:
    """One outside system. `name` is what people call it, `about` what it is for, in the contract's words.

    `client` is made as `client(address, token=…, timeout=…, papers=…)`; None for a system no program asks over HTTP
    (mail, a report). `place`: those with smaller ones stand first in lists. `labels` and `values` are the words for
    fields of its answers and for what stands in them, where neither `systems/words.py` nor a choice of `by_hand` has
    them; the labels stand in the order people look for them. Raises ValueError for one that contradicts itself.
    """

    code: str
    name: Words
    place: int = 1000
    about: str = ""
    client: type | None = None
    operations: tuple[Reads | Writes, ...] = ()
    labels: Mapping[str, Words] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
    limits: Limits = Limits()

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise ValueError(f"{self.code!r} is no code of a system: up to 16 small letters, digits and _")
        if bool(self.operations) != (self.client is not None):
            raise ValueError(f"{self.code}: a client and operations come together")
        for operation in self.operations:
            _check(self, operation)

    @property
    def reads(self) -> dict[str, Reads]:
        """By their names in flows, `<system>.<operation>`."""
        return {f"{self.code}.{one.name}": one for one in self.operations if isinstance(one, Reads)}

    @property
    def writes(self) -> dict[str, Writes]:
        """By their names in flows, `<system>.<operation>`."""
        return {f"{self.code}.{one.name}": one for one in self.operations if isinstance(one, Writes)}

    def client_at(self, address: str, *, token: str, timeout: float, papers: Papers = NO_PAPERS) -> Any:
        """A client of this system at an address; `timeout` in seconds. Raises ValueError for a system that has none."""
        if self.client is None:
            raise ValueError(f"{self.code} has no client")
        return self.client(address, token=token, timeout=timeout, papers=papers)

    def money(self) -> Iterator[str]:
        """Names of fields which are amounts: of its answers, and of what is written by hand in their place."""
        for one in self.reads.values():
            yield from money_in(one.answers)
            yield from (typed.name.rpartition(".")[2] for typed in one.by_hand if typed.kind == "amount")

    def words_of_values(self) -> dict[str, dict[str, Words]]:
        """The words for what stands in a field, by the field's name: those of `by_hand`, and `values`."""
        found: dict[str, dict[str, Words]] = {}
        typed = [typed for one in self.reads.values() for typed in one.by_hand if typed.choices]
        said = [(one.name.rpartition(".")[2], dict(one.choices)) for one in typed]
        for name, words in [*said, *self.values.items()]:
            found.setdefault(name, {}).update(words)
        return found


def _check(cell: Cell, operation: Reads | Writes) -> None:
    name = f"{cell.code}.{operation.name}"
    if len(name) > LONGEST_NAME:
        raise ValueError(f"{name}: a system and its operation have {LONGEST_NAME} characters together")
    method = getattr(cell.client, operation.name, None)
    if not callable(method):
        raise ValueError(f"{name}: the client has no such method")
    takes = set(list(signature(method).parameters)[1:]) - {"key"}
    if takes != set(operation.asks):
        raise ValueError(f"{name}: the client takes {sorted(takes)}, the contract asks {sorted(operation.asks)}")
    if isinstance(operation, Reads) and not operation.by_hand:
        raise ValueError(f"{name}: there is nothing to write down when it is used by hand")
    if isinstance(operation, Reads) and operation.nobodys and operation.nobodys not in operation.asks:
        raise ValueError(f"{name}: it is not asked for {operation.nobodys!r}, which is to be nobody's")
    if isinstance(operation, Writes) and not (operation.reference and operation.needs):
        raise ValueError(f"{name}: what is done needs an argument, and a beginning of its references")
