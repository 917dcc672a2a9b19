"""A queue_log from the file to its lines and visits, and the same file again.

    python -m benchmarks.queue_log [--lines 1000000]

The figures, the other accounts and the seal of its first month are timed beside it.

Limits, measured in the same run: splitting and pairing the lines in plain Python, and one `COPY` of them, already
split, into a table with a key and two indexes. To reach: lines → rows, calls ≤ 3 × both together, 200 MB; again ≤ 1 ×.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks._house import own_database

BEGINS = 1_795_500_000
QUEUES = ["101", "102", "103", "104", "109", "4200224", "4251000", "4522222", "800131313", "800130001", "4639999"]


def lines(count: int) -> Iterator[str]:
    """Calls of a busy centre: some 5 lines each, interleaved."""
    draw, at, number, due = random.Random(7), BEGINS, 0, list[tuple[int, str]]()
    written = 0
    while written < count:
        at += draw.randint(0, 2)
        number += 1
        call, queue, wait = f"{at}.{number}", draw.choice(QUEUES), draw.randint(1, 60)
        name = f"Agente {draw.randint(1, 200)}"
        told = [(0, f"NONE|ENTERQUEUE||7{draw.randint(10**6, 10**7 - 1)}|1")]
        if draw.random() < 0.8:
            talk = draw.randint(20, 400)
            told += [(wait // 2, f"{name}|RINGNOANSWER|1000")] if draw.random() < 0.6 else []
            told += [
                (wait, f"{name}|CONNECT|{wait}|{call}9|3"),
                (wait + talk, f"{name}|COMPLETECALLER|{wait}|{talk}|1"),
            ]
        else:
            told += [(wait, f"NONE|ABANDON|1|1|{wait}")]
        due += [(at + after, f"{call}|{queue}|{rest}") for after, rest in told]
        if number % 500 == 0:
            due.sort()
            ready = [one for one in due if one[0] < at - 500]
            due = due[len(ready) :]
            for moment, rest in ready[: count - written]:
                written += 1
                yield f"{moment}|{rest}\n"


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_plain_python(path: Path) -> None:
    calls: dict[str, list[list[str]]] = {}
    with path.open() as file:
        for text in file:
            parts = text.rstrip("\n").split("|")
            calls.setdefault(parts[1], []).append(parts)
    for told in calls.values():
        opened = None
        for parts in told:
            if parts[4] == "ENTERQUEUE":
                opened = int(parts[0])
            elif parts[4] in ("CONNECT", "ABANDON") and opened is not None:
                int(parts[0]) - opened


def copied(path: Path) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE limit_copy (id bigint PRIMARY KEY, at bigint, call text, queue text, text text)")
        cursor.execute("CREATE INDEX ON limit_copy (call)")
        cursor.execute("CREATE INDEX ON limit_copy (queue, at)")
        with path.open() as file:
            rows = [(n, *text.split("|", 3)[:3], text.rstrip("\n")) for n, text in enumerate(file)]

        def copy() -> None:
            with cursor.copy("COPY limit_copy FROM STDIN") as into:
                for row in rows:
                    into.write_row(row)

        took = timed(copy)
        cursor.execute("DROP TABLE limit_copy")
    return took


def taken(path: Path) -> None:
    from telephony.models import Switchboard
    from telephony.queue_log.taking import take_lines

    board = Switchboard.objects.get()
    with path.open() as file:
        take_lines(board=board, lines=(text.rstrip("\n") for text in file))


def ends_what_is_open(path: Path) -> None:
    """A line of half a day later: a month in which somebody waits still is not sealed."""
    from telephony.models import Switchboard
    from telephony.queue_log.taking import take_lines

    newest = max(int(line.partition("|")[0]) for line in path.open())
    take_lines(board=Switchboard.objects.get(), lines=[f"{newest + 13 * 3600}|NONE|101|Agente 1|PAUSE|"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database(), tempfile.TemporaryDirectory() as folder:
        import django

        django.setup()
        from django.utils import timezone

        from agents.models import User
        from service_level.days import bounds_of
        from service_level.indicator.accounts import read_accounts
        from service_level.indicator.counting import count_changed, formula_of, months_with_figures
        from service_level.indicator.page import of_whole_month
        from service_level.months import after
        from service_level.sealing.sealing import seal
        from telephony.models import LoggedLine, LoggedVisit, Switchboard

        Switchboard.objects.create(name="Central", host="127.0.0.1", port=5038, user="callcenter")
        supervisor = User(username="supervision", role="supervisor")
        path = Path(folder) / "queue_log"
        with path.open("w") as file:
            file.writelines(lines(options.lines))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took = timed(lambda: taken(path))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        again = timed(lambda: taken(path))
        ends_what_is_open(path)
        counted = timed(count_changed)
        month = next(months_with_figures())
        sealed = timed(lambda: seal(month=month, by=None, now=timezone.now() + timedelta(days=3650)))
        of_the_month = LoggedLine.objects.filter(at__lt=bounds_of(after(month), after(month))[0]).count()
        page = timed(
            lambda: read_accounts(asked=of_whole_month(month, "all"), formula=formula_of(month), user=supervisor)
        )
        visits = LoggedVisit.objects.count()
        limit = timed(lambda: in_plain_python(path)) + copied(path)
        print(f"   {options.lines} lines, {visits} visits; {before:.0f} MB before, {most:.0f} MB at the most (200)")
        print(f"   the limit, split and paired in Python and copied: {limit:.1f} s")
        print(f"   taken: {took:.1f} s = {took / limit:.2f} × the limit (3)")
        print(f"   again: {again:.1f} s = {again / limit:.2f} × the limit (1)")
        print(f"   counted: {counted:.1f} s; other accounts of a month: {page:.2f} s")
        print(f"   its first month, {of_the_month} lines, sealed: {sealed:.1f} s")


if __name__ == "__main__":
    main()
