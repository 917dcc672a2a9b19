"""The lists the campaign page opens: contacts by state, searched, sorted, and exported as they are filtered."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import A, Column, RequestConfig

from agents.access import centre_only, signed_in_user
from campaigns.figures.filters import read_choices
from campaigns.lists import exporting
from campaigns.lists.listing import STATES, Asked, find_contacts
from campaigns.models import ListExport
from campaigns.models.contacts import CallList
from campaigns.month.periods import write_period
from campaigns.tasks import make_export
from campaigns.views.campaign import agent_choices, find_campaign, month_name
from screens.spreadsheets import XLSX
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
    call_list = Column(verbose_name=gettext_lazy("Lista"), orderable=False)
    zone = Column(verbose_name=gettext_lazy("Zona"), orderable=False)
    owner = Column(accessor=A("entry__owner"), verbose_name=gettext_lazy("Agente"), orderable=False)
    state = Column(accessor=A("entry__get_state_display"), verbose_name=gettext_lazy("Estado"), orderable=False)
    last = Column(accessor=A("entry__last_disposition"), verbose_name=gettext_lazy("Último resultado"), orderable=False)
    attempts = Figure(accessor=A("entry__attempts"), verbose_name=gettext_lazy("Intentos"))
    due_on = Moment(verbose_name=gettext_lazy("Vence"))
    amount_due = Money(verbose_name=gettext_lazy("Monto"))

    class Meta(ListTable.Meta):
        empty_text = gettext_lazy("Ningún contacto cumple estos filtros.")


@centre_only
@require_GET
def contact_list(request: HttpRequest, period: str) -> HttpResponse:
    """Contacts of the campaign as the address asks."""
    campaign = find_campaign(request, period)
    asked = asked_for(request)
    found = find_contacts(campaign=campaign, asked=asked, user=signed_in_user(request))
    table = ContactTable(found.order_by("name_key", "pk"))
    RequestConfig(request, paginate={"per_page": PAGE, "silent": True, "paginator_class": CappedPaginator}).configure(
        table
    )
    choices = read_choices(campaign=campaign)
    return render(
        request,
        "campaigns/contact_list.html",
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
    campaign = find_campaign(request, period)
    asked = asked_for(request)
    owed = exporting.ask_export(campaign=campaign, asked=asked, by=signed_in_user(request), now=timezone.now())
    make_export.delay_on_commit(export_id=owed.pk)
    return redirect("campaigns:list_export", period=write_period(campaign.period), pk=owed.pk)


@require_GET
def list_export(request: HttpRequest, period: str, pk: int) -> HttpResponse:
    """How far the workbook is, and the workbook."""
    return render(request, "campaigns/list_export.html", _export_page(request, period, pk))


@require_GET
def list_export_progress(request: HttpRequest, period: str, pk: int) -> HttpResponse:
    """The part of the page that refreshes by itself."""
    return render(request, "campaigns/_list_export.html", _export_page(request, period, pk))


@require_GET
def list_export_file(request: HttpRequest, period: str, pk: int) -> HttpResponseBase:
    """The workbook, for who asked for it."""
    export = _export_page(request, period, pk)["export"]
    if not export.file:
        raise Http404
    name = f"contactos-{period}.xlsx"
    response = FileResponse(export.file.open("rb"), as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store"
    return response


def _export_page(request: HttpRequest, period: str, pk: int) -> dict[str, Any]:
    """404 for everybody but who asked for it."""
    campaign = find_campaign(request, period)
    found = ListExport.objects.visible_to(signed_in_user(request)).filter(campaign=campaign)
    return {
        "export": get_object_or_404(found, pk=pk),
        "campaign": campaign,
        "period": write_period(campaign.period),
        "month": month_name(campaign),
    }


def asked_for(request: HttpRequest) -> Asked:
    """The filters of the address; what cannot be read is left out."""
    state, call_list, agent = (request.GET.get(name, "") for name in ("state", "list", "agent"))
    return Asked(
        state=state if state in STATES else "",
        call_list=call_list if call_list in CallList.values else "",
        agent=int(agent) if agent.isascii() and agent.isdigit() and len(agent) < 10 else None,
        zone=request.GET.get("zone", "")[:80],
        search=request.GET.get("q", "")[:80],
    )
