"""The list of what was handed over, closed ones too, and its export."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agents.access import centre_only, signed_in_user
from agents.disclosure import record_export
from escalations.lists import (
    OPEN,
    Asked,
    find_escalations,
    is_masked,
    kinds_shown,
    lines_and_zones,
    sheet_of,
    states_shown,
)
from escalations.tables import EscalationTable
from escalations.views.filters import filters_of, pairs_of, query_of, query_of_times
from screens.searching import search_is_posted
from screens.spreadsheets import workbook_response


@require_http_methods(["GET", "POST"])
@search_is_posted
def escalation_list(request: HttpRequest) -> HttpResponse:
    """What was handed over, overdue first; an agent sees her own."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    kept = pairs_of(request, replace(asked, due=""), mine_at_first=False)
    kept += [("state", asked.state)] if asked.state != OPEN else []
    words = {"": _("Todas"), "today": _("Vencen hoy"), "overdue": _("Vencidas")}
    to_board = reverse("escalations:board") + query_of(request, asked, mine_at_first=user.steers_campaigns)
    context = {
        "asked": asked,
        "table": EscalationTable(find_escalations(asked=asked, user=user, now=now), now=now).shown_to(request),
        "tabs": [
            {
                "href": "?" + urlencode([*kept, *([("due", due)] if due else [])]),
                "words": words[due],
                "current": asked.due == due,
                "count": find_escalations(asked=replace(asked, due=due), user=user, now=now).count(),
            }
            for due in words
        ],
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
    return render(request, "escalations/escalation_list.html", context)


@centre_only
@require_POST
def escalation_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; it is written in the book of exports."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    found = find_escalations(asked=asked, user=user, now=now)
    subject = _("Derivaciones: %(asked)s") % {"asked": asked.words}
    record_export(user=user, subject=subject, rows=found.count(), now=now)
    sheet = sheet_of(found, masked=is_masked(user=user))
    return workbook_response(_("derivaciones"), [sheet], today=timezone.localdate(now))


def _asked_for(request: HttpRequest) -> Asked:
    """The filters of the address; what cannot be read is left out."""
    state = request.GET.get("state", "")
    filters = filters_of(request, mine_at_first=False)
    return Asked(**vars(filters), state=state if state in dict(states_shown()) else OPEN)
