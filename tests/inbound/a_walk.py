"""A line with a small flow of its own, and what other systems answer in a test that walks it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from agents.models import Agent, User
from escalations.models import Escalation
from inbound.models import FlowVersion, ServiceLine, Walk
from inbound.walks import walking
from inbound.walks.beginning import begin_walk
from inbound.walks.lanes import begin_lane
from inbound.walks.state import WalkState, read_state

FLOW = """
line: "101"
name: Reclamos técnicos
procedure: GC-PRC-OPE-ASE-02, A
start: greet
steps:
  greet: {kind: say, ref: "101.1", title: Saludo, say: "{saludo}", next: customer}
  customer:
    kind: ask
    ref: "101.2"
    title: Datos del cliente
    fields: [{name: customer, type: customer, label: Cliente}]
    next: damages
  damages:
    kind: look_up
    ref: "101.4"
    title: Daños a Producto
    look_up: smartflex.damages
    with: {contract: customer.contract}
    as: damages
    next: state
  state:
    kind: decide
    ref: "101.6"
    question: ¿En qué estado está el daño?
    on: damages.0.state
    branches:
      - {name: open, label: Registrado, when: {damages.0.state: registered}, next: reiterate}
      - {name: attended, label: Atendido y sigue sin servicio, when: {damages.0.state: attended}, next: priority}
    other: {label: Otro estado, next: unforeseen}
  reiterate:
    kind: do
    ref: "101.8"
    title: Reiterar el daño
    note: true
    action: smartflex.reiterate_damage
    with: {damage: damages.0.number, cause: damages.0.cause}
    next: done
  priority:
    kind: hand_over
    ref: "101.11.1"
    title: Atención prioritaria
    escalation: priority_repair
    due: {working_hours: 4}
    promised: Se atiende con prioridad.
    with: {damage: damages.0.number}
    next: done
  unforeseen:
    kind: hand_over
    ref: "101.6"
    title: Otro estado
    fields: [{name: seen, type: text, label: Qué se ve}]
    escalation: unforeseen_state
    due: {working_hours: 4}
    next: done
  done: {kind: end, ref: "101.12", result: told, label: Daño reiterado, say: "{despedida}"}
"""
BILLING = """
line: "102"
name: Facturación
procedure: GC-PRC-OPE-ASE-02, B
start: customer
steps:
  customer:
    kind: ask
    ref: "102.2"
    title: Datos del cliente
    fields: [{name: customer, type: customer, label: Cliente}]
    next: dial
  dial: {kind: say, ref: "102.6", title: Debe llamar al 101, say: Marque el 101., continue_as: "101", next: done}
  done: {kind: end, ref: "102.6", result: dial_101, label: Debe llamar al 101}
"""
TOP_UP = """
line: "109"
name: Fijacom
procedure: GC-PRC-OPE-ASE-02, L
start: ask
steps:
  ask:
    kind: ask
    ref: "109.4"
    title: Recarga
    fields:
      - {name: number, type: service_number, label: Número Fijacom}
      - {name: amount, type: amount, label: Monto}
      - {name: requester_name, type: text, label: Nombre}
      - {name: requester_card, type: identity_card, label: Carnet}
      - {name: requester_kinship, type: kinship, label: Parentesco}
    next: top_up
  top_up:
    kind: do
    ref: "109.4"
    title: Recargar
    action: c_cli4g.top_up
    accountable: true
    with:
      number: number
      amount: amount
      requester_name: requester_name
      requester_card: requester_card
      requester_kinship: requester_kinship
    next: done
  done: {kind: end, ref: "109.4.2", result: topped_up, label: Recarga hecha}
