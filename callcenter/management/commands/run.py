"""Door: the whole house in one foreground."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import time
from argparse import ArgumentTypeError
from typing import Any

import httpx
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from callcenter.demo import outside_systems
from callcenter.processes import Foreground, Program, next_free_port
from callcenter.recorded_migrations import refuse_migrations_of_another_release
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import sync_schedule
from screens.terminal import TerminalCommand

WORKERS_AT_MOST = 4
THREADS = 4  # of a web worker; each may hold a connection of its pool
LIVE_BESIDE = 70  # the stream's port is the web server's and this, or one of the next
FIRST_ANSWER = 60.0  # seconds


class Command(TerminalCommand):
    help = "Runs web server, workers, beat and the demo's sandbox together in the foreground; Ctrl-C stops all of it."
    requires_system_checks: list[str] = []
    prepares_itself = True

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=a_port, default=8000)
        parser.add_argument("--host", default="127.0.0.1")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        only_one = self._claim_the_home()
        refuse_a_busy_port(host, port)
        self._prepare()
        address = f"{address_of(host, port)}/"
        systems = self._play_the_systems(port)
        live = next_free_port(host, port + LIVE_BESIDE)
        foreground = Foreground(programs(host, port, live, systems), self._say)
        foreground.run(lambda: self._welcome(address, systems))
        only_one.close()
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
        call_command("migrate", verbosity=0, interactive=False)
        sync_schedule(ticks=SCHEDULE, now=timezone.now())
        call_command("publish_flows", quiet=True, stdout=self.stdout)
        if settings.IS_DEMO:
            call_command("demo", if_empty=True, stdout=self.stdout)

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

    def _welcome(self, address: str, systems: int | None) -> None:
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


def programs(host: str, port: int, live: int, systems: int | None) -> list[Program]:
    """Web server, stream of changes, workers of both queues and beat; the sandbox when it has a port."""
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
    ports = {"LIVE_PORT": str(live), "WEB_PORT": str(port)} if settings.IS_DEMO else {}  # else a proxy joins the two
    if settings.IS_DEMO and not os.environ.get("PUBLIC_URL"):
        where["PUBLIC_URL"] = address_of(host, port)  # the links in mails lead here
    found = [
        Program("web", web, {**where, **ports}),
        Program("live", stream, ports),
        Program("ticks", worker("ticks"), where),
        Program("jobs", worker("jobs"), where),
        Program("beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""]),
    ]
    return found if systems is None else [*found, outside_systems.program(systems)]


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
