"""The plan page of a campaign: plan against reality, goals, months side by side, and the plan of the months to come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from campaigns.figures.figures import read_figures
from campaigns.figures.filters import Only
from campaigns.figures.openings import Openings
from campaigns.models import Campaign
from campaigns.month.hours import calling_calendar
from campaigns.month.lifecycle import CampaignRefused
from campaigns.month.on_pages import campaign_at, month_name
from campaigns.month.periods import write_period
from campaigns.steering.burn_down import burn_down, burn_down_chart, leads_of
from campaigns.steering.comparing import answers_of, first_whole_day, patterns_charts, read_patterns, side_by_side
from campaigns.steering.forecasting import attempts_in_words, forecast
from campaigns.steering.forms import GoalForm, TakeOverForm
from campaigns.steering.goals import GoalRow, check_can_set, read_goals, set_goals
from campaigns.steering.halves import read_halves
from campaigns.steering.next_plan import PlanRefused, offer_of
from campaigns.steering.next_plan import take_over as take_the_plan_over
from campaigns.steering.pace import Pace, read_pace
from screens.wrong_fields import point_out
from service_level.days import bounds_of
from service_level.working_time import working_days_between

NAMED = 4  # odd goals in the sentence above the page; beside its field stands each


@centre_only
@require_GET
def plan(request: HttpRequest, period: str) -> HttpResponse:
    """The page; with `part=charts` only its charts, which a page that has them not drawn yet fetches by itself."""
    campaign = campaign_at(request, period)
    template = "_plan_charts.html" if request.GET.get("part") == "charts" else "plan.html"
    return render(request, f"campaigns/steering/{template}", _page(request, campaign))


@steering_only
@require_POST
def goals(request: HttpRequest, period: str) -> HttpResponseBase:
    """Keep the goals of the month and of its agents."""
    campaign = campaign_at(request, period)
    page = _page(request, campaign, request.POST)
    forms = [form for _row, form, _leads in page["goals"]]
    if [form for form in forms if not form.is_valid()]:  # each is asked, so that each shows its errors
        messages.error(request, _("No se guardó ninguna meta. %(wrong)s") % {"wrong": point_out(forms)})
        return render(request, "campaigns/steering/plan.html", page, status=422)
    try:
        changed = set_goals(campaign=campaign, wanted=[form.wanted for form in forms])
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("Cambió %(n)d meta.", "Cambiaron %(n)d metas.", changed) % {"n": changed}
        messages.success(request, said if changed else _("No cambió nada."))
        if odd := [words for row in _goal_rows(campaign, timezone.now()) for words in row.odd]:
            messages.warning(request, _("Metas que conviene revisar. %(odd)s.") % {"odd": "; ".join(odd[:NAMED])})
    return redirect("campaigns:plan", period=period)


@steering_only
@require_POST
def take_over(request: HttpRequest, period: str) -> HttpResponseBase:
    """Take what the month really took as the plan of the months to come."""
    pace = read_pace(campaign=campaign_at(request, period))
    form = TakeOverForm(request.POST)
    try:
        if pace is None or not form.is_valid():
            raise PlanRefused(_("Las cifras todavía no se contaron."))
        offer = take_the_plan_over(pace=pace, **form.cleaned_data)
    except PlanRefused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext(
            "El plan de los próximos meses cuenta con %(calls)d llamada por hora y %(attempts)s intentos.",
            "El plan de los próximos meses cuenta con %(calls)d llamadas por hora y %(attempts)s intentos.",
            offer.calls_an_hour,
        )
        attempts = f"{offer.attempts:.1f}".replace(".", ",")
        messages.success(request, words % {"calls": offer.calls_an_hour, "attempts": attempts})
    return redirect("campaigns:plan", period=period)


def _page(request: HttpRequest, campaign: Campaign, data: Any = None) -> dict[str, Any]:
    now = timezone.now()
    pace = read_pace(campaign=campaign)
    days = burn_down(pace=pace, campaign=campaign) if pace else []
    months = side_by_side(campaign=campaign, now=now) if campaign.launched_at else None
    patterns = read_patterns(campaign=campaign)
    opens = Openings(campaign, Only())
    charts = [burn_down_chart(days, opens=opens)] if days else []
    charts += [months.chart] if months and months.chart and months.chart.rows else []
    charts += patterns_charts(patterns, opens=opens)
    rows = _goal_rows(campaign, now)
    return {
        "campaign": campaign,
        "period": write_period(campaign.period),
        "month": month_name(campaign),
        "now": now,
        "steers": signed_in_user(request).steers_campaigns,
        "pace": pace,
        "forecast": forecast(pace=pace, campaign=campaign) if pace else None,
        "attempts_words": attempts_in_words(pace) if pace else "",
        "days": [(line, leads_of(line, opens=opens)) for line in days],
        "months": months,
        "first_whole_day": first_whole_day(campaign),
        "patterns": patterns,
        "answers": answers_of(patterns, opens=opens),
        "halves": read_halves(campaign=campaign),
        "goals": [(row, GoalForm(data, row=row), row.leads(opens)) for row in rows],
        "why_not_goals": _why_not_goals(campaign),
        **_offer(pace),
        "charts": charts,
        "charts_to_come": request.GET.get("part") != "charts" and not all(chart.is_drawn for chart in charts),
    }


def _goal_rows(campaign: Campaign, now: datetime) -> list[GoalRow]:
    return read_goals(campaign=campaign, figures=read_figures(campaign=campaign), days_left=_days_left(campaign, now))


def _offer(pace: Pace | None) -> dict[str, Any]:
    try:
        if pace is None:
            raise PlanRefused(_("Las cifras todavía no se contaron."))
        offer = offer_of(pace=pace)
    except PlanRefused as refusal:
        return {"offer": None, "why_not_offer": str(refusal)}
    return {"offer": offer, "why_not_offer": "" if offer.is_new else _("El plan ya tiene esas cifras.")}


def _why_not_goals(campaign: Campaign) -> str:
    try:
        check_can_set(campaign)
    except CampaignRefused as refusal:
        return str(refusal)
    return ""


def _days_left(campaign: Campaign, now: datetime) -> int:
    first, until = bounds_of(campaign.calls_from, campaign.calls_until)
    return working_days_between(max(now, first), until, calendar=calling_calendar(campaign))
