"""Nouns of the month of prepaid, by story: policy, reports, the campaign, contacts, calls, payments, figures."""

from campaigns.models.calls import Attempt, CallBack, PaymentPromise
from campaigns.models.campaign import Campaign, CampaignChange, DealShare, Reassignment
from campaigns.models.contacts import (
    Contact,
    ListEntry,
    Renewal,
    RetiredTelephone,
    Service,
)
from campaigns.models.figures import DayFigure, FigureCell, FigureRefresh, Seal
from campaigns.models.payments import Receipt, RenewalPayment
from campaigns.models.policy import CallingPolicy, CallingWindow, Disposition, DoNotCall
from campaigns.models.reports import (
    ColumnAlias,
    RejectedRow,
    Report,
    ReportKind,
    ReportSource,
)

__all__ = [
    "Attempt",
    "CallBack",
    "CallingPolicy",
    "CallingWindow",
    "Campaign",
    "CampaignChange",
    "ColumnAlias",
    "Contact",
    "DayFigure",
    "DealShare",
    "Disposition",
    "DoNotCall",
    "FigureCell",
    "FigureRefresh",
    "ListEntry",
    "PaymentPromise",
    "Reassignment",
    "Receipt",
    "RejectedRow",
    "Renewal",
    "RenewalPayment",
    "Report",
    "ReportKind",
    "ReportSource",
    "RetiredTelephone",
    "Seal",
    "Service",
]
