"""From a result saved to the next contact's page rendered, through the web server.

    python -m benchmarks.desk_load [--contacts 10000 1000000] [--agents 1000] [--seconds 30]

To reach: one agent p95 ≤ 30 ms; 1,000 agents with a result every 30 s each (33 a second) p95 ≤ 100 ms; no slower at
1,000,000 contacts than at 10,000 (± 20 %). The limit measured beside it: a signed-in page of the same frame and server
that asks the database only who is there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from benchmarks._house import ROOT, cookie_of, own_database
from callcenter.ports import a_free_port

BETWEEN_RESULTS = 30.0  # seconds of each agent
CONTACTS = """
INSERT INTO campaigns_contact (campaign_id, contract, call_list, name, name_key, identity_card, telephones, zone,
                               address, segment, amount_due, due_on)
SELECT %(campaign)s, 'C' || n, CASE WHEN n %% 5 = 0 THEN 'BOTH' WHEN n %% 2 = 0 THEN 'INTERNET' ELSE 'TV' END,
       'Cliente Numero ' || n, 'CLIENTE NUMERO ' || n, n::text, ARRAY['+5917' || lpad((n %% 10000000)::text, 7, '0')],
       'Zona ' || n / 7 %% 30, 'Av. ' || n, 'A', 149, %(due)s
  FROM generate_series(1, %(contacts)s) n;
INSERT INTO campaigns_renewal (campaign_id, contact_id, report_line, service, service_number, plan, due_on, amount_due)
SELECT campaign_id, id, id, s, contract || s, 'Hogar', due_on, 149
  FROM campaigns_contact, unnest(CASE call_list WHEN 'BOTH' THEN ARRAY['INTERNET', 'TV'] ELSE ARRAY[call_list] END) s;
INSERT INTO campaigns_listentry (contact_id, campaign_id, call_list, state, owner_id, position, ready_at, attempts,
                                 attempts_on_day, fence)
SELECT id, campaign_id, call_list, 'open', -- every twentieth to the agent who is measured alone, the others in turn
       %(agent)s + CASE WHEN id %% 20 = 0 THEN 0 ELSE (id - id / 20) %% %(agents)s END, id, %(ready)s, 0, 0, 0
  FROM campaigns_contact;
"""


@dataclass
class Desk:
    """One agent's browser: her session, and what is open on her screen."""

    cookie: str
    contact: str = ""
    fence: str = ""
    telephone: str = ""
    token: str = ""
    busy: bool = False

    def read(self, page: str) -> bool:
        """Take the contact from the page; False when the desk has none."""
        found = [
            re.search(pattern, page) for pattern in (r'name="contact"\s+value="(\d+)"', r'name="fence"\s+value="(\d+)"')
        ]
        telephone = re.search(r'<option value="(\+591\d+)"', page)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if not all(found) or telephone is None or token is None:
            return False
        self.contact, self.fence = (one.group(1) for one in found if one)
        self.telephone, self.token = telephone.group(1), token.group(1)
        return True


@dataclass
class Times:
    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def say(self, name: str, limit: float = 0.0) -> float:
        if len(self.seconds) < 2:
            print(f"   {name}: nothing measured, {self.failed} failed")
            return 0.0
        ordered = sorted(self.seconds)
        p95 = ordered[int(len(ordered) * 0.95) - 1] * 1000
        ratio = f", {p95 / limit:.1f} × the limit" if limit else ""
        median = statistics.median(ordered) * 1000
        print(
            f"   {name}: p50 {median:.1f} ms, p95 {p95:.1f} ms of {len(ordered)}, {self.failed} failed{ratio}",
            flush=True,
        )
        return p95


def build(contacts: int, agents: int) -> list[Desk]:
    """A running campaign whose every contact may be called now, and a signed-in browser for each agent."""
    import django

    django.setup()
    from datetime import time as clock
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from agents.models import Agent, Skill, User
    from campaigns.models import CallingWindow, Campaign
    from campaigns.month.periods import period_of
    from service_level.models import Holiday

    now = timezone.now()
    today = timezone.localdate(now)
    period = period_of(today)
    CallingWindow.objects.all().delete()
    CallingWindow.objects.bulk_create(CallingWindow(weekday=day, opens=clock.min, closes=clock.max) for day in range(7))
    Holiday.objects.all().delete()
    campaign = Campaign.objects.create(
        period=period, calls_from=today.replace(day=1), calls_until=period - timedelta(days=1), report_due_at=now,
        created_at=now, launched_at=now, state="running",
    )  # fmt: skip
    users = User.objects.bulk_create(User(username=f"agent{n}", first_name=f"Agente {n}") for n in range(agents))
    made = Agent.objects.bulk_create(Agent(user=user) for user in users)
    skills = list(Skill.objects.all())
    Agent.skills.through.objects.bulk_create(
        Agent.skills.through(agent_id=agent.pk, skill_id=skill.pk) for agent in made for skill in skills
    )
    values = {"campaign": campaign.pk, "contacts": contacts, "agent": made[0].pk, "agents": agents,
              "due": period - timedelta(days=1), "ready": now - timedelta(hours=1)}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CONTACTS, values)
        cursor.execute("VACUUM ANALYZE")  # as autovacuum has done hours before anybody works on a month
    desks = [Desk(cookie_of(user)) for user in users]
    connection.close()
    return desks


