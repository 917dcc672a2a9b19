"""Calls that were promised to customers and come due: the cards that agents work, from their desks (103.6).

On its day a call stands on the desk of whoever promised it, and once it is overdue on every agent's until one takes it;
one that nobody promised, as of who hung up waiting, is everybody's from the beginning.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from agents.models import User
from escalations.models import Escalation, Kind
from escalations.working import inform, note, resolve
from service_level.days import bounds_of_day

SHOWN = 20  # calls on a desk; what is left comes up as these are made


def calls_to_make(*, by: User, now: datetime) -> list[Escalation]:
    """What an agent has to call today or had to before, first what she is at, then her own; with kind and owner.

    Hers are those she promised and those she has taken; one that another agent has taken is nobody else's.
    """
    _begins, ends = bounds_of_day(now=now)
    hers = Q(owner=by) | Q(owner=None, raised_by=by)
    waiting = Escalation.objects.visible_to(by).open().filter(kind__worked_by=Kind.Worker.AGENT)
    due = waiting.filter(due_at__lt=ends, state__in=Escalation.UNSETTLED)
    mine_first = Case(When(owner=by, then=Value(0)), When(hers, then=Value(1)), default=Value(2))
    everybodys = Q(owner=None) & (Q(due_at__lt=now) | Q(raised_by=None))
    found = due.filter(hers | everybodys).select_related("kind", "owner")
    return list(found.order_by(mine_first, "due_at", "pk")[:SHOWN])


def calls_known_to(*, by: User) -> QuerySet[Escalation]:
    """What an agent may press a verb of: also a call another has made meanwhile, so that she is told who was first."""
    return Escalation.objects.visible_to(by) | Escalation.objects.filter(kind__worked_by=Kind.Worker.AGENT)


def inform_customer(
    *, escalation_id: int, how: str, told_at: datetime, by: User, now: datetime, note: str = ""
) -> Escalation:
    """The customer was called as promised: settled and told in one. Raises EscalationRefused."""
    with transaction.atomic():
        resolve(escalation_id=escalation_id, outcome=note or _("Se llamó al cliente."), by=by, now=now)
        return inform(escalation_id=escalation_id, how=how, told_at=told_at, by=by, now=now, note=note)


def not_reached(*, escalation_id: int, by: User, now: datetime, text: str = "") -> Escalation:
    """Nobody answered: it is written down and the call stays to be made. Raises EscalationRefused."""
    said = ". ".join(filter(None, (_("No contesta"), text.strip())))
    return note(escalation_id=escalation_id, text=said, by=by, now=now)
