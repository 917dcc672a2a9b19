"""Doors of the wallboard: a page without interaction, and the part of it that is asked for every second."""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET

from control_room.wallboard.links import open_wallboard
from control_room.wallboard.reading import ALL, LAYOUTS, read_wallboard

THEMES = ("dark", "light")
# its address is a secret: no page may be told where it was left from, no cache keeps it, no engine finds it
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}


@login_not_required
@require_GET
def wallboard(request: HttpRequest, token: str, layout: str = ALL) -> HttpResponse:
    """The page; `?theme=light` for a bright room. 404 for a link that is none, or was replaced."""
    part, digest = _part(request, token, layout)
    theme = request.GET.get("theme", "")
    context = {
        "part": part,
        "digest": digest,
        "token": token,
        "layout": layout,
        "theme": theme if theme in THEMES else THEMES[0],
        "now": timezone.now(),
    }
    return _secret(render(request, "control_room/wallboard/page.html", context))


@login_not_required
@require_GET
def wallboard_now(request: HttpRequest, token: str, layout: str) -> HttpResponse:
    """What the page asks for every second: 204 while it shows it already."""
    part, digest = _part(request, token, layout)
    if request.GET.get("shown") == digest:
        return _secret(HttpResponse(status=204))
    context = {"part": part, "digest": digest, "token": token, "layout": layout}
    return _secret(render(request, "control_room/wallboard/_now.html", context))


def _secret(answer: HttpResponse) -> HttpResponse:
    for name, value in HEADERS.items():
        answer[name] = value
    return answer


def _part(request: HttpRequest, token: str, layout: str) -> tuple[str, str]:
    now = timezone.now()
    if layout not in LAYOUTS or open_wallboard(token, now=now) is None:
        raise Http404
    context = {"shown": read_wallboard(now=now, layout=layout), "layout": layout}
    part = render_to_string("control_room/wallboard/_shown.html", context, request=request)
    return part, hashlib.blake2b(part.encode(), digest_size=8).hexdigest()
