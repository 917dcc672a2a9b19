"""The Manager Interface on the wire, from the switchboard's side: bytes to actions, and what it says to bytes.

As patient as Asterisk: lines end in LF too, header names come in any case, an action in any pieces. As strict as it: a
line of 1,024 bytes and a message of more than 128 headers are refused, and the connection lives on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

LONGEST_LINE = 1024  # bytes, its end with it
MOST_HEADERS = 128

Said = list[tuple[str, str]]  # one message of the switchboard: its headers in their order


@dataclass
class Action:
    """What a client asks for. `fault`: why it cannot be understood, empty if it can."""

    headers: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""

    def get(self, name: str, default: str = "") -> str:
        """The first value of a header, by its name in lower case."""
        return next((value for key, value in self.headers if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def name(self) -> str:
        return self.get("action")


class Reader:
    """Takes bytes as they come and hands out the actions that are whole."""

    def __init__(self) -> None:
        self._rest, self._action = b"", Action()

    def feed(self, data: bytes) -> list[Action]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:  # it goes on without an end: what has come of it is dropped
            self._rest, self._action.fault = self._rest[:1], "Failed to parse message: line too long"
        found = []
        for line in lines:
            text = line.removesuffix(b"\r")
            if not text:
                found.append(self._action)
                self._action = Action()
            elif len(line) >= LONGEST_LINE:
                self._action.fault = "Failed to parse message: line too long"
            elif len(self._action.headers) >= MOST_HEADERS:
                self._action.fault = "Too many lines in message or allocation failure"
            else:
                name, _colon, value = text.decode(errors="replace").partition(":")
                self._action.headers.append((name.strip().lower(), value.strip()))
        return found


def encode(said: Iterable[tuple[str, str]], *, charset: str = "utf-8") -> bytes:
    """The bytes of one message; what the charset has not becomes a question mark."""
    return "".join(f"{name}: {value}\r\n" for name, value in said).encode(charset, errors="replace") + b"\r\n"
