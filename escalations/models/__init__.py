"""What needs a supervisor: kinds of it, cards, their history and calls, and the units that are written to."""

from escalations.models.calls import EscalationCall
from escalations.models.cards import Change, Escalation
from escalations.models.kinds import Kind, kind_label
from escalations.models.own import Mention, SavedFilter
from escalations.models.units import Letter, Unit, UnitAddress

__all__ = [
    "Change", "Escalation", "EscalationCall", "Kind", "Letter", "Mention", "SavedFilter", "Unit", "UnitAddress",
    "kind_label",
]  # fmt: skip
