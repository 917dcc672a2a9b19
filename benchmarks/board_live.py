"""A card moved to the last of a hundred open boards that hears of it, and to what the card says on the last screen.

    python -m benchmarks.board_live [--boards 100] [--moves 100]

To reach: the last board hears within 1 s of the commit where the card stands now, which is when it moves there (the
browser test of the live board holds its fetches back to show that). Beside it, until every one of them has fetched the
rest of the card through the web server, spread as the pages spread it, and how long one of those answers takes. The
limit measured beside it: one bare connection that hears the database's channel itself.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress

import httpx

from benchmarks._house import ROOT, cookie_of, own_database
from benchmarks.desk_load import Times, serve, through
from callcenter.ports import a_free_port

A_PERSON = 10  # boards
PACE, SOON = 0.008, 0.8  # seconds: board_live.js asks within boards × PACE, SOON at most


def build(boards: int) -> tuple[list[str], int]:
    """A card, and a signed-in browser for each board. Returns the cookies and the card's key."""
    import django

    django.setup()

    from django.utils import timezone

    from agents.models import Role, User
    from escalations.raising import raise_escalation

    names = (f"s{number}" for number in range(-(-boards // A_PERSON)))
    users = User.objects.bulk_create(User(username=name, role=Role.SUPERVISOR) for name in names)
    cookies = [cookie_of(users[number // A_PERSON]) for number in range(boards)]
    card = raise_escalation(
        key="b", kind="billing_claim", line="102", reason="x", details={}, by=users[0], now=timezone.now()
    )
    return cookies, card.pk


def move(card: int) -> float:
    """One more line in the card's history; the moment after its commit."""
    from django.utils import timezone

    from agents.models import User
    from escalations import working

    working.note(escalation_id=card, text="x", by=User.objects.get(username="s0"), now=timezone.now())
    return time.perf_counter()


def serve_stream(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port), "--no-access-log"]
    command += ["--workers-kill-timeout", "3", "--log-level", "warning", "callcenter.live.asgi:application"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/live/escalations/", trust_env=False)
            return server
        time.sleep(0.1)
    sys.exit("The stream did not start.")


class Channel:
    """Hears the database's channel without anything in between."""

    def __init__(self) -> None:
        import psycopg

        from escalations.lifecycle import CHANNEL

        self.heard: list[float] = []
        self.ends = False
        self._connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self._connection.execute(f"LISTEN {CHANNEL}")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for _notice in self._connection.notifies():
            self.heard.append(time.perf_counter())
            if self.ends:
                return


class Board:
    """One open board: when it heard of each change, and of which version of the card."""

    def __init__(self, cookie: str) -> None:
        self.cookie, self.heard, self.version = cookie, asyncio.Queue[float](), ""

    async def listen(self, port: int, begun: asyncio.Semaphore) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = f"GET /live/escalations/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {self.cookie}\r\n\r\n"
        writer.write(asked.encode())
        async for line in reader:
            if line.startswith(b"retry:"):
                begun.release()
            elif line.startswith(b"data:") and line.count(b":") > 1:  # card:version:state:boards
                self.version = line.decode().split(":")[2].strip()
                self.heard.put_nowait(time.perf_counter())


async def measure(web: int, live: int, cookies: list[str], card: int, moves: int) -> None:
    boards, begun = [Board(cookie) for cookie in cookies], asyncio.Semaphore(0)
    began = time.perf_counter()
    listening = [asyncio.create_task(board.listen(live, begun)) for board in boards]
    async with asyncio.timeout(60):
        for _board in boards:
            await begun.acquire()
    print(f"   {len(boards)} boards have begun to listen in {time.perf_counter() - began:.2f} s", flush=True)
    channel = await asyncio.to_thread(Channel)
    bare, last, shown, answers, page = Times(), Times(), Times(), Times(), f"/escalations/{card}/card/?whose=all"
    async with through(web) as client:

        async def hear(board: Board) -> float:
            async with asyncio.timeout(10):
                return await board.heard.get()

        async def hear_and_look(board: Board) -> float:
            await hear(board)
            await asyncio.sleep(random.random() * min(len(boards) * PACE, SOON))
            asked = time.perf_counter()
            answer = await client.get(f"{page}&version={board.version}", headers={"Cookie": board.cookie})
            shown.failed += answer.status_code != 200
            ended = time.perf_counter()
            answers.seconds.append(ended - asked)
            return ended

        for _turn in range(moves):
            channel.heard.clear()
            committed = await asyncio.to_thread(move, card)
            ends = await asyncio.gather(*map(hear, boards))
            last.seconds.append(max(ends) - committed)
            await asyncio.sleep(0.02)
            bare.seconds.append(max(channel.heard[0] - committed, 0.0))
        channel.ends = True
        for _turn in range(max(moves // 10, 2)):
            committed = await asyncio.to_thread(move, card)
            ends = await asyncio.gather(*map(hear_and_look, boards))
            shown.seconds.append(max(ends) - committed)
    limit = bare.say("limit: one connection that hears the channel itself, from the commit")
    last.say(f"the last of {len(boards)} boards hears where it stands (to reach: 1,000 ms)", limit)
    shown.say(f"each of {len(boards)} boards has fetched what it says", limit)
    answers.say("one of these answers", limit)
    for task in listening:
        task.cancel()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boards", type=int, default=100)
    parser.add_argument("--moves", type=int, default=100)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "callcenter.settings"
    with own_database() as environment:
        cookies, card = build(options.boards)
        web, live = a_free_port(), a_free_port()
        servers = [serve(environment, web), serve_stream(environment, live)]
        try:
            asyncio.run(measure(web, live, cookies, card, options.moves))
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(20)


if __name__ == "__main__":
    main()
