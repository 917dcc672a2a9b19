"""`manage.py run`: everything in one foreground, which leaves nothing behind and finds its data again."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest

from callcenter import guard
from callcenter.demo.outside_systems import BESIDE
from callcenter.ports import a_free_port
from tests.processes.house import (
    ROOT,
    WHERE_HOMES_ARE,
    in_foreground,
    outside_environment,
    processes_of,
    wait_until,
)

STARTING = 600.0  # seconds: a first start makes databases and a demo's data
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]


@pytest.fixture
def home() -> Iterator[Path]:
    """Not pytest's folder: another run of it, by root too, closes that to the user who runs PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="run-", dir=WHERE_HOMES_ARE, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"
        wait_until(lambda: processes_of(Path(folder)) == [], what="no process is left")


def said(home: Path) -> str:
    return (home / "run.log").read_text()


def is_up(home: Path, process: subprocess.Popen[str]) -> bool:
    assert process.poll() is None, said(home)
    return "Ctrl-C stops all of it" in said(home)


def is_whole(home: Path, process: subprocess.Popen[str]) -> bool:
    assert process.poll() is None, said(home)
    return "Everything is prepared" in said(home)


def rows(home: Path, sql: str) -> Any:
    """The first value of a query on the home's own database."""
    address = json.loads((home / "addresses.json").read_text())["database_url"]
    with psycopg.connect(address) as connection:
        return connection.execute(sql).fetchone()[0]  # type: ignore[arg-type,index]


def programs(foreground: subprocess.Popen[str]) -> list[psutil.Process]:
    """Web server, stream, workers, beat and sandbox; the keeper of the servers is a child of whoever came first."""
    children = psutil.Process(foreground.pid).children()
    beside = ("callcenter.embedded", guard.__file__)
    return [one for one in children if not set(beside) & set(one.cmdline())]


def sandbox_of(home: Path) -> str:
    """Where the welcome says that the outside systems are played."""
    found = re.search(r"are played at (http://[\d.:]+)/", said(home))
    assert found is not None, said(home)
    return found[1]


def the_stream_is_where_the_page_looks_for_it(port: int) -> bool:
    """Its port stands in the headers of the pages; whoever is not signed in is turned away there."""
    page = httpx.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=60)
    found = re.search(r"connect-src 'self' (http://127\.0\.0\.1:\d+)", page.headers["Content-Security-Policy"])
    assert found is not None, page.headers
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(f"{found[1]}/live/escalations/", timeout=60).status_code == 403
    return False


def child(foreground: subprocess.Popen[str], word: str) -> psutil.Process:
    return next(one for one in programs(foreground) if word in one.cmdline())


