"""The steps of the first day: each looks how things stand, and is settled by that, by a word, or by being skipped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents.models import User
from callcenter.first_day import looking
from callcenter.first_day.looking import Seen
from callcenter.models import SettledStep
from campaigns.models import Campaign


class Look(Protocol):
    def __call__(self, *, now: datetime) -> Seen: ...


class State(models.TextChoices):
    DONE = "ok", _("Hecho")
    MISSING = "warn", _("Falta")
    SKIPPED = "calm", _("Se deja")


@dataclass(frozen=True)
class Door:
    """Where something of a step is done: an address by name, and its words."""

    address: str
    words: str | Promise
    args: tuple[Any, ...] = ()

    @property
    def href(self) -> str:
        return reverse(self.address, args=self.args)


@dataclass(frozen=True)
class Step:
    """Something to set up. `by_word`: the program brings it along, and somebody who knows the centre says it is right;
    `tries`: what its button says that tries it at once; `without`: what happens where it is skipped.
    """

    code: str
    title: str | Promise
    why: str | Promise
    look: Look
    doors: Sequence[Door] = ()
    by_word: bool = False
    tries: str | Promise = ""
    without: str | Promise = ""


@dataclass(frozen=True)
class Stand:
    """A step as it stands now."""

    step: Step
    seen: Seen
    state: State
    settled: SettledStep | None = None

    @property
    def waits_for_a_word(self) -> bool:
        return self.state == State.MISSING and self.step.by_word and self.seen.is_done


ON = Door("admin:agents_user_add", _("Agregar una persona"))
STEPS: Sequence[Step] = (
    Step(
        "administrators", _("Otra persona que administra"),
        _("Lo que da poder sobre otros lo pide una persona y lo confirma otra: con una sola nadie supervisa."),
        looking.administrators,
        (ON, Door("admin:agents_powerrequest_changelist", _("Pedidos que esperan"))),
    ),
    Step(
        "people", _("Personas: quien supervisa y quien atiende"),
        _("De una planilla, todas de una vez; cada una ingresa con una clave que vale una vez y elige la suya."),
        looking.people,
        (Door("setup_people", _("Traer de una planilla")), ON, Door("admin:agents_agent_changelist", _("Agentes"))),
    ),
    Step(
        "hours", _("Horarios, ventanas de llamada y feriados"),
        _("El programa trae los de Bolivia y un horario común: quien conoce el centro dice si valen."),
        looking.hours,
        (
            Door("admin:service_level_workinghours_changelist", _("Horarios de trabajo")),
            Door("admin:campaigns_callingwindow_changelist", _("Ventanas de llamada")),
            Door("admin:service_level_holiday_changelist", _("Feriados")),
        ),
        by_word=True,
    ),
    Step(
        "lines", _("Líneas que se atienden"),
        _("Cada línea activa se atiende paso a paso por el flujo publicado de su procedimiento."),
        looking.lines,
        (
            Door("admin:inbound_serviceline_changelist", _("Líneas")),
            Door("admin:inbound_flowversion_changelist", _("Flujos publicados")),
        ),
    ),
    Step(
        "ccvp", _("De dónde viene el reporte CCVP"),
        _("Desde el 25 se busca ahí cada mañana, y con él se arma el mes."),
        looking.ccvp, (Door("admin:campaigns_reportsource_changelist", _("Orígenes de reportes")),),
        tries=_("Probar ahora"), without=_("Supervisión sube el reporte a mano, en «Reportes»."),
    ),
    Step(
        "recaudo", _("De dónde viene el recaudo"),
        _("Con él se sabe qué llamadas terminaron en pago, y a quién ya no hay que llamar."),
        looking.recaudo, (Door("admin:campaigns_reportsource_changelist", _("Orígenes de reportes")),),
        tries=_("Probar ahora"), without=_("Supervisión sube cada recaudo a mano, en «Reportes»."),
    ),
    Step(
        "mail", _("Correo y a quién se avisa"),
        _("Por correo se avisa que un reporte se atrasa, se envía el informe de cierre y se escribe a las unidades."),
        looking.mail, (Door("admin:notices_recipient_changelist", _("Destinatarios")),),
        tries=_("Enviarme una prueba"), without=_("Nada sale por correo: los avisos quedan en «Correo», por enviar."),
    ),
    Step(
        "policy", _("Datos personales y límites"),
        _("Cuánto se guardan, cuántos clientes mira una persona por minuto y qué se exporta."),
        looking.policy,
        (
            Door("admin:agents_datapolicy_changelist", _("Política de datos personales")),
            Door("admin:campaigns_callingpolicy_changelist", _("Política de llamadas")),
        ),
        by_word=True,
    ),
    Step(
        "switchboard", _("Central telefónica"),
        _("Con ella suena en la página, se marca con un clic y el indicador se calcula de lo que ocurrió."),
        looking.switchboard,
        (
            Door("admin:telephony_switchboard_changelist", _("Centrales")),
            Door("admin:telephony_extension_changelist", _("Internos")),
        ),
        tries=_("Probar ahora"), without=_("Se marca y se contesta a mano, y el indicador se calcula de queue_log."),
    ),
    Step(
        "systems", _("Otros sistemas: Smartflex, Guiatel, MIO…"),
        _("Las líneas los consultan mientras se habla; el que no está conectado se usa a mano."),
        looking.systems, (Door("admin:inbound_outsidesystem_changelist", _("Sistemas de afuera")),),
        without=_("Cada consulta se hace en la pantalla de siempre y se anota en el flujo."),
    ),
    Step(
        "clock", _("Reloj y trabajos"),
        _("Los reportes se buscan, los pagos se cruzan y los correos salen solos mientras estos procesos viven."),
        looking.clock, (Door("owed_work", _("Trabajo pendiente")),),
    ),
    Step(
        "month", _("El primer mes"),
        _("Supervisión revisa el reparto en «Campañas» y lanza: desde ahí cada agente tiene su lista."),
        looking.month,
    ),
)  # fmt: skip


def how_it_stands(*, now: datetime) -> list[Stand]:
    """Every step in order."""
    settled = {one.code: one for one in SettledStep.objects.select_related("by")}
    return [_stand(step, settled.get(step.code), now) for step in STEPS]


def step_named(code: str) -> Step:
    """Raises LookupError."""
    for step in STEPS:
        if step.code == code:
            return step
    raise LookupError(code)


def settle(*, step: Step, how: SettledStep.How, by: User, now: datetime) -> SettledStep:
    """Say that it is right as it is, or that this centre goes without it."""
    values = {"how": how, "by": by, "at": now}
    return SettledStep.objects.update_or_create(code=step.code, defaults=values)[0]


def take_up_again(*, step: Step) -> None:
    """What was settled by a word is open again."""
    SettledStep.objects.filter(code=step.code).delete()


def is_over(*, now: datetime) -> bool:
    """Whether a month was launched, or nothing is missing: nobody is led to the first day any more."""
    if Campaign.objects.filter(launched_at__isnull=False).exists():
        return True
    return not any(stand.state == State.MISSING for stand in how_it_stands(now=now))


def _stand(step: Step, settled: SettledStep | None, now: datetime) -> Stand:
    seen = step.look(now=now)
    if seen.is_done and (settled or not step.by_word):
        return Stand(step, seen, State.DONE, settled)
    if settled and settled.how == SettledStep.How.SKIPPED:
        return Stand(step, seen, State.SKIPPED, settled)
    return Stand(step, seen, State.MISSING)
