"""The agent's own list and day, and the search for a customer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import django_tables2 as tables
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Case, Q, QuerySet, When
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agents.access import agent_of, agents_only, customers_only, signed_in_user
from agents.disclosure import record_export
from agents.models import Agent, Search, User
from agents.searching import note_search
from campaigns.calling.calling_hours import local
from campaigns.calling.reasons import in_short
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.calling.rules import with_reasons
from campaigns.desk.finding import contract_in, find_customers, is_too_short, only_one_of, suggest
from campaigns.desk.own_day_chart import chart_of
from campaigns.desk.own_work import own_counts, own_day
from campaigns.lists.columns import ListColumn, StateColumn
from campaigns.models import Contact, ListEntry
from campaigns.models.contacts import CallList
from campaigns.payments.owed import with_owed
from campaigns.payments.payment_lists import Total, total_of
from campaigns.payments.tables import TotalledTable, amount_footer, rows_footer
from campaigns.steering.own_pace import own_services
from screens.spreadsheets import Sheet, workbook_response
from screens.tables import Figure, Moment, Money, RowLink
from screens.templatetags.screens import moment

EXPORTED_AT_MOST = 20_000
FOUND_AT_MOST = 50
WAITING, TO_CALL = "waiting", "ready"


class OwnList(TotalledTable):
    """Own contacts with their state, and why one is not called now."""

    title = gettext_lazy("Mi lista")
    customer = RowLink(
        accessor="contact__name",
        order_by="contact__name_key",
        verbose_name=gettext_lazy("Cliente"),
        linkify=lambda record: reverse("campaigns:contact", args=[record.contact_id]),
        footer=rows_footer,
    )
    contract = tables.Column(accessor="contact__contract", verbose_name=gettext_lazy("Contrato"))
    call_list = ListColumn(order_by="call_list")
    due_on = Moment(accessor="owed_on", order_by="owed_on", verbose_name=gettext_lazy("Vence"))
    amount = Money(accessor="owed", order_by="owed", verbose_name=gettext_lazy("Debe"), footer=amount_footer)
    state = StateColumn(accessor="get_state_display", order_by="state")
    attempts = Figure(verbose_name=gettext_lazy("Intentos"))
    last = tables.Column(
        accessor="last_disposition__label", order_by="last_disposition__position", verbose_name=gettext_lazy("Último")
    )
    ready_at = Moment(verbose_name=gettext_lazy("Listo desde"))
    why_not = tables.Column(accessor="why_not_codes", orderable=False, verbose_name=gettext_lazy("¿Por qué no ahora?"))

    class Meta(TotalledTable.Meta):
        sequence = ("customer", "contract", "call_list", "due_on", "amount", "state", "attempts", "last", "ready_at")

    def render_ready_at(self, value: datetime, record: ListEntry) -> str:
        return moment(value if record.state == ListEntry.State.OPEN else None)

    def render_why_not(self, value: list[str]) -> str:
        return in_short(value) or _("se puede llamar")


@require_GET
@agents_only
def my_list(request: HttpRequest) -> HttpResponseBase:
    """Own contacts of the running campaigns, filtered and sorted by the address."""
    user, book = signed_in_user(request), read_rules(now=timezone.now())
    agent = agent_of(request)
    chosen = _chosen(request)
    entries, total = _own(agent, chosen, user=user, book=book)
    zones = Contact.objects.visible_to(user).filter(entry__owner=agent, entry__campaign__in=book.in_hand)
    return render(
        request,
        "campaigns/desk/my_list.html",
        {
            "table": OwnList(entries, total=total).shown_to(request),
            "may_export": book.policy.agents_export,
            "chosen": chosen,
            "counts": own_counts(agent=agent, book=book),
            "states": [(TO_CALL, _("Se puede llamar")), (WAITING, _("En espera")), *ListEntry.State.choices],
            "lists": CallList.choices,
            "zones": sorted(set(zones.exclude(zone="").values_list("zone", flat=True))),
        },
    )


@require_POST
@agents_only
def my_list_export(request: HttpRequest) -> HttpResponseBase:
    """The same as a workbook, where the policy lets agents have it; it is written in the book of exports."""
    user, book = signed_in_user(request), read_rules(now=timezone.now())
    if not book.policy.agents_export:
        messages.error(request, _("Aquí los agentes no exportan listas de clientes: pídala a supervisión."))
        return redirect("campaigns:my_list")
    entries, _total = _own(agent_of(request), _chosen(request), user=user, book=book)
    return _export(entries, user=user, now=book.now)


@require_GET
@agents_only
def my_day(request: HttpRequest) -> HttpResponse:
    """How a day of one's own went; `?day=` shows an earlier one."""
    today = local(timezone.now()).date()
    try:
        day = min(date.fromisoformat(request.GET.get("day", "") or today.isoformat()), today)
    except ValueError as wrong:
        raise BadRequest(_("El día se escribe como 2026-11-28.")) from wrong
    figures = own_day(agent=agent_of(request), day=day)
    services = own_services(user=signed_in_user(request), now=timezone.now()) if day == today else None
    context = {"day": day, "today": today, "figures": figures, "chart": chart_of(figures), "services": services}
    return render(request, "campaigns/desk/my_day.html", context)


