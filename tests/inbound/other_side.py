"""The other side of the wire: a small real server that answers as the contract says, keeps a book, and misbehaves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from systems.wire import forget_wires


@dataclass
class OtherSide:
    """`answers`: what a read says, by `system/operation`. `book`: what was done, once a key.

    Knobs, for one `system/operation` or for all (``""``): `slow` seconds before the answer (what is asked is done
    first), `says` a status and a body instead of doing it, `hangs_up` after doing it. `knows`: what it says when it is
    asked whether something was done; it does not know the question.
    """

    address: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    book: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    authorised: list[str] = field(default_factory=list)
    slow: dict[str, float] = field(default_factory=dict)
    says: dict[str, tuple[int, Any]] = field(default_factory=dict)
    hangs_up: set[str] = field(default_factory=set)
    knows: tuple[int, Any] = (404, {"error": "No existe."})
    released: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def do(self, operation: str, key: str, body: dict[str, Any]) -> str:
        """Once a key: the entry in the book is its reference."""
        with self._lock:
            known = [entry for entry in self.book if entry[1] == key]
            if not known:
                self.book.append((operation, key, body))
            number = self.book.index(known[0]) + 1 if known else len(self.book)
            return f"REF-{number}"

    def knob(self, knobs: Any, operation: str, otherwise: Any) -> Any:
        return knobs.get(operation, knobs.get("", otherwise))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        side: OtherSide = self.server.side  # type: ignore[attr-defined]
        operation = self.path.strip("/")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        side.asked.append((operation, body))
        side.authorised.append(self.headers.get("Authorization", ""))
        key = self.headers.get("Idempotency-Key", "")
        if said := side.knob(side.says, operation, None):
            return self._answer(*said)
        answer = {"reference": side.do(operation, key, body)} if key else side.answers.get(operation)
        if operation in side.hangs_up:
            self.close_connection = True
            self.connection.close()
            return None
        if seconds := side.knob(side.slow, operation, 0):
            side.released.wait(seconds)
        if answer is None:
            return self._answer(404, {"error": "No existe."})
        return self._answer(200, answer)

    def do_GET(self) -> None:
        """Whether it was done."""
        self._answer(*self.server.side.knows)  # type: ignore[attr-defined]

    def _answer(self, status: int, body: Any) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # whoever asked did not wait for it

    def log_message(self, *words: Any) -> None:
        """The book is the log."""


@contextmanager
def other_side() -> Iterator[OtherSide]:
    """A server on a free port, and nothing left of it afterwards, its health neither."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    side = OtherSide(address=f"http://127.0.0.1:{server.server_address[1]}")
    server.side = side  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    forget_wires()
    try:
        yield side
    finally:
        side.released.set()
        server.shutdown()
        server.server_close()
        forget_wires()


def how_long(began: float) -> float:
    return time.monotonic() - began
