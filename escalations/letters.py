"""Mail to the units: who holds a role today, what the mail of a kind says, and writing it through the outbox.

A role is written to, never a person: whoever holds it on that day, or stands in for who does, gets the mail. It is owed
in the same transaction as the line of the card's history that tells of it; what becomes of it stays with the notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.models import User
from escalations.lifecycle import EscalationRefused, Verb, check_can, locked_escalation, take_step, write_down
from escalations.lists import in_words
from escalations.marks import mark_before_its_clock_stops
from escalations.models import Escalation, Letter, Unit, UnitAddress
from notices import mailing
from notices.models import Notice, NoticeKind
from service_level.days import LA_PAZ
from telephony.phone_numbers import display

PLACE = re.compile(r"\{\s*(\w+)\s*\}")
EVERYWHERE = "*"  # chosen for the sector of who holds a role in all of them
LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000
# What a kind without words of its own writes.
SUBJECT = "{tipo} {contrato}"
BODY = """Motivo: {motivo}
Cliente: {cliente}
Contrato: {contrato}
Teléfono: {telefono}
Zona: {zona}
Se le prometió: {prometido}
Vence: {vence}"""


class LetterRefused(EscalationRefused):
    """Nobody holds the role on that day; the message is the sentence people read."""


@dataclass(frozen=True)
class Draft:
    """A mail before it is written."""

    subject: str
    text: str


def units() -> QuerySet[Unit]:
    """Who may be written to, by name."""
    return Unit.objects.order_by("name")


def address_of(*, unit: Unit, sector: str = "", on: date) -> UnitAddress:
    """Who is written to: in the sector before in all of them, and a substitute before the holder; of two, the newer.

    Raises LetterRefused.
    """
    sector = " ".join(sector.split())
    held = UnitAddress.objects.filter(unit=unit).valid_on(on)
    here = held.filter(Q(sector__iexact=sector) | Q(sector="")).annotate(is_of_all=Q(sector=""))
    found = here.order_by("is_of_all", "-is_substitute", "-valid_from", "-pk").first()
    if found is not None:
        return found
    if sector or not held.exists():
        where = _(" en el sector %(sector)s") % {"sector": sector} if sector else ""
        raise LetterRefused(
            _("Hoy nadie recibe el correo de «%(unit)s»%(where)s: un administrador debe anotar a quién se escribe.")
            % {"unit": unit, "where": where}
        )
    raise LetterRefused(_("«%(unit)s» recibe su correo por sectores: escriba el sector.") % {"unit": unit})


def sectors_of(*, unit: Unit | None, on: date) -> list[tuple[str, str]]:
    """Where a role is held on that day, with whom; `*` for whoever holds it everywhere. Of one unit, or of all."""
    held = UnitAddress.objects.valid_on(on).filter(**{"unit": unit} if unit else {})
    found: dict[str, str] = {}
    for address in held.order_by("sector", "is_substitute", "valid_from", "pk"):  # the later one is who is written to
        found[address.sector or EVERYWHERE] = f"{address.sector or _('Todos los sectores')} · {address.name}"
    return sorted(found.items(), key=lambda one: (one[0] == EVERYWHERE, one[1].casefold()))


def draft_letter(escalation: Escalation) -> Draft:
    """The mail of its kind, its places filled. A line whose places are all unknown is left out; no markup is read."""
    kind, places = escalation.kind, places_of(escalation)
    subject = _filled(kind.subject or SUBJECT, places) or kind.name
    return Draft(" ".join(subject.split())[:LONGEST_SUBJECT], _filled(kind.body or BODY, places).strip()[:LONGEST_TEXT])


def places_of(escalation: Escalation) -> dict[str, str]:
    """What a mail may name, by its place: facts of every card, and what the step of this one asked for."""
    due, raised = timezone.localtime(escalation.due_at, LA_PAZ), timezone.localtime(escalation.raised_at, LA_PAZ)
    asked_for = {str(name): in_words(value) for name, value in escalation.details.items()}
    return asked_for | {
        "tipo": escalation.kind.name,  # who gets it reads Spanish, whatever language it is written from
        "linea": escalation.line,
        "cliente": escalation.customer_name,
        "contrato": escalation.contract,
        "telefono": display(escalation.telephone),
        "zona": escalation.zone,
        "motivo": escalation.reason,
        "prometido": escalation.promised,
        "vence": f"{due:%d/%m/%Y %H:%M}",
        "derivada": f"{raised:%d/%m/%Y %H:%M}",
    }


def sector_of(escalation: Escalation, unit: Unit | None) -> str:
    """Where who is written to holds the role: in the customer's zone (103.7), or in the sector of the sale (103.15)."""
    place = escalation.zone if unit is not None and unit.by_zone else escalation.details.get("sector")
    return " ".join(str(place or "").split())


def letters_of(escalation: Escalation) -> list[Letter]:
    """What was written to units about a card, the oldest first, with how each delivery stands."""
    return list(escalation.letters.select_related("unit", "notice").order_by("pk"))


def why_not_mailed(escalation: Escalation) -> str:
    """Why it cannot be said that a unit was written to; empty once a mail was handed to the mail server (103.15)."""
    wanted = escalation.kind.unit_id
    states = {letter.notice.state for letter in letters_of(escalation) if wanted is None or letter.unit_id == wanted}
    if not states and escalation.kind.unit is not None:
        words = _("Todavía no se escribió a «%(unit)s»: use «Escribir a una unidad».")
        return words % {"unit": escalation.kind.unit}
    if not states:
        return _("Todavía no se escribió a ninguna unidad: use «Escribir a una unidad».")
    if letters_sent(escalation):
        return ""
    if Notice.State.WAITING in states:
        return _("El correo todavía no se entregó al servidor de correo: espere unos segundos y termine otra vez.")
    return _("El correo no se pudo entregar: en la tarjeta dice por qué. Escriba otra vez.")


