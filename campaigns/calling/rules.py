"""May this contact be called now, and if not, why and until when. The only place where that is decided.

One SQL expression (`CODES`, made from the declarations in reasons.py) gives the codes of every reason of a row of
`campaigns_listentry`. Giving returns it from its UPDATE, dialling and `why_not` read it for one contact, lists annotate
it: they cannot disagree. What is the same for all contacts at a moment (hours, days off, the agent's pause) is added
from the rule book.

A call the customer agreed to and that is due overrides what only spares the customer: delays, caps, parts of the day.
It overrides neither a payment nor a refusal, nor hours and holidays (decision 0060).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.pausing import is_paused
from campaigns.calling.calling_hours import local, next_day
from campaigns.calling.reasons import BY_CODE, CODES, Case
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.calling.telephones import Resting, resting
from campaigns.models import CallBack, Campaign, Contact, Disposition, DoNotCall, ListEntry, RetiredTelephone
from service_level.days import midnight_of

_CODE_LIST: ArrayField[Any, Any] = ArrayField(TextField())
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason not to call now. `until` is when this reason ends by itself; None when it does not."""

    code: str
    sentence: str
    until: datetime | None = None


class CallRefused(Exception):
    """The rules do not let this call be made; `reasons` has all of them and the text is their sentences."""

    def __init__(self, reasons: list[Reason]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reason.sentence for reason in reasons))


def rule_parameters(*, book: RuleBook, agent: Agent | None) -> dict[str, Any]:
    """What `CODES` is filled with."""
    return {
        "now": book.now,
        "today": book.today,
        "agent": agent.pk if agent else None,
        "day_began": midnight_of(book.today),
        "part_began": book.hours.part_began(book.now),
        "spared_since": book.now - timedelta(minutes=book.policy.minutes_between_attempts),
        "campaign_cap": book.policy.attempts_a_campaign,
        "day_cap": book.policy.attempts_a_day,
    }


def with_reasons(
    entries: QuerySet[ListEntry], *, now: datetime, agent: Agent | None = None, book: RuleBook | None = None
) -> QuerySet[ListEntry]:
    """`entries` with `why_not_codes`: what is against each contact, but for hours and pauses."""
    book = book or read_rules(now=now)
    values = rule_parameters(book=book, agent=agent)
    placed = [values[name] for name in _NAMED.findall(CODES)]
    return entries.annotate(why_not_codes=RawSQL(_NAMED.sub("%s", CODES), placed, _CODE_LIST))  # noqa: S611


def callable_now(
    entries: QuerySet[ListEntry], *, now: datetime, agent: Agent | None = None, book: RuleBook | None = None
) -> QuerySet[ListEntry]:
    """Those of `entries` against which nothing speaks at `now`: the bulk form of `why_not`."""
    book = book or read_rules(now=now)
    if reasons_of_the_moment(book=book, agent=agent):
        return entries.none()
    return with_reasons(entries, now=now, agent=agent, book=book).filter(
        Exact(F("why_not_codes"), Value([], _CODE_LIST))
    )


def reasons_of_the_moment(*, book: RuleBook, agent: Agent | None = None) -> list[Reason]:
    """What holds for every contact now: calling hours, days off, and the agent's own pause."""
    reasons = []
    holiday = book.hours.days_off.get(book.today)
    opens = book.hours.next_open(book.now)
    if holiday is not None:
        reasons.append(Reason("holiday", _("Hoy es feriado: %(name)s.") % {"name": holiday}, opens))
    elif not book.hours.is_open(book.now):
        reasons.append(Reason("outside_window", _("Está fuera del horario de llamadas."), opens))
    if agent and is_paused(agent):
        reasons.append(Reason("paused", _("%(agent)s está en pausa.") % {"agent": agent}))
    return reasons


