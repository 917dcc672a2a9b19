#!/usr/bin/env python3
"""A centre of seventeen machines on this one, to be broken: each a network namespace with processes of its own.

    deploy/cluster/trial.py up FOLDER           some minutes, as root; FOLDER is made
    deploy/cluster/trial.py status FOLDER
    deploy/cluster/trial.py kill FOLDER db1     its power goes; `start`: it comes back
    deploy/cluster/trial.py cut FOLDER web2     its cable is pulled; `join`
    deploy/cluster/trial.py end FOLDER web1 haproxy     one program there, by a word of its command
    deploy/cluster/trial.py measure FOLDER      what the pooler and the copy cost
    deploy/cluster/trial.py manage FOLDER office doctor
    deploy/cluster/trial.py down FOLDER

What each machine is told lies beside this file, as a site's own machines are told it (docs/operations.md). It needs
Debian's patroni, python3-etcd, etcd-server, haproxy, pgbouncer, valkey, keepalived, nginx and PostgreSQL.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from machines import FRONT, MACHINES, NAME, Machine, Site, address_of

BRIDGE, HERE = "cc-switch", "10.77.0.1"  # of the network; where this machine is on it
AGAIN_AFTER = 2.0  # seconds, as the units' RestartSec
PATIENCE = 180.0  # seconds
COSTS = Path(__file__).resolve().parent / "costs.py"


def up(site: Site) -> None:
    """All machines, tables, rights; on a folder of before: what it holds goes on."""
    site.prepare()
    _ip("netns", "add", BRIDGE)
    _in(BRIDGE, "ip", "link", "add", "br0", "type", "bridge")
    _in(BRIDGE, "ip", "link", "set", "br0", "up")
    _plug_in("here", None, HERE)
    for machine in MACHINES:
        _ip("netns", "add", f"cc-{machine.name}")
        _plug_in(machine.name, f"cc-{machine.name}", machine.address)
    for machine in MACHINES:
        if not machine.runs_the_program:
            start(site, machine)
    print(f"{leader(site)} leads the database", flush=True)
    _wait(lambda: _answers_of("db", "/sync"), "another follows it in step")
    bucket = urllib.request.Request(f"http://{address_of('files')}:9000/callcenter", method="PUT")  # noqa: S310  # ours
    with urllib.request.urlopen(bucket, timeout=30):  # noqa: S310
        pass
    if not (site.folder / "has-tables").exists():
        _first_tables(site)
        (site.folder / "has-tables").touch()
    for machine in MACHINES:
        if machine.runs_the_program:
            start(site, machine)
    _wait(lambda: _answers(f"https://{FRONT}/livez"), "pages are answered")


def down(site: Site) -> None:
    for machine in MACHINES:
        kill(site, machine)
        subprocess.run(["ip", "netns", "del", f"cc-{machine.name}"], check=False, capture_output=True)
    subprocess.run(["ip", "netns", "del", BRIDGE], check=False, capture_output=True)
    subprocess.run(["ip", "link", "del", "cc-here"], check=False, capture_output=True)


def start(site: Site, machine: Machine) -> None:
    """Its power is on: what it runs begins, and begins again whenever it ends."""
    apart = ["ip", "netns", "exec", f"cc-{machine.name}", "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with (site.folder / f"{machine.name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*apart, sys.executable, str(Path(__file__).resolve()), "run", str(site.folder), machine.name],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    (site.folder / f"{machine.name}.pid").write_text(str(process.pid))


def kill(site: Site, machine: Machine) -> None:
    """At once, and all that runs there with it."""
    file = site.folder / f"{machine.name}.pid"
    if not file.exists():
        return
    pid = int(file.read_text())
    file.unlink()
    command = Path(f"/proc/{pid}/cmdline")
    if not command.exists() or str(site.folder).encode() not in command.read_bytes():
        return  # another's by now
    all_there = [*map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()), pid]
    for one in all_there:
        os.kill(one, signal.SIGKILL)
    _wait(lambda: not any(map(_lives, all_there)), "it is gone")


def end(site: Site, machine: Machine, word: str) -> None:
    """`kill -9` one program of it: that one whose command has the word, and whose parent's has not."""
    space = os.readlink(f"/proc/{_first_of(site, machine)}/ns/pid")
    there = {pid: command for pid, command in _commands().items() if word in command and _space_of(pid) == space}
    ended = [pid for pid in there if _parent_of(pid) not in there]
    for pid in ended:
        os.kill(pid, signal.SIGKILL)
    if not ended:
        raise SystemExit(f"trial: nothing on {machine.name} is a {word}")


def measure(site: Site) -> None:
    """On a web machine: a question by each way, and a row kept with and without waiting for who follows."""
    manage(
        site, next(machine for machine in MACHINES if machine.name == "web1"), "shell", "-v0", "-c", COSTS.read_text()
    )


def cut(machine: Machine) -> None:
    _in(BRIDGE, "ip", "link", "set", f"to-{machine.name}", "down")


def join(machine: Machine) -> None:
    _in(BRIDGE, "ip", "link", "set", f"to-{machine.name}", "up")


