"""Contacts change hands during the month: reassign, take back, rebalance. The last of these is undone in undoing.py.

The choice is made first (`moving.py`) and carried out in short batches, so a desk never waits for more than one of
them. A row that a desk holds at that moment is passed over and taken at the end. A contact open at a desk keeps its
lease: only its owner changes. Locks: entries by contact, then call-backs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from agents.models import Agent, User
from campaigns.assignment.moving import Moves, Selection, choose, choose_level, count_moves
from campaigns.assignment.participants import takers_among
from campaigns.models import Campaign, Reassignment
from campaigns.month.lifecycle import CampaignRefused
from screens.connections import one_session

BATCH = 2000
Verb = Reassignment.Verb
State = Campaign.State


def preview_reassign(*, campaign: Campaign, selection: Selection, to: Sequence[Agent] | None) -> Moves:
    """What `reassign` would move; with `to` None, what `take_back` would."""
    with one_session(), connection.cursor() as cursor:
        takers = None if to is None else takers_among(campaign, to)
        return _counted(cursor, choose(cursor, campaign, selection, takers))


def preview_rebalance(*, campaign: Campaign, among: Sequence[Agent]) -> Moves:
    """What `rebalance` would move."""
    with one_session(), connection.cursor() as cursor:
        return _counted(cursor, choose_level(cursor, campaign, takers_among(campaign, among)))


def reassign(
    *,
    campaign: Campaign,
    selection: Selection,
    to: Sequence[Agent],
    by: User | None,
    now: datetime,
    reason: str = "",
) -> Reassignment:
    """Give the selected open contacts to `to` by weight and skill; their personal call-backs go along.

    Raises CampaignRefused.
    """
    check_can_reassign(campaign)
    if not to:
        raise CampaignRefused(_("Elija al menos un agente que los reciba."))
    with one_session(), connection.cursor() as cursor:
        choose(cursor, campaign, selection, takers_among(campaign, to))
        return _carry_out(cursor, campaign, Verb.REASSIGN, by, now, reason)


def take_back(
    *, campaign: Campaign, selection: Selection, by: User | None, now: datetime, reason: str = ""
) -> Reassignment:
    """Leave the selected open contacts without owner; their call-backs go to the team. Raises CampaignRefused."""
    check_can_reassign(campaign)
    with one_session(), connection.cursor() as cursor:
        choose(cursor, campaign, selection, None)
        return _carry_out(cursor, campaign, Verb.TAKE_BACK, by, now, reason)


def rebalance(
    *, campaign: Campaign, among: Sequence[Agent], by: User | None, now: datetime, reason: str = ""
) -> Reassignment:
    """Even out among these agents what remains to be called. Raises CampaignRefused."""
    check_can_reassign(campaign)
    if not among:
        raise CampaignRefused(_("Elija al menos un agente que los reciba."))
    with one_session(), connection.cursor() as cursor:
        choose_level(cursor, campaign, takers_among(campaign, among))
        return _carry_out(cursor, campaign, Verb.REBALANCE, by, now, reason)


def check_can_reassign(campaign: Campaign) -> None:
    """Raise CampaignRefused unless the campaign is being called."""
    if campaign.state in (State.RUNNING, State.PAUSED):
        return
    if campaign.state == State.CLOSED:
        raise CampaignRefused(_("La campaña ya está cerrada."))
    raise CampaignRefused(_("La campaña todavía no se lanzó: cambie el reparto en la propuesta."))


def last_reassignment(campaign: Campaign) -> Reassignment | None:
    """The latest bulk change, undone or not."""
    return campaign.reassignments.filter(contacts__gt=0).order_by("-at", "-pk").first()


def _counted(cursor: Any, staying: dict[str, int]) -> Moves:
    moves = count_moves(cursor, staying)
    cursor.execute("DROP TABLE moving")
    return moves


def _carry_out(
    cursor: Any, campaign: Campaign, verb: Reassignment.Verb, by: User | None, now: datetime, reason: str
) -> Reassignment:
    """Move what is in `moving`, a batch a transaction. The row of the change is true after each of them."""
    change = Reassignment.objects.create(campaign=campaign, verb=verb, by=by, at=now, reason=reason[:200])
    cursor.execute("SELECT array_agg(DISTINCT from_agent), array_agg(DISTINCT to_agent), count(*) FROM moving")
    from_agents, to_agents, _rows = cursor.fetchone()
    change.from_agents.set([agent for agent in from_agents or [] if agent is not None])
    change.to_agents.set([agent for agent in to_agents or [] if agent is not None])
    cursor.execute("CREATE INDEX ON moving (contact_id)")
    cursor.execute("ANALYZE moving")
    for passing_over in ("SKIP LOCKED", ""):
        while _move_batch(cursor, campaign, change, passing_over):
            pass
    cursor.execute("DROP TABLE moving")
    change.refresh_from_db(fields=["contacts", "call_backs"])
    return change


def _move_batch(cursor: Any, campaign: Campaign, change: Reassignment, passing_over: str) -> int:
    """Move up to BATCH rows; returns how many left `moving`. Rows that changed hands or were settled meanwhile stay."""
    with transaction.atomic():
        cursor.execute(
            f"""
            WITH held AS (
                SELECT e.contact_id FROM campaigns_listentry e
                 WHERE e.contact_id IN (SELECT contact_id FROM moving ORDER BY contact_id LIMIT {BATCH})
                 ORDER BY e.contact_id FOR NO KEY UPDATE OF e {passing_over}
            ), batch AS (
                DELETE FROM moving m USING held WHERE held.contact_id = m.contact_id
                RETURNING m.contact_id, m.from_agent, m.to_agent
            ), moved AS (
                UPDATE campaigns_listentry e SET owner_id = b.to_agent
                  FROM batch b
                 WHERE e.contact_id = b.contact_id AND e.campaign_id = %s AND e.state = 'open'
                   AND e.owner_id IS NOT DISTINCT FROM b.from_agent
                RETURNING e.contact_id, b.from_agent, b.to_agent
            ), agreed AS (
                SELECT c.id, c.contact_id, c.team_id, c.reach, c.due_at, m.to_agent, a.team_id AS to_team
                  FROM moved m JOIN campaigns_callback c ON c.contact_id = m.contact_id AND c.state = 'pending'
                                                        AND c.agent_id = m.from_agent
                  LEFT JOIN agents_agent a ON a.id = m.to_agent
                   FOR NO KEY UPDATE OF c
            ), call_backs AS (
                UPDATE campaigns_callback c
                   SET agent_id = coalesce(o.to_agent, c.agent_id),
                       team_id = coalesce(o.to_team, c.team_id),
                       reach = CASE WHEN o.to_agent IS NULL AND c.reach = 'personal' THEN 'team' ELSE c.reach END
                  FROM agreed o WHERE c.id = o.id
                RETURNING c.id
            ), kept AS (
                INSERT INTO campaigns_reassignedcontact
                            (reassignment_id, contact_id, from_agent_id, to_agent_id,
                             call_back_id, call_back_team_id, call_back_reach, call_back_due_at)
                SELECT %s, m.contact_id, m.from_agent, m.to_agent, o.id, o.team_id, coalesce(o.reach, ''), o.due_at
                  FROM moved m LEFT JOIN agreed o ON o.contact_id = m.contact_id
            ), counted AS (
                UPDATE campaigns_reassignment SET contacts = contacts + (SELECT count(*) FROM moved),
                                                  call_backs = call_backs + (SELECT count(*) FROM call_backs)
                 WHERE id = %s
            )
            SELECT count(*) FROM batch
            """,
            [campaign.pk, change.pk, change.pk],
        )
        return int(cursor.fetchone()[0])
