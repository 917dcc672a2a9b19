"""The first day in a browser: the steps, trying one without leaving the page, and people out of a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from agents.models import User
from tests.browser.looking import assert_accessible

pytestmark = pytest.mark.django_db(transaction=True)
PASTED = "usuario\tnombre\tfunción\tlistas\nmquispe\tMaría\tagente\tambas\nrflores\tRosa\tsupervisora\t"


def test_who_sets_up_goes_from_step_to_step(open_as: Callable[..., Page], live_server: Any, ines: User) -> None:
    page = open_as(ines)
    page.goto(f"{live_server.url}/setup/")
    expect(page.get_by_role("heading", name="Puesta en marcha")).to_be_visible()
    assert_accessible(page, "first-day")
    page.locator("#ccvp").get_by_role("button", name="Probar ahora").click()
    expect(page.locator("#tried-ccvp")).to_contain_text("Ningún origen")
    page.locator("#hours").get_by_role("button", name="Está bien así").click()
    expect(page.locator("#hours .badge")).to_have_text("Hecho")
    page.locator("#switchboard").get_by_role("button", name="Dejarlo").click()
    expect(page.locator("#switchboard .badge")).to_have_text("Se deja")
    page.goto(f"{live_server.url}/setup/")  # without the word that it was done, which lies over a button for a moment
    assert_accessible(page, "first-day-in-part")
    page.locator("#people").get_by_role("link", name="Traer de una planilla").click()
    page.get_by_label("Filas").fill(PASTED)
    page.get_by_role("button", name="Revisar").click()
    assert_accessible(page, "people-of-a-sheet")
    page.get_by_role("button", name="Crear 2 cuentas").click()
    expect(page.get_by_role("cell", name="mquispe")).to_be_visible()
    expect(page.get_by_text("Espera a otra administración")).to_be_visible()
    assert_accessible(page, "people-hired")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/setup/")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
