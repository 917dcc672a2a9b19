"""An administrator changes a flow step by step: the list, the form and the drawing lead to one another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from agents.models import User
from inbound.flows.text import plain
from inbound.models import FlowDraft, ServiceLine
from tests.browser.looking import assert_accessible
from tests.inbound.flows_to_read import text_of
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_step_is_found_in_the_drawing_changed_and_published(
    ines: User, at: Callable[..., datetime], open_as: Any, live_server: Any
) -> None:
    publish_every_flow(now=at("2026-11-25 09:30"))
    line = ServiceLine.objects.get(number="103")
    draft = FlowDraft.objects.create(
        line=line, source=text_of("103"), saved_at=at("2026-11-25 09:40"), saved_by=ines, note="Más corto"
    )
    page = open_as(ines)
    page.goto(live_server.url + reverse("admin:inbound_flowdraft_change", args=[draft.pk]))
    page.get_by_role("link", name="Editar paso por paso").click()
    expect(page.get_by_role("heading", name="Pasos de 103 Instalaciones")).to_be_visible()
    page.locator("svg a[href$='/steps/order_state/']").click()
    expect(page.locator("svg .is-current title")).to_contain_text("¿En qué estado está la orden de trabajo?")
    assert_accessible(page, "flow-steps")
    page.get_by_label("Rama registered").fill("Otra cosa")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="Al texto, y a publicar").click()
    expect(page.get_by_label("Rama registered")).to_have_value("Otra cosa")
    assert asked == ["beforeunload"], "what was typed is not left without a question"
    page.get_by_label("Rama registered").fill("Registrada")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Paso guardado. Nada cambia para los agentes hasta que se publique.")).to_be_visible()
    draft.refresh_from_db()
    assert plain(draft.source)["steps"]["order_state"]["branches"][0]["label"] == "Registrada"
    page.get_by_role("link", name="Al texto, y a publicar").click()
    page.get_by_role("button", name="Guardar y publicar").click()
    expect(page.get_by_text("Publicada la versión 2 de 103")).to_be_visible()


def test_the_admin_and_a_trial_are_accessible(
    ines: User, at: Callable[..., datetime], open_as: Any, live_server: Any
) -> None:
    publish_every_flow(now=at("2026-11-25 09:30"))
    line = ServiceLine.objects.get(number="101")
    draft = FlowDraft.objects.create(line=line, source=text_of("101"), saved_at=at("2026-11-25 09:40"), saved_by=ines)
    page = open_as(ines)
    for address in ("", "escalations/kind/", "agents/user/", f"inbound/flowdraft/{draft.pk}/try/"):
        page.goto(f"{live_server.url}/admin/{address}")
        assert_accessible(page, f"admin-{address.strip('/').replace('/', '-')}")
