"""The words of a campaign that runs: the script and the way of dialling, on a page of their own."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.access import signed_in_user, steering_only
from campaigns.month.forms import WordsForm
from campaigns.month.lifecycle import CampaignRefused
from campaigns.month.on_pages import campaign_at, month_name
from campaigns.month.periods import write_period
from campaigns.month.wording import check_can_reword, reword


@steering_only
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, period: str) -> HttpResponseBase:
    """Show and change them."""
    campaign = campaign_at(request, period)
    form = WordsForm.of(campaign, request.POST if request.method == "POST" else None)
    why_not = ""
    try:
        check_can_reword(campaign)
        if request.method == "POST" and form.is_valid():
            changed = reword(campaign=campaign, by=signed_in_user(request), now=timezone.now(), **form.cleaned_data)
            said = _("Guardado: los agentes lo reciben con su próximo contacto.") if changed else _("No cambió nada.")
            messages.success(request, said)
            return redirect("campaigns:campaign", period=write_period(campaign.period))
    except CampaignRefused as refusal:
        why_not = str(refusal)
    context = {"campaign": campaign, "period": write_period(campaign.period), "month": month_name(campaign)}
    context |= {"form": form, "why_not": why_not}
    return render(request, "campaigns/month/words.html", context, status=422 if request.method == "POST" else 200)
