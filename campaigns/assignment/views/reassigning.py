"""Contacts change hands: who has what, what a change would move, the change, and its undoing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import signed_in_user, steering_only
from agents.models import Agent, Search, User
from agents.naming import first_of
from agents.searching import note_search
from campaigns.assignment import rebalancing, undoing
from campaigns.assignment.forms import SelectionForm
from campaigns.assignment.holdings import holdings
from campaigns.assignment.moving import ANY, Moves, Selection
from campaigns.assignment.views.proposal import LIST_HEADS
from campaigns.figures.filters import read_choices
from campaigns.models import Campaign, Contact, Reassignment
from campaigns.models.contacts import CallList
from campaigns.month.lifecycle import CampaignRefused
from campaigns.month.on_pages import campaign_at
from campaigns.month.periods import write_period

Verb = Reassignment.Verb
NOBODY = "none"
SHOWN_CHANGES = 10
SHOWN_STAYED = 20  # contacts an undone change names; one that leaves more is undone too late to be looked through


@dataclass(frozen=True)
class Asked:
    """What the address or the form asks for; what cannot be read is left out."""

    verb: Reassignment.Verb
    from_agents: list[Agent]
    unassigned: bool
    to: list[Agent]
    contact: Contact | None
    filters: dict[str, str]

    @property
    def is_complete(self) -> bool:
        if self.verb == Verb.REBALANCE:
            return bool(self.to)
        has_source = bool(self.from_agents or self.unassigned or self.contact)
        return has_source and (self.verb == Verb.TAKE_BACK or bool(self.to))

    @property
    def selection(self) -> Selection:
        lists = self.filters["lists"]
        return Selection(
            agents=tuple(agent.pk for agent in self.from_agents),
            unassigned=self.unassigned,
            lists=(lists,) if lists in CallList.values else (),
            zone=self.filters["zone"],
            tried=self.filters["tried"] or ANY,
            contacts=(self.contact.pk,) if self.contact else (),
        )


@steering_only
@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, period: str) -> HttpResponseBase:
    """The page with its preview; posted, the change."""
    campaign = campaign_at(request, period)
    asked = _asked(request.POST if request.method == "POST" else request.GET, signed_in_user(request), campaign)
    if request.method == "POST":
        return _change(request, campaign, asked)
    return _drawn(request, campaign, asked)


@steering_only
@require_POST
def undo(request: HttpRequest, period: str, pk: int) -> HttpResponseBase:
    """Give the contacts of a change back to whom it took them from."""
    campaign = campaign_at(request, period)
    change = get_object_or_404(
        Reassignment.objects.visible_to(signed_in_user(request)).filter(campaign=campaign), pk=pk
    )
    try:
        undone = undoing.undo(reassignment=change, by=signed_in_user(request), now=timezone.now())
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _undone_in_words(undone))
    return redirect("campaigns:reassign", period=period)


def _undone_in_words(undone: undoing.Undone) -> str:
    """What went back and what did not, in one notice; whose names stay is told beside the change."""
    sentences = [
        ngettext(
            "%(n)s contacto volvió a quien lo tenía.", "%(n)s contactos volvieron a quien los tenía.", undone.contacts
        )
        % {"n": number_format(undone.contacts, force_grouping=True)}
    ]
    if number := undone.contacts_left:
        sentences.append(
            ngettext("%(n)s queda donde está.", "%(n)s quedan donde están.", number)
            % {"n": number_format(number, force_grouping=True)}
        )
    if number := undone.call_backs_left:
        sentences.append(
            ngettext(
                "%(n)s llamada acordada se cambió desde entonces y quedó como está.",
                "%(n)s llamadas acordadas se cambiaron desde entonces y quedaron como están.",
                number,
            )
            % {"n": number_format(number, force_grouping=True)}
        )
    return " ".join(sentences)


def _change(request: HttpRequest, campaign: Campaign, asked: Asked) -> HttpResponseBase:
    by, now, reason = signed_in_user(request), timezone.now(), request.POST.get("reason", "")[:200]
    try:
        if asked.verb == Verb.REBALANCE:
            change = rebalancing.rebalance(campaign=campaign, among=asked.to, by=by, now=now, reason=reason)
        elif asked.verb == Verb.TAKE_BACK:
            change = rebalancing.take_back(campaign=campaign, selection=asked.selection, by=by, now=now, reason=reason)
        else:
            change = rebalancing.reassign(
                campaign=campaign, selection=asked.selection, to=asked.to, by=by, now=now, reason=reason
            )
    except CampaignRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            ngettext("%(n)s contacto cambió de manos.", "%(n)s contactos cambiaron de manos.", change.contacts)
            % {"n": number_format(change.contacts, force_grouping=True)},
        )
    return redirect("campaigns:reassign", period=write_period(campaign.period))


def _asked(data: QueryDict, user: User, campaign: Campaign) -> Asked:
    verb = data.get("do", "")
    sources, receivers = _ids(data.getlist("from")), _ids(data.getlist("to"))
    contacts = _ids(data.getlist("contact"))
    agents = Agent.objects.visible_to(user).select_related("user").prefetch_related("skills")
    known = {agent.pk: agent for agent in agents.filter(pk__in=[*sources, *receivers])}
    return Asked(
        verb=Verb(verb) if verb in Verb.values else Verb.REASSIGN,
        from_agents=[known[pk] for pk in sources if pk in known],
        unassigned=NOBODY in data.getlist("from"),
        to=[known[pk] for pk in receivers if pk in known],
        contact=Contact.objects.visible_to(user).filter(campaign=campaign, pk__in=contacts[:1]).first(),
        filters={name: data.get(name, "")[:80] for name in ("lists", "zone", "tried")},
    )


def _ids(values: Iterable[str]) -> list[int]:
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 18]


def _drawn(request: HttpRequest, campaign: Campaign, asked: Asked) -> HttpResponse:
    if asked.contact is not None:
        user, now = signed_in_user(request), timezone.now()
        note_search(user=user, where=Search.Where.CUSTOMER, asked=asked.contact.contract, now=now)
    rows = holdings(campaign)
    try:
        rebalancing.check_can_reassign(campaign)
        why_not = ""
    except CampaignRefused as refusal:
        why_not = str(refusal)
    moves = _preview(campaign, asked) if asked.is_complete and not why_not else None
    address, changes = request.path, _changes(campaign)
    if any(change["stayed"] for change in changes):  # they are named
        note_search(user=signed_in_user(request), where=Search.Where.LIST, asked=address, now=timezone.now())
    context = {
        "campaign": campaign,
        "period": write_period(campaign.period),
        "asked": asked,
        "rows": rows,
        "list_names": LIST_HEADS,
        "chosen_from": {agent.pk for agent in asked.from_agents},
        "chosen_to": {agent.pk for agent in asked.to},
        "form": SelectionForm(initial=asked.filters, zones=read_choices(campaign=campaign).zones),
        "why_not": why_not,
        "moves": moves,
        "preview": _preview_rows(moves, rows) if moves else [],
        "staying": _staying_words(moves) if moves else [],
        "question": _question(asked, moves) if moves else "",
        "verb_words": _verb_words(asked.verb),
        "tabs": [
            {"href": f"{address}?do={verb.value}", "words": verb.label, "current": verb == asked.verb} for verb in Verb
        ],
        "changes": changes,
        "fields": _hidden(asked),
    }
    return render(request, "campaigns/assignment/reassign.html", context)


def _preview(campaign: Campaign, asked: Asked) -> Moves:
    if asked.verb == Verb.REBALANCE:
        return rebalancing.preview_rebalance(campaign=campaign, among=asked.to)
    receivers = None if asked.verb == Verb.TAKE_BACK else asked.to
    return rebalancing.preview_reassign(campaign=campaign, selection=asked.selection, to=receivers)


def _preview_rows(moves: Moves, rows: list[Any]) -> list[dict[str, Any]]:
    """Before and after of everybody whom the change touches."""
    before = {row.agent.pk if row.agent else None: row for row in rows}
    touched = [pk for pk in before if pk in moves.taken or pk in moves.given]
    touched += [pk for pk in {*moves.taken, *moves.given} if pk not in before]
    shown = []
    for pk in touched:
        out, gets = sum(moves.taken.get(pk, {}).values()), sum(moves.given.get(pk, {}).values())
        has = before[pk].total if pk in before else 0
        name = str(before[pk].agent) if pk in before and pk is not None else _("Sin asignar")
        shown.append({"name": name, "has": has, "out": out, "gets": gets, "after": has - out + gets})
    return shown


def _staying_words(moves: Moves) -> list[str]:
    return [
        ngettext(
            "%(n)s contacto de la lista %(list)s no se mueve: ninguno de los elegidos la atiende.",
            "%(n)s contactos de la lista %(list)s no se mueven: ninguno de los elegidos la atiende.",
            number,
        )
        % {"n": number_format(number, force_grouping=True), "list": CallList(name).label}
        for name, number in moves.staying.items()
    ]


def _verb_words(verb: Reassignment.Verb) -> str:
    return {Verb.REASSIGN: _("Reasignar"), Verb.TAKE_BACK: _("Retirar"), Verb.REBALANCE: _("Equilibrar")}[verb]


def _question(asked: Asked, moves: Moves) -> str:
    count = number_format(moves.contacts, force_grouping=True)
    receivers = first_of(asked.to)
    if asked.verb == Verb.TAKE_BACK:
        return _("¿Retirar %(n)s contactos? Quedan sin asignar hasta que los reasigne.") % {"n": count}
    if asked.verb == Verb.REBALANCE:
        return _("¿Mover %(n)s contactos para equilibrar entre %(names)s?") % {"n": count, "names": receivers}
    return _("¿Reasignar %(n)s contactos a %(names)s?") % {"n": count, "names": receivers}


def _changes(campaign: Campaign) -> list[dict[str, Any]]:
    """The last changes; the newest says whether it can be undone."""
    found = (
        campaign.reassignments.select_related("by", "campaign")
        .prefetch_related("from_agents__user", "to_agents__user")
        .order_by("-at", "-pk")[:SHOWN_CHANGES]
    )
    shown = []
    for number, change in enumerate(found):
        why_not, back = "", 0
        if number == 0 and change.contacts:
            try:
                back = undoing.check_can_undo(change)
            except CampaignRefused as refusal:
                why_not = str(refusal)
        shown.append(
            {
                "change": change,
                "from": first_of(change.from_agents.all()) or "—",
                "to": first_of(change.to_agents.all()) or _("nadie"),
                "question": _question_of_undoing(change, back) if back else "",
                "stayed": undoing.who_stayed(change, at_most=SHOWN_STAYED) if change.undone_at else [],
                "why_not": why_not if change.undone_at is None else "",
            }
        )
    return shown


def _question_of_undoing(change: Reassignment, back: int) -> str:
    count = number_format(back, force_grouping=True)
    question = ngettext(
        "¿Devolver %(n)s contacto a quien lo tenía?", "¿Devolver %(n)s contactos a quien los tenía?", back
    ) % {"n": count}
    if stays := change.contacts - back:
        more = ngettext(
            "%(n)s se llamó, está abierto o cambió otra vez: queda donde está.",
            "%(n)s se llamaron, están abiertos o cambiaron otra vez: quedan donde están.",
            stays,
        ) % {"n": number_format(stays, force_grouping=True)}
        return f"{question} {more}"
    return question


def _hidden(asked: Asked) -> list[tuple[str, str]]:
    """The choice as the fields of the form that carries it out."""
    fields = [("do", asked.verb.value), *asked.filters.items()]
    fields += [("from", str(agent.pk)) for agent in asked.from_agents]
    fields += [("from", NOBODY)] if asked.unassigned else []
    fields += [("to", str(agent.pk)) for agent in asked.to]
    fields += [("contact", str(asked.contact.pk))] if asked.contact else []
    return fields
