"""The part of the day in which a contact is called first, told from who answered in earlier months."""

from __future__ import annotations

import hashlib
from datetime import date, time

import pytest
from django.db import connection

from campaigns.assignment.answers import ENOUGH
from campaigns.assignment.assigning import assign, open_lists
from campaigns.models import CallingPolicy, Campaign, ListEntry
from campaigns.models.contacts import PartOfDay
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment, spoke

NOW = moment("2026-11-25 07:00")


@pytest.fixture
def november(house_rules, ana) -> Campaign:
    """Each contact of it was tried once in each part of the day, and reached in the part of its zone."""
    CallingPolicy.objects.update_or_create(
        pk=1, defaults={"afternoon_starts": time(12, 30), "evening_starts": time(18)}
    )
    campaign = make_campaign(date(2026, 11, 1), state="closed", launched_at=moment("2026-10-25 08:00"))
    add_contacts(campaign, 3 * ENOUGH)
    return campaign


def tried(campaign: Campaign, ana) -> None:
    """Mornings the customers of a third of the contacts answer, afternoons those of the next one, evenings the last."""
    first = spoke(campaign, "C1", ana, moment("2026-10-25 08:00"), party="none")
    reached = spoke(campaign, "C1", ana, moment("2026-10-25 08:00"), party="right")
    none, right = first.disposition_id, reached.disposition_id
    first.delete()
    reached.delete()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_attempt (campaign_id, contact_id, agent_id, telephone, mode, fence, dialled_at, day,
                                           disposition_id, resulted_at, reason, note)
            SELECT c.campaign_id, c.id, %s, c.telephones[1], 'manual', h.hour, at, '2026-10-26',
                   CASE WHEN (ARRAY[9, 15, 19])[1 + substr(c.contract, 2)::int %% 3] = h.hour THEN %s ELSE %s END, at,
                   '', ''
              FROM campaigns_contact c CROSS JOIN (VALUES (9), (15), (19)) AS h (hour)
              CROSS JOIN LATERAL (SELECT timestamptz '2026-10-26 00:00-04' + h.hour * interval '1 hour') AS m (at)
             WHERE c.campaign_id = %s
            """,
            [ana.pk, right, none, campaign.pk],
        )


def december(*, start: int = 10_000, **more) -> Campaign:
    campaign = make_campaign(**more)
    add_contacts(campaign, 60, start=start)
    open_lists(campaign=campaign, now=NOW)
    assign(campaign=campaign, now=NOW)
    return campaign


def follows(contract: str, campaign: Campaign) -> bool:
    drawn = hashlib.md5(f"{contract}:orden:{campaign.hold_out_seed}".encode()).hexdigest()  # noqa: S324
    return int(drawn[:8], 16) % 2 == 0


def parts(campaign: Campaign) -> dict[str, int | None]:
    return dict(ListEntry.objects.filter(campaign=campaign).values_list("contact__contract", "answers_in"))


def test_half_of_the_contacts_by_lot_are_called_first_when_their_zone_answered(november, ana, luis):
    tried(november, ana)
    campaign = december(follows_answers=True)
    expected = {0: PartOfDay.MORNING, 1: PartOfDay.AFTERNOON, 2: PartOfDay.EVENING}
    found = parts(campaign)
    assert found == {
        contract: expected[int(contract[1:]) % 3] if follows(contract, campaign) else None for contract in found
    }
    assert 15 < sum(part is not None for part in found.values()) < 45


def test_it_is_off_unless_the_supervisor_says_so(november, ana):
    tried(november, ana)
    assert set(parts(december()).values()) == {None}


def test_switched_off_again_before_the_launch_nothing_of_it_is_left(november, ana):
    tried(november, ana)
    campaign = december(follows_answers=True)
    assert any(parts(campaign).values())
    Campaign.objects.filter(pk=campaign.pk).update(follows_answers=False)
    assign(campaign=campaign, now=NOW)
    assert set(parts(campaign).values()) == {None}


def test_when_she_herself_was_spoken_to_counts_before_what_others_did(november, ana):
    """Customers of her zone answer in the morning; she was last spoken to in the afternoon and in the evening."""
    tried(november, ana)
    own = next(f"C{n}" for n in range(3, 60, 3) if follows(f"C{n}", Campaign(hold_out_seed=1)))
    for at in ("2026-10-27 15:00", "2026-10-28 19:00"):
        spoke(november, own, ana, moment(at))
    november.attempts.filter(telephone="").update(telephone="+59170700000")
    assert parts(december(start=1, follows_answers=True))[own] == PartOfDay.EVENING


def test_without_an_earlier_month_nobody_is_called_out_of_order(house_rules, ana):
    assert set(parts(december(follows_answers=True)).values()) == {None}


def test_a_part_of_the_day_that_was_never_tried_against_another_tells_nothing(november, ana):
    tried(november, ana)
    november.attempts.exclude(fence=9).delete()
    assert set(parts(december(follows_answers=True)).values()) == {None}
