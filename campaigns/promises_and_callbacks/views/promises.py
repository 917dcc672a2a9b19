"""The page of payment promises: open, due today, kept, kept in part, broken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_tables2 import RequestConfig

from agents.access import centre_only, customers_only, signed_in_user
from agents.models import Agent
from agents.searched_lists import search_is_noted
from campaigns.lists.books import promise_filters
from campaigns.lists.views.exports import owe
from campaigns.models import Campaign, ListExport
from campaigns.month.on_pages import month_asked, month_name
from campaigns.month.periods import write_period
from campaigns.payments.payment_age import payment_age
from campaigns.payments.payment_lists import total_of
from campaigns.payments.tables import CountedPaginator
from campaigns.promises_and_callbacks.promise_lists import SHOWN, Asked, find_promises, of_fate
from campaigns.promises_and_callbacks.promise_outcomes import count_fates, why_promises_move
from campaigns.promises_and_callbacks.tables import PromiseTable
from screens.searching import KEY as SEARCH
from screens.searching import searched
from screens.tables import PAGE


@require_http_methods(["GET", "POST"])
@customers_only
@search_is_noted
def promise_list(request: HttpRequest) -> HttpResponse:
    """Promises in force: an agent's own, or the centre's."""
    user, now = signed_in_user(request), timezone.now()
    months = list(Campaign.objects.visible_to(user).order_by("-period")[:24])
    asked = _asked_for(request, months)
    of_month = find_promises(asked=asked, user=user)
    counts = count_fates(promises=of_month, now=now)
    rows = of_fate(of_month, show=asked.show, now=now)
    table = PromiseTable(rows.order_by("promised_on", "pk"), total=total_of(rows))
    RequestConfig(request, paginate={"per_page": PAGE, "silent": True, "paginator_class": CountedPaginator}).configure(
        table
    )
    kept = {name: request.GET[name] for name in ("month", "agent", SEARCH) if request.GET.get(name)}
    agents = Agent.objects.visible_to(user).select_related("user") if user.sees_the_centre else Agent.objects.none()
    context = {
        "asked": asked,
        "table": table,
        "age": payment_age(now=now),
        "why": why_promises_move(campaign=asked.campaign) if asked.campaign and asked.show == "broken" else "",
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
    return render(request, "campaigns/promises_and_callbacks/promise_list.html", context)


@centre_only
@require_POST
def promise_export(request: HttpRequest) -> HttpResponseBase:
    """Ask for exactly what is filtered, as a workbook: it is made in the background."""
    asked = _asked_for(request, list(Campaign.objects.visible_to(signed_in_user(request)).order_by("-period")[:24]))
    filters = promise_filters(asked=asked)
    return owe(
        request,
        kind=ListExport.Kind.PROMISES,
        filters=filters,
        words=_("Compromisos: %(asked)s") % {"asked": asked.words},
    )


def _asked_for(request: HttpRequest, months: list[Campaign]) -> Asked:
    asked = request.GET
    agent = asked.get("agent", "")
    return Asked(
        show=asked["show"] if asked.get("show") in SHOWN else "broken",
        campaign=month_asked(request, months),
        agent=int(agent) if agent.isascii() and agent.isdigit() and len(agent) < 10 else None,
        search=searched(request, most=32),
    )
