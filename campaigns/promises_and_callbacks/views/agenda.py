"""The agenda of agreed calls: overdue first; moved, given to somebody or cancelled from its own page."""

from __future__ import annotations

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from agents.access import customers_only, signed_in_user, working_only
from agents.models import Agent, Role, Search, User
from agents.searched_lists import part_is_noted
from agents.searching import note_search
from campaigns.calling.calling_hours import on_clock
from campaigns.models import CallBack, Campaign
from campaigns.month.on_pages import month_name
from campaigns.month.periods import PeriodNotUnderstood, parse_period, write_period
from campaigns.promises_and_callbacks.call_backs import CallBackRefused, cancel, reschedule
from screens.tables import ListTable, Moment, RowLink
from screens.templatetags.screens import masked_text


class AgendaTable(ListTable):
    """Agreed calls that wait."""

    title = gettext_lazy("Agenda")
    due_at = Moment(verbose_name=gettext_lazy("Hora acordada"))
    customer = RowLink(
        accessor="contact__name",
        order_by="contact__name_key",
        verbose_name=gettext_lazy("Cliente"),
        linkify=lambda record, table: table.address_of(record),
    )
    contract = tables.Column(accessor="contact__contract", verbose_name=gettext_lazy("Contrato"))
    agent = tables.Column(
        accessor="agent__user", order_by="agent__user__first_name", verbose_name=gettext_lazy("Agente")
    )
    reach = tables.TemplateColumn(
        '{% include "campaigns/promises_and_callbacks/_reach.html" with call_back=record now=table.now only %}',
        verbose_name=gettext_lazy("De quién es"),
    )
    note = tables.Column(verbose_name=gettext_lazy("Nota"), orderable=False)
    may_change, masked = True, False

    class Meta(ListTable.Meta):
        order_by = "due_at"

    def address_of(self, record: CallBack) -> str:
        """Where a row leads: to the agreed call, or to its customer for who only reads."""
        if self.may_change:
            return reverse("campaigns:call_back", args=[record.pk])
        return reverse("campaigns:contact", args=[record.contact_id])

    def render_note(self, value: str) -> str:
        return masked_text(value) if self.masked else value


class NewHour(forms.Form):
    """Another hour for an agreed call, and for whom."""

    day = forms.DateField(label=gettext_lazy("Día"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    clock = forms.TimeField(label=gettext_lazy("Hora"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    agent = forms.ModelChoiceField(
        queryset=Agent.objects.none(), required=False, label=gettext_lazy("Quién llama"), empty_label=None
    )

    why = forms.CharField(label=gettext_lazy("Por qué (si no lo pidió el cliente)"), required=False, max_length=200)

    def __init__(self, *args: object, user: User, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        field = self.fields["agent"]
        if user.steers_campaigns and isinstance(field, forms.ModelChoiceField):
            field.queryset = Agent.objects.visible_to(user).on_duty().select_related("user")
        else:
            del self.fields["agent"]


@require_GET
@customers_only
@part_is_noted
def agenda(request: HttpRequest) -> HttpResponse:
    """Pending agreed calls; the overdue ones first, whoever has them now."""
    user, now = signed_in_user(request), timezone.now()
    pending = CallBack.objects.visible_to(user)
    pending = pending.filter(state=CallBack.State.PENDING) if user.sees_the_centre else pending.waiting_for(user)
    campaign = _month_of(request, user)
    if campaign:
        pending = pending.filter(campaign=campaign)
    chosen, only_overdue = request.GET.get("reach", ""), "overdue" in request.GET
    shown = pending.filter(reach=chosen) if chosen in CallBack.Reach.values else pending
    if only_overdue:
        shown = shown.filter(due_at__lte=now)
    table = AgendaTable(shown.select_related("contact", "agent__user", "team").order_by("due_at"))
    table.now, table.may_change, table.masked = now, user.role != Role.AUDITOR, user.reads_masked
    counts = pending.aggregate(
        overdue=Count("pk", filter=Q(due_at__lte=now)),
        today=Count("pk", filter=Q(due_at__date=timezone.localtime(now).date())),
        all=Count("pk"),
        **{reach: Count("pk", filter=Q(reach=reach)) for reach in CallBack.Reach.values},
    )
    kept = {"month": write_period(campaign.period)} if campaign else {}
    links = {"all": "?" + urlencode(kept), "overdue": "?" + urlencode({**kept, "overdue": "1"})}
    is_all = not chosen and not only_overdue
    tabs = [
        {"href": links["all"], "words": _("Todas"), "current": is_all, "count": counts["all"]},
        {"href": links["overdue"], "words": _("Vencidas"), "current": only_overdue, "count": counts["overdue"]},
    ]
    for reach in CallBack.Reach:
        href = "?" + urlencode({**kept, "reach": reach.value})
        tab = {"href": href, "words": reach.label, "current": chosen == reach.value and not only_overdue}
        tabs.append({**tab, "count": counts[reach.value]})
    context = {
        "table": table.shown_to(request),
        "counts": counts,
        "tabs": tabs,
        "links": links,
        "is_all": is_all,
        "month": month_name(campaign) if campaign else "",
    }
    return render(request, "campaigns/promises_and_callbacks/agenda.html", context)


def _month_of(request: HttpRequest, user: User) -> Campaign | None:
    """The campaign the address asks for; of what is no month, all of them."""
    try:
        period = parse_period(request.GET.get("month", ""))
    except PeriodNotUnderstood:
        return None
    return Campaign.objects.visible_to(user).filter(period=period).first()


@require_http_methods(["GET", "POST"])
@working_only
def call_back(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreed call: another hour, another agent, or cancelled with a reason."""
    user, now = signed_in_user(request), timezone.now()
    agreed = get_object_or_404(
        CallBack.objects.visible_to(user).select_related("contact", "campaign", "agent__user", "agent__team"), pk=pk
    )
    if agreed.agent is None or agreed.agent.user_id != user.pk:
        note_search(user=user, where=Search.Where.CUSTOMER, asked=agreed.contact.contract, now=now)
    due = timezone.localtime(agreed.due_at)
    first = {"day": due.date(), "clock": due.time(), "agent": agreed.agent_id}
    form = NewHour(request.POST if request.POST.get("verb") == "move" else None, initial=first, user=user)
    try:
        if request.POST.get("verb") == "cancel":
            cancel(call_back=agreed, reason=request.POST.get("reason", ""), now=now)
            messages.success(request, _("Se anuló la llamada acordada."))
            return redirect("campaigns:agenda")
        if form.is_bound and form.is_valid():
            given = form.cleaned_data
            due_at = on_clock(given["day"], given["clock"])
            reschedule(call_back=agreed, due_at=due_at, now=now, agent=given.get("agent"), why=given["why"])
            messages.success(request, _("Se cambió la hora de la llamada acordada."))
            return redirect("campaigns:agenda")
    except CallBackRefused as refusal:
        messages.error(request, str(refusal))
    return render(
        request, "campaigns/promises_and_callbacks/call_back.html", {"agreed": agreed, "form": form, "now": now}
    )
