"""Two workers at one report, a worker that was thought dead, the same file from two doors: on real connections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from psycopg import sql

from campaigns.intake import taking_in
from campaigns.intake.taking_in import claim, take_in
from campaigns.models import Campaign, Contact, Renewal, Report
from campaigns.month.planner import make_months_exist
from campaigns.rows import reading, staging
from campaigns.rows.progress import LEASE
from tests.campaigns.some_reports import ccvp, many, received
from tests.databases import WORKS
from tests.processes.house import wait_until

pytestmark = pytest.mark.django_db(transaction=True)
At = Callable[..., datetime]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run each work in a thread of its own, all started together. Returns what each gave, or its error."""
    ready = threading.Barrier(len(works))
    found: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        ready.wait()
        try:
            found[place] = works[place]()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def outside() -> dict[str, Any]:
    """Where somebody else signs in with the application's own password."""
    known = connection.get_connection_params()
    return {name: known[name] for name in ("host", "port", "dbname", "user", "password", "options") if name in known}


def test_four_workers_at_one_report_publish_it_once(at: At) -> None:
    report = received(ccvp(*many(50)), now=at("2026-11-25 06:10"))
    now = at("2026-11-25 06:11")
    at_once(*[lambda: take_in(report_id=report.pk, now=now)] * 4)
    report.refresh_from_db()
    assert (report.state, report.attempts, report.taken) == (Report.State.PUBLISHED, 1, 50)
    assert Renewal.objects.count() == Contact.objects.count() == 50


def test_the_same_file_through_four_doors_is_one_report(at: At) -> None:
    found = at_once(*[lambda: received(ccvp(*many(5)), now=at("2026-11-25 06:10")).pk] * 4)
    assert len(set(found)) == 1
    assert Report.objects.count() == 1


def test_two_files_of_one_month_at_once_make_one_campaign(at: At) -> None:
    one = received(ccvp(*many(30)), now=at("2026-11-25 06:10"))
    two = received(ccvp(*many(40)), now=at("2026-11-25 06:10"))
    now = at("2026-11-25 06:11")
    at_once(lambda: take_in(report_id=one.pk, now=now), lambda: take_in(report_id=two.pk, now=now))
    published = Report.objects.get(state=Report.State.PUBLISHED)
    held = Report.objects.get(state=Report.State.HELD)
    assert (held.held_for, held.published_at) == ("replaces", None)
    assert Contact.objects.count() == published.taken
    assert Campaign.objects.get().state == Campaign.State.PROPOSED


