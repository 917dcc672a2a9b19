"""Each call of an export beside the one in the log: of the same queue, with a moment of it (entered, answered, ended).

Of several the one that agrees in wait and outcome is it; one that agrees in neither is another call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from agents.models import User
from service_level.asternic.reading import Told, read_export
from service_level.days import bounds_of
from service_level.indicator.counting import formula_of
from service_level.indicator.figures import queues_of
from service_level.models import AsternicDifference, AsternicExport
from telephony.models import LoggedVisit

Kind, Outcome = AsternicDifference.Kind, LoggedVisit.Outcome
APART = 2  # seconds: Asternic rounds its own way
AROUND = timedelta(hours=2)  # a call that ended in the span may have entered before it
KINDS: Mapping[str, str | Promise] = {
    Kind.ONLY_THERE: gettext_lazy("Solo están en Asternic"),
    Kind.ONLY_LOGGED: gettext_lazy("Solo están en el registro"),
    Kind.ANSWERED: gettext_lazy("Atendida para uno y para el otro no"),
    Kind.IN_TIME: gettext_lazy("A tiempo para uno y para el otro no"),
}
Moments = dict[tuple[str, int], list[LoggedVisit]]


@dataclass(frozen=True)
class Difference:
    kind: str
    told: Told | None
    visit: LoggedVisit | None


def take_export(*, data: bytes, name: str, month: date, by: User, now: datetime) -> AsternicExport:
    """Compare an export with the log as it is now, and keep in what they differ; the same file again is compared anew.

    Raises NotAnExport.
    """
    export = read_export(data, month=month)
    formula = formula_of(month)
    days = sorted({told.at.date() for told in export.calls})
    queues = {told.queue for told in export.calls}
    begins, ends = bounds_of(days[0], days[-1])
    visits = _visits(queues, begins, ends)
    found = list(_compare(export.calls, visits, (begins, ends), formula.seconds))
    ours = [one for one in visits if begins <= one.entered_at < ends and one.outcome != Outcome.WAITING]
    digest = sha256(data).hexdigest()
    with transaction.atomic():
        kept, _is_new = AsternicExport.objects.update_or_create(
            month=month, sha256=digest,
            defaults={
                "name": name[:200], "taken_by": by, "taken_at": now, "first": days[0], "last": days[-1],
                "queues": sorted(queues), "seconds": formula.seconds, "unread": sum(export.unread.values()),
                "examples": [f"{number}: {why}" for number, why in export.examples],
                "calls": len(export.calls),
                "answered": sum(told.outcome == Outcome.ANSWERED for told in export.calls),
                "within": _within(export.calls, formula.seconds),
                "without_wait": sum(told.outcome == Outcome.ANSWERED and told.wait is None for told in export.calls),
                "own_calls": len(ours),
                "own_answered": sum(one.outcome == Outcome.ANSWERED for one in ours),
                "own_within": sum(_in_time(one, formula.seconds) for one in ours),
            },
        )  # fmt: skip
        AsternicDifference.objects.filter(export=kept).delete()
        AsternicDifference.objects.bulk_create((_kept(kept, one) for one in found), batch_size=2000)
    return kept


def left_out(export: AsternicExport) -> list[tuple[str, int]]:
    """Queues that count for the regulator and of which it tells nothing: how many calls the log has of each, of its
    days.
    """
    begins, ends = bounds_of(export.first, export.last)
    counted = {one.queue for one in queues_of(export.month) if one.counts_for_att} - set(export.queues)
    there = LoggedVisit.objects.filter(queue__in=counted, entered_at__gte=begins, entered_at__lt=ends)
    found = there.exclude(outcome=Outcome.WAITING).values("queue").order_by("queue").annotate(calls=Count("pk"))
    return list(found.values_list("queue", "calls"))


def _visits(queues: set[str], begins: datetime, ends: datetime) -> list[LoggedVisit]:
    found = LoggedVisit.objects.filter(queue__in=queues, entered_at__gte=begins - AROUND, entered_at__lt=ends + AROUND)
    wanted = ("pk", "queue", "entered_at", "answered_at", "ended_at", "wait", "outcome")
    return list(found.only(*wanted).order_by("entered_at", "pk"))


def _compare(
    calls: Sequence[Told], visits: Sequence[LoggedVisit], span: tuple[datetime, datetime], seconds: int
) -> Iterator[Difference]:
    """Where no call tells its wait none is compared by it; where others do, one that does not is none in time there."""
    moments, taken = _moments(visits), set[int]()
    tells_waits = any(told.wait is not None for told in calls)
    pairs: dict[int, LoggedVisit] = {}
    for agreeing in (2, 1):  # those that agree in both, then those in one of them
        for place, told in enumerate(calls):
            if place in pairs:
                continue
            near = _near(moments, told)
            best = next((one for one in near if one.pk not in taken and _agrees(told, one) >= agreeing), None)
            if best is not None:
                pairs[place] = best
                taken.add(best.pk)
    for place, told in enumerate(calls):
        visit = pairs.get(place)
        if visit is None:
            yield Difference(Kind.ONLY_THERE, told, None)
        elif (told.outcome == Outcome.ANSWERED) != (visit.outcome == Outcome.ANSWERED):
            yield Difference(Kind.ANSWERED, told, visit)
        elif tells_waits and _in_time(told, seconds) != _in_time(visit, seconds):
            yield Difference(Kind.IN_TIME, told, visit)
    for visit in visits:
        if visit.pk not in taken and span[0] <= visit.entered_at < span[1] and visit.outcome != Outcome.WAITING:
            yield Difference(Kind.ONLY_LOGGED, None, visit)


def _moments(visits: Sequence[LoggedVisit]) -> Moments:
    found: Moments = defaultdict(list)
    for visit in visits:
        for at in {visit.entered_at, visit.answered_at, visit.ended_at} - {None}:
            found[visit.queue, int(at.timestamp())].append(visit)  # type: ignore[union-attr]
    return found


def _near(moments: Moments, told: Told) -> Iterator[LoggedVisit]:
    """Those of its queue that have a moment of theirs there, the nearest first."""
    at = int(told.at.timestamp())
    for apart in sorted(range(-APART, APART + 1), key=abs):
        yield from moments.get((told.queue, at + apart), ())


def _agrees(told: Told, visit: LoggedVisit) -> int:
    same_end = (told.outcome == Outcome.ANSWERED) == (visit.outcome == Outcome.ANSWERED)
    same_wait = told.wait is not None and visit.wait is not None and abs(told.wait - visit.wait) <= APART
    return same_end + (same_wait or told.wait is None)


def _in_time(one: Told | LoggedVisit, seconds: int) -> bool:
    return one.outcome == Outcome.ANSWERED and one.wait is not None and one.wait <= seconds


def _within(calls: Sequence[Told], seconds: int) -> int | None:
    """None where nothing is told of waits."""
    if all(told.wait is None for told in calls):
        return None
    return sum(_in_time(told, seconds) for told in calls)


def _kept(export: AsternicExport, one: Difference) -> AsternicDifference:
    told, visit = one.told, one.visit
    kept = AsternicDifference(export=export, kind=one.kind, visit=visit)
    if told is not None:
        kept.row, kept.at, kept.queue, kept.outcome, kept.wait = told.row, told.at, told.queue, told.outcome, told.wait
    elif visit is not None:
        kept.at, kept.queue = visit.entered_at, visit.queue
    return kept
