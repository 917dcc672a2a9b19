"""Nouns of the inbound lines."""

from inbound.models.lines import FlowDraft, FlowVersion, ServiceLine
from inbound.models.walks import Footstep, Walk

__all__ = ["FlowDraft", "FlowVersion", "Footstep", "ServiceLine", "Walk"]
