"""Charts of the pages: each has a name, a story for screen readers, a drawing and its figures as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from screens.chart_links import ENCODING, Links, link
from screens.drawing import CONFIG, INK, PALETTE, PAPER, QUIET, Drawings, Spec, paper_svg
from screens.templatetags.screens import figure

__all__ = ["Chart", "bars_by", "columns_by", "day_by_day", "paper_svg"]

SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
DASHES = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2])
WIDTHS = (320, 390, 520, 800)  # a telephone, a third of a desk, of a large screen, half of one: surfaces.css has them
HEIGHT = 250
LETTER, SYMBOL = 8, 32  # pixels a letter of a legend takes, and what stands before and behind its words
DAYS_LABELLED = 14
NAMES: Spec = {"title": None, "labelLimit": 220, "labelColor": INK}
RULED: Spec = {"grid": True, "domain": False, "ticks": False}
NOTHING_LEADS: Mapping[str, Mapping[Any, str]] = {}

Number = int | float | Decimal


@dataclass(frozen=True)
class Chart:
    """A drawing with its figures: `{% include "components/chart.html" with chart=chart %}`."""

    title: str
    spec: Spec
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[str, ...] = ()
    margin: int = 50  # pixels left of the axis, where its labels stand
    hrefs: tuple[tuple[str, ...], ...] = ()  # where the figures of each row lead; '' nowhere

    @property
    def cells(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The table: the name of each row, and its figures with where each leads."""
        hrefs = self.hrefs or tuple(("",) * (len(row) - 1) for row in self.rows)
        return [(row[0], list(zip(row[1:], leads, strict=True))) for row, leads in zip(self.rows, hrefs, strict=True)]

    @property
    def drawings(self) -> list[SafeString]:
        """Drawn once for each width and never stretched, so that letters have one size on every page."""
        return self._drawings.drawn

    @property
    def is_drawn(self) -> bool:
        """Whether the drawings are there already; one that is not takes a tenth of a second."""
        return self._drawings.found is not None

    @cached_property
    def _drawings(self) -> Drawings:
        return Drawings(self.spec, [self._fit(width) for width in WIDTHS])

    def on_paper(self, *, width: int, font: str) -> str:
        """The drawing for a document, in its typeface."""
        return paper_svg({**self.spec, **self._fit(width)}, font=font)

    def _fit(self, width: int) -> Spec:
        legend = {**CONFIG["legend"], "columns": _columns_in(width - self.margin, self.legend)}
        return {"width": width, "autosize": {"type": "fit", "contains": "padding"}, "config": {"legend": legend}}


def day_by_day(
    *,
    title: str,
    series: Mapping[str, Sequence[tuple[date, Number]]],
    unit: str = "",
    height: int = HEIGHT,
    leads: Mapping[str, Mapping[date, str]] = NOTHING_LEADS,
) -> Chart:
    """One line for each named series, over days. At most five series; told apart by colour, shape and dash.

    `leads`: where the point of a series and day leads.
    """
    names = list(series)
    days = sorted({day for points in series.values() for day, _value in points})
    links: Links = []
    values: list[Spec] = []
    for name, points in series.items():
        for day, value in points:
            row = {"day": f"{day:%Y-%m-%d}", "words": f"{day:%d/%m}", "series": name, "value": float(value)}
            named = f"{name}, {day:%d/%m}: {_written(value)}"
            link(row, to=leads.get(name, {}).get(day, ""), name=named, links=links)
            values.append(row)
    scale = {"domain": names}
    every = max(1, -(-len(days) // DAYS_LABELLED))
    shown = [f"{day:%Y-%m-%d}" for day in days[::every]]
    encoding: Spec = {
        "x": {
            "field": "day",
            "type": "ordinal",
            "scale": {"domain": [f"{day:%Y-%m-%d}" for day in days]},
            "axis": {
                "title": None,
                "labelAngle": 0,
                "labelOverlap": True,
                "labelSeparation": 4,
                "values": shown,
                "labelExpr": "slice(datum.value, 8, 10) + '/' + slice(datum.value, 5, 7)",
            },
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "axis": {"title": unit or None, "tickCount": 5, "tickMinStep": 1, "format": ",~f"},
        },
        "color": {"field": "series", "type": "nominal", "scale": {**scale, "range": list(PALETTE)}},
        "shape": {"field": "series", "type": "nominal", "scale": {**scale, "range": list(SHAPES)}},
    }
    dashed = {"field": "series", "type": "nominal", "scale": {**scale, "range": list(DASHES)}, "legend": None}
    line = {**encoding, "color": {**encoding["color"], "legend": None}, "strokeDash": dashed}
    del line["shape"]
    spec = {
        "title": title,
        "description": _story(names, series),
        "height": height,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2.5},
                "encoding": line,
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                "encoding": {**encoding, **(ENCODING if links else {})},
            },
        ],
        "links": links,
        "resolve": {
            "legend": dict.fromkeys(("color", "shape", "strokeDash"), "independent")
        },  # only the points explain
    }
    by_day = {name: dict(points) for name, points in series.items()}
    rows = tuple((f"{day:%d/%m}", *(_written(by_day[name].get(day)) for name in names)) for day in days)
    hrefs = tuple(tuple(leads.get(name, {}).get(day, "") for name in names) for day in days)
    return Chart(title, spec, (_("Día"), *names), rows, tuple(names), hrefs=hrefs)


