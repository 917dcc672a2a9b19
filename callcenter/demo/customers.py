"""The demo's prepaid customers: the same ones every month, most of them renewing, a few coming and going.

Everything about a customer follows from the number of the contract, so a report can be written again and again and
always says the same of the same customer.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

CUSTOMERS = 640  # contracts of the demo's cooperative
FIRST_CONTRACT = 204_117
_WOMEN = ("Carla", "Daniela", "Gabriela", "Jhoselin", "Leonor", "Martha", "Nayra", "Paola", "Rosmery", "Tatiana",
          "Vilma", "Yolanda", "Zulema", "Adela", "Cinthia", "Elvira")  # fmt: skip
_MEN = ("Abel", "Boris", "Crispín", "David", "Eloy", "Fabián", "Grover", "Hernán", "Iván", "Julio", "Limbert",
        "Nelson", "Óscar", "René", "Saúl", "Víctor")  # fmt: skip
_SURNAMES = ("Alcócer", "Balderrama", "Canedo", "Delgadillo", "Encinas", "Foronda", "Galarza", "Heredia", "Inturias",
             "Jaldín", "Lafuente", "Mérida", "Nogales", "Orellana", "Pardo", "Quinteros", "Rocabado", "Saavedra",
             "Tapia", "Ugarte", "Veizaga", "Yáñez", "Zambrana", "Copa", "Huanca", "Ticona")  # fmt: skip
_ZONES = ("Alalay", "Cala Cala", "Hipódromo", "La Cancha", "Las Cuadras", "Mayorazgo", "Pacata", "Sarcobamba",
          "Temporal", "Villa Busch", "Quillacollo", "Sacaba", "Tiquipaya")  # fmt: skip
_STREETS = ("Av. Heroínas", "Av. América", "Calle Lanza", "Calle Hamiraya", "Av. Blanco Galindo", "Av. Oquendo",
            "Calle Jordán", "Av. Panamericana", "Calle Baptista", "Av. Villazón")  # fmt: skip
_INTERNET = (("Hogar 40 Mbps", 155), ("Hogar 80 Mbps", 209), ("Fibra 150 Mbps", 279), ("Fibra 300 Mbps", 419))
_TV = (("TV Esencial", 95), ("TV Familiar", 149), ("TV Total HD", 215))


@dataclass(frozen=True)
class Customer:
    """A contract with what it renews: `services` are (service, number, plan, monthly amount in Bs)."""

    contract: str
    name: str
    identity_card: str
    telephones: tuple[str, ...]
    zone: str
    address: str
    segment: str
    services: tuple[tuple[str, str, str, int], ...]


def customer(number: int) -> Customer:
    """The demo's customer `number`, from 0."""
    draw = random.Random(f"customer {number}")  # noqa: S311  # believable, not secret
    contract = str(FIRST_CONTRACT + number * 7)
    given = draw.choice(_WOMEN if draw.random() < 0.55 else _MEN)
    both = draw.random() < 0.25
    has_internet = both or draw.random() < 0.58
    services = []
    if has_internet:
        plan, amount = draw.choice(_INTERNET)
        services.append(("Internet", f"{contract}01", plan, amount))
    if both or not has_internet:
        plan, amount = draw.choice(_TV)
        services.append(("TV Cable", f"{contract}02", plan, amount))
    return Customer(
        contract=contract,
        name=f"{given} {draw.choice(_SURNAMES)} {draw.choice(_SURNAMES)}",
        identity_card=f"{draw.randint(3_100_000, 9_400_000)}{draw.choice(('', '', '-1G'))} CB",
        telephones=_telephones(draw),
        zone=draw.choice(_ZONES),
        address=f"{draw.choice(_STREETS)} {draw.randint(12, 1890)}",
        segment=draw.choice("AABBBC"),
        services=tuple(services),
    )


def _telephones(draw: random.Random) -> tuple[str, ...]:
    """Mobile first, as the counter writes them down; some have none that can be dialled."""
    if draw.random() < 0.03:
        return (draw.choice(("", "S/N", "0")),)
    mobile = f"{draw.choice('67')}{draw.randint(1_000_000, 9_999_999)}"
    if draw.random() < 0.4:
        return mobile, f"44{draw.randint(100_000, 799_999)}"
    return (mobile,)


def customers_of(period: date) -> list[Customer]:
    """Who renews in `period`: about nine in ten, another tenth each month."""
    present = []
    for number in range(CUSTOMERS):
        draw = random.Random(f"{number} in {period:%Y-%m}")  # noqa: S311
        if draw.random() < 0.92:
            present.append(customer(number))
    return present
