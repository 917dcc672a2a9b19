"""What pooler, copy and a follower in step cost; run in the program's shell by `trial.py measure`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from django.db import connections

QUESTIONS, ROWS = 3000, 1000
SIZES = """
SELECT relname, n_live_tup, pg_total_relation_size(relid) / n_live_tup FROM pg_stat_user_tables
 WHERE n_live_tup > 1000 ORDER BY n_live_tup * 1.0 * pg_total_relation_size(relid) DESC
"""


def measured(words: str, ask: Callable[[], object], turns: int) -> None:
    took = []
    for _turn in range(turns):
        began = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - began))
    print(f"{words}: {statistics.median(took):.2f} ms, p95 {sorted(took)[turns * 95 // 100]:.2f}")


def measure() -> None:
    for words, alias in (("past the pooler", "session"), ("through it", "default"), ("of the copy", "copy")):
        with connections[alias].cursor() as cursor:
            measured(f"a question {words}", lambda: cursor.execute("SELECT 1"), QUESTIONS)  # noqa: B023
    with connections["session"].cursor() as cursor:
        cursor.execute("CREATE TABLE staging.measured (at timestamptz)")
        for words, waits in (("kept by both", "on"), ("kept by who leads", "local"), ("kept by nobody yet", "off")):
            cursor.execute(f"SET synchronous_commit = {waits}")
            measured(f"a row {words}", lambda: cursor.execute("INSERT INTO staging.measured VALUES (now())"), ROWS)
        cursor.execute("DROP TABLE staging.measured")
        cursor.execute(SIZES)
        for table, rows, size in cursor.fetchall():
            print(f"{table}: {rows} rows, {size} bytes each with its indexes")


measure()
