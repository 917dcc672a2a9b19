"""The interface for programs: next contact and result, one after the other, and a list page of a hundred.

    python -m benchmarks.api [--contacts 10000] [--clients 100] [--seconds 20]

To reach: 300 results a second with 100 clients on two cores, p99 ≤ 250 ms; a page of 100 ≤ 40 ms. Measured beside it:
the shortest answer of the interface on the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import time

import httpx

from benchmarks._house import own_database
from benchmarks.desk_load import Times, build, serve, through
from callcenter.ports import a_free_port

COUNT = itertools.count()


def tokens_of(agents: int) -> list[str]:
    """A token of each agent, and last of a supervisor."""
    from datetime import timedelta

    from django.db import connection
    from django.utils import timezone

    from agents.models import Role, User
    from agents.presence import sign_in
    from api.tokens import confirm_token, make_token

    now = timezone.now()
    makes, confirms = (User.objects.create(username=f"admin{n}", role=Role.ADMINISTRATOR) for n in range(2))
    boss = User.objects.create(username="boss", role=Role.SUPERVISOR)
    wanted = [(user, ["desk"]) for user in User.objects.filter(role=Role.AGENT).order_by("pk")[:agents]]
    secrets = []
    for user, _scopes in wanted:
        sign_in(user=user, now=now)
    for user, scopes in [*wanted, (boss, ["campaigns"])]:
        token, secret = make_token(
            name="b", user=user, scopes=scopes, expires_at=now + timedelta(days=1), by=makes, now=now,
            requests_a_minute=1_000_000,
        )  # fmt: skip
        confirm_token(token=token, by=confirms, now=now)
        secrets.append(secret)
    connection.close()
    return secrets


async def work(client: httpx.AsyncClient, secret: str, until: float, times: Times) -> None:
    """One program: a result, and the contact behind it, again and again."""
    headers = {"Authorization": f"Bearer {secret}"}
    while time.perf_counter() < until:
        began = time.perf_counter()
        given = (await client.post("/api/v1/desk/next/", json={}, headers=headers)).json()
        if not (contact := given.get("contact")):
            times.failed += 1
            return
        said = {"fence": given["fence"], "disposition": "no_answer", "telephone": contact["telephones"][0]}
        key = {"Idempotency-Key": f"benchmark-{next(COUNT)}"}
        address = f"/api/v1/desk/contacts/{contact['id']}/results/"
        done = await client.post(address, json={**said, "undialled": True}, headers={**headers, **key})
        if done.status_code == 201:
            times.seconds.append(time.perf_counter() - began)
        else:
            times.failed += 1


async def measure(port: int, secrets: list[str], month: str, seconds: float) -> None:
    *agents, boss = secrets
    async with through(port) as client:
        headers = {"Authorization": f"Bearer {boss}"}
        for name, address in (("shortest answer", "dispositions/"), ("page of 100", f"campaigns/{month}/contacts/")):
            one = Times()
            for _turn in range(60):
                began = time.perf_counter()
                assert (await client.get(f"/api/v1/{address}", headers=headers)).status_code == 200
                one.seconds.append(time.perf_counter() - began)
            one.say(name)
        times, began = Times(), time.perf_counter()
        await asyncio.gather(*(work(client, secret, began + seconds, times) for secret in agents))
        took = time.perf_counter() - began
        times.say(f"{len(agents)} programs, next and result")
        p99 = sorted(times.seconds)[int(len(times.seconds) * 0.99) - 1] * 1000
        print(f"   {len(times.seconds) / took:.0f} results a second, p99 {p99:.0f} ms", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=40_000)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database() as environment:
        build(options.contacts, options.clients)
        from campaigns.models import Campaign

        month = f"{Campaign.objects.get().period:%Y-%m}"
        secrets = tokens_of(options.clients)
        port = a_free_port()
        server = serve(environment, port)
        try:
            asyncio.run(measure(port, secrets, month, options.seconds))
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
