"""The sealed report of a campaign: its revisions, what each changed, its files, and counting it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user, steering_only
from agents.disclosure import record_export
from campaigns.closing import sealing
from campaigns.closing.closed import how_it_closed
from campaigns.closing.drifting import drift_of
from campaigns.closing.effect_words import known_payments_of
from campaigns.closing.sealing import SealRefused
from campaigns.closing.words import ChangedFigure, agent_names, changes_in_words, evidence_lines, origin_words
from campaigns.figures.serialising import read_effect
from campaigns.models import Seal
from campaigns.month import errands
from campaigns.month.measurement import payments_reach
from campaigns.month.on_pages import campaign_at, month_name
from campaigns.month.periods import write_period
from campaigns.payments.payment_age import payments_known_until
from screens.differences import differences

FILES = {"xlsx": "workbook", "pdf": "document"}


@centre_only
@require_GET
def seal_page(request: HttpRequest, period: str) -> HttpResponse:
    """The last revision and those before it."""
    return render(request, "campaigns/closing/seal.html", _page(request, period))


@centre_only
@require_POST
def verify(request: HttpRequest, period: str) -> HttpResponse:
    """Count again from the rows, and say whether it gives the same. Changes nothing, so an auditor may."""
    page = _page(request, period)
    if page["last"] is None:
        raise Http404
    found = sealing.verify(sealed=page["last"], now=timezone.now())
    page["verification"] = found
    page["moved"] = [origin_words(name) for name in found.moved]
    page["changed"] = changes_in_words(found.differences, names=agent_names(page["last"].figures))
    return render(request, "campaigns/closing/seal.html", page)


@steering_only
@require_POST
def reseal(request: HttpRequest, period: str) -> HttpResponseBase:
    """Seal a closed campaign, or a new revision with its reason."""
    campaign = campaign_at(request, period)
    user, now = signed_in_user(request), timezone.now()
    try:
        if sealing.last_seal(campaign=campaign) is None:
            made = sealing.seal(campaign=campaign, by=user, now=now)
        else:
            reason = request.POST.get("reason", "")
            made = sealing.reseal(campaign=campaign, by=user, reason=reason, now=now)
        messages.success(request, _("Sellado: revisión %(revision)d. Sale por correo.") % {"revision": made.revision})
    except SealRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("campaigns:seal", period=period)


@centre_only
@require_POST
def seal_file(request: HttpRequest, period: str, revision: int, kind: str) -> HttpResponseBase:
    """The workbook or the document of a revision."""
    campaign = campaign_at(request, period)
    sealed = get_object_or_404(Seal.objects.visible_to(signed_in_user(request)), campaign=campaign, revision=revision)
    file = getattr(sealed, FILES[kind]) if kind in FILES else None
    if not file:
        raise Http404
    told = {"month": campaign, "revision": revision, "kind": kind.upper()}
    subject = _("Informe sellado de %(month)s, revisión %(revision)d, %(kind)s") % told
    record_export(user=signed_in_user(request), subject=subject, rows=1, now=timezone.now())
    name = f"informe-{write_period(campaign.period)}-r{revision}.{kind}"
    return FileResponse(file.open("rb"), as_attachment=True, filename=name)


def _page(request: HttpRequest, period: str) -> dict[str, Any]:
    campaign = campaign_at(request, period)
    user = signed_in_user(request)
    seals = list(
        Seal.objects.visible_to(user).filter(campaign=campaign).select_related("sealed_by").order_by("revision")
    )
    revisions = [
        (sealed, evidence_lines(sealed.evidence, on=timezone.localdate()), _changes(before, sealed))
        for before, sealed in zip([None, *seals], seals, strict=False)
    ]
    drift = drift_of(campaign=campaign)
    known, judged_on = known_payments_of(seals[-1]) if seals else None, campaign.evaluated_on
    lacked = judged_on if known and known.lacks_some else None
    return {
        "campaign": campaign,
        "period": write_period(campaign.period),
        "month": month_name(campaign),
        "last": seals[-1] if seals else None,
        "effect": read_effect(seals[-1].figures["effect"]) if seals else None,
        "put_aside": seals[-1].figures.get("put_aside", 0) if seals else 0,
        "is_provisional": bool(seals) and sealing.is_provisional(seals[-1]),
        "counts_until": sealing.payments_count_until(campaign=campaign),
        "revisions": revisions[::-1],
        "closed": how_it_closed(campaign=campaign),
        "known_payments": known,
        "payments_came": lacked is not None and payments_reach(until=payments_known_until(), day=lacked),
        "steers": user.steers_campaigns,
        "parked": errands.parked(campaign=campaign),
        "had_report": sealing.had_report(campaign=campaign),
        "is_closed": campaign.state == campaign.State.CLOSED,
        "verification": None,
        "drift": drift,
        "proposed_reason": " ".join(drift.why)[:200] if drift and not drift.is_expected else "",
    }


def _changes(before: Seal | None, sealed: Seal) -> list[ChangedFigure]:
    if before is None:
        return []
    found = differences(before=before.figures, after=sealed.figures)
    return changes_in_words(found, names=agent_names(before.figures) | agent_names(sealed.figures))
