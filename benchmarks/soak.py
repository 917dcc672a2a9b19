"""A day pressed into an hour: does anything grow that should not, and are clicks at its end as quick as at first?

    python -m benchmarks.soak [--minutes 60] [--agents 200] [--contacts 100000]

Agents record results and walk calls at twelve times their pace, the clock ticks twelve times as often (once a second at
most), every four minutes a report of collections comes, boards are open and cards move. Each minute everything is
measured that may grow. To reach, the last third beside the first: p95 of a result ≤ 1.2 ×; memory of each program
≤ 1.1 ×; no more connections; no more owed, leased or dead rows than at the beginning, within what one minute makes.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TypeVar

import psutil
import psycopg

from benchmarks import walk_load
from benchmarks._house import ROOT, own_database
from benchmarks.board_live import Board, move, serve_stream
from benchmarks.board_live import build as build_boards
from benchmarks.desk_load import Desk, Times, build, open_desk, save_result, serve, through
from benchmarks.walk_load import Caller, answer_step, begin
from callcenter.ports import a_free_port

T = TypeVar("T")
FASTER = 12  # a day of twelve hours in one
RESULTS, STEPS = 18 * FASTER / 3600, 8 * FASTER / 3600  # a second, of one agent: as the policy plans; a call an hour
# A worker keeps something of each task until its time limit, done or not: two hours of them are ten minutes here
LIMITS = ["--time-limit", str(7200 // FASTER), "--soft-time-limit", str(7140 // FASTER)]
PAID_EVERY, MOVES_EVERY, PAID_AT_ONCE = 240.0, 5.0, 500
BOARDS = 10
GROWS = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
       (SELECT count(*) FROM campaigns_listentry WHERE lease_until IS NOT NULL),
       (SELECT sum(n_dead_tup) FROM pg_stat_user_tables), (SELECT sum(n_live_tup) FROM pg_stat_user_tables),
       pg_database_size(current_database())
"""
UNPAID = """
SELECT c.contract, r.service_number, r.service FROM campaigns_renewal r JOIN campaigns_contact c ON c.id = r.contact_id
 WHERE r.id > %s ORDER BY r.id LIMIT %s
"""


@dataclass
class Minute:
    """What was there at its end, and what its clicks took."""

    memory: dict[str, float] = field(default_factory=dict)  # MB, by program
    connections: int = 0
    leases: int = 0
    dead: int = 0
    rows: int = 0
    size: float = 0.0  # MB
    owed: int = 0
    p95: float = 0.0  # ms, of a result
    clicks: int = 0
    failed: int = 0


