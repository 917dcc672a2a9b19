"""Desks over HTTP: what an agent's browser sends, by the pages a real web server answers."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx

from callcenter.ports import a_free_port
from tests.processes.house import ROOT, House, wait_until
from tests.processes.test_faults import CCVP
from tests.processes.test_upgrade import FURNISH

OF_A_CONTACT = (r'name="contact"\s+value="(\d+)"', r'name="fence"\s+value="(\d+)"', r'<option value="(\+591\d+)"')
SIGN_IN = """
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from agents.models import Role, User
user, _new = User.objects.get_or_create(username=%(name)r, defaults={"role": %(role)r})
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
session.create()
print(json.dumps([settings.SESSION_COOKIE_NAME, session.secret]))
"""


def furnish(house: House, *, agents: int, contacts: int) -> list[tuple[str, str]]:
    """A running month with so many desks and so many contacts on each list. Returns the cookie of each."""
    said = house.manage("shell", "-v0", "-c", FURNISH % {"agents": agents, "contacts": contacts})
    return [(name, key) for name, key in json.loads(said.splitlines()[-1])]


def signed_in(house: House, name: str, role: str) -> tuple[str, str]:
    """The cookie of somebody who signed in."""
    name_of, key = json.loads(house.manage("shell", "-v0", "-c", SIGN_IN % {"name": name, "role": role}).split("\n")[0])
    return name_of, key


def upload(line: httpx.Client) -> httpx.Response:
    """The sample's report, by the page of a supervisor who signed in."""
    token = line.get("/reports/upload/").text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    words = {"csrfmiddlewaretoken": token, "kind": "ccvp", "period": "2026-12"}
    return line.post("/reports/upload/", data=words, files={"file": (CCVP.name, CCVP.read_bytes())})


@contextlib.contextmanager
def pages(house: House, *, port: int | None = None) -> Iterator[str]:
    """A web server as the units start it. Gives where it is."""
    port = port or a_free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "4", "--workers-kill-timeout", "10", "--no-access-log"]
    with (house.home / f"web-{port}.log").open("w") as log:
        server = subprocess.Popen(
            [*command, "callcenter.wsgi:application"], cwd=ROOT, env=house.environment, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(f"{address}/livez"), what="pages are answered")
            yield address
        finally:
            server.terminate()
            server.wait(60)


def answers(address: str) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return httpx.get(address, timeout=60, trust_env=False).status_code == 200
    return False


@dataclass
class Desk:
    """One browser: what is open in it, and how long each of its clicks took."""

    address: str
    cookie: tuple[str, str]
    page: str = ""
    statuses: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.address, trust_env=False, timeout=120)
        self.client.cookies.set(*self.cookie)
        self.page = self._told(lambda: self.client.get("/desk/"))

    @property
    def open(self) -> tuple[str, str, str] | None:
        """Contact, fence and telephone of the page; None when it shows no contact."""
        found = [re.search(pattern, self.page) for pattern in OF_A_CONTACT]
        return (found[0][1], found[1][1], found[2][1]) if found[0] and found[1] and found[2] else None

    def take(self) -> str | None:
        """Ask for the next contact. Returns its key, or None."""
        self.page = self._sent("/desk/next/")
        return self.open[0] if self.open else None

    def call(self) -> int:
        """Dial the telephone of the open contact. Returns what was answered."""
        self._sent("/desk/call/", **self._of_the_open())
        return self.statuses[-1]

    def record(self, *, dialled: bool = False) -> int:
        """Record a result of the open contact; the page has the next one then. Returns what was answered."""
        meant = {} if dialled else {"undialled": "1"}
        page = self._sent("/desk/result/", **self._of_the_open(), disposition="no_answer", **meant)
        if self.statuses[-1] == 200:
            self.page = page
        return self.statuses[-1]

    def close(self) -> None:
        self.client.close()

    def _of_the_open(self) -> dict[str, str]:
        assert self.open is not None, self.page[:500]
        return dict(zip(("contact", "fence", "telephone"), self.open, strict=True))

    def _sent(self, address: str, **data: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page)
        data = {"csrfmiddlewaretoken": token[1] if token else "", **data}
        return self._told(lambda: self.client.post(address, data=data, headers={"HX-Request": "true"}))

    def _told(self, ask: Callable[[], httpx.Response]) -> str:
        began = time.perf_counter()
        try:
            answer = ask()
        except httpx.TransportError:
            self.statuses.append(0)
            return ""
        self.took.append(time.perf_counter() - began)
        self.statuses.append(answer.status_code)
        return answer.text


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.95)]
