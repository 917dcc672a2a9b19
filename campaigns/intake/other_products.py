"""Products of a CCVP report that are neither Internet nor television: which, how many rows, and which nobody knew.

One that looks like ours misspelt holds its report: its customers would be called by nobody. One that is only new is
told on the report's page. What the report before had was seen by whoever let it be taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import ngettext

from campaigns.models import Report, ReportKind, Service
from systems.reports.misspelt import looks_like
from systems.reports.values import plain

SHOWN = 10  # of the products in a sentence


@dataclass(frozen=True)
class ProductLine:
    """A product by its name in the file; `name` is '' for the rows of those beyond the most that are kept.

    `is_new`: the report before has none of it. `like`: the service it looks like, or ''.
    """

    name: str
    rows: int
    is_new: bool
    like: str


def products_of(report: Report) -> list[ProductLine]:
    """The other products of `report`, those of most rows first; none where the file was not read for them."""
    if not report.other_products:
        return []
    known = _known_before(report)
    lines = [
        ProductLine(name, rows, known is not None and plain(name) not in known, looks_like(name))
        for name, rows in report.other_products.items()
    ]
    return sorted(lines, key=lambda line: (-line.rows, line.name))


def misspelt(report: Report) -> Iterator[str]:
    """A sentence where products look like a service of ours and the report before did not have them."""
    known = _known_before(report) or frozenset()
    found = [line for line in products_of(report) if line.like and plain(line.name) not in known]
    if not found:
        return
    rows = sum(line.rows for line in found)
    told = ", ".join(f"«{line.name}» ({_n(line.rows)}, {Service(line.like).label})" for line in found[:SHOWN])
    text = ngettext(
        "Una fila quedaría como otro servicio y su producto parece uno nuestro mal escrito: %(products)s. Si lo es, "
        "corrija el archivo y envíelo otra vez: a ese cliente no se le llamaría.",
        "%(n)s filas quedarían como otro servicio y su producto parece uno nuestro mal escrito: %(products)s. Si lo "
        "es, corrija el archivo y envíelo otra vez: a esos clientes no se les llamaría.",
        rows,
    )
    yield text % {"n": _n(rows), "products": told}


def _known_before(report: Report) -> frozenset[str] | None:
    """Products of the report before, as they are compared; None without one that was read for them."""
    before = (
        Report.objects.filter(
            kind=ReportKind.CCVP, state=Report.State.PUBLISHED, period__lt=report.month, other_products__isnull=False
        )
        .order_by("-period")
        .values_list("other_products", flat=True)
        .first()
    )
    return None if before is None else frozenset(map(plain, before))


def _n(number: int) -> str:
    return str(number_format(number, force_grouping=True))