def bars_by(
    *,
    title: str,
    values: Mapping[str, Number | Mapping[str, Number]],
    unit: str = "",
    label: str = "",
    leads: Mapping[str, Mapping[str, str]] = NOTHING_LEADS,
) -> Chart:
    """Horizontal bars, one a name, in the order given; a mapping of mappings stacks its parts.

    `leads`: where a name and its part lead; of a bar without parts the part is ''.
    """
    stacked = any(isinstance(value, Mapping) for value in values.values())
    parts: list[str] = []
    rows: list[Spec] = []
    links: Links = []
    for name, value in values.items():
        for part, amount in value.items() if isinstance(value, Mapping) else [("", value)]:
            if part not in parts:
                parts.append(part)
            row: Spec = {"name": name, "part": part, "value": float(amount), "order": parts.index(part)}
            named = f"{name}, {part}: {_written(amount)}" if part else f"{name}: {_written(amount)}"
            link(row, to=leads.get(name, {}).get(part, ""), name=named, links=links)
            rows.append(row)
    names = list(values)
    y: Spec = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "axis": NAMES,
    }
    x = {
        "field": "value",
        "type": "quantitative",
        "stack": "zero",
        "axis": {"title": unit or None, "tickCount": _ticks(values.values()), "format": ",~f", **RULED},
    }
    colour: Spec = (
        {"field": "part", "type": "nominal", "scale": {"domain": parts, "range": [*PALETTE, QUIET]}}
        if stacked
        else {"value": PALETTE[0]}
    )
    bars: Spec = {"mark": {"type": "bar", "height": {"band": 0.68}}, "encoding": {"x": x, "y": y, "color": colour}}
    if stacked:
        bars["mark"]["stroke"] = PAPER
        bars["encoding"]["order"] = {"field": "order", "type": "quantitative"}
    if links:
        bars["encoding"] |= ENCODING
    layers = [bars]
    if not stacked:
        words = {"field": "value", "type": "quantitative", "format": ",~f"}
        layers.append({"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": {"x": x, "y": y, "text": words}})
    spec = {
        "title": title,
        "description": "; ".join(f"{name}: {_total(value)}" for name, value in values.items()),
        "height": {"step": 28},
        "data": {"values": rows},
        "layer": layers,
        "links": links,
    }
    heads = parts if stacked else [unit or _("Cantidad")]
    table = tuple(
        (name, *(_written(value.get(part)) if isinstance(value, Mapping) else _written(value) for part in parts))
        for name, value in values.items()
    )
    hrefs = tuple(tuple(leads.get(name, {}).get(part, "") for part in parts) for name in names)
    legend = tuple(parts) if stacked else ()
    return Chart(title, spec, (label or _("Grupo"), *heads), table, legend, _margin(names), hrefs)


