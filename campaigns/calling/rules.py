"""May this contact be called now, and if not, why and until when. The only place where that is decided.

One SQL expression (`CODES`) gives the codes of every reason of a row of `campaigns_listentry`. Giving returns it from
its UPDATE, dialling and `why_not` read it for one contact, lists annotate it: they cannot disagree. What is the same
for all contacts at a moment (hours, days off, the agent's pause) is added from the rule book.

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

from agents.models import Agent, Pause
from campaigns.calling.calling_hours import local, next_day
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.models import CallBack, Campaign, Contact, Disposition, DoNotCall, ListEntry, RetiredTelephone
from service_level.days import midnight_of

CODES = """(
SELECT array_remove(ARRAY[
  CASE WHEN e.state = 'paid' OR e.paid_on IS NOT NULL THEN 'paid' END,
  CASE e.state WHEN 'held_out' THEN 'held_out' WHEN 'done' THEN 'final_result'
               WHEN 'not_callable' THEN 'not_callable' WHEN 'exhausted' THEN 'exhausted' END,
  CASE WHEN m.state <> 'running' THEN 'campaign_not_running' END,
  CASE WHEN %(today)s < m.calls_from THEN 'campaign_not_begun'
       WHEN %(today)s > m.calls_until THEN 'campaign_over' END,
  CASE WHEN EXISTS (SELECT 1 FROM campaigns_donotcall n WHERE n.contract = c.contract AND n.contract <> '')
       THEN 'do_not_call' END,
  CASE WHEN e.state <> 'not_callable' AND NOT EXISTS (
         SELECT 1 FROM unnest(c.telephones) AS t(number)
         WHERE NOT EXISTS (SELECT 1 FROM campaigns_retiredtelephone r
                           WHERE r.contract = c.contract AND r.telephone = t.number)
           AND NOT EXISTS (SELECT 1 FROM campaigns_donotcall n
                           WHERE n.telephone = t.number AND n.telephone <> ''))
       THEN 'no_telephone' END,
  CASE WHEN e.lease_until > %(now)s AND e.lease_agent_id IS DISTINCT FROM %(agent)s::bigint THEN 'leased' END,
  CASE WHEN b.due_at > %(now)s THEN 'call_back_later' END,
  CASE WHEN %(agent)s::bigint IS NOT NULL AND b.due_at <= %(now)s AND b.reach = 'personal'
            AND b.agent_id <> %(agent)s::bigint THEN 'call_back_of_another' END,
  CASE WHEN %(agent)s::bigint IS NOT NULL AND e.owner_id IS DISTINCT FROM %(agent)s::bigint
            AND e.lease_agent_id IS DISTINCT FROM %(agent)s::bigint AND b.id IS NULL THEN 'of_another' END,
  CASE WHEN b.due_at <= %(now)s THEN NULL WHEN e.state = 'open' AND e.attempts >= %(campaign_cap)s
       THEN 'campaign_cap' END,
  CASE WHEN b.due_at <= %(now)s THEN NULL WHEN e.last_attempt_at >= %(day_began)s AND e.attempts_on_day >= %(day_cap)s
       THEN 'day_cap' END,
  CASE WHEN b.due_at <= %(now)s THEN NULL WHEN e.last_attempt_at > %(spared_since)s THEN 'too_soon' END,
  CASE WHEN b.due_at <= %(now)s THEN NULL WHEN e.last_attempt_at >= %(part_began)s THEN 'same_part_of_day' END,
  CASE WHEN b.due_at IS NOT NULL THEN NULL WHEN e.state = 'open' AND e.ready_at > %(now)s THEN 'retry_delay' END
], NULL)
FROM (SELECT campaigns_listentry.*) e
JOIN campaigns_contact c ON c.id = e.contact_id
JOIN campaigns_campaign m ON m.id = e.campaign_id
LEFT JOIN campaigns_callback b ON b.contact_id = e.contact_id AND b.state = 'pending'
)"""

_CODE_LIST: ArrayField[Any, Any] = ArrayField(TextField())
_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason not to call now. `until` is when this reason ends by itself; None when it does not."""

    code: str
    sentence: str
    until: datetime | None = None


class CallNotAllowed(Exception):
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
    if agent and Pause.objects.filter(agent=agent, ended_at=None).exists():
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
        reasons += explain(codes, entry=entry, book=book)
    if telephone is not None:
        reasons += _against_telephone(contact, telephone)
    return reasons


def explain(codes: list[str], *, entry: ListEntry, book: RuleBook) -> list[Reason]:
    """The sentences of `codes` for one entry, and until when each holds."""
    call_back = None
    if {"call_back_later", "call_back_of_another"} & set(codes):
        call_back = (
            CallBack.objects.filter(contact_id=entry.contact_id, state="pending").select_related("agent").first()
        )
    return [_explain(code, entry, book, call_back) for code in codes]


