"""Ports that are still free when whoever asked comes to bind them."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

NEXT_ONES = 20  # ports tried from the wanted one on when somebody listens already
LOWEST_PORT, HIGHEST_PORT = 20_000, 65_535
OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")  # of which the system gives one to each connection it opens
OUTGOING_FROM = 32_768  # where it does not say


def next_free_port(host: str, first: int) -> int:
    """`first`, or the next port where nobody listens, or any."""
    wanted = range(first, min(first + NEXT_ONES, HIGHEST_PORT))
    return _first_free(host, wanted) or a_free_port(host)


def a_free_port(host: str = "127.0.0.1") -> int:
    """Any port where nobody listens, below those of outgoing connections.

    One that the system chooses is among those: minutes later, or after a restart, somebody's connection to a database
    has it, and who listens there cannot start. By chance, so that two who ask at once hardly meet.
    """
    below = range(LOWEST_PORT, _outgoing_from())
    drawn = secrets.SystemRandom().sample(below, len(below)) if below else []
    found = _first_free(host, drawn)
    if found is not None:
        return found
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _first_free(host: str, ports: Iterable[int]) -> int | None:
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    return None


def _outgoing_from() -> int:
    """The lowest port of outgoing connections."""
    try:
        return int(OUTGOING.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return OUTGOING_FROM
