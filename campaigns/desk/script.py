"""What the agent says to the customer: the campaign's words with the customer's data in their places."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.conf import settings
from django.utils import translation

from agents.models import Agent
from campaigns.desk.desk_card import Card, ServiceLine

# What is said to the customer and what is recorded about them is Spanish, whatever the language of the page.
SCRIPT = (
    "Buenos días, ¿hablo con {cliente}? Le saluda {agente}, de COMTECO.\n"
    "Le llamo porque {vencimientos}. El monto es {monto}.\n"
    "Puede pagar en nuestras oficinas, en su banco o por QR. ¿Qué día piensa pagar?\n"
    "Gracias por preferir COMTECO. Que tenga un buen día."
)
PAID = "Su pago ya está registrado.\nGracias por preferir COMTECO. Que tenga un buen día."
GONE = "Disculpe la molestia: esta llamada ya no hace falta.\nGracias por preferir COMTECO. Que tenga un buen día."

PLACES = ("cliente", "agente", "contrato", "monto", "vence", "servicios", "vencimientos")


def unknown_places(script: str) -> list[str]:
    """What stands in braces and names nothing of the customer's: it would be read aloud as it is."""
    return [found for found in re.findall(r"{([^{}]*)}", script) if found not in PLACES]


def fill_script(script: str, card: Card, agent: Agent | None) -> str:
    """The campaign's script with the customer's data in the places it names: {cliente}, {monto}, {vence}, …

    It is said to the customer: in Spanish, whatever the language of the agent's page. Of the services only those still
    owed are spoken of; who owes nothing is not asked to pay.
    """
    owed = [line for line in card.services if line.left]
    if not owed:
        return PAID if card.is_paid else GONE
    with translation.override(settings.LANGUAGE_CODE):
        services = _and(dict.fromkeys(line.service for line in owed))
        due = _when_due(owed)
    places = {
        "cliente": card.name.title(),
        "agente": str(agent) if agent else "",
        "contrato": card.contract,
        "monto": f"Bs {card.total_left:,.2f}".translate(str.maketrans(",.", ".,")),
        "vence": _days(owed),
        "servicios": services,
        "vencimientos": due,
    }
    for place in PLACES:
        script = script.replace("{" + place + "}", places[place])
    return script


def _days(owed: list[ServiceLine]) -> str:
    """The days after «vence el» or «hasta el»; several in the order in which {servicios} names what is due."""
    days = [f"{line.due_on:%d/%m}" for line in owed]
    if len(set(days)) <= 1:
        return "".join(days[:1])
    said = " y el ".join(dict.fromkeys(days))
    each_has_one = len({line.kind for line in owed}) == len(owed) == len(set(days))
    return f"{said}, respectivamente" if each_has_one else said


def _when_due(owed: list[ServiceLine]) -> str:
    """«su servicio de Internet vence el 30/11», or in the plural with the day of each."""
    kinds, days = list(dict.fromkeys(line.service for line in owed)), dict.fromkeys(line.due_on for line in owed)
    if len(owed) == 1:
        return f"su servicio de {kinds[0]} vence el {_days(owed)}"
    if len(kinds) == 1 or len(days) == 1:
        return f"sus servicios de {_and(kinds)} vencen el {' y el '.join(f'{day:%d/%m}' for day in sorted(days))}"
    of_kind = {kind: dict.fromkeys(f"{line.due_on:%d/%m}" for line in owed if line.service == kind) for kind in kinds}
    return "sus servicios vencen: " + _and(f"{kind} el {' y el '.join(on)}" for kind, on in of_kind.items())


def _and(words: Iterable[str]) -> str:
    *others, last = [*words] or [""]
    return f"{', '.join(others)} y {last}" if others else last
