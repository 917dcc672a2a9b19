"""The telephone system: switchboards and what belongs to them, the link that is held, seats, calls."""

from telephony.models.calls import OutgoingCall
from telephony.models.devices import HeardDevice, Trunk
from telephony.models.links import HeardEvent, Listening
from telephony.models.monitoring import Monitoring
from telephony.models.orders import CallOrder
from telephony.models.queue_calls import QueueCall, QueueRing
from telephony.models.queue_log import ChangedDay, LogFile, LoggedLine, LoggedVisit, LogLook, LogSource
from telephony.models.seats import Seat, SupervisorSeat
from telephony.models.switchboards import Extension, Switchboard

__all__ = [
    "CallOrder",
    "ChangedDay",
    "Extension",
    "HeardDevice",
    "HeardEvent",
    "Listening",
    "LogFile",
    "LoggedLine",
    "LogLook",
    "LogSource",
    "LoggedVisit",
    "Monitoring",
    "OutgoingCall",
    "QueueCall",
    "QueueRing",
    "Seat",
    "SupervisorSeat",
    "Switchboard",
    "Trunk",
]
