"""A release takes the place of another while agents record results: no click fails, and no result is lost.

Both are whole programs on one database: the last release as git has it, and this one. What is done here is what
`deploy/release.sh` does.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from callcenter.ports import a_free_port
from tests.processes.house import ROOT, House, wait_until
from tests.processes.proxy import NAME, NGINX, Proxy, proxy_in_front

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
AGENTS = 4
MORE = 25  # results that are recorded between two steps
FURNISH = """
import json
from datetime import time, timedelta
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone
from agents.models import Agent, Skill, Team, User
from campaigns.models import CallingWindow, Campaign, Contact, ListEntry, Renewal
from service_level.models import Holiday
now, today = timezone.now(), timezone.localdate()
CallingWindow.objects.all().delete()
CallingWindow.objects.bulk_create(CallingWindow(weekday=day, opens=time.min, closes=time.max) for day in range(7))
Holiday.objects.all().delete()
period = (today.replace(day=1) + timedelta(days=63)).replace(day=1)
campaign = Campaign.objects.create(period=period, calls_from=today - timedelta(days=1), state="running",
    calls_until=today + timedelta(days=9), report_due_at=now, created_at=now, launched_at=now)
cookies, team = [], Team.objects.get_or_create(name="Norte")[0]
for number in range(%(agents)d):
    user = User.objects.create(username=f"agent{number}")
    agent = Agent.objects.create(user=user, team=team)
    agent.skills.set(Skill.objects.all())
    numbers = [f"{number}{position:05}" for position in range(%(contacts)d)]
    due = today + timedelta(days=9)
    contacts = Contact.objects.bulk_create(
        Contact(campaign=campaign, contract=one, call_list="TV", name=f"Cliente {one}", name_key=f"CLIENTE {one}",
                telephones=[f"+59170{one}"], amount_due=149, due_on=due) for one in numbers)
    Renewal.objects.bulk_create(
        Renewal(campaign=campaign, contact=one, report_line=one.pk, service="TV", service_number=one.contract,
                plan="TV", due_on=due, amount_due=149) for one in contacts)
    ListEntry.objects.bulk_create(
        ListEntry(contact=one, campaign=campaign, call_list="TV", owner=agent, position=one.pk,
                  ready_at=now - timedelta(hours=1)) for one in contacts)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session.create()
    cookies.append((settings.SESSION_COOKIE_NAME, getattr(session, "secret", None) or session.session_key))
print(json.dumps(cookies))
"""


def last_release() -> str:
    """The newest tag before this commit; where a checkout came without tags, the commit that was to have it."""
    for told in (["describe", "--tags", "--abbrev=0"], ["log", "-1", "--format=%H", "--grep=^release: "]):
        found = subprocess.run(["git", *told], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
        if found:
            return found
    return "HEAD"


@dataclass
class Agent:
    """One desk: what it has recorded, and each click that failed."""

    client: httpx.Client
    recorded: int = 0
    failed: list[str] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        page = self._sent("/desk/next/", csrfmiddlewaretoken=self._token(self._asked("/desk/")))
        while not self.ends.is_set() and not self.failed:
            contact, fence, telephone = (
                re.search(pattern, page)
                for pattern in (
                    r'name="contact"\s+value="(\d+)"', r'name="fence"\s+value="(\d+)"', r'<option value="(\+591\d+)"',
                )
            )  # fmt: skip
            if contact is None or fence is None or telephone is None:
                self.failed.append(f"no contact on the page: {page[:200]}")
                return
            page = self._sent(
                "/desk/result/", csrfmiddlewaretoken=self._token(page), contact=contact[1], fence=fence[1],
                telephone=telephone[1], disposition="no_answer", undialled="1",
            )  # fmt: skip
            self.recorded += not self.failed

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        return found[1] if found else ""

    def _asked(self, address: str) -> str:
        return self._told(lambda: self.client.get(address), address)

    def _sent(self, address: str, **data: str) -> str:
        return self._told(lambda: self.client.post(address, data=data, headers={"HX-Request": "true"}), address)

    def _told(self, ask: Callable[[], httpx.Response], address: str) -> str:
        try:
            try:
                answer = ask()
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                answer = ask()  # as a browser does on a line that was closed while nothing was asked on it
        except httpx.TransportError as error:
            self.failed.append(f"{address}: {error!r}")
            return ""
        if answer.status_code != 200:
            self.failed.append(f"{address}: {answer.status_code} {answer.text[:200]}")
        return answer.text


@contextlib.contextmanager
def at_work(proxy: Proxy, cookies: list[tuple[str, str]]) -> Iterator[list[Agent]]:
    """Agents who record one result after the other until the block ends, over HTTP/1.1 as a browser's one line."""
    agents, threads = [], []
    told = {"Host": NAME, "Referer": f"https://{NAME}/desk/"}
    for session, key in cookies:
        base = f"https://127.0.0.1:{proxy.tls}"
        client = httpx.Client(base_url=base, verify=False, headers=told, trust_env=False, timeout=120)  # noqa: S501
        client.cookies.set(session, key)
        agents.append(Agent(client))
    for agent in agents:
        threads.append(threading.Thread(target=agent.work))
        threads[-1].start()
    try:
        yield agents
    finally:
        for agent in agents:
            agent.ends.set()
        for thread in threads:
            thread.join()
        for agent in agents:
            agent.client.close()


