"""The question before a campaign is closed: what is left undone, what was promised, and why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agents.access import signed_in_user, steering_only
from campaigns.calling.days_left import days_left_in_words
from campaigns.calling.rulebook import read_rules
from campaigns.month import lifecycle
from campaigns.month.letting_go import what_is_left
from campaigns.month.lifecycle import CampaignRefused, Verb
from campaigns.month.on_pages import campaign_at, month_name
from escalations.raising import UnknownKind

LONGEST = 200  # letters of why: what is let go of is written behind it


@steering_only
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, period: str) -> HttpResponseBase:
    """Ask with the figures; close with a reason."""
    campaign, user, now = campaign_at(request, period), signed_in_user(request), timezone.now()
    back, month = reverse("campaigns:campaign", args=[period]), month_name(campaign)
    reason, error = request.POST.get("reason", "").strip()[:LONGEST], ""
    if request.method == "POST":
        try:
            lifecycle.close(campaign=campaign, by=user, now=now, note=reason)
            messages.success(request, _("La campaña quedó cerrada. El informe de cierre llega por correo."))
            return redirect(back)
        except (CampaignRefused, UnknownKind) as refusal:
            error = str(refusal)
    context = {
        "month": month,
        "left": what_is_left(campaign=campaign),
        "days_left": days_left_in_words(hours=read_rules(now=now).hours, now=now, last=campaign.calls_until),
        "why_not": lifecycle.why_not(Verb.CLOSE, campaign=campaign, now=now, by=user),
        "reason": reason,
        "longest": LONGEST,
        "error": error,
        "back": back,
        "trail": [(reverse("campaigns:campaign_list"), _("Campañas")), (back, month), ("", _("Cerrar"))],
    }
    return render(request, "campaigns/month/close.html", context, status=422 if error else 200)
