"""The supervisor's campaign page: what the month comes to so far, agents side by side, its verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from agents.access import asks_by_itself, centre_only, signed_in_user, steering_only
from agents.disclosure import record_export
from campaigns import tasks
from campaigns.assignment.views import proposal
from campaigns.calling.days_left import days_left_in_words
from campaigns.calling.rulebook import read_rules
from campaigns.closing.drifting import drift_of
from campaigns.figures.cells import sum_campaigns
from campaigns.figures.charts import charts_of
from campaigns.figures.figures import Totals, read_figures, read_totals
from campaigns.figures.filters import Only, read_choices
from campaigns.figures.openings import Openings, leads_of_rows, leads_of_totals
from campaigns.figures.sheets import sheets_of
from campaigns.figures.waiting import what_waits
from campaigns.models import Campaign, ErrandKind, Service
from campaigns.month import errands, lifecycle
from campaigns.month.lifecycle import CampaignRefused, Verb
from campaigns.month.on_pages import agent_choices, campaign_at, month_name
from campaigns.month.periods import write_period
from campaigns.month.standing import step_to_here
from campaigns.month.tables import AgentTable, agent_rows
from screens.copies import reads_a_copy
from screens.spreadsheets import workbook_response

State = Campaign.State
BADGES = {
    State.EXPECTED: "calm",
    State.PROPOSED: "info",
    State.RUNNING: "ok",
    State.PAUSED: "warn",
    State.CLOSED: "calm",
}
STEPS = {
    "pause": (lifecycle.pause, gettext_lazy("La campaña quedó en pausa: no se entregan contactos.")),
    "resume": (lifecycle.resume, gettext_lazy("La campaña sigue.")),
}
PARTS = {"detail": "month/_campaign_detail.html", "charts": "figures/_campaign_charts.html"}


@centre_only
@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Every month, the newest first."""
    campaigns = list(Campaign.objects.visible_to(signed_in_user(request)).order_by("-period")[:60])
    totals = sum_campaigns(campaigns=campaigns)
    rows = [
        (
            campaign,
            write_period(campaign.period),
            month_name(campaign),
            totals[campaign.pk],
            BADGES[State(campaign.state)],
        )
        for campaign in campaigns
    ]
    return render(request, "campaigns/month/campaign_list.html", {"rows": rows})


@centre_only
@require_GET
def campaign(request: HttpRequest, period: str) -> HttpResponseBase:
    """The page of a campaign: its proposal before the launch, its figures from then on."""
    campaign = campaign_at(request, period)
    if campaign.state in proposal.BEFORE_LAUNCH:
        return proposal.proposal(request, campaign)
    return render(request, "campaigns/month/campaign.html", _page(request, campaign))


@asks_by_itself
@centre_only
@require_GET
@reads_a_copy
def figures(request: HttpRequest, period: str) -> HttpResponse:
    """What refreshes by itself: the tiles; with `part=detail` charts and tables, with `part=charts` only charts."""
    campaign = campaign_at(request, period)
    asked = request.GET.copy()
    part = PARTS.get(asked.pop("part", [""])[-1])
    request.GET = asked  # type: ignore[assignment]  # the links of the fragment belong to the page's address
    if part is None:
        told = _around(request, campaign, read_totals(campaign=campaign, only=asked_for(request)))
        return render(request, "campaigns/month/_campaign_tiles.html", told)
    return render(request, f"campaigns/{part}", _figures(request, campaign))


@centre_only
@require_POST
def export(request: HttpRequest, period: str) -> HttpResponseBase:
    """The figures as they are filtered, as a workbook."""
    campaign = campaign_at(request, period)
    found = read_figures(campaign=campaign, only=asked_for(request))
    now = timezone.now()
    subject = _("Cifras de %(month)s") % {"month": campaign}
    record_export(user=signed_in_user(request), subject=subject, rows=len(found.by_agent), now=now)
    return workbook_response(f"cifras-{write_period(campaign.period)}", sheets_of(found), today=timezone.localdate(now))


