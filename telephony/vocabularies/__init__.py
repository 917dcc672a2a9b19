"""What each generation of Asterisk calls things, and what we call them.

Asterisk 11 (Elastix 2.5 and 4) greets with 1.x and says `Dial`, `Bridge`, `Join`; from 12 on (Issabel, FreePBX 13) it
greets with 2 and more and says `DialBegin`, `BridgeEnter`, `QueueCallerJoin`. The greeting alone tells which it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from telephony.ami import Message
from telephony.events import DeviceSeen, Event
from telephony.vocabularies import asterisk_11, newer
from telephony.vocabularies.shared import Reader


class Vocabulary:
    """Reads the events of one switchboard, over one link; `unknown` counts those nobody here needs, by their name."""

    def __init__(self, version: str) -> None:
        self.is_older = version.split(".")[0] in ("0", "1")
        self.unknown: Counter[str] = Counter()
        self._devices: dict[str, bool] = {}  # whether each can be had, as it was told last
        self._readers: Mapping[str, Reader] = asterisk_11.READERS if self.is_older else newer.READERS

    @property
    def asks_for_devices(self) -> str:
        """The action that lists telephones and trunks."""
        return "SIPpeers" if self.is_older else "DeviceStateList"

    def read(self, message: Message) -> tuple[Event, ...]:
        """What happened; nothing for what is no event, or of no interest, or lacks what it is about."""
        name = message.event
        reader = self._readers.get(name.lower())
        if reader is None:
            if name:
                self.unknown[name[:40]] += 1
            return ()
        found = reader(message)
        if isinstance(found, DeviceSeen) and self._is_known(found):
            return ()
        return found if isinstance(found, tuple) else (found,) if found else ()

    def _is_known(self, found: DeviceSeen) -> bool:
        """Whether the same was told of it last: with each call the state of a device is told several times."""
        known = self._devices.get(found.device) == found.is_there
        self._devices[found.device] = found.is_there
        return known
