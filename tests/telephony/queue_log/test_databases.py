"""A queue_log in a table, as Asterisk writes it over ODBC, gives the rows its file gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker

from telephony.models import LoggedLine, LoggedVisit, LogLook, LogSource, Switchboard
from telephony.queue_log import databases
from telephony.queue_log.addresses import read_address
from telephony.queue_log.databases import read_table
from telephony.queue_log.files import NotALog, read_file
from telephony.queue_log.sources import ELSEWHERE, read_sources
from telephony.queue_log.taking import Taken
from tests.telephony.queue_log.a_database import Database, mariadb, postgresql
from tests.telephony.queue_log.recorded import SAMPLES
from tests.telephony.queue_log.test_taking import as_measured, recorded_lines, rows

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("mariadb")]
OF_MARIADB = """
CREATE TABLE {name} (id int unsigned AUTO_INCREMENT PRIMARY KEY, time varchar(26), callid varchar(80),
    queuename varchar(80), agent varchar(80), event varchar(20), data varchar(100), data1 varchar(100),
    data2 varchar(100), data3 varchar(100), data4 varchar(100), data5 varchar(100))
"""
OF_POSTGRESQL = """
CREATE TABLE {name} (time timestamp, callid text, queuename text, agent text, event text, data1 text, data2 text,
    data3 text, data4 text, data5 text)
