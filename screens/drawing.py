"""A Vega-Lite specification drawn on the server as SVG, for the page and for paper. No JavaScript, no network.

Colours come from the palette below: `css/surfaces.css` swaps exactly these for their dark counterparts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import vl_convert
from django.core.cache import cache
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from screens.chart_links import Links, with_links, without_links

PALETTE = ("#0a5a60", "#c2651b", "#4a6fb5", "#8a4f93", "#5f7a1f")
QUIET = "#9fb0bd"
INK, INK_SOFT, LINE, PAPER = "#15202b", "#475663", "#d3dbe2", "#ffffff"
LETTERS = 13  # pixels of all that is written in a drawing: `--small` of css/tokens.css
MEASURED = 15  # as which the page's letters are laid out: the typeface of who looks may be wider than the drawer's
KEPT = 24 * 3600  # seconds a drawing stays in the cache
VEGA_LITE = "6.4"
LOCALE = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Bs ", ""], "percent": " %"}

Spec = dict[str, Any]

CONFIG: Spec = {
    "aria": False,
    "background": "transparent",
    "font": "Liberation Sans",
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK_SOFT,
        "titleColor": INK_SOFT,
        "labelFontSize": MEASURED,
        "titleFontSize": MEASURED,
        "titleFontWeight": 400,
        "domainColor": LINE,
        "tickColor": LINE,
        "gridColor": LINE,
        "labelPadding": 6,
        "titlePadding": 8,
    },
    "axisX": {"grid": False},
    "axisY": {"ticks": False, "domain": False},
    "legend": {
        "orient": "top",
        "title": None,
        "labelColor": INK,
        "labelFontSize": MEASURED,
        "symbolSize": 90,
        "labelLimit": 260,
    },
    "text": {"color": INK, "fontSize": MEASURED},
    "range": {"category": list(PALETTE)},
}


class Drawings:
    """One Vega-Lite specification in several widths, kept in the cache together: one look there finds them all. `fits`:
    what of it differs in each.

    Its `title` and `description` become what a screen reader says, not ink. A mark whose datum has the `link` that
    screens.chart_links gave it leads there, by its name.
    """

    def __init__(self, spec: Spec, fits: Sequence[Spec]) -> None:
        self._spec, self._fits = spec, fits
        told = json.dumps([spec, fits, CONFIG, VEGA_LITE], sort_keys=True, default=str)
        self._key = f"chart:svg:{hashlib.sha256(told.encode()).hexdigest()}"

    @cached_property
    def found(self) -> list[str] | None:
        """Those of the cache: drawing one anew takes a tenth of a second."""
        return cache.get(self._key)

    @cached_property
    def drawn(self) -> list[SafeString]:
        """Those of the cache, or drawn now."""
        drawings = self.found
        if drawings is None:
            drawings = [_svg(*_prepared({**self._spec, **fit})) for fit in self._fits]
            cache.set(self._key, drawings, KEPT)
        return [mark_safe(one) for one in drawings]  # noqa: S308  # text in it is escaped by Vega, names by _named


def _svg(said: tuple[str, str], drawn: Spec, links: Links) -> str:
    return with_links(_named(vl_convert.vegalite_to_svg(drawn, **_ways()), *said, leads=bool(links)), links)


def paper_svg(spec: Spec, *, font: str) -> str:
    """Draw a Vega-Lite specification for a document, in its typeface."""
    _said, drawn, _links = _prepared(spec)
    drawn["config"] = _in_letters_of(LETTERS, {**drawn["config"], "font": font})
    return without_links(vl_convert.vegalite_to_svg(drawn, **_ways()))


def _in_letters_of(size: int, config: Spec) -> Spec:
    return {
        name: {key: size if str(key).lower().endswith("fontsize") else kept for key, kept in part.items()}
        if isinstance(part, dict)
        else part
        for name, part in config.items()
    }


def _ways() -> dict[str, Any]:
    return {"vl_version": VEGA_LITE, "format_locale": LOCALE, "allowed_base_urls": []}


def _prepared(spec: Spec) -> tuple[tuple[str, str], Spec, Links]:
    drawn = {name: value for name, value in spec.items() if name not in ("title", "description", "links")}
    drawn["config"] = {**CONFIG, **spec.get("config", {})}
    return (str(spec.get("title", "")), str(spec.get("description", ""))), drawn, spec.get("links", [])


def _named(drawing: str, title: str, description: str, *, leads: bool) -> str:
    """The drawing with its name. A picture is one thing to a listener; one with links in it is a group of them."""
    identity = f"drawing-{hashlib.sha256(drawing.encode()).hexdigest()[:12]}"
    head = (
        f'<svg role="{"group" if leads else "img"}" aria-labelledby="{identity}-t {identity}-d" focusable="false" '
        f'xmlns="http://www.w3.org/2000/svg" class="drawing"'
    )
    said = f'<title id="{identity}-t">{escape(title)}</title><desc id="{identity}-d">{escape(description)}</desc>'
    opened = re.sub(r'^<svg xmlns="[^"]*"( xmlns:xlink="[^"]*")?( version="[^"]*")?( class="[^"]*")?', head, drawing)
    silent = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", opened[len(head) :])
    return head + re.sub(r"^([^>]*>)", lambda found: found[1] + said, silent, count=1)
