"""How a call ended: recorded once, with everything that follows from it, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling.calling_hours import local
from campaigns.calling.rulebook import NO_RESULT, RuleBook, read_rules
from campaigns.calling.rules import ready_after, reasons_of_the_moment
from campaigns.contacts.life import LEADS_TO, Verb, take_step
from campaigns.desk.answers import NOTHING_ELSE, Answers, ResultRefused, check_answers
from campaigns.desk.escalating import escalate
from campaigns.desk.tallying import tally, write_tally
from campaigns.models import (
    Attempt,
    CallBack,
    Campaign,
    ChangedRows,
    Contact,
    Disposition,
    DoNotCall,
    ListEntry,
    PaymentPromise,
    RetiredTelephone,
)
from campaigns.month.changed_rows import note_changed_rows
from campaigns.promises_and_callbacks import call_backs, promises
from notices.models import EventKind
from notices.programs.announcing import announce

TOLD_WITHIN = timedelta(hours=1)  # after a call that was given up, its result is told without a word about why
COUNTED_ON_FOR = timedelta(minutes=10)  # figures look at results twice as old again: a lock may be waited for


class StaleResult(Exception):
    """The result belongs to a reservation that is over. Nothing of it was recorded; the message says what was kept."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written. `stays_open`: the same contact is still at the desk, under `fence`, for another telephone."""

    attempt: Attempt
    entry: ListEntry
    fence: int
    stays_open: bool = False
    repeated: bool = False
    promise: PaymentPromise | None = None
    call_back: CallBack | None = None


def record_result(
    *,
    agent: Agent,
    contact: Contact,
    fence: int,
    disposition: Disposition,
    answers: Answers = NOTHING_ELSE,
    now: datetime,
    book: RuleBook | None = None,
) -> Recorded:
    """Record how the call of the reservation `fence` ended, and let the contact go.

    One reservation has one result: sent again (a double click, a second tab, a browser that came back) it answers
    what was recorded and changes nothing. Raises ResultRefused and StaleResult.
    """
    book = book or read_rules(now=now)
    try:
        return _record(agent=agent, contact=contact, fence=fence, disposition=disposition, answers=answers, book=book)
    except StaleResult:
        # what was typed about a call that was made stays with that call: all of it, or the half that was kept before
        if answers.note:
            for call in Attempt.objects.filter(contact_id=contact.pk, agent=agent, fence=fence):
                call.say(answers.note[:500])
                call.save(update_fields=["note", "note_before"])
        raise


def _record(
    *, agent: Agent, contact: Contact, fence: int, disposition: Disposition, answers: Answers, book: RuleBook
) -> Recorded:
    now = book.now
    with transaction.atomic():
        entry = _lock_entry(contact)
        attempts = list(Attempt.objects.filter(contact_id=contact.pk).order_by("dialled_at", "pk"))
        own = [attempt for attempt in attempts if attempt.agent_id == agent.pk]
        before = next((attempt for attempt in own if attempt.fence == fence and _has_result(attempt, book)), None)
        if before is not None:
            before.contact, before.disposition = entry.contact, book.by_id.get(before.disposition_id or 0)
            return Recorded(before, entry, entry.fence, stays_open=entry.lease_agent_id == agent.pk, repeated=True)
        waiting = next((attempt for attempt in own if attempt.fence == fence), None)
        _check_fence(entry, agent=agent, fence=fence, waiting=waiting, note=answers.note, now=now)
        if waiting is not None:
            answers = answers.on_telephone(waiting.telephone)
            check_told_late(waiting, answers=answers, now=now)
        check_answers(entry=entry, disposition=disposition, answers=answers, book=book)
        if waiting is None:
            if not answers.undialled:
                raise ResultRefused({"undialled": _("No marcó a este cliente: ¿lo llamó con otro teléfono?")})
            may_not_call = may_not_call_now(entry, book=book)
            if may_not_call and not answers.note:
                why = _("%(why)s Escriba en la nota por qué hay un resultado sin haber marcado.")
                raise ResultRefused({"note": why % {"why": may_not_call}})
            waiting = Attempt(
                campaign_id=entry.campaign_id,
                contact=contact,
                agent=agent,
                telephone=answers.telephone,
                fence=fence,
                dialled_at=now,
                day=local(now).date(),
                is_out_of_hours=bool(may_not_call),
            )
            attempts.append(waiting)
        waiting.agent = agent
        return apply_result(
            entry=entry, attempt=waiting, attempts=attempts, disposition=disposition, answers=answers, book=book
        )


