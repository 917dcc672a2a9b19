"""Who takes part in a campaign: agents on duty, with what share of it and of which lists."""

from __future__ import annotations

from collections.abc import Sequence

from agents.models import Agent
from campaigns.assignment.quotas import Taker
from campaigns.models import AssignmentShare, Campaign
from campaigns.models.contacts import CallList


def takers_of(campaign: Campaign) -> list[Taker]:
    """The agents on duty who take part, with their weight and lists; shares are made for those who have none."""
    on_duty = list(Agent.objects.on_duty().prefetch_related("skills"))
    have = set(AssignmentShare.objects.filter(campaign=campaign).values_list("agent_id", flat=True))
    missing = [share_by_skill(campaign, agent) for agent in on_duty if agent.pk not in have]
    AssignmentShare.objects.bulk_create(missing, ignore_conflicts=True)
    shares = AssignmentShare.objects.filter(
        campaign=campaign, is_included=True, agent__is_on_duty=True, agent__user__is_active=True
    ).order_by("agent_id")
    return [Taker(share.agent_id, share.weight, lists_of(share)) for share in shares]


def lists_of(share: AssignmentShare) -> frozenset[str]:
    """The lists an agent works by services; the list of both needs both."""
    lists = set()
    if share.takes_internet:
        lists.add(CallList.INTERNET.value)
    if share.takes_tv:
        lists.add(CallList.TV.value)
    if len(lists) == 2:
        lists.add(CallList.BOTH.value)
    return frozenset(lists)


def takers_among(campaign: Campaign, agents: Sequence[Agent]) -> list[Taker]:
    """These agents with their share of the campaign, or with their own weight and skills when they have none."""
    shares = {share.agent_id: share for share in AssignmentShare.objects.filter(campaign=campaign, agent__in=agents)}
    takers = []
    for agent in agents:
        share = shares.get(agent.pk) or share_by_skill(campaign, agent)
        takers.append(Taker(agent.pk, share.weight, lists_of(share)))
    return takers


def share_by_skill(campaign: Campaign, agent: Agent) -> AssignmentShare:
    """The share somebody has before the supervisor changes it; not saved."""
    codes = {skill.code for skill in agent.skills.all()}
    return AssignmentShare(
        campaign=campaign,
        agent=agent,
        weight=agent.weight,
        takes_internet="INTERNET" in codes,
        takes_tv="TV" in codes,
    )
