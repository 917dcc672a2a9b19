"""What the pages of several stories ask of a campaign: the one of their address, its name, agents to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format

from agents.access import signed_in_user
from agents.models import Agent, User
from campaigns.models import Campaign
from campaigns.month.periods import PeriodNotUnderstood, parse_period


def campaign_at(request: HttpRequest, period: str) -> Campaign:
    """The campaign of the address, or 404."""
    try:
        month = parse_period(period)
    except PeriodNotUnderstood:
        raise Http404 from None
    return get_object_or_404(Campaign.objects.visible_to(signed_in_user(request)), period=month)


def month_asked(request: HttpRequest, months: Sequence[Campaign]) -> Campaign | None:
    """The month of the address among `months`, the newest first; none for «all».

    Without one it is the newest that was launched: of a month that is only proposed nothing was promised, and what was
    is still looked after.
    """
    if "month" in request.GET:
        try:
            period = parse_period(request.GET["month"])
        except PeriodNotUnderstood:
            return None
        return next((month for month in months if month.period == period), None)
    known = [month for month in months if month.state != Campaign.State.EXPECTED]
    launched = [month for month in known if month.launched_at is not None]
    return next(iter(launched or known), None)


def agent_choices(user: User, wanted: list[int]) -> list[tuple[int, str]]:
    """Agents for a filter, by name."""
    found = Agent.objects.visible_to(user).names()  # of all: so many keys in a statement cost more than their names
    return sorted(((pk, found[pk]) for pk in wanted if pk in found), key=itemgetter(1))


def month_name(campaign: Campaign) -> str:
    """`Diciembre 2026`."""
    return date_format(campaign.period, "F Y").capitalize()
