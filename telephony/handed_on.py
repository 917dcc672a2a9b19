"""Callers who were handed over: until they speak with somebody else, wait in another queue or go away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from telephony.bridges import Bridges
from telephony.events import Event, Leg
from telephony.models import QueueCall

Follow = QueueCall.Follow


class HandedOn:
    """Of one switchboard. Who is to be heard stands on her row: a link that is lost, and whoever takes over, forget her
    not.
    """

    def __init__(self) -> None:
        self._bridges = Bridges()
        self._calls: dict[str, QueueCall] = {}  # over, by the uid of the caller
        self._heard: set[str] = set()  # callers with whom somebody spoke since

    def read(self, switchboard_id: int) -> None:
        """Begin with what the rows say."""
        followed = QueueCall.objects.filter(switchboard=switchboard_id).exclude(follows="").select_related("agent")
        self._calls = {call.uid: call for call in followed.order_by("ended_at")}

    def add(self, call: QueueCall) -> None:
        """Its caller goes on without who answered it."""
        self._calls[call.uid] = call
        self._heard.discard(call.uid)
        self._note(call.uid, Follow.ON)

    def of(self, uid: str) -> QueueCall | None:
        """The call of a caller who was handed over and is still followed."""
        return self._calls.get(uid)

    def unheard(self) -> Sequence[QueueCall]:
        """Those with whose callers nobody is known to have spoken."""
        return [call for uid, call in self._calls.items() if uid not in self._heard]

    def is_to_be_heard(self, uid: str) -> None:
        """A telephone rings for her, or was to: she does not speak with a machine."""
        if uid not in self._heard:
            self._note(uid, Follow.RINGS)

    def was_heard(self, uid: str) -> None:
        """Whoever she was handed over to is known to speak with her."""
        self._heard.add(uid)
        self._note(uid, "")

    def is_heard(self, uid: str) -> bool:
        """Whether somebody has spoken with her since she was handed over."""
        return uid in self._heard

    def forget(self, uid: str) -> bool:
        """She is followed no further. Returns whether she was to speak with somebody, and nobody did."""
        call = self._calls.get(uid)
        is_unheard = call is not None and call.follows == Follow.RINGS
        self._note(uid, "")
        self._calls.pop(uid, None)
        self._heard.discard(uid)
        return is_unheard

    def take(self, event: Event) -> Iterator[QueueCall]:
        """The calls whose callers are in a bridge with somebody from this event on."""
        if came := self._bridges.take(event):
            for uid in {came, *(leg.uid for leg in self._bridges.beside(came))} & self._calls.keys():
                if self.others_beside(self._calls[uid]):
                    self.was_heard(uid)
                yield self._calls[uid]

    def met_by(self, uid: str) -> list[Leg]:
        """Whom this telephone has spoken with and who is left alone by it."""
        return self._bridges.met_by(uid)

    def others_beside(self, call: QueueCall) -> list[Leg]:
        """Who speaks with its caller, but for the telephone she was handed over from."""
        return [leg for leg in self._bridges.beside(call.uid) if leg.uid != call.agent_uid]

    def _note(self, uid: str, follows: str) -> None:
        call = self._calls.get(uid)
        if call is not None and call.follows != follows:
            call.follows = follows
            call.save(update_fields=["follows"])
