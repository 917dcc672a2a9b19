"""Whatever somebody typed or a report brought stands on no page as anything but text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.test import Client
from django.urls import reverse

from campaigns.figures import refreshing
from campaigns.models import Attempt, CallBack
from escalations.models import Escalation
from escalations.raising import raise_escalation
from tests.audit import damaging
from tests.callcenter.test_every_address import ADDRESSES, EVERYBODY, Address
from tests.callcenter.world import World

pytestmark = pytest.mark.sweep
HOSTILE = """<b id=x>'"{{x}}"""
ROOMS = ("campaigns", "agents", "notices", "service_level", "escalations")
# words of ours that pages look things up by; and what a browser cannot have typed
LEFT_ALONE = {"username", "password", "sha256", "file", "workbook", "document", "language", "code", "key", "telephone"}


def words_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and not field.primary_key
        and field.name not in LEFT_ALONE
    ]


@pytest.fixture
def hostile(world: World, settings: Any, tmp_path: Any) -> World:
    """Every text of every table begins with markup."""
    settings.MEDIA_ROOT = tmp_path
    world.furnish()
    Attempt.objects.update(note="x", reason="x")
    CallBack.objects.update(note="x")
    raise_escalation(
        key="walk:1:8", kind="callback_promise", line="103", reason="x", details={}, by=world.ana.user,
        customer_name="x", zone="x", promised="x", due_at=world.now, now=world.now,
    )  # fmt: skip
    Escalation.objects.update(zone="x", promised="x", details={HOSTILE: [HOSTILE, {HOSTILE: HOSTILE}]})
    for room in ROOMS:
        for model in apps.get_app_config(room).get_models():
            if model.__name__.endswith("Event"):
                continue
            for field in words_of(model):
                length = getattr(field, "max_length", None) or 500
                changed = Substr(Concat(Value(HOSTILE), field.name, output_field=models.TextField()), 1, length)
                with damaging(model._meta.db_table):
                    model._default_manager.exclude(**{field.name: ""}).update(**{field.name: changed})
    refreshing.refresh_running(now=world.now + timedelta(minutes=1))
    for name in EVERYBODY:
        world.user(name).refresh_from_db()
    return world


READ = [address for address in ADDRESSES if address.opens_to and (address.sends is None or address.form)]


@pytest.mark.django_db
def test_no_page_holds_markup_somebody_typed(hostile: World) -> None:
    seen, wrong = 0, []
    for address in READ:
        for visitor in {address.opens_to[0], address.opens_to[-1]}:
            page = page_of(hostile, address, visitor)
            seen += "&lt;b id=x&gt;" in page
            if "<b id=x>" in page:
                wrong.append(f"{address.name} for {visitor}")
    assert wrong == []
    assert seen > 20, "the words did not reach the pages"


OF_CARDS = [
    *("board", "board_card", "board_column", "escalation_list", "escalation", "letter", "calls", "times"),
]


@pytest.mark.django_db
def test_every_page_of_the_cards_shows_it_as_text(
    hostile: World, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: hostile.now)
    for name in OF_CARDS:
        with subtests.test(name):
            address = next(one for one in READ if one.name == f"escalations:{name}")
            page = page_of(hostile, address, "ana" if name == "calls" else "elena")
            assert "<b id=x>" not in page
            assert "&lt;b id=x&gt;" in page


@pytest.mark.django_db
def test_no_page_of_the_admin_holds_it_either(hostile: World) -> None:
    client = Client()
    client.force_login(hostile.ines)
    ours = (hostile.campaign, hostile.ana, hostile.ana.team, hostile.elena)
    for model in (*ours, hostile.escalation.kind, hostile.escalation.kind.unit):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for path in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[model.pk])):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "<b id=x>" not in answer.content.decode(), path


def page_of(world: World, address: Address, visitor: str) -> str:
    client = Client(raise_request_exception=False)
    if visitor != "nobody":
        client.force_login(world.user(visitor))
    path = reverse(address.name, kwargs=address.of(world) if address.of else {})
    answer = client.get(path, follow=True)
    assert answer.status_code < 500, path
    kind = answer.get("Content-Type", "")
    return answer.content.decode() if kind.startswith("text/html") and not answer.streaming else ""