@require_http_methods(["GET", "POST"])
@customers_only
def search(request: HttpRequest) -> HttpResponse:
    """Customers by contract, name, telephone or service number; the only one is opened.

    By POST: what is looked for is personal data. Come back to by its address it asks whom one looks for.
    """
    user, text, too_short = signed_in_user(request), _typed(request), is_too_short(_typed(request))
    _note(user, text)
    found = [] if too_short else list(with_owed(find_customers(text=text, user=user))[:FOUND_AT_MOST])
    if only := only_one_of(found, text=text):
        return redirect("campaigns:contact", pk=only.pk)
    context = {
        "text": text,
        "found": found,
        "too_short": too_short,
        "most": FOUND_AT_MOST,
        "contract": contract_in(text),
    }
    return render(request, "campaigns/desk/search.html", context)


@require_POST
@customers_only
def suggestions(request: HttpRequest) -> HttpResponse:
    """A few customers while somebody types, as the options of the search box."""
    user, text = signed_in_user(request), _typed(request)
    _note(user, text)
    context = {"text": text, "too_short": is_too_short(text), "suggested": suggest(text=text, user=user)}
    return render(request, "campaigns/desk/_suggestions.html", context)


def _note(user: User, text: str) -> None:
    """Raises TooMuch."""
    if not is_too_short(text):
        note_search(user=user, where=Search.Where.DESK, asked=text, now=timezone.now())


def _chosen(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("state", "call_list", "zone")}


def _own(agent: Agent, chosen: dict[str, str], *, user: User, book: RuleBook) -> tuple[QuerySet[ListEntry], Total]:
    """What she has in hand as it is filtered, in the order of her desk, and what all of it comes to."""
    own = ListEntry.objects.visible_to(user).filter(owner=agent, campaign__in=book.in_hand)
    entries = with_owed(_filtered(own, chosen, book), contact="contact_id")
    total = total_of(entries, column="owed")
    entries = _to_call_first(entries.select_related("contact", "last_disposition"), now=book.now)
    return with_reasons(entries, now=book.now, agent=agent, book=book), total


def _typed(request: HttpRequest) -> str:
    return " ".join(request.POST.get("q", "").split())[:80]


def _filtered(entries: QuerySet[ListEntry], chosen: dict[str, str], book: RuleBook) -> QuerySet[ListEntry]:
    if chosen["state"] == TO_CALL:
        entries = entries.filter(state=ListEntry.State.OPEN, ready_at__lte=book.now)
    elif chosen["state"] == WAITING:
        entries = entries.filter(state=ListEntry.State.OPEN, ready_at__gt=book.now)
    elif chosen["state"] in ListEntry.State.values:
        entries = entries.filter(state=chosen["state"])
    if chosen["state"] != ListEntry.State.GONE:  # in no list and no figure any more: only who asks for them sees them
        entries = entries.exclude(state=ListEntry.State.GONE)
    if chosen["call_list"] in CallList.values:
        entries = entries.filter(call_list=chosen["call_list"])
    if chosen["zone"]:
        entries = entries.filter(contact__zone=chosen["zone"])
    return entries


def _to_call_first(entries: QuerySet[ListEntry], *, now: datetime) -> QuerySet[ListEntry]:
    """In the order a desk gives them: who may be called now, then who comes next, and last whom nobody calls."""
    is_open = Q(state=ListEntry.State.OPEN)
    turn = Case(When(is_open & Q(ready_at__lte=now), then=0), When(is_open, then=1), default=2)
    waits_until = Case(When(is_open & Q(ready_at__gt=now), then="ready_at"))
    return entries.order_by(turn, waits_until, "position")


def _export(entries: QuerySet[ListEntry], *, user: User, now: datetime) -> FileResponse:
    headers = [str(column.verbose_name) for column in OwnList.base_columns.values()]
    rows = [list(_exported(entry)) for entry in entries[:EXPORTED_AT_MOST]]
    record_export(user=user, subject=_("Mi lista"), rows=len(rows), now=now)
    return workbook_response("mi-lista", [Sheet(_("Mi lista"), headers, rows)], today=local(now).date())


def _exported(entry: ListEntry) -> Iterable[Any]:
    contact = entry.contact
    yield from (contact.name, contact.contract, str(entry.get_call_list_display()))
    yield from (entry.owed_on, entry.owed)  # type: ignore[attr-defined]
    yield from (str(entry.get_state_display()), entry.attempts, str(entry.last_disposition or ""))
    yield local(entry.ready_at) if entry.state == ListEntry.State.OPEN else None
    yield in_short(entry.why_not_codes)  # type: ignore[attr-defined]
