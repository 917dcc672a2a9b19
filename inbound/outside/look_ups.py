"""What a step may look up: in another system, as its cell declares it, or in the house's own reading of the calendar.

`run` returns plain JSON-able values: tuples as lists, amounts as texts ("12.50"), days and moments in ISO form. Where a
system is used by hand the agent fills in the look-up's own fields; `found_by_hand` makes of them the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from escalations.raising import due_by
from inbound.fields import Field
from inbound.models import Content, PersonInCharge, RepairLimit
from inbound.outside import readings
from inbound.outside.readings import HOUSE
from service_level.days import LA_PAZ
from systems.cells import Cell, Reads, Typed
from systems.registry import cells
from systems.words import YES_OR_NO

Arguments = Mapping[str, str]
SAID = frozenset({"name", "code", "text", "other_names"})  # of what an administrator wrote
NOBODYS = "is_nobodys"  # the system answered that nobody has what it was asked for: not that it could not be asked
NONE = "none"  # what is written by hand of a list of which the other screen shows no row


@dataclass(frozen=True, slots=True)
class LookUp:
    """One thing to ask. `needs` are the arguments without which it is not asked.

    `by_hand`: what the agent writes when the system is used by hand; a dotted name is a place in what would have been
    found. `kept_back` names a count of the answer that is for the audit and for nobody's eyes. `gives`: the names that
    stand in what is found, at any depth; empty where nobody says them.

    What nobody has is found as the argument it was asked by and `is_nobodys`, where its cell says which that is.
    """

    system: str
    words: str | Promise
    run: Callable[[Any, Arguments, datetime], Any]
    needs: tuple[str, ...] = ()
    by_hand: tuple[Field, ...] = ()
    kept_back: str = ""
    gives: frozenset[str] = frozenset()


def as_json(value: Any) -> Any:
    """A client's answer as JSON has it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    match value:
        case Decimal():
            return f"{value:.2f}"
        case date():  # a datetime is one as well
            return value.isoformat()
        case list() | tuple():
            return [as_json(item) for item in value]
    return value


def found_by_hand(*, name: str, answers: Mapping[str, str]) -> Any:
    """What the agent wrote in the fields of a look-up, in the shape its system would have answered.

    What was left empty is absent; nothing written is nothing found (an empty list where it would be a list, else None).
    """
    fields_by_hand = look_ups()[name].by_hand
    root: dict[str, Any] = {}
    for field in fields_by_hand:
        written = str(answers.get(field.name) or "").strip()
        if not written:
            continue
        place = root
        *way, last = field.name.split(".")
        for part in way:
            place = place.setdefault(part, {})
        place[last] = written == "true" if field.choices == YES_OR_NO else written
    if not root:
        return [] if fields_by_hand[0].name.startswith("0.") else None
    return _with_lists(root)


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(item) for key, item in value.items()}
    if all(key.isdigit() or key == NONE for key in inner):  # a row that was written is there, whatever else was said
        return [inner[key] for key in sorted(inner) if key != NONE]
    return inner


def look_ups() -> dict[str, LookUp]:
    """All that can be looked up, by the names flows use: `<system>.<operation>`, and `house.<reading>`."""
    return _look_ups_of(tuple(cells().values()))


@lru_cache(maxsize=1)
def _look_ups_of(systems: tuple[Cell, ...]) -> dict[str, LookUp]:
    outside = {name: _look_up(system.code, one) for system in systems for name, one in system.reads.items()}
    return outside | OF_THE_HOUSE


def _look_up(system: str, one: Reads) -> LookUp:
    def _run(clients: Any, arguments: Arguments, now: datetime) -> Any:
        said = {name: arguments.get(name, "") for name in one.asks}
        found = as_json(getattr(getattr(clients, system), one.name)(**said))
        return {one.nobodys: said[one.nobodys], NOBODYS: True} if found is None and one.nobodys else found

    by_hand = tuple(_field(typed) for typed in one.by_hand)
    gives = {name for shape in one.answers.everything() for name in shape.fields}
    gives |= {part for typed in one.by_hand for part in typed.name.split(".") if not part.isdigit() and part != NONE}
    gives |= {NOBODYS} if one.nobodys else set()
    return LookUp(system, one.words, _run, one.needs, by_hand, one.kept_back, frozenset(gives))


