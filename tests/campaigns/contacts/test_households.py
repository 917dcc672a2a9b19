"""Households are what a walk from contact to contact by shared telephones and cards finds, however it is tangled."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest
from django.db import connection, transaction

from campaigns.contacts.households import AT_MOST, lay_out
from campaigns.models import Contact
from tests.campaigns.a_campaign import add_contacts, make_campaign

pytestmark = pytest.mark.django_db


def walked(contacts: list[Contact]) -> dict[int, int]:
    """By contact its household's first: by hand, over the numbers that make a household."""
    behind = defaultdict(set)
    for contact in contacts:
        for key in (*contact.telephones, f"card {contact.identity_card}" if contact.identity_card else None):
            if key:
                behind[key].add(contact.pk)
    shared = [people for people in behind.values() if 2 <= len(people) <= AT_MOST]
    found: dict[int, int] = {}
    for contact in sorted(contacts, key=lambda one: one.pk):
        if contact.pk in found:
            continue
        reached, to_visit = {contact.pk}, [contact.pk]
        while to_visit:
            here = to_visit.pop()
            for people in shared:
                if here in people:
                    to_visit += people - reached
                    reached |= people
        if 2 <= len(reached) <= AT_MOST:
            found |= dict.fromkeys(reached, contact.pk)
    return found


def laid_out(campaign) -> dict[int, int]:
    with transaction.atomic(), connection.cursor() as cursor:
        lay_out(cursor, campaign=campaign)
        cursor.execute("SELECT contact_id, household FROM household_member")
        return dict(cursor.fetchall())


@pytest.mark.parametrize("numbers", [30, 60, 150, 400])
def test_they_are_what_a_walk_finds(numbers):
    draw = random.Random(numbers)
    campaign = make_campaign()
    add_contacts(campaign, 120)
    contacts = list(Contact.objects.filter(campaign=campaign))
    for contact in contacts:
        contact.telephones = sorted({f"+591700{draw.randrange(numbers):05d}" for _ in range(draw.randint(0, 3))})
        contact.identity_card = str(draw.randrange(numbers * 3)) if draw.random() < 0.7 else ""
    Contact.objects.bulk_update(contacts, ["telephones", "identity_card"])
    assert laid_out(campaign) == walked(contacts)


def test_a_long_chain_is_one_household_up_to_its_limit_and_none_beyond():
    campaign = make_campaign()
    add_contacts(campaign, AT_MOST + 40)
    contacts = list(Contact.objects.filter(campaign=campaign).order_by("pk"))
    # backwards, so that the earliest is the last of the chain
    for place, contact in enumerate(reversed(contacts)):
        broken = place == AT_MOST  # here another chain begins
        contact.telephones = [f"n{place}"] if broken else [f"n{place - 1}", f"n{place}"]
    Contact.objects.bulk_update(contacts, ["telephones"])
    found = laid_out(campaign)
    short = [contact.pk for contact in list(reversed(contacts))[:AT_MOST]]
    assert found == dict.fromkeys(short, min(short)) == walked(contacts)


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("4830168 CB", "4830168", True),
        ("4830168 CB", "4830168 LP", True),
        ("4830168-CB", "04830168cb", True),
        ("4.830.168", "4830168", True),
        ("4830168-1G CB", "4830168-1g", True),
        ("4830168 1G", "4830168-1G LP", True),
        ("4830168-1G CB", "4830168 CB", False),
        ("4830168-1G", "4830168-1F", False),
        ("4830168", "4830169", False),
        ("S/N", "s/n", False),
        ("NO TIENE", "NO SABE", False),
        ("E-4830168", "4830168", False),
        ("1 CB", "1 LP", False),
    ],
)
def test_a_card_is_one_by_its_digits_and_complement_wherever_it_was_issued(one: str, other: str, is_one: bool) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 3)
    Contact.objects.filter(contract="C1").update(identity_card=one)
    Contact.objects.filter(contract="C2").update(identity_card=other)
    assert len(laid_out(campaign)) == (2 if is_one else 0)
    second = Contact.objects.get(contract="C2")
    with transaction.atomic(), connection.cursor() as cursor:
        lay_out(cursor, campaign=campaign, around=[second.pk])
        cursor.execute("SELECT count(*) FROM household_member")
        assert cursor.fetchone() == (2 if is_one else 0,)
