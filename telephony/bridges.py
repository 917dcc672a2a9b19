"""Who speaks with whom, and spoke: the channels of each bridge, as a switchboard tells of them."""

from __future__ import annotations

from telephony.events import Event, HungUp, Joined, Leg, Parted


class Bridges:
    """Of one switchboard, since the link began: of what was bridged before nobody has told."""

    def __init__(self) -> None:
        self._where: dict[str, tuple[str, Leg]] = {}  # by the channel's uid
        self._met: dict[str, dict[str, Leg]] = {}  # by it too: whom it has spoken with, the last one last

    def take(self, event: Event) -> str:
        """Follow it. Returns the channel that is in a bridge from now on, or nothing."""
        match event:
            case Joined(bridge, leg):
                self._where[leg.uid] = bridge, leg
                for other in self.beside(leg.uid):
                    self._meet(leg, other)
                    self._meet(other, leg)
                return leg.uid
            case Parted(bridge, leg):
                if self._where.get(leg.uid, ("", leg))[0] == bridge:
                    del self._where[leg.uid]
            case HungUp(leg):
                self._where.pop(leg.uid, None)
                for uid in self._met.pop(leg.uid, {}):
                    self._met[uid].pop(leg.uid, None)
        return ""

    def beside(self, uid: str) -> list[Leg]:
        """The other channels of its bridge."""
        here = self._where.get(uid, ("", None))[0]
        return [leg for other, (bridge, leg) in self._where.items() if here and bridge == here and other != uid]

    def met_by(self, uid: str) -> list[Leg]:
        """Whom it has spoken with and who is still there and speaks with nobody, the last one first."""
        met = [*self._met[uid].values()] if uid in self._met else []
        return [leg for leg in reversed(met) if not self.beside(leg.uid)]

    def _meet(self, one: Leg, other: Leg) -> None:
        met = self._met.setdefault(one.uid, {})
        met.pop(other.uid, None)
        met[other.uid] = other
