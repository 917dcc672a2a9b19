"""Installs what a requirements file names, and says while pip works what it looks for, fetches and installs.

Run by its path with the environment's own Python, before anything is installed there: it knows nothing but the standard
library. A package that an earlier run left half installed is taken for missing, so the same command goes on.
"""

from __future__ import annotations

import contextlib
import csv
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

LOOK = 0.5  # seconds between two looks at what is installed by now
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--progress-bar", "off")
FETCHING = re.compile(r"\s*(?:Downloading|Using cached) (\S+?)(?: \((.+)\))?$")
LOOKING = re.compile(r"Collecting ([\w.-]+)")
INSTALLING = "Installing collected packages: "
TOLD = 6  # lines of pip's errors that are repeated at the end
NO_ROOM = ("No space left on device", "Disk quota exceeded")
NO_NETWORK = ("Retrying (", "ConnectionError", "ProxyError", "ReadTimeout", "name resolution", "IncompleteRead")


class Counter:
    """One line that is overwritten at a terminal; anywhere else (a log, CI) a line each."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._overwrites = stream.isatty()
        self._last = ""

    def show(self, line: str) -> None:
        if line == self._last:
            return
        if self._overwrites:
            self._stream.write(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}")
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()
        self._last = line

    def end(self) -> None:
        """Leave the last line standing."""
        if self._overwrites and self._last:
            self._stream.write("\n")
            self._stream.flush()
        self._last = ""


class Installation:
    """What pip has said so far, told in a line."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.found = self.fetched = 0
        self.order: list[str] = []
        self.said: list[str] = []

    def hear(self, line: str) -> str:
        """What to show for a line of pip's; nothing for most."""
        self.said.append(line)
        if looking := LOOKING.match(line):
            self.found += 1
            return f"Looking for packages, {self.found}: {looking[1]}"
        if fetching := FETCHING.match(line):
            if fetching[1].endswith(".metadata"):
                return ""
            self.fetched += 1
            size = f" ({fetching[2]})" if fetching[2] else ""
            of = f" of {self.found} found" if self.found > self.fetched else ""
            return f"Fetching {self.fetched}{of}: {'-'.join(fetching[1].split('-')[:2])}{size}"
        if line.startswith(INSTALLING):
            self.order = line.removeprefix(INSTALLING).split(", ")
            return self.installing()
        if "Retrying (" in line:
            return "The network does not answer; trying again …"
        return ""

    def installing(self) -> str:
        """Which package is being installed: the first, in pip's order, that is not whole yet."""
        whole = {plain(path.parent.name.partition("-")[0]) for path in self.site.glob("*.dist-info/RECORD")}
        for number, name in enumerate(self.order, 1):
            if plain(name) not in whole:
                return f"Installing {number} of {len(self.order)}: {name}"
        return ""

    def why(self) -> str:
        """Why it failed, as far as pip's words tell."""
        text = "\n".join(self.said)
        if any(sign in text for sign in NO_ROOM):
            return "The disk is full: make room."
        if any(sign in text for sign in NO_NETWORK):
            return "The network, or the place packages come from, did not answer: see that it can be reached."
        return "What pip says stands above."


def plain(name: str) -> str:
    """A package's name as all its spellings are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def forget_half_installed(site: Path) -> list[str]:
    """Forget packages whose files are not all there and whole, so that pip installs them again. Returns their names."""
    found = []
    for folder in sorted(site.glob("*.dist-info")):
        if not _is_whole(site, folder):
            shutil.rmtree(folder)
            found.append(folder.name.removesuffix(".dist-info"))
    return found


def _is_whole(site: Path, folder: Path) -> bool:
    try:
        with (folder / "RECORD").open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if len(row) == 3 and row[2]]  # what was compiled here has no size
        return all((site / name).stat().st_size == int(size) for name, _digest, size in rows)
    except (OSError, ValueError):
        return False


def install(requirements: Sequence[str], site: Path, counter: Counter) -> int:
    """Install what the files name. Returns pip's exit code, or 130 after a Ctrl-C; says why it did not succeed."""
    if half := forget_half_installed(site):
        counter.show(f"An earlier installation was cut short; again: {', '.join(half)}")
        counter.end()
    installation = Installation(site)
    files = [word for name in requirements for word in ("--requirement", name)]
    if all(name.endswith(".lock") for name in requirements):  # each file that is fetched is the one that was chosen
        files.append("--require-hashes")
    pip = subprocess.Popen(
        [sys.executable, *PIP, *files],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        for line in _lines(pip):
            shown = installation.hear(line) if line else installation.installing()
            if shown:
                counter.show(shown)
        code = pip.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(ProcessLookupError):
            pip.send_signal(signal.SIGINT)
        pip.wait()
        code = 130
    counter.end()
    if code:
        _say_what_happened(installation, code)
    return code


def _lines(pip: subprocess.Popen[str]) -> Iterator[str]:
    """pip's lines as they come, and an empty one each time it was silent for a moment."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(pip, lines), daemon=True).start()
    while True:
        try:
            line = lines.get(timeout=LOOK)
        except queue.Empty:
            yield ""
            continue
        if line is None:
            return
        yield line


def _read(pip: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    for line in pip.stdout or ():
        lines.put(line.rstrip())
    lines.put(None)


def _say_what_happened(installation: Installation, code: int) -> None:
    errors = [line for line in installation.said if line.startswith("ERROR")]
    for line in [] if code == 130 else (errors or installation.said)[-TOLD:]:
        sys.stderr.write(f"  {line[:300]}\n")
    whole = len(list(installation.site.glob("*.dist-info/RECORD")))
    happened = f"The packages could not be installed. {installation.why()}"
    if code == 130:
        happened = "Stopped while installing."
    fetched = "" if os.environ.get("PIP_NO_CACHE_DIR") else ", and in pip's cache what was fetched whole"
    sys.stderr.write(f"{happened} Kept: the {whole} packages that are whole in .venv{fetched}.\n")
    sys.stderr.write("Run the same command again: it goes on from there.\n")


if __name__ == "__main__":
    sys.exit(install(sys.argv[1:], Path(sysconfig.get_path("purelib")), Counter(sys.stdout)))
