"""The manual beside the program: a site made of docs/ (`make manual`), opened where the page at hand is explained."""

from __future__ import annotations

import json
import mimetypes
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import ResolverMatch, reverse
from django.utils._os import safe_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

FIRST = {"es": "index.html", "en": "en/index.html"}
OF_ADMIN = re.compile(r"^(admin:.+?)_(?:changelist|add|change|delete|history)$")


def where(match: ResolverMatch | None) -> str:
    """The address at which a page is explained, in the reader's language; its first page where none names it; empty
    where no manual was made.
    """
    language = get_language() or "es"
    places = _places(settings.MANUAL / language / "pages.json")
    if not places:
        return ""
    name = match.view_name if match else ""
    name = found[1] if (found := OF_ADMIN.match(name)) else name
    page, _sharp, anchor = places.get(name, FIRST[language]).partition("#")
    address = reverse("manual", args=[f"{language}/{page}"])
    return f"{address}#{anchor}" if anchor else address


def _places(file: Path) -> dict[str, str]:
    """Where each page is explained; nothing where it was not made, which is looked at again."""
    try:
        return _read(file, file.stat().st_mtime_ns)
    except FileNotFoundError:
        return {}


@cache
def _read(file: Path, _made: int) -> dict[str, str]:
    return dict(json.loads(file.read_text(encoding="utf-8")))


@require_safe
def manual(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of it, for whoever is signed in."""
    file = Path(safe_join(settings.MANUAL, path))
    if not file.is_file():
        raise Http404(_("El manual no tiene esa página."))
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return FileResponse(file.open("rb"), content_type=kind)
