"""A CCVP report from the file to the proposal: read, checked, contacts, telephones, renewals, lists, assignment.

    python -m benchmarks.report_intake [--rows 1000000] [--xlsx-rows 100000]

Limits, measured in the same run: for csv one `COPY` of the same rows, already typed, into a table with a primary key
and three indexes (contract, service number, name); for xlsx the time to read the workbook and do nothing with it.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks._house import own_database

NOW = datetime(2026, 11, 25, 6, 30, tzinfo=ZoneInfo("America/La_Paz"))
PERIOD = date(2026, 12, 1)
HEADINGS = [
    "CONTRATO",
    "NRO_SERVICIO",
    "CLIENTE",
    "CI_NIT",
    "TELEFONO_1",
    "TELEFONO_2",
    "CELULAR",
    "PRODUCTO",
    "PLAN",
    "FECHA_VENCIMIENTO",
    "MONTO",
    "ZONA",
    "DIRECCION",
    "SEGMENTO",
]
GIVEN = [
    "María",
    "José",
    "Juan",
    "Carlos",
    "Luis",
    "Ana",
    "Rosa",
    "Jorge",
    "Lidia",
    "Ximena",
    "Marcelo",
    "Wálter",
    "Nelly",
    "Ramiro",
    "Verónica",
    "Álvaro",
]
FAMILY = [
    "Quispe",
    "Mamani",
    "Flores",
    "Rojas",
    "Vargas",
    "Choque",
    "Condori",
    "Gutiérrez",
    "Fernández",
    "López",
    "Pérez",
    "Claros",
    "Zurita",
    "Muñoz",
]
AGENTS = 40


def rows(count: int) -> Iterator[list[str]]:
    """Clean rows of a month: about 82 contracts for 100 of them, half with a fixed line as well."""
    draw = random.Random(7)
    contract, written = 70_100_000, 0
    while written < count:
        contract += draw.randint(1, 9)
        name = f"{draw.choice(GIVEN)} {draw.choice(GIVEN)} {draw.choice(FAMILY)} {draw.choice(FAMILY)}"
        fixed = f"44{draw.randint(10**5, 10**6 - 1)}" if draw.random() < 0.5 else ""
        mobile = f"{draw.choice('67')}{draw.randint(0, 9)}{draw.randint(10**5, 10**6 - 1)}"
        services = ("Internet", "TV CABLE") if draw.random() < 0.22 else (draw.choice(("Internet", "TV CABLE")),)
        for product in services[: count - written]:
            written += 1
            number = f"{contract}{1 if product == 'Internet' else 2}"
            day = 30 if draw.random() < 0.8 else 30 - draw.randint(0, 3)
            yield [
                str(contract), number, name, str(draw.randint(2_000_000, 9_999_999)), fixed, "", mobile, product,
                "Fibra 120 Mbps" if product == "Internet" else "TV Familiar", f"2026-11-{day}",
                "289.00" if product == "Internet" else "159.00", "Queru Queru",
                f"Av. {draw.choice(FAMILY)} N° {draw.randint(10, 2999)}", draw.choice("ABC"),
            ]  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEADINGS)
        out.writerows(rows(count))


def write_xlsx(path: Path, count: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Reporte")
    for line, row in enumerate([HEADINGS, *rows(count)]):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(line, column, cell)
    book.close()


def timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def make_agents() -> None:
    from agents.models import Agent, Skill, User

    skills = [Skill.objects.get_or_create(code=code, defaults={"name": code})[0] for code in ("INTERNET", "TV")]
    for number in range(AGENTS):
        agent = Agent.objects.create(user=User.objects.create(username=f"agent{number}", role="agent"))
        agent.skills.set(skills if number % 4 else skills[:1])


class Watch:
    """Looks at the report's bar from outside and remembers for how long it stood still."""

    def __init__(self, report_id: int) -> None:
        self.longest = 0.0
        self._report_id = report_id
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    def _look(self) -> None:
        from django.db import connections

        from campaigns.models import Report

        last, since = None, time.perf_counter()
        while not self._ending.wait(0.2):
            fields = ("state", "rows_read", "rows_checked", "rows_published")
            seen = Report.objects.values_list(*fields).get(pk=self._report_id)
            if seen != last:
                self.longest = max(self.longest, time.perf_counter() - since)
                last, since = seen, time.perf_counter()
        connections.close_all()


