"""What is known of a call, asked by paths (`damages.0.state`), and what follows: the proposed branch, the filled text.

`known` is plain data: answers by the name of their field, what was found by the `as` of its look-up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from inbound.fields import Condition, Field, When
from inbound.flows.shapes import Branch, Flow, Step
from telephony import phone_numbers

PATH = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*"
PLACE = re.compile(rf"\{{({PATH}(?: \| {PATH})*)\}}", re.ASCII)
SENTENCE = re.compile(r"(?<=[.!?])[ \n]+")
PROTOCOL = frozenset({"saludo", "despedida"})  # may be left empty, and what stands beside them is said all the same
OF_THE_HOUSE = "house."  # what is read here always answers
NOTHING: tuple[Any, ...] = (None, "", [], {}, ())
UNLIKE = "unlike "  # and a path: what stands there is known too, and is another


def value_at(known: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path, lists by their index; None when anything of it is not there."""
    value: Any = known
    for part in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and not isinstance(value, str) and part.isdigit() and part.isascii():
            value = value[int(part)] if int(part[:9]) < len(value) else None
        else:
            return None
    return value


def holds(when: When, known: Mapping[str, Any]) -> bool:
    """Whether all of a condition is so. An empty one holds."""
    return all(_is(value_at(known, path), expected, known) for path, expected in when.items())


def held_against(expected: Condition) -> str:
    """The path a condition compares with; empty for one that compares with a word."""
    return expected.removeprefix(UNLIKE) if isinstance(expected, str) and expected.startswith(UNLIKE) else ""


def same_value(one: str, other: str) -> bool:
    """Of telephones: however they are written."""
    return one == other or phone_numbers.parse(one) == phone_numbers.parse(other) is not None


def is_open(branch: Branch, known: Mapping[str, Any]) -> bool:
    """Whether a branch may be taken, by what is known."""
    return holds(branch.needs, known) and not (branch.unless and holds(branch.unless, known))


def unanswered(flow: Flow, known: Mapping[str, Any]) -> frozenset[str]:
    """Names of what was looked up and brought no answer, and of what would have been chosen among it.

    That nobody could be asked is not that there is nothing: it proposes nothing by its absence.
    """
    steps = flow.steps.values()
    asked = [step.as_ for step in steps if step.look_up and not step.look_up.startswith(OF_THE_HOUSE)]
    silent = {name for name in asked if name in known and known[name] is None}
    chosen = {step.as_ for step in steps if step.kind == "choose" and step.among.split(".")[0] in silent}
    return frozenset(silent | {name for name in chosen if known.get(name) is None})


def proposed_branch(step: Step, known: Mapping[str, Any], silent: Collection[str] = ()) -> Branch | None:
    """The first branch whose condition holds; none that holds because what is `silent` is absent.

    *Another state* is proposed when the foreign state is there and every branch has a condition that does not hold:
    then the text really has no word for it. A branch without a condition is the caller's to say, never proposed.
    """
    for branch in step.branches:
        by_silence = any(how == "absent" and path.split(".")[0] in silent for path, how in branch.when.items())
        if branch.when and not by_silence and holds(branch.when, known) and is_open(branch, known):
            return branch
    decided_by_state = bool(step.on) and all(branch.when for branch in step.branches)
    if decided_by_state and value_at(known, step.on) not in NOTHING:
        return step.other
    return None


def is_required(field: Field, known: Mapping[str, Any]) -> bool:
    """Whether a field may not stay empty, given the other answers: `required_unless` spares it when any of it holds."""
    if not field.required:
        return False
    return not any(_is(value_at(known, path), expected, known) for path, expected in field.required_unless.items())


def filled(text: str, known: Mapping[str, Any]) -> str:
    """A script with its `{places}` filled in from what is known; what is not known leaves nothing, not even a gap.

    Of `{a | b}` it is the first there is.
    """
    written = PLACE.sub(lambda place: known_first(place[1], known), text)
    return re.sub(r" +([,.;:])", r"\1", re.sub(r"[ \t]{2,}", " ", written)).strip()


def script(text: str, known: Mapping[str, Any]) -> str:
    """A script as it is said: a sentence of which one place is not known is left out, it would say half of something.

    Places that stand alone, without a word of ours, are each said or not by themselves; where none of them is known
    not even their full stop is left.
    """
    spoken = [filled(sentence, known) for sentence in sentences(text) if _can_be_said(sentence, known)]
    return " ".join(sentence for sentence in spoken if any(sign.isalnum() for sign in sentence))


def sentences(text: str) -> list[str]:
    """The sentences of a script, with their places."""
    return SENTENCE.split(text.strip())


def is_only_places(sentence: str) -> bool:
    """Whether nothing of it is ours."""
    return not PLACE.sub("", sentence).strip(" \n.")


def _can_be_said(sentence: str, known: Mapping[str, Any]) -> bool:
    named = [place for place in PLACE.findall(sentence) if place not in PROTOCOL]
    return is_only_places(sentence) or all(known_first(place, known) for place in named)


def arguments(with_: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, str]:
    """What a look-up or a write is given: a path's value (`a | b`: the first there is), or, with braces, a text."""
    return {name: filled(what, known) if "{" in what else known_first(what, known) for name, what in with_.items()}


def known_first(what: str, known: Mapping[str, Any]) -> str:
    """The value of the first of some paths, `a | b`, that leads somewhere; as text."""
    found = (_words(value_at(known, path)) for path in alternatives(what))
    return next((words for words in found if words), "")


def places(text: str) -> tuple[str, ...]:
    """The paths of the places of a script, in the order they are written."""
    return tuple(path for place in PLACE.findall(text) for path in alternatives(place))


def alternatives(what: str) -> list[str]:
    """The paths of an argument, the first that leads somewhere counting."""
    return [path.strip() for path in what.split("|")]


def _is(value: Any, expected: Condition, known: Mapping[str, Any]) -> bool:
    if path := held_against(expected):
        other = value_at(known, path)
        return value not in NOTHING and other not in NOTHING and not same_value(_words(value), _words(other))
    if expected == "present":
        return value not in NOTHING
    if expected == "empty":  # looked for, and there is none: not the same as not known
        return value == []
    if expected == "answered":  # somebody was asked and said what there is, be it nothing
        return value is not None
    if expected == "absent":
        return value in NOTHING
    if isinstance(expected, tuple):
        return value not in NOTHING and _words(value) in expected
    return value not in NOTHING and _words(value) == _words(expected)


def _words(value: Any) -> str:
    """One value as text; yes and no as a flow writes them, lists one after the other, a mapping by its own name."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _words(value.get("name"))
    if isinstance(value, (list, tuple)):
        return ", ".join(_words(one) for one in value)
    return "" if value is None else str(value)
