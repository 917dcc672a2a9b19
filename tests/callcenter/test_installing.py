"""What `make run` says while packages are fetched and installed, and that it goes on after it was cut short."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from callcenter import installing
from callcenter.installing import Counter, Installation, forget_half_installed, install
from tests.processes.house import ROOT, outside_environment


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def package(site: Path, name: str, *, of: str = "print()\n") -> Path:
    """An installed package of one file."""
    folder = site / f"{name}-1.0.dist-info"
    folder.mkdir(parents=True)
    (site / f"{name}.py").write_text(of)
    (folder / "METADATA").write_text("")
    record = f"{name}.py,sha256=x,{len(of)}\n__pycache__/{name}.pyc,,\n{name}-1.0.dist-info/RECORD,,\n"
    (folder / "RECORD").write_text(record)
    return folder


def pip(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Another pip, which says and does what the script does."""
    monkeypatch.setattr(installing, "PIP", ("-c", script))


def test_each_package_is_named_while_it_is_looked_for_and_fetched(tmp_path: Path) -> None:
    said = Installation(tmp_path)
    assert said.hear("Collecting Django<5.3,>=5.2.19 (from -r requirements.txt (line 2))") == (
        "Looking for packages, 1: Django"
    )
    assert said.hear("  Downloading django-5.2.19-py3-none-any.whl.metadata (3.9 kB)") == ""
    assert said.hear("Collecting sqlparse>=0.3.1 (from Django)") == "Looking for packages, 2: sqlparse"
    assert said.hear("Downloading django-5.2.19-py3-none-any.whl (8.3 MB)") == (
        "Fetching 1 of 2 found: django-5.2.19 (8.3 MB)"
    )
    assert said.hear("Using cached sqlparse-0.5.3-py3-none-any.whl (44 kB)") == "Fetching 2: sqlparse-0.5.3 (44 kB)"
    assert said.hear("WARNING: Retrying (Retry(total=4)) after connection broken by …").startswith("The network does")


def test_while_it_installs_the_first_package_that_is_not_whole_yet_is_named(tmp_path: Path) -> None:
    said = Installation(tmp_path)
    assert said.hear("Installing collected packages: sqlparse, Django, typing_extensions") == (
        "Installing 1 of 3: sqlparse"
    )
    package(tmp_path, "sqlparse")
    package(tmp_path, "django")
    assert said.installing() == "Installing 3 of 3: typing_extensions"
    package(tmp_path, "typing_extensions")
    assert said.installing() == ""


def test_a_terminal_sees_one_line_and_a_log_a_line_each() -> None:
    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        counter = Counter(stream)
        for line in ("one", "one", "two"):
            counter.show(line)
        counter.end()
    assert terminal.getvalue() == "\r\x1b[Kone\r\x1b[Ktwo\n"
    assert log.getvalue() == "one\ntwo\n"


def test_what_was_left_half_installed_is_installed_again(tmp_path: Path) -> None:
    package(tmp_path, "whole")
    package(tmp_path, "unrecorded").joinpath("RECORD").unlink()
    package(tmp_path, "missing")
    (tmp_path / "missing.py").unlink()
    package(tmp_path, "cut")
    (tmp_path / "cut.py").write_text("pri")
    assert forget_half_installed(tmp_path) == ["cut-1.0", "missing-1.0", "unrecorded-1.0"]
    assert [folder.name for folder in tmp_path.glob("*.dist-info")] == ["whole-1.0.dist-info"]
    assert forget_half_installed(tmp_path) == []


@pytest.mark.parametrize(
    ("pip_says", "why"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying (Retry(total=0)) after connection broken by NewConnectionError", "did not answer"),
        ("ERROR: No matching distribution found for django==99", "stands above"),
    ],
)
def test_a_failure_says_what_happened_what_is_kept_and_what_to_do(
    pip_says: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package(tmp_path, "whole")
    pip(monkeypatch, f"print({pip_says!r}); raise SystemExit(1)")
    assert install(["requirements.txt"], tmp_path, Counter(io.StringIO())) == 1
    told = capsys.readouterr().err
    assert pip_says in told
    assert why in told
    assert "Kept: the 1 packages" in told
    assert "Run the same command again" in told


def test_ctrl_c_stops_pip_and_says_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package(tmp_path, "whole")
    pip(
        monkeypatch,
        "import os, pathlib, signal, sys\n"
        "def stop(*_):\n"
        f"    pathlib.Path({str(tmp_path)!r}, 'stopped').touch()\n"
        "    sys.exit(1)\n"
        "signal.signal(signal.SIGINT, stop)\n"
        "os.kill(os.getppid(), signal.SIGINT)\n"
        "signal.pause()\n",
    )
    assert install(["requirements.txt"], tmp_path, Counter(io.StringIO())) == 130
    assert (tmp_path / "stopped").exists()
    assert "Stopped while installing. Kept: the 1 packages" in capsys.readouterr().err


@pytest.mark.processes
def test_make_does_not_believe_that_a_half_made_environment_is_whole(tmp_path: Path) -> None:
    (tmp_path / "callcenter").mkdir()
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "callcenter" / "installing.py", tmp_path / "callcenter")
    (tmp_path / "requirements.lock").touch()
    half = tmp_path / ".venv" / "bin" / "python"
    half.parent.mkdir(parents=True)
    half.touch()

    def make() -> str:
        answer = subprocess.run(
            ["make", ".venv/runs"],
            cwd=tmp_path,
            env=outside_environment(),
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    assert "Making the environment in .venv" in make()
    assert subprocess.run([half, "-m", "pip", "--version"], check=False, capture_output=True).returncode == 0
    assert "Making the environment" not in make()
    (tmp_path / ".venv" / "runs").unlink()
    (tmp_path / ".venv" / "made").unlink()  # as one that was cut short
    half.unlink()
    assert "Making the environment in .venv" in make()
