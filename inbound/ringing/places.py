"""Where a caller may be handed over to: the telephones of the switchboard with who sits there, and the other lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from agents.models import AgentState
from agents.states import how_it_stands
from inbound.models import ServiceLine
from telephony.call_orders import OrderRefused
from telephony.models import Extension, QueueCall


@dataclass(frozen=True)
class Place:
    """A number the switchboard knows, and whose it is, as it is proposed beside it."""

    number: str
    words: str


def places_for(call: QueueCall) -> list[Place]:
    """Other lines by the number of their queue, and who sits at the telephones of the call's switchboard."""
    lines = [Place(number_of(line), f"{line.number} {line.name}") for line in other_lines(call)]
    telephones = Extension.objects.filter(is_active=True, switchboard=call.switchboard_id, seat__isnull=False)
    there = telephones.exclude(seat__agent=call.agent_id).select_related("seat__agent__user").order_by("number")
    seated = {one.number: one.seat.agent for one in there}
    open_states = AgentState.objects.open().filter(agent__in=[agent.pk for agent in seated.values()])
    states = {state.agent_id: state for state in open_states}
    people = [Place(number, f"{agent}. {how_it_stands(states.get(agent.pk))}") for number, agent in seated.items()]
    return [*people, *lines]


def other_lines(call: QueueCall) -> list[ServiceLine]:
    """Those in use, but for the one whose queue the call came by."""
    lines = ServiceLine.objects.filter(is_active=True).in_order()
    return [line for line in lines if call.queue not in (line.queue or line.number, number_of(line))]


def refuse_to_ask_a_line(call: QueueCall, number: str) -> None:
    """Raise OrderRefused where `number` is a line: who is asked first waits in its queue in the caller's place, and
    would be attended as one.
    """
    if any(number == number_of(line) for line in other_lines(call)):
        raise OrderRefused(
            _(
                "A una línea se transfiere sin consultar: quien le atienda ahí ve quién le atendió antes. Para"
                " consultar, elija el interno de una persona."
            )
        )


def refuse_outside(call: QueueCall, number: str) -> None:
    """Raise OrderRefused where `number` is no line, no telephone written down here, and longer than an internal one:
    the caller would be connected at the centre's cost to wherever somebody likes.
    """
    if len(number) <= call.switchboard.transfer_digits or any(number == number_of(line) for line in other_lines(call)):
        return
    if not Extension.objects.filter(switchboard=call.switchboard_id, number=number).exists():
        raise OrderRefused(
            _("%(number)s no es un interno ni una línea: a números de afuera no se transfiere.") % {"number": number}
        )


def number_of(line: ServiceLine) -> str:
    """What is dialled to come into its queue; of a queue that is called by a name, the line's own number."""
    return line.queue if line.queue.isascii() and line.queue.isdigit() else line.number
