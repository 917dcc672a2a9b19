"""Handing over to the supervisors, and until when it has to be settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import User
from escalations.letters import write_at_once
from escalations.lifecycle import Verb, locked_escalation, notify_boards, write_down
from escalations.models import Change, Escalation, Kind
from service_level.days import LA_PAZ
from service_level.working_time import LOOK_AHEAD, WorkingCalendar, before_by, when_worked, working_calendar
from telephony import phone_numbers

LEAST_WORKED = 10  # one hour in so many is worked at the least, or nobody has filled in the hours
END_OF_DAY = time(23, 59, 59)
LONGEST_NOTE = 2000  # letters


class UnknownKind(ValueError):
    """There is no row of that kind; the message is the sentence people read."""

    def __init__(self, code: str) -> None:
        super().__init__(
            _("No hay un tipo de derivación «%(code)s»: quien administra lo agrega en «Tipos de derivación».")
            % {"code": code}
        )


@dataclass(frozen=True, slots=True)
class ToRaise:
    """One of many cards of a kind: what differs from the others."""

    key: str
    reason: str
    raised_by_id: int
    contract: str = ""
    customer_name: str = ""
    telephone: str = ""
    zone: str = ""
    promised: str = ""
    due_at: datetime | None = None  # what the customer was told; without it the limit of the kind


def raise_escalation(
    *,
    key: str,
    kind: str,
    line: str,
    reason: str,
    details: Mapping[str, Any],
    by: User | None,
    due_at: datetime | None = None,
    now: datetime,
    contract: str = "",
    customer_name: str = "",
    telephone: str = "",
    zone: str = "",
    promised: str = "",
) -> Escalation:
    """Hand something over. The same `key` hands over once, whatever is said the second time; returns the row there is.

    `details` are what the step asked for, by field, JSON-able. `due_at` left out: the limit of its kind; `by` None: the
    clock. Call it inside the transaction of the step, so that both are there or neither. Raises UnknownKind.
    """
    there = Escalation.objects.filter(key=key).first()  # a step clicked twice costs no more than this
    if there is not None:
        return there
    rules = kind_of(kind)
    due_at = due_at or due_by(now=now, working_hours=float(rules.limit_hours))
    found, is_new = Escalation.objects.get_or_create(
        key=key,
        defaults={
            "kind": rules,
            "line": line,
            "contract": contract[:24],
            "customer_name": customer_name[:120],
            "telephone": telephone[:16],
            "zone": zone[:80],
            "reason": reason,
            "details": dict(details),
            "promised": promised[:200],
            "due_at": due_at,
            "warn_at": warning_of(rules, due_at=due_at, now=now),
            "raised_at": now,
            "raised_by": by,
        },
    )
    if is_new:
        write_down(found, verb=Verb.RAISE, from_state="", by=by, now=now, note="")
        write_at_once(found, now=now)
    return found


def correct_raised(
    card: Escalation,
    *,
    reason: str,
    details: Mapping[str, Any],
    customer_name: str,
    telephone: str,
    promised: str,
    due_at: datetime | None,
    by: User,
    now: datetime,
    contract: str = "",
) -> str:
    """Whoever raised a card says it anew in the same call: another telephone, another hour, another contract. What
    changed stands in its history, and a kind that writes by itself writes once more. An empty `contract` leaves the one
    there is. Returns what stands there; empty where nothing changed. Call it inside the transaction of the step.
    """
    card = locked_escalation(card.pk)
    said: dict[str, Any] = {"telephone": telephone[:16], "customer_name": customer_name[:120]}
    said |= {"promised": promised[:200], "reason": reason, "details": dict(details)}
    said |= {"contract": contract[:24]} if contract else {}
    own = _digits(telephone)  # which its step may have written down as well
    changed = [(str(value), card.details.get(name)) for name, value in details.items()]
    changed = [(one, before) for one, before in changed if before != one and not (own and _digits(one) == own)]
    changed = [(telephone, card.telephone), *changed] if telephone[:16] != card.telephone else changed
    told = [corrected_in_words(one, before) for one, before in changed if one]
    if card.contract and said.get("contract", card.contract) != card.contract:
        whose = _("contrato %(contract)s") % {"contract": corrected_in_words(contract, card.contract)}
        told = [whose, *([customer_name] if said["customer_name"] != card.customer_name else []), *told]
    if all(getattr(card, name) == value for name, value in said.items()):
        return ""
    for name, value in said.items():
        setattr(card, name, value)
    if due_at is not None:
        card.due_at, card.warn_at = due_at, warning_of(card.kind, due_at=due_at, now=now)
    card.version += 1
    card.save(update_fields=[*said, "due_at", "warn_at", "version"])
    new = ", ".join(dict.fromkeys(filter(None, told)))
    note = _("Corregido en la misma llamada: %(told)s.") % {"told": new} if new else _("Corregido en la misma llamada.")
    write_down(card, verb=Verb.NOTE, from_state=card.state, by=by, now=now, note=note[:LONGEST_NOTE])
    write_at_once(card, now=now)
    return note


def _telephone_in_words(details: Mapping[str, Any], telephone: str) -> dict[str, str]:
    """Of a card whose step wrote the telephone down as well: the one that is called stands there, too."""
    return {"telephone": phone_numbers.display(telephone)} if telephone and details.get("telephone") else {}


def corrected_in_words(value: str, before: Any) -> str:
    """A value as a history tells it, with the one it takes the place of."""
    return _("%(now)s (antes %(before)s)") % {"now": value, "before": before} if before else value


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def reach_at(card: Escalation, *, telephone: str, by: User, now: datetime, customer_name: str = "") -> str:
    """The customer of a card gave another telephone, or name, in the same call; an empty one changes nothing. Returns
    what stands in its history; empty where nothing changed.
    """
    card = locked_escalation(card.pk)
    return correct_raised(
        card,
        reason=card.reason,
        details={**card.details, **_telephone_in_words(card.details, telephone)},
        customer_name=customer_name or card.customer_name,
        telephone=telephone or card.telephone,
        promised=card.promised,
        due_at=None,
        by=by,
        now=now,
    )


def move_to_contract(card: Escalation, *, contract: str, by: User, now: datetime) -> None:
    """The contract a card is about turned out to be another. Call it inside a transaction."""
    card = locked_escalation(card.pk)
    if card.contract == contract:
        return
    note = _("Contrato %(contract)s.") % {"contract": corrected_in_words(contract, card.contract)}
    card.contract, card.version = contract[:24], card.version + 1
    card.save(update_fields=["contract", "version"])
    write_down(card, verb=Verb.NOTE, from_state=card.state, by=by, now=now, note=note)


def raise_many(*, kind: str, all_of: Sequence[ToRaise], now: datetime) -> int:
    """Raise many at once in the name of the centre. A key that is there is left as it is.

    A handful of statements, however many they are, and the mail of each where the kind writes at once. Returns how
    many are new. Raises UnknownKind.
    """
    rules = kind_of(kind)
    limit = due_by(now=now, working_hours=float(rules.limit_hours))
    dues = [one.due_at or limit for one in all_of]
    calendar = working_calendar(first=now.date(), last=max(now, *dues).date())
    ahead = timedelta(hours=float(rules.warn_hours))
    rows = [
        Escalation(
            key=one.key, kind=rules, contract=one.contract[:24], customer_name=one.customer_name[:120],
            telephone=one.telephone[:16], zone=one.zone[:80], reason=one.reason, promised=one.promised[:200],
            due_at=due, warn_at=before_by(due, ahead, since=now, calendar=calendar), raised_at=now,
            raised_by_id=one.raised_by_id,
        )
        for one, due in zip(all_of, dues, strict=True)
    ]  # fmt: skip
    with transaction.atomic():
        Escalation.objects.bulk_create(rows, ignore_conflicts=True)
        # what has no history yet was raised just now; of two who raise the same one the second waits at the key
        new = list(Escalation.objects.filter(key__in=[one.key for one in all_of], changes=None).order_by("pk"))
        Change.objects.bulk_create(
            Change(escalation=one, verb=Verb.RAISE, from_state="", to_state=one.state, at=now) for one in new
        )
        notify_boards(*new, now=now)
        for one in new:
            one.kind = rules
            write_at_once(one, now=now)
    return len(new)


def is_raised_now(*, kind: str) -> bool:
    """Whether the centre wants cards of a kind that the clock raises. Raises UnknownKind.

    One that is not wanted is switched off: a missing row is somebody's mistake, and must not be silence for ever.
    """
    return kind_of(kind).is_active


def kind_of(code: str) -> Kind:
    """The row of a kind, active or not. Raises UnknownKind."""
    try:
        return Kind.objects.get(code=code)
    except Kind.DoesNotExist:
        raise UnknownKind(code) from None


def add_detail(*, key: str, text: str, by: User | None, now: datetime) -> Escalation | None:
    """Whoever raised a card adds something to it, or the centre itself; None when nothing was raised under that key.

    Of a double it is said on the card that goes on for it, which is the one somebody works.
    """
    with transaction.atomic():
        there = Escalation.objects.filter(key=key).only("merged_into").first()
        if there is None:
            return None
        while there.merged_into is not None:
            there = there.merged_into
        card = locked_escalation(there.pk)
        card.version += 1
        card.save(update_fields=["version"])
        write_down(card, verb=Verb.NOTE, from_state=card.state, by=by, now=now, note=text[:LONGEST_NOTE])
    return card


def warning_of(kind: Kind, *, due_at: datetime, now: datetime) -> datetime:
    """From when on a card is marked as nearly due: so much working time of its kind before."""
    calendar = working_calendar(first=now.date(), last=max(now, due_at).date())
    return before_by(due_at, timedelta(hours=float(kind.warn_hours)), since=now, calendar=calendar)


def due_by(
    *, now: datetime, working_hours: float = 0, working_days: int = 0, days: int = 0, end_of_day: bool = False
) -> datetime:
    """When something raised now is due, by the centre's calendar. Give one of the four.

    `working_hours` of the centre; `working_days`: the close of the so-many-th day after this one that is worked;
    `days` of the customer's calendar, the whole last day; `end_of_day`: the close of today, or of the next day that is
    worked when today's work is over.
    """
    now = now.astimezone(LA_PAZ)
    if days:
        return datetime.combine(now.date() + timedelta(days=days), END_OF_DAY, LA_PAZ)
    amount = timedelta(hours=working_hours)
    until = now + LOOK_AHEAD + LEAST_WORKED * amount
    calendar = working_calendar(first=now.date(), last=until.date())
    if end_of_day or working_days:
        return _close_of(0 if end_of_day else working_days, now, calendar)
    return when_worked(now, amount, until=until, calendar=calendar) or now + amount


def _close_of(days_later: int, now: datetime, calendar: WorkingCalendar) -> datetime:
    """The close of the day that is worked so many days after this one; 0 is today while it lasts, else the next."""
    left = days_later
    for ahead in range(LOOK_AHEAD.days):
        day = now.date() + timedelta(days=ahead)
        stretches = calendar.stretches_of(day)
        if not stretches or stretches[-1][1] <= now:
            continue
        if ahead == 0 and days_later:
            continue
        left -= 1
        if left <= 0:
            return stretches[-1][1]
    return datetime.combine(now.date() + timedelta(days=days_later), END_OF_DAY, LA_PAZ)
