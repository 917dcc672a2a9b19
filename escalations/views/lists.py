"""The list of what was handed over, closed ones too, and its export."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user
from agents.disclosure import record_export
from escalations.lists import OPEN, Asked, find_escalations, is_masked, kinds_shown, lines_of, sheet_of, states_shown
from escalations.models import EscalationKind
from escalations.tables import EscalationTable
from screens.spreadsheets import workbook_response


@require_GET
def escalation_list(request: HttpRequest) -> HttpResponse:
    """What was handed over, overdue first; an agent sees her own."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    everything = replace(asked, overdue=False)
    kept = {name: request.GET[name] for name in ("kind", "line", "state") if request.GET.get(name)}
    all_of_them = find_escalations(asked=everything, user=user, now=now)
    late_ones = find_escalations(asked=replace(asked, overdue=True), user=user, now=now)
    counts = {False: all_of_them.count(), True: late_ones.count()}
    words = {False: _("Todas"), True: _("Vencidas")}
    context = {
        "asked": asked,
        "table": EscalationTable(find_escalations(asked=asked, user=user, now=now), now=now).shown_to(request),
        "tabs": [
            {
                "href": "?" + urlencode({**kept, **({"overdue": "yes"} if overdue else {})}),
                "words": words[overdue],
                "current": asked.overdue == overdue,
                "count": count,
            }
            for overdue, count in counts.items()
        ],
        "kinds": kinds_shown(),
        "states": states_shown(),
        "lines": lines_of(user=user),
        "is_filtered": bool(kept),
        "sees_the_centre": user.sees_the_centre,
        "trail": [(reverse("escalations:board"), _("Derivaciones")), ("", _("Lista"))],
        "query": request.GET.urlencode(),
    }
    return render(request, "escalations/escalation_list.html", context)


@centre_only
@require_POST
def escalation_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; it is written in the book of exports."""
    user, now, asked = signed_in_user(request), timezone.now(), _asked_for(request)
    found = find_escalations(asked=asked, user=user, now=now)
    record_export(user=user, subject=f"escalations {asked.words}", rows=found.count(), now=now)
    sheet = sheet_of(found, masked=is_masked(user=user))
    return workbook_response(_("derivaciones"), [sheet], today=timezone.localdate(now))


def _asked_for(request: HttpRequest) -> Asked:
    """The filters of the address; what cannot be read is left out."""
    asked = request.GET
    kind, line, state = asked.get("kind", ""), asked.get("line", "").replace("\x00", "")[:12], asked.get("state", "")
    return Asked(
        kind=kind if kind in EscalationKind.values else "",
        line=line,
        state=state if state in dict(states_shown()) else OPEN,
        overdue=asked.get("overdue") == "yes",
    )