def test_a_demo_that_was_cut_short_begins_afresh_and_is_made_once_and_found_again(home: Path) -> None:
    port = a_free_port()

    def at_the_calls(process: subprocess.Popen[str]) -> bool:
        assert process.poll() is None, said(home)
        return "demo | 3 of " in said(home)

    with in_foreground(home=home, port=port) as process:
        wait_until(lambda: at_the_calls(process), seconds=STARTING, what="last month is under way")
        told = said(home)
        assert told.index("Migration 1 of ") < told.index("Ctrl-C stops") < told.index("demo | 1 of ")
        page = httpx.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=60).text
        assert "Preparando la demostración" in page
        assert rows(home, "SELECT count(*) FROM campaigns_campaign") == 0  # nobody sees half a month
        next(one for one in psutil.Process(process.pid).children() if "demo" in one.cmdline()).kill()
        assert process.wait(60) == 1
        assert "could not be made" in said(home)
        assert "Run it again" in said(home)
    with socket.socket() as taken, in_foreground(home=home, port=port) as process:
        with contextlib.suppress(OSError):  # somebody else has it: busy all the same
            taken.bind(("127.0.0.1", port + BESIDE))
            taken.listen()
        wait_until(lambda: is_up(home, process), seconds=STARTING, what="the address and the people")
        it_is_whole(home, process, port)

        second = subprocess.run(
            [sys.executable, "manage.py", "run", "--port", str(a_free_port())],
            cwd=ROOT,
            env=outside_environment(CALLCENTER_HOME=str(home)),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert (second.returncode, len(second.stderr.strip().splitlines())) == (1, 1)
        assert "already running" in second.stderr

        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        wait_until(lambda: processes_of(home) == [], what="no process is left")

    kept = (home / "drop").iterdir()
    assert any(path.name.startswith("ccvp-") for path in kept)
    with in_foreground(home=home, port=port) as process:
        wait_until(lambda: is_whole(home, process), seconds=STARTING, what="a further start")
        assert "Demo data made" not in said(home)
        book = httpx.get(f"{sandbox_of(home)}/_book", timeout=60).json()["deeds"]
        assert [deed["key"] for deed in book] == ["before"]  # what was done there stays done

        worker = child(process, "jobs")
        for one in [worker, *worker.children(recursive=True)]:
            one.kill()
        wait_until(lambda: "jobs | ended (signal SIGKILL)" in said(home), what="it says who died")
        wait_until(lambda: len(programs(process)) == 6, what="the worker is started again")

        child(process, "callcenter.wsgi:application").suspend()  # one that hears nothing, and whose children live on
        process.kill()  # and the foreground itself: its guard ends its programs
        process.wait()
        wait_until(lambda: processes_of(home) == [], what="no orphan is left")


def it_is_whole(home: Path, process: subprocess.Popen[str], port: int) -> None:
    """It says where it is and who may sign in, plays the outside systems beside a busy port, and has one month."""
    assert f"http://127.0.0.1:{port}/" in said(home)
    assert "elena   supervisor" in said(home)
    assert httpx.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=60).status_code == 200
    wait_until(lambda: the_stream_is_where_the_page_looks_for_it(port), what="the stream answers")
    played = sandbox_of(home)
    assert played != f"http://127.0.0.1:{port + BESIDE}"
    found = httpx.post(f"{played}/smartflex/search", json={"text": "Quispe"}, timeout=60).json()
    assert (len(found["customers"]), found["more"]) == (20, True)
    report = {"json": {"number": "4251000", "text": "sin línea"}, "headers": {"Idempotency-Key": "before"}}
    assert httpx.post(f"{played}/nocc/report", timeout=60, **report).status_code == 201
    wait_until(lambda: is_whole(home, process), seconds=STARTING, what="last month and the board")
    wait_until(lambda: len(programs(process)) == 6, what="workers and beat begin")
    assert said(home).index("Demo data made") < said(home).index("Everything is prepared")
    assert rows(home, "SELECT count(*) FROM campaigns_campaign WHERE state = 'closed'") == 1
    once = "SELECT count(*) FROM campaigns_report WHERE kind = 'recaudo' GROUP BY name"
    assert rows(home, f"SELECT max(count) FROM ({once}) times") == 1
    assert rows(home, "SELECT count(*) FROM escalations_escalation WHERE key LIKE 'demo:call:%'") == 1
    page = httpx.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=60).text
    assert "Preparando la demostración" not in page


def test_a_busy_port_is_one_clear_line(home: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        answer = subprocess.run(
            [sys.executable, "manage.py", "run", "--port", str(busy.getsockname()[1])],
            cwd=ROOT,
            env=outside_environment(CALLCENTER_HOME=str(home)),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
    assert answer.returncode == 1
    making, *more = answer.stderr.strip().splitlines()
    assert making.startswith("Making PostgreSQL and Valkey")  # of a home nobody lived in yet
    assert len(more) == 1
    assert f"Port {busy_port(answer.stderr)}" in answer.stderr
    assert "PORT=8001" in answer.stderr


def busy_port(text: str) -> str:
    return text.split("Port ")[1].split()[0]
