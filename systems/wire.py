"""One kept connection pool a system, whose calls end within their time whatever the other side does.

httpx knows time-outs for each operation of a socket: a server that sends a byte now and then holds a call for ever.
The network backend below gives every operation only what is left of the whole call's time.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from systems.breaker import Breaker

MOST_CONNECTIONS = 16  # to one system from one process: more than it has threads
KEEP_SECONDS = 5.0  # an idle connection is closed by us before the other side thinks of it
PIECE = 16_384  # bytes written at once

_call = threading.local()


@contextmanager
def whole_call(seconds: float) -> Iterator[None]:
    """Every socket operation of this thread inside ends at the latest after `seconds`, all of them together."""
    _call.ends_at = time.monotonic() + seconds
    try:
        yield
    finally:
        del _call.ends_at


def seconds_left(given: float | None = None) -> float:
    """What is left of the call, at most `given`; zero or less when its time is over."""
    left: float = getattr(_call, "ends_at", time.monotonic()) - time.monotonic()
    return left if given is None else min(left, given)


class BoundedStream(httpcore.NetworkStream):
    """A stream whose operations end with the call."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if (left := seconds_left(timeout)) <= 0:
            raise httpcore.ReadTimeout
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            if (left := seconds_left(timeout)) <= 0:
                raise httpcore.WriteTimeout
            self._stream.write(buffer[start : start + PIECE], left)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        if (left := seconds_left(timeout)) <= 0:
            raise httpcore.ConnectTimeout
        return BoundedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class BoundedBackend(httpcore.NetworkBackend):
    """Connects within the call's time: looking up the name and trying each of its addresses included."""

    def __init__(self) -> None:
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception | None = None
        for address in addresses_of(host, port):
            if (left := seconds_left(timeout)) <= 0:
                raise httpcore.ConnectTimeout
            try:
                return BoundedStream(self._sockets.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore.ConnectError(f"{host} has no address")


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a name. The system's resolver knows no time-out: it is waited for, not asked, by the caller."""
    asked = _resolvers().submit(socket.getaddrinfo, host, port, 0, socket.SOCK_STREAM)
    try:
        return list(dict.fromkeys(str(found[4][0]) for found in asked.result(max(seconds_left(), 0))))
    except TimeoutError:
        asked.cancel()
        raise httpcore.ConnectTimeout from None
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Papers:
    """Files of PEM: the `certificate` we show and its `key` (where it is not in the same file), and the `authorities`
    whose word is taken beside the machine's. All may be empty.
    """

    certificate: str = ""
    key: str = ""
    authorities: str = ""

    def context(self) -> ssl.SSLContext:
        """What a connection begins with. Raises ValueError for a file that cannot be used."""
        context = ssl.create_default_context()
        try:
            if self.authorities:
                context.load_verify_locations(self.authorities)
            if self.certificate:
                context.load_cert_chain(self.certificate, self.key or None, password="")  # never asks at a terminal
        except (OSError, ssl.SSLError) as error:
            of = ", ".join(filter(None, (self.authorities, self.certificate, self.key)))
            raise ValueError(f"{of}: {error.strerror or 'no PEM that can be used'}") from error
        return context


NO_PAPERS = Papers()


def papers_of(everybodys: Mapping[str, str], own: Mapping[str, str]) -> Papers:
    """Those of one system: its own where it has them. A certificate of its own comes with its key, or has it within."""
    shared = {**everybodys, "certificate": "", "key": ""} if own.get("certificate") else everybodys
    return Papers(**{**shared, **own})


class Wire:
    """What all clients of one system at one address share in a process: connections and what is known of its health."""

    def __init__(self, papers: Papers = NO_PAPERS) -> None:
        context = papers.context() if papers != NO_PAPERS else _trust()
        transport = httpx.HTTPTransport(verify=context, trust_env=False)
        transport._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=MOST_CONNECTIONS,
            max_keepalive_connections=MOST_CONNECTIONS,
            keepalive_expiry=KEEP_SECONDS,
            network_backend=BoundedBackend(),
        )
        no_cookies = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))  # one person's visit is not the next's
        self.client = httpx.Client(transport=transport, cookies=no_cookies, trust_env=False, follow_redirects=False)
        self.breaker = Breaker()


_wires: dict[tuple[str, str, Papers], Wire] = {}
_lock = threading.Lock()


def wire_to(system: str, address: str, papers: Papers = NO_PAPERS) -> Wire:
    """The process's one wire to a system; made by whoever asks first. Raises ValueError for papers nobody can use."""
    with _lock:
        if (system, address, papers) not in _wires:
            _wires[system, address, papers] = Wire(papers)
        return _wires[system, address, papers]


def forget_wires() -> None:
    """Begin anew: nothing open, nothing known of anybody's health."""
    with _lock:
        old = list(_wires.values())
        _wires.clear()
    for wire in old:
        wire.client.close()


def _in_a_child() -> None:
    """A forked worker must not share its parent's sockets, nor wait for threads it does not have."""
    global _lock
    _lock = threading.Lock()
    _wires.clear()
    _resolvers.cache_clear()


os.register_at_fork(after_in_child=_in_a_child)


@cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4, "names")


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
