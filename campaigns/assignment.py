"""Who calls whom: contacts of a campaign dealt to the agents on duty (procedure K.3).

The quotas are arithmetic on counts (`quotas.py`); the rows are dealt in one statement (`dealing.py`). First the
contacts whose customer an agent spoke with last month stay with that agent, as far as skill and quota allow; the rest
is dealt so that everybody has the same mix of priority. Locks: the campaign's row, then entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Agent
from campaigns.dealing import HASH_RANGE, Fragment, hold_out_hash, owner_of_turn, position_in
from campaigns.lifecycle import CampaignRefuses
from campaigns.models import Campaign, DealShare, ListEntry
from campaigns.models.contacts import CallList
from campaigns.quotas import Deal, Quotas, Taker, fair_deal, top_up

State = Campaign.State


@dataclass(frozen=True)
class Source:
    """Where the contacts of a deal come from: SQL with the contact as `c`; `where` takes the campaign's id."""

    tables: str
    where: str
    is_callable: str


@dataclass(frozen=True)
class Dealt:
    """What a deal came to, in contacts."""

    dealt: int
    continued: int
    held_out: int
    not_callable: int
    by_agent: Quotas = field(default_factory=dict)
    unassigned: dict[str, int] = field(default_factory=dict)


def assign(*, campaign: Campaign, now: datetime) -> Dealt:
    """Deal the whole campaign again: same contacts, shares and seed give the same deal. Only before the launch.

    Raises CampaignRefuses.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        if locked.state == State.EXPECTED:
            raise CampaignRefuses(_("Todavía no llegó el reporte de este mes."))
        if locked.state != State.PROPOSED:
            raise CampaignRefuses(_("La campaña ya se lanzó: use reasignar, retirar o equilibrar."))
        source = Source(
            tables="campaigns_listentry e JOIN campaigns_contact c ON c.id = e.contact_id",
            where="e.campaign_id = %s AND e.state IN ('open', 'held_out')",
            is_callable="TRUE",
        )
        dealt = _deal_all(locked, source, insert=False)
        _write_deal(campaign, locked, dealt, now)
    return dealt


def open_lists(*, campaign: Campaign, now: datetime) -> Dealt:
    """Write the list entries of contacts that have none, already dealt: rows written once, never moved again.

    The first time this is the campaign's deal; contacts that come later go to whoever has least.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        first = locked.dealt_at is None and locked.launched_at is None
        source = Source(
            tables="""campaigns_contact c
                      LEFT JOIN (SELECT contract, array_agg(telephone) AS telephones
                                   FROM campaigns_retiredtelephone GROUP BY contract) retired
                             ON retired.contract = c.contract""",
            where="c.campaign_id = %s AND NOT EXISTS (SELECT FROM campaigns_listentry e WHERE e.contact_id = c.id)",
            is_callable="cardinality(c.telephones) > 0 AND NOT coalesce(c.telephones <@ retired.telephones, FALSE)",
        )
        if first:
            dealt = _deal_all(locked, source, insert=True)
            _write_deal(campaign, locked, dealt, now)
        else:
            dealt = _open_late(locked, source, now)
    return dealt


def deal_late(*, campaign: Campaign, now: datetime) -> Dealt:
    """Give every open contact without owner, or whose owner does not work its list, to whoever has least.

    Raises CampaignRefuses when the campaign is not dealt yet or is closed.
    """
    with transaction.atomic():
        locked = _locked(campaign)
        if locked.state not in (State.PROPOSED, State.RUNNING, State.PAUSED):
            raise CampaignRefuses(_("Solo se reparte en una campaña propuesta o en curso."))
        return _deal_unowned(locked)


def takers_of(campaign: Campaign) -> list[Taker]:
    """The agents on duty who take part, with their weight and lists; shares are made for those who have none."""
    on_duty = list(Agent.objects.on_duty().prefetch_related("skills"))
    have = set(DealShare.objects.filter(campaign=campaign).values_list("agent_id", flat=True))
    missing = []
    for agent in on_duty:
        if agent.pk not in have:
            codes = {skill.code for skill in agent.skills.all()}
            missing.append(
                DealShare(
                    campaign=campaign,
                    agent=agent,
                    weight=agent.weight,
                    takes_internet="INTERNET" in codes,
                    takes_tv="TV" in codes,
                )
            )
    DealShare.objects.bulk_create(missing, ignore_conflicts=True)
    shares = DealShare.objects.filter(
        campaign=campaign, is_included=True, agent__is_on_duty=True, agent__user__is_active=True
    ).order_by("agent_id")
    return [Taker(share.agent_id, share.weight, lists_of(share)) for share in shares]


def lists_of(share: DealShare) -> frozenset[str]:
    """The lists an agent works by services; the list of both needs both."""
    lists = set()
    if share.takes_internet:
        lists.add(CallList.INTERNET.value)
    if share.takes_tv:
        lists.add(CallList.TV.value)
    if len(lists) == 2:
        lists.add(CallList.BOTH.value)
    return frozenset(lists)


