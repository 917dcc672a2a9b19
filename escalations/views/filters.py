"""The filters as they stand in an address, the same on the board and in the list."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import urlencode

from escalations.filters import Filters, known_kind
from screens.searching import KEY as SEARCH
from screens.searching import searched

MINE, ALL = "mine", "all"


def filters_of(request: HttpRequest, *, mine_at_first: bool) -> Filters:
    """What the address asks for; what cannot be read is left out. `mine_at_first`: what is meant without a word."""
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ("whose", "kind", "line", "zone", "due")}
    due = asked["due"]
    return Filters(
        mine=asked["whose"] == MINE or (mine_at_first and asked["whose"] != ALL),
        kind=known_kind(asked["kind"]),
        line=asked["line"][:12],
        zone=asked["zone"][:80],
        due=due if due in ("today", "overdue") else "",
        search=searched(request, most=60),
    )


def pairs_of(request: HttpRequest, asked: Filters, *, mine_at_first: bool) -> list[tuple[str, str]]:
    """The other way round, for an address; what is meant without a word is not said."""
    said = {
        "whose": (MINE if asked.mine else ALL) if asked.mine != mine_at_first else "",
        "kind": asked.kind,
        "line": asked.line,
        "zone": asked.zone,
        "due": asked.due,
        SEARCH: request.GET.get(SEARCH, "") if asked.search else "",
    }
    return [(name, value) for name, value in said.items() if value]


def query_of(request: HttpRequest, asked: Filters, *, mine_at_first: bool) -> str:
    """What follows the address of a page that shows these filters: `?kind=complaint`, or nothing."""
    query = urlencode(pairs_of(request, asked, mine_at_first=mine_at_first))
    return f"?{query}" if query else ""


def query_of_times(asked: Filters) -> str:
    """The same for the page of times, which knows kinds, lines and zones."""
    query = urlencode([(name, value) for name in ("kind", "line", "zone") if (value := getattr(asked, name))])
    return f"?{query}" if query else ""
