"""Measured values with their intervals, as a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from screens.charts import NAMES, RULED, Chart
from screens.drawing import INK_SOFT, PALETTE
from screens.templatetags.screens import figure


@dataclass(frozen=True)
class Estimate:
    """A measured value with its 95 % interval."""

    name: str
    low: float
    value: float
    high: float


def intervals(*, title: str, estimates: Sequence[Estimate], unit: str = "") -> Chart:
    """Each estimate as a point with its 95 % interval, and the line of no effect at zero."""
    rows = [{"name": e.name, "low": e.low, "value": e.value, "high": e.high} for e in estimates]
    names = [e.name for e in estimates]
    y = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "axis": NAMES,
    }
    axis = {"title": unit or None, "format": "+,.1~f", **RULED, "tickCount": 6}
    x = {"field": "low", "type": "quantitative", "axis": axis}
    spec = {
        "title": title,
        "description": "; ".join(
            _("%(name)s: %(value)s, entre %(low)s y %(high)s")
            % {"name": e.name, "value": figure(e.value, 1), "low": figure(e.low, 1), "high": figure(e.high, 1)}
            for e in estimates
        ),
        "height": {"step": 34},
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "color": INK_SOFT, "strokeDash": [4, 3]},
                "encoding": {"x": {"datum": 0, "type": "quantitative", "axis": axis}},
            },
            {
                "mark": {"type": "rule", "color": PALETTE[0], "strokeWidth": 3},
                "encoding": {"y": y, "x": x, "x2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 130, "color": PALETTE[0], "opacity": 1},
                "encoding": {"y": y, "x": {"field": "value", "type": "quantitative", "axis": axis}},
            },
        ],
    }
    table = tuple((e.name, figure(e.value, 1), figure(e.low, 1), figure(e.high, 1)) for e in estimates)
    return Chart(title, spec, ("", unit or _("Valor"), _("Desde"), _("Hasta")), table)
