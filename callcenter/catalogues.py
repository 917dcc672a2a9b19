"""Translations: `locale/*/LC_MESSAGES/*.po` into the `.mo` files gettext reads, without the msgfmt of the system.

`python -m callcenter.catalogues` writes what is missing or older than its source.
"""

from __future__ import annotations

import ast
import os
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_MAGIC = 0x950412DE
_KEYWORDS = ("msgctxt", "msgid_plural", "msgid", "msgstr")


class CatalogueSpoilt(ValueError):
    """The file is no catalogue; the message names the line."""


def read_catalogue(text: str) -> dict[str, str]:
    """Messages of a .po file by their key, as gettext looks them up. Fuzzy and empty translations are left out.

    The key of a message with context is `context\\4message`; plural forms are separated by NUL, on both sides.
    """
    messages: dict[str, str] = {}
    for block in _blocks(text):
        translation = "\0".join(block[key] for key in sorted(block) if key.startswith("msgstr"))
        if "msgid" not in block or not translation.replace("\0", ""):
            continue
        key = "\0".join(block[name] for name in ("msgid", "msgid_plural") if name in block)
        if "msgctxt" in block:
            key = f"{block['msgctxt']}\4{key}"
        messages[key] = translation
    return messages


def _blocks(text: str) -> list[dict[str, str]]:
    blocks: list[dict[str, str]] = []
    block: dict[str, str] = {}
    is_fuzzy, current = False, ""
    for number, raw in enumerate([*text.splitlines(), ""], 1):
        line = raw.strip()
        if line.startswith("#,") and "fuzzy" in line:
            is_fuzzy = True
        starts_new = line.startswith(("msgctxt", "msgid ")) and any(key.startswith("msgstr") for key in block)
        if (not line or starts_new) and block:
            if not is_fuzzy or block.get("msgid") == "":
                blocks.append(block)
            block, is_fuzzy, current = {}, False, ""
        if not line or line.startswith("#"):
            continue
        if not line.startswith('"'):
            current, _, line = line.partition(" ")
            if not current.startswith(_KEYWORDS) or not line:
                raise CatalogueSpoilt(f"line {number}: {raw[:60]!r}")
            block[current] = ""
        try:
            block[current] += ast.literal_eval(line)
        except (SyntaxError, ValueError, KeyError, TypeError) as error:
            raise CatalogueSpoilt(f"line {number}: {raw[:60]!r}") from error
    return blocks


def as_binary(messages: dict[str, str]) -> bytes:
    """The .mo file of these messages (GNU gettext, revision 0, little-endian, without hash table)."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    keys_at = 28
    values_at = keys_at + 8 * len(pairs)
    place = values_at + 8 * len(pairs)
    tables, texts = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<II", len(pair[side]), place + len(texts))
            texts += pair[side] + b"\0"
    head = struct.pack("<7I", _MAGIC, 0, len(pairs), keys_at, values_at, 0, place)
    return head + tables[0] + tables[1] + texts


def compile_catalogues(root: Path = ROOT) -> list[Path]:
    """Write every .mo that is missing or older than its .po, and return them. Raises CatalogueSpoilt."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = target.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(as_binary(read_catalogue(source.read_text(encoding="utf-8"))))
        os.replace(unfinished, target)
        written.append(target)
    return written


if __name__ == "__main__":
    try:
        for path in compile_catalogues():
            sys.stdout.write(f"Compiled {path.relative_to(ROOT)}\n")
    except CatalogueSpoilt as error:
        sys.exit(f"A translation file cannot be read: {error}")
