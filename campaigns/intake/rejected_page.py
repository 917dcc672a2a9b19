"""What the page of rejected rows shows of each: its cells by column, the reason, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.models import RejectedRow, Report
from campaigns.rows.reading import fields_of, sentence
from screens.spreadsheets import Sheet
from screens.templatetags.screens import masked_card, masked_name, masked_telephone, masked_text

CHUNK = 2_000
TELEPHONES = ("telephone_1", "telephone_2", "mobile")
LONG = ("name", "address")
HIDDEN = "•••••"
NUMBERS_OF_OURS = ("contract", "service_number", "receipt")  # by which everybody who sees the page finds the row

# Columns that carry the reason, in red beside the field.
FIELD_OF = {
    "no_contract": "contract",
    "no_service_number": "service_number",
    "no_receipt": "receipt",
    "no_product": "product",
    "bad_date": "date",
    "no_date": "date",
    "far_date": "date",
    "bad_amount": "amount",
    "no_amount": "amount",
    "amount_not_positive": "amount",
    "bad_status": "status",
    "bad_currency": "currency",
    "two_readings": "amount",
    "under_a_cent": "amount",
    "contradicts": "service_number",
    "conflict": "receipt",
}


@dataclass(frozen=True)
class Cell:
    """One column of a rejected row. `is_wrong` marks where the reason is."""

    name: str
    label: str
    text: str
    is_wrong: bool

    @property
    def is_long(self) -> bool:
        """Whether it takes the place of two: names and addresses are to be read whole."""
        return self.name in LONG


@dataclass(frozen=True)
class RowForm:
    """A rejected row as a small form; `place` is where it stood, `error` what was said to the last try."""

    row: RejectedRow
    place: str
    cells: list[Cell]
    sentence: str
    detail: str
    error: str
    can_change: bool
    was_changed: bool


def find_rejected(*, report: Report, user: User, reason: str = "", state: str = "") -> QuerySet[RejectedRow]:
    """The rejected rows of a report that the page's filters ask for, in the order of the file."""
    found: QuerySet[RejectedRow] = RejectedRow.objects.visible_to(user).filter(report=report).order_by("line")
    if reason:
        found = found.filter(reason=reason)
    if state in RejectedRow.State.values:
        found = found.filter(state=state)
    return found


def columns_of(kind: str) -> list[tuple[str, str]]:
    """Columns of a report: name and label, in reading order."""
    labels = {
        "receipt": _("Recibo"),
        "contract": _("Contrato"),
        "service_number": _("Nro. de servicio"),
        "name": _("Cliente"),
        "identity_card": _("Carnet o NIT"),
        "telephone_1": _("Teléfono 1"),
        "telephone_2": _("Teléfono 2"),
        "mobile": _("Celular"),
        "product": _("Producto"),
        "plan": _("Plan"),
        "due_on": _("Vencimiento"),
        "paid_on": _("Fecha de pago"),
        "amount": _("Monto"),
        "zone": _("Zona"),
        "address": _("Dirección"),
        "segment": _("Segmento"),
        "channel": _("Canal"),
        "status": _("Estado"),
        "currency": _("Moneda"),
    }
    return [(name, labels.get(name, name)) for name in fields_of(kind)]


def form_of(
    row: RejectedRow,
    *,
    masked: bool,
    cells: Mapping[str, str] | None = None,
    error: str = "",
    field: str = "",
    was_changed: bool = False,
) -> RowForm:
    """The row as its form: the cells of the last try, of its mending, or as they stood in the file.

    `masked` hides identity cards and telephones from those who do not mend them. After a swap the focus goes to a
    row that `was_changed`.
    """
    kind = row.report.kind
    shown = cells or row.mended or row.cells
    wrong = field or FIELD_OF.get(row.reason, "")
    if wrong == "date":
        wrong = "due_on" if kind == "ccvp" else "paid_on"
    can_change = row.state == RejectedRow.State.WAITING
    return RowForm(
        row=row,
        place=row.report.place_of(row.line),
        cells=[
            Cell(
                name=name,
                label=label,
                text=_text(name, str(shown.get(name, "")), masked=masked),
                is_wrong=can_change and name == wrong,
            )
            for name, label in columns_of(kind)
        ],
        sentence=sentence(row.reason),
        detail=_detail(row, masked=masked),
        error=error,
        can_change=can_change,
        was_changed=was_changed,
    )


def _detail(row: RejectedRow, *, masked: bool) -> str:
    if row.reason == "contradicts":
        return _("Fila %(line)s.") % {"line": row.report.place_of(int(row.detail))}
    return masked_text(row.detail) if masked else row.detail


def _text(name: str, text: str, *, masked: bool) -> str:
    """A cell as it may be seen. Cells are as the file had them: a telephone may stand in any column."""
    if not masked or not text or name in NUMBERS_OF_OURS:
        return text
    if name == "identity_card":
        return masked_card(text)
    if name == "address":
        return HIDDEN
    if name == "name":
        return masked_name(text)
    return masked_telephone(text) if name in TELEPHONES else masked_text(text)


def sheet_of(*, report: Report, rows: QuerySet[RejectedRow], masked: bool) -> Sheet:
    """Rejected rows of a report as a sheet: where they stood, why, and their cells as they were in the file."""
    columns = columns_of(report.kind)
    several = len(report.sheets.get("read", [])) > 1
    return Sheet(
        title=_("Filas rechazadas"),
        headers=[_("Fila"), _("Motivo"), _("Estado"), *(label for _name, label in columns)],
        rows=(
            [
                report.place_of(row.line) if several else row.line,
                sentence(row.reason),
                row.get_state_display(),
                *(_text(name, str(row.cells.get(name, "")), masked=masked) for name, _label in columns),
            ]
            for row in rows.iterator(chunk_size=CHUNK)
        ),
    )
