"""One word of a flow's text changed, and not a sign of the rest: comments, order and how lines are broken stay.

A place is the way to a value, `("steps", "greet", "say")` or `("steps", "state", "branches", 0, "next")`. What comes
out is read again and held against what went in, so that nothing but the asked change is ever saved.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import yaml
from django.utils.translation import gettext as _

from inbound.flows.text import NOTHING, YES_OR_NO, FlowTextRefused, plain

Place = tuple[str | int, ...]
# The order in which the keys of a step are written; one that comes anew is put behind those before it here.
ORDER = (
    *("kind", "ref", "covers", "lane", "title", "say", "question", "look_up", "action", "with", "as", "among", "of"),
    *("unless", "shows", "none", "asks", "fields", "note", "noted", "on", "branches", "other", "outcomes"),
    *("escalation", "due", "promised", "hands_to", "procedure", "result", "label", "settles", "mailed"),
    *("continue_as", "accountable"),
    "next",
)
OF_A_BRANCH = ("name", "label", "when", "needs", "unless", "next")
# Signs a bare word may not begin with, or have within; everything else is put in quotes.
BARE = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`][^\x00-\x1f\x7f-\x9f\"\\]*(?<![\s:])")
WITHIN = re.compile(r": |\s#")
OF_A_ROW = re.compile(r"[,\[\]{}]")  # of a mapping or list on one line


class EditRefused(Exception):
    """The change cannot be made here; the message is the sentence people read."""


def lines_of(source: str) -> dict[str, int]:
    """In which line of the text each step begins, the first is 1; empty where the text has no steps."""
    try:
        _read(source)  # which refuses what is nested too deep for a tree
        steps = _value_of(_tree(source), "steps")
    except EditRefused:
        return {}
    pairs = steps.value if isinstance(steps, yaml.MappingNode) else []
    return {key.value: key.start_mark.line + 1 for key, _value in pairs if isinstance(key, yaml.ScalarNode)}


def set_word(source: str, place: Place, word: str) -> str:
    """The text with `word` at the place; without the key where it is empty. Raises EditRefused."""
    before = _read(source)
    *way, key = place
    expected = deepcopy(before)
    holder: Any = expected
    try:
        for part in way:
            holder = holder[part]
    except (LookupError, TypeError):
        raise EditRefused(_("Ese paso ya no está en el texto.")) from None
    if word:
        holder[key] = word
    else:
        holder.pop(key, None)
    if expected == before:
        return source
    node = _node_at(source, tuple(way))
    if not isinstance(node, yaml.MappingNode) or not isinstance(key, str):
        raise EditRefused(_("Eso se cambia en el texto."))
    there = next((pair for pair in node.value if pair[0].value == key), None)
    if there is None:
        changed = _with_key(source, node, key, word)
    elif word:
        changed = _with_value(source, node, there[1], word)
    else:
        changed = _without(source, node, there)
    return _proved(changed, expected)


def add_branch(source: str, step: str, *, name: str, label: str, leads_to: str) -> str:
    """The text with one more branch, the last, which nothing proposes. Raises EditRefused."""
    expected = _read(source)
    branches = expected["steps"][step].setdefault("branches", [])
    branches.append({"name": name, "label": label, "next": leads_to})
    node = _node_at(source, ("steps", step, "branches"))
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value:
        raise EditRefused(_("Este paso no tiene todavía ramas: escriba la primera en el texto."))
    last = node.value[-1]
    told = ", ".join(f"{key}: {_written(word, in_a_row=True)}" for key, word in branches[-1].items())
    end = _end_of(source, last)
    return _proved(f"{source[:end]}\n{' ' * (node.start_mark.column)}- {{{told}}}{source[end:]}", expected)


def remove_branch(source: str, step: str, place: int) -> str:
    """The text without one branch. Raises EditRefused, also for the last one there is."""
    expected = _read(source)
    del expected["steps"][step]["branches"][place]
    node = _node_at(source, ("steps", step, "branches"))
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or len(node.value) < 2:
        raise EditRefused(_("Un paso que decide tiene al menos una rama."))
    start = source.rfind("\n", 0, node.value[place].start_mark.index) + 1
    end = source.find("\n", _end_of(source, node.value[place])) + 1 or len(source)
    return _proved(source[:start] + source[end:], expected)


def _read(source: str) -> Any:
    try:
        found = plain(source)
    except FlowTextRefused as refusal:
        raise EditRefused(str(refusal)) from None
    if not isinstance(found, dict) or not isinstance(found.get("steps"), dict):
        raise EditRefused(_("El texto no se puede leer como un flujo: corríjalo primero."))
    return found


def _proved(changed: str, expected: Any) -> str:
    try:
        is_so = plain(changed) == expected
    except FlowTextRefused:
        is_so = False
    if not is_so:
        raise EditRefused(_("Ese cambio no se puede hacer aquí sin tocar lo demás: hágalo en el texto."))
    return changed


def _tree(source: str) -> yaml.Node:
    try:
        tree: yaml.Node | None = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        tree = None
    if not isinstance(tree, yaml.MappingNode):
        raise EditRefused(_("El texto no se puede leer como un flujo: corríjalo primero."))
    return tree


def _node_at(source: str, place: Place) -> yaml.Node:
    node = _tree(source)
    for part in place:
        node = _value_of(node, part)
    return node


def _value_of(node: yaml.Node, part: str | int) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value  # type: ignore[no-any-return]
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]  # type: ignore[no-any-return]
    raise EditRefused(_("Ese paso ya no está en el texto."))


def _with_value(source: str, holder: yaml.MappingNode, value: yaml.Node, word: str) -> str:
    start, end = value.start_mark.index, _end_of(source, value)
    return source[:start] + _written(word, in_a_row=bool(holder.flow_style)) + source[end:]


def _with_key(source: str, node: yaml.MappingNode, key: str, word: str) -> str:
    """Behind the last of the keys that come before it."""
    order = OF_A_BRANCH if {pair[0].value for pair in node.value} <= set(OF_A_BRANCH) else ORDER
    before = [pair for pair in node.value if pair[0].value in order and order.index(pair[0].value) < order.index(key)]
    behind = before[-1] if before else node.value[0]
    end = _end_of(source, behind[1])
    if node.flow_style:
        return f"{source[:end]}, {key}: {_written(word, in_a_row=True)}{source[end:]}"
    indent = " " * node.value[0][0].start_mark.column
    return f"{source[:end]}\n{indent}{key}: {_written(word, in_a_row=False)}{source[end:]}"


def _without(source: str, node: yaml.MappingNode, pair: tuple[yaml.Node, yaml.Node]) -> str:
    place = node.value.index(pair)
    end = _end_of(source, pair[1])
    if not node.flow_style:
        start = source.rfind("\n", 0, pair[0].start_mark.index) + 1
        return source[:start] + source[source.find("\n", end) + 1 or len(source) :]
    if place:
        return source[: _end_of(source, node.value[place - 1][1])] + source[end:]
    following = node.value[1][0].start_mark.index if len(node.value) > 1 else end
    return source[: pair[0].start_mark.index] + source[following:]


def _end_of(source: str, node: yaml.Node) -> int:
    """Behind the last sign of a value. A block's own mark stands where the next thing begins, comments passed over."""
    if isinstance(node, yaml.MappingNode | yaml.SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end_of(source, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    return node.start_mark.index + len(source[node.start_mark.index : end].rstrip())


def _written(word: str, *, in_a_row: bool) -> str:
    """Bare where it may be, as the flows on file are written, else in quotes."""
    is_bare = BARE.fullmatch(word) and not WITHIN.search(word) and word.lower() not in (*YES_OR_NO, *NOTHING)
    if is_bare and not (in_a_row and OF_A_ROW.search(word)):
        return word
    return json.dumps(word, ensure_ascii=False)
