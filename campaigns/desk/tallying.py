"""What the attempts of a contact add up to in its list entry. Pure: the entry can always be told again from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaigns.calling.rulebook import NO_RESULT, RuleBook
from campaigns.models import Attempt, Disposition, ListEntry


@dataclass(frozen=True, slots=True)
class Tally:
    """The columns of a list entry that follow from attempts with a result."""

    attempts: int = 0
    attempts_on_day: int = 0
    last_attempt_at: datetime | None = None
    handled_at: datetime | None = None
    handled_by_id: int | None = None
    contacted_at: datetime | None = None
    contacted_by_id: int | None = None
    promised_at: datetime | None = None
    last_disposition_id: int | None = None


def tally(attempts: Iterable[Attempt], *, book: RuleBook) -> Tally:
    """Count the attempts of one contact. A lease that ran out counts as an attempt, but nobody handled the contact."""
    told = sorted(
        ((attempt, book.by_id[attempt.disposition_id]) for attempt in attempts if attempt.disposition_id),
        key=lambda pair: (pair[0].resulted_at or pair[0].dialled_at, pair[0].pk),
    )
    counted = [attempt for attempt, disposition in told if disposition.counts_as_attempt]
    last = max(counted, key=lambda attempt: attempt.dialled_at, default=None)
    handled = [(attempt, disposition) for attempt, disposition in told if disposition.code != NO_RESULT]
    contacted = [attempt for attempt, disposition in handled if disposition.party == Disposition.Party.RIGHT]
    promised = [attempt for attempt, disposition in handled if disposition.requires_promise]
    return Tally(
        attempts=len(counted),
        attempts_on_day=sum(attempt.day == last.day for attempt in counted) if last else 0,
        last_attempt_at=last.dialled_at if last else None,
        handled_at=handled[0][0].resulted_at if handled else None,
        handled_by_id=handled[0][0].agent_id if handled else None,
        contacted_at=contacted[0].resulted_at if contacted else None,
        contacted_by_id=contacted[0].agent_id if contacted else None,
        promised_at=promised[0].resulted_at if promised else None,
        last_disposition_id=handled[-1][1].pk if handled else None,
    )


def write_tally(entry: ListEntry, counted: Tally) -> list[str]:
    """Put the tally into the entry (not saved); the names of the columns it may have changed."""
    names = list(Tally.__slots__)
    for name in names:
        setattr(entry, name, getattr(counted, name))
    return names
