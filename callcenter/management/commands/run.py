"""Door: the whole house in one foreground."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from argparse import ArgumentTypeError
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from agents.hands import know
from callcenter import embedded
from callcenter.counted_migrations import CountedMigrations
from callcenter.demo import making, outside_systems, progress, switchboard
from callcenter.installing import Counter
from callcenter.metrics import shared_folder
from callcenter.ownership import as_owner
from callcenter.ports import next_free_port
from callcenter.processes import Foreground, Program
from callcenter.purpose import refuse_another_purpose
from callcenter.recorded_migrations import refuse_migrations_of_another_release
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import sync_schedule
from screens.terminal import TerminalCommand

WORKERS_AT_MOST = 4
THREADS = 4  # of a web worker; each may hold a connection of its pool
LIVE_BESIDE = 70  # the stream's port is the web server's and this, or one of the next
FIRST_ANSWER = 60.0  # seconds


MAKING = Program("demo", [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo"], once=True)
NOT_MADE = (
    "The demo's last month could not be made: why stands above. Nobody saw half of it; people, settings and what was"
    " done meanwhile are kept. Run it again: what is missing is made afresh (or `make demo-reset` for a new demo)."
)


@dataclass(frozen=True)
class Opened:
    """What is open under which address, and the programs that work once everything is made; none when it is."""

    address: str
    systems: int | None
    foreground: Foreground
    work: list[Program]


class Command(TerminalCommand):
    help = "Runs web server, workers, beat and the demo's sandbox together in the foreground; Ctrl-C stops all of it."
    requires_system_checks: list[str] = []
    prepares_itself = True
    _failed = ""  # why it stops by itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=a_port, default=8000)
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        only_one = self._claim_the_home()
        refuse_a_busy_port(host, port)
        try:
            self._prepare()
        except KeyboardInterrupt:
            raise CommandError("Stopped while preparing. What was finished stays; run it again to go on.") from None
        except (DatabaseError, OSError) as error:
            raise CommandError(
                f"It could not be prepared: {str(error).strip()}.{embedded.when_full(settings.CALLCENTER_HOME)}"
                " What was finished stays; run it again to go on."
            ) from error
        is_whole = not settings.IS_DEMO or not making.is_owed()
        systems = self._play_the_systems(port)
        live = next_free_port(host, port + LIVE_BESIDE)
        first, work = programs(host, port, live, systems)
        first += self._play_the_switchboard(port)
        foreground = Foreground([*first, *work] if is_whole else first, self._say)
        opened = Opened(f"{address_of(host, port)}/", systems, foreground, [] if is_whole else work)
        foreground.run(lambda: self._open(opened))
        only_one.close()
        if self._failed:
            raise CommandError(self._failed)
        self._say("Stopped. The data stay; run it again to go on.")

    def _claim_the_home(self) -> Any:
        """Two foregrounds on the same data would be harmless and confusing: the second one is told so."""
        settings.CALLCENTER_HOME.mkdir(parents=True, exist_ok=True)
        lock = (settings.CALLCENTER_HOME / "run.lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError(
                f"It is already running on the data in {settings.CALLCENTER_HOME}. Stop that one first, or give this"
                " one data of its own: CALLCENTER_HOME=<folder>."
            ) from None
        return lock

    def _prepare(self) -> None:
        self._say("Preparing the database …")
        refuse_migrations_of_another_release()
        counter = Counter(sys.stdout)
        try:
            call_command(CountedMigrations(show=counter.show), verbosity=0, interactive=False)
        finally:
            counter.end()
        with as_owner():
            know(settings.DATABASE_HAND_KEYS)
        self._say("Preparing schedule and flows …")
        sync_schedule(ticks=SCHEDULE, now=timezone.now())
        call_command("publish_flows", quiet=True, stdout=self.stdout)
        if settings.IS_DEMO:
            self._settle_the_demo()

    def _settle_the_demo(self) -> None:
        """Its people, so that somebody can sign in; what takes longer is made once the pages answer."""
        refuse_another_purpose()
        if making.settle_in(now=timezone.now()):
            self._say("The demo's people are there.")
        if making.is_owed():
            progress.tell(progress.Progress("begin"))
            return
        progress.forget()  # of a start that was stopped at its very end
        for path in making.go_on(now=timezone.now()):
            self._say(f"Saved {path}")

    def _play_the_systems(self, port: int) -> int | None:
        """The sandbox's port in a demo that names no systems of its own; None when there is no sandbox."""
        if not settings.PLAYS_SYSTEMS:
            return None
        try:
            outside_systems.make_database()
            return outside_systems.choose_port(port)
        except outside_systems.NotPlayed as why:
            self._say(f"The outside systems are used by hand; there is no sandbox: {why}")
            return None

    def _play_the_switchboard(self, port: int) -> list[Program]:
        """A switchboard and who holds the link to it, in a demo that asks for one."""
        if not settings.PLAYS_SWITCHBOARD:
            if settings.IS_DEMO:
                switchboard.switch_off()
            return []
        its_own, knobs = switchboard.choose_ports(port)
        switchboard.write_down(port=its_own, now=timezone.now())
        self._say(f"A switchboard is played at port {its_own}, its knobs are at http://{switchboard.HOST}:{knobs}/.")
        return switchboard.programs(its_own, knobs)

    def _open(self, opened: Opened) -> None:
        """Say that the pages answer; make what the demo is owed; only then begin the workers, which would meet it."""
        self._welcome(opened.address, opened.systems, is_whole=not opened.work)
        if opened.work:
            code = opened.foreground.begin(MAKING).wait()
            if code:
                self._failed = NOT_MADE
                opened.foreground.end()
                return
            for program in opened.work:
                opened.foreground.begin(program)
        self._say("Everything is prepared.")

    def _welcome(self, address: str, systems: int | None, *, is_whole: bool) -> None:
        if not answers(f"{address}livez"):
            self._say(f"The web server did not answer within {FIRST_ANSWER:.0f} s: what it said stands above.")
            return
        played = systems is not None and answers(f"{outside_systems.address_of(systems)}/_live")
        self._say("")
        self._say(f"Centro de Llamadas is running at {address}")
        if settings.IS_DEMO:
            call_command("demo", people=True, stdout=self.stdout)
        if played and systems is not None:
            self._say(
                f"The outside systems are played at {outside_systems.address_of(systems)}/, what is done there too;"
            )
            self._say(f"sign in as {outside_systems.ADMINISTRATOR} to read it and to make them slow, down or wrong.")
        elif systems is not None:
            self._say("The sandbox did not answer: until it does, agents see the outside systems as down.")
        if not is_whole:
            self._say("You may sign in already. Last month and the board are made meanwhile; the pages say how far.")
        self._say("Ctrl-C stops all of it.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def answers(url: str) -> bool:
    """Wait until something answers there; False when nothing did in time."""
    deadline = time.monotonic() + FIRST_ANSWER
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=5, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        return True
    return False


def address_of(host: str, port: int) -> str:
    """Where a browser on this machine finds it."""
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104


def programs(host: str, port: int, live: int, systems: int | None) -> tuple[list[Program], list[Program]]:
    """What answers (web server, stream of changes, sandbox when it has a port), and what works: both workers, beat."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    celery = [
        sys.executable,
        "-W",
        "ignore:You're running the worker",
        "-m",
        "celery",
        "--quiet",
        "--app",
        "callcenter",
    ]
    granian = [sys.executable, "-m", "granian", "--host", host, "--workers-kill-timeout", "3"]
    granian += ["--respawn-failed-workers", "--no-access-log", "--log-level", "warning"]
    web = [*granian, "--port", str(port), "--interface", "wsgi", "--blocking-threads", str(THREADS)]
    web += ["--workers", str(min(max(cores, 1), WORKERS_AT_MOST)), "callcenter.wsgi:application"]
    stream = [*granian, "--port", str(live), "--interface", "asgi", "callcenter.live.asgi:application"]

    def worker(queue: str) -> list[str]:
        options = ["--pool", "prefork", "--concurrency", "2", "--loglevel", "WARNING", "--queues", queue]
        return [*celery, "worker", *options, "--without-gossip", "--without-mingle", "--hostname", f"{queue}-{port}@%h"]

    where = {}
    if settings.PLAYS_SYSTEMS:
        where["SYSTEMS_URL"] = outside_systems.address_of(systems) if systems is not None else ""
        where["TRIAL_SYSTEMS_URL"] = where["SYSTEMS_URL"]
    ports = {}  # where a proxy joins the two, pages find the stream on their own origin
    if settings.IS_DEMO and not os.environ.get("PUBLIC_URL"):
        ports = {"LIVE_PORT": str(live), "WEB_PORT": str(port)}
        where["PUBLIC_URL"] = address_of(host, port)  # the links in mails lead here
    answering = [
        Program("web", web, {**where, **ports, **shared_folder(settings.CALLCENTER_HOME)}),
        Program("live", stream, ports),
    ]
    working = [
        Program("ticks", worker("ticks"), where),
        Program("jobs", worker("jobs"), where),
        Program("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]),
    ]
    return answering if systems is None else [*answering, outside_systems.program(systems)], working


def a_port(text: str) -> int:
    """The number of a port, for argparse."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 65_535):
        raise ArgumentTypeError(f"{text[:20]!r} is no port: a number from 1 to 65535")
    return int(text)


def refuse_a_busy_port(host: str, port: int) -> None:
    """Raise CommandError when somebody listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error.strerror}). Choose another: make run PORT=8001."
            ) from None
