"""The page of payment promises: open, due today, kept, kept in part, broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from django_tables2 import RequestConfig

from agents.access import centre_only, signed_in_user
from agents.disclosure import record_export
from agents.models import Agent, User
from campaigns.agreed.promise_outcomes import FATES, count_fates, with_outcome
from campaigns.models import Campaign, PaymentPromise
from campaigns.month.periods import PeriodNotUnderstood, parse_period, write_period
from campaigns.payments.payment_age import payment_age
from campaigns.payments.payment_lists import total_of
from campaigns.payments.payment_sheets import promise_sheet
from campaigns.views.campaign import month_name
from campaigns.views.payment_tables import PromiseTable
from campaigns.views.payments import CountedPaginator
from screens.spreadsheets import workbook_response
from screens.tables import PAGE

SHOWN: dict[str, str | Promise] = {
    "broken": gettext_lazy("Incumplidos"),
    "due_today": gettext_lazy("Para hoy"),
    "open": gettext_lazy("Vigentes"),
    "kept": gettext_lazy("Cumplidos"),
    "later": gettext_lazy("Pagaron después"),
}


@dataclass(frozen=True)
class Asked:
    """What a person asked the page for."""

    show: str
    campaign: Campaign | None
    agent: int | None
    search: str


@require_GET
def promise_list(request: HttpRequest) -> HttpResponse:
    """Promises in force: an agent's own, or the centre's."""
    user, now = signed_in_user(request), timezone.now()
    months = list(Campaign.objects.visible_to(user).order_by("-period")[:24])
    asked = _asked_for(request, months)
    of_month = _of_month(asked=asked, user=user)
    counts = count_fates(promises=of_month, now=now)
    rows = _shown(of_month, show=asked.show, now=now)
    table = PromiseTable(rows.order_by("promised_on", "pk"), total=total_of(rows))
    RequestConfig(request, paginate={"per_page": PAGE, "silent": True, "paginator_class": CountedPaginator}).configure(
        table
    )
    kept = {name: request.GET[name] for name in ("month", "agent", "q") if request.GET.get(name)}
    agents = Agent.objects.visible_to(user).select_related("user") if user.sees_the_centre else Agent.objects.none()
    context = {
        "asked": asked,
        "table": table,
        "age": payment_age(now=now),
        "tabs": [
            {
                "href": "?" + urlencode({"show": show, **kept}),
                "words": words,
                "current": show == asked.show,
                "count": counts[show],
            }
            for show, words in SHOWN.items()
        ],
        "months": [(write_period(month.period), month_name(month)) for month in months],
        "month": write_period(asked.campaign.period) if asked.campaign else "",
        "agents": sorted(((agent.pk, str(agent)) for agent in agents), key=lambda choice: choice[1]),
        "sees_the_centre": user.sees_the_centre,
        "query": request.GET.urlencode(),
    }
    return render(request, "campaigns/promise_list.html", context)


@centre_only
@require_GET
def promise_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; written into the book of exports."""
    user, now = signed_in_user(request), timezone.now()
    asked = _asked_for(request, list(Campaign.objects.visible_to(user).order_by("-period")[:24]))
    rows = _shown(_of_month(asked=asked, user=user), show=asked.show, now=now).order_by("promised_on", "pk")
    total = total_of(rows)
    record_export(user=user, subject=f"promises {asked.show} {asked.campaign or ''}", rows=total.rows, now=now)
    return workbook_response(f"compromisos-{asked.show}", [promise_sheet(rows, total=total)])


def _asked_for(request: HttpRequest, months: list[Campaign]) -> Asked:
    asked = request.GET
    campaign = next((month for month in months if month.state != Campaign.State.EXPECTED), None)
    if "month" in asked:
        try:
            period = parse_period(asked["month"])
            campaign = next((month for month in months if month.period == period), None)
        except PeriodNotUnderstood:
            campaign = None
    agent = asked.get("agent", "")
    return Asked(
        show=asked["show"] if asked.get("show") in SHOWN else "broken",
        campaign=campaign,
        agent=int(agent) if agent.isascii() and agent.isdigit() and len(agent) < 10 else None,
        search=asked.get("q", "").replace("\x00", "").strip()[:32],
    )


def _of_month(*, asked: Asked, user: User) -> QuerySet[PaymentPromise]:
    found: QuerySet[PaymentPromise] = PaymentPromise.objects.visible_to(user).in_force()
    if asked.campaign:
        found = found.filter(campaign=asked.campaign)
    if asked.agent:
        found = found.filter(agent=asked.agent)
    if asked.search:
        found = found.filter(contact__contract=asked.search)
    return found


def _shown(promises: QuerySet[PaymentPromise], *, show: str, now: datetime) -> QuerySet[Any]:
    found = with_outcome(promises, now=now).select_related("contact", "agent__user")
    if show == "due_today":
        return found.filter(promised_on=timezone.localtime(now).date())
    return found.filter(FATES[show])