def take(path: Path) -> tuple[float, Any, float]:
    """Seconds from the received file to the proposal, the report, and how long the bar stood still at most."""
    from campaigns.intake.receiving import receive_report
    from campaigns.intake.taking_in import take_in

    with path.open("rb") as file:
        report = receive_report(kind="ccvp", name=path.name, file=file, period=PERIOD, now=NOW)
    done: list[Any] = []
    with Watch(report.pk) as watch:
        seconds = timed(lambda: done.append(take_in(report_id=report.pk, now=NOW)))
    if done[0].state != "published":
        sys.exit(f"{path.name}: {done[0].state} {done[0].last_error} {done[0].held_because}")
    return seconds, done[0], watch.longest


def forget() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE campaigns_campaign, campaigns_report, campaigns_contact, campaigns_renewal, campaigns_listentry "
            "CASCADE"
        )
        cursor.execute("CHECKPOINT")


def copy_limit(path: Path) -> float:
    """Seconds of one COPY of the typed rows into a table with a primary key and three indexes."""
    from django.db import connection

    from campaigns.rows import cleaning, staging
    from campaigns.rows.reading import _headings
    from systems.reports.known_headings import REQUIRED
    from systems.reports.reading import read_report

    columns = ", ".join(f"{name} {kind}" for name, kind in staging.COLUMNS["ccvp"])
    names = ", ".join(name for name, _kind in staging.COLUMNS["ccvp"])
    with tempfile.TemporaryFile() as typed:
        with read_report(
            str(path), columns=_headings("ccvp"), required=REQUIRED["ccvp"], cleaner=cleaning.CLEANERS["ccvp"]
        ) as reading:
            for chunk in reading.chunks():
                typed.write(chunk)
        typed.seek(0)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS limit_copy")
            cursor.execute(
                f"CREATE TABLE limit_copy (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, {columns})"
            )
            for name in ("contract", "service_number", "name_key"):
                cursor.execute(f"CREATE INDEX ON limit_copy ({name})")
            cursor.execute("CHECKPOINT")

            def copy() -> None:
                with cursor.copy(f"COPY limit_copy ({names}) FROM STDIN") as into:
                    while chunk := typed.read(1 << 18):
                        into.write(chunk)

            seconds = timed(copy)
            cursor.execute("DROP TABLE limit_copy")
            cursor.execute("CHECKPOINT")
    return seconds


def measure(path: Path, *, limit: float, what: str, most: float) -> None:
    seconds, report, still = take(path)
    own, reader = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(
        f"{path.suffix[1:]}, {report.rows} rows → {report.figures['contacts']} contacts, "
        f"{report.taken} renewals, assigned: "
        f"{seconds:.1f} s = {seconds / limit:.2f} × {what} (to reach: {most}); "
        f"resident {own:.0f} + reader {reader:.0f} MiB; the bar stood still {still:.1f} s at most",
        flush=True,
    )
    forget()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--xlsx-rows", type=int, default=100_000)
    args = parser.parse_args()
    with own_database(), tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "callcenter.settings")
        import django
        from python_calamine import CalamineWorkbook

        django.setup()
        make_agents()
        if args.rows:
            report = Path(folder) / "ccvp-2026-12.csv"
            write_csv(report, args.rows)
            limit = copy_limit(report)
            print(f"limit: COPY of {args.rows} typed rows, primary key and three indexes: {limit:.1f} s", flush=True)
            measure(report, limit=limit, what="the limit", most=2.8)
        if args.xlsx_rows:
            report = Path(folder) / "ccvp-2026-12.xlsx"
            write_xlsx(report, args.xlsx_rows)
            limit = timed(lambda: CalamineWorkbook.from_path(str(report)).get_sheet_by_index(0).to_python())
            print(f"limit: reading {args.xlsx_rows} rows of xlsx: {limit:.2f} s", flush=True)
            measure(report, limit=limit, what="reading it", most=2)


if __name__ == "__main__":
    main()