def columns_by(
    *,
    title: str,
    values: Mapping[str, Mapping[str, Number]],
    unit: str = "",
    label: str = "",
    height: int = HEIGHT,
    leads: Mapping[str, Mapping[str, str]] = NOTHING_LEADS,
) -> Chart:
    """Upright bars, one a name in the order given (hours of a day): a part that counts, and the rest standing on it.

    `leads`: where a name and its part lead.
    """
    names = list(values)
    parts = list(dict.fromkeys(part for amounts in values.values() for part in amounts))
    there = {part for amounts in values.values() for part, amount in amounts.items() if amount}
    colours = {part: colour for part, colour in zip(parts, (PALETTE[0], QUIET), strict=False) if part in there}
    rows: list[Spec] = []
    links: Links = []
    for name, amounts in values.items():
        for order, part in enumerate(parts):
            if not amounts.get(part):
                continue  # the rim of nothing would break the axis
            row: Spec = {"name": name, "part": part, "value": float(amounts[part]), "order": order}
            to = leads.get(name, {}).get(part, "")
            link(row, to=to, name=f"{name}, {part}: {_written(amounts[part])}", links=links)
            rows.append(row)
    axis: Spec = {"title": unit or None, "tickCount": _ticks(values.values()), "format": ",~f"}
    upright: Spec = {"title": None, "labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 4}
    spec = {
        "title": title,
        "description": "; ".join(f"{name}: {_total(amounts)}" for name, amounts in values.items()),
        "height": height,
        "data": {"values": rows},
        "mark": {"type": "bar", "width": {"band": 0.68}, "stroke": PAPER},
        "encoding": {
            "x": {"field": "name", "type": "ordinal", "scale": {"domain": names}, "axis": upright},
            "y": {"field": "value", "type": "quantitative", "stack": "zero", "axis": axis},
            "color": {
                "field": "part",
                "type": "nominal",
                "scale": {"domain": list(colours), "range": [*colours.values()]},
            },
            "order": {"field": "order", "type": "quantitative"},
            **(ENCODING if links else {}),
        },
        "links": links,
    }
    table = tuple((name, *(_written(amounts.get(part)) for part in parts)) for name, amounts in values.items())
    hrefs = tuple(
        tuple(leads.get(name, {}).get(part, "") if amounts.get(part) else "" for part in parts)
        for name, amounts in values.items()
    )
    return Chart(title, spec, (label or _("Grupo"), *parts), table, tuple(colours), hrefs=hrefs)


def _written(value: Number | None) -> str:
    if value is None:
        return figure(None)
    return figure(value, 0 if value == int(value) else 2)


def _total(value: Number | Mapping[str, Number]) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{part} {_written(amount)}" for part, amount in value.items())
    return _written(value)


def _margin(names: Sequence[str]) -> int:
    return min(NAMES["labelLimit"], max(map(len, names), default=0) * LETTER) + SYMBOL // 2


def _columns_in(room: int, words: Sequence[str]) -> int:
    """In how many columns a legend fits: its words fill line after line, and a column is as wide as its longest."""
    for columns in range(len(words), 1, -1):
        longest = [max(map(len, words[column::columns])) for column in range(columns)]
        if sum(length * LETTER + SYMBOL for length in longest) <= room:
            return columns
    return 1


def _ticks(values: Iterable[Number | Mapping[str, Number]]) -> int:
    """Half a call does not exist: few calls have as many ticks as there are calls."""
    sums = [sum(value.values()) if isinstance(value, Mapping) else value for value in values]
    return min(5, int(max(sums, default=0)) or 1)


def _story(names: Sequence[str], series: Mapping[str, Sequence[tuple[date, Number]]]) -> str:
    """What a listener needs of lines: where each begins and ends."""
    told = []
    for name in names:
        points = sorted(series[name])
        if points:
            (first, began), (last, ended) = points[0], points[-1]
            told.append(
                _("%(name)s: de %(began)s el %(first)s a %(ended)s el %(last)s")
                % {
                    "name": name,
                    "began": _written(began),
                    "first": f"{first:%d/%m}",
                    "ended": _written(ended),
                    "last": f"{last:%d/%m}",
                }
            )
    return "; ".join(told)
