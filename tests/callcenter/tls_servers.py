"""A PostgreSQL and a Valkey that speak TLS: the machine's own programs where it has them, and in any case an edge of
TLS before those of the wheels, which were built without.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from callcenter.ports import a_free_port
from tests.callcenter.a_valkey import a_valkey
from tests.callcenter.authorities import Papers
from tests.processes.house import wait_until

PATHS = "/usr/bin:/usr/sbin:/usr/local/bin"
ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")  # PostgreSQL's SSLRequest
USER, SECRET = "callcenter", "of-the-database"  # noqa: S105  # of a database that ends with the test


@contextlib.contextmanager
def edge(papers: Papers, to: Callable[[], socket.socket], *, is_asked_first: bool) -> Iterator[int]:
    """Ends TLS and hands on what is inside; `is_asked_first`: as PostgreSQL does, which is asked whether it can."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(papers.certificate, papers.key)

    def serve(plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            if is_asked_first:
                plain.recv(len(ASKS_FOR_TLS))
                plain.sendall(b"S")
            with context.wrap_socket(plain, server_side=True) as inside, to() as behind:
                back = threading.Thread(target=hand_on, args=(behind, inside), daemon=True)
                back.start()
                hand_on(inside, behind)
                back.join(5)

    def accept(door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(door.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=accept, args=(door,), daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def hand_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := one.recv(65_536):
            other.sendall(piece)
    with contextlib.suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def postgresql_of_the_machine(papers: Papers) -> Iterator[int]:
    """Its port; `ssl = on`, and nobody is let in without. Only called where `programs_of_postgresql()`."""
    found = programs_of_postgresql()
    folder = Path(tempfile.mkdtemp(prefix="tls-", dir="/tmp"))  # noqa: S108  # of another user than root
    who = {"user": "nobody"} if os.geteuid() == 0 else {}
    data, port = folder / "data", a_free_port()
    (folder / "word").write_text(SECRET)
    for file, name in ((papers.certificate, "server.crt"), (papers.key, "server.key")):
        shutil.copy(file, folder / name)
        (folder / name).chmod(0o600)
    if who:
        for place in (folder, *folder.iterdir()):
            shutil.chown(place, "nobody")
    try:
        initialise = [found / "initdb", "-D", data, "-U", USER, "--auth=scram-sha-256", f"--pwfile={folder}/word", "-N"]
        subprocess.run(initialise, check=True, capture_output=True, timeout=120, cwd=folder, **who)  # type: ignore[call-overload]
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        options = {
            "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "ssl": "on", "fsync": "off",
            "ssl_cert_file": f"{folder}/server.crt", "ssl_key_file": f"{folder}/server.key", "max_connections": 20,
        }  # fmt: skip
        runs = [
            found / "postgres",
            "-D",
            data,
            *(word for one in options.items() for word in ("-c", "{}={}".format(*one))),
        ]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(runs, stdout=log, stderr=log, cwd=folder, **who)  # type: ignore[call-overload]
            try:
                wait_until(
                    lambda: is_open(port), what=f"PostgreSQL listens: {(folder / 'log').read_text()}", seconds=30
                )
                wait_until(lambda: lets_in(port), what="PostgreSQL is ready", seconds=30)
                yield port
            finally:
                server.terminate()
                server.wait(60)
    finally:
        shutil.rmtree(folder)


def programs_of_postgresql() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


def valkey_of_the_machine() -> str:
    """A program built with TLS, of Valkey or Redis; empty where there is none."""
    return next((found for name in ("valkey-server", "redis-server") if (found := shutil.which(name, path=PATHS))), "")


@contextlib.contextmanager
def tls_valkey(folder: Path, papers: Papers, *, of_the_machine: bool) -> Iterator[int]:
    if of_the_machine:
        port = a_free_port()
        options = (
            "--tls-port",
            str(port),
            "--tls-cert-file",
            str(papers.certificate),
            "--tls-key-file",
            str(papers.key),
        )
        authority = ("--tls-ca-cert-file", str(papers.certificate), "--tls-auth-clients", "no")
        with a_valkey(folder, *options, *authority, program=valkey_of_the_machine()):
            yield port
        return
    with (
        a_valkey(folder) as behind,
        edge(papers, lambda: socket.create_connection(("127.0.0.1", behind), 5), is_asked_first=False) as port,
    ):
        yield port


@contextlib.contextmanager
def tls_postgresql(papers: Papers, database_url: str, *, of_the_machine: bool) -> Iterator[tuple[int, str, str]]:
    """Its port, and a user and her database."""
    if of_the_machine:
        with postgresql_of_the_machine(papers) as port:
            yield port, f"{USER}:{SECRET}", "postgres"
        return
    told = psycopg.conninfo.conninfo_to_dict(database_url)
    host, at = str(told.get("host", "127.0.0.1")), str(told.get("port", "5432"))

    def behind() -> socket.socket:
        if not host.startswith("/"):
            return socket.create_connection((host, int(at)), 5)
        door = socket.socket(socket.AF_UNIX)
        door.connect(f"{host}/.s.PGSQL.{at}")
        return door

    with edge(papers, behind, is_asked_first=True) as port:
        yield port, f"{told['user']}:{told.get('password') or 'none'}", str(told["dbname"])


def is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def lets_in(port: int) -> bool:
    address = f"postgresql://{USER}:{SECRET}@127.0.0.1:{port}/postgres?sslmode=require"
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address):
        return True
    return False
