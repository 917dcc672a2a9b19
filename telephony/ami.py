"""Asterisk's Manager Interface on the wire: bytes to messages and messages to bytes, and nothing else.

A greeting is one line, `Asterisk Call Manager/<version>`. Every message after it is lines of `Key: Value`, ended by an
empty one. What comes in is read with patience: lines may end in LF alone, keys come in any case and more than once,
texts may be Latin-1. What goes out is strict: an action of the list and its headers in their form, or nothing at all
(`actions.py` has the list). A line break in a value would be the next action.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

GREETING = "Asterisk Call Manager/"
LONGEST_LINE = 16 * 1024  # bytes; what is longer is cut there
MOST_LINES = 1000  # of one message
LONGEST_SENT = 1000  # bytes of a line; Asterisk refuses one of 1,024


@dataclass(frozen=True, slots=True)
class Message:
    """One message. Keys are in lower case; of one that comes more than once `get` has the first, `all` every one."""

    pairs: tuple[tuple[str, str], ...]
    _first: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for key, value in self.pairs:
            self._first.setdefault(key, value)

    def get(self, key: str, default: str = "") -> str:
        return self._first.get(key, default)

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]

    def __contains__(self, key: str) -> bool:
        return key in self._first

    @property
    def event(self) -> str:
        """Its name as Asterisk writes it, `DialEnd`; empty for an answer."""
        return self.get("event")

    @property
    def is_answer(self) -> bool:
        return "response" in self._first and "event" not in self._first  # `OriginateResponse` has both

    @property
    def action_id(self) -> str:
        return self.get("actionid")

    @property
    def succeeded(self) -> bool:
        """Of an answer: whether the action was accepted, which is not that it came about."""
        return self.get("response").lower() in ("success", "goodbye")


class Decoder:
    """Takes bytes as they come, in whatever pieces, and hands out what is whole.

    `version` is what the greeting says (`1.3`, `13.0.0`), empty until it came. `cut` counts lines and messages that
    were longer than anything Asterisk writes, and were shortened.
    """

    def __init__(self) -> None:
        self.version = ""
        self.cut = 0
        self._rest = b""
        self._skipping = False  # the end of a line that was cut
        self._pairs: list[tuple[str, str]] = []

    @property
    def waiting(self) -> int:
        """Bytes of a message that is not whole yet."""
        return len(self._rest) + sum(len(key) + len(value) for key, value in self._pairs)

    def feed(self, data: bytes) -> list[Message]:
        """The messages that these bytes end."""
        *lines, rest = (self._rest + data).split(b"\n")
        if len(rest) > LONGEST_LINE:
            lines.append(rest[:LONGEST_LINE])
            rest, skip = b"", True
        else:
            skip = False
        found = []
        for number, line in enumerate(lines):
            if self._skipping:  # what follows a cut belongs to the line that was cut
                self._skipping = False
                continue
            if skip and number == len(lines) - 1:
                self.cut += 1
            if message := self._take(line.removesuffix(b"\r")[:LONGEST_LINE]):
                found.append(message)
        self._rest, self._skipping = rest, self._skipping or skip
        return found

    def _take(self, line: bytes) -> Message | None:
        text = _text(line)
        if not self.version and text.startswith(GREETING):
            self.version = text.removeprefix(GREETING).strip()
            return None
        if not text:
            pairs, self._pairs = self._pairs, []
            return Message(tuple(pairs)) if pairs else None
        if len(self._pairs) < MOST_LINES:
            key, colon, value = text.partition(":")
            self._pairs.append((key.strip().lower(), value.removeprefix(" ")) if colon else ("", text))
        elif len(self._pairs) == MOST_LINES:
            self._pairs.append(("", ""))
            self.cut += 1
        return None


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


class NotSendable(ValueError):
    """An action or a value that never goes out; the message names the header, and not what stood in it."""


def encode(pairs: Iterable[tuple[str, str]]) -> bytes:
    """The bytes of one message. Raises NotSendable where a line would break, or be longer than Asterisk reads."""
    lines = []
    for key, value in pairs:
        line = f"{key}: {value}"
        if not key.isascii() or not key.isalnum() or not value.isprintable():  # no printable character ends a line
            raise NotSendable(key)
        if len(encoded := line.encode()) > LONGEST_SENT:
            raise NotSendable(key)
        lines.append(encoded)
    if not lines:
        raise NotSendable("Action")
    return b"\r\n".join([*lines, b"", b""])
