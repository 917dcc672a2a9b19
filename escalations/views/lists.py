"""The list of what was handed over, closed ones too, and its export."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import centre_only, customers_only, signed_in_user, steering_only
from agents.disclosure import record_export
from agents.models import User
from agents.searched_lists import part_is_noted, search_is_noted
from escalations.card_page import WORDS, Words, who_may_have_any
from escalations.forms import form_of
from escalations.letters import units
from escalations.lifecycle import EscalationRefused, Verb
from escalations.lists import (
    OPEN,
    Asked,
    find_escalations,
    kinds_shown,
    lines_and_zones,
    sheet_of,
    states_shown,
)
from escalations.several import VERBS, do_to_several
from escalations.tables import EscalationTable
from escalations.views.filters import filters_of, own_chips, pairs_of, query_of, query_of_times
from screens.spreadsheets import workbook_response


@require_http_methods(["GET", "POST"])
@customers_only
@search_is_noted
def escalation_list(request: HttpRequest) -> HttpResponse:
    """What was handed over, overdue first; an agent sees her own."""
    return _show_list(request)


def _show_list(request: HttpRequest, *, sent: Form | None = None, picked: Collection[int] = ()) -> HttpResponse:
    """The list; with what was `sent` for the `picked` ones and cannot be done like that."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    kept = pairs_of(request, replace(asked, due=""), mine_at_first=False)
    kept += [("state", asked.state)] if asked.state != OPEN else []
    words = {"": _("Todas"), "today": _("Vencen hoy"), "overdue": _("Vencidas")}
    to_board = reverse("escalations:board") + query_of(request, asked, mine_at_first=user.steers_campaigns)
    context = {
        "asked": asked,
        "table": EscalationTable(
            find_escalations(asked=asked, user=user, now=now), now=now, picks=user.steers_campaigns, picked=picked
        ).shown_to(request),
        "verbs": _verbs_of_several(user, now, sent),
        "units": units().values_list("name", flat=True) if user.steers_campaigns else [],
        "tabs": [
            {
                "href": "?" + urlencode([*kept, *([("due", due)] if due else [])]),
                "words": words[due],
                "current": asked.due == due,
                "count": find_escalations(asked=replace(asked, due=due), user=user, now=now).count(),
            }
            for due in words
        ],
        "own": own_chips(request, asked, user, place="list", mine_at_first=False) if user.sees_the_centre else None,
        "kinds": kinds_shown(),
        "states": states_shown(),
        **lines_and_zones(asked=asked, user=user),
        "is_filtered": bool(kept),
        "sees_the_centre": user.sees_the_centre,
        "to_board": to_board,
        "to_times": query_of_times(asked),
        "trail": [(to_board, _("Derivaciones")), ("", _("Lista"))],
        "query": request.GET.urlencode(),
    }
    return render(request, "escalations/escalation_list.html", context, status=422 if sent else 200)


@steering_only
@require_http_methods(["GET", "POST"])
@part_is_noted
def escalations_several(request: HttpRequest) -> HttpResponse:
    """One verb for the cards that were chosen in the list; then the list again, saying what came of it.

    The links of a list that says what is missing lead here: they go on to it.
    """
    user, now, verb = signed_in_user(request), timezone.now(), request.POST.get("verb", "")
    back = redirect(reverse("escalations:escalation_list") + (f"?{request.GET.urlencode()}" if request.GET else ""))
    if request.method == "GET":
        return back
    if verb not in VERBS:
        raise Http404
    keys = {int(key) for key in request.POST.getlist("pick") if key.isascii() and key.isdigit() and len(key) < 10}
    if not keys:
        messages.warning(request, _("No eligió ninguna: marque las derivaciones en la lista."))
        return back
    form = form_of(Verb(verb), people=who_may_have_any(), now=now, sent=request.POST, prefix=verb, requires=False)
    if not form.is_valid():
        messages.error(request, _("No se hizo nada: falta un dato, marcado abajo."))
        form.fields[next(iter(form.errors))].widget.attrs["autofocus"] = True
        return _show_list(request, sent=form, picked=keys)
    try:
        found = do_to_several(verb=Verb(verb), keys=keys, by=user, now=now, said=form.cleaned_data)
    except EscalationRefused as too_many:
        messages.error(request, str(too_many))
        return _show_list(request, sent=form, picked=keys)
    button = WORDS[Verb(verb)].button
    if found.done:
        told = ngettext("%(button)s: %(n)d derivación.", "%(button)s: %(n)d derivaciones.", len(found.done))
        messages.success(request, told % {"button": button, "n": len(found.done)})
    for sentence, refused in found.refused.items():
        told = _("Sin cambiar: %(cards)s. %(why)s")
        messages.warning(request, told % {"cards": ", ".join(refused), "why": sentence})
    return back if found.done else _show_list(request, sent=form, picked=keys)  # nothing was done: it is not lost


@centre_only
@require_POST
def escalation_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; it is written in the book of exports."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    found = find_escalations(asked=asked, user=user, now=now)
    subject = _("Derivaciones: %(asked)s") % {"asked": asked.words}
    record_export(user=user, subject=subject, rows=found.count(), now=now)
    sheet = sheet_of(found, masked=user.reads_masked)
    return workbook_response(_("derivaciones"), [sheet], today=timezone.localdate(now))


def _verbs_of_several(user: User, now: datetime, sent: Form | None) -> list[tuple[Verb, Words, Form]]:
    """What may be done to several at once, with its form as it was sent; nothing for who works no cards."""
    if not user.steers_campaigns:
        return []
    people, found = who_may_have_any(), []
    for verb in VERBS:
        is_sent = sent is not None and sent.prefix == verb
        form = sent if is_sent else form_of(verb, people=people, now=now, prefix=verb, requires=False)
        found.append((verb, WORDS[verb], form))
    return found  # type: ignore[return-value]


def _asked_for(request: HttpRequest) -> Asked:
    """The filters of the address; what cannot be read is left out."""
    state = request.GET.get("state", "")
    filters = filters_of(request, mine_at_first=False)
    return Asked(**vars(filters), state=state if state in dict(states_shown()) else OPEN)
