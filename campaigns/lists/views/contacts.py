"""The lists the campaign page opens: contacts by state, and the rows that its figures count: contacts, services, calls.

Searched, sorted, and exported as they are filtered.
"""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_tables2 import RequestConfig

from agents.access import centre_only, signed_in_user
from agents.searched_lists import search_is_noted
from campaigns.figures.filters import NO_ZONE, read_choices
from campaigns.figures.patterns import patterns_counted_at
from campaigns.lists.books import contact_filters
from campaigns.lists.listing import STATES
from campaigns.lists.of_units import OF_UNITS
from campaigns.lists.tables import CallTable, ContactTable, ServiceTable
from campaigns.lists.views.asking import asked_for, hidden_of
from campaigns.lists.views.exports import owe
from campaigns.lists.wording import (
    CALLS,
    CONTACTS,
    SERVICES,
    UNITS,
    figures_of,
    heading_of,
    kind_of,
    names_of,
    words_of,
)
from campaigns.models import ListExport
from campaigns.models.contacts import CallList
from campaigns.month.on_pages import agent_choices, campaign_at, month_name
from campaigns.month.periods import write_period
from screens.tables import PAGE, ListTable

COUNTED_TO = 10_000  # pages past this are reached by filtering: counting a million rows for a foot would take seconds
TABLES: dict[str, type[ListTable]] = {CONTACTS: ContactTable, SERVICES: ServiceTable, CALLS: CallTable}


class CappedPaginator(Paginator):
    """Counts no further than COUNTED_TO rows."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        rows: Any = self.object_list  # the rows of a table over a queryset
        return int(rows.data.data[: COUNTED_TO + 1].count())


@centre_only
@require_http_methods(["GET", "POST"])
@search_is_noted
def contact_list(request: HttpRequest, period: str) -> HttpResponse:
    """Contacts, services or calls of the campaign as the address asks."""
    campaign = campaign_at(request, period)
    asked = asked_for(request)
    of_unit = OF_UNITS[asked.unit]
    found = of_unit.find(campaign=campaign, asked=asked, user=signed_in_user(request))
    table = TABLES[asked.unit](found.order_by(*of_unit.order))
    RequestConfig(request, paginate={"per_page": PAGE, "silent": True, "paginator_class": CappedPaginator}).configure(
        table
    )
    choices = read_choices(campaign=campaign)
    is_capped = table.paginator.count > COUNTED_TO
    return render(
        request,
        "campaigns/lists/contact_list.html",
        {
            "campaign": campaign,
            "period": write_period(campaign.period),
            "month": month_name(campaign),
            "asked": asked,
            "table": table,
            "is_capped": is_capped,
            "counted_to": COUNTED_TO,
            "rows": found.count() if is_capped and asked.is_of_a_figure else table.paginator.count,
            "said": words_of(asked, agents=names_of(asked)),
            "states": STATES.items(),
            "units": UNITS.items(),
            "figures": figures_of(asked.unit).items(),
            "hidden": hidden_of(asked),
            "heading": heading_of(asked),
            "plan_counted_at": patterns_counted_at(campaign=campaign) if asked.left else None,
            "lists": CallList.choices,
            "agents": agent_choices(signed_in_user(request), choices.agents),
            "zones": choices.zones,
            "no_zone": NO_ZONE,
            "query": request.GET.urlencode(),
        },
    )


@centre_only
@require_POST
def export(request: HttpRequest, period: str) -> HttpResponseBase:
    """Ask for exactly what is filtered, as a workbook: it is made in the background."""
    campaign = campaign_at(request, period)
    asked = asked_for(request)
    filters = contact_filters(campaign=campaign, asked=asked)
    told = ", ".join([kind_of(asked), *words_of(asked)])
    words = {
        CONTACTS: _("Contactos de %(month)s: %(asked)s"),
        SERVICES: _("Servicios de %(month)s: %(asked)s"),
        CALLS: _("Llamadas de %(month)s: %(asked)s"),
    }[asked.unit] % {"month": campaign, "asked": told}
    return owe(request, kind=ListExport.Kind.CONTACTS, filters=filters, words=words)
