"""The proposal page: what would be called, by whom, whether the time is enough; and the launch."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from agents.access import asks_by_itself, centre_only, signed_in_user, steering_only
from campaigns import tasks
from campaigns.assignment.assigning import ask_to_assign
from campaigns.assignment.entries import Assigned
from campaigns.assignment.forms import ShareForm, TermsForm, terms_from
from campaigns.assignment.proposal import BY_NAME, proposal_of
from campaigns.figures.power import powers_of
from campaigns.models import Campaign
from campaigns.models.contacts import CallList
from campaigns.month import arrivals, errands, lifecycle
from campaigns.month.lifecycle import CampaignRefused, Verb
from campaigns.month.measurement import payments_count_until
from campaigns.month.on_pages import campaign_at
from campaigns.month.periods import write_period
from screens.wrong_fields import point_out

State = Campaign.State
LIST_HEADS = [CallList.INTERNET.label, gettext_lazy("TV"), gettext_lazy("Ambos")]
SLOW = timedelta(minutes=5)  # a million contacts take less than one
BEFORE_LAUNCH = (State.EXPECTED, State.PROPOSED)


@centre_only
@require_GET
def proposal_page(request: HttpRequest, period: str) -> HttpResponseBase:
    """The proposal at its own address; once launched, the campaign's page."""
    campaign = campaign_at(request, period)
    if campaign.state not in BEFORE_LAUNCH:
        return redirect("campaigns:campaign", period=period)
    return proposal(request, campaign)


def proposal(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """The page of a campaign that was not launched."""
    if campaign.state == State.EXPECTED:
        came = arrivals.how_each_stands(periods=[campaign.period]).get(campaign.period)
        context = {"campaign": campaign, "period": write_period(campaign.period), "came": came}
        return render(request, "campaigns/assignment/expected.html", context)
    return _drawn(request, campaign, TermsForm.of(campaign))


@steering_only
@require_POST
def assign(request: HttpRequest, period: str) -> HttpResponseBase:
    """Keep the terms and assign again."""
    campaign = campaign_at(request, period)
    form = TermsForm.of(campaign, request.POST)
    in_order = campaign.shares.select_related("agent__user").order_by(*BY_NAME)
    shares = [ShareForm(request.POST, share=share) for share in in_order]
    if not all([form.is_valid(), *[share.is_valid() for share in shares]]):
        wrong = point_out([*shares, form])
        messages.error(request, _("No se guardó ni se repartió nada. %(wrong)s") % {"wrong": wrong})
        return _drawn(request, campaign, form, {share.share.pk: share for share in shares}, status=422)
    try:
        assigned = ask_to_assign(campaign=campaign, terms=terms_from(form, shares), now=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        if assigned is None:
            tasks.assign_what_was_asked.delay_on_commit()
        else:
            _message_assigned(request, assigned)
    return redirect("campaigns:campaign", period=period)


@asks_by_itself
@centre_only
@require_GET
def assignment_progress(request: HttpRequest, period: str) -> HttpResponse:
    """The bar while a large campaign is assigned; when it is done the page draws itself afresh."""
    campaign = campaign_at(request, period)
    if campaign.assignment_asked_at is None:
        return HttpResponseClientRefresh()
    steers = signed_in_user(request).steers_campaigns
    return render(request, "campaigns/assignment/_assignment_progress.html", {**_progress(campaign), "steers": steers})


@steering_only
@require_POST
def launch(request: HttpRequest, period: str) -> HttpResponseBase:
    """Let the agents call."""
    campaign = campaign_at(request, period)
    try:
        lifecycle.launch(campaign=campaign, by=signed_in_user(request), now=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("La campaña está en curso: los agentes ya reciben contactos."))
    return redirect("campaigns:campaign", period=period)


def _message_assigned(request: HttpRequest, assigned: Assigned) -> None:
    """What was done; whom nobody takes is told by the page that comes, above its lists."""
    said = _("Repartidos %(n)s contactos entre %(agents)d agentes.") % {
        "n": number_format(assigned.assigned, force_grouping=True),
        "agents": len(assigned.by_agent),
    }
    (messages.success if assigned.assigned else messages.info)(request, said)


def _progress(campaign: Campaign) -> dict[str, object]:
    asked = campaign.assignment_asked_at
    return {
        "campaign": campaign,
        "period": write_period(campaign.period),
        "parked": errands.parked(campaign=campaign),
        "is_slow": asked is not None and timezone.now() - asked > SLOW,
    }


def _drawn(
    request: HttpRequest,
    campaign: Campaign,
    form: TermsForm,
    share_forms: dict[int, ShareForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    now, user = timezone.now(), signed_in_user(request)
    found = proposal_of(campaign=campaign, now=now)
    given = share_forms or {}
    context = {
        **_progress(campaign),
        "steers": user.steers_campaigns,
        "proposal": found,
        "form": form,
        "powers": powers_of(campaign=campaign, proposal=found),
        "counts_until": payments_count_until(campaign=campaign),
        "rows": [(row, given.get(row.share.pk) or ShareForm(share=row.share)) for row in found.shares],
        "list_names": LIST_HEADS,
        "may_steer": user.steers_campaigns,
        "why_not_launch": lifecycle.why_not(Verb.LAUNCH, campaign=campaign, now=now, by=user),
    }
    return render(request, "campaigns/assignment/proposal.html", context, status=status)
