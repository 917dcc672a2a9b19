"""Telephones that called, what the queue's log tells of each, and whether somebody called back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from escalations.lifecycle import Verb
from escalations.models import Escalation
from telephony import phone_numbers
from telephony.models import LoggedVisit

KIND = "lost_call"
LOST_ENDS = ("EXITEMPTY", "QUEUESTART")  # beside hanging up and time: nobody was there, or the switchboard went down
Outcome = LoggedVisit.Outcome


@dataclass(frozen=True)
class Caller:
    """A telephone, and its entries into queues of the last day, the oldest first."""

    telephone: str
    visits: list[LoggedVisit]

    @property
    def lost(self) -> list[LoggedVisit]:
        """Those that were not answered, since she was answered last. None while she waits."""
        since: list[LoggedVisit] = []
        for visit in self.visits:
            if visit.outcome in (Outcome.ANSWERED, Outcome.WAITING):
                since = []
            elif is_lost(visit):
                since.append(visit)
        return since

    @property
    def waits(self) -> bool:
        return self.visits[-1].outcome == Outcome.WAITING

    def answered_after(self, moment: datetime) -> LoggedVisit | None:
        """The first that was, of those that entered later."""
        found = (one for one in self.visits if one.outcome == Outcome.ANSWERED and one.entered_at > moment)
        return next(found, None)


def is_lost(visit: LoggedVisit) -> bool:
    """Whether nobody answered who wanted to be: neither she nor the centre chose another way out."""
    return visit.outcome in (Outcome.HUNG_UP, Outcome.TIMED_OUT) or visit.ended in LOST_ENDS


def callers_of(*, since: datetime, now: datetime) -> Mapping[str, Caller]:
    """By their telephone, in the order in which they called last."""
    found: dict[str, list[LoggedVisit]] = {}
    visits = LoggedVisit.objects.filter(entered_at__gt=since, entered_at__lte=now).exclude(caller="")
    for visit in visits.order_by("entered_at", "pk"):
        if telephone := phone_numbers.parse(visit.caller):
            found.setdefault(telephone, []).append(visit)
    return {telephone: Caller(telephone, several) for telephone, several in found.items()}


def is_seen_to(key: str, *, telephone: str, since: datetime) -> bool:
    """Whether a call was made of this one already, or somebody settled one of that telephone since.

    What the clock settled does not count: it says that she was answered once, maybe before this one.
    """
    by_somebody = Q(telephone=telephone, settled_at__gt=since) & ~Q(changes__verb=Verb.BY_ITSELF)
    return Escalation.objects.filter(Q(key=key) | by_somebody, kind__code=KIND).exists()
