"""What the address of a list asks for. What cannot be read in it is left out."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from campaigns.figures.counted_rows import LEAVING
from campaigns.lists.listing import STATES, Asked
from campaigns.lists.wording import CALLS, CONTACTS, UNITS, figures_of
from campaigns.models import Service
from campaigns.models.contacts import CallList
from screens.searching import searched

MOST_RESULTS = 60
SPOKE = {"yes": True, "no": False}


def asked_for(request: HttpRequest) -> Asked:
    """The filters of the address."""
    asked = request.GET
    unit = _one_of(asked.get("unit", ""), UNITS)
    day = _day(asked.get("day", ""))
    results = [_number(result) for result in asked.get("result", "").split(",")[:MOST_RESULTS]]
    of_calls = unit == CALLS
    return Asked(
        unit=unit,
        state=_one_of(asked.get("state", ""), STATES),
        call_list=_one_of(asked.get("list", ""), CallList.values),
        agent=_number(asked.get("agent", "")),
        zone=asked.get("zone", "")[:80],
        search=searched(request, most=80),
        figure=_one_of(asked.get("figure", ""), figures_of(unit)),
        service=_one_of(asked.get("service", ""), Service.values),
        worker=_number(asked.get("worker", "")),
        day=day,
        results=tuple(result for result in results if result) if of_calls else (),
        until=_day(asked.get("until", "")),
        left=_one_of(asked.get("left", ""), LEAVING) if day and unit == CONTACTS else "",
        hour=_number(asked.get("hour", "")) if of_calls else None,
        number=_number(asked.get("number", "")) if of_calls else None,
        spoke=SPOKE.get(asked.get("spoke", "")) if of_calls else None,
    )


def hidden_of(asked: Asked) -> list[tuple[str, str]]:
    """What a figure brought along and the form has no field for: it is told in words and kept."""
    spoke = next((word for word, value in SPOKE.items() if value is asked.spoke), "")
    kept = {
        "service": asked.service, "worker": asked.worker, "day": asked.day, "until": asked.until, "left": asked.left,
        "result": ",".join(map(str, asked.results)), "hour": asked.hour, "number": asked.number, "spoke": spoke,
    }  # fmt: skip
    return [(name, str(value)) for name, value in kept.items() if value not in (None, "")]


def _one_of(text: str, choices: object) -> str:
    return text if text in choices else ""  # type: ignore[operator]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str) -> str:
    try:
        return text if f"{date.fromisoformat(text):%Y-%m-%d}" == text else ""
    except ValueError:
        return ""
