"""What a result asks for, and what is said where an answer is missing or cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from campaigns.calling.rulebook import RuleBook
from campaigns.models import Disposition, ListEntry
from campaigns.payments.owed import owed_by
from campaigns.promises_and_callbacks.call_backs import CallBackRefused, check_can_agree


class ResultRefused(Exception):
    """Something the disposition asks for is missing or cannot be: one sentence a field in `errors`."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said of a call besides its disposition: what a result is recorded and corrected with.

    `telephone` like +59170712345. `promised_amount` in bolivianos. `call_back_personal`: by whoever agreed it, not by
    anybody of her team. Blanks around `note` and `reason` are dropped.
    """

    telephone: str = ""
    note: str = ""
    reason: str = ""
    promised_on: date | None = None
    promised_amount: Decimal | None = None
    call_back_at: datetime | None = None
    call_back_personal: bool = True
    undialled: bool = True  # whether a result without a call is meant; a desk asks before it says so

    def __post_init__(self) -> None:
        object.__setattr__(self, "note", self.note.strip())
        object.__setattr__(self, "reason", self.reason.strip())

    def on_telephone(self, dialled: str) -> Answers:
        """The same about the telephone that was dialled: it counts, whatever the form says."""
        return replace(self, telephone=dialled or self.telephone)


NOTHING_ELSE = Answers()  # a disposition that asks for nothing more says it all


def check_answers(*, entry: ListEntry, disposition: Disposition, answers: Answers, book: RuleBook) -> None:
    """Raises ResultRefused with a sentence for each field that is missing or impossible."""
    errors: dict[str, str] = {}
    if not disposition.is_active:
        errors["disposition"] = _("Elija el resultado de la llamada.")
    if disposition.requires_note and not answers.note:
        errors["note"] = _("Escriba una nota: este resultado la pide.")
    if len(answers.note) > 500:
        errors["note"] = _("La nota es demasiado larga: caben 500 letras.")
    if disposition.requires_reason and not answers.reason:
        errors["reason"] = _("Escriba el motivo que dio el cliente.")
    if len(answers.reason) > 120:
        errors["reason"] = _("El motivo es demasiado largo: caben 120 letras.")
    if disposition.scope == Disposition.Scope.TELEPHONE and not answers.telephone:
        errors["telephone"] = _("Elija a qué teléfono se llamó.")
    elif answers.telephone and answers.telephone not in entry.contact.telephones:
        errors["telephone"] = _("Ese teléfono no es de este cliente.")
    if disposition.requires_promise:
        errors |= _promise_errors(entry=entry, answers=answers, book=book)
    if disposition.requires_call_back:
        if answers.call_back_at is None:
            errors["call_back_at"] = _("Escriba el día y la hora en que pidió que se le llame.")
        else:
            try:
                check_can_agree(campaign=entry.campaign, due_at=answers.call_back_at, book=book)
            except CallBackRefused as refusal:
                errors["call_back_at"] = str(refusal)
    if errors:
        raise ResultRefused(errors)


def _promise_errors(*, entry: ListEntry, answers: Answers, book: RuleBook) -> dict[str, str]:
    errors: dict[str, str] = {}
    last_day = book.today + timedelta(days=book.policy.promise_days)
    if answers.promised_on is None:
        errors["promised_on"] = _("Escriba qué día pagará.")
    elif answers.promised_on < book.today:
        errors["promised_on"] = _("El día del compromiso ya pasó.")
    elif answers.promised_on > last_day:
        errors["promised_on"] = _("Un compromiso vale hasta el %(day)s.") % {"day": f"{last_day:%d/%m/%Y}"}
    if answers.promised_amount is None or answers.promised_amount <= 0:
        errors["promised_amount"] = _("Escriba cuánto pagará, en bolivianos.")
    elif entry.state != ListEntry.State.GONE:
        # once all is paid, what was promised before may still be told as it was
        owed = owed_by(entry.contact_id) if entry.paid_on is None else entry.contact.amount_due
        if answers.promised_amount > owed:
            errors["promised_amount"] = _("El monto pasa de lo que debe: Bs %(amount)s.") % {
                "amount": f"{owed:.2f}".replace(".", ",")
            }
    return errors
