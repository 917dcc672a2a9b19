"""Which contacts a bulk change would move, and to whom: chosen in a table of the session, before any row is locked.

`rebalancing.py` shows the choice as a preview, or carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from campaigns.assignment.levelling import keep_most
from campaigns.assignment.quotas import FairShares, Quotas, Taker, fair_shares
from campaigns.assignment.turns import Fragment, owner_of_turn
from campaigns.models import Campaign
from campaigns.models.contacts import CallList

ANY, UNTRIED, TRIED = "any", "untried", "tried"


@dataclass(frozen=True)
class Selection:
    """Open contacts of a campaign: of whom, of which lists and zone, tried or not; or just some by id."""

    agents: tuple[int, ...] = ()
    unassigned: bool = False
    lists: tuple[str, ...] = ()
    zone: str = ""
    tried: str = ANY
    contacts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Moves:
    """What a change moves. `given` and `taken` are contacts by agent and list (`None`: nobody's)."""

    contacts: int
    call_backs: int
    open_now: int
    taken: dict[int | None, dict[str, int]] = field(default_factory=dict)
    given: dict[int | None, dict[str, int]] = field(default_factory=dict)
    staying: dict[str, int] = field(default_factory=dict)


def choose(cursor: Any, campaign: Campaign, selection: Selection, takers: Sequence[Taker] | None) -> dict[str, int]:
    """Fill `moving` with the selected contacts, assigned among `takers` (None: they go to nobody).

    Returns the contacts by list that stay where they are because none of the takers works the list.
    """
    chosen = _selected(campaign, selection)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.moving")
    if takers is None:
        cursor.execute(_MOVING.format(chosen=chosen.sql, owner="NULL::bigint"), chosen.params)
        cursor.execute("DELETE FROM moving WHERE from_agent IS NULL")
        return {}
    cursor.execute(f"SELECT call_list, count(*) FROM ({chosen.sql}) chosen GROUP BY call_list", chosen.params)
    fair = fair_shares(dict(cursor.fetchall()), takers)
    owner = owner_of_turn(fair.quotas)
    cursor.execute(_MOVING.format(chosen=chosen.sql, owner=owner.sql), [*owner.params, *chosen.params])
    # who already has it keeps it, and what nobody among the takers can take stays
    cursor.execute("DELETE FROM moving WHERE to_agent IS NULL OR to_agent IS NOT DISTINCT FROM from_agent")
    return fair.unassigned


_MOVING = """
CREATE TEMP TABLE moving AS
SELECT contact_id, call_list, from_agent, {owner} AS to_agent
  FROM (SELECT chosen.*, row_number() OVER (PARTITION BY call_list ORDER BY position, contact_id) AS turn
          FROM ({chosen}) chosen) turns
"""


def _selected(campaign: Campaign, selection: Selection) -> Fragment:
    sql = """
        SELECT e.contact_id, e.call_list, e.owner_id AS from_agent, e.position
          FROM campaigns_listentry e WHERE e.campaign_id = %s AND e.state = 'open'
    """
    params: list[Any] = [campaign.pk]
    if selection.contacts:
        sql += " AND e.contact_id = ANY(%s)"
        params.append(list(selection.contacts))
    else:
        sql += " AND (e.owner_id = ANY(%s)" + (" OR e.owner_id IS NULL)" if selection.unassigned else ")")
        params.append(list(selection.agents))
    if selection.lists:
        sql += " AND e.call_list = ANY(%s)"
        params.append(list(selection.lists))
    if selection.zone:
        sql += " AND EXISTS (SELECT FROM campaigns_contact c WHERE c.id = e.contact_id AND c.zone = %s)"
        params.append(selection.zone)
    if selection.tried == UNTRIED:
        sql += " AND e.attempts = 0"
    elif selection.tried == TRIED:
        sql += " AND e.attempts > 0"
    return Fragment(sql, params)


def choose_level(cursor: Any, campaign: Campaign, takers: Sequence[Taker]) -> dict[str, int]:
    """Fill `moving` with what must move so that everybody has a fair part of what remains, and no more than that.

    From who has too much, contacts not tried yet and without an agreed call go first, spread over the priorities.
    Returns the contacts by list that stay where they are because none of the takers works the list.
    """
    cursor.execute("DROP TABLE IF EXISTS pg_temp.moving")
    cursor.execute(
        """
        SELECT owner_id, call_list, count(*) FROM campaigns_listentry
         WHERE campaign_id = %s AND state = 'open' GROUP BY owner_id, call_list
        """,
        [campaign.pk],
    )
    has = {(agent, name): number for agent, name, number in cursor.fetchall()}
    counts = {name: sum(n for (_agent, of), n in has.items() if of == name) for name in CallList.values}
    fair = fair_shares(counts, takers)
    surplus, lacking = _uneven(has, fair, takers)
    owner = owner_of_turn(lacking)
    cursor.execute(
        _LEVELLING.format(owner=owner.sql),
        [
            [agent for agent, _list, _number in surplus],
            [name for _agent, name, _number in surplus],
            [number for _agent, _list, number in surplus],
            campaign.pk,
            *owner.params,
        ],
    )
    return fair.unassigned


def _uneven(
    has: Mapping[tuple[int | None, str], int], fair: FairShares, takers: Sequence[Taker]
) -> tuple[list[tuple[int | None, str, int]], Quotas]:
    """Who has too many contacts (agent or nobody, list, how many), and who too few by agent and list."""
    holdings: dict[int, dict[str, int]] = {}
    for (agent, name), number in has.items():
        if agent is not None:
            holdings.setdefault(agent, {})[name] = number
    quotas = keep_most(fair, takers, holdings)
    surplus: list[tuple[int | None, str, int]] = []
    lacking: Quotas = {}
    for (agent, name), number in has.items():
        over = number - (quotas.get(agent, {}).get(name, 0) if agent is not None else 0)
        if over > 0 and name not in fair.unassigned:
            surplus.append((agent, name, over))
    for agent_id, row in quotas.items():
        for name, number in row.items():
            under = number - has.get((agent_id, name), 0)
            if under > 0:
                lacking.setdefault(agent_id, {})[name] = under
    return surplus, lacking


_LEVELLING = """
CREATE TEMP TABLE moving AS
WITH surplus AS (SELECT * FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS s (agent, call_list, number)),
ranked AS (
    SELECT e.contact_id, e.call_list, e.owner_id, e.position, s.number,
           (e.attempts > 0 OR e.lease_agent_id IS NOT NULL OR b.id IS NOT NULL) AS begun
      FROM campaigns_listentry e
      JOIN surplus s ON s.agent IS NOT DISTINCT FROM e.owner_id AND s.call_list = e.call_list
      LEFT JOIN campaigns_callback b ON b.contact_id = e.contact_id AND b.state = 'pending'
     WHERE e.campaign_id = %s AND e.state = 'open'
), placed AS (
    SELECT r.*, row_number() OVER w AS place, count(*) OVER (PARTITION BY owner_id, call_list, begun) AS size
      FROM ranked r WINDOW w AS (PARTITION BY owner_id, call_list, begun ORDER BY position, contact_id)
), sized AS (
    SELECT p.*, CASE WHEN begun THEN number - least(number, count(*) FILTER (WHERE NOT begun)
                                                   OVER (PARTITION BY owner_id, call_list))
                     ELSE least(number, size) END AS taken
      FROM placed p
), turns AS (
    SELECT *, row_number() OVER (PARTITION BY call_list ORDER BY position, contact_id) AS turn
      FROM sized WHERE place * taken / size <> (place - 1) * taken / size
)
SELECT contact_id, call_list, owner_id AS from_agent, {owner} AS to_agent FROM turns
"""


def count_moves(cursor: Any, staying: dict[str, int]) -> Moves:
    """What `moving` holds, in numbers."""
    cursor.execute(
        "SELECT from_agent, to_agent, call_list, count(*) FROM moving GROUP BY from_agent, to_agent, call_list"
    )
    taken: dict[int | None, dict[str, int]] = {}
    given: dict[int | None, dict[str, int]] = {}
    contacts = 0
    for from_agent, to_agent, name, number in cursor.fetchall():
        contacts += number
        for side, agent in ((taken, from_agent), (given, to_agent)):
            row = side.setdefault(agent, {})
            row[name] = row.get(name, 0) + number
    cursor.execute(
        """
        SELECT (SELECT count(*) FROM moving m JOIN campaigns_callback b
                    ON b.contact_id = m.contact_id AND b.state = 'pending' AND b.agent_id = m.from_agent),
               (SELECT count(*) FROM moving m JOIN campaigns_listentry e ON e.contact_id = m.contact_id
                 WHERE e.lease_agent_id IS NOT NULL)
        """
    )
    call_backs, open_now = cursor.fetchone()
    return Moves(contacts, call_backs, open_now, taken, given, staying)
