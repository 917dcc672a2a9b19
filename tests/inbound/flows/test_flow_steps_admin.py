"""A draft is edited step by step: what may be chosen is chosen, and a version may be gone back to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from inbound.flows.publishing import publish_draft
from inbound.flows.text import plain
from inbound.models import FlowDraft, FlowVersion, ServiceLine
from tests.inbound.flows_to_read import text_of
from tests.inbound.lines_on_file import publish_every_flow

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
At = Callable[..., datetime]


@pytest.fixture
def draft(ines: User, at: At, db: None) -> FlowDraft:
    publish_every_flow(now=at("2026-11-25 09:30"))
    line = ServiceLine.objects.get(number="103")
    return FlowDraft.objects.create(line=line, source=text_of("103"), saved_at=at("2026-11-25 09:40"), saved_by=ines)


@pytest.fixture
def client(ines: User, signed_in: SignedIn) -> Client:
    return signed_in(ines)


def page_of(draft: FlowDraft, step: str = "") -> str:
    name = "step" if step else "steps"
    return reverse(f"admin:inbound_flowdraft_{name}", args=[draft.pk, *([step] if step else [])])


def filled(page: str) -> dict[str, str]:
    """What a browser would send of the form of a step, unchanged."""
    form = page[page.index('class="flow-form"') :].partition("</form>")[0]
    told = {name: _plain(value) for name, value in re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', form)}
    told |= {name: "" for name in re.findall(r'<input type="text" name="([\w-]+)"', form) if name not in told}
    told |= {
        name: _plain(text)
        for name, text in re.findall(r'<textarea[^>]*?name="([\w-]+)"[^>]*>\n?(.*?)</textarea>', form, re.S)
    }
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        told[name] = chosen[1] if chosen else ""
    return told


def _plain(text: str) -> str:
    for sign, written in (("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(sign, written)
    return text


def save(client: Client, draft: FlowDraft, step: str, **changes: str) -> str:
    told = filled(client.get(page_of(draft, step)).content.decode()) | {
        k.replace("__", "-"): v for k, v in changes.items()
    }
    return client.post(page_of(draft, step), told, follow=True).content.decode()


def test_the_draft_leads_to_its_steps_and_each_has_its_form(draft: FlowDraft, client: Client) -> None:
    page = client.get(reverse("admin:inbound_flowdraft_change", args=[draft.pk])).content.decode()
    assert f'href="{page_of(draft)}"' in page
    page = client.get(page_of(draft)).content.decode()
    steps = plain(draft.source)["steps"]
    for name in steps:
        assert page.count(f'href="{page_of(draft, name)}"') >= 2, "in the list and in the drawing"
        assert "flow-form" in client.get(page_of(draft, name)).content.decode()
    assert client.get(page_of(draft, "nowhere")).status_code == 404


def test_what_is_saved_unchanged_changes_not_a_sign(draft: FlowDraft, client: Client) -> None:
    for name in plain(draft.source)["steps"]:
        page = save(client, draft, name)
        assert "Paso guardado" in page, name
        draft.refresh_from_db()
        assert draft.source == text_of("103"), name


def test_words_and_ways_are_changed_in_the_text_and_the_rest_stays(draft: FlowDraft, client: Client) -> None:
    page = save(client, draft, "greet", say="{saludo} ¿Qué instalación, por favor?", next="find")
    assert "Paso guardado. Nada cambia para los agentes hasta que se publique." in page
    assert '<span class="is-added">+    say: &quot;{saludo} ¿Qué instalación, por favor?&quot;</span>' in page
    save(
        client, draft, "order_state", **{"branch-0-label": "Registrada", "branch-1-next": "term", "other-label": "Otro"}
    )
    draft.refresh_from_db()
    step = plain(draft.source)["steps"]["order_state"]
    assert [step["branches"][0]["label"], step["branches"][1]["next"], step["other"]["label"]] == [
        "Registrada",
        "term",
        "Otro",
    ]
    assert step["branches"][0]["when"] == {"order.state": "registered"}
    assert draft.source.splitlines()[0] == text_of("103").splitlines()[0], "comments stay"


def test_a_branch_is_added_and_another_removed(draft: FlowDraft, client: Client) -> None:
    new = {"new-name": "halted", "new-label": "Paralizada", "new-next": "unforeseen", "branch-5-remove": "on"}
    save(client, draft, "order_state", **new)
    draft.refresh_from_db()
    names = [branch["name"] for branch in plain(draft.source)["steps"]["order_state"]["branches"]]
    assert names == [
        "registered",
        "assigned",
        "closed_without_service",
        "done",
        "annulled",
        "seen_no_order",
        "another",
        "no_date",
        "correct_contract",
        "halted",
    ]
    page = save(client, draft, "order_state", **{"new-name": "half"})
    assert "Una rama nueva necesita nombre, palabras y a dónde lleva." in page


@pytest.mark.parametrize(
    ("step", "changes", "said"),
    [
        ("greet", {"next": "nowhere"}, "nowhere"),
        ("greet", {"title": ""}, "obligatorio"),
        ("orders", {"look_up": "smartflex.nothing"}, "smartflex.nothing"),
        ("order_state", {"new-name": "Con Espacio", "new-label": "x", "new-next": "term"}, "valor válido"),
    ],
)
def test_what_there_is_not_cannot_be_chosen(
    draft: FlowDraft, client: Client, step: str, changes: dict[str, str], said: str
) -> None:
    page = save(client, draft, step, **changes)
    assert "errorlist" in page
    assert said in page
    draft.refresh_from_db()
    assert draft.source == text_of("103")


def test_a_fault_is_told_at_its_step_and_where_it_is_in_the_text(draft: FlowDraft, client: Client) -> None:
    FlowDraft.objects.filter(pk=draft.pk).update(source=draft.source.replace("next: which_order", "next: nowhere"))
    page = client.get(page_of(draft, "orders")).content.decode()
    assert "1 por corregir" in page
    assert re.search(r"103.yaml: orders: lleva a «nowhere», que no existe \(línea \d+\)</a>", page)
    assert "nowhere (no existe)" in page
    save(client, draft, "orders", next="which_order")
    draft.refresh_from_db()
    assert draft.source == text_of("103")


def test_who_looked_at_an_older_draft_changes_nothing(draft: FlowDraft, client: Client) -> None:
    told = filled(client.get(page_of(draft, "greet")).content.decode())
    FlowDraft.objects.filter(pk=draft.pk).update(source=draft.source.replace("title: Saludo", "title: Saludo inicial"))
    page = client.post(page_of(draft, "greet"), {**told, "say": "Otra cosa"}).content.decode()
    assert "El borrador cambió mientras lo miraba: no se guardó nada" in page
    assert "Otra cosa" in page, "what was typed is not lost"
    draft.refresh_from_db()
    assert "Otra cosa" not in draft.source
    client.post(page_of(draft, "greet"), filled(page))
    draft.refresh_from_db()
    assert plain(draft.source)["steps"]["greet"]["say"] == "Otra cosa", "once she looked at it, it is saved"


def test_a_text_that_is_no_flow_leads_back_to_the_text(draft: FlowDraft, client: Client) -> None:
    FlowDraft.objects.filter(pk=draft.pk).update(source="a: [")
    page = client.get(page_of(draft)).content.decode()
    assert "no es YAML" in page
    assert "Ir al texto" in page


@pytest.mark.parametrize(
    "odd",
    [
        "  ir a: {kind: say}\n", "  atención: {kind: say}\n", "  '': {kind: say}\n", "  103.1: {kind: say}\n",
        "  odd: {kind: do, outcomes: nada}\n", "  odd: {kind: do, outcomes: [a]}\n",
        "  odd: {kind: decide, branches: [palabra, {name: x, label: X, next: term}]}\n",
        "  odd: {kind: decide, branches: [{name: x, when: {a: [b, true]}}]}\n",
    ],
)  # fmt: skip
def test_a_draft_may_be_as_odd_as_it_likes_and_is_still_opened(draft: FlowDraft, client: Client, odd: str) -> None:
    FlowDraft.objects.filter(pk=draft.pk).update(source=draft.source.replace("steps:\n", f"steps:\n{odd}", 1))
    assert client.get(reverse("admin:inbound_flowdraft_change", args=[draft.pk])).status_code == 200
    assert client.get(page_of(draft)).status_code == 200
    if "odd:" in odd:
        assert client.get(page_of(draft, "odd")).status_code == 200


def test_lines_a_browser_sends_are_no_change(draft: FlowDraft, client: Client) -> None:
    text = draft.source.replace('say: "{saludo} ¿Sobre', 'say: "{saludo}\\n¿Sobre', 1)
    assert text != draft.source
    FlowDraft.objects.filter(pk=draft.pk).update(source=text)
    told = filled(client.get(page_of(draft, "greet")).content.decode())
    client.post(page_of(draft, "greet"), {**told, "say": told["say"].replace("\n", "\r\n")})
    draft.refresh_from_db()
    assert draft.source == text


def test_a_running_version_nobody_can_read_any_more_bars_no_sound_draft(draft: FlowDraft, ines: User, at: At) -> None:
    old = FlowVersion.objects.get(line=draft.line)
    FlowVersion.objects.create(
        line=draft.line, version=2, source=old.source.replace("kind: say", "kind: speak"), sha256="x",
        published_at=at("2026-11-25 09:50"),
    )  # fmt: skip
    assert publish_draft(line=draft.line, by=ines, now=at("2026-11-25 10:00")).version == 3


def test_nobody_else_edits_steps(draft: FlowDraft, elena: User, ana: Agent, signed_in: SignedIn) -> None:
    for who in (elena, ana):
        assert signed_in(who).get(page_of(draft, "greet")).status_code in (302, 403)
        assert signed_in(who).post(page_of(draft, "greet"), {"say": "x"}).status_code in (302, 403)


def test_a_version_is_gone_back_to_by_a_draft(draft: FlowDraft, client: Client, ines: User, at: At) -> None:
    save(client, draft, "greet", say="{saludo} ¿Qué desea?")
    publish_draft(line=draft.line, by=ines, now=at("2026-11-25 10:00"))
    first = FlowVersion.objects.get(line=draft.line, version=1)
    page = client.get(reverse("admin:inbound_flowversion_change", args=[first.pk])).content.decode()
    address = reverse("admin:inbound_flowversion_back", args=[first.pk])
    assert f'formaction="{address}"' in page
    page = client.post(address, follow=True).content.decode()
    assert "Borrador hecho de la versión 1" in page
    made = FlowDraft.objects.get()
    assert (made.source, made.note) == (text_of("103"), "Vuelve a la versión 1")
    assert "ya tiene un borrador" in client.post(address, follow=True).content.decode()
    version = publish_draft(line=draft.line, by=ines, now=at("2026-11-25 10:05"))
    assert (version.version, version.source) == (3, text_of("103"))
    assert "lo mismo que la que corre" in client.post(address, follow=True).content.decode()


def test_only_who_may_write_drafts_goes_back(draft: FlowDraft, elena: User, signed_in: SignedIn) -> None:
    first = FlowVersion.objects.get(line=draft.line)
    answer = signed_in(elena).post(reverse("admin:inbound_flowversion_back", args=[first.pk]))
    assert answer.status_code in (302, 403)
    assert FlowDraft.objects.count() == 1
