"""The table of agents' days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from agents.day import AgentDay, added_up
from callcenter.workdays.columns import SPENT
from callcenter.workdays.finding import Workday
from screens.tables import Lasting, ListTable, Moment, Percent, RowLink
from screens.templatetags.screens import lasting, percent


def _total(name: str) -> Callable[..., str]:
    return lambda table: lasting(getattr(table.totals, name))


def _spent(name: str) -> Lasting:
    return Lasting(accessor=f"times__{name}", verbose_name=SPENT[name], footer=_total(name))


class WorkdayTable(ListTable):
    """Agents' days; a row opens the stretches it was summed from."""

    title = gettext_lazy("Jornadas")
    day = Moment(verbose_name=gettext_lazy("Día"), footer=gettext_lazy("Total"))
    agent = RowLink(
        verbose_name=gettext_lazy("Agente"),
        attrs={"td": {"class": "nowrap"}},
        linkify=lambda record: f"{reverse('agents:shift', args=[record.pk])}?day={record.day:%Y-%m-%d}",
    )
    logged_in = Lasting(accessor="times__logged_in", verbose_name=gettext_lazy("Jornada"), footer=_total("logged_in"))
    idle = _spent("idle")
    ringing = _spent("ringing")
    talking = _spent("talking")
    wrapping_up = _spent("wrapping_up")
    resting = _spent("resting")
    away_from_calls = _spent("away_from_calls")
    training = _spent("training")
    away = _spent("away")
    occupancy = Percent(
        accessor="times__occupancy", order_by="busy", verbose_name=gettext_lazy("Ocupación"),
        footer=lambda table: percent(table.totals.occupancy),
    )  # fmt: skip

    class Meta(ListTable.Meta):
        attrs = {"class": "table compact"}

    def __init__(self, rows: Sequence[Workday], **more: Any) -> None:
        super().__init__(rows, **more)
        self.totals: AgentDay = added_up(one.times for one in rows)
