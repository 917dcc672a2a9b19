"""The eleven lines as the procedure names them: what a new site begins with. Afterwards they are the admin's."""

from __future__ import annotations

from dataclasses import dataclass

GREETING = "Gracias por llamar a COMTECO, {linea}. Le atiende {agente}."
FAREWELL = "¿Puedo ayudarle en algo más? Gracias por llamar a COMTECO, que tenga un buen día."


@dataclass(frozen=True, slots=True)
class LineOfTheProcedure:
    """A line's row. `counts_for_att`: the text names its calls among those the regulator measures (I, b)."""

    number: str
    name: str
    counts_for_att: bool = False


LINES = (
    LineOfTheProcedure("101", "Reclamos técnicos", counts_for_att=True),
    LineOfTheProcedure("102", "Facturación"),
    LineOfTheProcedure("103", "Instalaciones"),
    LineOfTheProcedure("104", "Números telefónicos", counts_for_att=True),
    LineOfTheProcedure("109", "Recarga Fijacom"),
    LineOfTheProcedure("4200224", "Guía Comercial"),
    LineOfTheProcedure("4251000", "Central telefónica"),
    LineOfTheProcedure("4522222", "TV paga y Go On"),
    LineOfTheProcedure("800131313", "Boliviatel", counts_for_att=True),
    LineOfTheProcedure("800130001", "MIO y Shopper"),
    LineOfTheProcedure("4639999", "Telefonía pública", counts_for_att=True),
)
