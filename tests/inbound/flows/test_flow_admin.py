"""An administrator writes a flow: draft, picture, faults, difference, published; and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from inbound.models import FlowDraft, FlowVersion, ServiceLine
from tests.inbound.flows_to_read import text_of
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
ADD = reverse("admin:inbound_flowdraft_add")


@pytest.fixture
def line(at: Callable[..., datetime], db: None) -> ServiceLine:
    publish_every_flow(now=at("2026-11-25 09:30"))
    return ServiceLine.objects.get(number="104")


@pytest.fixture
def draft(line: ServiceLine, ines: User, at: Callable[..., datetime]) -> FlowDraft:
    return FlowDraft.objects.create(
        line=line, source=text_of("104"), saved_at=at("2026-11-25 09:40"), saved_by=ines, note="Otro título"
    )


def page_of(draft: FlowDraft) -> str:
    return reverse("admin:inbound_flowdraft_change", args=[draft.pk])


def test_a_draft_begins_with_the_text_that_is_running(line: ServiceLine, ines: User, signed_in: SignedIn) -> None:
    answer = signed_in(ines).post(ADD, {"line": line.pk, "source": "", "note": ""}, follow=True)
    draft = FlowDraft.objects.get()
    assert (draft.source, draft.saved_by) == (text_of("104"), ines)
    assert answer.redirect_chain[-1][0] == page_of(draft)
    page = answer.content.decode()
    assert "Nada: se puede publicar." in page
    assert "Sin cambios." in page
    assert '<svg class="flow-diagram"' in page
    assert "inbound/css/flow.css" in page


def test_a_line_without_a_flow_needs_a_text(ines: User, signed_in: SignedIn) -> None:
    line = ServiceLine.objects.get(number="104")
    answer = signed_in(ines).post(ADD, {"line": line.pk, "source": " ", "note": ""})
    assert "todavía no tiene un flujo del que partir" in answer.content.decode()
    assert not FlowDraft.objects.exists()


def test_a_draft_may_be_wrong_and_says_all_of_it(draft: FlowDraft, ines: User, signed_in: SignedIn) -> None:
    wrong = draft.source.replace("next: not_registered", "next: nowhere").replace("guiatel.search", "guiatel.find")
    answer = signed_in(ines).post(page_of(draft), {"source": wrong.replace("\n", "\r\n"), "note": ""}, follow=True)
    page = answer.content.decode()
    line = next(n for n, text in enumerate(wrong.splitlines(), 1) if text.strip() == "tell_not_registered:")
    assert f"104.yaml: tell_not_registered: lleva a «nowhere», que no existe (línea {line})</a>" in page
    assert "104.yaml: search: consulta desconocida «guiatel.find»" in page
    assert '<span class="is-added">+    next: nowhere</span>' in page
    assert '<span class="is-removed">-    next: not_registered</span>' in page
    assert "<svg" in page
    draft.refresh_from_db()
    assert draft.source == wrong
    assert FlowVersion.objects.filter(line=draft.line).count() == 1


@pytest.mark.parametrize("text", ["a: [", "hola", "line: 104\x00", "<script>alert(1)</script>", "[" * 400])
def test_what_is_no_flow_is_said_and_drawn_as_nothing(
    draft: FlowDraft, ines: User, signed_in: SignedIn, text: str
) -> None:
    FlowDraft.objects.filter(pk=draft.pk).update(source=text.replace("\x00", "") or "x")
    page = signed_in(ines).get(page_of(draft)).content.decode()
    assert "flow-faults" in page
    assert "<svg class" not in page
    assert "<script>alert" not in page


def test_a_flow_without_the_lane_of_the_programs_is_told_so_and_may_be_published(
    draft: FlowDraft, ines: User, signed_in: SignedIn
) -> None:
    client, line = signed_in(ines), ServiceLine.objects.get(number="102")
    FlowDraft.objects.filter(pk=draft.pk).update(line=line, source=text_of("102"))
    assert "carril" not in client.get(page_of(draft)).content.decode().partition("<svg")[0]
    of_the_call = text_of("102").partition("  # Supervisora")[0]
    without = "\n".join(row for row in of_the_call.split("\n") if "hands_to:" not in row and "lanes:" not in row)
    page = client.post(page_of(draft), {"source": without, "note": ""}, follow=True).content.decode()
    assert (
        "ya no tiene 102.10, 102.11, 102.8, 102.9 del procedimiento, que la versión que corre sí tiene: diga por qué"
        in page
    )
    because = {"left_out_because": "Lo resuelve otra unidad"}
    page = client.post(page_of(draft), {"source": without, "note": "", **because}, follow=True).content.decode()
    assert "Nada: se puede publicar." in page
    assert "El flujo del programa tiene el carril «supervisor» y este no" in page
    assert "«hands_to: supervisor»" in page
    client.post(page_of(draft), {"source": without, "note": "", **because, "_publish": "1"})
    version = FlowVersion.objects.filter(line=line).order_by("-version").first()
    assert (version.published_by, version.left_out_because) == (ines, "Lo resuelve otra unidad")
    address = reverse("admin:inbound_flowversion_change", args=[version.pk])
    assert "Lo resuelve otra unidad" in client.get(address).content.decode()


def test_a_flow_whose_lane_nobody_hands_over_to_is_not_published(
    draft: FlowDraft, ines: User, signed_in: SignedIn
) -> None:
    FlowDraft.objects.filter(pk=draft.pk).update(line=ServiceLine.objects.get(number="102"))
    text = text_of("102").replace("    hands_to: supervisor\n", "")
    page = signed_in(ines).post(page_of(draft), {"source": text, "note": ""}, follow=True).content.decode()
    assert "nadie deriva al carril «supervisor»: falta «hands_to»" in page


def test_publishing_makes_the_next_version_and_puts_the_draft_away(
    draft: FlowDraft, ines: User, signed_in: SignedIn
) -> None:
    text = draft.source.replace("title: Guiatel", "title: Guía de abonados")
    answer = signed_in(ines).post(page_of(draft), {"source": text, "note": "Título", "_publish": "1"}, follow=True)
    version = FlowVersion.objects.get(line=draft.line, version=2)
    assert (version.source, version.published_by, version.note) == (text, ines, "Título")
    assert not FlowDraft.objects.exists()
    page = answer.content.decode()
    assert "Publicada la versión 2 de 104 Números telefónicos" in page
    assert '<span class="is-added">+    title: Guía de abonados</span>' in page
    assert "<svg" in page


def test_what_is_wrong_is_saved_and_not_published(draft: FlowDraft, ines: User, signed_in: SignedIn) -> None:
    text = draft.source.replace("kind: decide", "kind: choose")
    answer = signed_in(ines).post(page_of(draft), {"source": text, "note": "", "_publish": "1"}, follow=True)
    assert "No se publicó: faltan corregir" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.source == text
    assert FlowVersion.objects.filter(line=draft.line).count() == 1


def test_a_draft_that_changes_nothing_is_not_published(draft: FlowDraft, ines: User, signed_in: SignedIn) -> None:
    answer = signed_in(ines).post(page_of(draft), {"source": draft.source, "note": "", "_publish": "1"}, follow=True)
    assert "lo mismo que la versión que corre" in answer.content.decode()
    assert FlowVersion.objects.filter(line=draft.line).count() == 1


def test_a_line_keeps_one_draft(draft: FlowDraft, ines: User, signed_in: SignedIn) -> None:
    answer = signed_in(ines).post(ADD, {"line": draft.line.pk, "source": "", "note": ""})
    assert answer.status_code == 200
    assert FlowDraft.objects.count() == 1


def test_a_line_shows_its_running_flow_and_changes_its_words(
    line: ServiceLine, ines: User, signed_in: SignedIn
) -> None:
    address = reverse("admin:inbound_serviceline_change", args=[line.pk])
    page = signed_in(ines).get(address).content.decode()
    assert "Escribir un borrador" in page
    assert f"{ADD}?line={line.pk}" in page
    assert "<svg" in page
    form = {"number": "999", "name": "Guía", "greeting": "Hola, soy {agente}.", "farewell": "Adiós.", "position": 1}
    assert signed_in(ines).post(address, form).status_code == 302
    line.refresh_from_db()
    assert (line.number, line.name, line.greeting) == ("104", "Guía", "Hola, soy {agente}.")
    assert signed_in(ines).get(reverse("admin:inbound_serviceline_changelist")).status_code == 200
    assert signed_in(ines).get(reverse("admin:inbound_serviceline_add")).status_code == 200


def test_versions_are_looked_at_and_never_changed(line: ServiceLine, ines: User, signed_in: SignedIn) -> None:
    version = FlowVersion.objects.get(line=line)
    client = signed_in(ines)
    page = client.get(reverse("admin:inbound_flowversion_change", args=[version.pk])).content.decode()
    assert "Es la primera versión." in page
    assert "el programa" in page
    assert client.get(reverse("admin:inbound_flowversion_changelist")).status_code == 200
    assert (
        client.post(reverse("admin:inbound_flowversion_change", args=[version.pk]), {"source": "x"}).status_code == 403
    )
    assert (
        client.post(reverse("admin:inbound_flowversion_delete", args=[version.pk]), {"post": "yes"}).status_code == 403
    )


def test_nobody_else_publishes(draft: FlowDraft, ana: Agent, elena: User, oscar: User, signed_in: SignedIn) -> None:
    for person in (ana, elena, oscar):
        answer = signed_in(person).post(page_of(draft), {"source": draft.source + "#", "_publish": "1"})
        assert answer.status_code in (302, 403, 404)
    assert FlowVersion.objects.filter(line=draft.line).count() == 1
    assert FlowDraft.objects.get().source == draft.source


def test_who_looked_at_an_older_text_writes_over_nothing(draft: FlowDraft, ines: User, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    page = client.get(page_of(draft)).content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    newer = draft.source.replace("title: Guiatel", "title: Guía de abonados")
    FlowDraft.objects.filter(pk=draft.pk).update(source=newer)
    page = client.post(page_of(draft), {"source": draft.source, "note": "Lo mío", "seen": seen}).content.decode()
    assert "Alguien guardó el borrador mientras usted lo miraba: no se guardó nada" in page
    assert "Lo mío" in page
    draft.refresh_from_db()
    assert draft.source == newer