def unassigned_words(unassigned: Mapping[str, int]) -> list[str]:
    """A sentence for each list whose contacts nobody can take."""
    sentences = []
    for name, number in unassigned.items():
        if number:
            sentences.append(
                ngettext(
                    "%(n)d contacto de la lista %(list)s queda sin asignar: nadie de turno la atiende.",
                    "%(n)d contactos de la lista %(list)s quedan sin asignar: nadie de turno la atiende.",
                    number,
                )
                % {"n": number, "list": CallList(name).label}
            )
    return sentences


def _locked(campaign: Campaign) -> Campaign:
    return Campaign.objects.select_for_update().get(pk=campaign.pk)


def _write_deal(campaign: Campaign, locked: Campaign, dealt: Dealt, now: datetime) -> None:
    campaign.dealt_at = locked.dealt_at = now
    campaign.contacts_continued = locked.contacts_continued = dealt.continued
    locked.save(update_fields=["dealt_at", "contacts_continued"])


def _deal_all(campaign: Campaign, source: Source, *, insert: bool) -> Dealt:
    takers = takers_of(campaign)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        # fresh rows have no statistics yet: without this the planner may walk a million rows one by one
        cursor.execute("SET LOCAL enable_nestloop = off")
        _gather(cursor, campaign, source, takers)
        held_out = _hold_out(cursor, campaign)
        cursor.execute(
            "SELECT call_list, spoke, count(*) FROM deal_candidate WHERE state = 'open' GROUP BY call_list, spoke"
        )
        groups = cursor.fetchall()
        counts: dict[str, int] = {}
        for name, _agent, number in groups:
            counts[name] = counts.get(name, 0) + number
        deal = fair_deal(counts, takers)
        kept = _kept(groups, deal.quotas)
        rest = {
            agent: {name: number - kept.get((agent, name), 0) for name, number in row.items()}
            for agent, row in deal.quotas.items()
        }
        states = _write_entries(cursor, campaign, kept, rest, insert=insert)
        cursor.execute("DROP TABLE deal_candidate")
        cursor.execute("SET LOCAL work_mem TO DEFAULT")
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return _dealt(deal, sum(kept.values()), held_out, states)


def _gather(cursor: Any, campaign: Campaign, source: Source, takers: list[Taker]) -> None:
    """The contacts to deal, with their place and with whom they spoke last month, in a table of this transaction."""
    position, spoke = position_in(campaign), _spoke_last_month(campaign, takers)
    draw = hold_out_hash(campaign) if campaign.hold_out_share else Fragment("0")
    cursor.execute("DROP TABLE IF EXISTS deal_candidate")
    cursor.execute(
        f"""
        CREATE TEMP TABLE deal_candidate ON COMMIT DROP AS
        SELECT c.id AS contact_id, c.call_list, {position.sql} AS position, spoke.agent_id AS spoke, {draw.sql} AS draw,
               CASE WHEN {source.is_callable} THEN 'open' ELSE 'not_callable' END AS state
          FROM {source.tables} LEFT JOIN ({spoke.sql}) spoke ON spoke.contract = c.contract
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
    """Mark the random share of each list that is not called. Returns how many."""
    if not campaign.hold_out_share:
        return 0
    cursor.execute(
        """
        UPDATE deal_candidate SET state = 'held_out'
          FROM (SELECT d.contact_id, count(*) OVER (PARTITION BY d.call_list) AS size,
                       row_number() OVER (PARTITION BY d.call_list ORDER BY d.draw, d.contact_id) AS place
                  FROM deal_candidate d WHERE d.state = 'open') drawn
         WHERE drawn.contact_id = deal_candidate.contact_id AND drawn.place <= round(drawn.size * %s::numeric)
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
    cursor: Any, campaign: Campaign, kept: dict[tuple[int, str], int], rest: Quotas, *, insert: bool
) -> dict[str, int]:
    """The deal itself. Returns how many rows there are of each state."""
    owner = owner_of_turn(rest)
    if kept:
        agents, names, numbers = zip(*((agent, name, number) for (agent, name), number in kept.items()), strict=True)
        placed = Fragment(
            """
            placed AS (
                SELECT o.*, CASE WHEN o.place <= k.number THEN o.spoke END AS keeper
                  FROM (SELECT d.*, row_number() OVER (
                                   PARTITION BY d.call_list, d.spoke ORDER BY d.position, d.contact_id) AS place
                          FROM deal_candidate d WHERE d.state = 'open') o
                  LEFT JOIN unnest(%s::bigint[], %s::text[], %s::int[]) AS k (agent, call_list, number)
                    ON k.agent = o.spoke AND k.call_list = o.call_list
            )
            """,
            [list(agents), list(names), list(numbers)],
        )
    else:
        placed = Fragment("placed AS (SELECT d.*, NULL::bigint AS keeper FROM deal_candidate d WHERE d.state = 'open')")
    dealt = f"""
        WITH {placed.sql}, turns AS (
            SELECT p.contact_id, p.call_list, p.position, p.state, p.keeper, row_number() OVER (
                       PARTITION BY p.call_list, p.keeper IS NULL ORDER BY p.position, p.contact_id) AS turn
              FROM placed p
        ), dealt AS (
            SELECT contact_id, call_list, position, state, coalesce(keeper, {owner.sql}) AS owner_id FROM turns
            UNION ALL
            SELECT contact_id, call_list, position, state, NULL FROM deal_candidate WHERE state <> 'open'
        )
    """
    params = [*placed.params, *owner.params]
    if insert:
        cursor.execute(
            f"""
            {dealt}
            INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at,
                                             attempts, attempts_on_day, fence)
            SELECT contact_id, %s, call_list, state, owner_id, position, %s, 0, 0, 0 FROM dealt ORDER BY contact_id
            """,
            [*params, campaign.pk, _ready_at(campaign)],
        )
    else:
        # only rows that change are written; who paid or was retired meanwhile is left alone
        cursor.execute(
            f"""
            {dealt}
            UPDATE campaigns_listentry e SET owner_id = n.owner_id, position = n.position, state = n.state
              FROM dealt n
             WHERE e.contact_id = n.contact_id AND e.state IN ('open', 'held_out')
               AND (e.owner_id, e.position, e.state) IS DISTINCT FROM (n.owner_id, n.position::int, n.state::varchar)
            """,
            params,
        )
    cursor.execute("SELECT state, count(*) FROM deal_candidate GROUP BY state")
    return dict(cursor.fetchall())


