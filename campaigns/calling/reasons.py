"""Every reason of a contact itself against calling it: code, condition in SQL, sentence, until when, in short.

One line of `AGAINST` is the whole of a reason. `CODES`, the SQL that tells which hold for a row of
`campaigns_listentry`, is made from them; so are the sentences of a desk, the words of a list's column and what is never
given again. In the conditions `e` is the entry, `c` its contact, `m` its campaign, `b` the agreed call that is pending,
and `t` how many of the contact's telephones are usable, of those not busy, and of those free to be dialled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.calling.calling_hours import clock, local, next_day
from campaigns.calling.rulebook import RuleBook
from campaigns.calling.telephones import BUSY, RESTING, Resting
from campaigns.models import CallBack, Campaign, ListEntry
from campaigns.month.standing import pause_in_words
from service_level.days import midnight_of

# A call the customer agreed to and that is due overrides what only spares the customer (decision 0060).
_NOTHING_DUE = "(b.due_at <= %(now)s) IS NOT TRUE"
_OF_THIS_AGENT = "%(agent)s::bigint IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Case:
    """What a sentence is made from: the entry with its campaign, lease and owner, the agreed call that waits, and which
    telephones rest because of calls of other contracts.
    """

    entry: ListEntry
    book: RuleBook
    call_back: CallBack | None = None
    resting: Sequence[Resting] = ()

    @property
    def agreed(self) -> CallBack:
        """The agreed call that waits. Raises ValueError when there is none: `explain` asks for it only if there is."""
        if self.call_back is None:
            raise ValueError("no agreed call waits")
        return self.call_back

    @property
    def last_attempt_at(self) -> datetime:
        return self.entry.last_attempt_at or self.book.now

    @property
    def last_result(self) -> str:
        """The name of the last result; empty when there is none."""
        return str(self.book.by_id.get(self.entry.last_disposition_id or 0) or "")


def _never(case: Case) -> None:
    """It does not end by itself."""


@dataclass(frozen=True, slots=True)
class Against:
    """A reason. `is_for_good`: beside it nothing that ends by itself matters, and the contact is not given again.

    `is_of_a_call_back`: it lasts as long as the agreed call waits. `is_of_telephones`: other contracts have them too.
    """

    code: str
    condition: str
    short: Promise
    sentence: Callable[[Case], str]
    until: Callable[[Case], datetime | None] = _never
    is_for_good: bool = False
    is_of_a_call_back: bool = False
    is_of_telephones: bool = False


def _paid(case: Case) -> str:
    if case.entry.paid_on:
        return _("Ya pagó el %(day)s.") % {"day": f"{case.entry.paid_on:%d/%m/%Y}"}
    return _("Ya pagó.")


def _all_attempts(case: Case) -> str:
    if case.entry.attempts < case.book.policy.attempts_a_campaign:
        return _("A su teléfono ya se llamó todas las veces de la campaña, contando a otros contratos.")
    return _("Se hicieron todos los intentos de la campaña (%(cap)d).") % {"cap": case.book.policy.attempts_a_campaign}


def _not_running(case: Case) -> str:
    campaign = case.entry.campaign
    if campaign.state == Campaign.State.PAUSED:
        paused = pause_in_words(campaign=campaign, now=case.book.now)
        return _("%(paused)s: no se llama hasta que siga.") % {"paused": paused}
    words = {"campaign": campaign, "state": campaign.get_state_display().lower()}
    return _("La campaña %(campaign)s no está en curso: %(state)s.") % words


def _call_back_later(case: Case) -> str:
    return _("Hay una llamada acordada para el %(time)s.") % {"time": clock(case.agreed.due_at)}


def _call_back_of_another(case: Case) -> str:
    return _("Es una llamada acordada de %(agent)s.") % {"agent": case.agreed.agent}


def _when_it_widens(case: Case) -> datetime | None:
    return case.agreed.due_at + timedelta(minutes=case.book.policy.personal_call_back_minutes)


def _spared(case: Case) -> str:
    return _("Se le llamó a las %(time)s: entre dos intentos pasan %(minutes)d minutos.") % {
        "time": f"{local(case.last_attempt_at):%H:%M}",
        "minutes": case.book.policy.minutes_between_attempts,
    }


def _spared_until(case: Case) -> datetime | None:
    spared = timedelta(minutes=case.book.policy.minutes_between_attempts)
    return case.book.hours.next_open(case.last_attempt_at + spared)


def _waits(case: Case) -> str:
    time = clock(case.entry.ready_at)
    if case.last_result:
        return _("Tras «%(result)s» espera hasta el %(time)s.") % {"result": case.last_result, "time": time}
    return _("Espera hasta el %(time)s.") % {"time": time}


def _ready(case: Case) -> datetime | None:
    return case.book.hours.next_open(case.entry.ready_at)


def _telephones_rest(case: Case) -> str:
    if len(case.resting) == 1:
        return case.resting[0].sentence
    return _("Ninguno de sus teléfonos se puede marcar ahora: son también de otro contrato, al que se llamó.")


def _first_free(case: Case) -> datetime | None:
    return min((rest.until for rest in case.resting if rest.until is not None), default=None)


def _in_a_while(case: Case) -> datetime | None:
    """Nobody knows when the other call ends: it is looked at again."""
    return case.book.hours.next_open(case.book.now + timedelta(minutes=15))


AGAINST: tuple[Against, ...] = (
    Against(
        "gone", "e.state = 'gone'", gettext_lazy("ya no está en el reporte"),
        lambda case: _("Ya no está en el reporte del mes: un reporte corregido no lo trae."),
        is_for_good=True,
    ),
    Against("paid", "e.state = 'paid' OR e.paid_on IS NOT NULL", gettext_lazy("ya pagó"), _paid, is_for_good=True),
    Against(
        "held_out", "e.state = 'held_out'", gettext_lazy("grupo de control"),
        lambda case: _("Está en el grupo de control: no se llama, para medir cuánto aportan las llamadas."),
        is_for_good=True,
    ),
    Against(
        "final_result", "e.state = 'done'", gettext_lazy("resultado final"),
        lambda case: _("Terminó con el resultado «%(result)s».") % {"result": case.last_result or _("final")},
        is_for_good=True,
    ),
    Against(
        "not_callable", "e.state = 'not_callable'", gettext_lazy("sin teléfono"),
        lambda case: _("No tiene un teléfono utilizable."),
        is_for_good=True,
    ),
    Against("exhausted", "e.state = 'exhausted'", gettext_lazy("sin más intentos"), _all_attempts, is_for_good=True),
    Against("campaign_not_running", "m.state <> 'running'", gettext_lazy("campaña detenida"), _not_running),
    Against(
        "campaign_not_begun", "%(today)s < m.calls_from", gettext_lazy("campaña sin empezar"),
        lambda case: _("La campaña comienza el %(day)s.") % {"day": f"{case.entry.campaign.calls_from:%d/%m/%Y}"},
        until=lambda case: case.book.hours.next_open(midnight_of(case.entry.campaign.calls_from)),
    ),
    Against(
        "campaign_over", "%(today)s > m.calls_until", gettext_lazy("campaña terminada"),
        lambda case: _("La campaña terminó el %(day)s.") % {"day": f"{case.entry.campaign.calls_until:%d/%m/%Y}"},
    ),
    Against(
        "do_not_call",
        "EXISTS (SELECT 1 FROM campaigns_donotcall n WHERE n.contract = c.contract AND n.contract <> '')",
        gettext_lazy("pidió no ser llamado"),
        lambda case: _("El contrato está en la lista de no llamar."),
        is_for_good=True,
    ),
    Against(
        "no_telephone",
        "e.state <> 'not_callable' AND t.usable = 0",
        gettext_lazy("teléfonos retirados"),
        lambda case: _("Todos sus teléfonos están retirados o en la lista de no llamar."),
        is_for_good=True,
    ),
    Against(
        "leased", "e.lease_until > %(now)s AND e.lease_agent_id IS DISTINCT FROM %(agent)s::bigint",
        gettext_lazy("abierto por otra persona"),
        lambda case: _("Lo tiene abierto %(agent)s.") % {"agent": case.entry.lease_agent},
        until=lambda case: case.entry.lease_until,
    ),
    Against(
        "household_leased",
        """e.household IS NOT NULL AND EXISTS (
             SELECT FROM campaigns_listentry o
              WHERE o.household = e.household AND o.contact_id <> e.contact_id AND o.lease_until > %(now)s
                AND o.lease_agent_id IS DISTINCT FROM %(agent)s::bigint)""",
        gettext_lazy("abierto otro contrato del hogar"),
        lambda case: _("Otra persona tiene abierto otro contrato de su hogar."),
        until=_in_a_while,
    ),
    Against(
        "telephones_busy", "t.usable > 0 AND t.not_busy = 0", gettext_lazy("llamada en curso a su teléfono"),
        _telephones_rest, until=_first_free, is_of_telephones=True,
    ),
    Against(
        "telephones_resting", f"{_NOTHING_DUE} AND t.not_busy > 0 AND t.free = 0",
        gettext_lazy("su teléfono se llamó por otro contrato"),
        _telephones_rest, until=_first_free, is_of_telephones=True,
    ),
    Against(
        "call_back_later", "b.due_at > %(now)s", gettext_lazy("llamada acordada"), _call_back_later,
        until=lambda case: case.agreed.due_at, is_of_a_call_back=True,
    ),
    Against(
        "call_back_of_another",
        f"{_OF_THIS_AGENT} AND b.due_at <= %(now)s AND b.reach = 'personal' AND b.agent_id <> %(agent)s::bigint",
        gettext_lazy("acordada con otra persona"), _call_back_of_another, until=_when_it_widens,
        is_of_a_call_back=True,
    ),
    Against(
        "of_another",
        f"""{_OF_THIS_AGENT} AND e.owner_id IS DISTINCT FROM %(agent)s::bigint
            AND e.lease_agent_id IS DISTINCT FROM %(agent)s::bigint AND b.id IS NULL""",
        gettext_lazy("de otra lista"),
        lambda case: _("Está en la lista de %(agent)s.") % {"agent": case.entry.owner or _("nadie")},
    ),
    Against(
        "campaign_cap", f"{_NOTHING_DUE} AND e.state = 'open' AND e.attempts >= %(campaign_cap)s",
        gettext_lazy("sin más intentos"), _all_attempts, is_for_good=True,
    ),
    Against(
        "day_cap", f"{_NOTHING_DUE} AND e.last_attempt_at >= %(day_began)s AND e.attempts_on_day >= %(day_cap)s",
        gettext_lazy("tope del día"),
        lambda case: _("Hoy ya se le llamó %(count)d veces.") % {"count": case.entry.attempts_on_day},
        until=lambda case: case.book.hours.next_open(next_day(case.book.now)),
    ),
    Against(
        "too_soon", f"{_NOTHING_DUE} AND e.last_attempt_at > %(spared_since)s", gettext_lazy("llamado hace poco"),
        _spared, until=_spared_until,
    ),
    Against(
        "same_part_of_day", f"{_NOTHING_DUE} AND e.last_attempt_at >= %(part_began)s",
        gettext_lazy("ya llamado en esta parte del día"),
        lambda case: _("Ya se le llamó en esta parte del día."),
        until=lambda case: case.book.hours.next_open(case.book.hours.next_part(case.book.now)),
    ),
    Against(
        "retry_delay", "b.due_at IS NULL AND e.state = 'open' AND e.ready_at > %(now)s", gettext_lazy("en espera"),
        _waits, until=_ready,
    ),
)  # fmt: skip
BY_CODE = {against.code: against for against in AGAINST}
FOR_GOOD = frozenset(against.code for against in AGAINST if against.is_for_good)

_TELEPHONES = f"""
  SELECT count(*) AS usable, count(*) FILTER (WHERE NOT is_busy) AS not_busy,
         count(*) FILTER (WHERE NOT is_busy AND NOT is_resting) AS free
    FROM (SELECT {BUSY} AS is_busy, {RESTING} AS is_resting
            FROM unnest(c.telephones) AS t (number)
           WHERE NOT EXISTS (SELECT 1 FROM campaigns_retiredtelephone r
                              WHERE r.contract = c.contract AND r.telephone = t.number)
             AND NOT EXISTS (SELECT 1 FROM campaigns_donotcall n
                              WHERE n.telephone = t.number AND n.telephone <> '')) told
"""
CODES = f"""(
SELECT array_remove(ARRAY[
  {", ".join(f"CASE WHEN {against.condition} THEN '{against.code}' END" for against in AGAINST)}
], NULL)
FROM (SELECT campaigns_listentry.*) e
JOIN campaigns_contact c ON c.id = e.contact_id
JOIN campaigns_campaign m ON m.id = e.campaign_id
LEFT JOIN campaigns_callback b ON b.contact_id = e.contact_id AND b.state = 'pending'
CROSS JOIN LATERAL ({_TELEPHONES}) t
)"""


def in_short(codes: Sequence[str]) -> str:
    """`["too_soon", "retry_delay"]` → «llamado hace poco, en espera»; `["paid", "too_soon"]` → «ya pagó».

    Raises KeyError for a code that is none.
    """
    lasting = [code for code in codes if code in FOR_GOOD]
    return ", ".join(dict.fromkeys(str(BY_CODE[code].short) for code in lasting or codes))
