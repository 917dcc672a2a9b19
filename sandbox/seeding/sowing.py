"""Sow the seed, and move its dates on with the days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.contrib.auth.models import User
from django.db import connection, transaction

from sandbox.models import Knob, Sowing
from sandbox.seeding.words import LISTS

HERE = Path(__file__).parent
MOST_CUSTOMERS = 1_000_000  # numbers of lines and cards are unique up to here
MANY = 50_000  # customers from which on invoices of one month suffice
MONTHS = 4
# What is sown.
TABLES = (
    *("customer", "product", "damage", "workorder", "invoice", "certificate", "fijacomline", "mioline"),
    *("longdistancecustomer", "dialcode", "directoryentry", "commercialentry", "employee"),
)
WITH_NUMBERED_ROWS = ("product", "directoryentry", "commercialentry", "employee")
STEPS = ("customers", "work", "lines", "directories")
# Indexes that are no constraint: built over all rows at the end they cost a tenth of what they cost row by row.
PLAIN_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename = ANY(%s)
        AND indexname NOT IN (SELECT conname FROM pg_constraint)
    ORDER BY indexname
"""


def is_sown() -> bool:
    return Sowing.objects.exists()


def sow(*, customers: int, today: date, systems: Sequence[str]) -> None:
    """Begin anew: what the systems know, the book and the knobs are emptied. The same numbers sow the same rows."""
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
        cursor.execute(PLAIN_INDEXES, [[f"sandbox_{table}" for table in TABLES]])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute((HERE / "tools.sql").read_text())
        columns = ", ".join(f"%({name})s::text[] AS {name}" for name in LISTS)
        cursor.execute(f"CREATE TEMP TABLE words ON COMMIT DROP AS SELECT {columns}", _lists())
        for step in STEPS:
            cursor.execute((HERE / f"{step}.sql").read_text(), values)
            cursor.execute("ANALYZE sandbox_customer, sandbox_product")
        for _name, definition in indexes:
            cursor.execute(definition)
        for table in WITH_NUMBERED_ROWS:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('sandbox_{table}', 'id'),"
                f" (SELECT coalesce(max(id), 1) FROM sandbox_{table}))"
            )
        Knob.objects.bulk_create(Knob(system=system) for system in systems)
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