def _ready_at(campaign: Campaign) -> datetime:
    return timezone.make_aware(datetime.combine(campaign.calls_from, time.min))


def _open_late(campaign: Campaign, source: Source, now: datetime) -> Dealt:
    """Entries for contacts that came later, without owner; then owners for them. Each is drawn by itself."""
    position, draw = position_in(campaign), hold_out_hash(campaign)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH late AS (
                INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, position, ready_at,
                                                 attempts, attempts_on_day, fence)
                SELECT c.id, c.campaign_id, c.call_list,
                       CASE WHEN NOT ({source.is_callable}) THEN 'not_callable'
                            WHEN {draw.sql} < %s::numeric * {HASH_RANGE} THEN 'held_out' ELSE 'open' END,
                       {position.sql}, greatest(%s, %s), 0, 0, 0
                  FROM {source.tables} WHERE {source.where}
                RETURNING state
            ) SELECT state, count(*) FROM late GROUP BY state
            """,
            [*draw.params, campaign.hold_out_share, *position.params, _ready_at(campaign), now, campaign.pk],
        )
        states = dict(cursor.fetchall())
    dealt = _deal_unowned(campaign)
    return replace(dealt, held_out=states.get("held_out", 0), not_callable=states.get("not_callable", 0))


def _deal_unowned(campaign: Campaign) -> Dealt:
    takers = takers_of(campaign)
    entries = ListEntry.objects.filter(campaign=campaign, state=ListEntry.State.OPEN)
    loads = dict(entries.filter(owner__isnull=False).values_list("owner_id").annotate(number=Count("contact_id")))
    unskilled = [(taker.agent_id, name) for taker in takers for name in CallList.values if name not in taker.lists]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS deal_late")
        cursor.execute(
            """
            CREATE TEMP TABLE deal_late ON COMMIT DROP AS
            SELECT contact_id, call_list,
                   row_number() OVER (PARTITION BY call_list ORDER BY position, contact_id) AS turn
              FROM (SELECT contact_id, call_list, position FROM campaigns_listentry
                     WHERE campaign_id = %s AND state = 'open'
                       AND (owner_id IS NULL
                            OR (owner_id, call_list) IN (SELECT * FROM unnest(%s::bigint[], %s::text[])))
                     ORDER BY contact_id FOR UPDATE) open_ones
            """,
            [campaign.pk, [agent for agent, _list in unskilled], [name for _agent, name in unskilled]],
        )
        cursor.execute("SELECT call_list, count(*) FROM deal_late GROUP BY call_list")
        deal = top_up(dict(cursor.fetchall()), takers, loads)
        owner = owner_of_turn(deal.quotas, call_list="l.call_list", turn="l.turn")
        cursor.execute(
            f"""
            UPDATE campaigns_listentry e SET owner_id = {owner.sql}
              FROM deal_late l WHERE l.contact_id = e.contact_id
            """,
            owner.params,
        )
        cursor.execute("DROP TABLE deal_late")
    return _dealt(deal, 0, 0, {})


def _dealt(deal: Deal, continued: int, held_out: int, states: dict[str, int]) -> Dealt:
    return Dealt(
        dealt=sum(sum(row.values()) for row in deal.quotas.values()),
        continued=continued,
        held_out=held_out,
        not_callable=states.get("not_callable", 0),
        by_agent=deal.quotas,
        unassigned=deal.unassigned,
    )
