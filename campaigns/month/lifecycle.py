"""The life of a campaign: one table of steps, one function that takes them.

Every step locks the campaign's row, so two clicks, or a click and the clock, never take the same step twice; not its
key, which results of calls refer to with every promise and agreed call. Locks: the campaign, entries, call-backs. The
sentence of `CampaignRefused` is what a disabled button says: why not has one author.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import CallBack, Campaign, CampaignChange, ErrandKind, ListEntry
from campaigns.month import errands
from campaigns.month.letting_go import let_go, note_of
from campaigns.month.measurement import fix_measurement
from campaigns.month.periods import day_of
from notices.models import EventKind
from notices.programs.announcing import announce

State = Campaign.State


class Verb(StrEnum):
    """What may happen to a campaign."""

    PROPOSE = "propose"
    LAUNCH = "launch"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


class Actor(StrEnum):
    """Who takes a step: a person who steers campaigns, or the centre itself (a scheduled job, a command)."""

    SUPERVISION = "supervision"
    CENTRE = "centre"


@dataclass(frozen=True)
class Step:
    """One line of the table."""

    verb: Verb
    from_state: Campaign.State
    to_state: Campaign.State
    who: frozenset[Actor]


BOTH = frozenset({Actor.SUPERVISION, Actor.CENTRE})
PERSON = frozenset({Actor.SUPERVISION})
CENTRE = frozenset({Actor.CENTRE})

STEPS: tuple[Step, ...] = (
    Step(Verb.PROPOSE, State.EXPECTED, State.PROPOSED, BOTH),
    Step(Verb.LAUNCH, State.PROPOSED, State.RUNNING, BOTH),
    Step(Verb.PAUSE, State.RUNNING, State.PAUSED, BOTH),
    Step(Verb.RESUME, State.PAUSED, State.RUNNING, BOTH),
    Step(Verb.CLOSE, State.RUNNING, State.CLOSED, BOTH),
    Step(Verb.CLOSE, State.PAUSED, State.CLOSED, BOTH),
    Step(Verb.CLOSE, State.PROPOSED, State.CLOSED, CENTRE),  # the last day went by and nobody launched it
    Step(Verb.CLOSE, State.EXPECTED, State.CLOSED, CENTRE),  # the last day went by without a report
    Step(Verb.CORRECT, State.PROPOSED, State.PROPOSED, PERSON),  # a corrected report took the place of its report
    Step(Verb.CORRECT, State.RUNNING, State.RUNNING, PERSON),
    Step(Verb.CORRECT, State.PAUSED, State.PAUSED, PERSON),
    Step(Verb.WITHDRAW, State.PROPOSED, State.EXPECTED, PERSON),  # its report was not the right one
)


class CampaignRefused(Exception):
    """The step cannot be taken now; the message is the sentence for the person who asked."""


def propose(*, campaign: Campaign, by: User | None, now: datetime, note: str = "") -> Campaign:
    """The report is in: the campaign waits for the supervisor's word. Raises CampaignRefused."""
    return _take_step(Verb.PROPOSE, campaign=campaign, by=by, now=now, note=note)


def launch(*, campaign: Campaign, by: User | None, now: datetime, note: str = "") -> Campaign:
    """Let the agents call. Raises CampaignRefused."""
    return _take_step(Verb.LAUNCH, campaign=campaign, by=by, now=now, note=note)


def pause(*, campaign: Campaign, by: User | None, now: datetime, note: str = "") -> Campaign:
    """Stop giving contacts; who is talking finishes. Raises CampaignRefused."""
    return _take_step(Verb.PAUSE, campaign=campaign, by=by, now=now, note=note)


def resume(*, campaign: Campaign, by: User | None, now: datetime, note: str = "") -> Campaign:
    """Go on calling. Raises CampaignRefused."""
    return _take_step(Verb.RESUME, campaign=campaign, by=by, now=now, note=note)


def close(*, campaign: Campaign, by: User | None, now: datetime, note: str) -> Campaign:
    """End the campaign; a person says why. Raises CampaignRefused.

    Leases are let go and agreed calls become calls to make; open attempts keep waiting for their result.
    """
    if by is not None and not note.strip():
        raise CampaignRefused(_("Escriba por qué se cierra la campaña."))
    return _take_step(Verb.CLOSE, campaign=campaign, by=by, now=now, note=note)


def correct(*, campaign: Campaign, by: User, now: datetime, note: str) -> Campaign:
    """A corrected report took the place of the one it had. Raises CampaignRefused."""
    return _take_step(Verb.CORRECT, campaign=campaign, by=by, now=now, note=note)


def withdraw(*, campaign: Campaign, by: User, now: datetime, note: str) -> Campaign:
    """Its report was taken back before the launch: the month waits for the right one. Raises CampaignRefused."""
    return _take_step(Verb.WITHDRAW, campaign=campaign, by=by, now=now, note=note)