@pytest.fixture
def before(house: House) -> Path:
    """The program of the last release."""
    packed = subprocess.run(["git", "archive", last_release()], cwd=ROOT, capture_output=True, check=True).stdout
    folder = house.home / "before"
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


@contextlib.contextmanager
def pages(house: House, program: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "2", "--backpressure", "2", "--workers-kill-timeout", "10", "--no-access-log"]
    with (house.home / f"web-{port}.log").open("w") as log:
        environment = house.environment
        server = subprocess.Popen(
            [*command, "callcenter.wsgi:application"], cwd=program, env=environment, stdout=log, stderr=log
        )
        try:
            wait_until(lambda: _answers(port), what="pages are answered")
            yield server
        finally:
            server.terminate()
            server.wait(60)


def _answers(port: int) -> bool:
    with contextlib.suppress(httpx.TransportError):
        told = {"Host": NAME}
        return httpx.get(f"http://127.0.0.1:{port}/livez", headers=told, timeout=60, trust_env=False).status_code == 200
    return False


def _old_program(house: House, program: Path, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=program, env=house.environment, capture_output=True, text=True,
        check=False, timeout=600,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed here")
def test_agents_go_on_recording_while_a_release_takes_the_place_of_another(
    empty_site: Callable[[], House], before: Path
) -> None:
    site = empty_site()
    site.environment |= {"TRUSTED_PROXIES": "127.0.0.1", "ALLOWED_HOSTS": NAME}
    _old_program(site, before, "migrate", "-v0")
    furnished = _old_program(site, before, "shell", "-v0", "-c", FURNISH % {"agents": AGENTS, "contacts": 400})
    cookies = json.loads(furnished.splitlines()[-1])
    first, second = a_free_port(), a_free_port()

    def goes_on(agents: list[Agent]) -> None:
        """Until more results were recorded, or a click failed."""
        until = sum(agent.recorded for agent in agents) + MORE
        wait_until(
            lambda: sum(agent.recorded for agent in agents) >= until or any(agent.failed for agent in agents),
            what="agents record", seconds=300,
        )  # fmt: skip
        assert [line for agent in agents for line in agent.failed] == []

    with contextlib.ExitStack() as until_the_end:
        old = until_the_end.enter_context(pages(site, before, first))
        proxy = until_the_end.enter_context(proxy_in_front(site.home, web=first))
        new = until_the_end.enter_context(contextlib.ExitStack())
        agents = until_the_end.enter_context(at_work(proxy, cookies))
        goes_on(agents)
        site.manage("migrate", "-v0")
        goes_on(agents)  # the old program, on the new tables
        new.enter_context(pages(site, ROOT, second))
        proxy.turn_to(second)
        goes_on(agents)
        wait_until(proxy.is_of_one_mind, what="nobody waits for the old one", seconds=300)
        old.send_signal(signal.SIGTERM)
        assert old.wait(60) == 0
        goes_on(agents)
    assert [line for agent in agents for line in agent.failed] == []
    assert site.value("SELECT count(*) FROM campaigns_attempt") == sum(agent.recorded for agent in agents)
    site.manage("check_invariants")
