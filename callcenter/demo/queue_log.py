"""What the demo's switchboard wrote of its queues until now: believable days of calls, in a file the clock reads.

Quiet nights, busy mornings, more of all from the 25th on; in a bad hour, which some days have, callers wait and leave.
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


def _day(day: date) -> Iterator[tuple[int, str]]:
    """The lines of a day, each with its moment."""
    draw = random.Random(day.toordinal())  # noqa: S311  # a demo
    bad_hour = draw.choice([9, 10, 11, 15, 16]) if draw.random() < 0.3 else None
    share = 0.4 if day.weekday() == 6 else 0.7 if day.weekday() == 5 else 1.0
    share *= FROM_THE_25TH if day.day >= 25 else 1.0
    for hour, calls in BUSY.items():
        begins = int((midnight_of(day) + timedelta(hours=hour)).timestamp())
        patience, mean = 90, 26 if hour == bad_hour else 7
        for number in range(round(calls * share * draw.uniform(0.8, 1.2))):
            at = begins + draw.randrange(3600)
            call = f"{at}.{number}"
            line = draw.choices([*LINES], [*LINES.values()])[0]
            wait, gives_up = 2 + int(draw.expovariate(1 / mean)), 4 + int(draw.expovariate(1 / patience))
            yield at, f"{call}|{line}|NONE|ENTERQUEUE||{draw.choice(['7', '6', '4'])}{draw.randrange(10**6, 10**7)}|1"
            if gives_up < wait:
                yield at + gives_up, f"{call}|{line}|NONE|ABANDON|1|1|{gives_up}"
            elif wait > 180:
                yield at + 180, f"{call}|{line}|NONE|EXITWITHTIMEOUT|1|1|180"
            else:
                agent, talk = draw.choice(AGENTS), 20 + int(draw.expovariate(1 / 170))
                who = draw.choice(["COMPLETECALLER", "COMPLETEAGENT"])
                yield at + wait, f"{call}|{line}|{agent}|CONNECT|{wait}|{call}1|{min(wait, 4)}"
                yield at + wait + talk, f"{call}|{line}|{agent}|{who}|{wait}|{talk}|1"