@steering_only
@require_POST
def step(request: HttpRequest, period: str, verb: str) -> HttpResponseBase:
    """Pause or resume."""
    campaign = campaign_at(request, period)
    if verb not in STEPS:
        raise Http404
    take, said = STEPS[verb]
    try:
        take(campaign=campaign, by=signed_in_user(request), now=timezone.now())
        messages.success(request, str(said))
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("campaigns:campaign", period=write_period(campaign.period))


@steering_only
@require_POST
def errand_again(request: HttpRequest, period: str, kind: str) -> HttpResponseBase:
    """Try again what was parked after its last attempt."""
    campaign = campaign_at(request, period)
    errands.try_again(campaign=campaign, kind=ErrandKind(kind), now=timezone.now())
    tasks.OF_ERRANDS[ErrandKind(kind)].delay_on_commit()
    messages.success(request, _("Se intenta otra vez."))
    return redirect("campaigns:seal" if kind == ErrandKind.SEAL else "campaigns:campaign", period=period)


def asked_for(request: HttpRequest) -> Only:
    """The filters of the address; what cannot be read is left out."""
    service, agent, day = (request.GET.get(name, "") for name in ("service", "agent", "day"))
    try:
        asked_day = date.fromisoformat(day) if day else None
    except ValueError:
        asked_day = None
    return Only(
        service=service if service in Service.values else "",
        agent=int(agent) if agent.isascii() and agent.isdigit() and len(agent) < 10 else None,
        zone=request.GET.get("zone", "")[:80],
        day=asked_day,
    )


def _page(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    now = timezone.now()
    user = signed_in_user(request)
    reasons = {verb.value: lifecycle.why_not(verb, campaign=campaign, now=now, by=user) for verb in Verb}
    choices = read_choices(campaign=campaign)
    agents = agent_choices(user, choices.agents)
    figures = _figures(request, campaign, names=dict(agents))
    return {
        **figures,
        "charts_to_come": not all(chart.is_drawn for chart in figures["charts"]),
        "badge": BADGES[State(campaign.state)],
        "days_left": days_left(campaign, now=now),
        "why_not": reasons,
        "steers": user.steers_campaigns,
        "step": None if campaign.state == State.RUNNING else step_to_here(campaign),
        "parked": errands.parked(campaign=campaign),
        "drift": drift_of(campaign=campaign),
        "services": Service.choices,
        "agents": agents,
        "zones": choices.zones,
        "days": choices.days,
        "waits": what_waits(campaign=campaign, by_state=figures["figures"].by_state, now=now),
    }


def _figures(request: HttpRequest, campaign: Campaign, *, names: Mapping[int, str] | None = None) -> dict[str, Any]:
    found = read_figures(campaign=campaign, only=asked_for(request), names=names)
    opens = Openings(campaign, found.only)
    table = AgentTable(agent_rows(found, opens), figures=found, opens=opens).shown_to(request)
    return {
        **_around(request, campaign, found),
        "agent_name": next((line.name for line in found.by_agent if line.agent == found.only.agent), ""),
        "charts": charts_of(found, opens=opens),
        **leads_of_rows(found, opens),
        "agent_table": table,
    }


def _around(request: HttpRequest, campaign: Campaign, figures: Totals) -> dict[str, Any]:
    """What the tiles tell, and what every part of the page is told."""
    return {
        "campaign": campaign,
        "period": write_period(campaign.period),
        "month": month_name(campaign),
        "figures": figures,
        "now": timezone.now(),
        "only": figures.only,
        "opens": leads_of_totals(figures, Openings(campaign, figures.only)),
        "query": request.GET.urlencode(),
        "is_live": campaign.state in (State.RUNNING, State.PAUSED),
    }


def days_left(campaign: Campaign, *, now: datetime) -> str:
    """How many days of calling are left; empty when the campaign is not running."""
    if not campaign.is_open:
        return ""
    return days_left_in_words(hours=read_rules(now=now).hours, now=now, last=campaign.calls_until)
