"""Another program that is told what happens, on a port of this machine, and what makes something happen."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from agents.sealing import seal
from notices.models import Delivery, EventKind, Webhook
from notices.programs import delivering
from notices.programs.announcing import announce

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Program:
    """Another program: what it was told, and what it answers."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.takes = 0.0
        program = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                program.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                time.sleep(program.takes)
                self.send_response(program.answers.pop(0) if program.answers else 204)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/told"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def facts(self) -> list[Any]:
        return [json.loads(body)["data"].get("n") for _headers, body in self.told]


def hook(url: str, now: datetime, name: str = "CRM", *kinds: EventKind) -> Webhook:
    named = [kind.value for kind in kinds or (EventKind.CARD,)]
    return Webhook.objects.create(name=name, url=url, kinds=named, secret=seal(SECRET), secret_since=now)


def happens(now: datetime, *numbers: int, subject: str = "card:1") -> None:
    for number in numbers:
        announce(EventKind.CARD, subject=subject, facts={"n": number}, at=now)


def deliver(now: datetime) -> int:
    return delivering.deliver_due(clock=lambda: now)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))
