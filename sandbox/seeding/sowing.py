"""Sow the seed, and move its dates on with the days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection, transaction

from sandbox.models import Sowing
from sandbox.seeding.words import LISTS

HERE = Path(__file__).parent
MOST_CUSTOMERS = 1_000_000  # numbers of lines and cards are unique up to here
MANY = 50_000  # customers from which on invoices of one month suffice
MONTHS = 4
# Emptied and sown together. The book and the knobs are not the seed's.
TABLES = (
    *("customer", "product", "damage", "workorder", "invoice", "certificate", "fijacomline", "mioline"),
    *("longdistancecustomer", "dialcode", "directoryentry", "commercialentry", "employee"),
)
WITH_NUMBERED_ROWS = ("product", "directoryentry", "commercialentry", "employee")
STEPS = ("customers", "work", "lines", "directories")
# What is searched by name is built after a million rows are in, not row by row.
NAME_INDEXES = {
    "customer_by_name": "customer",
    "long_distance_by_name": "longdistancecustomer",
    "directory_by_name": "directoryentry",
    "commercial_by_name": "commercialentry",
    "employee_by_name": "employee",
}


def is_sown() -> bool:
    return Sowing.objects.exists()


def sow(*, customers: int, today: date) -> None:
    """Begin anew: what the systems know is emptied and sown, and the book with it. The same numbers, the same rows."""
    if not 1 <= customers <= MOST_CUSTOMERS:
        raise ValueError(f"from 1 to {MOST_CUSTOMERS} customers")
    values: dict[str, int | date] = {
        "customers": customers,
        "today": today,
        "invoices": MONTHS if customers <= MANY else 1,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        names = ", ".join(f"sandbox_{table}" for table in (*TABLES, "deed", "knob", "sowing"))
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for index in NAME_INDEXES:
            cursor.execute(f"DROP INDEX {index}")
        cursor.execute((HERE / "tools.sql").read_text())
        columns = ", ".join(f"%({name})s::text[] AS {name}" for name in LISTS)
        cursor.execute(f"CREATE TEMP TABLE words ON COMMIT DROP AS SELECT {columns}", _lists())
        for step in STEPS:
            cursor.execute((HERE / f"{step}.sql").read_text(), values)
            cursor.execute("ANALYZE sandbox_customer, sandbox_product")
        for index, table in NAME_INDEXES.items():
            cursor.execute(f"CREATE INDEX {index} ON sandbox_{table} USING gin (name_words) WITH (fastupdate = off)")
        for table in WITH_NUMBERED_ROWS:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('sandbox_{table}', 'id'),"
                f" (SELECT coalesce(max(id), 1) FROM sandbox_{table}))"
            )
        Sowing.objects.create(pk=1, customers=customers, today=today)
        for tool in ("pick(bigint, int, int)", "one_of(text[], bigint, int)", "contract(bigint)"):
            cursor.execute(f"DROP FUNCTION pg_temp.{tool}")
        for tool in ("line_number", "mobile_number", "line_service"):
            cursor.execute(f"DROP FUNCTION pg_temp.{tool}(bigint)")
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(f'sandbox_{table}' for table in TABLES)}")


def move_on(*, today: date) -> int:
    """Tell the sown dates from another day: an order sold nine days ago stays one. Returns by how many days."""
    with transaction.atomic():
        sowing = Sowing.objects.select_for_update().get()
        days = (today - sowing.today).days
        if days:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE sandbox_damage SET registered_at = registered_at + make_interval(days => %s) WHERE is_sown",
                    [days],
                )
                cursor.execute("UPDATE sandbox_workorder SET sold_on = sold_on + %s", [days])
                cursor.execute("UPDATE sandbox_invoice SET due_on = due_on + %s, paid_on = paid_on + %s", [days, days])
                cursor.execute("UPDATE sandbox_longdistancecustomer SET last_payment_on = last_payment_on + %s", [days])
            sowing.today = today
            sowing.save(update_fields=["today"])
    return days


def appoint(*, username: str, password: str) -> None:
    """Who may enter the sandbox's admin; one who is there keeps her password."""
    if not User.objects.filter(username=username).exists():
        User.objects.create_superuser(username=username, password=password)


def _lists() -> dict[str, list[str]]:
    return {name: list(words) for name, words in LISTS.items()}
