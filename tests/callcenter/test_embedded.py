"""Several commands at once share the embedded servers, and the last one leaves none behind."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.processes.house import outside_environment, wait_until

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import pathlib, sys, time
from callcenter import embedded
print(embedded.addresses(pathlib.Path(sys.argv[1])).redis_url, flush=True)
time.sleep(float(sys.argv[2]))
"""


def ask(home: Path, seconds: float = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", ASK, str(home), str(seconds)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def servers_of(home: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline"]):
        if any(str(home) in text for text in process.info["cmdline"] or []):
            found.append(process)
    return found


@pytest.mark.processes
def test_commands_at_once_share_the_servers_and_the_last_leaves_none(tmp_path: Path) -> None:
    home = tmp_path / "home"
    asking = [ask(home, 1) for _ in range(4)]
    told = {command.communicate(timeout=90)[0] for command in asking}
    assert len(told) == 1
    deadline = time.monotonic() + 30
    while servers_of(home) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert servers_of(home) == []


@pytest.mark.processes
def test_a_killed_command_leaves_no_server_either(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = ask(home, 60)
    assert command.stdout is not None
    assert command.stdout.readline().startswith("redis://")
    command.kill()
    command.wait()
    deadline = time.monotonic() + 30
    while servers_of(home) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert servers_of(home) == []


@pytest.mark.processes
def test_the_first_command_of_a_fresh_clone_prepares_its_own_database(tmp_path: Path) -> None:
    home = tmp_path / "home"
    answer = subprocess.run(
        [sys.executable, "manage.py", "check_invariants", "--json"],
        cwd=ROOT,
        env=outside_environment(CALLCENTER_HOME=str(home)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert "Preparing the database" in answer.stderr
    assert json.loads(answer.stdout)["broken"] == []
    wait_until(lambda: servers_of(home) == [], seconds=20, what="no server is left behind")
