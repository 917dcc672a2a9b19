"""What dies in the middle of a call: it stays one call with a true result, and its agent has one state."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from callcenter.ports import a_free_port
from tests.processes.house import House, wait_until
from tests.processes.test_faults import crash_the_database

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
SECRET = "una-clave"
NUMBER = "+59170712345"
SETTLE = """
from django.utils import timezone
from agents.models import Agent, By, Role, Team, User
from agents.states import Event, change_state
from telephony.models import Extension, Switchboard
user = User.objects.create(username="ana", role=Role.AGENT)
agent = Agent.objects.create(user=user, team=Team.objects.create(name="Norte"))
board = Switchboard.objects.create(name="Central", host="127.0.0.1", port=%(port)d, user="callcenter", is_on=True)
Extension.objects.create(switchboard=board, number="1001")
change_state(agent=agent, event=Event.SIGNED_IN, now=timezone.now(), by=By.DESK)
"""
CLICK = """
from django.utils import timezone
from agents.models import Agent
from telephony.dialling import ask_to_call
from telephony.models import Extension
ask_to_call(agent=Agent.objects.get(), extension=Extension.objects.get(), number=%r, now=timezone.now())
"""
HANG_UP = """
from django.utils import timezone
from telephony.dialling import ask_to_hang_up
from telephony.models import OutgoingCall
ask_to_hang_up(call=OutgoingCall.objects.under_way().get(), now=timezone.now())
"""


class Floor:
    """A house with a played switchboard, who listens to it, and an agent who sits at extension 1001."""

    def __init__(self, house: House) -> None:
        self.house, self.port, self.knobs = house, a_free_port(), a_free_port()
        house.environment["SWITCHBOARD_SECRET"] = SECRET
        house.manage("shell", "-v0", "-c", SETTLE % {"port": self.port})
        self.board = self.play()
        self.listener = house.start("manage.py", "listen_to_switchboard")
        self.is_linked()

    def play(self) -> int:
        options = ("--port", str(self.port), "--knobs", str(self.knobs), "--picks-up", "0.3")
        pid = self.house.start("-m", "sandbox.switchboard", *options)
        turned = {"customers": "answers", "talks": [500, 500], "extensions": {"1001": {"picks_up": 0.3}}}
        wait_until(lambda: self.turn(**turned), what="the switchboard is there")
        return pid

    def turn(self, **knobs: Any) -> bool:
        address = f"http://127.0.0.1:{self.knobs}/knobs"
        asked = urllib.request.Request(address, json.dumps(knobs).encode(), {"Content-Type": "application/json"})  # noqa: S310  # this machine's
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def is_linked(self) -> None:
        up = "SELECT true FROM telephony_listening WHERE connected_at IS NOT NULL AND lease_until > now()"
        wait_until(lambda: self.house.value(up), what="it is linked")

    def click(self) -> None:
        self.house.manage("shell", "-v0", "-c", CLICK % NUMBER)

    def is_talking(self) -> None:
        talks = "SELECT true FROM telephony_outgoingcall WHERE state = 'talking'"
        wait_until(lambda: self.house.value(talks), what="they talk")
        wait_until(lambda: self.states() == ["on_a_call"], what="she is on a call")

    def hang_up(self) -> None:
        self.house.manage("shell", "-v0", "-c", HANG_UP)

    def ends(self, outcome: str) -> None:
        """One call, over, with that outcome; and she wraps it up."""
        try:
            wait_until(lambda: self.stands() == [("over", outcome)], what=f"it is {outcome}")
            wait_until(lambda: self.states() == ["wrapping_up"], what="she wraps up")
        except AssertionError as late:
            raise AssertionError(f"{late}, but {self.stands()} {self.states()}\n{self.house.last_words()}") from None
        self.house.manage("check_invariants")

    def stands(self) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in self.house.rows("SELECT state, outcome FROM telephony_outgoingcall")]

    def states(self) -> list[str]:
        return [row[0] for row in self.house.rows("SELECT state FROM agents_agentstate WHERE ended_at IS NULL")]


@pytest.fixture
def floor(house: House) -> Floor:
    return Floor(house)


def test_a_call_outlives_its_listener_the_database_and_the_broker(floor: Floor) -> None:
    floor.click()
    floor.is_talking()
    floor.house.kill(floor.listener)
    floor.house.empty_queue()
    floor.house.start("manage.py", "listen_to_switchboard")
    floor.is_linked()
    crash_the_database(floor.house)
    wait_until(lambda: floor.house.value("SELECT 1"), what="the database is back")
    floor.is_linked()
    floor.is_talking()
    floor.hang_up()
    floor.ends("answered")


def test_a_switchboard_that_dies_while_it_rings_leaves_a_call_of_which_nobody_knows(floor: Floor) -> None:
    floor.turn(customers="no_answer", rings=500)
    floor.click()
    rings = "SELECT true FROM telephony_outgoingcall WHERE state = 'customer_rings'"
    wait_until(lambda: floor.house.value(rings), what="the customer's telephone rings")
    floor.house.kill(floor.board)
    floor.play()
    floor.is_linked()
    floor.ends("unknown")
