"""SIGTERM to every program of the house, as a deploy and a machine that ends do: boards come back and miss nothing."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import httpx
import pytest

from callcenter.ports import a_free_port
from tests.faults.desks import answers, signed_in
from tests.processes.house import ROOT, House, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
RAISE = """
from django.utils import timezone
from agents.models import User
from escalations.raising import raise_escalation
raised = raise_escalation(key=%(key)r, kind="billing_claim", line="102", reason="x", details={},
                          by=User.objects.get(username="elena"), now=timezone.now())
print(raised.pk)
"""
BOARDS, STARTS = 10, 3


class Board:
    """What the page's script does: listens, and asks for what it missed whenever a stream opens; again when it ends."""

    def __init__(self, web: str, live: str, cookie: tuple[str, str]) -> None:
        self._web, self._live, self._cookie = web, live, dict([cookie])
        self.cards: set[int] = set()
        self.opened = 0
        self._since = "0"  # the page was drawn before anything happened
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ends.set()

    def _listen(self) -> None:
        while not self._ends.is_set():
            with (
                contextlib.suppress(httpx.TransportError, httpx.HTTPStatusError),
                httpx.Client(cookies=self._cookie, trust_env=False, timeout=30) as client,
                client.stream("GET", f"{self._live}/live/escalations/") as stream,
            ):
                stream.raise_for_status()
                self._ask(client)
                self.opened += 1
                event = ""
                for line in stream.iter_lines():
                    name, _colon, value = line.partition(": ")
                    event = value if name == "event" else event
                    if name == "data" and event == "card":
                        self.cards.add(int(value.split(":")[0]))
                    elif name == "data" and event == "resync":
                        self._ask(client)
            self._ends.wait(0.1)

    def _ask(self, client: httpx.Client) -> None:
        answer = (
            client.get(f"{self._web}/escalations/changes/", params={"since": self._since}).raise_for_status().json()
        )
        self.cards |= {int(card.split(":")[0]) for card in answer["cards"]}
        self._since = answer["newest"]


@contextlib.contextmanager
def programs(house: House, web: int, live: int) -> Iterator[list[int]]:
    """All of a house, each in a group of its own. Gives the leaders; ends those that are left."""
    granian = [sys.executable, "-m", "granian", "--no-access-log", "--respawn-failed-workers"]
    of_pages = ["--interface", "wsgi", "--port", str(web), "--workers", "2", "--workers-kill-timeout", "10"]
    of_boards = ["--interface", "asgi", "--port", str(live), "--workers", "1", "--workers-kill-timeout", "5"]
    environment = {**house.environment, "LIVE_PORT": str(live), "WEB_PORT": str(web), "LIVE_BEAT": "1"}
    started = []
    with (house.home / "deploy.log").open("a") as log:
        for options, application in (
            ([*of_pages, "--blocking-threads", "4"], "callcenter.wsgi:application"),
            (of_boards, "callcenter.live.asgi:application"),
        ):
            started.append(
                subprocess.Popen(
                    [*granian, *options, application],
                    cwd=ROOT,
                    env=environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )  # fmt: skip
            )
        workers = [house.worker(), house.beat()]
        try:
            wait_until(lambda: answers(f"http://127.0.0.1:{web}/livez"), what="pages are answered", seconds=120)
            yield [*(one.pid for one in started), *workers]
        finally:
            for one in started:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(one.pid, signal.SIGTERM)
                one.wait(120)
            for pid in workers:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGTERM)
                house.terminal.wait(pid)
                house.started.remove(pid)


def raise_card(house: House, key: str) -> int:
    return int(house.manage("shell", "-v0", "-c", RAISE % {"key": key}).split()[-1])


def test_boards_miss_nothing_while_every_program_ends_and_comes_back(house: House) -> None:
    cookie = signed_in(house, "elena", "supervisor")
    house.manage("sync_schedule")
    web, live = a_free_port(), a_free_port()
    raised = {raise_card(house, "before")}
    boards = [Board(f"http://127.0.0.1:{web}", f"http://127.0.0.1:{live}", cookie) for _number in range(BOARDS)]

    def all_listen(times: int) -> bool:
        return all(board.opened >= times for board in boards)

    def all_know() -> bool:
        return all(raised <= board.cards for board in boards)

    for start in range(1, STARTS + 1):
        with programs(house, web, live):
            wait_until(lambda now=start: all_listen(now), seconds=120, what="boards listen")
            wait_until(all_know, seconds=120, what="each knows what was raised while nobody listened")
            raised.add(raise_card(house, f"while-they-listen-{start}"))
            wait_until(all_know, seconds=120, what="each knows the card")
        raised.add(raise_card(house, f"while-all-is-down-{start}"))
    with programs(house, web, live):
        wait_until(all_know, seconds=120, what="each knows each card")
        for board in boards:
            board.close()
    print(json.dumps({"boards": BOARDS, "starts": STARTS + 1, "cards": len(raised)}))
    assert "Traceback" not in (house.home / "deploy.log").read_text()
    house.manage("check_invariants")
