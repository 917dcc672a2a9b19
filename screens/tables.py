"""The table of every list: sorted by link, fifty rows a page, numbers to the right, totals in the foot.

    class Contacts(ListTable):
        customer = Name(linkify=True)            # a row's link covers the whole row
        amount = Money(footer=lambda table: …)
        class Meta(ListTable.Meta):
            model = Contact
            fields = ("customer", "amount")

In the view: `table = Contacts(rows).shown_to(request)`; in the page `{% load render_table from django_tables2 %}`
and `{% render_table table %}`. Sorting and page live in the address beside the filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django_tables2 import RequestConfig
from django_tables2.utils import AttributeDict

from screens.templatetags.screens import NOTHING, bs, figure, lasting, masked_telephone, moment, opens, percent

PAGE = 50
RIGHT = {"th": {"class": "number"}, "td": {"class": "number"}, "tf": {"class": "number"}}


class ListTable(tables.Table):
    """A list of the centre. `title` names it for screen readers."""

    title: str | Promise = ""
    default_title = _("Lista")

    def __init__(self, *rows: Any, **more: Any) -> None:
        for look in ("attrs", "default"):  # a table that declares no Meta of its own looks like the others
            more.setdefault(look, getattr(self.Meta, look, getattr(ListTable.Meta, look)))
        super().__init__(*rows, **more)

    class Meta:
        attrs = {"class": "table"}
        default = NOTHING
        order_by_field = "sort"
        page_field = "page"

    @property
    def rows_are_links(self) -> bool:
        return any("row-link" in str(column.attrs.get("a", {})) for column in self.base_columns.values())

    @property
    def drawn_rows(self) -> Iterator[SafeString]:
        """The rows of the page as markup. By hand: a template and a look at signatures for each cell took longer than
        all the queries of the page."""
        columns = list(self.columns)
        opened = ["<td " + str(column.attrs.get("td", AttributeDict()).as_html()) + ">" for column in columns]
        quick = [self._quick_cell(column) for column in columns]
        start = '<tr class="linked">' if self.rows_are_links else "<tr>"
        for row in self.paginated_rows:
            cells = [
                opening + conditional_escape(draw(row.record) if draw else row.get_cell(column.name)) + "</td>"
                for opening, draw, column in zip(opened, quick, columns, strict=True)
            ]
            yield mark_safe(f"{start}{''.join(cells)}</tr>")  # noqa: S308  # each cell is escaped

    def _quick_cell(self, bound: Any) -> Callable[[Any], Any] | None:
        """How a cell is drawn when only its value matters: a figure, an amount, a day; or its value and its row."""
        column = bound.column
        if isinstance(column, Opens):
            return lambda record: column.render(bound.accessor.resolve(record, quiet=True), record, bound)
        if own := getattr(self, f"render_{bound.name}", None):
            return self._drawn_by(own, bound)
        asks = {"record", "table"}  # a link that asks for more, or for no address of its own, is the library's to draw
        if (
            isinstance(column, RowLink)
            and bound.link
            and bound.link.url
            and asks >= {*signature(bound.link.url).parameters}
        ):
            write = self._named(bound)
        elif isinstance(column, Figure | Moment) and not bound.link:
            write = lambda value, _record: column.render(value)  # noqa: E731
        elif type(column) is tables.Column and not bound.link and not self._is_a_choice(bound):
            write = lambda value, _record: value  # noqa: E731
        else:
            return None

        def draw(record: Any) -> Any:
            value = bound.accessor.resolve(record, quiet=True)
            return bound.default if value in column.empty_values else write(value, record)

        return draw

    def _drawn_by(self, own: Callable[..., Any], bound: Any) -> Callable[[Any], Any] | None:
        """How a cell with a method of its own is drawn; what the method asks for is looked up once."""
        asks = {*signature(own).parameters}
        if bound.link or not asks <= {"value", "record"} or self._is_a_choice(bound):
            return None

        def draw(record: Any) -> Any:
            value = bound.accessor.resolve(record, quiet=True)
            if value in bound.column.empty_values:
                return bound.default
            return own(**{name: told for name, told in (("value", value), ("record", record)) if name in asks})

        return draw

    def _is_a_choice(self, bound: Any) -> bool:
        """Whether the library would write the words of a choice in place of its value."""
        model = getattr(self.data, "model", None)
        if model is None:
            return False
        field = bound.accessor.get_field(model)
        return bool(getattr(field, "choices", None))

    def _named(self, bound: Any) -> Callable[[Any, Any], Any]:
        """How the cell that names its row is drawn; what it is asked for is looked up once, not in each row."""
        address = bound.link.url
        attrs = AttributeDict(bound.column.attrs["a"]).as_html()
        of_table = {"table": self} if "table" in signature(address).parameters else {}

        def write(value: Any, record: Any) -> Any:
            href = address(record=record, **of_table)
            return value if href is None else format_html('<a {} href="{}">{}</a>', attrs, href, value)

        return write

    @property
    def prefixed_per_page_field(self) -> None:
        """How many rows a page has is for the page to say, and no address: a list of customers is not read at once."""

    def paginate(self, *args: Any, **more: Any) -> None:
        """Cut into pages. What is alike in what the list is sorted by is sorted by its key.

        PostgreSQL gives such rows in any order, another for each page: some would stand on two, and others on none.
        """
        rows = self.data.data
        if isinstance(rows, QuerySet) and rows.query.order_by:
            self.data.data = rows.order_by(*rows.query.order_by, "pk")
        super().paginate(*args, **more)

    def shown_to(self, request: HttpRequest, *, per_page: int = PAGE) -> ListTable:
        """Sort and cut to the page the address asks for; an address out of range shows the nearest page."""
        RequestConfig(request, paginate={"per_page": per_page, "silent": True}).configure(self)
        return self


class RowLink(tables.Column):
    """The cell that names its row; its link covers the whole row: give it `linkify`."""

    def __init__(self, **more: Any) -> None:
        attrs = {"a": {"class": "row-link"}, **more.pop("attrs", {})}
        super().__init__(attrs=attrs, **more)


class Figure(tables.Column):
    """A count, to the right."""

    def __init__(self, *, places: int = 0, **more: Any) -> None:
        self.places = places
        super().__init__(attrs={**RIGHT, **more.pop("attrs", {})}, **more)

    def render(self, value: Any) -> str:
        return figure(value, self.places)


class Opens(Figure):
    """A count that opens the rows it counts: a row's `opens()` tells where to, by the column's name."""

    def render(self, value: Any, record: dict[str, Any], bound_column: Any) -> str:  # type: ignore[override]  # by name
        return opens(figure(value), record["opens"]().get(bound_column.name, ""))


class Money(Figure):
    """Bolivianos, to the right."""

    def render(self, value: Any) -> str:
        return bs(value)


class Percent(Figure):
    """A fraction of one, as a percentage."""

    def render(self, value: Any) -> str:
        return percent(value, self.places)


class Lasting(Figure):
    """Seconds, as clocks write them: 1:04:07."""

    def render(self, value: Any) -> str:
        return lasting(value)


class Moment(tables.Column):
    """A day or a moment, short: 25/11 18:00."""

    def __init__(self, **more: Any) -> None:
        super().__init__(attrs={"td": {"class": "nowrap"}, **more.pop("attrs", {})}, **more)

    def render(self, value: Any) -> str:
        return moment(value)


class MaskedTelephone(tables.Column):
    """A telephone nobody has to dial from this list."""

    def __init__(self, **more: Any) -> None:
        super().__init__(attrs={"td": {"class": "nowrap"}, **more.pop("attrs", {})}, orderable=False, **more)

    def render(self, value: Any) -> str:
        return masked_telephone(value)


class Pick(tables.Column):
    """A box to pick rows for a bulk verb; the head's box picks all of the page. `table.picked`: keys picked already."""

    def __init__(self, name: str, **more: Any) -> None:
        self.field = name
        super().__init__(accessor="pk", orderable=False, verbose_name="", **more)

    @property
    def header(self) -> SafeString:
        return format_html(
            '<input type="checkbox" data-select-all="{}" aria-label="{}">', self.field, _("Elegir toda la página")
        )

    def render(self, value: Any, record: Any, table: Any) -> SafeString:  # type: ignore[override]  # by name
        return format_html(
            '<input type="checkbox" name="{}" value="{}" aria-label="{}"{}>',
            self.field,
            value,
            _("Elegir %(row)s") % {"row": record},
            mark_safe(" checked") if value in getattr(table, "picked", ()) else "",
        )
