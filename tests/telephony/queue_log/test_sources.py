"""The clock reads what is new in the files of each source; what it cannot read stands there, in words."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from agents.models import User
from telephony.models import LoggedLine, LogLook, LogSource, Switchboard
from telephony.queue_log import sources
from telephony.queue_log.sources import ALONE, ELSEWHERE, HERE, NOT_ALONE, read_sources
from tests.systems.reports.an_sftp_server import SftpServer

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
ENTERS = "1795500000|1.1|101|NONE|ENTERQUEUE||70712345|1\n"
GIVES_UP = "1795500009|1.1|101|NONE|ABANDON|1|1|9\n"


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-28 10:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def source(db: None, folder: Path) -> LogSource:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    return LogSource.objects.create(switchboard=board, path=str(folder / "queue_log*"))


def look_of(source: LogSource) -> LogLook:
    return LogLook.objects.get(source=source)


def test_a_growing_file_is_read_as_it_grows(source: LogSource, folder: Path, now: datetime) -> None:
    file = folder / "queue_log"
    file.write_text(ENTERS)
    assert read_sources(now=now) == 1
    assert read_sources(now=now) == 0
    with file.open("a") as more:
        more.write(GIVES_UP)
    assert read_sources(now=now + timedelta(seconds=2)) == 1
    look = look_of(source)
    assert (look.took_at, look.problem) == (now + timedelta(seconds=2), "")


def test_a_rotated_file_is_not_read_again(source: LogSource, folder: Path, now: datetime) -> None:
    (folder / "queue_log").write_text(ENTERS)
    assert read_sources(now=now) == 1
    (folder / "queue_log-20261128.gz").write_bytes(gzip.compress((ENTERS + GIVES_UP).encode(), mtime=0))
    (folder / "queue_log").write_text(GIVES_UP.replace("1795500009", "1795500900").replace("1.1", "1.2"))
    assert read_sources(now=now) == 2
    assert LoggedLine.objects.count() == 3


def test_a_file_that_did_not_change_is_not_opened(
    source: LogSource, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "queue_log").write_text(ENTERS)
    read_sources(now=now)
    monkeypatch.setattr(sources, "read_file", lambda **_told: pytest.fail("it was opened"))
    assert read_sources(now=now) == 0


def test_a_line_that_is_still_written_is_looked_for_again(source: LogSource, folder: Path, now: datetime) -> None:
    file = folder / "queue_log"
    file.write_text(ENTERS + GIVES_UP.rstrip("\n"))
    told = file.stat()
    assert read_sources(now=now) == 1
    file.write_text(ENTERS + GIVES_UP)
    os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
    assert read_sources(now=now) == 1


def test_what_cannot_be_read_says_so_and_the_others_are_read(source: LogSource, folder: Path, now: datetime) -> None:
    (folder / "queue_log.noise").write_bytes(bytes(range(256)) * 40 + b"\n")
    (folder / "queue_log").write_text(ENTERS)
    assert read_sources(now=now) == 1
    assert "queue_log.noise" in look_of(source).problem
    (folder / "queue_log.noise").unlink()
    read_sources(now=now)
    assert look_of(source).problem == ""


def test_a_file_that_is_broken_is_not_read_at_each_tick(
    source: LogSource, folder: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "".join(GIVES_UP.replace("1.1", f"1.{n}") for n in range(900))
    whole = gzip.compress(lines.encode(), mtime=0)
    (folder / "queue_log.gz").write_bytes(whole[: len(whole) // 2])
    read_sources(now=now)
    taken, problem = LoggedLine.objects.count(), look_of(source).problem
    assert taken
    assert "no se puede leer entero" in problem
    with monkeypatch.context() as patched:
        patched.setattr(sources, "read_file", lambda **_told: pytest.fail("it was opened"))
        assert read_sources(now=now + timedelta(seconds=2)) == 0
    assert look_of(source).problem == problem
    read_sources(now=now + timedelta(minutes=1))
    assert look_of(source).problem == problem
    (folder / "queue_log.gz").write_bytes(whole)
    assert read_sources(now=now + timedelta(minutes=1, seconds=2)) == 900 - taken
    assert look_of(source).problem == ""


def test_a_path_without_a_file_says_so(source: LogSource, now: datetime) -> None:
    assert read_sources(now=now) == 0
    assert "No hay ningún archivo" in look_of(source).problem


def test_one_that_is_switched_off_is_left_alone(source: LogSource, folder: Path, now: datetime) -> None:
    LogSource.objects.update(is_on=False)
    (folder / "queue_log").write_text(ENTERS)
    assert read_sources(now=now) == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_readers_one_reads(folder: Path, now: datetime, django_db_setup: Any) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    LogSource.objects.create(switchboard=board, path=str(folder / "queue_log*"))
    (folder / "queue_log").write_text(ENTERS)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute(ALONE, [HERE])
        assert read_sources(now=now) == 0
        cursor.execute(NOT_ALONE, [HERE])
    other.close()
    assert read_sources(now=now) == 1


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_another_machine_keeps_no_file_here_waiting(
    folder: Path, now: datetime, django_db_setup: Any
) -> None:
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    LogSource.objects.create(switchboard=board, path=str(folder / "queue_log*"))
    table = LogSource.objects.create(switchboard=board, path="mysql://asterisk@127.0.0.1:9/pbx/queuelog")
    (folder / "queue_log").write_text(ENTERS)
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute(ALONE, [ELSEWHERE])
        assert read_sources(now=now) == 1
        assert read_sources(now=now, which=ELSEWHERE) == 0
        assert not LogLook.objects.filter(source=table).exists()
        cursor.execute(NOT_ALONE, [ELSEWHERE])
    other.close()
    read_sources(now=now, which=ELSEWHERE)
    assert "no se puede leer" in look_of(table).problem


# files on another machine


@pytest.fixture
def server(folder: Path) -> Iterator[SftpServer]:
    served = SftpServer(folder)
    yield served
    served.close()


@pytest.fixture
def afar(server: SftpServer, folder: Path, monkeypatch: pytest.MonkeyPatch) -> LogSource:
    monkeypatch.setenv("QUEUE_LOG_SFTP", "secreto")
    board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
    return LogSource.objects.create(
        switchboard=board, path=f"sftp://ccvp@127.0.0.1:{server.port}/queue_log*", host_key=server.host_key,
        secret_variable="QUEUE_LOG_SFTP",
    )  # fmt: skip


def test_copies_on_another_machine_are_read_as_they_grow(afar: LogSource, folder: Path, now: datetime) -> None:
    (folder / "queue_log").write_text(ENTERS)
    (folder / "queue_log-20261127.gz").write_bytes(gzip.compress(GIVES_UP.replace("1.1", "0.1").encode(), mtime=0))
    assert read_sources(now=now, which=ELSEWHERE) == 2
    with (folder / "queue_log").open("a") as more:
        more.write(GIVES_UP)
    assert read_sources(now=now + timedelta(seconds=5), which=ELSEWHERE) == 0, "it is asked once a minute"
    assert read_sources(now=now + timedelta(minutes=1), which=ELSEWHERE) == 1
    assert read_sources(now=now + timedelta(minutes=2), which=ELSEWHERE) == 0
    look = look_of(afar)
    assert (look.problem, sorted(look.seen)) == ("", ["queue_log", "queue_log-20261127.gz"])


def test_another_machine_that_does_not_answer_so_says_why(afar: LogSource, folder: Path, now: datetime) -> None:
    assert read_sources(now=now, which=ELSEWHERE) == 0
    assert "No hay ningún archivo" in look_of(afar).problem
    (folder / "queue_log").write_bytes(b"\x00\x01 binary\n")
    assert read_sources(now=now + timedelta(minutes=1), which=ELSEWHERE) == 0
    assert f"{afar.path[:-1]}: ninguna de sus primeras" in look_of(afar).problem
    LogSource.objects.update(host_key="ssh-ed25519 AAAA")
    assert read_sources(now=now + timedelta(minutes=2), which=ELSEWHERE) == 0
    assert "clave" in look_of(afar).problem
    assert not LoggedLine.objects.exists()


def test_a_link_on_another_machine_is_told_beside_what_is_read(
    afar: LogSource, folder: Path, now: datetime, elena: User, signed_in: SignedIn
) -> None:
    (folder / "queue_log").write_text(ENTERS)
    (folder / "queue_log-20261127").symlink_to(folder / "queue_log")
    assert read_sources(now=now, which=ELSEWHERE) == 1
    look = look_of(afar)
    assert (list(look.seen), look.problem) == (["queue_log"], ""), "what is a file was read"
    assert look.left_out.startswith("«queue_log-20261127» no se tomó: es un enlace.")
    page = signed_in(elena).get(reverse("service_level:month", args=["2026-11"])).content.decode()
    assert "hay algo que no se toma" in page
    assert "queue_log-20261127" in page
    (folder / "queue_log-20261127").unlink()
    read_sources(now=now + timedelta(minutes=1), which=ELSEWHERE)
    assert look_of(afar).left_out == ""


def test_of_a_log_that_is_read_elsewhere_now_nothing_of_before_is_told(
    afar: LogSource, folder: Path, now: datetime
) -> None:
    (folder / "queue_log").symlink_to(folder / "elsewhere")
    read_sources(now=now, which=ELSEWHERE)
    assert look_of(afar).left_out
    LogSource.objects.update(path="mysql://asterisk@127.0.0.1:9/pbx/queuelog", host_key="")
    read_sources(now=now + timedelta(minutes=1), which=ELSEWHERE)
    look = look_of(afar)
    assert (look.left_out, bool(look.problem)) == ("", True)


def test_a_server_this_installation_does_not_know_is_not_asked(
    afar: LogSource, folder: Path, now: datetime, settings: Any
) -> None:
    (folder / "queue_log").write_text(ENTERS)
    settings.REPORT_SOURCE_HOSTS = ["central.lan"]
    table = LogSource.objects.create(switchboard=afar.switchboard, path="mysql://asterisk@127.0.0.1/pbx/queuelog")
    assert read_sources(now=now, which=ELSEWHERE) == 0
    for source in (afar, table):
        assert "no está entre los permitidos de esta instalación" in look_of(source).problem


def test_the_admin_refuses_a_source_that_could_not_be_asked(afar: LogSource, ines: Any, signed_in: Any) -> None:
    page = f"/admin/telephony/logsource/{afar.pk}/change/"
    told = {"switchboard": afar.switchboard_id, "path": afar.path, "secret_variable": "QUEUE_LOG_SFTP", "is_on": "on"}
    shown = signed_in(ines).get(page).content.decode()
    assert ">None<" not in shown
    answer = signed_in(ines).post(page, {**told, "host_key": ""})
    assert "Falta la clave del servidor SFTP" in answer.content.decode()
    elsewhere = afar.path.replace("127.0.0.1", "10.9.9.9")
    answer = signed_in(ines).post(page, {**told, "host_key": afar.host_key, "path": elsewhere})
    assert "no está entre los permitidos" in answer.content.decode()
    answer = signed_in(ines).post(page, {**told, "host_key": afar.host_key, "secret_variable": "SECRET_KEY"})
    assert "comienza con QUEUE_LOG_" in answer.content.decode()
    assert signed_in(ines).post(page, {**told, "host_key": afar.host_key}).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        *("/etc/passwd", "/etc/*", "/proc/self/environ", "{folder}/../elsewhere/queue_log", "{folder}-2/*"),
        *("{folder}*/queue_log", "{folder}/link", "{folder}/link*", "{folder}/into/*", "{folder}/*/../../elsewhere/*"),
        *("queue_log*", "../queue_log", "postgresql://callcenter@%2Frun%2Fpostgresql/callcenter/queue_log"),
        "mysql://asterisk@{socket}/pbx/queuelog",
    ],
)
def test_what_lies_outside_of_the_folders_for_it_is_not_read(
    path: str, source: LogSource, tmp_path: Path, now: datetime, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "asterisk"
    elsewhere = tmp_path / "elsewhere"
    for place in (folder / "below", elsewhere, tmp_path / "asterisk-2"):
        place.mkdir(parents=True)
    for place in (elsewhere, tmp_path / "asterisk-2", tmp_path):
        (place / "queue_log").write_text(ENTERS)
    (folder / "link").symlink_to(elsewhere / "queue_log")
    (folder / "into").symlink_to(elsewhere)
    monkeypatch.chdir(folder)
    settings.REPORT_SOURCE_FOLDERS = [str(folder)]
    source.path = path.format(folder=folder, socket="%2Frun%2Fmysqld%2Fmysqld.sock")
    source.save()
    for which in (HERE, ELSEWHERE):
        assert read_sources(now=now, which=which) == 0
    problem = look_of(source).problem
    told = ("no está dentro de las permitidas", "comienza con «/»", "no sube de carpeta")
    assert any(words in problem for words in told)
    assert not LoggedLine.objects.exists()


def test_what_lies_below_them_is_read_and_the_admin_keeps_nothing_else(
    source: LogSource, folder: Path, now: datetime, settings: Any, ines: Any, signed_in: Any
) -> None:
    settings.REPORT_SOURCE_FOLDERS = [str(folder)]
    (folder / "asterisk").mkdir()
    (folder / "asterisk" / "queue_log").write_text(ENTERS)
    page = f"/admin/telephony/logsource/{source.pk}/change/"
    told = {"switchboard": source.switchboard_id, "is_on": "on"}
    for wrong in ("/etc/*", "/etc/passwd", f"{folder}*/queue_log"):
        answer = signed_in(ines).post(page, {**told, "path": wrong})
        assert "no está dentro de las permitidas" in answer.content.decode()
    climbing = {**told, "path": f"{folder}/*/../../../etc/pass*"}  # it would name files, though it reads none
    assert "no sube de carpeta" in signed_in(ines).post(page, climbing).content.decode()
    assert signed_in(ines).post(page, {**told, "path": f"{folder}/*/queue_log*"}).status_code == 302
    assert read_sources(now=now) == 1