def faster_clock() -> None:
    """The schedule of the code, each tick twelve times as often."""
    from django.utils import timezone
    from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

    from callcenter.schedule import SCHEDULE
    from callcenter.scheduling import sync_schedule

    sync_schedule(ticks=SCHEDULE, now=timezone.now())
    every = {tick.task: tick.every for tick in SCHEDULE}
    for task in PeriodicTask.objects.filter(task__in=every):
        seconds = max(every[task.task] // FASTER, 1)
        interval, _new = IntervalSchedule.objects.get_or_create(every=seconds, period="seconds")
        PeriodicTask.objects.filter(pk=task.pk).update(interval=interval, expire_seconds=seconds)
    PeriodicTasks.update_changed()


def furnish(contacts: int, agents: int, drop: Path) -> tuple[list[Desk], list[Caller], list[str], int]:
    """A month with so many contacts, a browser of each agent for its desk and its calls, boards, a card, a source."""
    desks = build(contacts, agents)
    from hashlib import sha256

    from django.db import connection
    from django.utils import timezone

    from campaigns.models import ReportSource
    from inbound.models import FlowVersion, ServiceLine

    flow = walk_load.FLOW
    FlowVersion.objects.create(
        line=ServiceLine.objects.get(number="101"), version=99, source=flow, published_at=timezone.now(),
        sha256=sha256(flow.encode()).hexdigest(),
    )  # fmt: skip
    ReportSource.objects.create(
        name="recaudo", kind="recaudo", transport="file", location=str(drop), pattern="recaudo-*.csv"
    )
    faster_clock()
    cookies, card = build_boards(BOARDS)
    connection.close()
    return desks, [Caller(desk.cookie) for desk in desks], cookies, card


@contextmanager
def program(environment: dict[str, str], *command: str) -> Iterator[psutil.Process]:
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def house(environment: dict[str, str], web: int, live: int) -> Iterator[dict[str, psutil.Process]]:
    """Pages, stream, both workers and beat, as a site runs them."""
    celery = ["celery", "--quiet", "--app", "callcenter"]
    with ExitStack() as stack:
        running = {}
        for name, server in (("web", serve(environment, web)), ("live", serve_stream(environment, live))):
            stack.callback(server.wait, 60)
            stack.callback(server.terminate)
            running[name] = psutil.Process(server.pid)
        for queue in ("ticks", "jobs"):
            worker = ["worker", "--pool", "prefork", "--concurrency", "2", "--queues", queue, "--loglevel", "ERROR"]
            mine = [*celery, *worker, *LIMITS, "--hostname", f"{queue}-{web}@%h"]
            running[queue] = stack.enter_context(program(environment, *mine))
        beat = [*celery, "beat", "--loglevel", "ERROR", "--pidfile", ""]
        running["beat"] = stack.enter_context(program(environment, *beat))
        yield running


def megabytes(process: psutil.Process) -> float:
    """Of a program with its children, what each holds for itself."""
    found = 0
    for one in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            found += one.memory_full_info().uss
    return found / 2**20


def measured(running: dict[str, psutil.Process], connection: psycopg.Connection, times: Times, seen: int) -> Minute:
    from django.utils import timezone

    from work.overview import all_kinds

    taken = sorted(times.seconds[seen:])
    row = connection.execute(GROWS).fetchone()
    assert row is not None
    return Minute(
        memory={name: megabytes(process) for name, process in running.items()},
        connections=row[0], leases=row[1], dead=int(row[2]), rows=int(row[3]), size=row[4] / 2**20,
        owed=sum(kind.waiting for kind in all_kinds(now=timezone.now())),
        p95=taken[int(len(taken) * 0.95) - 1] * 1000 if taken else 0.0, clicks=len(taken), failed=times.failed,
    )  # fmt: skip


async def paced(rate: float, until: float, work: list[T], do: Callable[[T], Coroutine[None, None, None]]) -> None:
    """`do` each of them in turn, so many a second, whatever the others take."""
    running: set[asyncio.Task[None]] = set()
    started, turn = time.perf_counter(), 0
    while (now := time.perf_counter()) < until:
        due = started + turn / rate
        if due > now:
            await asyncio.sleep(due - now)
        task = asyncio.create_task(do(work[turn % len(work)]))
        running.add(task)
        task.add_done_callback(running.discard)
        turn += 1
    await asyncio.gather(*running)


async def pays(drop: Path, until: float) -> None:
    """A report of collections now and then, of renewals nobody paid yet."""
    number = last = 0
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        while time.perf_counter() < until:
            number += 1
            rows = connection.execute(UNPAID, [last, PAID_AT_ONCE]).fetchall()
            last += PAID_AT_ONCE
            with (drop / "half").open("w", newline="") as file:
                writer = csv.writer(file, delimiter=";")
                writer.writerow(("NRO_RECIBO", "CONTRATO", "NRO_SERVICIO", "PRODUCTO", "FECHA_PAGO", "MONTO", "CANAL"))
                today = time.strftime("%d/%m/%Y")
                for contract, service_number, service in rows:
                    receipt = f"S{number}-{service_number}"
                    writer.writerow((receipt, contract, service_number, service, today, "149,00", "Caja"))
            (drop / "half").rename(drop / f"recaudo-{number:03}.csv")
            await asyncio.sleep(min(PAID_EVERY, max(until - time.perf_counter(), 0)))


async def moves(card: int, until: float) -> None:
    while time.perf_counter() < until:
        await asyncio.to_thread(move, card)
        await asyncio.sleep(MOVES_EVERY)


async def soak(
    running: dict[str, psutil.Process], web: int, live: int, furnished: tuple[list[Desk], list[Caller], list[str], int],
    drop: Path, minutes: int,
) -> list[Minute]:  # fmt: skip
    desks, callers, cookies, card = furnished
    results, steps, told = Times(), Times(), []
    boards = [asyncio.create_task(Board(cookie).listen(live, asyncio.Semaphore(0))) for cookie in cookies]
    async with through(web) as client:
        for desk, caller in zip(desks, callers, strict=True):
            await open_desk(client, desk)
            await begin(client, caller)
        until = time.perf_counter() + minutes * 60

        async def result(desk: Desk) -> None:
            if desk.busy:
                return
            desk.busy = True
            try:
                failed = results.failed
                await save_result(client, desk, results)
                if results.failed > failed:  # as she would: she looks at her desk again
                    await open_desk(client, desk)
            finally:
                desk.busy = False

        async def step(caller: Caller) -> None:
            if caller.step > walk_load.STEPS_A_CALL:
                await begin(client, caller)
            await answer_step(client, caller, steps)

        work = [
            asyncio.create_task(paced(len(desks) * RESULTS, until, list(desks), result)),
            asyncio.create_task(paced(len(callers) * STEPS, until, list(callers), step)),
            asyncio.create_task(pays(drop, until)),
            asyncio.create_task(moves(card, until)),
        ]
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            for minute in range(1, minutes + 1):
                seen = len(results.seconds)
                await asyncio.sleep(max(until - (minutes - minute) * 60 - time.perf_counter(), 0))
                told.append(await asyncio.to_thread(measured, running, connection, results, seen))
                say(minute, told[-1])
        await asyncio.gather(*work)
    for board in boards:
        board.cancel()
    steps.say("a step of a walk")
    return told


def say(minute: int, one: Minute) -> None:
    memory = " ".join(f"{name} {size:.0f}" for name, size in one.memory.items())
    print(
        f"   {minute:3} min: {one.clicks} results, p95 {one.p95:.0f} ms, {one.failed} failed; MB {memory};"
        f" {one.connections} connections, {one.leases} leases, {one.owed} owed, {one.dead} dead of {one.rows} rows,"
        f" {one.size:.0f} MB",
        flush=True,
    )


def verdict(told: list[Minute]) -> list[str]:
    """What grew: the last third of the minutes beside the first, its first minute being for getting warm."""
    third = max(len(told) // 3, 1)
    first, last = told[1 : third + 1] or told[:1], told[-third:]
    grown = []

    def beside(name: str, before: float, after: float, most: float, *, besides: float = 0.0) -> None:
        is_right = after <= before * most + besides
        print(f"   {'✓' if is_right else '✗'} {name}: {before:.0f} → {after:.0f} (at most × {most} + {besides:.0f})")
        if not is_right:
            grown.append(name)

    def middle(minutes: list[Minute], name: str) -> float:
        return median(getattr(one, name) for one in minutes)

    beside("p95 of a result, ms", middle(first, "p95"), middle(last, "p95"), 1.2)
    for name in told[0].memory:
        before, after = (median(one.memory[name] for one in minutes) for minutes in (first, last))
        beside(f"memory of {name}, MB", before, after, 1.1, besides=10)
    beside("connections", middle(first, "connections"), middle(last, "connections"), 1.0, besides=4)
    beside("leases", middle(first, "leases"), middle(last, "leases"), 1.0, besides=20)
    beside("owed", middle(first, "owed"), middle(last, "owed"), 1.0, besides=20)
    shares = [median(one.dead / max(one.rows, 1) * 100 for one in minutes) for minutes in (first, last)]
    beside("dead rows of a hundred", *shares, 1.0, besides=25)  # autovacuum begins at a fifth of a table
    beside("failed clicks", 0, told[-1].failed, 1.0)
    return grown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--contacts", type=int, default=100_000)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database() as environment, tempfile.TemporaryDirectory() as folder:
        os.environ["REPORT_SOURCE_FOLDERS"] = environment["REPORT_SOURCE_FOLDERS"] = folder
        furnished = furnish(options.contacts, options.agents, Path(folder))
        web, live = a_free_port(), a_free_port()
        with house(environment, web, live) as running:
            told = asyncio.run(soak(running, web, live, furnished, Path(folder), options.minutes))
        sys.exit(1 if verdict(told) else 0)


if __name__ == "__main__":
    main()
