"""The rows of an assignment: contacts gathered, hold-out drawn, entries written once with their owner and place.

The hold-out is drawn by household and within the list of its first contact, so that nobody drawn is left alone at a
telephone that rings for another contract of the same people; a report corrected later may join two households.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.assignment.participants import takers_of
from campaigns.assignment.quotas import FairShares, Quotas, Taker, fair_shares
from campaigns.assignment.turns import DRAWN_WITH, Fragment, hold_out_hash, owner_of_turn, position_in
from campaigns.contacts import households
from campaigns.contacts.life import Verb, take_steps
from campaigns.models import Campaign
from campaigns.models.contacts import CallList
from service_level.days import midnight_of


@dataclass(frozen=True)
class Source:
    """Where the contacts of an assignment come from: SQL with the contact as `c`; `where` takes the campaign's id."""

    tables: str
    where: str
    is_callable: str


@dataclass(frozen=True)
class Assigned:
    """What an assignment came to, in contacts."""

    assigned: int
    continued: int
    held_out: int
    not_callable: int
    by_agent: Quotas = field(default_factory=dict)
    unassigned: dict[str, int] = field(default_factory=dict)


def lock_entries(campaign: Campaign) -> None:
    """Lock what is assigned again in the order of the contacts, as payments do: nobody waits in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM (SELECT FROM campaigns_listentry
                                   WHERE campaign_id = %s AND state IN ('open', 'held_out')
                                   ORDER BY contact_id FOR NO KEY UPDATE) locked
            """,
            [campaign.pk],
        )


def let_go_of_the_paid(campaign: Campaign, *, now: datetime) -> None:
    """Who was held out and has paid leaves the draw before it is drawn again: nobody would call her either way."""
    with connection.cursor() as cursor:
        take_steps(
            cursor,
            update="""
                UPDATE campaigns_listentry entry SET {steps}
                 WHERE entry.campaign_id = %s AND entry.state = 'held_out' AND entry.paid_on IS NOT NULL
            """,
            values=[campaign.pk],
            steps={Verb.LEAVE_PAID: "TRUE"},
            now=now,
        )


def assign_all(campaign: Campaign, source: Source, *, now: datetime, insert: bool) -> Assigned:
    """Draw the hold-out of all contacts of `source` and assign the rest. Call it inside a transaction.

    `insert`: their entries are written anew; else those that are there and are not settled change where they must.
    """
    takers = takers_of(campaign)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        # fresh rows have no statistics yet: without this the planner may walk a million rows one by one
        cursor.execute("SET LOCAL enable_nestloop = off")
        households.lay_out(cursor, campaign=campaign)
        _gather(cursor, campaign, source, takers)
        held_out = _hold_out(cursor, campaign)
        cursor.execute("SELECT state, call_list, spoke, count(*) FROM assignment_candidate GROUP BY 1, 2, 3")
        found = cursor.fetchall()
        groups = [(name, agent, number) for state, name, agent, number in found if state == "open"]
        counts, states = Counter[str](), Counter[str]()
        for state, _name, _agent, number in found:
            states[state] += number
        for name, _agent, number in groups:
            counts[name] += number
        fair = fair_shares(counts, takers)
        kept = _kept(groups, fair.quotas)
        rest = {
            agent: {name: number - kept.get((agent, name), 0) for name, number in row.items()}
            for agent, row in fair.quotas.items()
        }
        _write_entries(cursor, campaign, kept, rest, now=now, insert=insert)
        cursor.execute("DROP TABLE assignment_candidate")
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return assigned_of(fair, sum(kept.values()), held_out, states)


def _gather(cursor: Any, campaign: Campaign, source: Source, takers: list[Taker]) -> None:
    """The contacts to assign, with their place and with whom they spoke last month, in a table of this transaction."""
    position, spoke = position_in(campaign), _spoke_last_month(campaign, takers)
    draw = hold_out_hash(campaign) if campaign.hold_out_share else Fragment("0")
    cursor.execute("DROP TABLE IF EXISTS assignment_candidate")
    cursor.execute(
        f"""
        CREATE TEMP TABLE assignment_candidate ON COMMIT DROP AS
        SELECT c.id AS contact_id, c.call_list, {position.sql} AS position, spoke.agent_id AS spoke,
               member.household, coalesce(first.call_list, c.call_list) AS drawn_in, {draw.sql} AS draw,
               CASE WHEN {source.is_callable} THEN 'open' ELSE 'not_callable' END AS state
          FROM {source.tables} LEFT JOIN ({spoke.sql}) spoke ON spoke.contract = c.contract {DRAWN_WITH}
         WHERE {source.where}
        """,
        [*position.params, *draw.params, *spoke.params, campaign.pk],
    )


def _spoke_last_month(campaign: Campaign, takers: list[Taker]) -> Fragment:
    """Contract and the agent of its last conversation in the campaign before, of those who take part now."""
    previous = (
        Campaign.objects.filter(period__lt=campaign.period, launched_at__isnull=False).order_by("-period").first()
    )
    if previous is None or not takers:
        return Fragment("SELECT NULL::text AS contract, NULL::bigint AS agent_id WHERE FALSE")
    return Fragment(
        """
        SELECT earlier.contract, latest.agent_id
          FROM (SELECT DISTINCT ON (a.contact_id) a.contact_id, a.agent_id
                  FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
                 WHERE a.campaign_id = %s AND d.party = 'right'
                 ORDER BY a.contact_id, a.dialled_at DESC, a.id DESC) latest
          JOIN campaigns_contact earlier ON earlier.id = latest.contact_id
         WHERE latest.agent_id = ANY(%s)
        """,
        [previous.pk, [taker.agent_id for taker in takers]],
    )


