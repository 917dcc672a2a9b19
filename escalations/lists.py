"""Which escalations the list shows, for page and export."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agents.models import User
from escalations.filters import Filters, choices_among, due, kind_words, labelled, named, narrowed, whose
from escalations.models import Escalation, Kind
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_telephone, masked_text
from telephony.phone_numbers import display

# Names of the data that the steps of the lines hand over with a card (`with` of their flows).
LABELS = {
    "amount": gettext_lazy("Monto"), "caller": gettext_lazy("Quien llamó"), "system": gettext_lazy("Sistema"),
    "address": gettext_lazy("Dirección"), "annulled_for": gettext_lazy("Causal de anulación"),
    "cause": gettext_lazy("Causal"), "claim": gettext_lazy("Reclamo"), "contract": gettext_lazy("Contrato"),
    "damage": gettext_lazy("Daño"), "day": gettext_lazy("Día"), "days": gettext_lazy("Días"),
    "description": gettext_lazy("Qué ocurre"), "fault": gettext_lazy("Falla"), "hour": gettext_lazy("Hora"),
    "name": gettext_lazy("Nombre"), "number": gettext_lazy("Número"), "order": gettext_lazy("Orden"),
    "reason": gettext_lazy("Motivo"), "requester": gettext_lazy("Lo pidió"), "sector": gettext_lazy("Sector"),
    "component": gettext_lazy("Componente"), "note": gettext_lazy("Qué ocurre ahora"),
    "until": gettext_lazy("El plazo era"), "seen": gettext_lazy("Lo que se vio"), "segment": gettext_lazy("Segmento"),
    "service_number": gettext_lazy("Número de servicio"), "sold_on": gettext_lazy("Vendido el"),
    "state": gettext_lazy("Estado"), "telephone": gettext_lazy("Teléfono"), "zone": gettext_lazy("Zona"),
    "withdrawn": gettext_lazy("Retirado"), "instead": gettext_lazy("Ahora pide"),
}  # fmt: skip
AT_ONCE = 500  # rows read from the database at a time
OPEN, CLOSED, ALL = "open", "closed", "all"


@dataclass(frozen=True)
class Asked(Filters):
    """The filters of the list; `state` is one of the states, or OPEN, CLOSED or ALL."""

    state: str = OPEN

    @property
    def words(self) -> str:
        """The filters without personal data, for the book of exports."""
        state = dict(states_shown()).get(self.state, "")
        when = {"today": _("vencen hoy"), "overdue": _("vencidas")}.get(self.due, "")
        mentioned = _("donde me mencionan") if self.mentioned else ""
        mine, search = _("mías") if self.mine else "", _("con búsqueda") if self.search else ""
        said = [kind_words(self.kind), self.line, self.zone, state, when, mine, mentioned, search]
        return ", ".join(str(word) for word in said if word)


def find_escalations(*, asked: Asked, user: User, now: datetime) -> QuerySet[Escalation]:
    """What `user` may see of what is asked for, what is due first at the top; an agent, what she handed over."""
    found = narrowed(Escalation.objects.visible_to(user), asked).select_related("raised_by", "kind", "owner")
    found = found.filter(whose(asked.mine, user), named(asked.mentioned, user))
    if not user.sees_the_centre:
        found = found.filter(raised_by=user)
    if asked.state in (OPEN, CLOSED):
        found = found.filter(closed_at__isnull=asked.state == OPEN)
    elif asked.state != ALL:
        found = found.filter(state=asked.state)
    if asked.due:
        found = found.filter(due(asked.due, now=now), closed_at=None)
    return found.order_by("due_at", "pk")


def states_shown() -> list[tuple[str, Any]]:
    """States by code and name, for the filter."""
    return [(OPEN, _("Abiertas")), *Escalation.State.choices, (CLOSED, _("Cerradas")), (ALL, _("Todas"))]


def kinds_shown() -> list[tuple[str, str]]:
    """Kinds by code and name, for the filter: those that are used, and those there are cards of."""
    there = Exists(Escalation.objects.filter(kind=OuterRef("code")))
    return labelled(Kind.objects.filter(Q(is_active=True) | there))


def lines_and_zones(*, asked: Filters, user: User) -> dict[str, list[str]]:
    """Where something was handed over from, and what is chosen, for the filters."""
    if not user.sees_the_centre:
        _kinds, lines, zones = choices_among(Escalation.objects.visible_to(user), asked)
        return {"lines": lines, "zones": zones}
    found = _each_once("line", "zone")
    chosen = {"line": asked.line, "zone": asked.zone}
    return {f"{column}s": sorted({*words, chosen[column]} - {""}) for column, words in found.items()}


def _each_once(*columns: str) -> dict[str, list[str]]:
    """The values of indexed columns: PostgreSQL steps from one to the next, however many cards have the same."""
    steps = [
        f"""SELECT '{column}', word FROM (
              WITH RECURSIVE one (word) AS (
                (SELECT {column} FROM escalations_escalation ORDER BY {column} LIMIT 1)
                UNION ALL
                SELECT (SELECT {column} FROM escalations_escalation e WHERE e.{column} > one.word
                         ORDER BY {column} LIMIT 1)
                  FROM one WHERE one.word IS NOT NULL)
              SELECT word FROM one WHERE word IS NOT NULL) {column}s"""
        for column in columns
    ]
    found: dict[str, list[str]] = {column: [] for column in columns}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(steps))
        for column, word in cursor.fetchall():
            found[column].append(word)
    return found


def sheet_of(escalations: QuerySet[Escalation], *, masked: bool) -> Sheet:
    """A workbook's sheet, row by row."""
    heads = [
        _("Tipo"), _("Línea"), _("Cliente"), _("Contrato"), _("Teléfono"), _("Zona"), _("Motivo"),
        _("Prometido al cliente"), _("Vence"), _("Derivada"), _("Por"), _("Estado"), _("La tiene"),
        _("Qué se resolvió"), _("Informado"), _("Datos"),
    ]  # fmt: skip
    return Sheet(_("Derivaciones"), heads, _rows(escalations, masked=masked))