def _explain(code: str, entry: ListEntry, book: RuleBook, call_back: CallBack | None) -> Reason:
    hours, policy, campaign = book.hours, book.policy, entry.campaign
    last = entry.last_attempt_at or book.now
    until: datetime | None = None
    match code:
        case "paid":
            sentence = _("Ya pagó.")
            if entry.paid_on:
                sentence = _("Ya pagó el %(day)s.") % {"day": f"{entry.paid_on:%d/%m/%Y}"}
        case "held_out":
            sentence = _("Está en el grupo de control: no se llama, para medir cuánto aportan las llamadas.")
        case "final_result":
            last_result = book.by_id.get(entry.last_disposition_id or 0)
            sentence = _("Terminó con el resultado «%(result)s».") % {"result": last_result or _("final")}
        case "not_callable":
            sentence = _("No tiene un teléfono utilizable.")
        case "no_telephone":
            sentence = _("Todos sus teléfonos están retirados o en la lista de no llamar.")
        case "exhausted" | "campaign_cap":
            sentence = _("Se hicieron todos los intentos de la campaña (%(cap)d).") % {
                "cap": policy.attempts_a_campaign
            }
        case "campaign_not_running":
            sentence = _("La campaña %(campaign)s no está en curso: %(state)s.") % {
                "campaign": campaign,
                "state": campaign.get_state_display().lower(),
            }
        case "campaign_not_begun":
            until = hours.next_open(midnight_of(campaign.calls_from))
            sentence = _("La campaña comienza el %(day)s.") % {"day": f"{campaign.calls_from:%d/%m/%Y}"}
        case "campaign_over":
            sentence = _("La campaña terminó el %(day)s.") % {"day": f"{campaign.calls_until:%d/%m/%Y}"}
        case "do_not_call":
            sentence = _("El contrato está en la lista de no llamar.")
        case "leased":
            until = entry.lease_until
            sentence = _("Lo tiene abierto %(agent)s.") % {"agent": entry.lease_agent}
        case "call_back_later" if call_back:
            until = call_back.due_at
            sentence = _("Hay una llamada acordada para el %(time)s.") % {"time": clock(call_back.due_at)}
        case "call_back_of_another" if call_back:
            until = call_back.due_at + timedelta(minutes=policy.personal_call_back_minutes)
            sentence = _("Es una llamada acordada de %(agent)s.") % {"agent": call_back.agent}
        case "of_another":
            sentence = _("Está en la lista de %(agent)s.") % {"agent": entry.owner or _("nadie")}
        case "day_cap":
            until = hours.next_open(next_day(book.now))
            sentence = _("Hoy ya se le llamó %(count)d veces.") % {"count": entry.attempts_on_day}
        case "too_soon":
            until = hours.next_open(last + timedelta(minutes=policy.minutes_between_attempts))
            sentence = _("Se le llamó a las %(time)s: entre dos intentos pasan %(minutes)d minutos.") % {
                "time": f"{local(last):%H:%M}",
                "minutes": policy.minutes_between_attempts,
            }
        case "same_part_of_day":
            until = hours.next_open(hours.next_part(book.now))
            sentence = _("Ya se le llamó en esta parte del día.")
        case _:
            until = hours.next_open(entry.ready_at)
            last_result = book.by_id.get(entry.last_disposition_id or 0)
            sentence = _("Espera hasta el %(time)s.") % {"time": clock(entry.ready_at)}
            if last_result:
                sentence = _("Tras «%(result)s» espera hasta el %(time)s.") % {
                    "result": last_result,
                    "time": clock(entry.ready_at),
                }
    return Reason(code, sentence, until)


def _against_telephone(contact: Contact, telephone: str) -> list[Reason]:
    if telephone not in contact.telephones:
        return [Reason("telephone_unknown", _("Ese teléfono no es de este contacto."))]
    reasons = []
    if RetiredTelephone.objects.filter(contract=contact.contract, telephone=telephone).exists():
        reasons.append(Reason("telephone_retired", _("Ese teléfono está retirado.")))
    if DoNotCall.objects.filter(telephone=telephone).exists():
        reasons.append(Reason("telephone_do_not_call", _("Ese teléfono está en la lista de no llamar.")))
    return reasons


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


def clock(moment: datetime) -> str:
    """A moment as the screens write it: 25/11 14:05."""
    return f"{local(moment):%d/%m %H:%M}"


def campaign_holds(campaign: Campaign, moment: datetime) -> bool:
    """Whether a moment lies in the campaign's days of calling."""
    return campaign.calls_from <= local(moment).date() <= campaign.calls_until
