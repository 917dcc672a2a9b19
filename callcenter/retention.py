"""Personal data of every room are taken away when the policy's months are over; figures stay (docs/decisions/0104).

What is of a customer under a legal hold stays until it is lifted, and each run that took something is written down
(docs/decisions/0199).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db.models import Model

from agents.keeping import forget_words, holds_now, keeps_from, settle_holds
from agents.models import DataPolicy, RemovalRun
from agents.shortening import months_in_force
from campaigns.models import CallingPolicy
from campaigns.retention.anonymising import anonymise_due, with_contracts
from escalations.anonymising import anonymise_escalations
from inbound.anonymising import anonymise_walks
from notices.forgetting import forget_mails
from telephony.forgetting import forget_numbers


@dataclass(frozen=True)
class TakenAway:
    """What was, or would be, taken away."""

    months: list[str]
    contacts: int
    files: int
    calls: int
    escalations: int
    mails: int
    calls_by_the_switchboard: int
    searches: int
    disclosures: int
    messages: int
    questions: int


def keeps_each_from(*, now: datetime) -> dict[str, datetime]:
    """Of each kind of data the moment before which they are not kept."""
    said_by: dict[str, tuple[type[Model], str]] = {
        "campaigns": (CallingPolicy, "personal_data_months"),
        "calls": (DataPolicy, "months_of_calls"),
        "numbers": (DataPolicy, "months_of_numbers"),
        "books": (DataPolicy, "months_of_books"),
    }
    return {of: keeps_from(months=months_in_force(*field, now=now), now=now) for of, field in said_by.items()}


def take_away_personal_data(*, now: datetime, only_look: bool = False) -> TakenAway:
    """Take away what is older than the policy says; with `only_look` say what that is. Again and again does no harm.

    While a hold of everything is in force that is nothing.
    """
    held, lifted = map(with_contracts, holds_now())
    if held.everything:
        return TakenAway([], *[0] * 10)
    before = keeps_each_from(now=now)
    calls = anonymise_walks(before=before["calls"], now=now, held=held, only_look=only_look)
    handed_over = anonymise_escalations(before=before["calls"], now=now, held=held, only_look=only_look)
    mails = forget_mails(before=before["calls"], held=held, only_look=only_look)
    months = anonymise_due(before=before["campaigns"], now=now, held=held, lifted=lifted, only_look=only_look)
    numbers = forget_numbers(before=before["numbers"], held=held, only_look=only_look)
    words = forget_words(before=before["books"], held=held, only_look=only_look)
    taken = TakenAway(months.months, months.contacts, months.files, calls, handed_over, mails, numbers, **words)
    if not only_look:
        settle_holds(lifted=lifted, before=before["books"], now=now)
        if any(asdict(taken).values()):
            moments = {of: moment.isoformat() for of, moment in before.items()}
            RemovalRun.objects.create(at=now, before=moments, taken=asdict(taken), holds=list(held.pks))
    return taken