ALONE = {"Connection": "close"}


def through(port: int) -> httpx.AsyncClient:
    """Asks as the proxy does (deploy/nginx): each request through a connection of its own."""
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", headers=ALONE, limits=httpx.Limits(max_connections=200), timeout=60,
        trust_env=False,
    )  # fmt: skip


async def open_desk(client: httpx.AsyncClient, desk: Desk) -> bool:
    answer = await client.get("/desk/", headers={"Cookie": desk.cookie})
    token = re.search(r"csrftoken=(\w+)", answer.headers.get("set-cookie", ""))
    if token:
        desk.cookie += f"; csrftoken={token.group(1)}"
    if desk.read(answer.text):
        return True
    form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)
    sent = {"csrfmiddlewaretoken": form.group(1) if form else ""}
    given = await client.post("/desk/next/", data=sent, headers={"Cookie": desk.cookie, "HX-Request": "true"})
    return desk.read(given.text)


async def save_result(client: httpx.AsyncClient, desk: Desk, times: Times) -> None:
    """Save a result as the desk's form does and wait for the next contact's page."""
    data = {"csrfmiddlewaretoken": desk.token, "contact": desk.contact, "fence": desk.fence,
            "disposition": "no_answer", "telephone": desk.telephone, "undialled": "1"}  # fmt: skip
    began = time.perf_counter()
    before = desk.contact
    try:
        answer = await client.post("/desk/result/", data=data, headers={"Cookie": desk.cookie, "HX-Request": "true"})
    except httpx.TransportError:
        times.failed += 1
        return
    took = time.perf_counter() - began
    if answer.status_code == 200 and desk.read(answer.text) and desk.contact != before:
        times.seconds.append(took)
    else:
        times.failed += 1


async def repeat(work: Callable[[], Awaitable[object]], times: int) -> Times:
    measured = Times()
    for _turn in range(times):
        began = time.perf_counter()
        await work()
        measured.seconds.append(time.perf_counter() - began)
    return measured


async def measure(port: int, desks: list[Desk], seconds: float) -> float:
    async with through(port) as client:
        one = desks[0]
        if not await open_desk(client, one):
            sys.exit("The desk gives no contact: nothing to measure.")
        page = await repeat(lambda: client.get("/accounts/password/change/", headers={"Cookie": one.cookie}), 100)
        limit = page.say("limit: a signed-in page that only asks who is there, one at a time")
        alone = Times()
        for _turn in range(min(200, int(seconds * 10))):
            await save_result(client, one, alone)
        alone.say("one agent, result → next contact", limit)
        everyone = desks[1:]
        opened = 0
        for desk in everyone:
            opened += await open_desk(client, desk)
        each = len(desks) / BETWEEN_RESULTS
        times, running = Times(), set()
        began = time.perf_counter()
        for turn in range(int(each * seconds)):
            await asyncio.sleep(max(0.0, began + turn / each - time.perf_counter()))
            task = asyncio.create_task(save_result(client, everyone[turn % len(everyone)], times))
            running.add(task)
            task.add_done_callback(running.discard)
        while running:
            await asyncio.sleep(0.05)
        return times.say(f"{len(desks)} agents, {each:.0f} results a second", limit)


def serve(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "4", "--backpressure", "4", "--no-access-log", "--log-level", "warning"]
    command += ["callcenter.wsgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"http://127.0.0.1:{port}/livez", trust_env=False)
            return server
        except httpx.TransportError:
            time.sleep(0.1)
    sys.exit("The web server did not start.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    p95 = {}
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    for contacts in options.contacts:
        command = [sys.executable, "-m", "benchmarks.desk_load", "--contacts", str(contacts)]
        if len(options.contacts) > 1:  # Django is set up once a process
            more = ["--agents", str(options.agents), "--seconds", str(options.seconds)]
            subprocess.run([*command, *more], cwd=ROOT, check=True)
            continue
        with own_database() as environment:
            print(f"   {contacts:,} contacts", flush=True)
            desks = build(contacts, options.agents)
            port = a_free_port()
            server = serve(environment, port)
            try:
                p95[contacts] = asyncio.run(measure(port, desks, options.seconds))
            finally:
                server.terminate()
                server.wait(20)


if __name__ == "__main__":
    main()
