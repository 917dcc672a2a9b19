"""The messages of the sources, found without the system's gettext: what `makemessages` would put into a catalogue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from callcenter.catalogues import ROOT
from tests.sources import ROOMS, TREES

WORDS = {
    "_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1,
    "ngettext": 2, "ngettext_lazy": 2,
    "pgettext": -1, "pgettext_lazy": -1, "npgettext": -2, "npgettext_lazy": -2,
}  # fmt: skip
LITERAL = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(\s*{LITERAL}(?:,\s*{LITERAL})?(?:,\s*{LITERAL})?")

Message = tuple[str, str, str]  # context, message, plural; empty where there is none


def of_call(word: str, texts: list[str]) -> Message:
    """The message of one call by its constant arguments, in their order."""
    context, texts = ("", texts) if WORDS[word] > 0 else (texts[0], texts[1:])
    return context, texts[0], texts[1] if abs(WORDS[word]) == 2 else ""


def in_python(tree: ast.AST) -> Iterator[Message]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        word = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if word not in WORDS:
            continue
        needed = abs(WORDS[word]) + (WORDS[word] < 0)
        texts = [piece.value for piece in node.args[:needed] if isinstance(piece, ast.Constant)]
        if len(texts) == needed:
            yield of_call(word, texts)


def in_template(path: Path) -> Iterator[Message]:
    for match in IN_TEMPLATE.finditer(templatize(path.read_text(encoding="utf-8"))):
        yield of_call(match[1], [ast.literal_eval(text) for text in match.groups()[1:] if text])


def all_messages() -> dict[Message, str]:
    """Every message of the product with the file it is in."""
    found: dict[Message, str] = {}
    for path, tree in TREES.items():
        if not path.startswith("sandbox/"):  # it is played in Spanish only
            found.update(dict.fromkeys(in_python(tree), path))
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*")):
            if file.suffix in (".html", ".txt") and room != "sandbox":
                found.update(dict.fromkeys(in_template(file), str(file.relative_to(ROOT))))
    return found
