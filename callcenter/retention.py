"""Personal data of every room are taken away when the policy's months are over; figures stay (docs/decisions/0104)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agents.searching import forget_searches
from campaigns.retention.anonymising import anonymise_due, keeps_from
from escalations.anonymising import anonymise_escalations
from inbound.anonymising import anonymise_walks
from telephony.forgetting import forget_numbers


@dataclass(frozen=True)
class TakenAway:
    """What was, or would be, taken away."""

    months: list[str]
    contacts: int
    files: int
    calls: int
    escalations: int
    calls_by_the_switchboard: int
    searches: int


def take_away_personal_data(*, now: datetime, only_look: bool = False) -> TakenAway:
    """Take away what is older than the policy says; with `only_look` say what that is. Again and again does no harm."""
    before = keeps_from(now=now)
    calls = anonymise_walks(before=before, now=now, only_look=only_look)
    handed_over = anonymise_escalations(before=before, now=now, only_look=only_look)
    months = anonymise_due(now=now, only_look=only_look)
    clicked = forget_numbers(before=before, only_look=only_look)
    searches = forget_searches(before=before, only_look=only_look)
    return TakenAway(months.months, months.contacts, months.files, calls, handed_over, clicked, searches)
