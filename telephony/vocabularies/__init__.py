"""What each generation of Asterisk calls things, and what we call them.

Asterisk 11 (Elastix 2.5 and 4) greets with 1.x and says `Dial`, `Bridge`, `Join`; from 12 on (Issabel, FreePBX 13) it
greets with 2 and more and says `DialBegin`, `BridgeEnter`, `QueueCallerJoin`. The greeting alone tells which it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from telephony.ami import Message
from telephony.events import Event
from telephony.vocabularies import asterisk_11, newer
from telephony.vocabularies.shared import Reader


class Vocabulary:
    """Reads the events of one switchboard; `unknown` counts those nobody here needs, by their name."""

    def __init__(self, version: str) -> None:
        self.is_older = version.split(".")[0] in ("0", "1")
        self.unknown: Counter[str] = Counter()
        self._readers: Mapping[str, Reader] = asterisk_11.READERS if self.is_older else newer.READERS

    def read(self, message: Message) -> tuple[Event, ...]:
        """What happened; nothing for what is no event, or of no interest, or lacks what it is about."""
        name = message.event
        reader = self._readers.get(name.lower())
        if reader is None:
            if name:
                self.unknown[name[:40]] += 1
            return ()
        found = reader(message)
        return found if isinstance(found, tuple) else (found,) if found else ()
