"""Script and way of dialling change while it is called: desks get them with the next contact, the audit keeps all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from agents.models import Agent, User
from campaigns.models import Campaign, CampaignChange, Contact
from campaigns.month.lifecycle import CampaignRefused
from campaigns.month.wording import reword
from tests.campaigns.desk.at_desk import at_desk

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
PAGE = "/campaigns/2026-12/words/"


@pytest.fixture(autouse=True)
def _in_the_morning(at: Callable[..., datetime]):  # type: ignore[no-untyped-def]
    with time_machine.travel(at("2026-11-26 10:00"), tick=True):
        yield


def test_the_next_contact_of_every_desk_has_the_new_words(
    december: Campaign, ana: Agent, elena: User, make_contact: Callable[..., Contact], signed_in: SignedIn
) -> None:
    make_contact(ana, "Rosa Flores")
    page = signed_in(elena).get("/campaigns/2026-12/").content.decode()
    assert PAGE in page
    said = signed_in(elena).post(
        PAGE, {"script": "Feliz día, {cliente}: debe {monto}.", "dialling": "manual"}, follow=True
    )
    assert "los agentes lo reciben con su próximo contacto" in said.content.decode()
    desk = at_desk(signed_in(ana.user)).content.decode()
    assert "Feliz día, Rosa Flores: debe Bs 289,00." in desk
    change = CampaignChange.objects.get(verb="reword")
    assert (change.by, change.from_state, change.note) == (elena, "running", "Guion, Modo de llamar")
    kept = december.events.order_by("pgh_id").values_list("script", flat=True)  # type: ignore[attr-defined]
    assert kept.last() == "Feliz día, {cliente}: debe {monto}."


def test_what_the_desk_cannot_fill_in_is_not_kept(december: Campaign, elena: User, signed_in: SignedIn) -> None:
    answer = signed_in(elena).post(PAGE, {"script": "Debe {deuda}.", "dialling": "preview"})
    assert answer.status_code == 422
    assert "No se conoce {deuda}" in answer.content.decode()
    december.refresh_from_db()
    assert december.script == ""


@pytest.mark.parametrize(("state", "sentence"), [("proposed", "propuesta"), ("closed", "cerrada")])
def test_only_while_it_is_called(
    december: Campaign, elena: User, at: Callable[..., datetime], state: str, sentence: str
) -> None:
    Campaign.objects.update(state=state)
    with pytest.raises(CampaignRefused, match=sentence):
        reword(campaign=december, script="x", dialling="manual", by=elena, now=at("2026-11-26 10:00"))
    assert not CampaignChange.objects.exists()


def test_nothing_changed_leaves_no_trace(december: Campaign, elena: User, at: Callable[..., datetime]) -> None:
    assert not reword(
        campaign=december, script=december.script, dialling=december.dialling, by=elena, now=at("2026-11-26 10:00")
    )
    assert not CampaignChange.objects.exists()
