"""Where new agents practise: every page says that customers are invented, and a month is there without anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, User
from callcenter.demo import always_on
from callcenter.demo.people import PASSWORD
from callcenter.tasks import demo_goes_on
from campaigns.models import Campaign

pytestmark = pytest.mark.django_db
SAYS = "Los clientes son inventados"


def test_each_page_says_so_and_the_door_says_who_one_may_be(
    ana: Agent, signed_in: Callable[[Any], Client], client: Client, settings: Any
) -> None:
    door = reverse("account_login")
    assert SAYS not in client.get(door).content.decode()
    settings.TRAINING = True
    shown = client.get(door).content.decode()
    assert SAYS in shown
    assert "luis, marta" in shown
    assert f"La clave de todos es {PASSWORD}" in shown
    inside = signed_in(ana).get(reverse("campaigns:my_day")).content.decode()
    assert SAYS in inside
    assert PASSWORD not in inside


def test_the_site_shows_who_works_there_the_way(
    ana: Agent, ines: User, signed_in: Callable[[Any], Client], settings: Any
) -> None:
    page = reverse("usersessions_list")
    assert "Entrenamiento" not in signed_in(ana).get(page).content.decode()
    settings.TRAINING_URL = "https://centro.example:8443/"
    assert 'href="https://centro.example:8443/"' in signed_in(ana).get(page).content.decode()
    assert "Entrenamiento" not in signed_in(ines).get(page).content.decode()


def test_a_month_that_waits_for_a_word_launches_itself_there_alone(
    december: Campaign, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(always_on, "launch", lambda *, campaign, **_more: launched.append(campaign.pk))
    monkeypatch.setattr("callcenter.demo.smartflex.save_what_is_missing", lambda *, now: None)
    launched: list[int] = []
    Campaign.objects.update(state=Campaign.State.PROPOSED, launched_at=None)
    demo_goes_on()
    assert launched == []
    settings.TRAINING = True
    demo_goes_on()
    assert launched == [december.pk]


def test_rung_in_a_production_it_writes_no_report(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has the queue's password rings it there as well."""
    done: list[str] = []
    monkeypatch.setattr("callcenter.demo.smartflex.save_what_is_missing", lambda *, now: done.append("report"))
    monkeypatch.setattr(always_on, "stay_live", lambda *, now: done.append("live"))
    settings.IS_DEMO = False
    demo_goes_on()
    assert done == []
    settings.IS_DEMO = True
    demo_goes_on()
    assert done == ["live", "report"]


def test_one_that_cannot_be_launched_waits(december: Campaign) -> None:
    assert always_on.launch_what_is_proposed(now=timezone.now()) == 0, "it runs already"
