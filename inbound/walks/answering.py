"""What was typed into the fields of a step, as clean values: texts for JSON, amounts `12.50`, days ISO, hours `15:30`.

What is wrong is told field by field, all at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from escalations.raising import due_by
from inbound.fields import HOLDER, KINSHIPS, OWNER, Field
from inbound.flows.conditions import is_required, known_first, same_value, value_at
from inbound.flows.shapes import SERVICE_ASKED, Step
from inbound.outside.readings import HOURS_BEFORE_A_VISIT, VISIT_WITHIN
from screens.amounts import read_amount
from service_level.days import LA_PAZ
from service_level.working_time import next_worked, working_calendar
from telephony import phone_numbers

LONGEST = {"name": 120, "text": 500, "address": 200, "note": 2000}
IDENTITY_CARD = re.compile(r"[0-9]{4,10}(-?[0-9A-Z]{1,2})?( ?[A-Z]{2})?", re.ASCII)
ISSUED_IN = "BE|CB|CH|LP|OR|PA|PD|PO|PT|SC|TJ|QR"  # of one written without a space, no complement
CARD = re.compile(rf"([0-9]+)(?:-([0-9A-Z]{{1,2}})|(?!(?:{ISSUED_IN})\b)([0-9A-Z]{{1,2}}))?", re.ASCII)
NUMBER = re.compile(r"[0-9]{3,12}", re.ASCII)
CONTRACT = re.compile(r"[0-9A-Z./-]{1,24}", re.ASCII)
HOUR = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", re.ASCII)
LARGEST = Decimal(100_000)
FURTHEST = timedelta(days=366)


class StepRefused(Exception):
    """The answers do not go; `errors` has a sentence for each field that is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def clean_answers(
    *, step: Step, fields: Collection[Field], sent: Mapping[str, str], known: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The answers of the fields a step asks for, and its note. Raises StepRefused with every sentence at once."""
    cleaned, errors = _each(fields, sent, known, now)
    together = {**known, **cleaned}
    for field in fields:  # whoever is the holder is nobody's relative, whatever was left in the field
        if field.type == "kinship" and field.required_unless and not is_required(field, together):
            cleaned[field.name] = ""
    errors |= _visit_refused(fields, cleaned, now)
    for field in fields:
        if (
            field.type == "holder"
            and cleaned.get(field.name) == OWNER
            and (why := _why_not_holder(field, fields, together))
        ):
            errors[field.name] = why
        if field.name not in errors and not cleaned.get(field.name) and is_required(field, together):
            errors[field.name] = _("Falta: %(label)s.") % {"label": field.label}
    if errors:
        raise StepRefused({field.name: errors[field.name] for field in fields if field.name in errors})
    if step.note:
        cleaned["note"] = sent.get("note", "").strip()[: LONGEST["note"]]
    return cleaned


def clean_so_far(
    *, fields: Collection[Field], sent: Mapping[str, str], known: Mapping[str, Any], now: datetime
) -> dict[str, str]:
    """What stands in the fields of a step nobody answered, as clean values: whoever hangs up has said it all the same.

    What is not in its form is kept as it was typed, behind its label, as a note. Who she is and whose relative is
    nobody's word until the step is answered.
    """
    cleaned: dict[str, str] = {}
    notes = [sent.get("note", "").strip()]
    for field in fields:
        text = " ".join(sent.get(field.name, "").split())
        if not text or field.type in ("customer", "holder", "sector"):
            continue
        try:
            cleaned[field.name] = _clean(field, text, known, now)
        except ValueError:
            notes.append(f"{field.label}: {text}")
    note = ". ".join(filter(None, notes))[: LONGEST["note"]]
    return {**cleaned, "note": note} if note else cleaned


def _visit_refused(fields: Collection[Field], cleaned: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """The field with the hour of a visit that nobody can be told of in time (103.12), or for which nobody works, with
    the next one there is. A centre that wrote down no hours of work is asked for none.
    """
    day = next((str(cleaned.get(field.name) or "") for field in fields if field.type == "date"), "")
    hour = next((field.name for field in fields if field.type == "hour"), "")
    if not day or not cleaned.get(hour):
        return {}
    earliest = due_by(now=now, working_hours=HOURS_BEFORE_A_VISIT).astimezone(LA_PAZ)
    last = earliest.date() + VISIT_WITHIN
    calendar = working_calendar(first=earliest.date(), last=last)
    until = datetime.combine(last, time.max, LA_PAZ)
    earliest = next_worked(earliest, until=until, calendar=calendar) or earliest
    asked = datetime.combine(date.fromisoformat(day), time.fromisoformat(cleaned[hour]), LA_PAZ)
    if asked < earliest.replace(second=0, microsecond=0):
        words = _("La visita se prepara en una hora de trabajo: desde el %(first)s.")
        return {hour: words % {"first": f"{earliest:%d/%m/%Y %H:%M}"}}
    possible = next_worked(asked, until=until, calendar=calendar) if calendar.hours else asked
    if possible == asked <= until:
        return {}
    words = _("La visita va en horario de trabajo, hasta el %(last)s: la próxima posible es el %(next)s.")
    return {hour: words % {"last": f"{last:%d/%m/%Y}", "next": f"{possible or earliest:%d/%m/%Y %H:%M}"}}


def _why_not_holder(field: Field, fields: Collection[Field], known: Mapping[str, Any]) -> str:
    """Why somebody cannot be taken for the holder; empty when her card is the one the system shows. Of a kinship it
    speaks where one of the `fields` asks for it.
    """
    shown = known_first(field.among, known)
    asks_kinship = any(one.type == "kinship" for one in fields)
    if not shown and asks_kinship:
        return _("El sistema no muestra el carnet del titular: elija «No es el titular» y el parentesco.")
    if not shown:
        return _("El sistema no muestra el carnet del titular: elija «No es el titular».")
    if same_card(str(known.get(field.card) or ""), shown):
        return ""
    if asks_kinship:
        return _("Ese carnet no es el del titular que muestra el sistema: elija «No es el titular» y el parentesco.")
    return _("Ese carnet no es el del titular que muestra el sistema: elija «No es el titular».")


def same_card(one: str, other: str) -> bool:
    """Whether two identity cards are one: the same digits and the same complement, which tells two people of the same
    digits apart, wherever they were issued.
    """
    mine, theirs = CARD.match(one.upper().strip()), CARD.match(other.upper().strip())
    if not mine or not theirs or mine[1].lstrip("0") != theirs[1].lstrip("0"):
        return False
    return (mine[2] or mine[3]) == (theirs[2] or theirs[3])


def clean_seen(*, fields: Collection[Field], sent: Mapping[str, str]) -> dict[str, str]:
    """What an agent read on another screen, as clean values; nothing of it must be there. Raises StepRefused."""
    cleaned: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in fields:
        text = " ".join(sent.get(field.name, "").split())[: LONGEST["text"]]
        if not text:
            continue
        amount, day = read_amount(text), _written_day(text)
        if field.type == "amount" and amount is None:
            errors[field.name] = _("Escriba el monto como 20 o 20,50.")
        elif field.type == "date" and day is None:
            errors[field.name] = _("Escriba el día como 28/11/2026.")
        elif field.type == "choice" and text not in dict(field.choices):
            errors[field.name] = _("Elija una de las opciones.")
        else:
            cleaned[field.name] = f"{amount:.2f}" if field.type == "amount" else text
            if field.type == "date" and day is not None:
                cleaned[field.name] = day.isoformat()
    if errors:
        raise StepRefused(errors)
    return cleaned


def _each(
    fields: Collection[Field], sent: Mapping[str, str], known: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if field.type == "customer":
            cleaned[field.name] = _customer(field, sent)
            asked = re.sub(r"[\s-]", "", sent.get(f"{field.name}_service", ""))
            cleaned[SERVICE_ASKED] = asked if cleaned[field.name] and NUMBER.fullmatch(asked) else ""
            continue
        text = " ".join(sent.get(field.name, "").split())
        cleaned[field.name] = ""
        if text:
            try:
                cleaned[field.name] = _clean(field, text, known, now)
            except ValueError as wrong:
                errors[field.name] = str(wrong)
    return cleaned, errors


def _customer(field: Field, sent: Mapping[str, str]) -> dict[str, str] | str:
    """The contract that was chosen, or typed by hand, with the name beside it; empty when there is neither."""
    contract = " ".join(sent.get(field.name, "").split()).upper()[:24]
    name = " ".join(sent.get(f"{field.name}_name", "").split())[:120]
    return {"contract": contract, "name": name} if contract or name else ""


def _clean(field: Field, text: str, known: Mapping[str, Any], now: datetime) -> str:
    """One value. Raises ValueError with the sentence of the field."""
    match field.type:
        case "service_number":
            return _matching(NUMBER, re.sub(r"[\s-]", "", text), _("Escriba el número con cifras, sin espacios."))
        case "contract":
            return _matching(CONTRACT, text.upper(), _("Un contrato lleva cifras y letras, hasta 24."))
        case "identity_card":
            return _matching(IDENTITY_CARD, text.upper(), _("Escriba el carnet como 3456789, 3456789-1F o 3456789 CB."))
        case "telephone":
            found = phone_numbers.parse(text)
            if found is None:
                raise ValueError(_("Ese teléfono no existe: escriba 7 u 8 cifras."))
            if field.other_than and same_value(known_first(field.other_than, known), found):
                raise ValueError(_("Es la línea robada, y ahí no se le encuentra: escriba otro teléfono."))
            return found
        case "amount":
            return _amount(field, text, known)
        case "date":
            return _day(text, now)
        case "hour":
            found_hour = HOUR.fullmatch(text)
            if not found_hour:
                raise ValueError(_("Escriba la hora como 15:30."))
            return f"{int(found_hour[1]):02}:{found_hour[2]}"
        case "kinship":
            return _one_of(text, {code: words for code, words in KINSHIPS.items() if code != "holder"})
        case "holder":
            return _one_of(text, HOLDER)
        case "choice" | "sector":
            return _one_of(text, dict(field.choices))
        case _:
            longest = LONGEST.get(field.type, LONGEST["text"])
            if len(text) > longest:
                raise ValueError(_("Hasta %(n)d letras.") % {"n": longest})
            return text


def _matching(pattern: re.Pattern[str], text: str, sentence: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(sentence)
    return text


def _one_of(text: str, choices: Mapping[str, Any]) -> str:
    if text not in choices:
        raise ValueError(_("Elija una de las opciones."))
    return text


def _amount(field: Field, text: str, known: Mapping[str, Any]) -> str:
    amount = read_amount(text)
    if amount is None or not 0 < amount <= LARGEST:
        raise ValueError(_("Escriba el monto como 20 o 20,50."))
    allowed = amounts_of(field, known)
    if allowed and f"{amount:.2f}" not in allowed:
        named = ", ".join(one.replace(".", ",") for one in allowed)
        raise ValueError(_("El plan permite: %(amounts)s.") % {"amounts": named})
    return f"{amount:.2f}"


def amounts_of(field: Field, known: Mapping[str, Any]) -> list[str]:
    """The amounts a plan allows, as `20.00`; empty when the other system did not say."""
    found = value_at(known, field.among) if field.among else None
    return [f"{Decimal(str(one)):.2f}" for one in found] if isinstance(found, list) else []


def _day(text: str, now: datetime) -> str:
    day = _written_day(text)
    today = now.astimezone(LA_PAZ).date()
    if day is None:
        raise ValueError(_("Escriba el día como 28/11/2026."))
    if day.year == 1900:
        day = _next(day, today)
    if not today <= day <= today + FURTHEST:
        raise ValueError(_("El día debe ser desde hoy y dentro de un año."))
    return day.isoformat()


def _written_day(text: str) -> date | None:
    """A day as people write it, on the calendar of La Paz; `28/11` is of the year 1900."""
    for written, pattern in ((text, "%Y-%m-%d"), (text, "%d/%m/%Y"), (f"{text}/1900", "%d/%m/%Y")):
        try:
            return datetime.strptime(written, pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _next(day: date, today: date) -> date:
    """`28/11` is the next one there is."""
    this_year = day.replace(year=today.year)
    return this_year if this_year >= today else day.replace(year=today.year + 1)
