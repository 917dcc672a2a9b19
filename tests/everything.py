"""`make test`: all of it, and in plain words what this machine could not run. `--fast` is for between two edits.

Fast are the rules of every room, each in a transaction of its own: no browser, no processes, nothing that commits, no
other system over HTTP, no waiting for a server that misbehaves, and no sweep over all pages, lines or many examples.
The faults of `tests/faults` take long and are neither here nor there: `make test-faults`.
Arguments are pytest's: folders, files, `-k`, `-x`.

Groups (`xdist_group`) are begun first, the largest before the others: what starts servers takes one worker for minutes,
and browsers take half of them (`tests/conftest.py`), while another does single tests, and single tests fill all of them
up to the end.

Installs Chromium by the system's package manager when it can (root, and apt or dnf), because a browser from anywhere
else would not come with the libraries it needs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# Images of containers set it. Of the modules of the house, and of the tests, each worker and each of some hundred
# programs they start would compile its own; half of the time in which tests are collected is compiling.
COMPILED_EACH_TIME = "PYTHONDONTWRITEBYTECODE"
# The first is the same engine without the windows, tabs and services around it: it costs a third.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ALL = "not faults"
FAST = f"{ALL} and not browser and not processes and not commits and not sandbox and not waits and not sweep"
INSTALL = {
    "apt-get": [
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "chromium-headless-shell"],
        ["apt-get", "install", "-y", "-qq", "chromium"],
    ],
    "dnf": [["dnf", "install", "-y", "-q", "chromium"]],
}


def browser() -> str | None:
    """Path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM", "")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_browser() -> str:
    """Try to install Chromium, by each command until one is there. Returns why none is, or an empty text."""
    manager = next((name for name in INSTALL if shutil.which(name)), None)
    if manager is None:
        return "there is no package manager known here (apt-get, dnf)"
    if os.geteuid() != 0:
        return f"installing it needs root: {' '.join(INSTALL[manager][-1])}"
    for command in INSTALL[manager]:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if browser() is not None:
            break
    return "" if done.returncode == 0 else f"{' '.join(command)} failed: {done.stderr.strip().splitlines()[-1:]}"


def has_a_browser() -> bool:
    """Whether one is there by now; says so when there is none, and why."""
    if browser() is not None:
        return True
    print("No Chromium here: installing it with the system's package manager …", flush=True)
    why_not = install_browser()
    if browser() is not None:
        return True
    print(f"NOT RUN: the browser tests (tests/browser). Chromium is missing and {why_not}.", flush=True)
    return False


def main() -> int:
    """Run pytest over everything that can run here. Ends on pytest's own line and code."""
    asked = sys.argv[1:]
    workers = min((os.cpu_count() or 1) + 2, 8)  # two always wait: for programs they started, for a server, for a page
    command = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "loadgroup"]
    if "--fast" in asked:
        asked.remove("--fast")
        command += ["-q", "-m", FAST]
    else:
        command += ["-m", ALL if has_a_browser() else f"{ALL} and not browser"]
    environment = {name: value for name, value in os.environ.items() if name != COMPILED_EACH_TIME}
    return subprocess.run([*command, *asked], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
