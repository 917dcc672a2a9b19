"""The stream's program of one's own, and open boards that listen to it."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

from callcenter.live.address import BOARDS
from callcenter.ports import a_free_port
from tests.processes.house import ROOT, outside_environment, wait_until

OF_THE_TESTS = ("PYTEST_VERSION", "PYTEST_XDIST_WORKER")  # its sessions lie in the cache of this very test run


class Live:
    """A running program, and where it is."""

    def __init__(self, process: subprocess.Popen[str], port: int, web_port: int) -> None:
        self.process, self.port, self.web_port = process, port, web_port

    def status(self, *, method: str = "GET", path: str = BOARDS, **headers: str) -> int:
        """What a question is answered with; the answer is not read."""
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        asked.request(method, path, headers=headers)
        status = asked.getresponse().status
        asked.close()
        return status

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.status() == 403
        return False


@contextlib.contextmanager
def serving(*, web_port: int = 8000, kill_after: int = 3, **environment: str) -> Iterator[Live]:
    """The program as `manage.py run` starts it, on the tests' database; who does not end is killed after seconds."""
    port = a_free_port()
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}"))
    kept = {name: os.environ[name] for name in OF_THE_TESTS if name in os.environ}
    where = {"DATABASE_URL": url, "REDIS_URL": settings.REDIS_URL, "WEB_PORT": str(web_port)}
    command = ["-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers-kill-timeout", str(kill_after), "--no-access-log", "--log-level", "warning"]
    process = subprocess.Popen(
        [sys.executable, *command, "callcenter.live.asgi:application"],
        cwd=ROOT,
        env=outside_environment(**kept, **where, **environment),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    live = Live(process, port, web_port)
    try:
        wait_until(live.answers, what="the stream answers")
        yield live
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


class Board:
    """One open board: what it was answered, what it heard, and whether the stream has ended."""

    def __init__(self, live: Live, cookie: str, *, path: str = BOARDS, **headers: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=60)
        self._connection.request("GET", path, headers={"Cookie": cookie, **headers})
        self.answer = self._connection.getresponse()
        self._socket = self._connection.sock
        self.heard: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self.ended = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        event = ""
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            for line in map(bytes.decode, self.answer):
                self.lines.append(line)
                name, _colon, value = line.strip().partition(": ")
                if name == "event":
                    event = value
                elif name == "data":
                    self.heard.append((event, value))
        self.ended = True

    @property
    def cards(self) -> list[str]:
        return [value for event, value in self.heard if event == "card"]

    def hears(self, event: str, data: str = "") -> None:
        """Wait for an event."""

        def is_heard() -> bool:
            return any(name == event and data in ("", value) for name, value in list(self.heard))

        wait_until(is_heard, what=f"{event} {data} is heard")

    def close(self) -> None:
        """As a browser whose page is left."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(60)
        self._connection.close()
