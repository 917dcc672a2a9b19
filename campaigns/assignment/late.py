"""Contacts that come after the assignment, and those that lost their owner: each goes to who has least to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count

from campaigns.assignment.entries import Assigned, Source, assigned_of
from campaigns.assignment.participants import takers_of
from campaigns.assignment.quotas import top_up
from campaigns.assignment.turns import DRAWN_WITH, HASH_RANGE, hold_out_hash, owner_of_turn, position_in
from campaigns.contacts import households
from campaigns.models import Campaign, ListEntry
from campaigns.models.contacts import CallList
from service_level.days import midnight_of


@dataclass(frozen=True)
class Changed:
    """What rows that came later made of contacts that were there: to be called after all, or in another list.

    `met`: who may have other telephones now, beside those who are new; None: anybody.
    """

    callable_again: tuple[int, ...] = ()
    in_another_list: tuple[int, ...] = ()
    met: tuple[int, ...] | None = ()


def open_late(*, campaign: Campaign, source: Source, now: datetime, changed: Changed) -> Assigned:
    """Entries for contacts that came later, and owners for them and for those `changed`, for nobody else.

    Each goes with its household: whose telephone is left alone is left alone. Others are drawn by themselves before the
    launch, and not at all after it; who comes then counts on neither side. What a supervisor took back on purpose stays
    without owner.
    """
    position, draw = position_in(campaign), hold_out_hash(campaign)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.id FROM {source.tables} WHERE {source.where}", [campaign.pk])
        new = [contact for (contact,) in cursor.fetchall()]
        around = None if changed.met is None else [*new, *changed.met]
        households.lay_out(cursor, campaign=campaign, around=around)
        cursor.execute(
            f"""
            WITH late AS (
                INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, household, position,
                                                 ready_at, attempts, attempts_on_day, fence)
                SELECT c.id, c.campaign_id, c.call_list,
                       CASE WHEN NOT ({source.is_callable}) THEN 'not_callable'
                            ELSE coalesce(
                              (SELECT min(o.state) FROM household_member other
                                 JOIN campaigns_listentry o ON o.contact_id = other.contact_id
                                WHERE other.household = member.household AND o.state IN ('open', 'held_out')),
                              CASE WHEN NOT %s AND {draw.sql} < %s::numeric * {HASH_RANGE} THEN 'held_out'
                                   ELSE 'open' END) END,
                       member.household, {position.sql}, greatest(%s, %s), 0, 0, 0
                  FROM {source.tables} {DRAWN_WITH} WHERE {source.where}
                RETURNING contact_id, state
            ) SELECT state, array_agg(contact_id) FROM late GROUP BY state
            """,
            [
                campaign.launched_at is not None,
                *draw.params,
                campaign.hold_out_share,
                *position.params,
                midnight_of(campaign.calls_from),
                now,
                campaign.pk,
            ],
        )
        late = dict(cursor.fetchall())
        households.keep(cursor, campaign=campaign, around=around)
    unowned = [*late.get("open", ()), *changed.callable_again]
    assigned = _assign_to_who_has_least(campaign, unowned=unowned, unskilled=list(changed.in_another_list))
    return replace(assigned, held_out=len(late.get("held_out", ())), not_callable=len(late.get("not_callable", ())))


def assign_unowned(campaign: Campaign) -> Assigned:
    """Owners for every open contact that has none, or one who does not work its list."""
    return _assign_to_who_has_least(campaign, unowned=None, unskilled=None)


def _assign_to_who_has_least(campaign: Campaign, *, unowned: list[int] | None, unskilled: list[int] | None) -> Assigned:
    """Assign of `unowned` contacts those without owner, of `unskilled` those whose owner does not work their list.

    None: all the campaign has.
    """
    takers = takers_of(campaign)
    entries = ListEntry.objects.filter(campaign=campaign, state=ListEntry.State.OPEN)
    loads = dict(entries.filter(owner__isnull=False).values_list("owner_id").annotate(number=Count("contact_id")))
    lacking = [(taker.agent_id, name) for taker in takers for name in CallList.values if name not in taker.lists]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS assign_late")
        cursor.execute(
            """
            CREATE TEMP TABLE assign_late ON COMMIT DROP AS
            SELECT contact_id, call_list,
                   row_number() OVER (PARTITION BY call_list ORDER BY position, contact_id) AS turn
              FROM (SELECT contact_id, call_list, position FROM campaigns_listentry
                     WHERE campaign_id = %s AND state = 'open' AND paid_on IS NULL
                       AND (owner_id IS NULL AND (%s::bigint[] IS NULL OR contact_id = ANY(%s))
                            OR (owner_id, call_list) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))
                               AND (%s::bigint[] IS NULL OR contact_id = ANY(%s)))
                     ORDER BY contact_id FOR NO KEY UPDATE) open_ones
            """,
            [
                campaign.pk,
                *(unowned, unowned),
                [agent for agent, _list in lacking],
                [name for _agent, name in lacking],
                *(unskilled, unskilled),
            ],
        )
        cursor.execute("SELECT call_list, count(*) FROM assign_late GROUP BY call_list")
        fair = top_up(dict(cursor.fetchall()), takers, loads)
        owner = owner_of_turn(fair.quotas, call_list="l.call_list", turn="l.turn")
        cursor.execute(
            f"""
            UPDATE campaigns_listentry e SET owner_id = {owner.sql}
              FROM assign_late l WHERE l.contact_id = e.contact_id
            """,
            owner.params,
        )
        cursor.execute("DROP TABLE assign_late")
    return assigned_of(fair, 0, 0, {})
