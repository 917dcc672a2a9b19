"""A flow's text read into its shapes; whatever is wrong is said at once, in Spanish, by file and step.

This says whether a text *is* a flow. Whether the flow can be walked, and whether what it names exists: `flow_lint`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from inbound.fields import FIELD_TYPES, Condition, Field
from inbound.flows.shapes import (
    KINDS,
    LANES,
    OTHER,
    OUTCOMES,
    SETTLES,
    Branch,
    Due,
    Flow,
    FlowError,
    FlowErrors,
    Step,
)
from inbound.flows.text import FlowTextRefused, plain

__all__ = ["Branch", "Due", "Field", "Flow", "FlowError", "FlowErrors", "Step", "parse_flow"]

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)  # a footstep keeps it in forty characters
LINE = re.compile(r"[0-9]{3,12}", re.ASCII)
REFERENCE = re.compile(r"[0-9]{3,12}(\.[0-9]{1,2}){1,2}", re.ASCII)
PATH = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*", re.ASCII)
PATHS = re.compile(rf"{PATH.pattern}( \| {PATH.pattern})*", re.ASCII)
WHEN = {"hours": PATH, "before": re.compile(rf"{PATH.pattern} {PATH.pattern}", re.ASCII)}
NEVER = re.compile(r"(?!)")
DOTTED = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*", re.ASCII)
MOST_OF_A_DUE = 1000

OF_A_FLOW = frozenset({"line", "name", "procedure", "start", "steps", "lanes"})
OF_EVERY_STEP = frozenset({"kind", "ref", "covers", "title", "say", "fields", "note", "noted", "lane"})
# what a kind must have, and what it may have besides
NEEDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "say": (frozenset({"say", "next"}), frozenset({"continue_as"})),
    "ask": (frozenset({"fields", "next"}), frozenset({"letter"})),
    "look_up": (frozenset({"look_up", "as", "next"}), frozenset({"with"})),
    "choose": (frozenset({"among", "as", "shows", "next"}), frozenset({"of", "unless", "none", "asks"})),
    "decide": (frozenset({"question", "branches"}), frozenset({"on", "other"})),
    "do": (
        frozenset({"action"}),
        frozenset({"with", "accountable", "as", "outcomes", "next", "among", "of", "unless", "shows"}),
    ),
    "hand_over": (frozenset({"escalation", "next"}), frozenset({"due", "promised", "with", "hands_to"})),
    "refer": (frozenset({"procedure", "next"}), frozenset()),
    "end": (frozenset({"result", "label"}), frozenset({"continue_as", "settles", "mailed"})),
}
UNTITLED = {"decide": "question", "end": "label"}  # these are titled by what they say


def parse_flow(text: str, *, name: str) -> Flow:
    """The flow of a text; `name` is how its errors call it (`101.yaml`). Raises FlowErrors and nothing else."""
    try:
        return _read(text)
    except FlowErrors as refused:
        raise FlowErrors(tuple(replace(error, file=name) for error in refused.errors)) from None


@lru_cache(maxsize=64)
def _read(text: str) -> Flow:
    """A flow is frozen, so what a text says is read once, by however many names and versions it is asked for. What is
    wrong is kept by nobody: it is said in the language of whoever asks.
    """
    try:
        found = plain(text)
    except FlowTextRefused as unreadable:
        raise FlowErrors((FlowError("", "", str(unreadable)),)) from None
    reading = _Reading()
    flow = reading.flow(found)
    if reading.errors:
        raise FlowErrors(tuple(reading.errors))
    return flow


class _Reading:
    """One pass over the plain data; what is wrong is kept and something harmless read instead."""

    def __init__(self) -> None:
        self.step = ""
        self.errors: list[FlowError] = []

    def wrong(self, what: str) -> None:
        self.errors.append(FlowError("", self.step, what))

    def flow(self, data: Any) -> Flow:
        data = self.mapping(data, _("el flujo"))
        self.only(data, OF_A_FLOW)
        line = self.word(data, "line", LINE, longest=12)
        steps = {key: self.a_step(key, value) for key, value in self.mapping(data.get("steps"), "steps").items()}
        self.step = ""
        lanes = self.mapping(data.get("lanes", {}), "lanes")
        for lane in lanes:
            if lane not in LANES[1:]:
                self.wrong(_("carril desconocido «%(name)s»") % {"name": lane[:40]})
        return Flow(
            line=line,
            name=self.word(data, "name", longest=80),
            procedure=self.word(data, "procedure", longest=80),
            start=self.word(data, "start", NAME),
            steps=steps,
            lanes={lane: self.word(lanes, lane, NAME) for lane in lanes},
        )

    def a_step(self, name: str, data: Any) -> Step:
        self.step = name[:40]
        if not NAME.fullmatch(name):
            self.wrong(_("un paso se nombra con minúsculas sin acento, cifras y _, hasta 40"))
        data = self.mapping(data, _("el paso"))
        kind = self.one_of(data, "kind", KINDS)
        needed, allowed = NEEDS.get(kind, (frozenset(), OF_EVERY_STEP.union(*(a | b for a, b in NEEDS.values()))))
        self.only(data, OF_EVERY_STEP | needed | allowed)
        for key in sorted(needed - data.keys()):
            self.wrong(_("falta «%(key)s»") % {"key": key})
        if kind == "do" and ("next" in data) == ("outcomes" in data):
            self.wrong(
                _("sigue por «outcomes» (done, refused, unknown), o por «next» si al cliente no se le dice nada")
            )
        titled_by = UNTITLED.get(kind, "")
        other = self.branch(OTHER, data["other"], may_have=()) if "other" in data else None
        return Step(
            name=name,
            kind=kind,
            ref=self.word(data, "ref", REFERENCE),
            covers=self.words(data, "covers", REFERENCE),
            title=self.word(data, "title", longest=120, needed=not titled_by) or str(data.get(titled_by) or ""),
            say=self.word(data, "say", longest=2000, needed=False),
            fields=self.fields(data.get("fields", [])),
            note=self.yes(data, "note"),
            noted=self.word(data, "noted", longest=400, needed=False),
            next=self.word(data, "next", NAME, needed=False),
            look_up=self.word(data, "look_up", DOTTED, needed=False),
            action=self.word(data, "action", DOTTED, needed=False),
            with_=self.arguments(data.get("with", {})),
            as_=self.word(data, "as", NAME, needed=False),
            among=self.word(data, "among", PATH, needed=False),
            of=self.arguments(data.get("of", {})),
            unless=self.when(data.get("unless", {})),
            shows=self.words(data, "shows", NAME),
            none=self.word(data, "none", longest=120, needed=False),
            asks=self.yes(data, "asks"),
            question=self.word(data, "question", longest=160, needed=False),
            on=self.word(data, "on", PATH, needed=False),
            branches=self.outcomes(data["outcomes"]) if "outcomes" in data else self.branches(data.get("branches", [])),
            other=other,
            accountable=self.yes(data, "accountable"),
            escalation=self.word(data, "escalation", NAME, longest=24, needed=False),
            due=self.due(data["due"]) if "due" in data else None,
            promised=self.word(data, "promised", longest=200, needed=False),
            hands_to=self.one_of(data, "hands_to", LANES[1:]) if "hands_to" in data else "",
            procedure=self.word(data, "procedure", longest=40, needed=False),
            result=self.word(data, "result", NAME, needed=False),
            label=self.word(data, "label", longest=120, needed=False),
            settles=self.one_of(data, "settles", SETTLES) if "settles" in data else "",
            mailed=self.yes(data, "mailed"),
            letter=self.yes(data, "letter"),
            continue_as=self.word(data, "continue_as", LINE, needed=False),
            lane=self.one_of(data, "lane", LANES) if "lane" in data else LANES[0],
        )

    def fields(self, data: Any) -> tuple[Field, ...]:
        found = []
        for item in self.items(data, "fields"):
            item = self.mapping(item, _("un campo"))
            self.only(item, frozenset(Field.__dataclass_fields__))
            a_choice = item.get("type") == "choice"
            choices = self.mapping(item.get("choices", {}), "choices")
            if a_choice != bool(choices):
                self.wrong(_("un campo tiene opciones (choices) cuando es de tipo «choice», y solo entonces"))
            found.append(
                Field(
                    name=self.word(item, "name", NAME),
                    label=self.word(item, "label", longest=120),
                    type=self.one_of(item, "type", FIELD_TYPES),
                    required=self.yes(item, "required", unless_said=True),
                    required_unless=self.when(item.get("required_unless", {})),
                    choices=tuple((choice, self.word(choices, choice, longest=120)) for choice in choices),
                    among=self.word(item, "among", PATHS, needed=False),
                    card=self.word(item, "card", NAME, needed=False),
                    prefill=self.word(item, "prefill", PATHS, needed=False),
                    other_than=self.word(item, "other_than", PATH, needed=False),
                )
            )
        return tuple(found)

    def branches(self, data: Any) -> tuple[Branch, ...]:
        found = []
        for item in self.items(data, "branches"):
            item = self.mapping(item, _("una rama"))
            found.append(self.branch(self.word(item, "name", NAME), item))
        return tuple(found)

    def branch(
        self, name: str, data: Any, *, may_have: tuple[str, ...] = ("name", "when", "needs", "unless")
    ) -> Branch:
        data = self.mapping(data, _("una rama"))
        self.only(data, frozenset({"label", "next", *may_have}))
        return Branch(
            name=name,
            label=self.word(data, "label", longest=120),
            when=self.when(data.get("when", {})),
            next=self.word(data, "next", NAME),
            needs=self.when(data.get("needs", {})),
            unless=self.when(data.get("unless", {})),
        )

    def outcomes(self, data: Any) -> tuple[Branch, ...]:
        """Where a write goes on when it is done, was refused, or nobody knows yet; all three."""
        data = self.mapping(data, "outcomes")
        self.only(data, frozenset(OUTCOMES))
        return tuple(Branch(name, words, {}, self.word(data, name, NAME)) for name, words in OUTCOMES.items())

    def when(self, data: Any) -> dict[str, Condition]:
        found: dict[str, Condition] = {}
        for path, value in self.mapping(data, _("una condición")).items():
            self.a_path(path)
            if isinstance(value, (bool, str)):
                found[path] = value
            elif isinstance(value, list) and value and all(isinstance(one, str) for one in value):
                found[path] = tuple(value)
            else:
                self.wrong(_("«%(path)s»: se compara con una palabra, varias, true o false") % {"path": path[:60]})
        return found

    def arguments(self, data: Any) -> dict[str, str]:
        data = self.mapping(data, "with")
        for key in data:
            if not NAME.fullmatch(key):
                self.wrong(_("«%(key)s» no sirve de nombre en «with»") % {"key": key[:40]})
        return {key: self.word(data, key, longest=400) for key in data}

    def due(self, data: Any) -> Due:
        data = self.mapping(data, "due")
        self.only(data, frozenset(Due.__dataclass_fields__))
        amounts: dict[str, Any] = {}
        for key, value in data.items():
            if key == "end_of_day" and value is True:
                amounts[key] = True
            elif isinstance(value, str) and (WHEN.get(key) or NEVER).fullmatch(value):
                amounts[key] = value
            elif isinstance(value, str) and value.isascii() and value.isdigit() and 0 < int(value[:5]) < MOST_OF_A_DUE:
                amounts[key] = int(value)
            else:
                self.wrong(_("«%(key)s» de «due» es una cantidad, o «end_of_day: true»") % {"key": key[:40]})
        if len(data.keys() - {"before"}) != 1:
            self.wrong(_("«due» dice una sola cosa: working_hours, working_days, days, end_of_day u hours"))
        known = {key: value for key, value in amounts.items() if key in Due.__dataclass_fields__}
        return Due(**known)

    def mapping(self, data: Any, what: str) -> Mapping[str, Any]:
        if isinstance(data, dict):
            return data
        self.wrong(_("%(what)s: se esperan claves con su valor") % {"what": what})
        return {}

    def items(self, data: Any, what: str) -> list[Any]:
        if isinstance(data, list):
            return data
        self.wrong(_("%(what)s: se espera una lista") % {"what": what})
        return []

    def only(self, data: Mapping[str, Any], allowed: frozenset[str]) -> None:
        for key in data:
            if key in allowed:
                continue
            near = get_close_matches(key[:40], sorted(allowed), n=1)
            hint = _(" (¿«%(near)s»?)") % {"near": near[0]} if near else ""
            self.wrong(_("aquí no va «%(key)s»") % {"key": key[:40]} + hint)

    def word(
        self, data: Mapping[str, Any], key: str, form: re.Pattern[str] | None = None, *, longest: int = 200,
        needed: bool = True,
    ) -> str:  # fmt: skip
        if key not in data and not needed:
            return ""
        value = data.get(key)
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            self.wrong(_("falta «%(key)s», o no es un texto") % {"key": key[:40]})
            return ""
        value = value.strip()
        if len(value) > longest:
            self.wrong(_("«%(key)s» es demasiado largo: hasta %(most)d") % {"key": key[:40], "most": longest})
        elif form and not form.fullmatch(value):
            self.wrong(_("«%(key)s» no tiene la forma debida: «%(value)s»") % {"key": key[:40], "value": value[:60]})
        return value

    def words(self, data: Mapping[str, Any], key: str, form: re.Pattern[str]) -> tuple[str, ...]:
        return tuple(self.word({key: item}, key, form) for item in self.items(data.get(key, []), key))

    def one_of(self, data: Mapping[str, Any], key: str, allowed: tuple[str, ...]) -> str:
        value = self.word(data, key)
        if value and value not in allowed:
            several = {"key": key, "value": value[:40], "allowed": ", ".join(allowed)}
            self.wrong(_("«%(key)s» no puede ser «%(value)s»: es uno de %(allowed)s") % several)
        return value

    def yes(self, data: Mapping[str, Any], key: str, *, unless_said: bool = False) -> bool:
        value = data.get(key, unless_said)
        if not isinstance(value, bool):
            self.wrong(_("«%(key)s» es true o false") % {"key": key})
        return value is True

    def a_path(self, path: str) -> None:
        if not PATH.fullmatch(path):
            self.wrong(_("«%(path)s» no es un camino como «damages.0.state»") % {"path": path[:60]})
