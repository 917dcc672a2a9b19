"""What the demo's switchboard wrote of its queues until now: believable days of calls, in a file the clock reads.

Quiet nights, busy mornings, more of all from the 25th on; in a bad hour, which some days have, callers wait and leave,
and on a bad day all morning. Once a month the switchboard begins anew in the middle of its calls.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings

from callcenter.demo.switchboard import NAME
from service_level.days import LA_PAZ, midnight_of
from telephony.models import LogSource, Switchboard

DAYS = 45
FROM_THE_25TH = 1.35
LINES = {"101": 30, "102": 14, "103": 8, "104": 10, "109": 4, "4200224": 4, "4251000": 9, "4522222": 6}
LINES |= {"800131313": 6, "800130001": 5, "4639999": 4}  # of a hundred calls
BUSY = {8: 18, 9: 30, 10: 34, 11: 28, 12: 14, 13: 12, 14: 20, 15: 26, 16: 27, 17: 22, 18: 14, 19: 9, 20: 5}  # an hour
PATIENCE, GIVEN, RINGS = 90, 75, 12  # seconds: until a caller hangs up, a queue gives up, an agent is rung in vain
BY_KEY, IN_VAIN, SENT_ON = 0.01, 0.2, 0.03  # of one: who leaves by a key, whose agent does not answer, who is sent on
BAD_DAY, NOON = 9, 12  # on the 9th, 18th and 27th, if they are of a week, few are there in the morning
RESTARTED, SILENT = 4, 60  # on this day of the month the switchboard began anew; seconds of which nothing is written
Line = tuple[int, str]  # its moment, and what follows it
AGENTS = ("Ana", "Marta", "Luis", "Carla", "Diego", "Sonia")


def write_what_was_called(*, now: datetime) -> None:
    """The file and its source, where there is none yet."""
    if LogSource.objects.exists():
        return
    board = Switchboard.objects.get_or_create(name=NAME, defaults={"host": "127.0.0.1"})[0]
    before = settings.CALLCENTER_HOME / "queue_log-before"
    before.parent.mkdir(parents=True, exist_ok=True)
    today = now.astimezone(LA_PAZ).date()
    days = [_day(today - timedelta(days=ago)) for ago in range(DAYS)]
    lines = sorted(line for day in days for line in day if line[0] < now.timestamp())
    before.write_text("".join(f"{at}|{text}\n" for at, text in lines), encoding="utf-8")
    LogSource.objects.create(switchboard=board, path=str(settings.CALLCENTER_HOME / "queue_log*"))


def is_bad_day(day: date) -> bool:
    return day.day % BAD_DAY == 0 and day.weekday() < 5


def _day(day: date) -> Iterator[Line]:
    """The lines of a day, each with its moment."""
    draw = random.Random(day.toordinal())  # noqa: S311  # a demo
    bad_hour = draw.choice([9, 10, 11, 15, 16]) if draw.random() < 0.3 else None
    share = 0.4 if day.weekday() == 6 else 0.7 if day.weekday() == 5 else 1.0
    share *= FROM_THE_25TH if day.day >= 25 else 1.0
    lines: list[Line] = []
    for hour, calls in BUSY.items():
        begins = int((midnight_of(day) + timedelta(hours=hour)).timestamp())
        mean = 26 if hour == bad_hour or (is_bad_day(day) and hour < NOON) else 7
        for number in range(round(calls * share * draw.uniform(0.8, 1.2))):
            lines += _call(begins + draw.randrange(3600), number, draw, mean)
    if day.day == RESTARTED:
        yield from _restarted(lines, int((midnight_of(day) + timedelta(hours=10, minutes=40)).timestamp()))
    else:
        yield from lines


def _call(at: int, number: int, draw: random.Random, mean: int) -> Iterator[Line]:
    """A call that enters then, and waits so many seconds in the mean."""
    call, line = f"{at}.{number}", draw.choices([*LINES], [*LINES.values()])[0]
    wait, gives_up = 2 + int(draw.expovariate(1 / mean)), 4 + int(draw.expovariate(1 / PATIENCE))
    yield at, f"{call}|{line}|NONE|ENTERQUEUE||{draw.choice(['7', '6', '4'])}{draw.randrange(10**6, 10**7)}|1"
    if draw.random() < BY_KEY:
        yield at + min(wait, 5), f"{call}|{line}|NONE|EXITWITHKEY|0|1|1|{min(wait, 5)}"
    elif gives_up < wait:
        yield at + gives_up, f"{call}|{line}|NONE|ABANDON|1|1|{gives_up}"
    elif wait > GIVEN:
        yield at + GIVEN, f"{call}|{line}|NONE|EXITWITHTIMEOUT|1|1|{GIVEN}"
    else:
        agent, talk = draw.choice(AGENTS), 20 + int(draw.expovariate(1 / 170))
        if draw.random() < IN_VAIN and wait > RINGS:
            yield at + wait - RINGS, f"{call}|{line}|{draw.choice(AGENTS)}|RINGNOANSWER|{RINGS}000"
        yield at + wait, f"{call}|{line}|{agent}|CONNECT|{wait}|{call}1|{min(wait, 4)}"
        if draw.random() < SENT_ON and line != "102":
            yield at + wait + talk, f"{call}|{line}|{agent}|BLINDTRANSFER|102|from-internal|{wait}|{talk}|1"
        else:
            who = draw.choice(["COMPLETECALLER", "COMPLETEAGENT"])
            yield at + wait + talk, f"{call}|{line}|{agent}|{who}|{wait}|{talk}|1"


def _restarted(lines: list[Line], at: int) -> Iterator[Line]:
    """The same where the switchboard began anew then: what was under way has no end, and of a minute nothing stands."""
    begun = {text.partition("|")[0] for moment, text in lines if moment < at}
    yield at, "NONE|NONE|NONE|QUEUESTART|"
    yield from ((moment, text) for moment, text in lines if moment < at - SILENT)
    yield from ((moment, text) for moment, text in lines if moment > at and text.partition("|")[0] not in begun)
