"""Who is behind one telephone: contacts of a campaign that share a telephone or an identity card are one household.

A household is drawn, and measured, as one; two desks do not have it open at the same time. A number of more than
`AT_MOST` contracts (a switchboard, a number put in to have one) makes no household, and what would grow beyond that by
links is none either; that a number is not called too often is seen to by telephone (telephones.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper

from campaigns.models import Campaign

AT_MOST = 10  # contracts of one telephone, of one card, and of one household
LEAST_OF_A_CARD = 4  # digits; a shorter one is no card and is compared as it stands
PLACES = ("BE", "BN", "CB", "CH", "LP", "OR", "PA", "PD", "PT", "SC", "TJ")


def card_key(card: str) -> str:
    """SQL for what the spellings of an identity card share, wherever it was issued: `4830168 CB`, `4.830.168` and
    `4830168-LP` are one person's, `4830168-1G` another's. `card`: SQL for the text.

    What does not begin with digits stays as it is. No regular expression: a million rows would wait for it.
    """
    number = f"replace(split_part(upper({card}), ' ', 1), '.', '')"
    places = ", ".join(f"'{place}'" for place in PLACES)
    issued = f"CASE WHEN right({number}, 2) IN ({places}) THEN rtrim(left({number}, -2), '-') ELSE {number} END"
    second = f"split_part(upper({card}), ' ', 2)"
    complement = f"CASE WHEN ascii({second}) BETWEEN 48 AND 57 THEN '-' || {second} ELSE '' END"  # a blank for a dash
    is_card = f"ascii({card}) BETWEEN 48 AND 57 AND length({number}) >= {LEAST_OF_A_CARD}"
    # digits alone, as most are, need none of it
    is_digits = f"ltrim({card}, '0123456789') = '' AND length({card}) >= {LEAST_OF_A_CARD}"
    return f"""CASE WHEN {is_digits} THEN ltrim({card}, '0')
                 WHEN {is_card} THEN ltrim({issued}, '0') || {complement} ELSE {card} END"""


# Hashed, and of two kinds: three million texts would be sorted in twice the time. Only those that stand twice are kept:
# a key is compared with its neighbours, and most of a million are not even written.
_KEYS = f"""
CREATE TEMPORARY TABLE household_key ON COMMIT DROP AS
SELECT id, key
  FROM (SELECT id, key, lag(key) OVER in_order AS before, lead(key) OVER in_order AS after
          FROM (SELECT id, hashtextextended(unnest(telephones), 0) AS key FROM campaigns_contact
                 WHERE campaign_id = %(campaign)s {{near}}
                UNION ALL
                SELECT id, hashtextextended({card_key("identity_card")}, 1) FROM campaigns_contact
                 WHERE campaign_id = %(campaign)s AND identity_card <> '' {{near}}) every
        WINDOW in_order AS (ORDER BY key)) neighbours
 WHERE key IN (before, after)
"""
_SHARED = f"""
CREATE TEMPORARY TABLE household_link ON COMMIT DROP AS
SELECT id, key, first
  FROM household_key JOIN (SELECT key, min(id) AS first FROM household_key GROUP BY key
                            HAVING count(*) BETWEEN 2 AND {AT_MOST} AND min(id) <> max(id)) shared USING (key)
"""
# Most share one telephone with one other, and are done. Households meet only in who shares several: those are few, and
# only their keys are joined, round after round.
_BRIDGES = """
CREATE TEMPORARY TABLE household_bridge ON COMMIT DROP AS
SELECT id, key FROM household_link JOIN (SELECT id FROM household_link GROUP BY id HAVING count(*) > 1) several
 USING (id)
"""
_ROOTS = """
CREATE TEMPORARY TABLE household_root ON COMMIT DROP AS
SELECT key, min(first) AS household FROM household_link WHERE key IN (SELECT key FROM household_bridge) GROUP BY key
"""
_OF_BRIDGE = (
    "(SELECT id, min(household) AS household FROM household_bridge JOIN household_root USING (key) GROUP BY id)"
)
# What is linked to a household that begins earlier belongs to that one.
_JOIN = f"""
UPDATE household_root root SET household = earlier.household
  FROM (SELECT key, min(bridge.household) AS household
          FROM household_bridge JOIN {_OF_BRIDGE} bridge USING (id) GROUP BY key) earlier
 WHERE earlier.key = root.key AND earlier.household < root.household
