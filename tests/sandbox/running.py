"""A sandbox of one's own: its process on its own database, over real HTTP."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest
from django.conf import settings

from callcenter.ports import a_free_port
from inbound.models import OutsideSystem
from systems.wire import forget_wires
from tests.processes.house import ROOT, outside_environment, wait_until

TODAY = "2026-11-25"


RUNNING = pytest.StashKey["RunningSandbox"]()


class RunningSandbox:
    """The address of a sandbox, its book and knobs, and its tables as they are."""

    def __init__(self, *, address: str, database_url: str) -> None:
        self.address, self.database_url = address, database_url

    def turn(self, system: str, **knob: Any) -> None:
        httpx.put(f"{self.address}/_knobs/{system}", json=knob, trust_env=False, timeout=60).raise_for_status()

    def book(self, **narrowed: str) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.address}/_book", params=narrowed, trust_env=False, timeout=60)
        deeds: list[dict[str, Any]] = answer.raise_for_status().json()["deeds"]
        return deeds

    def post(self, path: str, body: Any, *, key: str = "", timeout: float = 60) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return httpx.post(f"{self.address}/{path}", json=body, headers=headers, trust_env=False, timeout=timeout)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(sql, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def value(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]


def manage(database_url: str, *arguments: str, root: Path = ROOT) -> str:
    """`python -m sandbox …` of the project at `root`, to its end; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=root,
        env=outside_environment(SANDBOX_DATABASE_URL=database_url),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


@contextmanager
def own_database() -> Iterator[str]:
    """A database of the sandbox's own on the server of the tests; dropped at the end."""
    name = f"sandbox_{secrets.token_hex(4)}"
    ours = urlsplit(settings.DATABASE_URL)
    maintenance = urlunsplit(ours._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(ours._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def serving(database_url: str, *, root: Path = ROOT, **environment: str) -> Iterator[str]:
    """The server of the sandbox at `root`, on a free port; yields its address."""
    port = a_free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--port", str(port)],
        cwd=root,
        env=outside_environment(SANDBOX_DATABASE_URL=database_url, **environment),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(address), what="the sandbox answers")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def sandbox_process(pytestconfig: pytest.Config) -> Iterator[RunningSandbox]:
    """One for the whole session, sown; the folders that ask for it share it."""
    if (running := pytestconfig.stash.get(RUNNING, None)) is not None:
        yield running
        return
    with own_database() as database_url:
        manage(database_url, "migrate", "-v0")
        manage(database_url, "seed", "--today", TODAY)
        with serving(database_url) as address:
            pytestconfig.stash[RUNNING] = RunningSandbox(address=address, database_url=database_url)
            yield pytestconfig.stash[RUNNING]


@pytest.fixture
def sandbox(sandbox_process: RunningSandbox) -> RunningSandbox:
    """The running sandbox with every knob as at the beginning, an empty book, and nothing known of its health."""
    sandbox_process.rows("DELETE FROM sandbox_deed")
    sandbox_process.rows("UPDATE sandbox_knob SET latency_ms = 0, mode = 'up'")
    forget_wires()
    return sandbox_process


def connect(settings: Any, sandbox: RunningSandbox) -> None:
    """All systems of this centre are those of the sandbox, and have as much time as a centre can give them."""
    settings.SYSTEMS_URL = sandbox.address
    OutsideSystem.objects.update(timeout_seconds=10)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_live", trust_env=False, timeout=60).status_code == 200
    except httpx.TransportError:
        return False
