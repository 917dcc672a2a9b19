"""Bars and points of a drawing as links to the rows they count.

The drawer would put an address of its own before ours, so a mark carries a number and gets its address afterwards.
"""

from __future__ import annotations

import re
from typing import Any

from django.utils.html import escape

Links = list[tuple[str, str]]  # where a mark leads and what it is called, by the number the mark carries
NOWHERE = "https://link.invalid/"  # a name that never is one (RFC 2606)
ENCODING = {"href": {"field": "link", "type": "nominal"}}
BY_KEYBOARD = 12  # of more marks the table under the drawing is the way by keyboard


def link(row: dict[str, Any], *, to: str, name: str, links: Links) -> None:
    """Let the mark of `row` lead to `to`; without an address it leads nowhere."""
    if to:
        row["link"] = f"{NOWHERE}{len(links)}"
        links.append((to, name))


def with_links(drawing: str, links: Links) -> str:
    """The drawing with the addresses and names of its marks."""
    out_of_the_way = ' tabindex="-1"' if len(links) > BY_KEYBOARD else ""

    def opened(found: re.Match[str]) -> str:
        to, name = links[int(found[1])]
        return f'<a href="{escape(to)}" aria-label="{escape(name)}"{out_of_the_way}'

    if not links:
        return drawing
    # marks without an address have the drawer's own
    return without_links(re.sub(rf'<a xlink:href="{re.escape(NOWHERE)}(\d+)"', opened, drawing))


def without_links(drawing: str) -> str:
    """The drawing without what the drawer made a link of: for paper, which opens nothing."""
    return re.sub(r'<a xlink:href="[^"]*">(.*?)</a>', r"\1", drawing)
