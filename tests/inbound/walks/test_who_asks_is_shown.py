"""A call whose customer nobody knows is told from others by who said that she asks for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from agents.models import Agent, User
from tests.inbound.other_side import OtherSide
from tests.inbound.walks.a_stolen_line import JUAN, ROSA, ToppedUp, seen

pytestmark = pytest.mark.django_db


def test_it_is_so_on_the_lines_beside_another_call_and_among_the_attended(
    side: OtherSide, ana: Agent, elena: User, signed_in: Any
) -> None:
    seen(side)
    ToppedUp(ana, timezone.now(), ROSA)
    other = ToppedUp(ana, timezone.now(), JUAN)
    assert not other.here.walk.customer_name
    lines = signed_in(ana).get("/lines/").content.decode()
    assert "Rosa Flores" in lines
    assert "Juan Pérez" in lines
    assert "Rosa Flores" in signed_in(ana).get(f"/lines/walks/{other.walk.key}/").content.decode()
    assert "Rosa Flores" in signed_in(elena).get("/lines/attended/").content.decode()
