"""Several commands at once share the embedded servers, and the last one leaves none behind."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

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
