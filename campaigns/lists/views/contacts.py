"""The lists the campaign page opens: contacts by state, searched, sorted, and exported as they are filtered."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_tables2 import A, Column, RequestConfig

from agents.access import centre_only, signed_in_user
from campaigns.figures.filters import read_choices
from campaigns.lists.books import contact_filters
from campaigns.lists.columns import WHOLE, ListColumn, StateColumn
from campaigns.lists.listing import STATES, Asked, find_contacts
from campaigns.lists.views.exports import owe
from campaigns.models import ListExport
from campaigns.models.contacts import CallList
from campaigns.month.on_pages import agent_choices, campaign_at, month_name
from campaigns.month.periods import write_period
from screens.searching import search_is_posted, searched
from screens.tables import PAGE, Figure, ListTable, Moment, Money, RowLink

COUNTED_TO = 10_000  # pages past this are reached by filtering: counting a million rows for a foot would take seconds


class CappedPaginator(Paginator):
    """Counts no further than COUNTED_TO rows."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        rows: Any = self.object_list  # the rows of a table over a queryset
        return int(rows.data.data[: COUNTED_TO + 1].count())


def contact_address(record: Any) -> str | None:
    """The contact's own page."""
    try:
        return reverse("campaigns:contact", args=[record.pk])
    except NoReverseMatch:
        return None


class ContactTable(ListTable):
    """Contacts of a campaign; telephones and cards are not needed here and not shown."""

    title = gettext_lazy("Contactos")
    name = RowLink(verbose_name=gettext_lazy("Cliente"), order_by="name_key", linkify=contact_address)
    contract = Column(verbose_name=gettext_lazy("Contrato"))
    call_list = ListColumn(orderable=False)
    zone = Column(verbose_name=gettext_lazy("Zona"), orderable=False)
    owner = Column(accessor=A("entry__owner"), verbose_name=gettext_lazy("Agente"), orderable=False, attrs=WHOLE)
    state = StateColumn(accessor=A("entry__get_state_display"), orderable=False)
    last = Column(accessor=A("entry__last_disposition"), verbose_name=gettext_lazy("Último resultado"), orderable=False)
    attempts = Figure(accessor=A("entry__attempts"), verbose_name=gettext_lazy("Intentos"))
    due_on = Moment(verbose_name=gettext_lazy("Vence"))
    amount_due = Money(verbose_name=gettext_lazy("Monto"))

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ningún contacto cumple estos filtros.")


@centre_only
@require_http_methods(["GET", "POST"])
@search_is_posted
def contact_list(request: HttpRequest, period: str) -> HttpResponse:
    """Contacts of the campaign as the address asks."""
    campaign = campaign_at(request, period)
    asked = asked_for(request)
    found = find_contacts(campaign=campaign, asked=asked, user=signed_in_user(request))
    table = ContactTable(found.order_by("name_key", "pk"))
    RequestConfig(request, paginate={"per_page": PAGE, "silent": True, "paginator_class": CappedPaginator}).configure(
        table
    )
    choices = read_choices(campaign=campaign)
    return render(
        request,
        "campaigns/lists/contact_list.html",
        {
            "campaign": campaign,
            "period": write_period(campaign.period),
            "month": month_name(campaign),
            "asked": asked,
            "table": table,
            "is_capped": table.paginator.count > COUNTED_TO,
            "counted_to": COUNTED_TO,
            "states": STATES.items(),
            "heading": STATES[asked.state] if asked.state else _("Contactos"),
            "lists": CallList.choices,
            "agents": agent_choices(signed_in_user(request), choices.agents),
            "zones": choices.zones,
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
    words = _("Contactos de %(month)s: %(asked)s") % {"month": campaign, "asked": asked.words}
    return owe(request, kind=ListExport.Kind.CONTACTS, filters=filters, words=words)


def asked_for(request: HttpRequest) -> Asked:
    """The filters of the address; what cannot be read is left out."""
    state, call_list, agent = (request.GET.get(name, "") for name in ("state", "list", "agent"))
    return Asked(
        state=state if state in STATES else "",
        call_list=call_list if call_list in CallList.values else "",
        agent=int(agent) if agent.isascii() and agent.isdigit() and len(agent) < 10 else None,
        zone=request.GET.get("zone", "")[:80],
        search=searched(request, most=80),
    )
