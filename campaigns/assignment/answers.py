"""The part of the day in which such customers answered in earlier months, for the half of the contacts that follow it.

What is known of a contact is, in this order: when she herself was last spoken to; when customers of her list, zone and
kind of telephone were reached most; the same without the zone; the same of her list. A part is told from the others
only where at least two of them were tried often enough. Which half follows is drawn by contract, so that the order can
be measured against the one without it; anybody can draw it again.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from campaigns.models import Attempt, CallingPolicy, Campaign, Contact, Disposition
from campaigns.models.contacts import PartOfDay

MONTHS = 3  # so many earlier ones are looked at
ENOUGH = 30  # attempts, from which on a part of the day can be compared with another

# Of contact `c`: whether it is in the half that follows. Another draw than the hold-out's, of the same seed.
FOLLOWS = "(('x' || substr(md5(c.contract || ':orden:' || %(seed)s::text), 1, 8))::bit(32)::bigint %% 2 = 0)"
_IS_MOBILE = "coalesce({number} ~ '^[+]591[67]', FALSE)"

_ANSWERED = f"""
CREATE TEMPORARY TABLE answered ON COMMIT DROP AS
SELECT o.contract, o.call_list, o.zone, {_IS_MOBILE.format(number="a.telephone")} AS is_mobile, a.dialled_at,
       d.party = 'right' AS is_reached,
       CASE WHEN (a.dialled_at AT TIME ZONE %(clock)s)::time < %(afternoon)s::time THEN {PartOfDay.MORNING}
            WHEN (a.dialled_at AT TIME ZONE %(clock)s)::time < %(evening)s::time THEN {PartOfDay.AFTERNOON}
            ELSE {PartOfDay.EVENING} END AS part
  FROM campaigns_attempt a
  JOIN campaigns_disposition d ON d.id = a.disposition_id AND d.counts_as_attempt
  JOIN campaigns_contact o ON o.id = a.contact_id
 WHERE a.campaign_id = ANY(%(earlier)s) AND a.telephone <> ''
"""
_KNOWN = """
CREATE TEMPORARY TABLE best_part ON COMMIT DROP AS
SELECT cut, call_list, zone, is_mobile, (array_agg(part ORDER BY rate DESC, attempts DESC, part))[1] AS part
  FROM (
    SELECT GROUPING(zone, is_mobile) AS cut, call_list, zone, is_mobile, part, count(*) AS attempts,
           avg(is_reached::int) AS rate
      FROM answered
     GROUP BY GROUPING SETS ((call_list, zone, is_mobile, part), (call_list, is_mobile, part), (call_list, part))
    HAVING count(*) >= %(enough)s
  ) AS rates
 GROUP BY cut, call_list, zone, is_mobile HAVING count(*) > 1
"""
_WRITE = f"""
UPDATE campaigns_listentry entry SET answers_in = wanted.part
  FROM (
    SELECT c.id, CASE WHEN {FOLLOWS} THEN coalesce(own.part, narrow.part, wide.part, list.part) END AS part
      FROM campaigns_contact c
      LEFT JOIN (SELECT DISTINCT ON (contract) contract, part FROM answered WHERE is_reached
                  ORDER BY contract, dialled_at DESC) own ON own.contract = c.contract
      LEFT JOIN best_part narrow ON narrow.cut = 0 AND narrow.call_list = c.call_list AND narrow.zone = c.zone
            AND narrow.is_mobile = {_IS_MOBILE.format(number="c.telephones[1]")}
      LEFT JOIN best_part wide ON wide.cut = 2 AND wide.call_list = c.call_list
            AND wide.is_mobile = {_IS_MOBILE.format(number="c.telephones[1]")}
      LEFT JOIN best_part list ON list.cut = 3 AND list.call_list = c.call_list
     WHERE c.campaign_id = %(campaign)s
  ) AS wanted
 WHERE entry.contact_id = wanted.id AND entry.answers_in IS DISTINCT FROM wanted.part
"""
_FORGET = "UPDATE campaigns_listentry SET answers_in = NULL WHERE campaign_id = %s AND answers_in IS NOT NULL"


def write_answers(campaign: Campaign) -> None:
    """Write into the entries when each is to be called first, or that nothing is; in the caller's transaction."""
    with connection.cursor() as cursor:
        if campaign.follows_answers:
            _write(cursor, campaign)
        else:
            cursor.execute(_FORGET, [campaign.pk])


def answered_herself(*, contact: Contact) -> bool:
    """Whether the part in which a contact is called first is her own last answer's, and not told by customers like her.

    As `_ANSWERED` has it: what is known of her comes before anything of others.
    """
    reached = Attempt.objects.filter(
        campaign__in=_earlier(contact.campaign),
        contact__contract=contact.contract,
        disposition__party=Disposition.Party.RIGHT,
        disposition__counts_as_attempt=True,
    )
    return reached.exclude(telephone="").exists()


def _earlier(campaign: Campaign) -> list[int]:
    earlier = Campaign.objects.filter(period__lt=campaign.period, launched_at__isnull=False).order_by("-period")
    return list(earlier.values_list("pk", flat=True)[:MONTHS])


def _write(cursor: CursorWrapper, campaign: Campaign) -> None:
    policy = CallingPolicy.objects.in_force()
    cursor.execute("DROP TABLE IF EXISTS answered, best_part")
    cursor.execute(
        _ANSWERED,
        {
            "earlier": _earlier(campaign),
            "clock": settings.TIME_ZONE,
            "afternoon": f"{policy.afternoon_starts:%H:%M}",
            "evening": f"{policy.evening_starts:%H:%M}",
        },
    )
    cursor.execute(_KNOWN, {"enough": ENOUGH})
    cursor.execute("ANALYZE answered")
    cursor.execute("ANALYZE best_part")
    cursor.execute(_WRITE, {"campaign": campaign.pk, "seed": campaign.hold_out_seed})
    cursor.execute("DROP TABLE answered, best_part")
