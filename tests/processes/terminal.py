"""A terminal in which Django is loaded already: every command and every worker of a house is a fork of it.

What a test starts and kills is a process as real as any other; what is saved are the seconds until Python has read its
modules, once for each of some hundred starts.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 600.0  # seconds after which a command is held to hang


class Terminal:
    """Starts programs of Python, named as on the command line: `manage.py …`, `-m celery …`, `-c code …`."""

    def __init__(self, environment: dict[str, str]) -> None:
        environment = {**environment, "DJANGO_SETTINGS_MODULE": "callcenter.settings"}
        self._loaded = subprocess.Popen(
            [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.processes.terminal"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            start_new_session=True,
        )  # fmt: skip

    def start(self, *command: str, out: Path, err: Path | None = None) -> int:
        """Start a program in a session of its own; what it says goes to the files. Returns its process id."""
        return self._ask({"command": command, "out": str(out), "err": str(err or out)})

    def wait(self, pid: int) -> int:
        """The exit code of a program started here, once it has ended; negative: the signal that ended it."""
        return self._ask({"wait": pid})

    def close(self) -> None:
        self._loaded.communicate(timeout=PATIENCE)

    def _ask(self, what: dict[str, Any]) -> int:
        assert self._loaded.stdin is not None
        assert self._loaded.stdout is not None
        print(json.dumps(what), file=self._loaded.stdin, flush=True)
        heard, _, _ = select.select([self._loaded.stdout], [], [], PATIENCE)
        assert heard, f"no answer within {PATIENCE:.0f} s: {what}"
        return int(self._loaded.stdout.readline())


def serve() -> None:
    """Load what every program needs, then do what is asked, a line each. Nothing is connected to before the fork."""
    import django

    django.setup()
    import celery.apps.beat
    import celery.apps.worker
    import celery.bin.celery
    import celery.concurrency.prefork  # noqa: F401
    import django_celery_beat.schedulers  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        if "wait" in asked:
            _pid, status = os.waitpid(asked["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
        elif pid := os.fork():
            print(pid, flush=True)
        else:
            os._exit(_become(asked))


def _become(asked: dict[str, Any]) -> int:
    """Be the program: its session, its files, its arguments. Returns its exit code."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    err = os.open(asked["err"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for source, target in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
    code = 1
    try:
        _run(asked["command"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # whatever it is, a program of its own would show it and end with 1
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _run(command: list[str]) -> None:
    first, *rest = command
    if first == "-c":
        sys.argv = ["-c", *rest[1:]]
        exec(rest[0], {"__name__": "__main__"})
    elif first == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        from django.core.management import execute_from_command_line

        sys.argv = command
        execute_from_command_line(command)


if __name__ == "__main__":
    serve()
