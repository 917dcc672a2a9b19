"""A list of customers: who searches it, or goes on through its pages, leaves a row, as everywhere she looks for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from agents.access import View, signed_in_user
from agents.models import Search
from agents.searching import note_search
from screens.searching import KEY, TYPED, is_searched_here, to_its_address

MONTHS = ("period", "named")  # what the month of an address is called, as `2026-12`


def search_is_noted(view: View) -> View:
    """View decorator: what is typed into the filter form is written down once, when it is sent, and what else of the
    list is looked at. Raises TooMuch.
    """

    @wraps(view)
    def noted(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **more)
        now = timezone.now()
        if typed := request.POST.get(TYPED, "").strip():
            note_search(user=signed_in_user(request), where=Search.Where.LIST, asked=typed, now=now)
        return to_its_address(request, now=now)

    return part_is_noted(noted)


def part_is_noted(view: View) -> View:
    """View decorator: each other page, filter and order of a list leaves a row by its address, which names nobody; as
    it comes from the menu, and as it was searched in it a moment ago, it does not; one of many lists does, and that of
    a month that is over. Raises TooMuch.
    """

    @wraps(view)
    def noted(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        now = timezone.now()
        is_known = is_searched_here(request, now=now)
        plain = {("page", "1"), *([(KEY, request.GET[KEY])] if is_known else [])}
        is_another = request.method == "GET" and not is_known and _is_of_another_month(more, now)
        if is_another or "pk" in more or not {*request.GET.items()} <= plain:
            note_search(user=signed_in_user(request), where=Search.Where.LIST, asked=_part_of(request), now=now)
        return view(request, *args, **more)

    return noted


def look_is_noted(of: str) -> Callable[[View], View]:
    """View decorator of whatever shows one row by its number, asked for or as the answer to a step: each look leaves a
    row before anything is done. `of`: what it is, as the book says it. Raises TooMuch.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def noted(request: HttpRequest, pk: int, *args: Any, **more: Any) -> HttpResponseBase:
            user, now = signed_in_user(request), timezone.now()
            note_search(user=user, where=Search.Where.CARD, asked=f"{of} {pk}", now=now)
            return view(request, pk, *args, **more)

        return noted

    return decorate


def _is_of_another_month(named: Mapping[str, Any], now: datetime) -> bool:
    """Of none that runs: the month of the calendar, and the one whose calls are made in it, which is the next."""
    today = timezone.localdate(now)
    running = {f"{day:%Y-%m}" for day in (today, today.replace(day=28) + timedelta(days=4))}
    return any(named[month] not in running for month in MONTHS if month in named)


def _part_of(request: HttpRequest) -> str:
    """Its page first, for whoever reads the book."""
    return f"{request.path} · {request.GET.get('page', '1')[:8]} · {request.META.get('QUERY_STRING', '')}"
