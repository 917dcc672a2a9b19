"""A disk without room: an upload, an export and a seal say so, leave nothing half-written, and go on with room."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.clocks import worker_at
from tests.faults.desks import furnish, pages, signed_in, upload
from tests.processes.house import House, wait_until
from tests.processes.test_faults import CCVP, the_report_is_the_truth, wait_for_state

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
SIZE = 8 * 2**20  # bytes of the disk
ASK = """
from django.utils import timezone
from agents.models import Role, User
from campaigns.lists.exporting import ask_export
from campaigns.models import ListExport
user, _new = User.objects.get_or_create(username="elena", defaults={"role": Role.SUPERVISOR})
filters = {"period": %(period)r}
print(ask_export(kind=ListExport.Kind.CONTACTS, filters=filters, words="x", by=user, now=timezone.now()).pk)
"""
DUE_AGAIN = "UPDATE {} SET not_before = {}"
OVER = "2026-12-05 10:00"  # after the last day of calls of the sample's month, and its days of grace
CLOSED = "SELECT count(*) FROM campaigns_campaign WHERE state = 'closed'"
TRY_AGAIN = """
from django.utils import timezone
from work.kinds import kind_named
from work.trying_again import try_parked_again
print(len(try_parked_again(kind_named(%r).model, now=timezone.now(), by=None)))
"""


class Disk:
    """The folder of the house's files, on a disk of some megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "somebody-elses"

    def fill(self) -> None:
        with contextlib.suppress(OSError), self._filler.open("wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)
        assert shutil.disk_usage(self.folder).free < 4096

    def make_room(self) -> None:
        self._filler.unlink()

    def files(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())[:-1]


@pytest.fixture
def disk() -> Iterator[Disk]:
    if os.geteuid():
        pytest.skip("a disk of its own is mounted by root only")
    with tempfile.TemporaryDirectory(prefix="disk-") as home:
        folder = Path(home) / "files"
        folder.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True, text=True, check=False
        )
        if mounted.returncode:
            pytest.skip(f"no disk of its own here: {mounted.stderr.strip()}")
        try:
            yield Disk(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@pytest.fixture
def on_the_disk(house: House, disk: Disk) -> Iterator[House]:
    one = House(
        home=disk.folder.parent, database_url=house.database_url, owner_url=house.owner_url,
        redis_url=house.redis_url, queue_owner_url=house.queue_owner_url,
    )  # fmt: skip
    yield one
    one.close()


def test_an_upload_on_a_full_disk_says_so_and_is_taken_once_there_is_room(on_the_disk: House, disk: Disk) -> None:
    house, cookie = on_the_disk, signed_in(on_the_disk, "elena", "supervisor")
    with pages(house) as address, httpx.Client(base_url=address, trust_env=False, timeout=120) as client:
        client.cookies.set(*cookie)

        disk.fill()
        answer = upload(client)
        assert answer.status_code == 422, answer.text
        assert "No hay lugar en el disco" in answer.text
        assert disk.files() == []
        assert house.value("SELECT count(*) FROM campaigns_report") == 0
        disk.make_room()
        assert upload(client).status_code == 302
    (report,) = house.rows("SELECT id FROM campaigns_report")
    house.manage("sync_schedule")
    house.worker()
    house.beat()
    wait_for_state(house, report[0], "published")
    the_report_is_the_truth(house)


def test_an_export_on_a_full_disk_is_parked_and_made_once_there_is_room(on_the_disk: House, disk: Disk) -> None:
    house = on_the_disk
    furnish(house, agents=2, contacts=3000)
    period = house.value("SELECT to_char(period, 'YYYY-MM') FROM campaigns_campaign")
    export = int(house.manage("shell", "-v0", "-c", ASK % {"period": period}).split()[-1])
    disk.fill()
    house.worker()
    state = "SELECT state FROM campaigns_listexport WHERE id = %s"
    tries = "SELECT attempts FROM campaigns_listexport WHERE id = %s AND lease_until IS NULL"
    for attempt in range(1, 4):
        house.rows(DUE_AGAIN.format("campaigns_listexport", "asked_at"))
        house.ring("work.do_one", kind="export", pk=export)
        wait_until(lambda now=attempt: house.value(tries, export) == now, seconds=300, what=f"try {attempt} is over")
    assert house.value(state, export) == "failed"
    assert "No space left" in house.value("SELECT last_error FROM campaigns_listexport WHERE id = %s", export)
    assert disk.files() == [], "what was half written is not left to fill the disk"
    disk.make_room()
    assert house.manage("shell", "-v0", "-c", TRY_AGAIN % "export").split()[-1] == "1"
    house.ring("work.do_one", kind="export", pk=export)
    wait_until(lambda: house.value(state, export) == "ready", seconds=300, what="it is made")
    assert house.value("SELECT rows_written FROM campaigns_listexport WHERE id = %s", export) == 6000
    house.manage("check_invariants")


def test_a_seal_on_a_full_disk_is_not_half_a_seal(on_the_disk: House, disk: Disk) -> None:
    house = on_the_disk
    house.manage("take_in_report", str(CCVP), "--period", "2026-12")
    disk.fill()
    there = disk.files()
    worker_at(house, OVER)
    house.ring("campaigns.close_overdue")
    wait_until(lambda: house.value(CLOSED), seconds=300, what="the month is closed")
    parked = "SELECT count(*) FROM campaigns_errand WHERE kind = 'seal' AND state = 'parked'"
    over = "SELECT count(*) FROM campaigns_errand WHERE kind = 'seal' AND attempts = %s AND lease_until IS NULL"
    for attempt in range(1, 4):
        house.rows(DUE_AGAIN.format("campaigns_errand", "owed_at"))
        house.ring("campaigns.seal_closed")
        wait_until(lambda now=attempt: house.value(over, now), seconds=300, what=f"try {attempt} is over")
    assert house.value(parked) == 1
    assert house.value("SELECT count(*) FROM campaigns_seal") == 0
    assert disk.files() == there, "what was half written is not left to fill the disk"
    disk.make_room()
    assert house.manage("shell", "-v0", "-c", TRY_AGAIN % "errand").split()[-1] == "1"
    house.rows(DUE_AGAIN.format("campaigns_errand", "owed_at"))
    house.ring("campaigns.seal_closed")
    wait_until(lambda: house.value("SELECT count(*) FROM campaigns_seal"), seconds=300, what="it is sealed")
    assert house.value("SELECT count(*) FROM notices_notice WHERE kind = 'campaign_sealed'") == 1
    house.manage("verify_seal", "2026-12")
    house.manage("check_invariants")
