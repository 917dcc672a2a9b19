"""Recordings of a real Asterisk, as messages: `samples/README.md` says where they are from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from telephony.ami import Decoder, Message

SAMPLES = Path(__file__).parent / "samples"
LINE = re.compile(r"\[ *[\d.]+\] (<<<|>>>|---) ?(.*)")


@dataclass
class Recording:
    """What a switchboard said on one connection, and the actions it was asked for, header by header."""

    version: str = ""
    messages: list[Message] = field(default_factory=list)
    actions: list[dict[str, str]] = field(default_factory=list)

    def asked(self, action: str) -> list[dict[str, str]]:
        return [one for one in self.actions if one.get("Action") == action]


@lru_cache
def recording(name: str) -> Recording:
    """By the name of its file, `c2c-customer-busy`."""
    read, decoder, asking = Recording(), Decoder(), dict[str, str]()
    for line in (SAMPLES / "transcripts" / f"ami-{name}.txt").read_text().splitlines():
        if not (found := LINE.match(line)):
            continue
        if found[1] == "<<<":
            read.messages += decoder.feed(found[2].encode() + b"\r\n")
        elif found[1] == ">>>" and found[2]:
            key, _, value = found[2].partition(": ")
            asking[key] = value
        elif found[1] == ">>>" and asking:
            read.actions.append(asking)
            asking = {}
    read.version = decoder.version
    return read


def all_names(prefix: str) -> list[str]:
    return sorted(path.stem.removeprefix("ami-") for path in (SAMPLES / "transcripts").glob(f"ami-{prefix}*.txt"))