"""
# Long chains are joined in leaps: the household of the contact mine is named after is mine.
_LEAP = f"""
UPDATE household_root root SET household = named.household
  FROM {_OF_BRIDGE} named WHERE named.id = root.household AND named.household < root.household
"""
_MEMBERS = """
CREATE TEMPORARY TABLE household_member ON COMMIT DROP AS
SELECT id AS contact_id, min(coalesce(root.household, first)) AS household
  FROM household_link LEFT JOIN household_root root USING (key) GROUP BY id
"""
_TOO_MANY = f"""
DELETE FROM household_member WHERE household IN (
  SELECT household FROM household_member GROUP BY household HAVING count(*) > {AT_MOST})
"""
_NEAR = f"""
CREATE TEMPORARY TABLE household_near ON COMMIT DROP AS
WITH met AS MATERIALIZED (
  SELECT c.id, e.household FROM campaigns_contact c LEFT JOIN campaigns_listentry e ON e.contact_id = c.id
   WHERE c.campaign_id = %(campaign)s
     AND (c.id = ANY(%(around)s)
          OR c.telephones && (SELECT coalesce(array_agg(t), '{{}}') FROM campaigns_contact o, unnest(o.telephones) t
                               WHERE o.id = ANY(%(around)s))
          OR {card_key("c.identity_card")} IN (SELECT {card_key("o.identity_card")} FROM campaigns_contact o
                                                WHERE o.id = ANY(%(around)s) AND o.identity_card <> ''))
)
SELECT id FROM met UNION SELECT e.contact_id FROM campaigns_listentry e JOIN met ON met.household = e.household
"""
_KEEP = """
UPDATE campaigns_listentry entry SET household = becomes.household
  FROM (SELECT e.contact_id, m.household FROM campaigns_listentry e
          LEFT JOIN household_member m ON m.contact_id = e.contact_id
         WHERE e.campaign_id = %(campaign)s {near} AND e.household IS DISTINCT FROM m.household
         ORDER BY e.contact_id FOR NO KEY UPDATE OF e) becomes
 WHERE becomes.contact_id = entry.contact_id
"""


def lay_out(cursor: CursorWrapper, *, campaign: Campaign, around: Sequence[int] | None = None) -> None:
    """Lay out `household_member` (contact_id, household) for this transaction: everybody who is in a household.

    `around`: only of these contacts and whoever they are linked to; None: of the whole campaign.
    """
    values: dict[str, Any] = {"campaign": campaign.pk, "around": list(around or ())}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.household_member")
    near = ""
    if around is not None:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.household_near")
        cursor.execute(_NEAR, values)
        near = "AND id IN (SELECT id FROM household_near)"
    cursor.execute(_KEYS.format(near=near), values)
    for statement in (_SHARED, "ANALYZE household_link", _BRIDGES, _ROOTS):
        cursor.execute(statement)
    cursor.execute("ANALYZE household_bridge; ANALYZE household_root")
    while True:
        cursor.execute(_JOIN)
        if not cursor.rowcount:
            break
        cursor.execute(_LEAP)
    for statement in (_MEMBERS, "ANALYZE household_member", _TOO_MANY):
        cursor.execute(statement)
    cursor.execute("DROP TABLE household_key, household_link, household_bridge, household_root")


def keep(cursor: CursorWrapper, *, campaign: Campaign, around: Sequence[int] | None = None) -> None:
    """Bring the entries that are there to what `lay_out` found, called with the same `around` before."""
    near = "" if around is None else "AND e.contact_id IN (SELECT id FROM household_near)"
    cursor.execute(_KEEP.format(near=near), {"campaign": campaign.pk})
