"""One call by the pages of an agent's screen, fragment by fragment as the browser asks for them."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from inbound.models import Walk


class Call:
    """One call on an agent's screen: what she presses, and the page as it then stands."""

    def __init__(self, screen: Client, line: str) -> None:
        self.screen, self.once = screen, uuid.uuid4()
        self.address = self.begin(line)
        self.page = screen.get(self.address).content.decode()

    @classmethod
    def of_a_card(cls, screen: Client, card: int) -> Call:
        """The supervisor's lane of a card she has; pressed twice it is one."""
        lane = cls.__new__(cls)
        lane.screen = screen
        (lane.address,) = {screen.post(f"/lines/cards/{card}/attend/").headers["Location"] for _press in range(2)}
        lane.once = Walk.objects.get(escalation=card).key
        lane.page = screen.get(lane.address).content.decode()
        return lane

    def begin(self, line: str) -> str:
        return self.screen.post("/lines/begin/", {"line": line, "key": str(self.once)}).headers["Location"]

    @property
    def title(self) -> str:
        found = re.search(r'id="step-title"[^>]*>([^<]+)<', self.page)
        assert found, "a step stands on the page"
        return found[1]

    @property
    def position(self) -> str:
        return re.findall(r'name="position" value="(\d+)"', self.page)[0]

    @property
    def proposed(self) -> str:
        found = re.search(r'class="way proposed"\s+name="branch"\s+value="(\w+)"', self.page)
        return found[1] if found else ""

    @property
    def walk(self) -> Walk:
        return Walk.objects.get(key=self.once)

    def press(self, verb: str = "answer", *, at: str = "", **sent: Any) -> int:
        """One verb of the page; what it asks for by itself is asked for, as the browser does. Returns the status."""
        status = self._send(verb, at=at, **sent)
        while waits := re.search(r'class="looking( awaited)?"', self.page):
            self._send("outcome" if waits[1] else "look")
        return status

    def _send(self, verb: str, *, at: str = "", **sent: Any) -> int:
        said = {"position": at or self.position, **sent}
        answer = self.screen.post(f"{self.address}{verb}/", said, headers={"HX-Request": "true"})
        self.page = answer.content.decode()
        return answer.status_code

    def identify(self, contract: str, name: str) -> None:
        self.press()
        self.press(customer=contract, customer_name=name)

    def finish(self) -> None:
        for _step in range(6):
            if self.walk.ended_at:
                return
            self.press()
        pytest.fail(f"the call does not end: {self.title}")
