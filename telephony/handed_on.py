"""Callers who were handed over: until they speak with somebody else, wait in another queue or go away."""

from __future__ import annotations

from collections.abc import Iterator

from telephony.bridges import Bridges
from telephony.events import Event, HungUp, Leg
from telephony.models import QueueCall


class HandedOn:
    """Of one switchboard, since its link began."""

    def __init__(self) -> None:
        self._bridges = Bridges()
        self._calls: dict[str, QueueCall] = {}  # over, by the uid of the caller

    def add(self, call: QueueCall) -> None:
        """Its caller goes on without who answered it."""
        self._calls[call.uid] = call

    def forget(self, uid: str) -> None:
        """She is followed no further."""
        self._calls.pop(uid, None)

    def take(self, event: Event) -> Iterator[QueueCall]:
        """The calls whose callers are in a bridge with somebody from this event on."""
        if came := self._bridges.take(event):
            for uid in {came, *(leg.uid for leg in self._bridges.beside(came))} & self._calls.keys():
                yield self._calls[uid]
        if isinstance(event, HungUp):
            self.forget(event.leg.uid)

    def met_by(self, uid: str) -> list[Leg]:
        """Whom this telephone has spoken with and who is left alone by it."""
        return self._bridges.met_by(uid)

    def others_beside(self, call: QueueCall) -> list[Leg]:
        """Who speaks with its caller, but for the telephone she was handed over from."""
        return [leg for leg in self._bridges.beside(call.uid) if leg.uid != call.agent_uid]
