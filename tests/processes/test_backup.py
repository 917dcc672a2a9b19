"""The drill: a copy is taken in the middle of a running month, and another site made of it goes on from there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import psycopg
import pytest
from moto.server import ThreadedMotoServer

from callcenter.ports import a_free_port
from tests.processes.house import House, wait_until
from tests.processes.test_faults import (
    CCVP,
    RECAUDO,
    let_the_lease_run_out,
    publishing_held_up,
    ring_and_meet_it_publishing,
    the_payments_are_the_truth,
    the_report_is_the_truth,
    wait_for_state,
)

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
MAIL = """
from django.utils import timezone
from notices.mailing import deliver_due, owe
words = {"kind": "report_late", "subject": "Aviso", "body": "x", "to": ["elena@example.org"], "now": timezone.now()}
owe(key="sent", **words)
deliver_due(now=timezone.now())
owe(key="owed", **words)
"""


def tables(house: House) -> int:
    return int(house.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))


def test_a_site_restored_in_the_middle_of_a_month_goes_on_and_does_nothing_twice(
    house: House, copies: Path, empty_site: Callable[[], House]
) -> None:
    house.manage("take_in_report", str(CCVP), "--period", "2026-12")
    house.manage("shell", "-v0", "-c", MAIL)
    payments = house.receive(RECAUDO, kind="recaudo")
    first = house.worker()
    with publishing_held_up(house):
        ring_and_meet_it_publishing(house, payments)
        assert "Copia en" in house.manage("backup", str(copies / "one"))
        house.kill(first)
    house.empty_queue()
    assert "está entera" in house.manage("restore", str(copies / "one"), "--only-check")

    restored = empty_site()
    told = restored.manage("restore", str(copies / "one"))
    assert "1 correos y 0 operaciones esperan a una persona" in told
    assert "todos los sellos ✓" in told
    assert urlsplit(restored.database_url).username != urlsplit(restored.owner_url).username
    numbers = "SELECT nextval('notices_notice_id_seq') - max(id) FROM notices_notice"
    assert restored.value(numbers) > 10_000, "a number that was given after the copy is not given again"
    let_the_lease_run_out(restored, payments)
    restored.worker("second")
    restored.beat()
    wait_for_state(restored, payments, "published")
    the_report_is_the_truth(restored)
    the_payments_are_the_truth(restored)
    stands = dict(restored.rows("SELECT key, state FROM notices_notice WHERE key IN ('sent', 'owed')"))
    assert stands == {"sent": "sent", "owed": "parked"}


@pytest.fixture
def buckets() -> Iterator[Callable[[str], str]]:
    """The address of a bucket of that name, of a real server that speaks S3, as a site is told it."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=(port := a_free_port()), verbose=False)
    running.start()
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys)

    def made(name: str) -> str:
        client.create_bucket(Bucket=name)
        return f"http://key:secret@127.0.0.1:{port}/{name}"

    yield made
    running.stop()


def test_files_of_a_bucket_come_back_in_another(
    house: House, copies: Path, empty_site: Callable[[], House], buckets: Callable[[str], str]
) -> None:
    house.environment["FILES_URL"] = buckets("before")
    on_the_disk = {*(house.home / "files").rglob("*.*")}
    house.manage("take_in_report", str(CCVP), "--period", "2026-12")
    assert {*(house.home / "files").rglob("*.*")} == on_the_disk, "it lies in the bucket"
    house.manage("backup", str(copies / "one"))
    restored = empty_site()
    restored.environment["FILES_URL"] = buckets("after")
    told = restored.manage("restore", str(copies / "one"))
    assert "todos los sellos ✓" in told
    (name,) = [name for (name,) in restored.rows("SELECT file FROM campaigns_report")]
    reads = "import sys; from django.core.files.storage import storages as of; from pathlib import Path; "
    reads += "sys.exit(of['default'].open(sys.argv[1]).read() != Path(sys.argv[2]).read_bytes())"
    setup = "import django; django.setup(); "
    restored.run("-c", setup + reads, name, str(CCVP))
    restored.manage("check_invariants")
    another = empty_site()
    another.environment["FILES_URL"] = restored.environment["FILES_URL"]
    another.manage("restore", str(copies / "one"), code=1)
    assert another.value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0, "that bucket is in use"


def test_a_site_that_is_there_is_not_restored_over(house: House, copies: Path) -> None:
    house.manage("backup", str(copies / "one"))
    before = tables(house)
    house.manage("restore", str(copies / "one"), code=1)
    house.manage("backup", str(copies / "one"), code=1)
    assert tables(house) == before
    assert sorted(path.name for path in copies.iterdir()) == ["one"]


def test_a_copy_that_is_damaged_or_of_another_environment_leaves_the_site_empty(
    house: House, copies: Path, empty_site: Callable[[], House]
) -> None:
    house.manage("backup", str(copies / "one"))
    site = empty_site()
    for name in ("database.dump", "files.tar", "about.json"):
        shutil.copytree(copies / "one", copies / "two")
        part = bytearray((copies / "two" / name).read_bytes())
        part[len(part) // 2] ^= 1
        (copies / "two" / name).write_bytes(part)
        site.manage("restore", str(copies / "two"), code=1)
        shutil.rmtree(copies / "two")
    (copies / "half").mkdir()
    site.manage("restore", str(copies / "half"), code=1)
    assert tables(site) == 0
    assert list(site.home.glob("files*")) == []
    assert "✓" in site.manage("restore", str(copies / "one"))


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(
    house: House, copies: Path, empty_site: Callable[[], House]
) -> None:
    with psycopg.connect(house.owner_url) as connection:
        connection.execute("LOCK TABLE campaigns_contact IN ACCESS EXCLUSIVE MODE")  # it waits for it
        begun = house.start("manage.py", "backup", str(copies / "one"))
        wait_until(lambda: (copies / "one.part").exists(), what="the backup has begun")
        house.kill(begun)
    assert not (copies / "one").exists()
    empty_site().manage("restore", str(copies / "one.part"), code=1)
    house.manage("backup", str(copies / "one"))
    assert not (copies / "one.part").exists()


def test_what_the_applications_user_made_for_itself_does_not_come_back_as_its_owners(
    house: House, copies: Path, empty_site: Callable[[], House]
) -> None:
    """It may make anything where reports stand; restored by another, what runs as its owner would be the other's."""
    with psycopg.connect(house.database_url, autocommit=True) as works:
        works.execute(
            "CREATE FUNCTION staging.me() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user::text'"
        )
        works.execute("INSERT INTO agents_strangerstold (id, open_from, told_of) VALUES (1, 1000000000000, 0)")
        works.execute(
            "CREATE TYPE staging.t AS (a int); CREATE CAST (staging.t AS text) WITH INOUT; SELECT lo_create(7);"
            "COMMENT ON CAST (staging.t AS text) IS 'x'; COMMENT ON LARGE OBJECT 7 IS 'y'"
        )
        house.manage("backup", str(copies / "one"))
        works.execute("DROP FUNCTION staging.me(); DROP TYPE staging.t CASCADE; SELECT lo_unlink(7)")
    site = empty_site()
    assert "✓" in site.manage("restore", str(copies / "one"))
    assert site.value("SELECT count(*) FROM agents_strangerstold") == 0, "its transactions are counted from another"
    made = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'staging'::regnamespace"
    assert site.value(made) == 0
    assert site.value("SELECT has_schema_privilege(%s, 'staging', 'CREATE')", urlsplit(site.database_url).username)
    report = site.receive(CCVP)
    site.ring("campaigns.take_in_report", report_id=report)
    site.worker("one")
    wait_for_state(site, report, "published")