def apply_result(
    *,
    entry: ListEntry,
    attempt: Attempt,
    attempts: list[Attempt],
    disposition: Disposition,
    answers: Answers,
    book: RuleBook,
) -> Recorded:
    """Write the result into `attempt` and everything that follows from it. The entry's row is locked by the caller."""
    now = book.now
    # what was counted for good is told otherwise, by no contact alone: figures cannot know what it was
    was_counted = attempt.resulted_at is not None and now - attempt.resulted_at > COUNTED_ON_FOR
    # and a month that is closed is looked at no more once it was counted, but a call may outlast its close
    if was_counted or entry.campaign.state == Campaign.State.CLOSED:
        named = None if was_counted else [entry.contact_id]
        note_changed_rows(campaign=entry.campaign, verb=ChangedRows.Verb.CALLED, now=now, contacts=named)
    attempt.disposition = disposition
    attempt.resulted_at = now
    attempt.say(answers.note)
    attempt.reason = answers.reason
    attempt.save()
    promise, call_back = _follow_up(entry.contact, attempt, disposition, answers, book)
    counted = tally(attempts, book=book)
    changed = write_tally(entry, counted)
    verb = _verb_after(entry, disposition, book, has_call_back=call_back is not None)
    stays_open = (
        disposition.scope == Disposition.Scope.TELEPHONE
        and (LEADS_TO[verb] if verb else entry.state) == ListEntry.State.OPEN
        and entry.lease_agent_id == attempt.agent_id
    )
    entry.ready_at = ready_after(
        disposition=disposition,
        book=book,
        attempts_on_day=counted.attempts_on_day,
        last_attempt_at=counted.last_attempt_at,
        promised_on=answers.promised_on if promise else None,
        call_back_at=answers.call_back_at if call_back else None,
    )
    if stays_open:
        # the same contact, another telephone: a reservation of its own, so that each has exactly one result
        entry.fence += 1
        entry.lease_until = now + timedelta(minutes=book.policy.lease_minutes)
    elif entry.lease_agent_id == attempt.agent_id:
        entry.lease_agent = entry.lease_until = None
    changed += ["ready_at", "fence", "lease_agent", "lease_until"]
    if verb is None:
        entry.save(update_fields=changed)
    else:
        take_step(verb, entry=entry, now=now, by=attempt.agent.user, attempt=attempt, also=changed)
    _tell_programs(attempt, entry, promise, now=now)
    return Recorded(attempt, entry, entry.fence, stays_open=stays_open, promise=promise, call_back=call_back)


def _tell_programs(attempt: Attempt, entry: ListEntry, promise: PaymentPromise | None, *, now: datetime) -> None:
    told = {
        "attempt": attempt.pk, "contact": entry.contact_id, "campaign": f"{entry.campaign.period:%Y-%m}",
        "disposition": attempt.disposition.code if attempt.disposition else "",
        "promised_on": promise.promised_on.isoformat() if promise else None,
    }  # fmt: skip
    announce(EventKind.RESULT, subject=f"contact:{entry.contact_id}", facts=told, at=now)


def _follow_up(
    contact: Contact, attempt: Attempt, disposition: Disposition, answers: Answers, book: RuleBook
) -> tuple[PaymentPromise | None, CallBack | None]:
    """What follows from the result beside the contact's state. Returns the promise and the agreed call, if any.

    The others are a refusal of calls, a retired telephone and a card for supervision; all point at the attempt.
    """
    agent, now = attempt.agent, book.now
    promise = call_back = None
    call_backs.settle(contact=contact, attempt=attempt, now=now)
    if disposition.requires_promise and answers.promised_on and answers.promised_amount:
        promise = promises.make_promise(
            attempt=attempt, promised_on=answers.promised_on, amount=answers.promised_amount, now=now
        )
    if disposition.requires_call_back and answers.call_back_at:
        call_back = call_backs.agree(
            agent=agent,
            contact=contact,
            due_at=answers.call_back_at,
            now=now,
            personal=answers.call_back_personal,
            telephone=answers.telephone,
            note=answers.note,
            attempt=attempt,
            book=book,
        )
    if disposition.forbids_calling:
        DoNotCall.objects.get_or_create(
            contract=contact.contract,
            telephone="",
            defaults={"reason": "Lo pidió el cliente.", "since": now, "added_by": agent.user, "attempt": attempt},
        )
    if disposition.retires_telephone and answers.telephone:
        RetiredTelephone.objects.get_or_create(
            contract=contact.contract,
            telephone=answers.telephone,
            defaults={"reason": disposition.name, "retired_at": now, "by": agent.user, "attempt": attempt},
        )
    escalate(attempt=attempt, contact=contact, disposition=disposition, answers=answers, now=now)
    return promise, call_back


