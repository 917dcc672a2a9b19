"""Where a figure of the campaign leads: the list of the rows it counts, under the same filters.

The list asks by the definitions the figure was counted by (campaigns/figures/counted_rows.py), so as many rows stand in
it as the figure says. A figure of nothing leads nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import quote_plus

from django.urls import reverse

from campaigns.figures.figures import Figures, Totals
from campaigns.figures.filters import NO_ZONE, Only
from campaigns.figures.measuring import CONDITIONS, Counts
from campaigns.models import Campaign, Disposition, Service, Unit
from campaigns.month.periods import write_period

FIGURES = (
    "items",
    "handled",
    "contacted",
    "promised",
    "paid",
    "paid_after_contact",
    "paid_without_contact",
    "not_paid",
)


@dataclass(frozen=True)
class Openings:
    """The lists of a campaign, for what is asked of its figures."""

    campaign: Campaign
    only: Only

    def figure(self, figure: str, *, unit: Unit = Unit.CONTACT, only: Only | None = None, zone: str = "") -> str:
        """The list of what `figure` (of campaigns/figures/measuring.py) counts for `only`, else for what is asked."""
        if figure not in CONDITIONS:
            raise KeyError(figure)
        asked = only or self.only
        told = {"figure": figure, "unit": "services" if unit == Unit.SERVICE else "", "worker": asked.agent}
        return self._list({**told, **self._kept(asked), **({"zone": zone} if zone else {})})

    def assigned(self, agent: int | None = None) -> str:
        """What an agent owns now, or what is somebody's: the list by owner, whoever worked it."""
        owned = {"agent": agent} if agent else {"state": "assigned", "agent": self.only.agent}
        return self._list({"figure": "items", **owned, **self._kept(replace(self.only, agent=None))})

    def calls(self, dispositions: list[Disposition]) -> str:
        """The calls that ended so; those of an agent are what she called, whoever is credited."""
        results = ",".join(str(disposition.pk) for disposition in dispositions)
        return self._list({"unit": "calls", "result": results, "worker": self.only.agent, **self._kept(self._by_day())})

    def on(self, day: date, figure: str) -> str:
        """What `figure` counts of a day."""
        return self.figure(figure, only=replace(self._by_day(), day=day))

    def until(self, day: date, figure: str, *, unit: Unit = Unit.CONTACT) -> str:
        """What `figure` counts of a day and all before it; `attempts` are the calls."""
        if figure == "attempts":
            return self._list({"unit": "calls", "until": day.isoformat()})
        return self.figure(figure, unit=unit, only=Only(until=day))

    def left(self, day: date, how: str) -> str:
        """Who left the list on a day, `called` or `uncalled`, or was `yet` to be called at its end."""
        return self._list({"left": how, "day": day.isoformat()})

    def calls_of(self, day: date) -> str:
        """All calls of a day."""
        return self._list({"unit": "calls", "day": day.isoformat()})

    def attempts(self, *, hour: int | None = None, number: int | None = None, is_reached: bool) -> str:
        """The calls that count as an attempt, of an hour or of a number, with the customer spoken to or not."""
        return self._list({"unit": "calls", "hour": hour, "number": number, "spoke": "yes" if is_reached else "no"})

    def of(self, counts: Counts, *, unit: Unit, only: Only | None = None, zone: str = "") -> dict[str, str]:
        """By figure, where those of `counts` lead; '' where there is nothing."""
        rest = self.figure("items", unit=unit, only=only, zone=zone).partition("figure=items")[2]
        return {name: f"{self._address}?figure={name}{rest}" if getattr(counts, name) else "" for name in FIGURES}

    def of_zone(self, zone: str, contacts: Counts, services: Counts) -> dict[str, dict[str, str]]:
        """By unit and figure, where those of a zone lead."""
        named = zone or NO_ZONE
        return {
            "contacts": self.of(contacts, unit=Unit.CONTACT, zone=named),
            "services": self.of(services, unit=Unit.SERVICE, zone=named),
        }

    @cached_property
    def _address(self) -> str:
        return reverse("campaigns:contact_list", args=[write_period(self.campaign.period)])

    def _by_day(self) -> Only:
        """What the figures of days and calls heed: of an agent they are not told by zone."""
        return replace(self.only, zone="") if self.only.days_leave_out_zone else self.only

    @staticmethod
    def _kept(only: Only) -> dict[str, str]:
        zone = "" if only.day and only.days_leave_out_zone else only.zone
        days = {name: day.isoformat() if day else "" for name, day in (("day", only.day), ("until", only.until))}
        return {"service": only.service, "zone": zone, **days}

    def _list(self, asked: dict[str, str | int | None]) -> str:
        told = (f"{name}={quote_plus(str(value))}" for name, value in asked.items() if value not in (None, ""))
        return f"{self._address}?{'&'.join(told)}"


def leads_of_totals(figures: Totals, opens: Openings) -> dict[str, Any]:
    """Where the figures of the tiles lead, for their templates."""
    return {
        "contacts": opens.of(figures.contacts, unit=Unit.CONTACT),
        "services": opens.of(figures.services, unit=Unit.SERVICE),
        "credited": {
            name: opens.figure(name, unit=Unit.SERVICE)
            for name in ("paid_on_contact_day", "paid_part_before")
            if figures.credited is None or getattr(figures.credited, name)
        },
    }


def leads_of_rows(figures: Figures, opens: Openings) -> dict[str, Any]:
    """The rows of the tables by service and by zone, each with where its figures lead."""
    return {
        "service_rows": [
            (
                Service(service).label,
                counts,
                opens.of(counts, unit=Unit.SERVICE, only=replace(figures.only, service=service)),
            )
            for service, counts in figures.by_service.items()
        ],
        "zone_rows": [
            (zone, contacts, services, opens.of_zone(zone, contacts, services))
            for zone, (contacts, services) in figures.by_zone.items()
        ],
    }
