"""Nouns of who works here, by story: people, what they are doing, personal data that left their page, the audit."""

from agents.models.accounts import AccountEvent, AccountEventSeen, AccountSeen, PowerRequest
from agents.models.audit import AuditDigest, AuditRemoval, FactChange, StrangersTold, StrangeWrite
from agents.models.data_policy import DataPolicy, LegalHold, RemovalRun
from agents.models.disclosures import Disclosure
from agents.models.messages import AgentMessage
from agents.models.people import Agent, AgentQuerySet, CodeTries, FirstEntry, Role, Skill, Team, User
from agents.models.searches import Search
from agents.models.states import AgentState, By, PauseReason, Shift, StatePolicy, StretchQuestion

__all__ = [
    "AccountEvent",
    "AccountEventSeen",
    "AccountSeen",
    "Agent",
    "AgentMessage",
    "AgentQuerySet",
    "AgentState",
    "AuditDigest",
    "AuditRemoval",
    "By",
    "CodeTries",
    "DataPolicy",
    "Disclosure",
    "FactChange",
    "FirstEntry",
    "LegalHold",
    "PauseReason",
    "PowerRequest",
    "RemovalRun",
    "Role",
    "Search",
    "Shift",
    "Skill",
    "StatePolicy",
    "StrangeWrite",
    "StrangersTold",
    "StretchQuestion",
    "Team",
    "User",
]