def _hold_out(cursor: Any, campaign: Campaign) -> int:
    """Mark the random share of each list that is not called, whole households. Returns how many contacts."""
    if not campaign.hold_out_share:
        return 0
    # who is drawn with the same household has the same place, for the window takes its peers in; the household at the
    # end of the share is in it when the greater part of it is: left out, the large ones would be drawn more rarely
    cursor.execute(
        """
        UPDATE assignment_candidate SET state = 'held_out'
          FROM (SELECT d.contact_id, count(*) OVER (PARTITION BY d.drawn_in) AS size,
                       count(*) OVER (PARTITION BY d.drawn_in
                                      ORDER BY d.draw, coalesce(d.household, d.contact_id)) AS place,
                       count(*) OVER (PARTITION BY d.drawn_in, coalesce(d.household, d.contact_id)) AS together
                  FROM assignment_candidate d WHERE d.state = 'open') drawn
         WHERE drawn.contact_id = assignment_candidate.contact_id
           AND drawn.place - drawn.together / 2.0 <= round(drawn.size * %s::numeric)
        """,
        [campaign.hold_out_share],
    )
    return int(cursor.rowcount)


def _kept(groups: list[tuple[str, int | None, int]], quotas: Quotas) -> dict[tuple[int, str], int]:
    """How many contacts stay with whom they spoke with, by agent and list: never more than the quota."""
    kept = {}
    for name, agent, number in groups:
        within = min(number, quotas.get(agent, {}).get(name, 0)) if agent is not None else 0
        if agent is not None and within:
            kept[agent, name] = within
    return kept


def _write_entries(
    cursor: Any, campaign: Campaign, kept: dict[tuple[int, str], int], rest: Quotas, *, now: datetime, insert: bool
) -> None:
    """The assignment itself."""
    assigned = _with_owners(kept, rest)
    if insert:
        cursor.execute(
            f"""
            WITH {assigned.sql}
            INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, household, owner_id, position,
                                             ready_at, attempts, attempts_on_day, fence)
            SELECT contact_id, %s, call_list, state, household, owner_id, position, %s, 0, 0, 0
              FROM assigned ORDER BY contact_id
            """,
            [*assigned.params, campaign.pk, midnight_of(campaign.calls_from)],
        )
    else:
        # only rows that change are written; who paid or was retired meanwhile is left alone
        take_steps(
            cursor,
            beginning=f"WITH {assigned.sql},",
            update="""
                UPDATE campaigns_listentry entry SET owner_id = n.owner_id, position = n.position,
                       household = n.household, {steps}
                  FROM assigned n
                 WHERE entry.contact_id = n.contact_id AND entry.state IN ('open', 'held_out')
                   AND (entry.owner_id, entry.position, entry.state, entry.household)
                       IS DISTINCT FROM (n.owner_id, n.position::int, n.state::varchar, n.household)
            """,
            values=assigned.params,
            steps={Verb.HOLD_OUT: "n.state = 'held_out'", Verb.DRAW_AGAIN: "n.state = 'open'"},
            now=now,
        )


def _with_owners(kept: dict[tuple[int, str], int], rest: Quotas) -> Fragment:
    """The expression `assigned`, up to its last: every candidate, those to be called with whom they stay or come to."""
    owner, placed = owner_of_turn(rest), _placed(kept)
    # a million rows are sorted a fifth sooner by a number than by a word
    numbered = " ".join(f"WHEN '{name}' THEN {number}" for number, name in enumerate(CallList.values))
    of_list = f"PARTITION BY CASE p.call_list {numbered} END, p.keeper IS NULL"
    sql = f"""{placed.sql}, turns AS (
            SELECT p.contact_id, p.call_list, p.household, p.position, p.state, p.keeper, row_number() OVER (
                       {of_list} ORDER BY p.position, p.contact_id) AS turn
              FROM placed p
        ), assigned AS (
            SELECT contact_id, call_list, household, position, state, coalesce(keeper, {owner.sql}) AS owner_id
              FROM turns
            UNION ALL
            SELECT contact_id, call_list, household, position, state, NULL
              FROM assignment_candidate WHERE state <> 'open'
        )
    """
    return Fragment(sql, [*placed.params, *owner.params])


def _placed(kept: dict[tuple[int, str], int]) -> Fragment:
    """The expression `placed`: who is to be called, and as `keeper` the agent she stays with, if with one."""
    if not kept:
        return Fragment(
            "placed AS (SELECT d.*, NULL::bigint AS keeper FROM assignment_candidate d WHERE d.state = 'open')"
        )
    agents, names, numbers = zip(*((agent, name, number) for (agent, name), number in kept.items()), strict=True)
    return Fragment(
        """
        placed AS (
            SELECT o.*, CASE WHEN o.place <= k.number THEN o.spoke END AS keeper
              FROM (SELECT d.*, row_number() OVER (
                               PARTITION BY d.call_list, d.spoke ORDER BY d.position, d.contact_id) AS place
                      FROM assignment_candidate d WHERE d.state = 'open') o
              LEFT JOIN unnest(%s::bigint[], %s::text[], %s::int[]) AS k (agent, call_list, number)
                ON k.agent = o.spoke AND k.call_list = o.call_list
        )
        """,
        [list(agents), list(names), list(numbers)],
    )


def assigned_of(fair: FairShares, continued: int, held_out: int, states: Mapping[str, int]) -> Assigned:
    """What came of `fair`: of it `continued` with whom they spoke, beside it `held_out` and the rest of `states`."""
    return Assigned(
        assigned=sum(sum(row.values()) for row in fair.quotas.values()),
        continued=continued,
        held_out=held_out,
        not_callable=states.get("not_callable", 0),
        by_agent=fair.quotas,
        unassigned=fair.unassigned,
    )
