"""What a supervisor sees before the launch: the report, the lists, everybody's part, and whether the time is enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.assignment.assigning import unassigned_words
from campaigns.assignment.capacity import Part, Plan, plan_of
from campaigns.models import AssignmentShare, Campaign, RejectedRow, Report, ReportKind
from campaigns.models.contacts import CallList
from campaigns.month.periods import write_period

BY_NAME = ("agent__user__first_name", "agent__user__last_name", "agent_id")
STATES = ("open", "held_out", "not_callable", "paid")  # of a contact before the launch, each a column


@dataclass
class ListRow:
    """One list: how many contacts there are of each state."""

    label: str
    address: str  # of the list of contacts
    name: str = ""  # of the list; '' all of them
    open: int = 0
    held_out: int = 0
    not_callable: int = 0
    paid: int = 0
    part: Part | None = None

    @property
    def total(self) -> int:
        return self.open + self.held_out + self.not_callable + self.paid

    @property
    def opens(self) -> dict[str, str]:
        """Where each number leads: to the contacts it counts."""
        asked = {"total": {"figure": "items"}, **{state: {"state": state} for state in STATES}}
        kept = {"list": self.name} if self.name else {}
        return {
            column: f"{self.address}?{urlencode({**narrowed, **kept})}" if getattr(self, column) else ""
            for column, narrowed in asked.items()
        }


@dataclass
class ShareRow:
    """One agent's part of the assignment."""

    share: AssignmentShare
    on_duty: bool
    address: str  # of the list of contacts
    by_list: dict[str, int] = field(default_factory=dict)
    part: Part | None = None

    @property
    def total(self) -> int:
        return sum(self.by_list.values())

    @property
    def lists(self) -> list[tuple[int, str]]:
        """Contacts by list, in the order of the columns, and where each number leads."""
        return [(self.by_list.get(name, 0), self._opens(self.by_list.get(name, 0), name)) for name in CallList.values]

    @property
    def opens(self) -> str:
        """Where the total leads."""
        return self._opens(self.total)

    def _opens(self, number: int, call_list: str = "") -> str:
        asked = {"state": "open", "agent": str(self.share.agent_id), **({"list": call_list} if call_list else {})}
        return f"{self.address}?{urlencode(asked)}" if number else ""


@dataclass
class Proposal:
    """Everything of the proposal page that is read."""

    report: Report | None
    rejected_waiting: int
    lists: list[ListRow]
    shares: list[ShareRow]
    plan: Plan
    warnings: list[str]
    total: ListRow

    @property
    def assigned(self) -> int:
        return sum(row.total for row in self.shares)


def proposal_of(*, campaign: Campaign, now: datetime) -> Proposal:
    """Read the proposal of a campaign as it is assigned now."""
    report = (
        Report.objects.filter(kind=ReportKind.CCVP, period=campaign.period, state=Report.State.PUBLISHED)
        .order_by("-published_at")
        .first()
    )
    rejected = RejectedRow.objects.filter(report=report, state=RejectedRow.State.WAITING).count() if report else 0
    plan = plan_of(campaign=campaign, now=now)
    address = reverse("campaigns:contact_list", args=[write_period(campaign.period)])
    lists = {
        name: ListRow(str(CallList(name).label), address, name, part=plan.by_list.get(name)) for name in CallList.values
    }
    total = ListRow(_("Total"), address)
    shares = {
        share.agent_id: ShareRow(
            share,
            share.agent.is_on_duty and share.agent.user.is_active,
            address,
            part=plan.by_agent.get(share.agent_id),
        )
        for share in AssignmentShare.objects.filter(campaign=campaign).select_related("agent__user").order_by(*BY_NAME)
    }
    unassigned: dict[str, int] = {}
    for owner, name, state, number in _counted(campaign):
        column = state if state in STATES else "open"
        for row in (lists[name], total):
            setattr(row, column, getattr(row, column) + number)
        if state == "open" and owner in shares:
            shares[owner].by_list[name] = shares[owner].by_list.get(name, 0) + number
        elif state == "open":
            unassigned[name] = unassigned.get(name, 0) + number
    return Proposal(
        report=report,
        rejected_waiting=rejected,
        lists=[row for row in lists.values() if row.total],
        shares=list(shares.values()),
        plan=plan,
        warnings=[*unassigned_words(unassigned), *_people_words(shares)],
        total=total,
    )


def _people_words(shares: dict[int, ShareRow]) -> list[str]:
    newcomers = Agent.objects.on_duty().exclude(pk__in=shares).count()
    gone = [row for row in shares.values() if not row.on_duty and row.total]
    words = []
    if newcomers:
        words.append(_("Hay agentes de turno que no están en el reparto: vuelva a repartir para incluirlos."))
    if gone:
        words.append(_("Hay contactos de agentes que ya no están de turno: vuelva a repartir."))
    return words


def _counted(campaign: Campaign) -> list[tuple[int | None, str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT owner_id, call_list, state, count(*) FROM campaigns_listentry
             WHERE campaign_id = %s AND state <> 'gone' GROUP BY owner_id, call_list, state
            """,
            [campaign.pk],
        )
        return list(cursor.fetchall())
