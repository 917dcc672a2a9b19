"""The clock makes a call to be made of each number that was not answered, and takes it away when she got through later.

It goes by what the switchboard wrote: an entry into a queue that ended without an answer, of a caller whose number is a
telephone. Who leaves by a key chose to; who hung up a moment ago may be dialling again. Switched off by switching off
its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from escalations.by_itself import settle_by_itself
from escalations.lifecycle import Verb
from escalations.models import Escalation, Kind
from escalations.raising import add_detail, raise_escalation
from inbound.lost_callers.handed_over import raise_the_unheard
from screens.templatetags.screens import lasting
from service_level.days import LA_PAZ
from service_level.indicator.figures import queues_of
from service_level.months import month_of
from telephony import phone_numbers
from telephony.models import LoggedVisit

KIND = "lost_call"
LET_DIAL_AGAIN = timedelta(minutes=2)
LOOKED_BACK = timedelta(hours=24)  # who was lost longer ago has called again, or does not wait for a call any more
SETTLED_WITHIN = timedelta(days=2)  # a call that still waits then is ended by a person
ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended('lost callers', 0))"
Outcome = LoggedVisit.Outcome
LOST_ENDS = ("EXITEMPTY", "QUEUESTART")  # beside hanging up and time: nobody was there, or the switchboard went down


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

    def answered_after(self, moment: datetime) -> LoggedVisit | None:
        """The first that was, of those that entered later."""
        found = (one for one in self.visits if one.outcome == Outcome.ANSWERED and one.entered_at > moment)
        return next(found, None)


def is_lost(visit: LoggedVisit) -> bool:
    """Whether nobody answered who wanted to be: neither she nor the centre chose another way out."""
    return visit.outcome in (Outcome.HUNG_UP, Outcome.TIMED_OUT) or visit.ended in LOST_ENDS


@transaction.atomic
def call_back_the_lost(*, now: datetime) -> int:
    """Settle the calls of who got through, and make those that are missing. Returns how many were made.

    Of two at the same moment one does it.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        (is_alone,) = cursor.fetchone()
    if not is_alone or not is_on():
        return 0
    open_ = list(Escalation.objects.filter(kind__code=KIND, state__in=Escalation.UNSETTLED).order_by("pk"))
    oldest = min((card.raised_at for card in open_), default=now)
    callers = _callers(since=max(oldest, now - SETTLED_WITHIN) - LOOKED_BACK, now=now)
    waiting = {card.telephone: card for card in open_ if not _got_through(card, callers.get(card.telephone), now)}
    lines = {queue.queue: (queue.line, queue.name) for queue in queues_of(month_of(timezone.localdate(now, LA_PAZ)))}
    made = sum(_see_to(caller, waiting.get(caller.telephone), lines, now) for caller in callers.values())
    since, until = now - LOOKED_BACK, now - LET_DIAL_AGAIN
    return made + raise_the_unheard(kind=KIND, lines=lines, since=since, until=until, now=now)


def is_on() -> bool:
    """Whether an administrator wants them called back."""
    return Kind.objects.filter(code=KIND, is_active=True).exists()


def _callers(*, since: datetime, now: datetime) -> Mapping[str, Caller]:
    """By their telephone, in the order in which they called last."""
    found: dict[str, list[LoggedVisit]] = {}
    visits = LoggedVisit.objects.filter(entered_at__gt=since, entered_at__lte=now).exclude(caller="")
    for visit in visits.order_by("entered_at", "pk"):
        if telephone := phone_numbers.parse(visit.caller):
            found.setdefault(telephone, []).append(visit)
    return {telephone: Caller(telephone, several) for telephone, several in found.items()}


def _got_through(card: Escalation, caller: Caller | None, now: datetime) -> bool:
    """Whether nobody has to call her any more; who has taken the call is told."""
    if caller is None:
        return False
    lost = next((one.entered_at for one in caller.visits if _key(one) == card.key), card.raised_at - LET_DIAL_AGAIN)
    answered = caller.answered_after(lost)
    if answered is None:
        return False
    told = _("Volvió a llamar y fue atendido, a las %(hour)s.") % {"hour": _hour(answered.entered_at)}
    if settle_by_itself(escalation_id=card.pk, outcome=told, now=now):
        return True
    if not card.changes.filter(note=told).exists():
        add_detail(key=card.key, text=told, by=None, now=now)
    return False


def _see_to(caller: Caller, card: Escalation | None, lines: Mapping[str, tuple[str, str]], now: datetime) -> int:
    lost = [visit for visit in caller.lost if (visit.ended_at or visit.entered_at) > now - LOOKED_BACK]
    if not lost:
        return 0
    if card is not None:
        for told in _of_the_others(lost, card):
            if not card.changes.filter(note=told).exists():
                add_detail(key=card.key, text=told, by=None, now=now)
        return 0
    last = lost[-1]
    if (last.ended_at or last.entered_at) > now - LET_DIAL_AGAIN or _is_seen_to(caller, last):
        return 0
    line, name = lines.get(last.queue, (last.queue[:12], ""))
    times = [_hour(visit.entered_at, now=now) for visit in lost]
    said = {"line": f"{line} {name}".strip(), "hours": ", ".join(times), "wait": lasting(last.wait)}
    raise_escalation(
        key=_key(last),
        kind=KIND,
        line=line,
        reason=_("Llamó a %(line)s y nadie le atendió (%(hours)s); la última vez esperó %(wait)s.") % said,
        details={},
        customer_name=_("Línea %(line)s") % {"line": line},
        telephone=caller.telephone,
        by=None,
        now=now,
    )
    return 1


def _is_seen_to(caller: Caller, last: LoggedVisit) -> bool:
    """Whether she was called back since, or that call was made of this one already and settled."""
    cards = Escalation.objects.filter(kind__code=KIND, telephone=caller.telephone)
    by_somebody = cards.filter(settled_at__gt=last.entered_at).exclude(changes__verb=Verb.BY_ITSELF)
    return by_somebody.exists() or cards.filter(key=_key(last)).exists()


def _of_the_others(lost: Iterable[LoggedVisit], card: Escalation) -> Iterator[str]:
    """That she called once more since the call was made, in vain again."""
    for visit in lost:
        if visit.entered_at > card.raised_at:
            yield _("Volvió a llamar a las %(hour)s y tampoco se le atendió.") % {"hour": _hour(visit.entered_at)}


def _key(visit: LoggedVisit) -> str:
    return f"lost:{visit.switchboard_id}:{visit.call}:{visit.queue}:{visit.nth}"[:120]


def _hour(moment: datetime, *, now: datetime | None = None) -> str:
    """With its day where that is not the day of `now`."""
    here = moment.astimezone(LA_PAZ)
    is_today = now is None or here.date() == now.astimezone(LA_PAZ).date()
    return f"{here:%H:%M}" if is_today else f"{here:%d/%m %H:%M}"
