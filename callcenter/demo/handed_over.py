"""The demo's board: what the lines handed over in the last days, taken, waited for, settled and told by the same verbs.

Nothing here is written past them: due times, marks of lateness, histories and mails are those of any card, with the
hours they would have had.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from agents.models import Agent, User
from callcenter.demo.customers import CUSTOMERS, Customer, customer
from callcenter.demo.progress import Step, untold
from escalations import working
from escalations.marks import mark_times
from escalations.models import Escalation
from escalations.raising import due_by, raise_escalation
from notices.mailing import deliver_due

KEYS = "demo:"  # what the keys of its cards begin with
DAYS = 12
CARDS_A_DAY = 5
OPENS, CLOSES = 8, 21  # hours; the demo's centre works every day
JUST_NOW = (47, 31, 9)  # minutes ago
A_SWEEP = timedelta(seconds=20)
PROMISED_CALL = "Le llamamos en el transcurso del día."


@dataclass(frozen=True)
class _Matter:
    """What a call hands over: reasons customers give, what they are promised, who is waited for, how it ends."""

    kind: str  # its code
    line: str
    reasons: tuple[str, ...]
    promised: str
    waits_for: str
    outcomes: tuple[str, ...]
    refusals: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)


MATTERS = (
    _Matter(
        "billing_claim", "102",
        ("Le cobran dos veces el decodificador", "La factura sube sin que haya cambiado de plan",
         "Pagó en la cooperativa y figura como deuda", "Le cobran llamadas internacionales que no hizo"),
        "El personal correspondiente se contactará con usted por teléfono.", "Facturación",
        ("Se anuló el cargo repetido; saldrá en la próxima factura", "Se registró el reclamo en Smartflex"),
        ("Eran dos meses en una factura; se le explicó",),
    ),
    _Matter(
        "overdue_installation", "103",
        ("La orden tiene más de diez días sin instalar", "Esperó a la cuadrilla dos veces y no llegó"),
        "Supervisión gestiona su instalación y le informa.", "Instalaciones",
        ("La cuadrilla va mañana a primera hora", "Quedó instalado hoy"), details={"days": "13"},
    ),
    _Matter(
        "reentry_ticket", "103",
        ("Anulada por dirección errada; la correcta es otra puerta", "Anulada porque no contestó; pide nueva fecha"),
        PROMISED_CALL, "Ventas", ("Se digitó de nuevo la orden",),
        details={"annulled_for": "Dirección errada"},
    ),
    _Matter(
        "priority_repair", "101",
        ("Reiteró el daño tres veces", "Es consultorio médico y no tiene línea", "Cinco días sin Internet"),
        "El Centro de Operaciones atiende su reclamo con prioridad.", "Centro de Operaciones",
        ("La línea quedó reparada", "Se cambió el equipo"), ("El daño era de la instalación interna",),
    ),
    _Matter(
        "unforeseen_state", "101", ("Su orden figura en un estado que el procedimiento no nombra",),
        "Supervisión revisa su caso y le llama.", "Soporte de Smartflex", ("El estado se corrigió en Smartflex",),
    ),
    _Matter(
        "complaint", "", ("Dice que la llamaron tres veces el mismo día", "Se queja del trato en la agencia"),
        "", "Atención al Cliente", ("Se le pidieron disculpas y se habló con la agencia",),
    ),
    _Matter(
        "wants_to_cancel", "", ("Se muda a Santa Cruz", "Le sale caro y otro operador le ofrece la mitad"),
        "", "Retención", ("Se queda con un plan menor", "Pasará por la agencia a firmar la baja"),
    ),
)  # fmt: skip
HOW_TOLD = (Escalation.How.TELEPHONE, Escalation.How.TELEPHONE, Escalation.How.MESSAGE, Escalation.How.IN_PERSON)
FORGOTTEN = 0.1  # of those that wait, and of those that are settled: what a board is for


def steps(*, now: datetime) -> list[Step]:
    """The days whose cards are made, in order."""
    return [Step("board", opens.date()) for opens in _mornings(now)]


def _mornings(now: datetime) -> list[datetime]:
    last = timezone.localtime(now).replace(hour=OPENS, minute=0, second=0, microsecond=0)
    return [last - timedelta(days=ago) for ago in reversed(range(DAYS))]


def fill_the_board(*, by: User, other: User, now: datetime, begin: Callable[[Step], None] = untold) -> int:
    """Cards of the last days, most of the older ones closed. Returns how many there are.

    `begin` is told each of its `steps` before it is taken.
    """
    draw = random.Random(f"handed over until {now:%Y-%m-%d}")  # noqa: S311  # believable, not secret
    agents = [agent.user for agent in Agent.objects.on_duty().select_related("user").order_by("pk")]
    count = 0
    for day, (opens, step) in enumerate(zip(_mornings(now), steps(now=now), strict=True)):
        begin(step)
        minutes = sorted(draw.sample(range((CLOSES - OPENS) * 60), CARDS_A_DAY))
        moments = [moment for minute in minutes if (moment := opens + timedelta(minutes=minute)) < now]
        if day == DAYS - 1:  # at any hour somebody has just called
            moments += [now - timedelta(minutes=ago) for ago in JUST_NOW]
        for number, moment in enumerate(moments):
            matter, caller = draw.choice(MATTERS), customer(draw.randrange(CUSTOMERS))
            card = _raise(f"{opens:%Y%m%d}:{number}", matter, caller, by=draw.choice(agents), now=moment)
            _Life(card, matter, draw.choice((by, by, other)), draw, until=now).live()
        count += len(moments)
    return count


def send_its_mail(*, now: datetime) -> None:
    """The mail of each day after it, as beat would have sent it."""
    for opens in _mornings(now):
        deliver_due(now=min(opens + timedelta(hours=CLOSES - OPENS), now))


def promise_a_call(*, by: User, now: datetime) -> Escalation:
    """A call somebody promised for today: it stands on her desk, to be made."""
    caller = customer(CUSTOMERS - 1)
    return raise_escalation(
        key=f"{KEYS}call:{by.pk}", kind="callback_promise", line="103", reason="Llamada en el transcurso del día",
        details={"order": f"9{caller.contract}"}, contract=caller.contract, customer_name=caller.name,
        telephone=_telephone_of(caller), zone=caller.zone, promised=PROMISED_CALL,
        due_at=due_by(now=now, end_of_day=True), by=by, now=now,
    )  # fmt: skip


class _Life:
    """What becomes of a card until now: each step some minutes of the centre's day after the one before."""

    def __init__(self, card: Escalation, matter: _Matter, owner: User, draw: random.Random, *, until: datetime) -> None:
        self.card, self.matter, self.owner, self.draw, self.until = card, matter, owner, draw, until
        self.at = card.raised_at

    def live(self) -> None:
        self._work()
        self._grow_late(self.until)

    def _work(self) -> None:
        if not self._later(4, 70):
            return
        self._step(working.take)
        if self.draw.random() < 0.4:
            if not self._later(5, 30):
                return
            self._step(working.wait, unit=self.matter.waits_for)
            if self.draw.random() < FORGOTTEN or not self._later(60, 900):
                return
            self._step(working.go_on)
        if not self._later(10, 200):
            return
        if self.matter.refusals and self.draw.random() < 0.3:
            self._step(working.reject, reason=self.draw.choice(self.matter.refusals))
        else:
            self._step(working.resolve, outcome=self.draw.choice(self.matter.outcomes))
        if self.card.closed_at is None and self.draw.random() >= FORGOTTEN and self._later(3, 120):
            self._step(working.inform, how=self.draw.choice(HOW_TOLD), told_at=self.at)

    def _later(self, least: int, most: int) -> bool:
        """Let some minutes pass; whether that is still in the past."""
        self.at += timedelta(minutes=self.draw.randint(least, most))
        here = timezone.localtime(self.at)
        if not OPENS <= here.hour < CLOSES:
            self.at = here.replace(hour=OPENS) + timedelta(days=here.hour >= CLOSES)
        if self.at > self.until:
            return False
        self._grow_late(self.at)
        return True

    def _grow_late(self, at: datetime) -> None:
        """Beat marks a card within the minute in which it becomes late."""
        for moment in (self.card.warn_at, self.card.due_at):
            if moment is not None and moment + A_SWEEP <= at:
                mark_times(now=moment + A_SWEEP, only=self.card.pk)

    def _step(self, verb: Callable[..., Escalation], **said: Any) -> None:
        self.card = verb(escalation_id=self.card.pk, by=self.owner, now=self.at, **said)


def _raise(key: str, matter: _Matter, caller: Customer, *, by: User, now: datetime) -> Escalation:
    return raise_escalation(
        key=f"{KEYS}{key}",
        kind=matter.kind,
        line=matter.line,
        reason=matter.reasons[now.minute % len(matter.reasons)],
        details=matter.details,
        contract=caller.contract,
        customer_name=caller.name,
        telephone=_telephone_of(caller),
        zone=caller.zone,
        promised=matter.promised,
        by=by,
        now=now,
    )


def _telephone_of(caller: Customer) -> str:
    number = caller.telephones[0]
    return f"+591{number}" if len(number) == 8 else ""
