"""A table of queue_log, as Asterisk writes it over ODBC: in MySQL or MariaDB (Elastix, Issabel, FreePBX) or PostgreSQL.

Its rows become the lines a file would hold, so that what comes both ways is taken once. They are read in their order
(`id` where there is one, else `time`) from a while before the newest that was read, for two writers need not come in
the order of their clocks. Source: `res_config_odbc` and *Queue Logs* of the Asterisk documentation.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pymysql
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from psycopg import sql
from pymysql.cursors import SSCursor

from telephony.models import LogFile, Switchboard
from telephony.queue_log.addresses import Table, read_address
from telephony.queue_log.files import NotALog, fingerprint, is_line
from telephony.queue_log.taking import Taken, take_lines

COLUMNS = ("time", "callid", "queuename", "agent", "event")
IN_PARTS = ("data1", "data2", "data3", "data4", "data5")
OVERLAP = {"id": 60, "time": 7_200}  # seconds that are read again: a clock that was put back has no later `id`
PEEKED = 20  # rows
AT_A_TIME = 5_000  # rows
CONNECTS, ANSWERS = 10, 60  # seconds that are waited for


def read_table(
    *, board: Switchboard, address: str, secret: str, tls: bool, now: datetime, until: str = ""
) -> tuple[Taken, str]:
    """Take what is new in a table; also the key of the last row that was read, which is `until` the next time: up to it
    what is no line is not counted again. `tls`: only over a connection whose certificate holds. Raises NotALog.
    """
    mark = fingerprint(address.encode())
    known = LogFile.objects.filter(switchboard=board, first_line=mark).first()
    try:
        table = read_address(address)
        with closing(_connected(table, secret, tls)) as connection:
            reading = Reading(connection, table, now, until, known.since if known else "")
            taken = take_lines(board=board, lines=reading.lines())
    except ValidationError as error:
        raise NotALog(f"{address}: {error.message}") from error
    except (pymysql.MySQLError, psycopg.Error, OSError) as error:
        raise NotALog(_("%(path)s: no se puede leer (%(why)s).") % {"path": address, "why": _why(error)}) from error
    told = {"since": reading.since, "read_at": now}
    LogFile.objects.update_or_create(switchboard=board, first_line=mark, defaults=told)
    return taken, reading.until


def _connected(table: Table, secret: str, tls: bool) -> Any:
    if table.kind == "postgresql":
        return psycopg.connect(
            host=table.host, port=table.port, user=table.user, password=secret, dbname=table.database,
            connect_timeout=CONNECTS, sslmode="verify-full" if tls else "prefer",
            sslrootcert="system" if tls else None,
            options=f"-c statement_timeout={ANSWERS * 1000} -c default_transaction_read_only=on",
        )  # fmt: skip
    door = {"unix_socket": table.host} if table.host.startswith("/") else {"host": table.host, "port": table.port}
    return pymysql.connect(
        **door, user=table.user, password=secret, database=table.database, charset="utf8mb4", connect_timeout=CONNECTS,
        read_timeout=ANSWERS, cursorclass=SSCursor, ssl=ssl.create_default_context() if tls else None,
    )  # fmt: skip


@dataclass
class Reading:
    """A table while it is read: `since` is the key (`id`, or `time`) from which the next reading begins."""

    connection: Any
    table: Table
    now: datetime
    until: str
    since: str = ""

    def lines(self) -> Iterator[str]:
        columns, key = self._columns()
        rows = self._rows([key, *columns], key)
        peeked = list(islice(rows, PEEKED))
        if self.since and not peeked:  # the newest row that was read is gone: it was emptied, and counts anew
            self.since = self.until = ""
            rows = self._rows([key, *columns], key)
            peeked = list(islice(rows, PEEKED))
        if key == "time" and peeked and not any(_has_fraction(row[0]) for row in peeked):
            words = _(
                "%(path)s: sin columna «id» ni fracciones de segundo en «time» no se sabe en qué orden vinieron "
                "sus filas. No se tomó nada."
            )
            raise NotALog(words % {"path": self.table.name})
        recent: deque[tuple[str, int]] = deque()
        rank: Callable[[Any], Any] = int if key == "id" else str
        newest, latest = 0, int((self.now + timedelta(days=1)).timestamp())
        for row in chain(peeked, rows):
            told = dict(zip((key, *columns), row, strict=True))
            at = _second(told["time"])
            line, is_new = _line(at, told), not self.until or rank(row[0]) > rank(self.until)
            if is_new or is_line(line):
                yield line
            if is_new:
                self.until = str(row[0])
            if at is None or at > latest:  # nothing is to be measured by a clock that jumped
                continue
            newest = max(newest, at)
            if key == "time":
                self.since = _as_written(row[0], newest - OVERLAP[key])
                continue
            recent.append((str(row[0]), at))
            while len(recent) > 1 and recent[0][1] < newest - OVERLAP[key]:
                recent.popleft()
            self.since = recent[0][0]

    def _columns(self) -> tuple[list[str], str]:
        """Those there are of the known, in their order; and which of them tells the order of rows. Raises NotALog."""
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(self._query("SELECT * FROM {table} WHERE 1 = 0", ()))
            there = {column[0].lower() for column in cursor.description}
            cursor.fetchall()
        missing = [name for name in COLUMNS if name not in there]
        data = [name for name in ("data", *IN_PARTS) if name in there]
        if missing or not data:
            words = _("%(path)s: no es una tabla de queue_log; le falta %(missing)s. No se tomó nada.")
            raise NotALog(words % {"path": self.table.name, "missing": ", ".join(missing) or "data"})
        return [*COLUMNS, *data], "id" if "id" in there else "time"

    def _rows(self, columns: Sequence[str], key: str) -> Iterator[list[Any]]:
        wanted = list(dict.fromkeys(columns))
        condition = "WHERE {key} >= %s" if self.since else ""
        asked = self._query(f"SELECT {{columns}} FROM {{table}} {condition} ORDER BY {{key}}", wanted, key)
        is_ours = self.table.kind == "postgresql"
        with closing(self.connection.cursor("queue_log") if is_ours else self.connection.cursor()) as cursor:
            cursor.execute(asked, [self.since] if self.since else None)
            places = [wanted.index(name) for name in columns]
            while rows := cursor.fetchmany(AT_A_TIME):
                for row in rows:
                    yield [row[place] for place in places]

    def _query(self, text: str, columns: Sequence[str], key: str = "time") -> Any:
        """With its names quoted as that database wants it."""
        if self.table.kind == "postgresql":
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            query = sql.SQL(text)  # type: ignore[arg-type]  # of our own words alone
            return query.format(columns=names, table=sql.Identifier(self.table.name), key=sql.Identifier(key))
        return text.format(
            columns=", ".join(f"`{name}`" for name in columns), table=f"`{self.table.name}`", key=f"`{key}`"
        )


def _line(at: int | None, told: dict[str, Any]) -> str:
    """As the file would have it: where the moment is none, no line."""
    parts = [_text(told.get(name)) for name in IN_PARTS]
    while parts and not parts[-1]:
        parts.pop()
    data = "|".join(parts) or _text(told.get("data"))
    when = str(at) if at is not None else f"?{_text(told['time'])}"
    return "|".join([when, *(_text(told[name]) for name in COLUMNS[1:]), data])


def _second(value: Any) -> int | None:
    """Seconds since 1970; moments without an offset are of La Paz. None for what is no moment."""
    if isinstance(value, (int, float, Decimal)):
        return int(value)
    if not isinstance(value, datetime):
        text = _text(value).strip()
        if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdecimal():
            return int(float(text))
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            return None
    return int((value if value.tzinfo else value.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))).timestamp())


def _as_written(value: Any, at: int) -> str:
    """A second as the moments of that column are written, to be compared with them."""
    is_a_moment = isinstance(value, datetime)
    if not is_a_moment and "-" not in _text(value):
        return str(at)
    zone = value.tzinfo if is_a_moment else None
    then = datetime.fromtimestamp(at, zone or ZoneInfo(settings.TIME_ZONE))
    return (then if zone else then.replace(tzinfo=None)).isoformat(sep=" ")


def _has_fraction(value: Any) -> bool:
    return value.microsecond != 0 if isinstance(value, datetime) else "." in _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, (bytes, bytearray)) else str(value)


def _why(error: Exception) -> str:
    """In one line, without the number that MySQL puts before it."""
    told = error.args[1] if len(error.args) > 1 and isinstance(error, pymysql.MySQLError) else error
    return " ".join(str(told).split())[:200]