"""
VISIT = """
line: "103"
name: Instalaciones
procedure: GC-PRC-OPE-ASE-02, C
start: customer
steps:
  customer:
    kind: ask
    ref: "103.2"
    title: Datos del cliente
    fields: [{name: customer, type: customer, label: Cliente}]
    next: visit
  visit:
    kind: ask
    ref: "103.12"
    title: Visita
    fields:
      - {name: visit_day, type: date, label: Día}
      - {name: visit_hour, type: hour, label: Hora}
      - {name: telephone, type: telephone, label: Teléfono para llamarle}
      - {name: waits, type: name, label: Quién espera, prefill: customer.nickname | customer.name}
    next: ticket
  ticket:
    kind: hand_over
    ref: "103.13"
    title: Boleta a supervisión
    escalation: reentry_ticket
    due: {working_days: 1}
    promised: "Visita el {visit_day} a horas {visit_hour}, aproximadamente."
    with: {day: visit_day}
    next: done
  done: {kind: end, ref: "103.13", result: reentry_requested, label: Reingreso pedido}
"""
DAMAGE = {"number": "D-77", "state": "registered", "cause": "Sin señal", "service_number": "4251234"}


def publish(text: str, now: datetime, *, line: str, version: int = 1) -> ServiceLine:
    """A line of that number running on that flow."""
    found, _new = ServiceLine.objects.update_or_create(
        number=line,
        defaults={
            "name": f"Línea {line}", "greeting": "Buenos días, le atiende {agente}.", "farewell": "Gracias por llamar.",
        },
    )  # fmt: skip
    newest = FlowVersion.objects.filter(line=found).order_by("-version").first()
    FlowVersion.objects.create(
        line=found, version=(newest.version if newest else 0) + version, source=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(), published_at=now,
    )  # fmt: skip
    return found


class Caller:
    """One call, walked by an agent: each verb answers whatever step is on the screen."""

    left: WalkState | None = None

    def __init__(self, agent: Agent, line: ServiceLine, now: datetime) -> None:
        self.agent, self.by, self.now = agent, agent.user, now
        self.walk = begin_walk(agent=agent, line=line, key=uuid.uuid4(), now=now)

    @property
    def here(self) -> WalkState:
        """As it stands, read anew: other calls, systems and people may have changed it."""
        return read_state(walk=Walk.objects.select_related("line", "agent__user").get(pk=self.walk.pk))

    @property
    def standing(self) -> WalkState:
        """As her last verb left it, for whoever only goes on: reading it anew is most of the time such a test takes."""
        self.left = self.left or self.here
        return self.left

    @property
    def position(self) -> int:
        return Walk.objects.values_list("position", flat=True).get(pk=self.walk.pk)

    @property
    def step(self) -> str:
        return self.here.step.name

    def answer(
        self, branch: str = "", *, position: int | None = None, confirmed: bool = False, **sent: str
    ) -> WalkState:
        self.left = walking.answer_step(
            by=self.by, key=self.walk.key, position=position or self.position, sent=sent,
            branch=branch, confirmed=confirmed, now=self.now,
        )  # fmt: skip
        return self.left

    def outcome(self, **more: Any) -> WalkState:
        """What the write that was asked for came to, waited for as the page does."""
        self.left = walking.go_on_with_outcome(
            by=self.by, key=self.walk.key, position=self.position, now=self.now, **more
        )
        return self.left

    def look(self, **more: Any) -> WalkState:
        self.left = walking.look(by=self.by, key=self.walk.key, position=self.position, now=self.now, **more)
        return self.left

    def by_hand(self, **sent: str) -> WalkState:
        self.left = walking.write_what_is_seen(
            by=self.by, key=self.walk.key, position=self.position, sent=sent, now=self.now
        )
        return self.left

    def back(self, to: int | None = None) -> WalkState:
        self.left = walking.go_back(by=self.by, key=self.walk.key, position=self.position, to=to, now=self.now)
        return self.left


class Attending(Caller):
    """The lane of a card, walked by whoever has it."""

    def __init__(self, by: User, card: Escalation, now: datetime) -> None:
        self.by, self.now = by, now
        self.walk = begin_lane(escalation_id=card.pk, by=by, now=now)
