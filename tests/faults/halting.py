"""Work that stands still at a row a test chose, so that what happens to it happens there.

Every row that is staged, inserted or rejected is counted by a trigger, and the one that was chosen waits for a lock the
test holds. The house knows nothing of it; its rows are real, and so is the process that waits.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
from collections.abc import Iterator

import psutil
import psycopg

from tests.processes.house import House, wait_until

KEY = 20_261_130  # of the lock: any number that nobody else takes
PATIENCE = 300.0
OF_AN_INTAKE = ("campaigns_contact", "campaigns_renewal", "campaigns_listentry", "campaigns_rejectedrow")
COUNT = """
CREATE SCHEMA IF NOT EXISTS faults;
CREATE SEQUENCE IF NOT EXISTS faults.row;
CREATE OR REPLACE FUNCTION faults.halts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    IF nextval('faults.row') = %(row)s THEN
        PERFORM pg_advisory_xact_lock(%(key)s);
    END IF;
    RETURN NEW;
END $$;
SELECT setval('faults.row', 1, false);
"""
WATCH = "CREATE OR REPLACE TRIGGER halts BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION faults.halts()"
WATCH_STAGING = """
CREATE OR REPLACE FUNCTION faults.on_staging() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE made record;
BEGIN
    FOR made IN SELECT object_identity FROM pg_event_trigger_ddl_commands()
                 WHERE schema_name = 'staging' AND command_tag = 'CREATE TABLE' LOOP
        EXECUTE format('CREATE TRIGGER halts BEFORE INSERT ON %%s FOR EACH ROW EXECUTE FUNCTION faults.halts()',
                       made.object_identity);
    END LOOP;
END $$;
DROP EVENT TRIGGER IF EXISTS faults_staging;
CREATE EVENT TRIGGER faults_staging ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
    EXECUTE FUNCTION faults.on_staging();
"""
WAITS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


def dice() -> random.Random:
    """Other rows in every run; the seed is told, so that a run that failed can be had again: `FAULTS_SEED=…`."""
    seed = os.environ.get("FAULTS_SEED") or secrets.token_hex(4)
    print(f"FAULTS_SEED={seed}")
    return random.Random(seed)


def watch(house: House, *tables: str) -> None:
    """Count the rows of these tables, and those of every report that is staged, from now on."""
    house.rows(COUNT % {"row": 0, "key": KEY})
    for table in tables:
        house.rows(WATCH.format(table))
    house.rows(WATCH_STAGING)


@contextlib.contextmanager
def halted_at(house: House, row: int) -> Iterator[None]:
    """Whoever comes to that row, counted from here, stands there until the block ends."""
    with psycopg.connect(house.owner_url, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [KEY])
        house.rows(COUNT % {"row": row, "key": KEY})
        yield
        with contextlib.suppress(psycopg.OperationalError):  # the database was stopped, and its locks with it
            holder.execute("SELECT pg_advisory_unlock(%s)", [KEY])


def stands_there(house: House) -> None:
    """Wait until somebody does."""
    try:
        wait_until(lambda: house.value(WAITS, KEY), seconds=PATIENCE, what="somebody stands at the row")
    except AssertionError as late:
        passed = house.value("SELECT last_value FROM faults.row")
        raise AssertionError(f"{late}: {passed} rows passed\n{house.last_words()}") from None


def kill_the_child(worker: int) -> None:
    """`kill -9` the process that does the task, and not the worker that gave it to it."""
    for child in psutil.Process(worker).children():
        child.kill()