def test_a_worker_that_was_thought_dead_publishes_nothing(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads on while its lease runs out and another worker takes the report over and publishes it."""
    report = received(ccvp(*many(5)), now=at("2026-11-25 06:10"))
    stage, successors = reading.stage, []

    def slow_stage(**more: Any) -> Any:
        told = stage(**more)
        if not successors:
            successors.append(True)
            later = at("2026-11-25 06:11") + LEASE + timedelta(minutes=1)
            Report.objects.filter(pk=report.pk).update(lease_until=at("2026-11-25 06:12"))
            at_once(lambda: take_in(report_id=report.pk, now=later))
        return told

    monkeypatch.setattr("campaigns.rows.reading.stage", slow_stage)
    take_in(report_id=report.pk, now=at("2026-11-25 06:11"))
    report.refresh_from_db()
    assert (report.state, report.attempts, report.taken) == (Report.State.PUBLISHED, 2, 5)
    assert Renewal.objects.count() == 5


def test_a_claim_is_one_workers(at: At) -> None:
    report = received(ccvp(*many(5)), now=at("2026-11-25 06:10"))
    now = at("2026-11-25 06:11")
    found = at_once(*[lambda: claim(report_id=report.pk, now=now)] * 6)
    assert sum(1 for one in found if one is not None) == 1


def test_what_a_dead_worker_staged_is_swept_and_what_a_live_one_holds_is_not(at: At) -> None:
    staging.forget_orphans()  # of the tests before
    report = received(ccvp(*many(5)), now=at("2026-11-25 06:10"))
    dead = claim(report_id=report.pk, now=at("2026-11-25 06:11"))
    staging.make_table(report=dead)
    assert staging.forget_orphans() == 0
    alive = claim(report_id=report.pk, now=at("2026-11-25 06:20"))
    table = staging.make_table(report=alive)
    assert staging.forget_orphans() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'staging.' || relname FROM pg_class WHERE relnamespace = 'staging'::regnamespace")
        assert cursor.fetchall() == [(table,)]
    staging.drop_table(report=alive)


def test_the_planner_waits_for_no_report_that_is_being_published(at: At) -> None:
    """A million rows hold their month for half a minute; a planner that waited would hold a worker each minute."""
    make_months_exist(now=at("2026-11-25 00:01"))
    late = at("2026-11-25 08:00")
    with ThreadPoolExecutor(1) as planner, transaction.atomic():
        Campaign.objects.select_for_update().get()
        assert planner.submit(at_once, lambda: make_months_exist(now=late)).result(timeout=60) == [[]]
    make_months_exist(now=late)
    assert Campaign.objects.get().late_since == late


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET amount = 1 WHERE line = (SELECT min(line) FROM {table})",
        "DELETE FROM {table} WHERE line = (SELECT min(line) FROM {table})",
        "INSERT INTO {table} SELECT * FROM {table} LIMIT 1",
        "ALTER TABLE {table} RENAME zone TO was; ALTER TABLE {table} RENAME segment TO zone;"
        " ALTER TABLE {table} RENAME was TO segment",
        "ALTER TABLE {table} ADD CHECK (amount < 9999999) NOT VALID",
        "ALTER TABLE {table} ALTER amount SET DEFAULT 1",
        "ALTER TABLE {table} ALTER zone SET NOT NULL",
        "CREATE STATISTICS staging.known ON zone, name FROM {table}",
        'ALTER TABLE {table} ALTER zone TYPE text COLLATE "C"',
        "CREATE TABLE staging.copied (LIKE {table}); ALTER TABLE {table} INHERIT staging.copied",
        "CREATE TABLE staging.copied AS SELECT * FROM {table}; DROP TABLE {table};"
        " CREATE VIEW {table} AS SELECT * FROM staging.copied",
        "CREATE TABLE staging.copied AS SELECT * FROM {table}; DROP TABLE {table};"
        " ALTER TABLE staging.copied RENAME TO {name}",
    ],
)
@pytest.mark.parametrize("when", ["before the look", "after it"])
def test_rows_that_somebody_wrote_meanwhile_are_published_by_nobody(
    when: str, statement: str, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has the application's password finds them between two transactions, as the file's own."""
    report = received(ccvp(*many(5)), now=at("2026-11-25 06:10"))
    look = taking_in._look

    def from_outside(*, report: Report, **more: Any) -> None:
        if when == "after it":
            look(report=report, **more)
        table = staging.table_of(report)
        with psycopg.connect(**outside(), autocommit=True) as stranger:
            stranger.execute(f"SET ROLE {WORKS}")
            stranger.execute(statement.format(table=table, name=table.partition(".")[2]))
        if when == "before the look":
            look(report=report, **more)

    monkeypatch.setattr(taking_in, "_look", from_outside)
    take_in(report_id=report.pk, now=at("2026-11-25 06:11"))
    report.refresh_from_db()
    assert report.state == Report.State.WAITING
    assert "alguien escribió en sus filas" in report.last_error
    assert not Renewal.objects.exists()
    monkeypatch.undo()
    with psycopg.connect(**outside(), autocommit=True) as stranger:
        stranger.execute("DROP TABLE IF EXISTS staging.copied CASCADE")
    take_in(report_id=report.pk, now=at("2026-11-25 08:11"))
    assert Renewal.objects.count() == 5


def test_what_is_swept_is_called_by_its_name_whatever_it_is(at: At) -> None:
    """A name of somebody's would be read as a program in a session of ours."""
    names = ["report_z;select staging.told()", 'report_1_1"; select staging.told(); --', "report_9_9"]
    with psycopg.connect(**outside(), autocommit=True) as stranger:
        stranger.execute(f"SET ROLE {WORKS}")
        stranger.execute("CREATE TABLE staging.kept (word text)")
        stranger.execute(
            "CREATE FUNCTION staging.told() RETURNS void LANGUAGE sql AS"
            " $$INSERT INTO staging.kept VALUES (current_setting('callcenter.hand', TRUE))$$"
        )
        for name in names:
            stranger.execute(sql.SQL("CREATE TABLE {} ()").format(sql.Identifier("staging", name)))
        try:
            assert staging.forget_orphans() >= 1
            assert stranger.execute("SELECT count(*) FROM staging.kept").fetchone() == (0,)
            left = stranger.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'staging'::regnamespace AND relname LIKE 'report%'"
            )
            assert {name for (name,) in left} == {*names[:2]}
        finally:
            for name in names:
                stranger.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier("staging", name)))
            stranger.execute("DROP FUNCTION staging.told(); DROP TABLE staging.kept")


