"""The page of the limits of repairs: what is late, what is still in time, and how many are kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agents.access import centre_only, signed_in_user
from agents.disclosure import record_export
from agents.searched_lists import part_is_noted
from inbound.repairs.lists import OPEN, SHOWN, asked_for, count_repairs, find_repairs, has_limits, how_kept, sheets_of
from inbound.repairs.tables import RepairTable
from screens.spreadsheets import workbook_response


@require_GET
@centre_only
@part_is_noted
def repairs(request: HttpRequest) -> HttpResponse:
    """Damages by what became of their limit."""
    user, asked = signed_in_user(request), asked_for(sent=request.GET, today=timezone.localdate())
    days = {"first": asked.first.isoformat(), "last": asked.last.isoformat()}
    counts = count_repairs(user=user)
    context = {
        "asked": asked,
        "table": RepairTable(find_repairs(asked=asked, user=user)).shown_to(request),
        "kept": how_kept(asked=asked, user=user),
        "by_days": SHOWN[asked.show][1] not in OPEN,
        "has_limits": has_limits(),
        "tabs": [
            {
                "href": "?" + urlencode({"show": show, **days}),
                "words": words,
                "current": show == asked.show,
                "count": counts[show],
            }
            for show, (words, _state) in SHOWN.items()
        ],
        "query": request.GET.urlencode(),
        "trail": [(reverse("inbound:attended"), _("Atenciones")), ("", _("Plazos de los daños"))],
    }
    return render(request, "inbound/repairs/repairs.html", context)


@require_POST
@centre_only
def repairs_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly what is filtered, as a workbook; it is written in the book of exports."""
    user, now = signed_in_user(request), timezone.now()
    asked = asked_for(sent=request.GET, today=timezone.localdate(now))
    found = find_repairs(asked=asked, user=user)
    subject = _("Plazos de los daños: %(asked)s") % {"asked": asked.words}
    record_export(user=user, subject=subject, rows=found.count(), now=now)
    sheets = sheets_of(found, how_kept(asked=asked, user=user))
    return workbook_response(_("plazos de daños"), sheets, today=timezone.localdate(now))
