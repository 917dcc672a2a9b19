"""A list that is searched for a customer: who looks leaves a row, as everywhere she looks for somebody."""

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
    """View decorator: what is typed into the filter form is written down once, when it is sent. Raises TooMuch."""
    posted = search_is_posted(view)

    @wraps(view)
    def noted(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        if request.method == "POST" and (typed := request.POST.get(TYPED, "").strip()):
            note_search(user=signed_in_user(request), where=Search.Where.LIST, asked=typed, now=timezone.now())
        return posted(request, *args, **more)

    return noted
