"""Customers are found however their names are punctuated, in the search and in a campaign's list."""

from __future__ import annotations

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
NAMES = ("El Tornillo S.R.L.", "Tornillo (El)", "Juan Rojas")


@pytest.fixture
def customers(make_contact, ana) -> None:
    for name in NAMES:
        make_contact(ana, name)


def shown(answer) -> list[str]:
    page = answer.content.decode()
    return [name for name in NAMES if name in page]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("el tornillo srl", ["El Tornillo S.R.L."]),
        ("El Tornillo S.R.L.", ["El Tornillo S.R.L."]),
        ("«El Tornillo» s.r", ["El Tornillo S.R.L."]),
        ("TORNILLO, EL", ["El Tornillo S.R.L.", "Tornillo (El)"]),
        ("rojas juan", ["Juan Rojas"]),
        ("...", []),
        ("😀", []),
    ],
)
def test_by_a_name_with_and_without_what_stands_between_its_letters(
    customers, december, ana, elena, signed_in, text, found
):
    assert shown(signed_in(ana).post(reverse("campaigns:search"), {"q": text}, follow=True)) == found
    client, listed = signed_in(elena), reverse("campaigns:contact_list", args=[december.period.strftime("%Y-%m")])
    assert shown(client.get(client.post(listed, {"q": text})["Location"])) == found
