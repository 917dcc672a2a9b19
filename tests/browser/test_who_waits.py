"""An agent whom supervision has still to put on duty, who hears of it, and what nobody of ours wrote, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from agents import power
from agents.models import Agent, StrangeWrite, User
from agents.strangers import tell_of_strangers
from tests.audit import by_its_owner
from tests.browser.looking import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_waits_is_told_what_to_do_and_supervision_hears_it(
    open_as: Callable[..., Page], live_server: Any, ana: Agent, elena: User, ines: User
) -> None:
    power.put_password(user=ana.user, password="rio-verde-en-agosto", by=ines, now=timezone.now())
    User.objects.filter(pk=ana.user_id).update(first_entry="")
    ana.user.refresh_from_db()
    hers, others = open_as(ana), open_as(elena)
    hers.goto(f"{live_server.url}/")
    expect(hers.get_by_role("heading", name="Supervisión todavía no la puso de turno")).to_be_visible()
    expect(hers.get_by_text("Pida a su supervisión que la ponga de turno")).to_be_visible()
    assert_accessible(hers, "who-waits")
    others.goto(f"{live_server.url}/people/")
    expect(others.get_by_text("Esperan que supervisión las ponga de turno")).to_be_visible()
    assert_accessible(others, "who-hears-of-who-waits")
    others.get_by_role("row", name="Ana").get_by_role("button").first.click()
    expect(others.get_by_text("Espera que la ponga de turno")).to_have_count(0)
    hers.keyboard.press("Enter")
    expect(hers.get_by_role("heading", name="Supervisión todavía no la puso de turno")).to_have_count(0)


def test_what_nobody_of_ours_wrote_is_told_and_listed(
    open_as: Callable[..., Page], live_server: Any, elena: User, ines: User
) -> None:
    with by_its_owner():
        StrangeWrite.objects.create(
            at=timezone.now(), transaction=7, table_name="campaigns_receipt", operation="insert", key="12",
            database_user="callcenter", address="10.0.0.7", program="psql",
        )  # fmt: skip
    tell_of_strangers(now=timezone.now())
    hers, page = open_as(elena), open_as(ines)
    hers.goto(f"{live_server.url}/escalations/")
    expect(hers.get_by_text("Alguien que no es la aplicación escribió en la base")).to_be_visible()
    assert_accessible(hers, "a-strange-write")
    page.goto(f"{live_server.url}/admin/agents/strangewrite/")
    expect(page.get_by_role("row", name="campaigns_receipt")).to_contain_text("agregada")
    assert_accessible(page, "strange-writes")
