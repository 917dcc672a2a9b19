"""Nouns of the month of prepaid, by story: policy, reports, the campaign, contacts, calls, payments, figures."""

from campaigns.models.calls import Attempt, CallBack, DeskDraft, PaymentPromise
from campaigns.models.campaign import AssignmentShare, Campaign, CampaignChange, ReassignedContact, Reassignment
from campaigns.models.contacts import (
    CallList,
    Contact,
    ContactChange,
    ListEntry,
    Renewal,
    RetiredTelephone,
    Service,
)
from campaigns.models.errands import Errand, ErrandKind
from campaigns.models.exports import ListExport
from campaigns.models.figures import (
    AgentDay,
    AttemptFigure,
    ChangedRows,
    Cut,
    DayFigure,
    FigureCell,
    FigureRefresh,
    Goal,
    HourFigure,
    LeftFigure,
    PatternRefresh,
    Seal,
    Unit,
)
from campaigns.models.payments import Receipt, Refund, RenewalPayment
from campaigns.models.policy import CallingPolicy, CallingWindow, Disposition, DoNotCall
from campaigns.models.reports import (
    HeldFor,
    RejectedRow,
    Report,
    ReportDifference,
    ReportWithdrawal,
)
from campaigns.models.sources import ColumnAlias, ReportKind, ReportSource, SeenFile

__all__ = [
    "AgentDay",
    "Attempt",
    "AttemptFigure",
    "CallBack",
    "CallList",
    "CallingPolicy",
    "CallingWindow",
    "Campaign",
    "CampaignChange",
    "ChangedRows",
    "ColumnAlias",
    "Contact",
    "ContactChange",
    "Cut",
    "DayFigure",
    "AssignmentShare",
    "DeskDraft",
    "Disposition",
    "DoNotCall",
    "Errand",
    "ErrandKind",
    "FigureCell",
    "FigureRefresh",
    "Goal",
    "HeldFor",
    "HourFigure",
    "LeftFigure",
    "ListEntry",
    "ListExport",
    "PatternRefresh",
    "PaymentPromise",
    "ReassignedContact",
    "Reassignment",
    "Receipt",
    "RejectedRow",
    "Renewal",
    "Refund",
    "RenewalPayment",
    "Report",
    "ReportDifference",
    "ReportKind",
    "ReportSource",
    "ReportWithdrawal",
    "RetiredTelephone",
    "Seal",
    "SeenFile",
    "Service",
    "Unit",
]
