"""Who else is behind the telephone of a contact: the other contracts of its household, shown together with it.

Whoever has one of them open sees them all, whoever's list they are in: in the call she speaks to all of them
(docs/decisions/0144). What she is told for another one of her list is recorded there without a second call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling.rulebook import RuleBook
from campaigns.calling.telephones import resting
from campaigns.contacts.households import AT_MOST, card_key
from campaigns.desk.desk_card import Card, Neighbour
from campaigns.models.contacts import CallList

_READ = f"""
SELECT o.contact_id, h.contract, h.name, o.call_list, o.state, o.owner_id,
       NULLIF(trim(u.first_name || ' ' || u.last_name), ''), d.name,
       (SELECT coalesce(sum(greatest(r.amount_due - coalesce(p.amount, 0), 0)) FILTER (WHERE p.paid_on IS NULL), 0)
          FROM campaigns_renewal r LEFT JOIN campaigns_renewalpayment p ON p.renewal_id = r.id
         WHERE r.contact_id = o.contact_id AND r.gone_at IS NULL),
       h.due_on, h.identity_card <> '' AND {card_key("h.identity_card")} = {card_key("mine.card")},
       ARRAY(SELECT t FROM unnest(h.telephones) t WHERE t = ANY(%s::text[]))
  FROM (VALUES (%s)) mine (card), campaigns_listentry o JOIN campaigns_contact h ON h.id = o.contact_id
  LEFT JOIN agents_agent a ON a.id = o.owner_id LEFT JOIN agents_user u ON u.id = a.user_id
  LEFT JOIN campaigns_disposition d ON d.id = o.last_disposition_id
 WHERE o.household = %s AND o.contact_id <> %s
 ORDER BY h.contract LIMIT %s
"""


def with_household(*, card: Card, agent: Agent | None, book: RuleBook) -> Card:
    """The card with its household, and with the telephones that rest because of calls for others of it."""
    if card.household is None:
        return card
    numbers = [line.number for line in card.telephones]
    with connection.cursor() as cursor:
        cursor.execute(_READ, [numbers, card.identity_card, card.household, card.pk, AT_MOST])
        neighbours = [_neighbour(row, agent) for row in cursor.fetchall()]
    found = resting(numbers=numbers, contact_id=card.pk, campaign_id=card.campaign_id, book=book, agent=agent)
    is_due = card.call_back is not None and card.call_back["at"] <= book.now  # it overrides gap and caps
    rests = {one.number: one.short for one in found if not (is_due and one.is_overridable)}
    telephones = [
        replace(line, against=rests[line.number], rests=True) if line.number in rests and not line.against else line
        for line in card.telephones
    ]
    telephones.sort(key=lambda line: bool(line.against))
    return replace(card, neighbours=neighbours, telephones=telephones)


def _neighbour(row: Sequence[Any], agent: Agent | None) -> Neighbour:
    pk, contract, name, call_list, state, owner_id, owner, result, left, due_on, has_same_card, shared = row
    return Neighbour(
        pk=pk,
        contract=contract,
        name=name,
        call_list=CallList(call_list).short,
        state=state,
        owner=owner or "",
        is_own=agent is not None and owner_id == agent.pk,
        last_result=_(result) if result else "",
        left=left,
        due_on=due_on,
        shared=shared,
        has_same_card=has_same_card,
    )
