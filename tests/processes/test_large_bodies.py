"""A body of hundreds of megabytes is answered from its headers: nobody makes the web server spool it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from callcenter.ports import a_free_port
from tests.processes.house import ROOT, House, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
LENGTH = 200 * 2**20
BOUNDARY = "line"
BEGIN = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="ccvp-2026-12.csv"\r\n'
    "Content-Type: text/csv\r\n\r\n"
).encode()
MAKE_ANA = (
    "from agents.models import Role, User;User.objects.create_user(username='ana', password='prepago', role=Role.AGENT)"
)


@pytest.fixture
def spool(house: House) -> Path:
    """Where the web server would put what it spools."""
    folder = house.home / "spool"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def web(house: House, spool: Path) -> Iterator[int]:
    """A real web server. Gives its port."""
    port = a_free_port()
    options = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4")
    command = [sys.executable, "-m", "granian", *options, "--no-access-log", "callcenter.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, env={**house.environment, "TMPDIR": str(spool)})

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/livez", timeout=60, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, what="the web server answers")
        yield port
    finally:
        server.terminate()
        server.wait(60)


def most_spooled(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def send_much(port: int, address: str, cookies: str, look: Callable[[], int]) -> tuple[int, int, int]:
    """Send a body of 200 MB until something is answered. Returns the status, the bytes sent and the most spooled."""
    head = (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {LENGTH}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nCookie: {cookies}\r\n\r\n"
    ).encode()
    sent = spooled = 0
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(head + BEGIN)
        line.setblocking(False)
        began = time.monotonic()
        while time.monotonic() - began < 60:
            try:
                if answer := line.recv(65536):
                    return int(answer.split()[1]), sent, spooled
            except BlockingIOError:
                pass
            try:
                sent += line.send(b"1;2;3\n" * 10_000)
            except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                time.sleep(0.01)
            spooled = max(spooled, look())
    raise AssertionError(f"no answer; {sent} bytes were taken")


def signed_in(port: int) -> str:
    """Ana's cookies: she is an agent."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as browser:
        page = browser.get("/accounts/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {"login": "ana", "password": "prepago", "csrfmiddlewaretoken": token[1]}
        assert browser.post("/accounts/login/", data=form).status_code == 302
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def test_nobody_who_may_not_upload_makes_the_server_spool(house: House, web: int, spool: Path) -> None:
    house.manage("shell", "-v0", "-c", MAKE_ANA)
    cookies = signed_in(web)
    for address, who, status in (
        ("/reports/upload/", "", 413),
        ("/accounts/login/", "", 413),
        ("/nowhere/", "", 404),
        ("/reports/upload/", cookies, 413),
        ("/desk/", cookies, 413),
    ):
        found, sent, spooled = send_much(web, address, who, lambda: most_spooled(spool))
        assert (found, spooled) == (status, 0), address
        assert sent < LENGTH / 4, address
