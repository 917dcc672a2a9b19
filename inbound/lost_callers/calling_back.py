"""The clock makes a call to be made of each number that was not answered, and takes it away when she got through later.

It goes by what the switchboard wrote: an entry into a queue that ended without an answer, of a caller whose number is a
telephone. Who leaves by a key chose to; who hung up a moment ago may be dialling again. Switched off by switching off
its kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from escalations.by_itself import settle_by_itself
from escalations.models import Escalation, Kind
from escalations.raising import add_detail, is_raised_now, raise_escalation
from inbound.lost_callers.callers import KIND, Caller, callers_of, is_seen_to
from inbound.lost_callers.handed_over import raise_the_unheard
from screens.templatetags.screens import lasting
from service_level.days import LA_PAZ
from service_level.indicator.figures import queues_of
from service_level.months import month_of
from telephony.models import LoggedVisit

LET_DIAL_AGAIN = timedelta(minutes=2)
LOOKED_BACK = timedelta(hours=24)  # who was lost longer ago has called again, or does not wait for a call any more
SETTLED_WITHIN = timedelta(days=2)  # a call that still waits then is ended by a person
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('lost callers', 0))"


@transaction.atomic
def call_back_the_lost(*, now: datetime) -> int:
    """Settle the calls of who got through, and make those that are missing. Returns how many were made.

    Of two at the same moment the second finds what the first did. Raises OperationalError where the first takes longer
    than a tick waits: one that goes by without a word would leave them lost. Raises UnknownKind.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
    if not is_raised_now(kind=KIND):
        return 0
    open_ = list(Escalation.objects.filter(kind__code=KIND, state__in=Escalation.UNSETTLED).order_by("pk"))
    oldest = min((card.raised_at for card in open_), default=now)
    callers = callers_of(since=max(oldest, now - SETTLED_WITHIN) - LOOKED_BACK, now=now)
    waiting = {card.telephone: card for card in open_ if not _got_through(card, callers.get(card.telephone), now)}
    lines = {queue.queue: (queue.line, queue.name) for queue in queues_of(month_of(timezone.localdate(now, LA_PAZ)))}
    made = sum(_see_to(caller, waiting.get(caller.telephone), lines, now) for caller in callers.values())
    since, until = now - LOOKED_BACK, now - LET_DIAL_AGAIN
    return made + raise_the_unheard(callers, lines=lines, since=since, until=until, now=now)


def is_on() -> bool:
    """Whether an administrator wants them called back."""
    return Kind.objects.filter(code=KIND, is_active=True).exists()


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
    if (last.ended_at or last.entered_at) > now - LET_DIAL_AGAIN:
        return 0
    if is_seen_to(_key(last), telephone=caller.telephone, since=last.entered_at):
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
