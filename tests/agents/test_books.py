"""The books of personal data for who reads the centre: whole or masked; an administrator reads who and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.disclosure import record_reveal
from agents.models import Agent, Search, User
from agents.searching import note_search

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


@pytest.fixture
def written(ana: Agent, luis: Agent, oscar: User) -> None:
    now = timezone.now()
    note_search(user=ana.user, where=Search.Where.DESK, asked="70712345", now=now)
    note_search(user=luis.user, where=Search.Where.DESK, asked="Rosa Flores", now=now)
    record_reveal(user=oscar, subject="Contacto 7", reason="Reclamo de 70754321", now=now)


@pytest.mark.usefixtures("written")
def test_supervision_reads_whom_and_why(elena: User, signed_in: SignedIn) -> None:
    client, books = signed_in(elena), reverse("agents:books")
    searches = client.get(books).content.decode()
    assert "70712345" in searches
    assert "Rosa Flores" in searches
    assert "Reclamo de 70754321" in client.get(f"{books}?show=disclosures").content.decode()
    of_luis = client.get(f"{books}?q=Luis").content.decode()
    assert "Rosa Flores" in of_luis
    assert "70712345" not in of_luis


@pytest.mark.usefixtures("written")
def test_an_auditor_reads_numbers_masked(oscar: User, signed_in: SignedIn) -> None:
    client, books = signed_in(oscar), reverse("agents:books")
    searches, disclosures = (
        client.get(f"{books}?show={show}").content.decode() for show in ("searches", "disclosures")
    )
    assert "Ana" in searches
    assert "70712345" not in searches
    assert "Reclamo de" in disclosures
    assert "70754321" not in disclosures


@pytest.mark.usefixtures("written")
def test_who_administers_reads_who_and_when_and_not_whom(ines: User, ana: Agent, signed_in: SignedIn) -> None:
    client = signed_in(ines)
    assert client.get(reverse("agents:books")).status_code == 403
    for model in ("search", "disclosure"):
        rows = client.get(reverse(f"admin:agents_{model}_changelist")).content.decode()
        assert ("Ana" if model == "search" else "Óscar") in rows
        for told in ("7071", "2345", "•", "Rosa", "Reclamo"):
            assert told not in rows.partition('id="result_list"')[2], told


def test_an_empty_book_is_not_a_search_that_found_nothing(elena: User, signed_in: SignedIn) -> None:
    client, books = signed_in(elena), reverse("agents:books")
    assert "Todavía nadie consultó a un cliente." in client.get(books).content.decode()
    assert "Todavía no salió ningún dato." in client.get(f"{books}?show=disclosures").content.decode()
    assert "Nadie coincide." in client.get(f"{books}?q=Luis").content.decode()