def test_a_view_that_came_while_the_house_waited_for_its_rows_is_not_read(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = received(ccvp(*many(5)), now=at("2026-11-25 06:10"))
    look = taking_in._look
    waits = threading.Event()

    def swap(table: str) -> None:
        name = table.partition(".")[2]
        with psycopg.connect(**outside()) as stranger, psycopg.connect(**outside(), autocommit=True) as watching:
            stranger.execute(f"SET ROLE {WORKS}")
            stranger.execute(
                "CREATE FUNCTION staging.told() RETURNS text LANGUAGE sql AS"
                " $$SELECT pg_advisory_lock(77001)::text$$"  # which no rollback undoes
            )
            stranger.execute(f"LOCK {table} IN ACCESS EXCLUSIVE MODE; ALTER TABLE {table} RENAME TO gone")
            stranger.execute(f"CREATE VIEW {table} AS SELECT staging.told() AS xmin")
            waits.set()
            asked = (
                "SELECT FROM pg_locks WHERE NOT granted AND relation = (SELECT oid FROM pg_class WHERE relname = %s)"
            )
            wait_until(lambda: bool(watching.execute(asked, [name]).fetchall()), what="the house waits", seconds=20)

    def from_outside(*, report: Report, **more: Any) -> None:
        swapping = threading.Thread(target=swap, args=[staging.table_of(report)])
        swapping.start()
        assert waits.wait(20)
        try:
            look(report=report, **more)
        finally:
            swapping.join()
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77001")
                ran.append(cursor.fetchone()[0])

    ran: list[int] = []
    monkeypatch.setattr(taking_in, "_look", from_outside)
    take_in(report_id=report.pk, now=at("2026-11-25 06:11"))
    report.refresh_from_db()
    with psycopg.connect(**outside(), autocommit=True) as stranger:
        table = staging.table_of(report)
        stranger.execute(
            f"DROP VIEW IF EXISTS {table}; DROP TABLE IF EXISTS staging.gone; DROP FUNCTION staging.told()"
        )
    assert ran == [0]
    assert report.state == Report.State.WAITING
    assert "alguien escribió en sus filas" in report.last_error


def test_while_the_house_looks_at_its_rows_nobody_runs_a_program_of_his_there(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view in the place of the rows would be his program in a session of ours, which says what no password tells."""
    report = received(ccvp(*many(5)), now=at("2026-11-25 06:10"))
    look, refused = taking_in._look_at_the_whole, []

    def from_outside(*, report: Report, **more: Any) -> None:
        with psycopg.connect(**outside(), autocommit=True) as stranger:
            stranger.execute(f"SET ROLE {WORKS}; SET lock_timeout = '200ms'")
            for statement in ("DROP TABLE {}", "ALTER TABLE {} RENAME TO gone", "DELETE FROM {}"):
                with pytest.raises(psycopg.errors.LockNotAvailable):
                    stranger.execute(statement.format(staging.table_of(report)))  # type: ignore[arg-type]
                refused.append(statement)
        look(report=report, **more)

    monkeypatch.setattr(taking_in, "_look_at_the_whole", from_outside)
    take_in(report_id=report.pk, now=at("2026-11-25 06:11"))
    assert len(refused) == 3
    assert Renewal.objects.count() == 5
