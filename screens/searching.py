"""What is looked for in a list is personal data: a name, a contract. It never stands in an address.

Addresses end up in histories, proxies and logs. The filters of a list are posted to it; what was typed stays in the
session, and the address gets a word that means it there and nothing anywhere else. So Back, refresh, pages and sorting
work as with any address, and one that is sent to a colleague carries nobody's name (docs/decisions/0090).
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

TYPED = "q"  # the field of the form
KEY = "s"  # what stands for it in the address
KEPT = 20  # searches of one session; older addresses show the list without theirs
A_MOMENT = timedelta(hours=1)  # how long the row of a search stands for opening its address again
SEARCHES = "searches_typed"  # in the session: by the word, the list it was typed into, what was typed, and when


def searched(request: HttpRequest, *, most: int) -> str:
    """What this address looks for, as it was typed in this session; at most `most` characters."""
    _list, text, _at = _of_address(request)
    return text[:most]


def is_searched_here(request: HttpRequest, *, now: datetime) -> bool:
    """Whether what this address looks for was typed into this very list a moment ago, not into another or that of
    another month: later somebody else may be found by it.
    """
    path, _text, at = _of_address(request)
    return path == request.path and now.timestamp() - at < A_MOMENT.total_seconds()


def _of_address(request: HttpRequest) -> tuple[str, str, float]:
    return _kept(request).get(request.GET.get(KEY, ""), ("", "", 0.0))


def _kept(request: HttpRequest) -> dict[str, tuple[str, str, float]]:
    found: dict[str, tuple[str, str, float]] = request.session.get(SEARCHES, {})
    return found


def to_its_address(request: HttpRequest, *, now: datetime) -> HttpResponseBase:
    """The filter form posted to a list becomes its address, without what was typed."""
    asked = request.POST.copy()
    typed = asked.get(TYPED, "").strip()[:80]
    for name in [name for name in asked if name in (TYPED, KEY, "csrfmiddlewaretoken") or not asked[name]]:
        del asked[name]
    if typed:
        here = (request.path, typed)
        kept = {key: one for key, one in _kept(request).items() if tuple(one[:2]) != here}
        asked[KEY] = secrets.token_urlsafe(6)
        typed_now = (*here, now.timestamp())
        request.session[SEARCHES] = {**dict(list(kept.items())[1 - KEPT :]), asked[KEY]: typed_now}
    query = asked.urlencode()
    return HttpResponseRedirect(request.path + (f"?{query}" if query else ""))
