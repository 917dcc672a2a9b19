"""What is too large is refused before it is read, and a report is read only from who may bring one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]


@pytest.fixture
def small_limits(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    settings.MAX_REPORT_BYTES = 5000


def report(size: int) -> dict[str, Any]:
    return {"kind": "ccvp", "period": "2026-12", "file": SimpleUploadedFile("ccvp-2026-12.csv", b"x" * size)}


@pytest.mark.parametrize("address", ["/accounts/login/", "/language/", "/nowhere/"])
def test_a_stranger_puts_no_file_on_our_disk(client: Client, small_limits: None, address: str) -> None:
    answer = client.post(address, {"file": SimpleUploadedFile("a.bin", b"x" * 2000)})
    assert answer.status_code == (404 if address == "/nowhere/" else 413)


def test_who_may_not_bring_a_report_sends_no_more_than_elsewhere(
    client: Client, small_limits: None, ana: Agent, oscar: User, signed_in: SignedIn
) -> None:
    address = reverse("campaigns:report_upload")
    for browser in (client, signed_in(ana), signed_in(oscar)):
        assert browser.post(address, report(2000)).status_code == 413


def test_a_supervisor_brings_a_report_up_to_the_limit(small_limits: None, elena: User, signed_in: SignedIn) -> None:
    address = reverse("campaigns:report_upload")
    assert signed_in(elena).post(address, report(2000)).status_code in (200, 302, 422)
    refused = signed_in(elena).post(address, report(2**20 + 6000))
    assert refused.status_code == 413
    assert "No se leyó ni se guardó nada" in refused.content.decode()


def test_a_length_beyond_all_numbers_is_refused(client: Client) -> None:
    assert client.post("/accounts/login/", {}, CONTENT_LENGTH="9" * 30).status_code == 413
