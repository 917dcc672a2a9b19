"""What the agent says to the customer: the campaign's words with the customer's data in their places."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.desk.desk_card import Card

# What is said to the customer and what is recorded about them is Spanish, whatever the language of the page.
SCRIPT = (
    "Buenos días, ¿hablo con {cliente}? Le saluda {agente}, de COMTECO.\n"
    "Le llamo porque su servicio de {servicios} vence el {vence}. El monto es {monto}.\n"
    "Puede pagar en nuestras oficinas, en su banco o por QR. ¿Qué día piensa pagar?\n"
    "Gracias por preferir COMTECO. Que tenga un buen día."
)


PLACES = ("cliente", "agente", "contrato", "monto", "vence", "servicios")


def unknown_places(script: str) -> list[str]:
    """What stands in braces and names nothing of the customer's: it would be read aloud as it is."""
    return [found for found in re.findall(r"{([^{}]*)}", script) if found not in PLACES]


def fill_script(script: str, card: Card, agent: Agent | None) -> str:
    """The campaign's script with the customer's data in the places it names: {cliente}, {monto}, {vence}, …

    It is said to the customer: in Spanish, whatever the language of the agent's page.
    """
    due = min((line.due_on for line in card.services if line.left), default=None)
    with translation.override(settings.LANGUAGE_CODE):
        services = _(" y ").join(dict.fromkeys(line.service for line in card.services if line.left))
    places = {
        "cliente": card.name.title(),
        "agente": str(agent) if agent else "",
        "contrato": card.contract,
        "monto": f"Bs {card.total_left:,.2f}".translate(str.maketrans(",.", ".,")),
        "vence": f"{due:%d/%m}" if due else "",
        "servicios": services,
    }
    for place in PLACES:
        script = script.replace("{" + place + "}", places[place])
    return script
