"""The page an agent attends calls from: the lines as buttons, what is open, what was attended today."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from agents.models import Agent
from inbound.models import ServiceLine, Walk
from inbound.walks.page import under_way
from service_level.days import bounds_of_day

# One a line, in the order of the keyboard. Not g, which begins the way to another page, nor i and t, which press what
# stands in the calls to make on the same page (escalations/views/calls.py), nor q, e, h and v, which are the head's, of
# the call at her telephone and of what is written to her. Lines beyond these have none.
KEYS = "123456789wryuopasdfjklzxcbnm"
SHOWN = 30  # calls of today on the page; the list of all has its own


@dataclass(frozen=True)
class LineButton:
    """One line, the key that presses its button, and the key that makes two clicks one call."""

    line: ServiceLine
    key: str
    once: uuid.UUID


@dataclass(frozen=True)
class LinesPage:
    buttons: list[LineButton]
    open: list[Walk]
    ended: list[Walk]


def lay_lines(*, agent: Agent, now: datetime) -> LinesPage:
    """Three queries, whatever the number of calls."""
    active = ServiceLine.objects.filter(is_active=True).in_order()
    begins, _ends = bounds_of_day(now=now)
    today = Walk.objects.filter(agent=agent, began_at__gte=begins, ended_at__isnull=False)
    today = today.with_who_asks().select_related("line")
    return LinesPage(
        buttons=[
            LineButton(line, KEYS[place] if place < len(KEYS) else "", uuid.uuid4())
            for place, line in enumerate(active)
        ],
        open=list(under_way(by=agent.user)),
        ended=list(today.order_by("-ended_at")[:SHOWN]),
    )