"""
LA_PAZ = ZoneInfo("America/La_Paz")


@pytest.fixture(scope="module", params=["mariadb", "postgresql"])
def database(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Database]:
    if request.param == "mariadb":
        with mariadb(tmp_path_factory.mktemp("mariadb")) as made:
            yield made
    else:
        with django_db_blocker.unblock():
            made_there = postgresql()
            with made_there as made:
                yield made


@pytest.fixture(autouse=True)
def _its_socket_is_in_a_folder_for_it(database: Database, settings: Any) -> None:
    """Which may lie in memory."""
    host = read_address(f"{database.address}/x").host
    settings.REPORT_SOURCE_FOLDERS = [*settings.REPORT_SOURCE_FOLDERS, *([host] if host.startswith("/") else [])]


@pytest.fixture
def board(db: None) -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")


@pytest.fixture
def now(at: Callable[[str], datetime]) -> datetime:
    return at("2026-11-28 10:00")


class Log:
    """A table of it; `reads` takes what is new."""

    def __init__(self, database: Database, board: Switchboard, name: str, made: str = "") -> None:
        self.database, self.board, self.name = database, board, name
        self.address, self.written = f"{database.address}/{name}", 0
        usual = OF_MARIADB if database.address.startswith("mysql") else OF_POSTGRESQL
        database.run(f"DROP TABLE IF EXISTS {name}")
        database.run((made or usual).format(name=name))

    def write(self, *lines: str, moment: Callable[[int, int], str] | None = None) -> None:
        """As the lines say, each a thousandth of a second after the one before."""
        told = []
        for line in lines:
            at, call, queue, agent, event, *data = line.split("|")
            self.written += 1
            when = (moment or stamp)(int(at), self.written)
            told.append((when, call, queue, agent, event, *[*data, "", "", "", ""][:5]))
        names = "time, callid, queuename, agent, event, data1, data2, data3, data4, data5"
        self.database.run(f"INSERT INTO {self.name} ({names}) VALUES ({', '.join(['%s'] * 10)})", told)

    def reads(self, now: datetime, *, secret: str | None = None) -> Taken:
        known = self.database.secret if secret is None else secret
        return read_table(board=self.board, address=self.address, secret=known, tls=False, now=now)[0]


def stamp(at: int, nth: int) -> str:
    moment = datetime.fromtimestamp(at, LA_PAZ).replace(tzinfo=None) + timedelta(microseconds=nth % 1_000_000)
    return moment.isoformat(sep=" ", timespec="microseconds")


def second(at: int, _nth: int) -> str:
    return datetime.fromtimestamp(at, LA_PAZ).strftime("%Y-%m-%d %H:%M:%S")


def lines_of(board: Switchboard) -> set[tuple[datetime, str]]:
    return set(LoggedLine.objects.filter(switchboard=board).values_list("at", "text"))


@pytest.fixture
def log(database: Database, board: Switchboard) -> Log:
    return Log(database, board, "queuelog")


def test_the_recorded_log_gives_the_same_from_a_table_as_from_its_file(log: Log, now: datetime) -> None:
    """Read as a table first: the file brings nothing new, for each line is the same to the last letter."""
    log.write(*recorded_lines())
    taken = log.reads(now)
    assert (taken.lines, taken.unreadable) == (len(recorded_lines()), 0)
    assert as_measured()
    of_the_table, visits = lines_of(log.board), rows()
    again, _is_cut = read_file(board=log.board, path=SAMPLES / "queue_log", now=now)
    assert (again.new, rows()) == (0, visits)
    assert of_the_table == {
        (datetime.fromtimestamp(int(line.partition("|")[0]), UTC), line) for line in recorded_lines()
    }


def test_a_growing_table_is_read_from_where_it_stopped(
    log: Log, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "OVERLAP", {"id": 60, "time": 60})
    lines = recorded_lines()
    read = []
    for begins in range(0, len(lines), 97):
        log.write(*lines[begins : begins + 97])
        read.append(log.reads(now))
    assert sum(one.new for one in read) == len(lines)
    assert sum(one.lines for one in read) < 4 * len(lines), "only the last minute is read again"
    assert as_measured()
    assert log.reads(now).new == 0


def test_a_row_that_comes_late_is_taken(log: Log, now: datetime) -> None:
    """Two writers, of which the slower one writes what happened before."""
    log.write("1795500030|1.1|101|NONE|ENTERQUEUE||70712345|1")
    assert log.reads(now).new == 1
    log.write("1795500010|2.1|101|NONE|ENTERQUEUE||70712346|1")
    assert log.reads(now).new == 1
    assert LoggedVisit.objects.count() == 2


def test_a_table_that_was_emptied_counts_anew(log: Log, now: datetime) -> None:
    log.write(*(f"1795500{n:03}|{n}.1|101|NONE|ENTERQUEUE||70712345|1" for n in range(200)))
    assert log.reads(now).new == 200
    log.database.run("TRUNCATE TABLE queuelog")
    assert log.reads(now).new == 0
    log.write("1795400000|9000.1|101|NONE|ENTERQUEUE||70712345|1")
    assert log.reads(now).new == 1
    log.write("1795400001|9000.1|101|NONE|ABANDON|1|1|1")
    assert log.reads(now).new == 1


def test_a_clock_that_jumped_hides_nothing(log: Log, now: datetime) -> None:
    log.write("1795500030|1.1|101|NONE|ENTERQUEUE||70712345|1", "2100000000|1.1|101|NONE|ABANDON|1|1|5")
    assert log.reads(now).new == 2
    log.write("1795500090|2.1|101|NONE|ENTERQUEUE||70712346|1")
    assert log.reads(now).new == 1


def test_moments_are_seconds_too_and_data_may_be_in_one_column(
    database: Database, board: Switchboard, now: datetime
) -> None:
    made = "CREATE TABLE {name} (id int PRIMARY KEY, time varchar(32), callid varchar(40), queuename varchar(40), "
    made += "agent varchar(40), event varchar(20), data varchar(100))"
    log = Log(database, board, "old_log", made)
    columns = "(id, time, callid, queuename, agent, event, data)"
    database.run(
        f"INSERT INTO old_log {columns} VALUES (7, '1795500030', '1.1', '101', 'NONE', 'ENTERQUEUE', '|70712345|1'), "
        "(9, '1795500033.25', '1.1', '101', 'Ana|Mesa', 'CONNECT', '3|1.2|2'), (12, NULL, '1.1', '101', '', 'X', '')"
    )
    taken = log.reads(now)
    assert (taken.new, taken.unreadable) == (2, 1)
    assert set(LoggedLine.objects.values_list("text", flat=True)) == {
        "1795500030|1.1|101|NONE|ENTERQUEUE||70712345|1", "1795500033|1.1|101|Ana|Mesa|CONNECT|3|1.2|2",
    }  # fmt: skip


def test_a_table_that_does_not_tell_the_order_of_its_rows_is_refused(
    database: Database, board: Switchboard, now: datetime
) -> None:
    made = "CREATE TABLE {name} (time varchar(26), callid varchar(40), queuename varchar(40), agent varchar(40), "
    made += "event varchar(20), data1 text, data2 text, data3 text, data4 text, data5 text)"
    log = Log(database, board, "unordered", made)
    log.write("1795500030|1.1|101|NONE|ENTERQUEUE||70712345|1", moment=second)
    with pytest.raises(NotALog, match="en qué orden"):
        log.reads(now)
    assert not LoggedLine.objects.exists()


def test_a_table_of_something_else_is_refused(database: Database, board: Switchboard, now: datetime) -> None:
    log = Log(database, board, "cdr", "CREATE TABLE {name} (time varchar(26), callid varchar(40), src varchar(40))")
    with pytest.raises(NotALog, match="le falta queuename, agent, event"):
        log.reads(now)


def test_the_clock_reads_it_and_says_what_is_wrong(log: Log, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    source = LogSource(switchboard=log.board, path=log.address, secret_variable="QUEUE_LOG_SECRET")  # noqa: S106
    source.full_clean()
    source.save()
    monkeypatch.setenv("QUEUE_LOG_SECRET", log.database.secret)
    log.write("1795500030|1.1|101|NONE|ENTERQUEUE||70712345|1", "1795500031|1.1|101|NONE|noise|1")
    assert read_sources(now=now, which=ELSEWHERE) == 1
    assert read_sources(now=now, which=ELSEWHERE) == 0
    look = LogLook.objects.get()
    assert (look.unreadable, look.problem, look.took_at) == (1, "", now), "a row is told once, however often it is read"
    log.database.run("DROP TABLE queuelog")
    assert read_sources(now=now, which=ELSEWHERE) == 0
    assert "queuelog" in LogLook.objects.get().problem
    again = Log(log.database, log.board, "queuelog")
    again.write("1795500090|2.1|101|NONE|ENTERQUEUE||70712345|1")
    assert read_sources(now=now + timedelta(seconds=2), which=ELSEWHERE) == 0, (
        "whoever does not answer is not waited for at each tick"
    )
    assert read_sources(now=now + timedelta(minutes=1), which=ELSEWHERE) == 1


def test_a_wrong_password_and_a_server_that_is_down_are_told(
    tmp_path: Path, database: Database, board: Switchboard, now: datetime
) -> None:
    nobody = f"{database.address.partition('@')[0]}@127.0.0.1:9/pbx/queuelog"
    with pytest.raises(NotALog, match="no se puede leer"):
        read_table(board=board, address=nobody, secret="x", tls=False, now=now)  # noqa: S106
    if database.address.startswith("mysql"):  # the PostgreSQL of the tests trusts whoever reaches it
        log = Log(database, board, "queuelog")
        with pytest.raises(NotALog, match="Access denied"):
            log.reads(now, secret="otra")  # noqa: S106
        with pytest.raises(NotALog, match="SSL"):
            read_table(board=board, address=log.address, secret=database.secret, tls=True, now=now)


def test_the_command_reads_a_table(
    log: Log, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QUEUE_LOG_SECRET", log.database.secret)
    log.write("1795500030|1.1|101|NONE|ENTERQUEUE||70712345|1")
    call_command("read_queue_log", log.address, "--json")
    assert '"new": 1' in capsys.readouterr().out
    with pytest.raises(CommandError, match="Se escribe mysql://"):
        call_command("read_queue_log", "mysql://127.0.0.1/queuelog")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("mysql://ana:llave@127.0.0.1/pbx/queuelog", "La contraseña no se escribe aquí"),
        ("mysql://127.0.0.1/pbx/queuelog", "Se escribe mysql://"),
        ("mysql://ana@127.0.0.1/queuelog", "Se escribe mysql://"),
        ("oracle://ana@127.0.0.1/pbx/queuelog", "Se escribe mysql://"),
        ("mysql://ana@127.0.0.1:x/pbx/queuelog", "No es una dirección"),
        ("mysql://ana@127.0.0.1/pbx/queue-log", "letras, cifras y guion bajo"),
        ("mysql://ana@127.0.0.1/pbx/queuelog?a=1", "letras, cifras y guion bajo"),
    ],
)
def test_an_address_that_cannot_be_read_says_why(board: Switchboard, address: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        LogSource(switchboard=board, path=address).full_clean()


def test_an_address_names_a_server_or_a_door_of_this_machine() -> None:
    told = read_address("mysql://asterisk@central.lan/asteriskcdrdb/queuelog")
    assert (told.host, told.port, told.user, told.database, told.name) == (
        "central.lan", 3306, "asterisk", "asteriskcdrdb", "queuelog",
    )  # fmt: skip
    assert read_address("postgresql://a@%2Frun%2FPostgres/b/c").host == "/run/Postgres"
    assert read_address("postgresql://a@10.0.0.1:6432/b/c").port == 6432
