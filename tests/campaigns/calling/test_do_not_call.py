"""Who asked not to be called: supervision keeps the list, an auditor reads it masked, nobody else sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import Agent, User
from campaigns.calling.do_not_call import allow_calling_again, forbid_calling
from campaigns.models import DoNotCall

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User | Agent], Client]
LIST = "/do-not-call/"


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-26 10:00")


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"contract": "C9", "telephone": ""}, ("C9", "")),
        ({"contract": "", "telephone": "4251000"}, ("", "+59144251000")),
        ({"contract": "C9", "telephone": "4251000"}, None),
        ({"contract": "", "telephone": ""}, None),
        ({"contract": "", "telephone": "101"}, None),
    ],
)
def test_who_asks_not_to_be_called_is_a_contract_or_a_telephone(
    elena: User, signed_in: SignedIn, data: dict[str, str], kept: tuple[str, str] | None
) -> None:
    answer = signed_in(elena).post(reverse("campaigns:do_not_call_add"), {"reason": "Lo pidió", **data})
    assert answer.status_code == (302 if kept else 422)
    rows = [(row.contract, row.telephone, row.added_by) for row in DoNotCall.objects.all()]
    assert rows == ([(*kept, elena)] if kept else [])


def test_who_is_in_the_list_already_is_there_once_as_she_was(elena: User, rosa: User, now: datetime) -> None:
    assert forbid_calling(contract="C9", telephone="", reason="Por carta", by=elena, now=now)
    assert forbid_calling(contract="C9", telephone="", reason="Otra vez", by=rosa, now=now) is None
    assert [(row.reason, row.added_by) for row in DoNotCall.objects.all()] == [("Por carta", elena)]


def test_who_is_taken_off_may_be_called_again(elena: User, signed_in: SignedIn, now: datetime) -> None:
    row = forbid_calling(contract="C9", telephone="", reason="Por carta", by=elena, now=now)
    assert row is not None
    answer = signed_in(elena).post(reverse("campaigns:do_not_call_take_off", args=[row.pk]), follow=True)
    assert "se le puede volver a llamar" in answer.content.decode()
    assert not DoNotCall.objects.exists()


def test_a_telephone_is_found_however_it_is_written_and_stands_in_no_address(
    elena: User, signed_in: SignedIn, now: datetime
) -> None:
    forbid_calling(contract="", telephone="+59170712345", reason="Lo pidió", by=elena, now=now)
    forbid_calling(contract="C9", telephone="", reason="Por carta", by=elena, now=now)
    client = signed_in(elena)
    found = client.post(LIST, {"q": "707-12345"}, follow=True)
    assert "707" not in found.redirect_chain[-1][0]
    page = found.content.decode()
    assert "707-12345" in page
    assert "Por carta" not in page


def test_an_auditor_reads_it_masked_and_changes_nothing(
    oscar: User, elena: User, signed_in: SignedIn, now: datetime
) -> None:
    row = forbid_calling(contract="", telephone="+59170712345", reason="Llame al 70712345", by=elena, now=now)
    assert row is not None
    client = signed_in(oscar)
    page = client.get(LIST).content.decode()
    assert "712345" not in page
    assert "707-12345" not in page
    assert "/take-off/" not in page
    assert client.post(reverse("campaigns:do_not_call_take_off", args=[row.pk])).status_code == 403
    allow_calling_again(row)
    assert "/take-off/" not in client.get(LIST).content.decode()


def test_an_empty_list_is_not_a_search_that_found_nothing(elena: User, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    assert "Todavía nadie pidió que no se le llame." in client.get(LIST).content.decode()
    assert "Nadie coincide." in client.post(LIST, {"q": "C9"}, follow=True).content.decode()
