"""The rows of a list: drawn by hand, and still what django-tables2 would say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.html import conditional_escape
from django_tables2 import Column

from screens.tables import Figure, ListTable, MaskedTelephone, Moment, Money, Percent, Pick, RowLink

ROWS = [
    {"pk": 1, "name": "<b>Rosa</b> & Cía", "n": 1234, "amount": Decimal("1234.5"), "share": 0.664,
     "day": date(2026, 11, 28), "telephone": "+59144251000", "state": "open"},
    {"pk": 2, "name": "", "n": None, "amount": None, "share": None, "day": None, "telephone": "", "state": None},
]  # fmt: skip


class Sample(ListTable):
    pick = Pick("row")
    name = RowLink(linkify=lambda record: f"/x/{record['pk']}/?a=1&b=2")
    n = Figure()
    amount = Money()
    share = Percent(places=1)
    day = Moment()
    telephone = MaskedTelephone()
    state = Column()

    def render_amount(self, value: Decimal) -> str:
        return f"<{value}>"


def test_a_row_drawn_by_hand_says_what_the_cells_say(rf):
    table = Sample(ROWS).shown_to(rf.get("/"))
    for row, drawn in zip(table.paginated_rows, table.drawn_rows, strict=True):
        cells = [f"<td {column.attrs['td'].as_html()}>{conditional_escape(cell)}</td>" for column, cell in row.items()]
        assert drawn == f'<tr class="linked">{"".join(cells)}</tr>'


def test_what_somebody_typed_is_escaped(rf):
    drawn = "".join(Sample(ROWS).shown_to(rf.get("/")).drawn_rows)
    assert "<b>" not in drawn
    assert "&lt;b&gt;Rosa&lt;/b&gt; &amp; Cía" in drawn
    assert "&lt;1234.5&gt;" in drawn
