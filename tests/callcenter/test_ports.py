"""A port is kept for whoever binds it later: nobody's outgoing connection takes it meanwhile."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from callcenter import ports

HERE = "127.0.0.1"


@pytest.fixture
def busy() -> Iterator[socket.socket]:
    with socket.socket() as taken:
        taken.bind((HERE, ports.a_free_port()))
        taken.listen()
        yield taken


def test_none_is_among_those_of_outgoing_connections() -> None:
    lowest = int(ports.OUTGOING.read_text().split()[0])
    drawn = {ports.a_free_port() for _time in range(50)}
    assert all(ports.LOWEST_PORT <= port < lowest for port in drawn)
    assert len(drawn) > 40  # two who ask at once hardly meet


def test_the_wanted_one_or_the_next_where_nobody_listens(busy: socket.socket) -> None:
    taken = busy.getsockname()[1]
    assert ports.next_free_port(HERE, taken) > taken
    free = ports.a_free_port()
    assert ports.next_free_port(HERE, free) == free


def test_where_none_is_below_the_outgoing_ones_the_system_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "LOWEST_PORT", 65_000)
    assert ports.a_free_port() > 0


def test_a_system_that_does_not_say_its_range_has_the_common_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ports, "OUTGOING", tmp_path / "absent")
    assert ports.a_free_port() < ports.OUTGOING_FROM
