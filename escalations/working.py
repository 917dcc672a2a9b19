"""What supervisors do with a card: take it, wait for a unit, settle it, tell the customer; one function a verb."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import User
from escalations.lifecycle import EscalationRefused, Verb, locked_escalation, may_work, take_step
from escalations.marks import mark_before_its_clock_stops
from escalations.mentioning import mention, mentioned_in, see_mentions
from escalations.models import Escalation, Kind
from escalations.raising import warning_of
from service_level.working_time import LOOK_AHEAD, pushed_back, when_worked, working_calendar, working_time_between

EARLIEST_TOLD = timedelta(days=30)  # a customer told longer ago than that is a slip of the pen
State = Escalation.State


def take(*, escalation_id: int, by: User, now: datetime) -> Escalation:
    """Have it: nobody else does from now on. Raises EscalationRefused, which says who was first."""
    return take_step(Verb.TAKE, escalation_id=escalation_id, by=by, now=now, changes={"owner": by, "taken_at": now})


def give_back(*, escalation_id: int, by: User, now: datetime, reason: str = "") -> Escalation:
    """Put it back among the new ones. Raises EscalationRefused."""
    changes = {"owner": None, "taken_at": None}
    return take_step(
        Verb.GIVE_BACK, escalation_id=escalation_id, by=by, now=now, note=_in_one_line(reason), changes=changes
    )


def hand_over(*, escalation_id: int, to: User, by: User, now: datetime, reason: str = "") -> Escalation:
    """Give it to another who works its kind. Raises EscalationRefused."""
    with transaction.atomic():
        there = locked_escalation(escalation_id)
        if not to.is_active or not may_work(there.kind, by=to):
            raise EscalationRefused(_("%(name)s no trabaja estas derivaciones.") % {"name": to})
        if there.owner_id == to.pk:
            raise EscalationRefused(_("Ya la tiene %(name)s.") % {"name": to})
        changes = {"owner": to, "taken_at": now}
        note = _("A %(name)s. %(reason)s") % {"name": to, "reason": _in_one_line(reason)}
        return take_step(
            Verb.HAND_OVER, escalation_id=escalation_id, by=by, now=now, note=note.strip(), changes=changes
        )


def wait(*, escalation_id: int, unit: str, by: User, now: datetime) -> Escalation:
    """Wait for a unit; where the kind says so its clock stands still. Raises EscalationRefused."""
    unit = _needed(unit, _("Escriba a quién se espera."))[:80]
    changes = {"waiting_since": now, "waits_for": unit}
    with transaction.atomic():
        mark_before_its_clock_stops(locked_escalation(escalation_id), now=now)
        return take_step(Verb.WAIT, escalation_id=escalation_id, by=by, now=now, note=unit, changes=changes)


def go_on(*, escalation_id: int, by: User, now: datetime, note: str = "") -> Escalation:
    """The unit has answered; a clock that stood still goes on with the working time it had left.

    Raises EscalationRefused.
    """
    with transaction.atomic():
        changes = _clock_on(locked_escalation(escalation_id), now)
        return take_step(
            Verb.GO_ON, escalation_id=escalation_id, by=by, now=now, note=_in_one_line(note), changes=changes
        )


def resolve(*, escalation_id: int, outcome: str, by: User, now: datetime) -> Escalation:
    """Say what was done. Unless its kind closes with that, the customer has still to be told.

    Raises EscalationRefused.
    """
    return _settle(Verb.RESOLVE, escalation_id, _needed(outcome, _("Escriba qué se resolvió.")), by, now)


def reject(*, escalation_id: int, reason: str, by: User, now: datetime) -> Escalation:
    """It does not apply, and why; the customer is told that too. Raises EscalationRefused."""
    return _settle(Verb.REJECT, escalation_id, _needed(reason, _("Escriba por qué no corresponde.")), by, now)


def inform(*, escalation_id: int, how: str, told_at: datetime, by: User, now: datetime, note: str = "") -> Escalation:
    """The customer was told: how, when and by whom. Closes it. Raises EscalationRefused."""
    if how not in Escalation.How.values:
        raise EscalationRefused(_("Elija cómo se le informó."))
    with transaction.atomic():
        there = locked_escalation(escalation_id)
        settled = there.settled_at or now
        if told_at > now:
            raise EscalationRefused(_("La hora en que se le informó todavía no llegó."))
        if told_at < min(settled, now) - EARLIEST_TOLD:
            raise EscalationRefused(_("La hora en que se le informó es demasiado antigua."))
        changes = {"informed_at": told_at, "informed_how": how, "informed_by": by, "closed_at": now}
        # written down too: a card that is reopened forgets when and how, its history does not
        told = f"{Escalation.How(how).label}, {timezone.localtime(told_at):%d/%m %H:%M}"
        said = _in_one_line(". ".join(filter(None, (told, note))))
        return take_step(Verb.INFORM, escalation_id=escalation_id, by=by, now=now, note=said, changes=changes)


def reopen(*, escalation_id: int, reason: str, by: User, now: datetime) -> Escalation:
    """Work it again; what was said of it stays in the history. Raises EscalationRefused."""
    reason = _needed(reason, _("Escriba por qué se reabre."))
    changes = {
        "owner": by, "taken_at": now, "closed_at": None, "settled_at": None, "outcome": "",
        "informed_at": None, "informed_how": "", "informed_by": None,
    }  # fmt: skip
    return take_step(Verb.REOPEN, escalation_id=escalation_id, by=by, now=now, note=reason, changes=changes)


def merge(*, escalation_id: int, into_id: int, by: User, now: datetime) -> Escalation:
    """It is a double of another of the same customer and kind, which goes on for both. Raises EscalationRefused."""
    with transaction.atomic():
        for pk in sorted({escalation_id, into_id}):  # always in one order: two who merge crosswise do not deadlock
            locked_escalation(pk)
        double, other = locked_escalation(escalation_id), locked_escalation(into_id)
        if double.pk == other.pk or (double.kind_id, double.contract) != (other.kind_id, other.contract):
            raise EscalationRefused(_("Solo se une a otra del mismo cliente y del mismo tipo."))
        if not double.contract:
            raise EscalationRefused(_("Sin contrato no se sabe si es el mismo cliente."))
        if other.state not in Escalation.UNSETTLED:
            raise EscalationRefused(_("La otra ya está resuelta: reábrala primero."))
        mark_before_its_clock_stops(double, now=now)
        changes: dict[str, Any] = {"merged_into": other, "closed_at": now, **_clock_on(double, now)}
        due_at = changes.get("due_at", double.due_at)
        merged = take_step(Verb.MERGE, escalation_id=double.pk, by=by, now=now, note=f"#{other.pk}", changes=changes)
        note = _("Se le unió #%(pk)d: %(reason)s") % {"pk": double.pk, "reason": double.reason}
        earlier = _earlier(other, merged, due_at=due_at, now=now)
        take_step(Verb.NOTE, escalation_id=other.pk, by=by, now=now, note=note, changes=earlier)
        return merged


def note(*, escalation_id: int, text: str, by: User, now: datetime) -> Escalation:
    """Write something down on the card; whom it names with an @ sees it there. Raises EscalationRefused."""
    text = _needed(text, _("Escriba la nota."))
    users = mentioned_in(text, by=by)
    with transaction.atomic():
        card = take_step(Verb.NOTE, escalation_id=escalation_id, by=by, now=now, note=text)
        mention(escalation=card, users=users)
        see_mentions(escalation=card, user=by, now=now)  # who answers has read
    return card


def doubles_of(escalation: Escalation, *, user: User) -> list[Escalation]:
    """Others of the same customer and kind, still worked, that `user` sees; the oldest first, at most ten."""
    if not escalation.contract:
        return []
    same = Escalation.objects.visible_to(user).filter(
        contract=escalation.contract, kind__code=escalation.kind_id, state__in=Escalation.UNSETTLED
    )
    return list(same.exclude(pk=escalation.pk).select_related("owner", "kind").order_by("pk")[:10])


def _settle(verb: Verb, escalation_id: int, outcome: str, by: User, now: datetime) -> Escalation:
    with transaction.atomic():
        there = locked_escalation(escalation_id)
        mark_before_its_clock_stops(there, now=now)
        changes: dict[str, Any] = {"settled_at": now, "outcome": outcome}
        if there.state == State.WAITING:
            changes |= _clock_on(there, now)
        if there.kind.closes == Kind.Closes.RESOLVED:
            changes["closed_at"] = now
        return take_step(verb, escalation_id=escalation_id, by=by, now=now, note=outcome, changes=changes)


def _clock_on(escalation: Escalation, now: datetime) -> dict[str, Any]:
    """The columns of a card that waits no more."""
    changes: dict[str, Any] = {"waiting_since": None, "waits_for": ""}
    since = escalation.waiting_since
    if since is None or escalation.breached_at is not None or not escalation.kind.stops_while_waiting:
        return changes
    calendar = working_calendar(first=since.date(), last=(max(now, escalation.due_at) + LOOK_AHEAD).date())
    due_at = pushed_back(escalation.due_at, paused_at=since, resumed_at=now, calendar=calendar)
    return {**changes, "due_at": due_at, "warn_at": warning_of(escalation.kind, due_at=due_at, now=now)}


def _earlier(other: Escalation, double: Escalation, *, due_at: datetime, now: datetime) -> dict[str, Any]:
    """The columns of the card that goes on for a double, when that is due earlier; told of once is told for both.

    When its own clock stands still it keeps as much working time as the double has left.
    """
    running = _clock_on(other, now)
    if due_at >= running.get("due_at", other.due_at):
        return {}
    changes: dict[str, Any] = {"due_at": due_at, "warn_at": double.warn_at}
    if other.waiting_since is not None and "due_at" in running:
        calendar = working_calendar(first=other.waiting_since.date(), last=max(now, due_at).date())
        left = working_time_between(now, due_at, calendar=calendar)
        changes = {"due_at": when_worked(other.waiting_since, left, until=due_at, calendar=calendar) or due_at}
    if other.mailed_at is None and double.mailed_at is not None:
        changes["mailed_at"] = double.mailed_at
    return changes


def _in_one_line(text: str) -> str:
    return " ".join(text.split())[:2000]


def _needed(text: str, missing: str) -> str:
    text = _in_one_line(text)
    if not text:
        raise EscalationRefused(missing)
    return text
