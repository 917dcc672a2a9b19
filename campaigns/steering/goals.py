"""What a month and each of its agents are to reach, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.figures.figures import Figures
from campaigns.figures.filters import Only
from campaigns.figures.measuring import NOTHING
from campaigns.figures.openings import Openings
from campaigns.models import AssignmentShare, Campaign, Goal, Unit
from campaigns.month.lifecycle import CampaignRefused
from screens.templatetags.screens import figure


@dataclass(frozen=True)
class Wanted:
    """What a form asks for; of `agent_id` None, the whole month. None: nothing."""

    agent_id: int | None
    services_paid: int | None
    contacted: int | None


@dataclass(frozen=True)
class Progress:
    """One goal against reality. `a_day` is what is still needed on each day of calls that is left, rounded up.

    `there`: of how many it is a part, None while that is not counted. `of_month`: the goal of the whole month.
    """

    done: int
    goal: int | None
    days_left: int
    there: int | None = None
    of_month: int | None = None

    @property
    def odd(self) -> str:
        """That it asks for more than there is, or than the whole month is to reach; '' when it does not.

        Told and not refused: contacts change hands, and a goal may be set before they do.
        """
        if self.goal is None:
            return ""
        if self.there is not None and self.goal > max(self.there, self.done):
            return _("pasa de lo que hay: %(n)s") % {"n": figure(self.there)}
        if self.of_month is not None and self.goal > self.of_month:
            return _("pasa de la meta del mes: %(n)s") % {"n": figure(self.of_month)}
        return ""

    @property
    def missing(self) -> int | None:
        return None if self.goal is None else max(0, self.goal - self.done)

    @property
    def a_day(self) -> int | None:
        """None without a goal, or without a day left to reach it."""
        return ceil(self.missing / self.days_left) if self.missing is not None and self.days_left else None


@dataclass(frozen=True)
class GoalRow:
    """The month (`agent_id` None) or an agent."""

    agent_id: int | None
    name: str
    assigned: int
    services_paid: Progress
    contacted: Progress

    @property
    def odd(self) -> list[str]:
        """What of its goals is more than there is, by name."""
        words = {_("servicios"): self.services_paid.odd, _("contactados"): self.contacted.odd}
        return [f"{self.name}, {unit}: {said}" for unit, said in words.items() if said]

    def leads(self, opens: Openings) -> dict[str, str]:
        """Where its figures lead; '' where there is nothing."""
        only = Only(agent=self.agent_id)
        return {
            "assigned": opens.assigned(self.agent_id) if self.assigned else "",
            "services_paid": opens.figure("paid_after_contact", unit=Unit.SERVICE, only=only)
            if self.services_paid.done
            else "",
            "contacted": opens.figure("contacted", only=only) if self.contacted.done else "",
        }


def check_can_set(campaign: Campaign) -> None:
    """Raise CampaignRefused unless the month has agents and is not over."""
    if campaign.state == Campaign.State.EXPECTED:
        raise CampaignRefused(_("La campaña todavía espera su reporte."))
    if campaign.state == Campaign.State.CLOSED:
        raise CampaignRefused(_("La campaña ya está cerrada: sus metas quedan como estaban."))


def set_goals(*, campaign: Campaign, wanted: Iterable[Wanted]) -> int:
    """Keep what is asked of the month and of its agents; how many goals changed. Raises CampaignRefused.

    The audit keeps what stood before, and who changed it.
    """
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        check_can_set(locked)
        standing = {goal.agent_id: goal for goal in Goal.objects.filter(campaign=locked)}
        changed = 0
        for one in wanted:
            goal = standing.get(one.agent_id) or Goal(campaign=locked, agent_id=one.agent_id)
            if (goal.services_paid, goal.contacted) == (one.services_paid, one.contacted):
                continue
            goal.services_paid, goal.contacted = one.services_paid, one.contacted
            if one.services_paid is None and one.contacted is None:
                goal.delete()
            else:
                goal.save()
            changed += 1
    return changed


def read_goals(*, campaign: Campaign, figures: Figures, days_left: int) -> list[GoalRow]:
    """The month first, then its agents by name: those of the assignment, and whoever has work or a goal besides."""
    goals = {goal.agent_id: goal for goal in Goal.objects.filter(campaign=campaign)}
    lines = {line.agent: line for line in figures.by_agent if line.agent is not None}
    shares = AssignmentShare.objects.filter(campaign=campaign, is_included=True).values_list("agent_id", flat=True)
    there = {*shares, *lines, *(agent for agent in goals if agent is not None)}
    agents = Agent.objects.filter(pk__in=there).select_related("user")
    month, is_counted = goals.get(None), figures.counted_at is not None
    whole = Progress(
        figures.services.paid_after_contact, month.services_paid if month else None, days_left,
        there=figures.services.items if is_counted else None,
    ), Progress(
        figures.contacts.contacted, month.contacted if month else None, days_left,
        there=figures.contacts.items if is_counted else None,
    )  # fmt: skip
    rows = [GoalRow(None, _("Todo el mes"), figures.contacts.assigned, *whole)]
    for agent in sorted(agents, key=lambda one: (str(one), one.pk)):
        line, goal = lines.get(agent.pk), goals.get(agent.pk)
        contacts, services = (line.contacts, line.services) if line else (NOTHING, NOTHING)
        own = Progress(
            services.paid_after_contact, goal.services_paid if goal else None, days_left,
            there=services.assigned if is_counted else None, of_month=whole[0].goal,
        ), Progress(
            contacts.contacted, goal.contacted if goal else None, days_left,
            there=contacts.assigned if is_counted else None, of_month=whole[1].goal,
        )  # fmt: skip
        rows.append(GoalRow(agent.pk, str(agent), contacts.assigned, *own))
    return rows