def why_not(
    *,
    contact: Contact,
    now: datetime,
    agent: Agent | None = None,
    telephone: str | None = None,
    book: RuleBook | None = None,
) -> list[Reason]:
    """Every reason against calling `contact` now (by `agent`, on `telephone`); an empty list means: call."""
    book = book or read_rules(now=now)
    reasons = reasons_of_the_moment(book=book, agent=agent)
    entries = ListEntry.objects.filter(contact=contact).select_related("campaign", "lease_agent__user", "owner__user")
    entry = with_reasons(entries, now=now, agent=agent, book=book).first()
    if entry is None:
        return [*reasons, Reason("not_in_list", _("El contacto no está en ninguna lista."))]
    codes: list[str] = entry.why_not_codes  # type: ignore[attr-defined]
    if codes:
        reasons += explain(codes, entry=entry, book=book, agent=agent)
    if telephone is not None:
        reasons += _against_telephone(contact, telephone, agent=agent, book=book)
    return list({reason.sentence: reason for reason in reversed(reasons)}.values())[::-1]


def explain(codes: list[str], *, entry: ListEntry, book: RuleBook, agent: Agent | None = None) -> list[Reason]:
    """The sentences of `codes` for one entry, and until when each holds. Raises KeyError for a code that is none.

    An agreed call may be settled between the query that gave the codes and this one: its code is left out then, so of
    codes there may be no reason left.
    """
    against = [BY_CODE[code] for code in codes]
    call_back = None
    if any(one.is_of_a_call_back for one in against):
        call_back = (
            CallBack.objects.filter(contact_id=entry.contact_id, state="pending").select_related("agent").first()
        )
    rest: list[Resting] = []
    if any(one.is_of_telephones for one in against):
        rest = resting(
            numbers=entry.contact.telephones, contact_id=entry.contact_id, campaign_id=entry.campaign_id, book=book,
            agent=agent,
        )  # fmt: skip
    case = Case(entry, book, call_back, rest)
    return [
        Reason(one.code, one.sentence(case), one.until(case))
        for one in against
        if call_back is not None or not one.is_of_a_call_back
    ]


def _against_telephone(contact: Contact, telephone: str, *, agent: Agent | None, book: RuleBook) -> list[Reason]:
    if telephone not in contact.telephones:
        return [Reason("telephone_unknown", _("Ese teléfono no es de este contacto."))]
    reasons = []
    if RetiredTelephone.objects.filter(contract=contact.contract, telephone=telephone).exists():
        reasons.append(Reason("telephone_retired", _("Ese teléfono está retirado.")))
    if DoNotCall.objects.filter(telephone=telephone).exists():
        reasons.append(Reason("telephone_do_not_call", _("Ese teléfono está en la lista de no llamar.")))
    rest = resting(numbers=[telephone], contact_id=contact.pk, campaign_id=contact.campaign_id, book=book, agent=agent)
    if rest and rest[0].is_overridable:
        due = CallBack.objects.filter(contact=contact, state=CallBack.State.PENDING, due_at__lte=book.now)
        rest = [] if due.exists() else rest
    return reasons + [Reason(one.code, one.sentence, one.until) for one in rest]


def callable_from(reasons: list[Reason]) -> datetime | None:
    """When the last of `reasons` ends; None when one of them does not end by itself."""
    ends = [reason.until for reason in reasons if reason.until is not None]
    return max(ends) if ends and len(ends) == len(reasons) else None


def ready_after(
    *,
    disposition: Disposition,
    book: RuleBook,
    attempts_on_day: int,
    last_attempt_at: datetime | None,
    promised_on: date | None = None,
    call_back_at: datetime | None = None,
) -> datetime:
    """When a contact may be given again after a result at `book.now`: every rule that is only a matter of time.

    An agreed hour stands as it is. A promise is left alone until the day after it.
    """
    if call_back_at is not None:
        return call_back_at
    hours, policy = book.hours, book.policy
    ready = book.now + timedelta(minutes=disposition.retry_minutes or 0)
    if promised_on is not None:
        ready = max(ready, midnight_of(promised_on + timedelta(days=1)))
    if last_attempt_at is not None:
        ready = max(ready, last_attempt_at + timedelta(minutes=policy.minutes_between_attempts))
        if attempts_on_day >= policy.attempts_a_day:
            ready = max(ready, next_day(last_attempt_at))
        if hours.part_began(ready) == hours.part_began(last_attempt_at):
            ready = hours.next_part(ready)
    return hours.next_open(ready) or ready


def campaign_holds(campaign: Campaign, moment: datetime) -> bool:
    """Whether a moment lies in the campaign's days of calling."""
    return campaign.calls_from <= local(moment).date() <= campaign.calls_until
