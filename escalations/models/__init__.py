"""What needs a supervisor: kinds of it, cards, their history, and the units that are written to."""

from escalations.models.cards import Change, Escalation
from escalations.models.kinds import EscalationKind, Kind
from escalations.models.units import Letter, Unit, UnitAddress

__all__ = ["Change", "Escalation", "EscalationKind", "Kind", "Letter", "Unit", "UnitAddress"]