def close_overdue(*, now: datetime) -> list[Campaign]:
    """Close every campaign whose last day is over, each in its own transaction. Returns those it closed.

    A result that was being written while its campaign closed may have agreed a call: that one is settled here too.
    """
    overdue = Campaign.objects.exclude(state=State.CLOSED).filter(calls_until__lt=day_of(now)).order_by("period")
    closed = []
    for campaign in overdue:
        try:
            closed.append(close(campaign=campaign, by=None, now=now, note=_("Terminó el último día de llamadas.")))
        except CampaignRefused:
            continue  # another process closed it between the query and the lock
    left_over = CallBack.objects.filter(state=CallBack.State.PENDING, campaign__state=State.CLOSED)
    for campaign in Campaign.objects.filter(pk__in=left_over.values("campaign")):
        with transaction.atomic():
            let_go(campaign=campaign, now=now)
    return closed


def why_not(verb: Verb, *, campaign: Campaign, now: datetime, by: User | None = None) -> str:
    """The sentence of a disabled button; empty when the verb can be used."""
    try:
        _check(verb, campaign, now, by)
    except CampaignRefused as refusal:
        return str(refusal)
    return ""


def _take_step(verb: Verb, *, campaign: Campaign, by: User | None, now: datetime, note: str) -> Campaign:
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        step = _check(verb, locked, now, by)
        locked.state = step.to_state
        if step.to_state == State.RUNNING and locked.launched_at is None:
            locked.launched_at = now
            fix_measurement(locked, now=now)
        if step.to_state == State.CLOSED:
            locked.closed_at = now
            note = note_of(note, let_go(campaign=locked, now=now))
            errands.forget(campaign=locked, kind=ErrandKind.ASSIGNMENT)  # nobody is to call any more
        if step.to_state == State.EXPECTED:
            locked.assigned_at = locked.assignment_asked_at = None
            locked.contacts_continued = 0
            errands.forget(campaign=locked, kind=ErrandKind.ASSIGNMENT)
        locked.save(
            update_fields=[
                "state",
                "launched_at",
                "drawn_until",
                "draw_sha256",
                "evaluated_on",
                "planned_calls_an_hour",
                "planned_attempts",
                "planned_part",
                "closed_at",
                "assigned_at",
                "assignment_asked_at",
                "contacts_continued",
            ]
        )
        CampaignChange.objects.create(
            campaign=locked,
            verb=verb,
            from_state=step.from_state,
            to_state=step.to_state,
            by=by,
            at=now,
            note=note[:300],
        )
        period = f"{locked.period:%Y-%m}"
        told = {"campaign": period, "verb": verb, "state": step.to_state, "was": step.from_state}
        announce(EventKind.CAMPAIGN, subject=f"campaign:{period}", facts=told, at=now)
    for name in ("state", "launched_at", "closed_at", "drawn_until", "draw_sha256", "evaluated_on"):
        setattr(campaign, name, getattr(locked, name))
    return locked


def _check(verb: Verb, campaign: Campaign, now: datetime, by: User | None) -> Step:
    actor = Actor.CENTRE if by is None else Actor.SUPERVISION
    if by is not None and not by.steers_campaigns:
        raise CampaignRefused(_("Solo supervisión puede hacerlo."))
    step = next((line for line in STEPS if line.verb == verb and line.from_state == campaign.state), None)
    if step is None or actor not in step.who:
        raise CampaignRefused(_wrong_state(verb, State(campaign.state)))
    extra = _CONDITIONS.get(verb)
    if extra is not None:
        extra(campaign, day_of(now))
    return step


def _wrong_state(verb: Verb, state: Campaign.State) -> str:
    if state == State.EXPECTED:
        return _("El reporte de este mes todavía no se tomó.")
    if state == State.CLOSED:
        return _("La campaña ya está cerrada.")
    if state == State.PROPOSED:
        if verb == Verb.PROPOSE:
            return _("La campaña ya está propuesta.")
        return _("La campaña todavía no se lanzó.")
    if verb in (Verb.PROPOSE, Verb.LAUNCH, Verb.WITHDRAW):
        return _("La campaña ya se lanzó.")
    return _("La campaña ya está en pausa.") if state == State.PAUSED else _("La campaña ya está en curso.")


def _launch_conditions(campaign: Campaign, today: date) -> None:
    # before the first day of calls is early enough: the rules of calling give no contact until it comes
    _last_day_condition(campaign, today)
    if campaign.assignment_asked_at is not None:
        raise CampaignRefused(_("Se está repartiendo: podrá lanzarla cuando termine."))
    if not ListEntry.objects.filter(campaign=campaign, state=ListEntry.State.OPEN, owner__isnull=False).exists():
        raise CampaignRefused(
            _("Nadie tiene contactos asignados: ponga agentes de turno y reparta la campaña antes de lanzarla.")
        )


def _last_day_condition(campaign: Campaign, today: date) -> None:
    if today > campaign.calls_until:
        raise CampaignRefused(_("Las llamadas terminaron el %(day)s.") % {"day": _day(campaign.calls_until)})


def _close_conditions(campaign: Campaign, today: date) -> None:
    if campaign.launched_at is None and today <= campaign.calls_until:
        raise CampaignRefused(
            _("No se lanzó: se cierra sola después del %(day)s.") % {"day": _day(campaign.calls_until)}
        )


_CONDITIONS: dict[Verb, Callable[[Campaign, date], None]] = {
    Verb.LAUNCH: _launch_conditions,
    Verb.RESUME: _last_day_condition,
    Verb.CLOSE: _close_conditions,
}


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
