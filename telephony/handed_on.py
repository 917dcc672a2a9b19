"""Callers who were handed over: until they speak with somebody else, wait in another queue or go away."""

from __future__ import annotations

from collections.abc import Iterator

from telephony.bridges import Bridges
from telephony.events import Event, Leg
from telephony.models import QueueCall


class HandedOn:
    """Of one switchboard, since its link began."""

    def __init__(self) -> None:
        self._bridges = Bridges()
        self._calls: dict[str, QueueCall] = {}  # over, by the uid of the caller
        self._rang: set[str] = set()  # callers for whom a telephone rings, or was to
        self._heard: set[str] = set()  # callers with whom somebody spoke since

    def add(self, call: QueueCall) -> None:
        """Its caller goes on without who answered it."""
        self._calls[call.uid] = call
        self._heard.discard(call.uid)
        self._rang.discard(call.uid)

    def of(self, uid: str) -> QueueCall | None:
        """The call of a caller who was handed over and is still followed."""
        return self._calls.get(uid)

    def is_to_be_heard(self, uid: str) -> None:
        """A telephone rings for her, or was to: she does not speak with a machine."""
        self._rang.add(uid)

    def was_heard(self, uid: str) -> None:
        """Whoever she was handed over to is known to speak with her."""
        self._heard.add(uid)

    def is_heard(self, uid: str) -> bool:
        """Whether somebody has spoken with her since she was handed over."""
        return uid in self._heard

    def forget(self, uid: str) -> bool:
        """She is followed no further. Returns whether she was to speak with somebody, and nobody did."""
        is_unheard = uid in self._calls and uid in self._rang - self._heard
        self._calls.pop(uid, None)
        for those in (self._heard, self._rang):
            those.discard(uid)
        return is_unheard

    def take(self, event: Event) -> Iterator[QueueCall]:
        """The calls whose callers are in a bridge with somebody from this event on."""
        if came := self._bridges.take(event):
            for uid in {came, *(leg.uid for leg in self._bridges.beside(came))} & self._calls.keys():
                if self.others_beside(self._calls[uid]):
                    self._heard.add(uid)
                yield self._calls[uid]

    def met_by(self, uid: str) -> list[Leg]:
        """Whom this telephone has spoken with and who is left alone by it."""
        return self._bridges.met_by(uid)

    def others_beside(self, call: QueueCall) -> list[Leg]:
        """Who speaks with its caller, but for the telephone she was handed over from."""
        return [leg for leg in self._bridges.beside(call.uid) if leg.uid != call.agent_uid]
