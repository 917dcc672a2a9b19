"""Every command of ours leaves bad arguments with one clear line and exit code 1."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import OperationalError

from callcenter.management.commands import run
from callcenter.management.commands.run import a_port
from callcenter.ports import a_free_port
from screens.terminal import TerminalCommand
from tests.processes.house import ROOT, outside_environment

ROOMS = (
    *("agents", "callcenter", "campaigns", "escalations", "inbound"),
    *("notices", "screens", "service_level", "systems", "telephony", "work"),
)
OF_DJANGO = ("migrate",)  # whose words stay its own
OURS = sorted((room, name) for name, room in get_commands().items() if room in ROOMS and name not in OF_DJANGO)
COMPLETE = {"why_not": ["2026-12", "1001"], "take_in_report": ["x.csv", "--period", "2026-12"]}
NEEDS_NONE = (
    *("run", "demo", "anonymise", "sync_schedule", "check_invariants", "renew_factor_keys", "queue_user"),
    *("verify_audit", "make_roles", "know_hand", "doctor", "pooler"),
    *("publish_flows", "write_docs", "listen_to_switchboard", "check_switchboard"),
)


def test_the_commands_of_the_issue_are_among_them() -> None:
    asked = "take_in_report take_in_payments assign launch close campaign_figures why_not check_invariants verify_seal"
    assert {name for _room, name in OURS} >= {*asked.split(), "run", "demo"}


@pytest.mark.parametrize(("room", "name"), OURS)
@pytest.mark.parametrize("what", ["a strange option", "too many", "too few"])
def test_bad_arguments_are_one_line_and_exit_code_1(
    room: str, name: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if what == "too few" and name in NEEDS_NONE:
        return
    command = load_command_class(room, name)
    assert isinstance(command, TerminalCommand)
    given = [*COMPLETE.get(name, [] if name in NEEDS_NONE else ["2026-12"])]
    arguments = {"a strange option": [*given, "--nonsense"], "too many": [*given, "one", "two"], "too few": []}[what]
    with pytest.raises(SystemExit) as left:
        command.run_from_argv(["manage.py", name, *arguments])
    out, err = capsys.readouterr()
    assert (left.value.code, out, len(err.splitlines())) == (1, "", 1)
    assert err.startswith("CommandError: ")


def test_whoever_calls_a_command_from_python_gets_the_error(db: None) -> None:
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command("close", "2026-12", "2026-13")


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "99999999999", "²", ""])
def test_what_is_no_port_is_said(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        load_command_class("callcenter", "run").run_from_argv(["manage.py", "run", f"--port={text}"])
    assert left.value.code == 1
    assert "1 to 65535" in capsys.readouterr().err
    assert a_port("8000") == 8000


@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (KeyboardInterrupt(), "Stopped while preparing. What was finished stays; run it again"),
        (OperationalError("the connection is lost"), "the connection is lost. What was finished stays; run it again"),
    ],
)
def test_a_start_that_is_cut_short_says_what_is_kept_and_what_to_do(
    happens: BaseException, says: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CALLCENTER_HOME = tmp_path

    def cut(_command: run.Command) -> None:
        raise happens

    monkeypatch.setattr(run.Command, "_prepare", cut)
    with pytest.raises(CommandError, match=says):
        call_command("run", port=a_free_port())


@pytest.mark.processes
def test_a_real_terminal_sees_the_same() -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "run", "--prot", "1"],
        cwd=ROOT,
        env=outside_environment(DATABASE_URL="postgres://nobody@127.0.0.1:9/x", REDIS_URL="redis://127.0.0.1:9/0"),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "CommandError: unrecognized arguments: --prot 1\n"
