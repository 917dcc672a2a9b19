"""Servers that reports are fetched from: real ones on loopback, and ones that misbehave."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.systems.reports.an_sftp_server import HELD, SftpServer

DRIP = 0.1  # seconds between two bytes of one that trickles


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """The folder that is looked at, with what a busy site leaves in it."""
    folder = tmp_path / "drop"
    folder.mkdir()
    long_ago = time.time() - 3600
    for name in (
        "ccvp-2026-12.xlsx",
        "CCVP-2026-12.csv",
        "ccvp-2026-11.csv",
        ".ccvp-2026-12.swp",
        "ccvp-2026-12.x.part",
    ):
        (folder / name).write_bytes(f"contenido de {name}".encode())
        os.utime(folder / name, (long_ago, long_ago))
    (tmp_path / "secreto.txt").write_text("no se lee")
    (folder / "ccvp-2026-12.lnk").symlink_to(tmp_path / "secreto.txt")
    (folder / "ccvp-2026-12.folder").mkdir()
    return folder


@pytest.fixture
def sftp_server(drop: Path) -> Iterator[SftpServer]:
    server = SftpServer(drop)
    yield server
    server.close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Tests are quiet."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *args: Any) -> None:
        """Whoever hangs up on a bad answer is right."""


class Misbehaving(Quiet):
    """Answers by the path that is asked for."""

    def do_HEAD(self) -> None:
        self.send_response(405)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        if name == "hangs":
            self.connection.settimeout(HELD)
            self.rfile.read(1)  # until the caller gives up
        elif name == "drips":
            self.send_response(200)
            self.end_headers()
            for _byte in range(int(HELD / DRIP)):
                self.wfile.write(b"x")
                time.sleep(DRIP)
        elif name == "endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        elif name == "short":
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"only this")
        elif name == "away":
            self.send_response(302)
            self.send_header("Location", "http://localhost:1/other")
            self.end_headers()
        elif name == "round":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
        elif name == "near":
            self.send_response(302)
            self.send_header("Location", "/arrived")
            self.end_headers()
        elif name == "arrived":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"here")
        elif name == "private":
            known = self.headers.get("Authorization") == "Bearer token"
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(b"for you")
        else:
            self.send_error(500)


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Starts an HTTP server: `serve(folder)` for a folder, `serve()` for one that misbehaves. Returns its address."""
    servers = []

    def start(folder: Path | None = None) -> str:
        handler = partial(Quiet, directory=str(folder)) if folder else Misbehaving
        server = QuietServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
