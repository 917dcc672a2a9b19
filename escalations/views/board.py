"""The supervisors' board: its page, one card of it, and its figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import astuple, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from agents.access import asks_by_itself, centre_only, customers_only, signed_in_user
from agents.models import Search, User
from agents.searched_lists import part_is_noted, search_is_noted
from agents.searching import note_search
from escalations.board import (
    AT_FIRST,
    AT_ONCE,
    COLUMNS,
    MOVES,
    SHOWN,
    Counts,
    cards_on_board,
    choices_of,
    columns_of,
    count_board,
    first_cards,
)
from escalations.board_cards import draw_card
from escalations.changes import changes_since, has_just_changed, newest_change
from escalations.filters import Filters
from escalations.models import Escalation
from escalations.views.filters import filters_of, own_chips, pairs_of, query_of, query_of_times

SHARED_FOR = 5  # seconds a drawing of a card is kept for the other boards that are told of it


@require_http_methods(["GET", "POST"])
@customers_only
@search_is_noted
def board(request: HttpRequest) -> HttpResponseBase:
    """The board, for who sees the centre; an agent has her list of what she handed over."""
    user, now = signed_in_user(request), timezone.now()
    if not user.sees_the_centre:
        return redirect("escalations:escalation_list")
    asked, since = _asked_for(request, user), newest_change()
    counts = count_board(asked=asked, user=user, now=now)
    columns = columns_of(asked=asked, user=user, now=now, counts=counts)
    choices = choices_of(asked=asked, user=user)
    draw = _drawing(user, now)
    context = {
        "columns": [(shown, [draw(card) for card in shown.cards]) for shown in columns],
        "asked": asked,
        "since": since,
        "whose": _whose_chips(request, asked, user, counts) if user.steers_campaigns else [],
        "due": _due_chips(request, asked, user, counts),
        "own": own_chips(request, asked, user, place="board", mine_at_first=user.steers_campaigns),
        "chosen": _chosen_chips(request, asked, user, choices),
        "kept": [(name, value) for name, value in _query(request, asked, user) if name in ("whose", "due")],
        "to_list": query_of(request, asked, mine_at_first=False),
        "to_times": query_of_times(asked),
        **choices,
        "moves": json.dumps(_moves()),
        "first": AT_FIRST,
        "most": SHOWN,
        "at_once": " ".join(AT_ONCE),
        "works": user.steers_campaigns,
    }
    return render(request, "escalations/board.html", context)


@asks_by_itself
@centre_only
@require_GET
def board_card(request: HttpRequest, pk: int) -> HttpResponse:
    """One card as the board shows it under these filters; nothing (204) when it does not stand there.

    `version`: of which the board was told. A hundred boards are told in one moment, and what the first of them is shown
    (of that version, or a newer one) is what the others with the same filters are.
    """
    user, now = signed_in_user(request), timezone.now()
    asked, version = _asked_for(request, user), request.GET.get("version", "")
    name = _shared_name(pk, version, asked, user)
    drawn: str | None = cache.get(name) if name else None
    if drawn is None:
        if not has_just_changed(escalation_id=pk, now=now):  # no board was told of it: it is each one's own look
            name = ""
            note_search(user=user, where=Search.Where.CARD, asked=f"tarjeta {pk}", now=now)
        card = cards_on_board(asked=asked, user=user, now=now).filter(pk=pk).first()
        drawn = str(_drawing(user, now)(card)) if card else ""
        at = card or get_object_or_404(Escalation.objects.visible_to(user), pk=pk)
        if name and at.version >= int(version):
            cache.set(name, drawn, SHARED_FOR)
    return HttpResponse(drawn) if drawn else HttpResponse(status=204)


@asks_by_itself
@centre_only
@require_GET
@part_is_noted
def board_column(request: HttpRequest, code: str) -> HttpResponse:
    """The cards of one column under these filters, for who looks further or whose cards have left."""
    user, now = signed_in_user(request), timezone.now()
    column = next((column for column in COLUMNS if column.code == code), None)
    if column is None:
        raise Http404
    cards = first_cards(column, asked=_asked_for(request, user), user=user, now=now, most=SHOWN)
    return HttpResponse("".join(map(_drawing(user, now), cards)))


@asks_by_itself
@centre_only
@require_GET
def board_counts(request: HttpRequest) -> JsonResponse:
    """The figures of the board under these filters."""
    user = signed_in_user(request)
    counts = count_board(asked=_asked_for(request, user), user=user, now=timezone.now())
    return JsonResponse({"columns": counts.columns, "overdue": counts.overdue, "chips": counts.chips})


@asks_by_itself
@require_GET
@customers_only
def changes(request: HttpRequest) -> JsonResponse:
    """Cards that changed since a line of the history, as `id:version`; asked by a board that hears no stream."""
    asked = request.GET.get("since", "")
    since = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None  # a key has 64 bits
    found = changes_since(since=since, user=signed_in_user(request), now=timezone.now())
    cards = [f"{pk}:{version}" for pk, version in found.cards]
    return JsonResponse({"newest": found.newest, "cards": cards, "resync": found.resync})


def _shared_name(pk: int, version: str, asked: Filters, user: User) -> str:
    """Under what the drawing of that version is kept for others; empty where it is not asked for by one."""
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        return ""
    whose = user.pk if asked.mine or asked.mentioned else 0
    told = (*astuple(asked), whose, user.steers_campaigns, user.sees_the_centre, get_language())
    return f"board-card-{pk}-{version}-{hashlib.sha256(repr(told).encode()).hexdigest()}"


def _drawing(user: User, now: datetime) -> Callable[[Escalation], SafeString]:
    """How a card is drawn for this person now."""
    return partial(draw_card, address=reverse("escalations:board"), works=user.steers_campaigns, now=now)


def _asked_for(request: HttpRequest, user: User) -> Filters:
    return filters_of(request, mine_at_first=user.steers_campaigns)


def _query(request: HttpRequest, asked: Filters, user: User) -> list[tuple[str, str]]:
    return pairs_of(request, asked, mine_at_first=user.steers_campaigns)


def _chip(request: HttpRequest, asked: Filters, user: User, words: str, **more: Any) -> dict[str, Any]:
    return {"href": "?" + urlencode(_query(request, asked, user)), "words": words, **more}


def _whose_chips(request: HttpRequest, asked: Filters, user: User, counts: Counts) -> list[dict[str, Any]]:
    named = {True: ("mine", _("Mías y nuevas")), False: ("all", _("Todas"))}
    return [
        _chip(
            request, replace(asked, mine=mine), user, words, code=code, count=counts.chips[code], on=asked.mine == mine
        )
        for mine, (code, words) in named.items()
    ]


def _due_chips(request: HttpRequest, asked: Filters, user: User, counts: Counts) -> list[dict[str, Any]]:
    """Pressed again they let go."""
    chips = []
    for code, words in (("today", _("Vencen hoy")), ("overdue", _("Vencidas"))):
        on = asked.due == code
        target = replace(asked, due="" if on else code)
        chips.append(_chip(request, target, user, words, code=code, count=counts.chips[code], on=on))
    return chips


def _chosen_chips(
    request: HttpRequest, asked: Filters, user: User, choices: dict[str, list[Any]]
) -> list[dict[str, Any]]:
    """What was chosen from lists or searched for; each is taken away by its chip."""
    said = {
        "kind": dict(choices["kinds"]).get(asked.kind, ""),
        "line": _("línea %(line)s") % {"line": asked.line} if asked.line else "",
        "zone": asked.zone,
        "search": f"«{asked.search}»" if asked.search else "",
    }
    gone: Any = ""
    return [_chip(request, replace(asked, **{name: gone}), user, str(words)) for name, words in said.items() if words]


def _moves() -> dict[str, dict[str, str]]:
    """By column left and column reached, the verb."""
    return {
        left.code: {reached: verb.value for (start, reached), verb in MOVES.items() if start == left.code}
        for left in COLUMNS
    }
