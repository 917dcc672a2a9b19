"""The filters as they stand in an address, the same on the board and in the list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from agents.models import User
from escalations.filters import Filters, known_kind
from escalations.mentioning import count_unread
from escalations.saved_filters import filters_in, saved_of
from screens.searching import KEY as SEARCH
from screens.searching import searched

MINE, ALL = "mine", "all"


def filters_of(request: HttpRequest, *, mine_at_first: bool) -> Filters:
    """What the address asks for; what cannot be read is left out. `mine_at_first`: what is meant without a word."""
    asked = {
        name: request.GET.get(name, "").replace("\x00", "")
        for name in ("whose", "kind", "line", "zone", "due", "named")
    }
    due = asked["due"]
    return Filters(
        mine=asked["whose"] == MINE or (mine_at_first and asked["whose"] != ALL),
        kind=known_kind(asked["kind"]),
        line=asked["line"][:12],
        zone=asked["zone"][:80],
        due=due if due in ("today", "overdue") else "",
        mentioned=asked["named"] == "me",
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
        "named": "me" if asked.mentioned else "",
        SEARCH: request.GET.get(SEARCH, "") if asked.search else "",
    }
    return [(name, value) for name, value in said.items() if value]


def query_of(request: HttpRequest, asked: Filters, *, mine_at_first: bool) -> str:
    """What follows the address of a page that shows these filters: `?kind=complaint`, or nothing."""
    query = urlencode(pairs_of(request, asked, mine_at_first=mine_at_first))
    return f"?{query}" if query else ""


def own_chips(request: HttpRequest, asked: Filters, user: User, *, place: str, mine_at_first: bool) -> dict[str, Any]:
    """What a person has for herself: where she is named, and her saved filters; each with where its chip leads."""

    def leads_to(filters: Filters) -> str:
        return "?" + urlencode(pairs_of(request, filters, mine_at_first=mine_at_first))

    here = query_of(request, asked, mine_at_first=mine_at_first)
    named = count_unread(user=user) if user.steers_campaigns else 0
    all_of_mine = replace(Filters(), mentioned=not asked.mentioned, mine=asked.mentioned and mine_at_first)
    chips = [
        {
            "words": saved.name,
            "href": leads_to(filters_in(saved)),
            "on": filters_in(saved) == replace(asked, search=""),
            "forget": reverse("escalations:filter_forget", args=[place, saved.pk]) + here,
        }
        for saved in saved_of(user)
    ]
    return {
        "named": {"href": leads_to(all_of_mine), "count": named, "on": asked.mentioned}
        if named or asked.mentioned
        else None,
        "saved": chips,
        "save_at": reverse("escalations:filter_save", args=[place]) + here,
        "may_save": bool(here) and not any(chip["on"] for chip in chips),
    }


def query_of_times(asked: Filters) -> str:
    """The same for the page of times, which knows kinds, lines and zones."""
    query = urlencode([(name, value) for name in ("kind", "line", "zone") if (value := getattr(asked, name))])
    return f"?{query}" if query else ""
