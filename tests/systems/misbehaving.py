"""A server that does to its callers what real ones do on bad days, byte by byte."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Behaviour = Callable[[socket.socket, bytes], None]
HELD = 60.0  # seconds a hanging server holds whoever waits for ever; a test asks for half of them
DRIP = 0.1  # seconds between two bytes of one that trickles: shorter than any time-out of a test


class Misbehaving:
    """Listens on loopback; `behave` gets the connection and the request it read. `requests` keeps them all."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.requests: list[bytes] = []
        self.connections = 0
        self._lines: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._lines.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while request := read_request(connection):
                self.requests.append(request)
                self.behave(connection, request)

    def hang_up(self) -> None:
        """Let go of everybody who waits."""
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listening.close()


@contextmanager
def misbehaving(behave: Behaviour) -> Iterator[Misbehaving]:
    server = Misbehaving(behave)
    try:
        yield server
    finally:
        server.close()


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request; empty when the other side is gone."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    wanted = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < wanted:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def response(status: str, body: bytes, kind: str = "application/json", more: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n".encode() + body


def answers(status: str, body: Any, **more: str) -> Behaviour:
    """Says the same to everybody, in time."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda connection, _request: connection.sendall(response(status, content, **more))


def says_nothing(connection: socket.socket, _request: bytes) -> None:
    connection.settimeout(HELD)
    connection.recv(1)  # until the caller gives up


def trickles_its_head(connection: socket.socket, _request: bytes) -> None:
    """A byte of the head now and then: no time-out of a single read ever runs out."""
    endless = "X-More: " + "x" * int(HELD / DRIP) + "\r\n"
    for byte in response("200 OK", b"{}", more=endless):
        connection.sendall(bytes([byte]))
        time.sleep(DRIP)


def trickles_its_body(connection: socket.socket, _request: bytes) -> None:
    length = int(HELD / DRIP)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % length)
    for _nth in range(length):
        connection.sendall(b" ")
        time.sleep(DRIP)


def hangs_up(connection: socket.socket, _request: bytes) -> None:
    connection.close()


def hangs_up_in_the_middle(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ref')
    connection.close()


def speaks_no_http(connection: socket.socket, _request: bytes) -> None:
    connection.sendall(b"220 mail.example ESMTP\r\n")
    connection.close()
