"""The text of a flow as plain mappings, lists, words and yes or no: YAML without anything that could surprise.

Words stay words (`on`, `no`, `101.10` are text as written), only `true` and `false` are yes and no. Anchors, tags,
repeated keys and more than one document are refused, and so is a text too long or nested too deep to be a flow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from django.utils.translation import gettext as _

LONGEST = 100_000  # characters; the eleven flows have a tenth of it
DEEPEST = 12  # mappings and lists inside one another
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where the wheel has it: ten times as fast
YES_OR_NO = {"true": True, "false": False}
NOTHING = ("", "~", "null")


class FlowTextRefused(Exception):
    """Why the text cannot be read at all: a sentence in Spanish, with the line where it is known."""


def plain(text: str) -> Any:
    """Mappings (`dict[str, …]`), lists, `str`, `bool` and None out of a text; FlowTextRefused when there is no way."""
    if len(text) > LONGEST:
        raise FlowTextRefused(_("es demasiado largo: más de %(most)d caracteres") % {"most": LONGEST})
    try:
        return _document(iter(yaml.parse(text, Loader=LOADER)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        if mark is None:
            raise FlowTextRefused(_("tiene signos que no se pueden leer")) from None
        place = {"line": mark.line + 1, "column": mark.column + 1}
        raise FlowTextRefused(_("no es YAML: revise la línea %(line)d, columna %(column)d") % place) from None
    except UnicodeError:
        raise FlowTextRefused(_("tiene signos que no se pueden leer")) from None


def _document(events: Iterator[Any]) -> Any:
    found = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise FlowTextRefused(_("línea %(line)d: hay más de un documento") % _line(event))
        elif isinstance(event, (yaml.NodeEvent, yaml.CollectionEndEvent)):
            found = _node(event, events, 1)
    return found


def _node(event: Any, events: Iterator[Any], depth: int) -> Any:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise FlowTextRefused(_("línea %(line)d: no se usan anclas ni referencias (& y *)") % _line(event))
    if event.tag is not None:
        raise FlowTextRefused(_("línea %(line)d: no se usan etiquetas de tipo (!)") % _line(event))
    if depth > DEEPEST:
        raise FlowTextRefused(_("línea %(line)d: hay demasiados niveles") % _line(event))
    if isinstance(event, yaml.ScalarEvent):
        return _word(event)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_node(item, events, depth + 1))
        return items
    return _mapping(events, depth)


def _mapping(events: Iterator[Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while not isinstance(key := next(events), yaml.MappingEndEvent):
        if not isinstance(key, yaml.ScalarEvent):
            raise FlowTextRefused(_("línea %(line)d: una clave debe ser una palabra") % _line(key))
        if key.value in found:
            raise FlowTextRefused(_("línea %(line)d: «%(key)s» está dos veces") % {**_line(key), "key": key.value[:40]})
        _node(key, events, depth + 1)
        found[key.value] = _node(next(events), events, depth + 1)
    return found


def _word(event: Any) -> str | bool | None:
    if event.style:  # in quotes, or a block of text
        return str(event.value)
    if event.value in NOTHING:
        return None
    return YES_OR_NO.get(event.value, event.value)


def _line(event: Any) -> dict[str, int]:
    return {"line": event.start_mark.line + 1}
