"""A bare Debian as a machine of its own on this one: its own processes and systemd, this one's network and kernel.

Where the machine allows it: for root, with debootstrap and a mirror of Debian. What is bootstrapped once is kept among
the temporary files; each test works on a copy.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.processes.house import wait_until

SUITE = "trixie"
KEPT = Path(tempfile.gettempdir()) / f"callcenter-machine-{SUITE}"
PACKAGES = "systemd,systemd-sysv,dbus,ca-certificates,git,iproute2,procps"
AS_HERE = ("/etc/resolv.conf", "/etc/pip.conf", "/usr/local/share/ca-certificates")  # the way out, and whom to believe
PORTS = (80, 443, 5432, 6379, 8000, 8001, 8100, 8170, 8443)


class Machine:
    """`root`: the folder its system lies in; it begins to run with `boot`."""

    def __init__(self, root: Path) -> None:
        self.root, self.init = root, 0
        self._process: subprocess.Popen[bytes] | None = None

    def boot(self) -> None:
        command = ["unshare", "-m", "-p", "-f", "-u", "-i", "-C", "bash"]
        with (self.root.parent / "boot.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(Path(__file__).with_name("boot_machine.sh")), str(self.root)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        self.init = int(wait_until(lambda: children.read_text().split(), what="its first process")[0])
        state = ("running", "degraded")  # without a console, or a clock to set, some unit of Debian's fails
        wait_until(lambda: self.said("systemctl", "is-system-running") in state, what="it has booted", seconds=120)

    def run(self, *command: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run there as root."""
        inside = ["nsenter", "-t", str(self.init), "-m", "-p", "-u", "-i", "-C", "--root", "--wdns=/"]
        clean = ["env", "-i", "HOME=/root", "PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
        return subprocess.run(
            [*inside, *clean, *command], cwd="/", capture_output=True, text=True, timeout=seconds, check=False,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def said(self, *command: str, seconds: float = 120) -> str:
        return self.run(*command, seconds=seconds).stdout.strip()

    def done(self, *command: str, seconds: float = 120) -> str:
        """What it says; it has to be done."""
        answer = self.run(*command, seconds=seconds)
        assert answer.returncode == 0, (
            f"{command}: {answer.returncode}\n{answer.stdout[-3000:]}\n{answer.stderr[-3000:]}"
        )
        return answer.stdout

    def halt(self) -> None:
        """At once, as when its power goes."""
        if self._process is not None:
            os.kill(self.init, signal.SIGKILL)
            self._process.wait(60)


def bare_machine(folder: Path) -> Machine:
    """A copy of a bare Debian that nobody has touched; skips where this machine cannot."""
    if os.geteuid() != 0 or not all(shutil.which(tool) for tool in ("debootstrap", "unshare", "nsenter")):
        pytest.skip("a machine of its own needs root, debootstrap, unshare and nsenter")
    if busy := [port for port in PORTS if _is_taken(port)]:
        pytest.skip(f"somebody uses the ports {busy} of this machine")
    if not (KEPT / "etc" / "debian_version").exists():
        _bootstrap()
    root = folder / "root"
    subprocess.run(["cp", "-a", "--reflink=auto", str(KEPT), str(root)], check=True)
    return Machine(root)


def _bootstrap() -> None:
    half = KEPT.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(half)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"no Debian could be had: {made.stdout[-300:]}")
    for name in AS_HERE:
        here, there = Path(name), half / name.lstrip("/")
        if here.is_dir():
            shutil.copytree(here, there, dirs_exist_ok=True)
        elif here.exists():
            there.unlink(missing_ok=True)
            shutil.copyfile(here, there)
    subprocess.run(["chroot", str(half), "update-ca-certificates"], capture_output=True, check=True)
    half.rename(KEPT)


def _is_taken(port: int) -> bool:
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0
