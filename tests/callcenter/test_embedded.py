"""Several commands at once share the embedded servers, and the last one leaves none behind."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from callcenter import embedded
from tests.processes.house import servers_of, wait_until

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import pathlib, sys
from callcenter import embedded
print(embedded.addresses(pathlib.Path(sys.argv[1])).redis_url, flush=True)
sys.stdin.read()
"""


def ask(home: Path) -> subprocess.Popen[str]:
    """A command that says where the servers are, and goes on until its input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", ASK, str(home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.processes
def test_commands_at_once_share_the_servers_and_the_last_leaves_none(tmp_path: Path) -> None:
    home = tmp_path / "home"
    asking = [ask(home) for _ in range(4)]
    told = {command.stdout.readline() for command in asking if command.stdout}
    assert len(told) == 1
    for command in asking:
        command.communicate(timeout=600)
    wait_until(lambda: servers_of(home) == [], what="no server is left behind")


@pytest.mark.processes
def test_a_killed_command_leaves_no_server_either(tmp_path: Path) -> None:
    home = tmp_path / "home"
    command = ask(home)
    assert command.stdout is not None
    assert command.stdout.readline().startswith("redis://")
    command.kill()
    command.communicate()
    wait_until(lambda: servers_of(home) == [], what="no server is left behind")


def test_servers_that_do_not_start_on_a_full_disk_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "addresses.json").write_text(json.dumps({"failed": "CalledProcessError: initdb"}))
    with pytest.raises(embedded.EmbeddedServersFailed) as failure:
        embedded._wait_until_ready(tmp_path)
    assert str(failure.value) == f"CalledProcessError: initdb (see {tmp_path}/keeper.log)."
    monkeypatch.setattr(shutil, "disk_usage", lambda _home: SimpleNamespace(free=2**20))
    with pytest.raises(embedded.EmbeddedServersFailed, match=r"keeper.log\)\. The disk is full: make room\."):
        embedded._wait_until_ready(tmp_path)
