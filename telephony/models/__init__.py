"""The telephone system: switchboards and what belongs to them, the link that is held, calls."""

from telephony.models.calls import OutgoingCall
from telephony.models.links import HeardEvent, Listening
from telephony.models.switchboards import Extension, Switchboard

__all__ = ["Extension", "HeardEvent", "Listening", "OutgoingCall", "Switchboard"]