def usable_telephones(contact: Contact) -> list[str]:
    """The contact's telephones that are neither retired for its contract nor on the do-not-call list, best first."""
    retired = set(RetiredTelephone.objects.filter(contract=contact.contract).values_list("telephone", flat=True)) | set(
        DoNotCall.objects.filter(telephone__in=contact.telephones).values_list("telephone", flat=True)
    )
    return [telephone for telephone in contact.telephones if telephone not in retired]


def _verb_after(entry: ListEntry, disposition: Disposition, book: RuleBook, *, has_call_back: bool) -> Verb | None:
    """The step a result takes; None when the contact stays where it is. `entry` has its attempts counted."""
    State = ListEntry.State
    may_have_none = disposition.retires_telephone or entry.state == State.NOT_CALLABLE
    if entry.state == State.GONE:
        return None
    if entry.paid_on is not None:
        verb = Verb.PAY if entry.state == State.OPEN else Verb.LEAVE_PAID
    elif entry.state in (State.PAID, State.HELD_OUT):
        return None
    elif disposition.is_final or disposition.forbids_calling:
        verb = Verb.FINISH
    elif may_have_none and not usable_telephones(entry.contact):
        verb = Verb.LOSE_TELEPHONES
    elif entry.attempts >= book.policy.attempts_a_campaign and not has_call_back:
        verb = Verb.EXHAUST
    else:
        verb = Verb.GO_ON
    return None if LEADS_TO[verb] == entry.state else verb


def _lock_entry(contact: Contact) -> ListEntry:
    entries = ListEntry.objects.select_for_update(of=("self",)).select_related("contact", "campaign")
    return entries.get(contact_id=contact.pk)


def _has_result(attempt: Attempt, book: RuleBook) -> bool:
    """Whether the agent has said how it ended; a lease that ran out says nothing."""
    no_result = book.by_code.get(NO_RESULT)
    return attempt.resulted_at is not None and attempt.disposition_id != (no_result.pk if no_result else None)


def may_not_call_now(entry: ListEntry, *, book: RuleBook) -> str:
    """Why nobody of the campaign may be called now, whoever it is; empty while they may."""
    if entry.campaign.state == Campaign.State.PAUSED:
        return _("La campaña está en pausa.")
    return next((reason.sentence for reason in reasons_of_the_moment(book=book)), "")


def check_told_late(waiting: Attempt, *, answers: Answers, now: datetime) -> None:
    """A call that was given up without a result is told the same day, soon, or with why it is told now."""
    if waiting.resulted_at is not None and now - waiting.dialled_at > TOLD_WITHIN and not answers.note:
        minutes = int((now - waiting.dialled_at).total_seconds() // 60)
        words = _(
            "La llamó hace %(minutes)d minutos y quedó sin resultado. Escriba en la nota por qué lo registra ahora."
        )
        raise ResultRefused({"note": words % {"minutes": minutes}})


def _check_fence(
    entry: ListEntry, *, agent: Agent, fence: int, waiting: Attempt | None, note: str, now: datetime
) -> None:
    has_called = waiting is not None
    not_recorded = [_("El resultado no se registró.")]
    if has_called:
        not_recorded.append(_("Su nota quedó en la historia, con la llamada «sin resultado»."))
    elif note:
        not_recorded.append(_("Lo que escribió: «%(note)s».") % {"note": note[:200]})
    what = ""
    if entry.fence != fence or entry.lease_agent_id not in (None, agent.pk):
        holder = entry.lease_agent
        what = _("Su reserva de este contacto venció.")
        if holder is not None and holder != agent:
            what = _("Su reserva de este contacto venció y ahora lo tiene %(agent)s.") % {"agent": holder}
    elif (  # one that goes on over midnight is hers as long as she holds the contact
        waiting is not None and waiting.day != local(now).date()
        and (waiting.resulted_at is not None or entry.lease_agent_id is None)
    ):  # fmt: skip
        what = _("Esa llamada es de otro día: lo que se dijo en ella se anota en una llamada nueva.")
    elif waiting is None and entry.lease_until is not None and entry.lease_until <= now:  # and not swept yet
        what = _("Su reserva de este contacto venció.")
    elif entry.lease_agent_id is None and not has_called:  # given back: whose it is now nobody can tell
        what = _("Este contacto no está abierto en su escritorio.")
    if what:
        raise StaleResult(" ".join([what, *not_recorded]))
