"""A step of a walk answered to the next one rendered, through the web server; no look-up in between.

    python -m benchmarks.walk_load [--agents 1000] [--seconds 30]

To reach: one agent p95 ≤ 25 ms and at most 8 queries; 1,000 agents with a step every 20 s each (50 a second) p95
≤ 100 ms and no errors. The limit measured beside it: a signed-in page of the same frame and server that asks the
database only who is there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import time
import uuid
from dataclasses import dataclass

import httpx

from benchmarks._house import browser_of, cookie_of, own_database
from benchmarks.desk_load import Times, repeat, serve, through
from callcenter.ports import a_free_port

BETWEEN_STEPS = 20.0  # seconds of each agent
STEPS_A_CALL = 8
FLOW = """
line: "101"
name: Medida
procedure: medida
start: what
steps:
  what: {kind: ask, ref: "101.2", title: Qué ocurre, say: "{saludo}",
         fields: [{name: words, type: text, label: Qué ocurre}], note: true, next: how}
  how:
    kind: decide
    ref: "101.5"
    question: ¿Cómo sigue?
    branches:
      - {name: more, label: Pregunta más, when: {words: present}, next: what}
      - {name: told, label: Informa, when: {words: absent}, next: done}
  done: {kind: end, ref: "101.12", result: told, label: Informado, say: "{despedida}"}
"""


@dataclass
class Caller:
    """One agent's browser: her session and the call on her screen."""

    cookie: str
    token: str = ""
    walk: str = ""
    step: int = 0


def build(agents: int, flow: str = FLOW) -> list[Caller]:
    """A published flow, and a signed-in browser for each agent."""
    import django

    django.setup()
    from hashlib import sha256

    from django.db import connection
    from django.utils import timezone

    from agents.models import Agent, User
    from inbound.models import FlowVersion, ServiceLine

    line = ServiceLine.objects.get(number="101")
    FlowVersion.objects.create(
        line=line, version=99, source=flow, sha256=sha256(flow.encode()).hexdigest(), published_at=timezone.now()
    )
    users = User.objects.bulk_create(User(username=f"agent{n}", first_name=f"Agente {n}") for n in range(agents))
    Agent.objects.bulk_create(Agent(user=user) for user in users)
    callers = [Caller(cookie_of(user)) for user in users]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    return callers


def queries_of_a_step() -> int:
    """How many queries answering one step asks, sign-in included."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from agents.models import User

    client = browser_of(User.objects.get(username="agent0"))
    address = client.post("/lines/begin/", {"line": "101", "key": str(uuid.uuid4())})["Location"]
    counts = []
    for position in range(1, 7):
        sent = {"position": position, "words": "x"} if position % 2 else {"position": position, "branch": "more"}
        with CaptureQueriesContext(connection) as asked:
            client.post(f"{address}answer/", sent, headers={"HX-Request": "true"})
        counts.append(sum(not found["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for found in asked))
    connection.close()
    return max(counts)


async def begin(client: httpx.AsyncClient, caller: Caller) -> None:
    if not caller.token:
        page = await client.get("/lines/", headers={"Cookie": caller.cookie})
        found = re.search(r"csrftoken=(\w+)", page.headers.get("set-cookie", ""))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        if found is None or token is None:
            sys.exit("The page of the lines has no form: nothing to measure.")
        caller.cookie, caller.token = f"{caller.cookie}; csrftoken={found.group(1)}", token.group(1)
    data = {"csrfmiddlewaretoken": caller.token, "line": "101", "key": str(uuid.uuid4())}
    answer = await client.post("/lines/begin/", data=data, headers={"Cookie": caller.cookie})
    caller.walk, caller.step = answer.headers["location"], 1


async def answer_step(client: httpx.AsyncClient, caller: Caller, times: Times) -> None:
    """Answer the step on the screen and wait for the next one."""
    data = {"csrfmiddlewaretoken": caller.token, "position": str(caller.step)}
    data |= {"words": "Sin señal desde ayer"} if caller.step % 2 else {"branch": "more"}
    headers = {"Cookie": caller.cookie, "HX-Request": "true"}
    began = time.perf_counter()
    try:
        answer = await client.post(f"{caller.walk}answer/", data=data, headers=headers)
    except httpx.TransportError:
        times.failed += 1
        return
    took = time.perf_counter() - began
    caller.step += 1
    if answer.status_code == 200 and f'name="position" value="{caller.step}"' in answer.text:
        times.seconds.append(took)
    else:
        times.failed += 1


async def measure(port: int, callers: list[Caller], seconds: float) -> None:
    async with through(port) as client:
        one = callers[0]
        await begin(client, one)
        page = await repeat(lambda: client.get("/accounts/password/change/", headers={"Cookie": one.cookie}), 100)
        limit = page.say("limit: a signed-in page that only asks who is there, one at a time")
        alone = Times()
        for _turn in range(min(200, int(seconds * 10))):
            if one.step > STEPS_A_CALL:
                await begin(client, one)
            await answer_step(client, one, alone)
        alone.say("one agent, a step → the next (to reach: p95 25 ms)", limit)
        everyone = callers[1:]
        for caller in everyone:
            await begin(client, caller)
        each = len(callers) / BETWEEN_STEPS
        times, running = Times(), set()
        started = time.perf_counter()
        for turn in range(int(each * seconds)):
            await asyncio.sleep(max(0.0, started + turn / each - time.perf_counter()))
            task = asyncio.create_task(answer_step(client, everyone[turn % len(everyone)], times))
            running.add(task)
            task.add_done_callback(running.discard)
        while running:
            await asyncio.sleep(0.05)
        times.say(f"{len(callers)} agents, {each:.0f} steps a second (to reach: p95 100 ms)", limit)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database() as environment:
        callers = build(options.agents)
        print(f"   {queries_of_a_step()} queries a step at most (to reach: 8)", flush=True)
        port = a_free_port()
        server = serve(environment, port)
        try:
            asyncio.run(measure(port, callers, options.seconds))
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