def _field(typed: Typed) -> Field:
    """A field of the page. Its label is translated where it is shown."""
    label: Any = typed.label
    choices: Any = typed.choices
    kind = "choice" if choices else typed.kind
    return Field(name=typed.name, label=label, type=kind, required=False, choices=choices)


def _reads(name: str, words: str | Promise) -> LookUp:
    """A reading of the house: it asks nobody and always answers, so nothing of it is written by hand."""

    def _run(_clients: Any, arguments: Arguments, now: datetime) -> Any:
        return readings.read(name, arguments, now=now)

    return LookUp(HOUSE.rstrip("."), words, _run)


def _names(charge: str, words: str | Promise) -> LookUp:
    """Who is in charge of something, as the admin says now; nobody is found until a telephone is written there."""

    def _run(_clients: Any, arguments: Arguments, now: datetime) -> Any:
        found = PersonInCharge.objects.filter(charge=charge).exclude(telephone="").values("name", "telephone")
        return found.first()

    return LookUp(HOUSE.rstrip("."), words, _run, gives=frozenset({"name", "telephone"}))


def _limit(of: RepairLimit.Of, words: str | Promise) -> LookUp:
    """Working hours by segment and component, and the moment they end when they begin now; nothing without a row."""

    def _run(_clients: Any, arguments: Arguments, now: datetime) -> Any:
        segment, component = arguments.get("segment", ""), arguments.get("component", "")
        row = RepairLimit.objects.for_one(of=of, segment=segment, component=component)
        if row is None:
            return None
        until = due_by(now=now, working_hours=float(row.working_hours))
        return {"hours": str(row.working_hours.normalize()), "until": until.isoformat()}

    return LookUp(HOUSE.rstrip("."), words, _run, gives=frozenset({"hours", "until"}))


def _says(topic: Content.Topic, words: str | Promise) -> LookUp:
    """What an administrator wrote of a topic, as a list; with the argument `words` only what has them in its name."""

    def _run(_clients: Any, arguments: Arguments, now: datetime) -> Any:
        return Content.objects.said_of(topic, words=arguments.get("words", ""))

    return LookUp(HOUSE.rstrip("."), words, _run, gives=SAID)


def _codes(_clients: Any, arguments: Arguments, now: datetime) -> Any:
    """Codes of the places that have all `words` in their name; with `reach` only of Bolivia or only of abroad."""
    reach, words = arguments.get("reach", ""), arguments.get("words", "")
    topics = {"national": {Content.Topic.CODES: "city"}, "abroad": {Content.Topic.COUNTRIES: "country"}}
    asked = topics.get(reach) or topics["national"] | topics["abroad"]
    return [
        row | {"kind": kind} for topic, kind in asked.items() for row in Content.objects.said_of(topic, words=words)
    ]


def _working_day(_clients: Any, _arguments: Arguments, now: datetime) -> Any:
    """Whether the centre still works today, and the day and hour until which a call promised now is made (103.6)."""
    due = due_by(now=now, end_of_day=True).astimezone(LA_PAZ)
    day = due.date()
    return {"is_open": day == now.astimezone(LA_PAZ).date(), "next_on": day.isoformat(), "hour": f"{due:%H:%M}"}


OF_THE_HOUSE: dict[str, LookUp] = {
    "house.repair_limit": _limit(RepairLimit.Of.REPAIR, _("Plazo de la reparación")),
    "house.priority_limit": _limit(RepairLimit.Of.PRIORITY, _("Plazo de la atención con prioridad")),
    "house.installation_term": _reads("house.installation_term", _("Plazo de la instalación")),
    "house.decoder_guide": _says(Content.Topic.DECODER, _("Guía del decodificador")),
    "house.plans": _says(Content.Topic.PLANS, _("Planes y precios")),
    "house.offices": _says(Content.Topic.OFFICES, _("Oficinas y horarios")),
    "house.mio_guide": _says(Content.Topic.MIO, _("Información de MIO")),
    "house.codes": LookUp(HOUSE.rstrip("."), _("Códigos de ciudades y países"), _codes, gives=SAID | {"kind"}),
    "house.working_day": LookUp(HOUSE.rstrip("."), _("Jornada de hoy"), _working_day),
    "house.visit_notice": _reads("house.visit_notice", _("Hasta cuándo se prepara la visita")),
    "house.public_phone_window": _reads("house.public_phone_window", _("Fin de semana de telefonía pública")),
    "house.shopper_seller": _names(PersonInCharge.Charge.SHOPPER_SALES, _("Encargado de Venta Shopper")),
}