def run(site: Site, machine: Machine) -> None:
    """Be that machine's first process."""
    ends = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal ends
        ends = True

    signal.signal(signal.SIGTERM, stop)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["sysctl", "-q", "-p", str(site.program / "deploy" / "cluster" / "sysctl.conf")], check=True)
    under_way: dict[str, subprocess.Popen[bytes]] = {}
    ended_at: dict[str, float] = {}
    while not ends:
        for name, program in machine.programs(site).items():
            if (one := under_way.get(name)) is not None and one.poll() is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(one.pid, signal.SIGKILL)  # what it leaves behind, as a unit's end does
                del under_way[name]
                ended_at[name] = time.monotonic()
                print(f"{name} ended: {one.returncode}", flush=True)
            if name not in under_way and time.monotonic() - ended_at.get(name, -AGAIN_AFTER) >= AGAIN_AFTER:
                with (site.folder / machine.name / f"{name}.log").open("ab") as log:
                    under_way[name] = subprocess.Popen(
                        program.command, env=program.environment, cwd=program.folder, stdout=log, stderr=log,
                        start_new_session=True, user=program.user, group=program.user,
                        extra_groups=[] if program.user else None,
                    )  # fmt: skip
        _bury({one.pid for one in under_way.values()})
        time.sleep(0.2)


def _bury(ours: set[int]) -> None:
    """Whom nobody else waits for, as the first process of any machine does."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and ended.si_pid not in ours:
            os.waitpid(ended.si_pid, 0)


def manage(site: Site, machine: Machine, *command: str) -> int:
    """A command of the program on that machine, as who owns the database where it needs that."""
    return subprocess.run(
        ["ip", "netns", "exec", f"cc-{machine.name}", sys.executable, "manage.py", *command],
        cwd=site.program, env=site.environment(machine, owns=True), check=False,
    ).returncode  # fmt: skip


def status(site: Site) -> None:
    for machine in MACHINES:
        file = site.folder / f"{machine.name}.pid"
        lives = file.exists() and _lives(int(file.read_text()))
        print(f"{machine.name:8} {machine.address:12} {'runs' if lives else 'is off'}")
    print("leads:", leads(site) or "nobody")


def _first_tables(site: Site) -> None:
    office = next(machine for machine in MACHINES if machine.name == "office")
    role = f"CREATE ROLE callcenter_owner LOGIN CREATEROLE PASSWORD '{site.secrets['owner']}'"
    for statement in (role, "CREATE DATABASE callcenter OWNER callcenter_owner"):
        site.as_superuser(leader(site), statement)
    _wait(lambda: manage(site, office, "check", "--database", "default") == 0, "the database is reached")
    for command in ("migrate -v0", "make_roles", "know_hand", "publish_flows --quiet", "sync_schedule"):
        if manage(site, office, *command.split()):
            raise SystemExit(f"trial: {command} failed")


def leader(site: Site) -> str:
    _wait(lambda: leads(site), "somebody leads the database")
    return leads(site)


def leads(site: Site) -> str:
    """The address of the database machine that leads, or nothing."""
    return _answers_of("db", "/primary")


def _answers_of(kind: str, page: str) -> str:
    """The address of the machine of a kind whose manager says so, or nothing."""
    for machine in MACHINES:
        if machine.name.startswith(kind) and _answers(f"http://{machine.address}:8008{page}"):
            return machine.address
    return ""


def _answers(address: str) -> bool:
    unknown = ssl.create_default_context()
    unknown.check_hostname, unknown.verify_mode = False, ssl.CERT_NONE  # a certificate of its own
    asked = urllib.request.Request(address, headers={"Host": NAME})  # noqa: S310  # ours
    try:
        with urllib.request.urlopen(asked, timeout=3, context=unknown) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait(is_so: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            raise SystemExit(f"trial: not within {PATIENCE:.0f} s: {what}")
        time.sleep(0.5)


def _first_of(site: Site, machine: Machine) -> int:
    """The first process of a machine."""
    pid = int((site.folder / f"{machine.name}.pid").read_text())
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def _commands() -> dict[int, str]:
    found = {}
    for one in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found[int(one.name)] = (one / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return found


def _space_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/ns/pid")
    return ""


def _parent_of(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return 0


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _plug_in(name: str, space: str | None, address: str) -> None:
    ours = "cc-here" if space is None else "eth0"
    end = ["netns", space] if space else []
    _ip("link", "add", f"to-{name}", "netns", BRIDGE, "type", "veth", "peer", "name", ours, *end)
    _in(BRIDGE, "ip", "link", "set", f"to-{name}", "master", "br0", "up")
    at = ["ip", "-n", space] if space else ["ip"]
    subprocess.run([*at, "addr", "add", f"{address}/24", "dev", ours], check=True)
    subprocess.run([*at, "link", "set", ours, "up"], check=True)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _in(space: str, *command: str) -> None:
    subprocess.run(["ip", "netns", "exec", space, *command], check=True)


def main(words: Sequence[str]) -> int:
    by_name = {machine.name: machine for machine in MACHINES}
    match words:
        case ["up" | "down" | "status" | "measure" as verb, folder]:
            {"up": up, "down": down, "status": status, "measure": measure}[verb](Site(Path(folder).resolve()))
        case ["kill" | "start" | "run" as verb, folder, name] if name in by_name:
            {"kill": kill, "start": start, "run": run}[verb](Site(Path(folder).resolve()), by_name[name])
        case ["cut" | "join" as verb, _folder, name] if name in by_name:
            {"cut": cut, "join": join}[verb](by_name[name])
        case ["end", folder, name, word] if name in by_name:
            end(Site(Path(folder).resolve()), by_name[name], word)
        case ["manage", folder, name, *command] if name in by_name:
            return manage(Site(Path(folder).resolve()), by_name[name], *command)
        case _:
            sys.stderr.write(__doc__ or "")
            return 1
    return 0


if __name__ == "__main__":
    if os.geteuid() != 0 or not all(shutil.which(one) for one in ("ip", "unshare", "patroni", "haproxy", "etcd")):
        raise SystemExit("trial: it needs root, and the packages named in this file")
    sys.exit(main(sys.argv[1:]))
