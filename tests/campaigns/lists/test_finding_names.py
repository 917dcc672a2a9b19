"""Customers are found however their names are punctuated, in the search and in a campaign's list."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from campaigns.models import Contact
from campaigns.rows.cleaning import name_keys

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
        ("TORNILLO, EL", ["Tornillo (El)"]),
        ("...", []),
        ("😀", []),
    ],
)
def test_by_a_name_with_and_without_what_stands_between_its_letters(
    customers, december, ana, elena, signed_in, text, found
):
    assert shown(signed_in(ana).post(reverse("campaigns:search"), {"q": text})) == found
    client, listed = signed_in(elena), reverse("campaigns:contact_list", args=[december.period.strftime("%Y-%m")])
    assert shown(client.get(client.post(listed, {"q": text})["Location"])) == found


def test_the_names_of_the_months_there_are_are_turned_as_new_ones_are(make_contact, ana):
    before = {
        "El Tornillo S.R.L.": "EL TORNILLO S.R.L.", "Pérez-Núñez, Ana": "PEREZ-NUNEZ, ANA",
        "O'Connor & Cía.": "O'CONNOR & CIA.", "Rosa Flores": "ROSA FLORES", "...": "...",
    }  # fmt: skip
    for name, key in before.items():
        make_contact(ana, name)
        Contact.objects.filter(name=name).update(name_key=key)
    migration = import_module("campaigns.migrations.0026_search_names_without_punctuation")
    with connection.cursor() as cursor:
        cursor.execute(migration.WITHOUT_PUNCTUATION)
    found = dict(Contact.objects.values_list("name", "name_key"))
    assert found == dict(zip(before, name_keys(list(before)), strict=True))
