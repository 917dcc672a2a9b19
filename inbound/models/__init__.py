"""Nouns of the inbound lines."""

from inbound.models.content import Content
from inbound.models.limits import RepairLimit, WatchedRepair
from inbound.models.lines import FlowDraft, FlowKind, FlowVersion, ServiceLine
from inbound.models.outside import LimitGivenBack, OutsideSystem, OutsideWrite, OutsideWriteChange, ReservedSearch
from inbound.models.people import PersonInCharge
from inbound.models.walks import Footstep, Walk

__all__ = [
    "Content",
    "FlowDraft",
    "FlowKind",
    "FlowVersion",
    "Footstep",
    "LimitGivenBack",
    "OutsideSystem",
    "OutsideWrite",
    "OutsideWriteChange",
    "PersonInCharge",
    "RepairLimit",
    "ReservedSearch",
    "ServiceLine",
    "Walk",
    "WatchedRepair",
]
