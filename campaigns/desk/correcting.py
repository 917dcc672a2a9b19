"""«Corregir último»: an agent takes back her last result of a contact within minutes and says it again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling.calling_hours import local
from campaigns.calling.rulebook import NO_RESULT, RuleBook, read_rules
from campaigns.contacts.life import Verb, take_step
from campaigns.desk.answers import NOTHING_ELSE, Answers, ResultRefused, check_answers
from campaigns.desk.results import Recorded, apply_result, check_told_late, may_not_call_now
from campaigns.models import Attempt, CallBack, Disposition, DoNotCall, ListEntry, PaymentPromise, RetiredTelephone
from campaigns.promises_and_callbacks import call_backs, promises

CORRECTED_WITHIN = timedelta(minutes=15)
# A correction counts as the moment of the result; corrected again and again, it would never end.
CORRECTED_AGAIN_WITHIN = timedelta(hours=1)


class CorrectionRefused(Exception):
    """The result stands; the message says why."""


def promise_of(*, attempt: Attempt) -> PaymentPromise | None:
    """What the customer promised in this call."""
    return PaymentPromise.objects.filter(attempt=attempt).first()


def call_back_of(*, attempt: Attempt) -> CallBack | None:
    """What was agreed in this call."""
    return CallBack.objects.filter(attempt=attempt).first()


def check_can_correct(*, agent: Agent, attempt: Attempt, now: datetime) -> None:
    """Raises CorrectionRefused unless `agent` may say again how `attempt` ended.

    A call whose desk stopped answering («sin resultado») may be told during its whole day.
    """
    if attempt.agent_id != agent.pk:
        raise CorrectionRefused(_("Solo quien llamó puede corregir este resultado."))
    if attempt.resulted_at is None or attempt.disposition is None:
        raise CorrectionRefused(_("Esta llamada todavía no tiene resultado."))
    if attempt.disposition.code == NO_RESULT:
        if attempt.day != local(now).date():
            raise CorrectionRefused(_("Cómo terminó una llamada se dice el mismo día: pídalo a supervisión."))
    elif now - attempt.resulted_at > CORRECTED_WITHIN or (
        attempt.corrected_from_id and now - attempt.dialled_at > CORRECTED_AGAIN_WITHIN
    ):
        raise CorrectionRefused(
            _("Pasaron más de %(minutes)d minutos: pida la corrección a supervisión.")
            % {"minutes": CORRECTED_WITHIN // timedelta(minutes=1)}
        )
    later = Attempt.objects.filter(contact_id=attempt.contact_id, dialled_at__gt=attempt.dialled_at)
    if later.exists():
        raise CorrectionRefused(_("Después hubo otra llamada a este cliente: el resultado ya no se corrige."))
    lease = ListEntry.objects.filter(contact_id=attempt.contact_id, lease_until__gt=now).exclude(lease_agent=agent)
    if lease.exists():
        raise CorrectionRefused(_("Otra persona tiene abierto este contacto."))


def correct_result(
    *,
    agent: Agent,
    attempt: Attempt,
    disposition: Disposition,
    answers: Answers = NOTHING_ELSE,
    now: datetime,
    book: RuleBook | None = None,
) -> Recorded:
    """Undo what the last result did and record the right one in its place; what it said before stays on the attempt.

    Raises CorrectionRefused, or ResultRefused with a sentence a field; then nothing has changed.
    """
    book = book or read_rules(now=now)
    with transaction.atomic():
        entry = (
            ListEntry.objects.select_for_update(of=("self",))
            .select_related("contact", "campaign")
            .get(contact_id=attempt.contact_id)
        )
        attempts = list(Attempt.objects.filter(contact_id=attempt.contact_id).select_related("disposition"))
        attempt = next(known for known in attempts if known.pk == attempt.pk)
        check_can_correct(agent=agent, attempt=attempt, now=now)
        answers = answers.on_telephone(attempt.telephone)
        check_answers(entry=entry, disposition=disposition, answers=answers, book=book)
        _check_says_why(attempt, entry, answers=answers, book=book)
        _undo(attempt, entry, now=now)
        attempt.corrected_from = attempt.corrected_from or attempt.disposition
        attempt.telephone = answers.telephone
        return apply_result(
            entry=entry, attempt=attempt, attempts=attempts, disposition=disposition, answers=answers, book=book
        )


def _check_says_why(attempt: Attempt, entry: ListEntry, *, answers: Answers, book: RuleBook) -> None:
    """What the result had to say in its note, its correction says as well. Raises ResultRefused."""
    if answers.note:
        return
    if attempt.is_out_of_hours:
        words = _("Se registró sin marcar cuando no se podía llamar: la nota dice por qué.")
        raise ResultRefused({"note": words})
    if attempt.disposition is not None and attempt.disposition.code == NO_RESULT:
        check_told_late(attempt, answers=answers, now=book.now)
    if why := may_not_call_now(entry, book=book):
        words = _("%(why)s Escriba en la nota por qué se corrige ahora.")
        raise ResultRefused({"note": words % {"why": why}})


def _undo(attempt: Attempt, entry: ListEntry, *, now: datetime) -> None:
    """Take back what followed from a result: all of it refers to its attempt."""
    promises.take_back(attempt=attempt)
    call_backs.take_back(attempt=attempt)
    contract = entry.contact.contract
    DoNotCall.objects.filter(contract=contract, attempt=attempt).delete()
    RetiredTelephone.objects.filter(contract=contract, attempt=attempt).delete()
    if entry.state in (ListEntry.State.DONE, ListEntry.State.EXHAUSTED, ListEntry.State.NOT_CALLABLE):
        take_step(Verb.TAKE_BACK, entry=entry, now=now, by=attempt.agent.user, attempt=attempt)
