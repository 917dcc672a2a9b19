"""The outside systems as agents meet them: a customer searched among a million, and a system that hangs.

    python -m benchmarks.systems_load [--customers 1000000] [--turns 300]

To reach: a customer searched by number, contract, identity card or name p95 ≤ 30 ms, by the client and by the page; of
a system that hangs (2 s) one page a process waits, none longer, and the pages of others as before. The limits measured
beside it: an address of the sandbox that does nothing, and a signed-in page that only asks who is there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg

from benchmarks._house import ROOT, own_database
from benchmarks.desk_load import ALONE, Times, serve, through
from benchmarks.walk_load import Caller, begin, build
from callcenter.ports import a_free_port

AGENTS = 20
PAGE = "/accounts/password/change/"
HELD = 0.5  # seconds from which on somebody waited for the other system
FLOW = """
line: "101"
name: Medida
procedure: medida
start: who
steps:
  who: {kind: ask, ref: "101.2", title: Quién, say: "{saludo}",
        fields: [{name: customer, type: customer, label: Cliente}], next: find}
  find: {kind: look_up, ref: "101.3", title: Smartflex, look_up: smartflex.customer,
         with: {contract: customer.contract}, as: customer, next: done}
  done: {kind: end, ref: "101.12", result: told, label: Informado, say: "{despedida}"}
"""
# What an agent types: all of it, or the beginning of a name; the last has the most hits there are.
KINDS = {
    "service number": "SELECT service_number FROM sandbox_product",
    "contract": "SELECT contract FROM sandbox_customer",
    "identity card": "SELECT card_digits FROM sandbox_customer",
    "whole name": "SELECT name FROM sandbox_customer",
    "two surnames": "SELECT substring(name FROM '(\\S+ \\S+)$') FROM sandbox_customer",
    "a beginning": "SELECT left(substring(name FROM '(\\S+)$'), 4) FROM sandbox_customer",
}


@contextmanager
def a_sandbox(customers: int) -> Iterator[tuple[str, str]]:
    """A sandbox of so many customers beside our database; yields its address and its database's URL."""
    from callcenter.demo import outside_systems

    outside_systems.make_database()
    url, port = outside_systems.database_url(), a_free_port()
    environment = {**os.environ, "SANDBOX_DATABASE_URL": url}
    command = [sys.executable, "-m", "sandbox"]
    try:
        began = time.monotonic()
        for step in (["migrate", "-v0"], ["seed", "-v0", "--customers", str(customers)]):
            subprocess.run([*command, *step], cwd=ROOT, env=environment, check=True, timeout=1800)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        print(f"   {customers} customers sown in {time.monotonic() - began:.0f} s", flush=True)
        serving = [*command, "serve", "--port", str(port)]
        server = subprocess.Popen(serving, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        address = f"http://127.0.0.1:{port}"
        try:
            for _try in range(300):
                try:
                    httpx.get(f"{address}/_live", trust_env=False)
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield address, url
        finally:
            server.terminate()
            server.wait(20)
    finally:
        outside_systems.forget_database()


def words_of(url: str, turns: int) -> dict[str, list[str]]:
    """What is typed, by its kind: taken from all over the table."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT setseed(0.5)")
        drawn = " ORDER BY random() LIMIT %s"
        return {kind: [row[0] for row in connection.execute(sql + drawn, [turns])] for kind, sql in KINDS.items()}


def timed(times: Times, call: Any, is_good: Any) -> None:
    began = time.perf_counter()
    answer = call()
    took = time.perf_counter() - began
    if is_good(answer):
        times.seconds.append(took)
    else:
        times.failed += 1


def search_by_the_client(address: str, words: dict[str, list[str]]) -> None:
    """Through the client, as look-ups and pages use it: connection kept, answer read and checked."""
    from systems.smartflex.client import Smartflex

    client, limit = Smartflex(address), Times()
    with httpx.Client(base_url=address, trust_env=False) as idle:
        for _turn in range(200):
            timed(limit, lambda: idle.get("/_live"), lambda answer: answer.status_code == 200)
    least = limit.say("limit: the sandbox asked for nothing")
    for kind, typed in words.items():
        times = Times()
        for text in typed:
            timed(times, lambda text=text: client.search(text=text), lambda found: found.customers)
        times.say(f"searched by {kind}, by the client (to reach: p95 30 ms)", least)


def search_by_the_page(pages: httpx.Client, one: Caller, words: dict[str, list[str]]) -> float:
    """Through the web server, as the page asks while somebody types. Returns the limit."""
    limit = Times()
    headers = {"Cookie": one.cookie, "HX-Request": "true"}
    for _turn in range(100):
        timed(limit, lambda: pages.get(PAGE, headers=headers), lambda answer: answer.status_code == 200)
    least = limit.say("limit: a signed-in page that only asks who is there")
    for kind, typed in words.items():
        times = Times()
        for text in typed:
            data = {"csrfmiddlewaretoken": one.token, "text": text, "field": "customer"}
            timed(
                times,
                lambda data=data: pages.post(f"{one.walk}customers/", data=data, headers=headers),
                lambda answer: "data-customer" in answer.text,
            )
        times.say(f"searched by {kind}, by the page (to reach: p95 30 ms)", least)
    return least


def hang(pages: httpx.Client, address: str, callers: list[Caller], processes: int, least: float) -> None:
    """Smartflex says nothing for five seconds; one agent after the other asks it, and reads a page that does not."""
    httpx.put(f"{address}/_knobs/smartflex", json={"latency_ms": 5_000}, trust_env=False).raise_for_status()
    asked, others = Times(), Times()
    for caller in callers:
        headers = {"Cookie": caller.cookie, "HX-Request": "true"}
        who = {"csrfmiddlewaretoken": caller.token, "position": "1", "customer": "1000001", "customer_name": "X"}
        timed(
            others,
            lambda: pages.post(f"{caller.walk}answer/", data=who, headers=headers),  # noqa: B023
            lambda answer: answer.status_code == 200,
        )
        look = {"csrfmiddlewaretoken": caller.token, "position": "2"}
        timed(
            asked,
            lambda: pages.post(f"{caller.walk}look/", data=look, headers=headers),  # noqa: B023
            lambda answer: 'class="trouble"' in answer.text,
        )
    held = [took for took in asked.seconds if took > HELD]
    print(
        f"   a system that hangs: {len(held)} of {len(asked.seconds)} pages waited, the longest"
        f" {max(asked.seconds) * 1000:.0f} ms (to reach: {processes}, one a process; 2,000 ms and the limit)",
        flush=True,
    )
    quick = Times([took for took in asked.seconds if took <= HELD], asked.failed)
    quick.say("the pages after them that ask it", least)
    others.say("meanwhile a step that asks nobody (to reach: p95 25 ms)", least)


async def begin_all(port: int, callers: list[Caller]) -> None:
    async with through(port) as client:
        for caller in callers:
            await begin(client, caller)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=300, help="searches of each kind")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database() as environment:
        callers = build(AGENTS, FLOW)
        with a_sandbox(options.customers) as (address, url):
            words = words_of(url, options.turns)
            search_by_the_client(address, words)
            port = a_free_port()
            server = serve({**environment, "SYSTEMS_URL": address}, port)
            try:
                asyncio.run(begin_all(port, callers))
                with httpx.Client(
                    base_url=f"http://127.0.0.1:{port}", headers=ALONE, timeout=30, trust_env=False
                ) as pages:
                    least = search_by_the_page(pages, callers[0], words)
                    hang(pages, address, callers, processes=2, least=least)
            finally:
                server.terminate()
                server.wait(20)


if __name__ == "__main__":
    main()
