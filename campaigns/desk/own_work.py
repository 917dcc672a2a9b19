"""An agent's own figures: how far the list is, and how the day went."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from django.core.cache import cache
from django.db.models import Count, F, Min, Q, QuerySet
from redis.exceptions import RedisError

from agents.models import Agent
from campaigns.calling.calling_hours import local
from campaigns.calling.rulebook import NO_RESULT, RuleBook
from campaigns.desk.results import Recorded
from campaigns.models import Attempt, Campaign, Disposition, ListEntry

logger = logging.getLogger(__name__)

_OUT_OF_THE_LIST = Q(state__in=[ListEntry.State.HELD_OUT, ListEntry.State.GONE])
# whose last telephone a call took was called, and who paid before any call is not to be
_NOBODYS = Q(state__in=[ListEntry.State.NOT_CALLABLE, ListEntry.State.PAID], handled_at=None)
# Payments and reassignments show in the header after at most this many seconds; own results at once.
KEPT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Progress:
    """The header of the desk: how far her list of the running campaigns is, and what she did today in any campaign.

    `handled` as figures/measuring.py defines it; who paid without a call is nobody's to handle and not in `total`.
    `elsewhere`: contacts she has handled that are in another's list by now, or never were in hers.
    """

    total: int = 0
    handled: int = 0
    elsewhere: int = 0
    attempts: int = 0
    contacts: int = 0
    promises: int = 0


@dataclass(frozen=True, slots=True)
class OwnCounts:
    """Her list of the running campaigns in numbers: whom she has, whom of them she is to handle, who left the report.

    `assigned` is what the campaign's pages count as hers; `total` is that of `Progress`.
    """

    assigned: int
    total: int
    gone: int

    @property
    def nobodys(self) -> int:
        """Hers, and not to be handled: who paid before any call, and who cannot be called."""
        return self.assigned - self.total


def own_entries(agent: Agent) -> QuerySet[ListEntry]:
    """The entries an agent owns; both halves of the condition have their partial index."""
    return ListEntry.objects.filter(
        Q(owner=agent, state=ListEntry.State.OPEN) | Q(~Q(state=ListEntry.State.OPEN), owner=agent)
    )


def own_counts(*, agent: Agent, book: RuleBook) -> OwnCounts:
    """Whom `agent` has in the running campaigns, as of now."""
    is_gone = Q(state=ListEntry.State.GONE)
    counted = (
        own_entries(agent)
        .filter(campaign__in=book.in_hand)
        .aggregate(
            assigned=Count("pk", filter=~_OUT_OF_THE_LIST),
            total=Count("pk", filter=~_OUT_OF_THE_LIST & ~_NOBODYS),
            gone=Count("pk", filter=is_gone),
        )
    )
    return OwnCounts(**counted)


def own_progress(*, agent: Agent, book: RuleBook) -> Progress:
    """How far `agent` is in her list, and her day; counted once a minute, moved by each result."""
    key = _key(agent, book)
    try:
        kept = cache.get(key)
    except RedisError:
        logger.warning("the cache does not answer: progress is counted")
        return _count(agent, book)
    if kept is None:
        counted = _count(agent, book)
        cache.set(key, asdict(counted), KEPT_SECONDS)
        return counted
    return Progress(**kept)


def move_progress(*, agent: Agent, book: RuleBook, recorded: Recorded) -> None:
    """Count a result into the kept progress, so that the header moves with it."""
    entry, attempt, said = recorded.entry, recorded.attempt, recorded.attempt.disposition
    if recorded.repeated or said is None:
        return
    is_first = entry.handled_at == attempt.resulted_at
    is_hers = entry.owner_id == agent.pk
    is_todays = attempt.day == book.today and said.code != NO_RESULT
    try:
        kept = cache.get(_key(agent, book))
        if kept is None:
            return
        was = Progress(**kept)
        now = replace(
            was,
            handled=was.handled + (is_first and is_hers),
            elsewhere=was.elsewhere + (is_first and not is_hers),
            attempts=was.attempts + is_todays,
            contacts=was.contacts + (is_todays and said.party == Disposition.Party.RIGHT),
            promises=was.promises + (is_todays and said.requires_promise),
        )
        cache.set(_key(agent, book), asdict(now), KEPT_SECONDS)
    except RedisError:
        logger.warning("the cache does not answer: progress is counted afresh next time")


def forget_progress(*, agent: Agent, book: RuleBook) -> None:
    """Count the header afresh next time (a correction, a pause)."""
    try:
        cache.delete(_key(agent, book))
    except RedisError:
        logger.warning("the cache does not answer: progress is counted afresh next time")


def _key(agent: Agent, book: RuleBook) -> str:
    return f"desk-progress:{agent.pk}:{book.today}:{'-'.join(map(str, book.in_hand))}"


def _count(agent: Agent, book: RuleBook) -> Progress:
    counted = (
        own_entries(agent)
        .filter(campaign__in=book.in_hand)
        .exclude(_OUT_OF_THE_LIST)
        .exclude(_NOBODYS)
        .aggregate(
            total=Count("pk"),
            handled=Count("pk", filter=Q(handled_at__isnull=False)),
        )
    )
    told = _told_on(agent=agent, day=book.today, campaigns=campaigns_called_on(book.today)).aggregate(
        attempts=Count("pk"),
        contacts=Count("pk", filter=Q(disposition__party=Disposition.Party.RIGHT)),
        promises=Count("pk", filter=Q(disposition__requires_promise=True)),
    )
    return Progress(**counted, **told, elsewhere=_count_elsewhere(agent, book))


def _count_elsewhere(agent: Agent, book: RuleBook) -> int:
    """Contacts she handled in these campaigns that are not hers. The days are named for the index of attempts."""
    begins = Campaign.objects.filter(pk__in=book.in_hand).aggregate(first=Min("calls_from"))["first"] or book.today
    days = [begins + timedelta(days=number) for number in range((book.today - begins).days + 1)]
    told = Attempt.objects.filter(campaign__in=book.in_hand, day__in=days, agent=agent, disposition__isnull=False)
    told = told.exclude(disposition__code=NO_RESULT)
    return ListEntry.objects.filter(contact__in=told.values("contact")).exclude(owner=agent).count()


def campaigns_called_on(day: date) -> list[int]:
    """Campaigns that had begun by `day`, whatever became of them since: work done stays done."""
    return list(Campaign.objects.filter(calls_from__lte=day).values_list("pk", flat=True))


def _told_on(*, agent: Agent, day: date, campaigns: list[int]) -> QuerySet[Attempt]:
    """Own calls of `day` whose result she told. The campaigns are named for the index."""
    told = Attempt.objects.filter(campaign__in=campaigns, day=day, agent=agent, disposition__isnull=False)
    return told.exclude(disposition__code=NO_RESULT)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of an agent's day."""

    hour: int
    attempts: int
    contacts: int
    promises: int


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What an agent did on a day. `paid` counts contacts she spoke with that day or before and that paid on it."""

    attempts: int
    contacts: int
    promises: int
    without_result: int
    paid: int
    hours: list[Hour]
    last: list[Attempt]


def own_day(*, agent: Agent, day: date) -> OwnDay:
    """The figures of `agent` on `day`."""
    campaigns = campaigns_called_on(day)
    attempts = list(
        Attempt.objects.filter(campaign__in=campaigns, day=day, agent=agent)
        .select_related("disposition", "contact", "campaign")
        .order_by("-dialled_at")
    )
    told = [
        (attempt, attempt.disposition)
        for attempt in attempts
        if attempt.disposition and attempt.disposition.code != NO_RESULT
    ]
    hours: dict[int, list[int]] = {}
    for attempt, disposition in told:
        counts = hours.setdefault(local(attempt.dialled_at).hour, [0, 0, 0])
        counts[0] += 1
        counts[1] += disposition.party == Disposition.Party.RIGHT
        counts[2] += disposition.requires_promise
    paid = own_entries(agent).filter(campaign__in=campaigns, contacted_by=agent, paid_on=day)
    return OwnDay(
        attempts=len(told),
        contacts=sum(disposition.party == Disposition.Party.RIGHT for _attempt, disposition in told),
        promises=sum(disposition.requires_promise for _attempt, disposition in told),
        without_result=len(attempts) - len(told),
        paid=paid.filter(paid_on__gte=F("contacted_at__date")).count(),
        hours=[Hour(hour, *hours[hour]) for hour in sorted(hours)],
        last=attempts[:50],
    )
