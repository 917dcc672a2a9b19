"""A list of customers: who searches it, or goes on through its pages, leaves a row, as everywhere she looks for one."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from agents.access import View, signed_in_user
from agents.models import Search
from agents.searching import note_search
from screens.searching import TYPED, search_is_posted


def search_is_noted(view: View) -> View:
    """View decorator: what is typed into the filter form is written down once, when it is sent; and each page of the
    list after the first, by its address, which names nobody. Raises TooMuch.
    """
    posted = search_is_posted(view)

    @wraps(view)
    def noted(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        if request.method == "POST":
            asked = request.POST.get(TYPED, "").strip()
        else:
            asked = request.get_full_path() if request.GET.get("page", "1") != "1" else ""
        if asked:
            note_search(user=signed_in_user(request), where=Search.Where.LIST, asked=asked, now=timezone.now())
        return posted(request, *args, **more)

    return noted
