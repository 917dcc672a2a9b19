"""The pictures of the manual: taken by the tests that look at those pages, and in each run held against the pages.

    make pictures       # the browser's tests, with PICTURES=yes

What a picture shows is kept in words beside it (buttons, labels, heads of tables; no figures, days or people). A page
that has lost one of them has a picture that shows what is there no more, and its test fails.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

DOCS = Path(__file__).resolve().parents[2] / "docs"
KEPT = DOCS / "pictures"
NAMED = re.compile(r"\.\./pictures/([\w-]+)\.png")
WORDS = """() => [...document.querySelectorAll('main :is(button, th, label, legend, dt)')].filter((one) =>
  one.checkVisibility({visibilityProperty: true}) && one.getClientRects()[0]?.top < innerHeight)
  .map((one) => one.innerText)"""
DAYS = re.compile(r"\d|lunes|martes|miércoles|jueves|viernes|sábado|domingo|hoy|mañana|pasado", re.IGNORECASE)


@cache
def named() -> frozenset[str]:
    """The pictures the manual shows."""
    pages = [*DOCS.glob("es/*.md"), *DOCS.glob("en/*.md")]
    return frozenset(name for page in pages for name in NAMED.findall(page.read_text(encoding="utf-8")))


def words_of(page: Page) -> set[str]:
    """What can be read there whoever works and whatever the day."""
    said = {" ".join(words.split()) for words in page.evaluate(WORDS)}
    return {words for words in said if words and not DAYS.search(words)}


def of_the_manual(page: Page, name: str) -> None:
    """Take the page's picture where it is asked for; else say when the one there is shows another page."""
    if name not in named():
        return
    file = KEPT / f"{name}.words"
    if os.environ.get("PICTURES"):
        page.screenshot(path=KEPT / f"{name}.png")
        file.write_text("".join(f"{words}\n" for words in sorted(words_of(page))), encoding="utf-8")
        return
    gone = set(file.read_text(encoding="utf-8").splitlines()) - words_of(page)
    assert not gone, f"docs/pictures/{name}.png shows what is there no more: {sorted(gone)}. `make pictures`"
