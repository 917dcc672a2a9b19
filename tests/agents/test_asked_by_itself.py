"""A page that is only open is no sign that anybody is there: whatever it asks again and again counts as no use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from agents.models import User
from tests.callcenter.test_every_address import ROUTED
from tests.sources import HOUSE

ASKED_BY_SCRIPTS = [f"escalations:{name}" for name in ("changes", "board_counts", "board_column", "board_card")]
OF_NOBODY = {"wallboard:now"}  # a television: nobody is signed in


pytestmark = pytest.mark.django_db


def asked_again() -> dict[str, Path]:
    """Every address that a page asks by its own clock, and the template that does."""
    found = {}
    for page in [*HOUSE.glob("*/templates/**/*.html"), *(HOUSE / "templates").rglob("*.html")]:
        text = page.read_text(encoding="utf-8")
        for tag in re.findall(r"<\w(?:[^<>{]|{[%{].*?[%}]})*>", text, re.DOTALL):
            named = re.search(r"hx-(?:get|post)=\"{%\s*url\s+\"([^\"]+)\"", tag)
            if named and re.search(r"hx-trigger=\"[^\"]*every ", tag):
                found[named[1]] = page.relative_to(HOUSE)
    return found


def test_what_a_page_asks_again_and_again_is_no_use_of_a_session() -> None:
    found = asked_again()
    found |= dict.fromkeys(ASKED_BY_SCRIPTS, Path("board_live.js"))
    assert len(found) > 15
    counted = {
        name: str(page)
        for name, page in found.items()
        if name not in OF_NOBODY and not getattr(ROUTED[name].callback, "asks_by_itself", False)
    }
    assert counted == {}


def test_an_open_page_lets_its_session_end(elena: User, signed_in: Any, at: Any) -> None:
    """Half an hour of what the frame asks each minute, and nobody there."""
    with time_machine.travel(at("2026-11-25 10:00"), tick=False) as clock:
        client = signed_in(elena)
        assert client.get(reverse("campaigns:report_list")).status_code == 200
        for _minute in range(32):
            clock.shift(60)
            client.get(reverse("campaigns:payment_age"))
        assert client.get(reverse("campaigns:report_list")).status_code == 302
