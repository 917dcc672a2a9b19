"""The SQL of an assignment: who gets the n-th contact of a list, and in which place it stands.

An assignment of a million contacts is one statement without sorting by agent: contact number `n` of a list (in order of
priority) takes slot `n × stride mod size`, and slots are cut into one stretch an agent. The stride is prime to the size
and close to its golden section, so every stretch is visited evenly: all lists have the same mix of priority, and each
agent gets exactly the quota.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from math import gcd
from typing import Any

from campaigns.assignment.quotas import Quotas
from campaigns.models import Campaign
from campaigns.models.contacts import CallList

GOLDEN = 0.6180339887498949
HASH_RANGE = 2**60


@dataclass
class Fragment:
    """A piece of SQL and its parameters, to be put into a statement in order."""

    sql: str
    params: list[Any] = field(default_factory=list)


def stride_of(size: int) -> int:
    """A number prime to `size` near its golden section."""
    stride = max(1, round(size * GOLDEN))
    while gcd(stride, size) != 1:
        stride += 1
    return stride


def owner_of_turn(quotas: Quotas, *, call_list: str = "call_list", turn: str = "turn") -> Fragment:
    """SQL expression of the agent who gets contact number `turn` (from 1) of a list, NULL when nobody does."""
    cases, params = [], []
    for name in CallList.values:
        agents = sorted(agent for agent, row in quotas.items() if row.get(name))
        if not agents:
            continue
        starts, size = [], 0
        for agent in agents:
            starts.append(size)
            size += quotas[agent][name]
        cases.append(
            f"WHEN '{name}' THEN (%s::bigint[])[width_bucket((({turn} - 1) * %s::bigint) %% %s::bigint, %s::bigint[])]"
        )
        params += [agents, stride_of(size), size, starts]
    if not cases:
        return Fragment("NULL::bigint")
    return Fragment(f"CASE {call_list} {' '.join(cases)} END", params)


def position_in(campaign: Campaign, *, contact: str = "c") -> Fragment:
    """SQL expression of the place in a list, smaller first: by due date, amount, or both services first.

    It needs no other row, so a contact that comes later finds its place without moving anybody.
    """
    amount = f"least({contact}.amount_due, 999999)::int"
    if campaign.order == Campaign.Order.AMOUNT:
        return Fragment(f"2000000000 - least({contact}.amount_due * 10, 1999999999)::int")
    earliest: date = campaign.calls_from
    days = f"greatest(0, least(999, {contact}.due_on - %s::date + 300))"
    by_due = f"({days} * 1000000 + 999999 - {amount})"
    if campaign.order == Campaign.Order.BOTH:
        return Fragment(f"(CASE {contact}.call_list WHEN 'BOTH' THEN 0 ELSE 1000000000 END + {by_due})", [earliest])
    return Fragment(by_due, [earliest])


# Who is in a household is drawn by the contract of its first contact: all of it, or nobody.
DRAWN_WITH = """LEFT JOIN household_member member ON member.contact_id = c.id
                  LEFT JOIN campaigns_contact first ON first.id = member.household"""


def hold_out_hash(campaign: Campaign) -> Fragment:
    """SQL expression of the draw of contact `c`, 0 to 2⁶⁰: the start of md5(contract:seed); anybody can draw it again.

    Beside `DRAWN_WITH`: of a household the contract is that of its first contact.
    """
    return Fragment(
        "('x' || substr(md5(coalesce(first.contract, c.contract) || ':' || %s::text), 1, 15))::bit(60)::bigint",
        [campaign.hold_out_seed],
    )
