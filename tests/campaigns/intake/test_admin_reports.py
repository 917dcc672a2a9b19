"""Administrators set sources and column titles up; reports are read there and decided on their own page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from agents.models import User
from campaigns.models import ColumnAlias, ReportSource
from tests.campaigns.some_reports import ccvp, received

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
ALIASES = "/admin/campaigns/columnalias/"


@pytest.fixture
def admin(ines: User, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(ines)


def test_a_title_is_added_for_a_column_and_compared_without_case_or_accents(admin: Client) -> None:
    answer = admin.post(f"{ALIASES}add/", {"kind": "ccvp", "field": "amount", "alias": "Déuda Vigente "})
    assert answer.status_code == 302
    assert ColumnAlias.objects.get(alias_key="deudavigente").field == "amount"


@pytest.mark.parametrize(
    ("kind", "field", "alias", "sentence"),
    [
        ("recaudo", "telephone_1", "Fono", "no tiene esta columna"),
        ("ccvp", "amount", "contrato", "ya se conoce como"),
        ("ccvp", "amount", "…", "letras o números"),
    ],
)
def test_a_title_that_cannot_be_is_said(kind: str, field: str, alias: str, sentence: str, admin: Client) -> None:
    before = ColumnAlias.objects.count()
    answer = admin.post(f"{ALIASES}add/", {"kind": kind, "field": field, "alias": alias})
    assert sentence in answer.content.decode()
    assert ColumnAlias.objects.count() == before


def test_the_usual_titles_are_there_from_the_start() -> None:
    assert ColumnAlias.objects.filter(kind="ccvp", field="due_on").count() > 1
    assert ColumnAlias.objects.filter(kind="recaudo", field="receipt").exists()


def test_a_source_is_searched_and_its_error_seen(admin: Client) -> None:
    ReportSource.objects.create(name="Smartflex", kind="ccvp", location="/srv", last_error="No responde")
    page = admin.get("/admin/campaigns/reportsource/?q=smart").content.decode()
    assert "Smartflex" in page


def test_what_came_is_not_looked_at_here_and_a_source_with_reports_stays(admin: Client, at: At) -> None:
    source = ReportSource.objects.create(name="Smartflex", kind="ccvp", location="/srv")
    report = received(ccvp({}), now=at("2026-11-25 06:10"), source=source)
    assert admin.get(f"/admin/campaigns/report/{report.pk}/change/").status_code == 404
    assert admin.get(f"/admin/campaigns/reportsource/{source.pk}/delete/").status_code == 403


SOURCE = {
    "name": "Smartflex",
    "kind": "ccvp",
    "contract_digits": 0,
    "service_digits": 0,
    "receipt_digits": 0,
    "transport": "https",
    "location": "https://smartflex.example/reportes/",
    "pattern": "ccvp-{period}.*",
    "host_key": "",
    "secret_name": "SOURCE_SMARTFLEX",
    "is_active": "on",
}


def test_a_source_of_a_known_server_is_saved(admin: Client, settings: Any) -> None:
    settings.REPORT_SOURCE_HOSTS = ["smartflex.example"]
    assert admin.post("/admin/campaigns/reportsource/add/", SOURCE).status_code == 302
    assert ReportSource.objects.get().secret_name == "SOURCE_SMARTFLEX"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"secret_name": "SECRET_KEY"}, "comienza con SOURCE_"),
        ({"secret_name": "SOURCE_X\nDATABASE_URL"}, "comienza con SOURCE_"),
        ({"location": "https://otro.example/"}, "no está entre los permitidos"),
        ({"location": "http://smartflex.example/"}, "debe comenzar con https://"),
        ({"transport": "sftp", "location": "sftp://ccvp@smartflex.example/"}, "Falta la clave del servidor SFTP"),
        ({"transport": "file", "location": "reportes"}, "comienza con «/»"),
        ({"transport": "file", "location": "/etc"}, "no está dentro de las permitidas"),
        ({"location": "https://smartflex.example:6379/"}, "no lo llama por el puerto 6379"),
    ],
)
def test_a_source_that_could_never_answer_is_said_when_it_is_saved(
    change: dict[str, str], sentence: str, admin: Client, settings: Any
) -> None:
    settings.REPORT_SOURCE_HOSTS = ["smartflex.example"]
    page = admin.post("/admin/campaigns/reportsource/add/", {**SOURCE, **change}).content.decode()
    assert sentence in page
    assert not ReportSource.objects.exists()


def test_the_database_itself_lets_no_source_name_another_secret() -> None:
    with pytest.raises(IntegrityError, match="source_names_a_source_secret"):
        ReportSource.objects.create(name="Smartflex", kind="ccvp", location="/srv", secret_name="DATABASE_URL")