def write_drafted(*, escalation_id: int, sector: str, by: User, now: datetime) -> Letter:
    """Write the mail of a card's kind, to who holds the role in this sector and naming it (103.15).

    One to the same address that is under way or was delivered stands for it. Raises EscalationRefused.
    """
    with transaction.atomic():
        card = locked_escalation(escalation_id)
        there, where = letters_of(card), "" if sector == EVERYWHERE else sector
        if card.kind.unit is None:
            raise EscalationRefused(_("Elija a qué unidad se escribe."))
        address = address_of(unit=card.kind.unit, sector=where, on=timezone.localdate(now, LA_PAZ))
        for one in there:
            if one.notice.state != Notice.State.PARKED and address.email in one.notice.to:
                return one
        if where:
            card.details = {**card.details, "sector": where}
            card.save(update_fields=["details"])
        draft = draft_letter(card)
        return write_letter(
            escalation_id=card.pk, subject=draft.subject, text=draft.text, sector=where, number=len(there) + 1,
            by=by, now=now,
        )  # fmt: skip


def letters_sent(escalation: Escalation) -> list[Letter]:
    """Those of a card that reached the mail server; where its kind has a unit, those to it."""
    wanted = escalation.kind.unit_id
    return [
        letter
        for letter in letters_of(escalation)
        if letter.notice.state == Notice.State.SENT and wanted in (None, letter.unit_id)
    ]


def write_letter(
    *,
    escalation_id: int,
    subject: str,
    text: str,
    by: User,
    now: datetime,
    unit: Unit | None = None,
    sector: str | None = None,
    number: int | None = None,
    wait: bool = False,
) -> Letter:
    """Write to a unit, the one of its kind when none is named, and with `wait` wait for it from now on.

    `number` is which letter of the card this is meant to be: the same one sent twice is written once, and who writes
    while another was written is told so. Raises EscalationRefused.
    """
    draft = Draft(_one_line(subject)[:LONGEST_SUBJECT], _clean(text)[:LONGEST_TEXT])
    with transaction.atomic():
        card = locked_escalation(escalation_id)
        there = letters_of(card)
        if number is not None and number <= len(there):
            return _same(there[max(number, 1) - 1], draft)
        verb = Verb.WAIT if wait else Verb.NOTE
        check_can(verb, escalation=card, by=by)
        if card.closed_at is not None:
            raise EscalationRefused(_("Ya está cerrada: reábrala si hace falta escribir."))
        if not draft.subject or not draft.text:
            raise EscalationRefused(_("Escriba el asunto y el texto del correo."))
        unit = unit or card.kind.unit
        if unit is None:
            raise EscalationRefused(_("Elija a qué unidad se escribe."))
        where = sector_of(card, unit) if sector is None else sector
        address = address_of(unit=unit, sector=where, on=timezone.localdate(now, LA_PAZ))
        letter = _owe(card, address, draft, number=len(there) + 1, now=now)
        changes = {"waiting_since": now, "waits_for": unit.name} if wait else None
        if wait:
            mark_before_its_clock_stops(card, now=now)
        take_step(verb, escalation_id=card.pk, by=by, now=now, note=_name_of_address(address), changes=changes)
        return letter


def write_at_once(escalation: Escalation, *, now: datetime) -> Letter | None:
    """The mail that its kind writes by itself when the card is raised (4639999.7). Call it inside that transaction.

    When nobody holds the role the history says so, and the card shows that nothing went out: a supervisor writes then.
    """
    kind = escalation.kind
    if not kind.writes_at_once or kind.unit is None:
        return None
    try:
        where = sector_of(escalation, kind.unit)
        address = address_of(unit=kind.unit, sector=where, on=timezone.localdate(now, LA_PAZ))
    except LetterRefused as nobody:
        _write_down(escalation, _("No se envió el correo. %(why)s") % {"why": nobody}, now)
        return None
    number = Letter.objects.filter(escalation=escalation).count() + 1  # what is corrected is written once more
    letter = _owe(escalation, address, draft_letter(escalation), number=number, now=now)
    _write_down(escalation, _name_of_address(address), now)
    return letter


def _owe(card: Escalation, address: UnitAddress, draft: Draft, *, number: int, now: datetime) -> Letter:
    notice = mailing.owe(
        key=f"escalation:{card.pk}:letter:{number}",
        kind=NoticeKind.ESCALATION_LETTER,
        subject=draft.subject,
        body=draft.text,
        to=[address.email],
        now=now,
    )
    return Letter.objects.create(escalation=card, unit=address.unit, notice=notice, to_whom=address.name)


def _write_down(escalation: Escalation, note: str, now: datetime) -> None:
    """The centre did it, nobody in person."""
    write_down(escalation, verb=Verb.NOTE, from_state=escalation.state, by=None, now=now, note=note)


def _same(there: Letter, draft: Draft) -> Letter:
    if (there.notice.subject, there.notice.body) != (draft.subject, draft.text):
        raise EscalationRefused(_("Mientras escribía salió otro correo de esta derivación: léalo antes de enviar."))
    return there


def _name_of_address(address: UnitAddress) -> str:
    names = {"unit": address.unit, "name": address.name, "email": address.email}
    return _("Correo a %(unit)s: %(name)s <%(email)s>") % names


def _filled(template: str, places: Mapping[str, str]) -> str:
    lines = []
    for line in template.splitlines():
        named = PLACE.findall(line)
        if not named or any(places.get(name) for name in named):
            lines.append(PLACE.sub(lambda place: places.get(place[1], ""), line).rstrip())
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())  # a line break would begin another header


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()
