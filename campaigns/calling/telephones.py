"""One telephone may be of several contracts: how often and when it is called is counted by telephone, too.

The gap between two calls and the caps of a day and of a campaign hold for a number whichever of its contracts was
called; and while one desk is on the line with it no other dials it. Only calls of other contracts are told here: of its
own ones a contact's row already says it (reasons.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling.calling_hours import clock, local, next_day
from campaigns.calling.rulebook import RuleBook

# Of a number `t.number` and the entry `e`: whether another desk is on the line with it now, ...
BUSY = """EXISTS (SELECT FROM campaigns_attempt a
                   WHERE a.telephone = t.number AND a.telephone <> '' AND a.resulted_at IS NULL
                     AND a.agent_id IS DISTINCT FROM %(agent)s::bigint)"""
# ... and whether it was called for another contract a moment ago, or as often as may be.
RESTING = """(SELECT coalesce(bool_or(a.contact_id <> e.contact_id), FALSE)
                     AND (max(a.dialled_at) > %(spared_since)s
                          OR count(*) FILTER (WHERE a.day = %(today)s) >= %(day_cap)s
                          OR count(*) >= %(campaign_cap)s)
                FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
               WHERE a.telephone = t.number AND a.telephone <> '' AND a.campaign_id = e.campaign_id
                 AND d.counts_as_attempt)"""
_USES = """
SELECT t.number, on_the_line.by, called.last_at, called.on_day, called.in_all
  FROM unnest(%s::text[]) WITH ORDINALITY AS t (number, place)
  LEFT JOIN LATERAL (
    SELECT a.agent_id AS by FROM campaigns_attempt a
     WHERE a.telephone = t.number AND a.telephone <> '' AND a.resulted_at IS NULL
       AND a.agent_id IS DISTINCT FROM %s::bigint LIMIT 1) on_the_line ON TRUE
  CROSS JOIN LATERAL (
    SELECT max(a.dialled_at) AS last_at, count(*) FILTER (WHERE a.day = %s) AS on_day, count(*) AS in_all,
           coalesce(bool_or(a.contact_id <> %s), FALSE) AS is_shared
      FROM campaigns_attempt a JOIN campaigns_disposition d ON d.id = a.disposition_id
     WHERE a.telephone = t.number AND a.telephone <> '' AND a.campaign_id = %s AND d.counts_as_attempt) called
 WHERE on_the_line.by IS NOT NULL OR called.is_shared
 ORDER BY t.place
"""


@dataclass(frozen=True, slots=True)
class Resting:
    """Why a number is not to be dialled now. `overridable`: a call the customer agreed to overrides it."""

    number: str
    code: str
    sentence: str
    until: datetime | None
    is_overridable: bool = True

    @property
    def short(self) -> str:
        """Beside the number, where there is little room."""
        if not self.is_overridable:
            return _("otra persona lo llama")
        if self.until is None:
            return _("llamado todas las veces")
        return _("descansa hasta el %(time)s") % {"time": clock(self.until)}


def resting(
    *, numbers: Sequence[str], contact_id: int, campaign_id: int, book: RuleBook, agent: Agent | None
) -> list[Resting]:
    """Those of `numbers` that another contract's calls keep from being dialled for this contact now."""
    if not numbers:
        return []
    with connection.cursor() as cursor:
        agent_id = agent.pk if agent else None
        cursor.execute(_USES, [list(numbers), agent_id, book.today, contact_id, campaign_id])
        found = [_against(row, book) for row in cursor.fetchall()]
    return [one for one in found if one is not None]


def _against(row: tuple[Any, ...], book: RuleBook) -> Resting | None:
    number, by, last_at, on_day, in_all = row
    policy, hours = book.policy, book.hours
    gap = timedelta(minutes=policy.minutes_between_attempts)
    if by is not None:
        sentence = _("%(agent)s está llamando a ese teléfono.") % {"agent": Agent.objects.get(pk=by)}
        again = hours.next_open(book.now + timedelta(minutes=15))  # nobody knows when it ends
        return Resting(number, "telephone_busy", sentence, again, is_overridable=False)
    if last_at is None:
        return None
    if in_all >= policy.attempts_a_campaign:
        words = _("A ese teléfono ya se llamó %(n)d veces este mes, contando a otros contratos.") % {"n": in_all}
        return Resting(number, "telephone_campaign_cap", words, None)
    if on_day >= policy.attempts_a_day:
        words = _("A ese teléfono ya se llamó hoy %(n)d veces, contando a otros contratos.") % {"n": on_day}
        return Resting(number, "telephone_day_cap", words, hours.next_open(next_day(book.now)))
    if last_at > book.now - gap:
        words = _("A ese teléfono se llamó a las %(time)s por otro contrato: entre dos llamadas pasan %(n)d minutos.")
        words %= {"time": f"{local(last_at):%H:%M}", "n": policy.minutes_between_attempts}
        return Resting(number, "telephone_too_soon", words, hours.next_open(last_at + gap))
    return None
