"""A sealed report as a PDF to be signed, typeset by typst from a template of our own: no browser, no system font."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

TEMPLATE = Path(__file__).parent / "documents" / "seal.typ"
SITE = "COMTECO R.L. · Centro de Llamadas"
FONT = "Libertinus Serif"  # of the template: typst brings it
PAPER_WIDTH = 640  # pixels of a drawing across the page: its letters are then as large as those of the tables
HALF_WIDTH = 302  # and of one across half of it: the template leaves 10 mm between two


def typeset(told: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of what is `told`, as the template asks for it; the same at another time, for it is of that moment."""
    inputs = {"told": json.dumps(told)}
    return bytes(typst.compile(TEMPLATE, sys_inputs=inputs, timestamp=int(at.timestamp()), ignore_system_fonts=True))


def framed(*, title: str, month: str, revision: int, sha256: str) -> dict[str, Any]:
    """What every such document says around its figures, in the language that is active."""
    numbered = _("Revisión %(revision)d") % {"revision": revision}
    return {
        "site": SITE,
        "language": (get_language() or settings.LANGUAGE_CODE).split("-")[0],
        "title": title,
        "subtitle": f"{month[:1].upper()}{month[1:]} · {numbered}",
        "running": f"{title} · {month} · {numbered}",
        "warning": "",
        "fingerprint": {"label": _("Huella"), "value": sha256},
        "page": _("Página %(page)s de %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        "headings": {"figures": _("Cifras principales")},
        "disclosed": "",
        "charts": [],
        "signing": {
            "title": _("Firmas"),
            "words": _(
                "Se firma la revisión %(revision)d de este informe: la de la huella que está al pie de cada página."
            )
            % {"revision": revision},
            "places": [
                {"who": who, "name": _("Nombre y cargo"), "day": _("Lugar y fecha")}
                for who in (_("Por el Centro de Llamadas"), _("Recibido por"))
            ],
        },
    }
