"""A house of its own for a test that kills things: real servers, real workers, real commands."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis

from callcenter import in_memory
from tests.processes.terminal import ROOT, Terminal

WHERE_HOMES_ARE = in_memory.MEMORY if in_memory.has_room() else Path("/tmp")
PATIENCE = 60.0  # seconds after which a thing will not happen any more, however busy the machine is
LEFT_OUT = ("PYTEST_", "DJANGO_", "DATABASE_URL", "REDIS_URL", "CALLCENTER_", "COV_", "SANDBOX_", "SYSTEM_", "SYSTEMS_")


def outside_environment(**more: str) -> dict[str, str]:
    """What a person's terminal would hand to a command: nothing of the test run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
    return {**kept, "LOG_LEVEL": "WARNING", **more}


def wait_until(is_so: Callable[[], Any], *, what: str, seconds: float = PATIENCE) -> Any:
    """Wait for something to become true and return it; fail the test with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := is_so():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


_TERMINALS: dict[frozenset[tuple[str, str]], Terminal] = {}  # by their environment


def close_terminals() -> None:
    while _TERMINALS:
        _TERMINALS.popitem()[1].close()


class House:
    """Commands and workers on one database and queue; whatever it started ends with it."""

    def __init__(self, *, home: Path, database_url: str, redis_url: str, owner_url: str, queue_owner_url: str) -> None:
        self.home, self.database_url, self.redis_url = home, database_url, redis_url
        self.owner_url, self.queue_owner_url = owner_url, queue_owner_url  # whoever looks from outside, and damages
        self.environment = outside_environment(
            CALLCENTER_HOME=str(home), DATABASE_URL=database_url, REDIS_URL=redis_url
        )
        self.started: list[int] = []

    @property
    def terminal(self) -> Terminal:
        """The one that is open with this house's environment; it is opened when the first program needs it."""
        key = frozenset(self.environment.items())
        return _TERMINALS[key] if key in _TERMINALS else _TERMINALS.setdefault(key, Terminal(self.environment))

    def manage(self, *arguments: str, code: int = 0) -> str:
        """Run a command to its end and return what it said; fail unless it ends with `code`."""
        return self.run("manage.py", *arguments, code=code)

    def run(self, *command: str, code: int = 0) -> str:
        """Run a program to its end and return what it said; fail unless it ends with `code`."""
        with tempfile.TemporaryDirectory(dir=self.home) as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            ended = self.terminal.wait(self.terminal.start(*command, out=out, err=err))
            told = out.read_text()
            assert ended == code, f"{command}: {ended}\n{told}\n{err.read_text()}"
        return told

    def told(self, *arguments: str) -> dict[str, Any]:
        """What a command says as JSON."""
        said: dict[str, Any] = json.loads(self.manage(*arguments, "--json"))
        return said

    def start(self, *command: str) -> int:
        """Start a program of Python (`-m celery …`, `manage.py …`) in a session of its own. Returns its process id."""
        number = len(list(self.home.glob("started-*.log")))
        pid = self.terminal.start(*command, out=self.home / f"started-{number}.log")
        self.started.append(pid)
        return pid

    def worker(self, name: str = "one", *, queues: str = "ticks,jobs", children: int = 1) -> int:
        options = ("--concurrency", str(children), "--loglevel", "INFO", "--without-gossip", "--without-mingle")
        options += ("--queues", queues)
        return self.start("-m", "celery", "--app", "callcenter", "worker", *options, "--hostname", f"{name}@%h")

    def beat(self) -> int:
        return self.start("-m", "celery", "--app", "callcenter", "beat", "--loglevel", "INFO", "--pidfile", "")

    def kill(self, pid: int) -> None:
        """`kill -9` the program and every child at once, as a power cut would."""
        with contextlib.suppress(psutil.NoSuchProcess):
            family = psutil.Process(pid)
            for one in [*family.children(recursive=True), family]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
        self.terminal.wait(pid)
        self.started.remove(pid)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a query on a connection of its own."""
        with psycopg.connect(self.owner_url, autocommit=True) as connection:
            cursor = connection.execute(sql, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def value(self, sql: str, *values: Any) -> Any:
        """The first value of a query, or None; None as well while the database is down."""
        with contextlib.suppress(psycopg.OperationalError):
            found = self.rows(sql, *values)
            return found[0][0] if found else None
        return None

    def ring(self, task: str, **arguments: Any) -> None:
        """Put a message for `task` into the queue, as a door would."""
        code = (
            "import json, sys; from callcenter.celery import app;"
            "app.send_task(sys.argv[1], kwargs=json.loads(sys.argv[2]))"
        )
        self.run("-c", code, task, json.dumps(arguments))

    def receive(self, path: Path, *, kind: str = "ccvp", period: str = "2026-12") -> int:
        """Make the report of a file, as an upload does, without ringing for it. Returns its key."""
        code = (
            "from datetime import date; from django.utils import timezone; from pathlib import Path;"
            "from campaigns.intake.receiving import receive_report;"
            f"path = Path({str(path)!r});"
            f"report = receive_report(kind={kind!r}, name=path.name, file=path.open('rb'),"
            f" period=date.fromisoformat('{period}-01'), now=timezone.now());"
            "print(report.pk)"
        )
        return int(self.manage("shell", "-v0", "-c", code).split()[-1])

    def state_of(self, report: int) -> str | None:
        return self.value("SELECT state FROM campaigns_report WHERE id = %s", report)

    def empty_queue(self) -> None:
        """Lose everything queued and cached, as a broker killed without its append-only file does."""
        with redis.Redis.from_url(self.queue_owner_url) as broker:
            for number in (0, 1):  # queue and cache
                broker.select(number)
                broker.flushdb()

    def refused(self) -> list[str]:
        """What the house asked of its queue and cache, and its user may not."""
        with redis.Redis.from_url(self.queue_owner_url) as owner:
            return [f"{entry['username']}: {entry['object']} ({entry['reason']})" for entry in owner.acl_log()]

    def queue_length(self, queue: str = "jobs") -> int:
        with redis.Redis.from_url(self.queue_owner_url, db=0) as broker:
            return int(broker.llen(queue))

    def last_words(self) -> str:
        """The end of what each program said, for a test that gives up."""
        logs = sorted(self.home.glob("started-*.log"))
        return "\n".join(f"-- {log.name}\n{log.read_text()[-2000:]}" for log in logs)

    def signs(self) -> set[str]:
        """Who has signed that it is alive."""
        with redis.Redis.from_url(self.queue_owner_url) as cache:
            cache.select(1)
            return {key.decode().rpartition("heartbeat:")[2] for key in cache.scan_iter("*heartbeat:*")}

    def close(self) -> None:
        for pid in list(self.started):
            self.kill(pid)
        for log in self.home.glob("started-*.log"):
            log.unlink()


@contextlib.contextmanager
def in_foreground(*, home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`manage.py run` on a home of its own, as `make run` starts it; what it says goes to `run.log` in the home."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", str(port)],
            cwd=ROOT,
            env=outside_environment(CALLCENTER_HOME=str(home)),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def servers_of(home: Path) -> list[psutil.Process]:
    """Processes whose command names the home: the servers and their keeper."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in text for text in process.info["cmdline"] or []):
            found.append(process)
    return found


def processes_of(home: Path) -> list[psutil.Process]:
    """Living processes whose environment or command names the home: programs, their children, the servers."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            names = process.environ().get("CALLCENTER_HOME") == str(home) or str(home) in " ".join(process.cmdline())
            if names:
                found.append(process)
    return found