def label_of(name: str) -> str:
    """What people call one of the data of a step; one that nobody foresaw goes by its own name."""
    return str(LABELS.get(name, name.replace("_", " ").capitalize()))


def details_of(escalation: Escalation, *, masked: bool) -> list[tuple[str, str]]:
    """What the step asked for, as words for people."""
    told = ((label_of(name), in_words(value)) for name, value in escalation.details.items())
    return [(name, masked_text(words) if masked else words) for name, words in told if words]


def _rows(escalations: QuerySet[Escalation], *, masked: bool) -> Iterable[list[Any]]:
    for one in escalations.iterator(chunk_size=AT_ONCE):
        telephone = masked_telephone(one.telephone) if masked else display(one.telephone)
        details = "; ".join(f"{name}: {words}" for name, words in details_of(one, masked=masked))
        reason = masked_text(one.reason) if masked else one.reason
        yield [
            str(one.kind), one.line, one.customer_name, one.contract,
            telephone if one.telephone else "", one.zone, reason,
            masked_text(one.promised) if masked else one.promised, one.due_at, one.raised_at,
            str(one.raised_by or ""), one.get_state_display(), str(one.owner or ""),
            masked_text(one.outcome) if masked else one.outcome, one.informed_at, details,
        ]  # fmt: skip


def in_words(value: Any) -> str:
    """A value a step asked for, as people write it; nothing known is nothing."""
    if isinstance(value, bool):
        return _("Sí") if value else _("No")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {in_words(inner)}" for name, inner in value.items() if in_words(inner))
    if isinstance(value, list):
        return ", ".join(filter(None, map(in_words, value)))
    return "" if value is None else str(value)
