"""Door of the books of personal data: who looked for whom, and what left its page. Who reads the centre reads them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from agents.access import centre_only, signed_in_user
from agents.models import Disclosure, Search
from agents.people import people_named
from agents.searched_lists import part_is_noted
from agents.tables import DisclosureTable, SearchTable

SEARCHES, DISCLOSURES = "searches", "disclosures"


@require_GET
@centre_only
@part_is_noted
def books(request: HttpRequest) -> HttpResponse:
    """One of them, the newest first; `?q=` is of the person who looked, never of the customer."""
    user, who = signed_in_user(request), request.GET.get("q", "").strip()[:80]
    show = DISCLOSURES if request.GET.get("show") == DISCLOSURES else SEARCHES
    rows = (Disclosure if show == DISCLOSURES else Search).objects.visible_to(user).select_related("user")
    rows = rows.filter(user__in=people_named(who)) if who else rows
    nothing = {SEARCHES: _("Todavía nadie consultó a un cliente."), DISCLOSURES: _("Todavía no salió ningún dato.")}
    empty = {} if who else {"empty_text": nothing[show]}
    table = (DisclosureTable if show == DISCLOSURES else SearchTable)(rows, masked=user.reads_masked, **empty)
    words = {SEARCHES: _("Consultas de clientes"), DISCLOSURES: _("Salidas de datos personales")}
    kept = {"q": who} if who else {}
    tabs = [
        {"href": "?" + urlencode({"show": value, **kept}), "words": word, "current": value == show}
        for value, word in words.items()
    ]
    trail = [(reverse("agents:people"), _("Personas")), ("", _("Consultas y salidas"))]
    context = {"table": table.shown_to(request), "tabs": tabs, "show": show, "search": who, "trail": trail}
    return render(request, "agents/books.html", context)
