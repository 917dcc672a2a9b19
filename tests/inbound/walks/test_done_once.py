"""One top-up, one block, whatever is clicked and whatever the wire does: proved against the sandbox's own book."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.models import Agent, User
from inbound.models import OutsideSystem, OutsideWrite
from inbound.writes.delivering import deliver_due, recover
from tests.inbound.a_call import Call
from tests.inbound.lines_on_file import publish_every_flow
from tests.processes.house import wait_until
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4
REQUESTER = {
    "requester_name": "Rosa Flores",
    "requester_card": "3456789 CB",
    "requester_is": "other",
    "requester_kinship": "child",
}
FRESH = (
    "SELECT contract, name, service_number FROM sandbox_product JOIN sandbox_customer USING (contract)"
    " JOIN sandbox_{table} line ON line.number = service_number WHERE sandbox_product.state = 'active' {only}"
    " ORDER BY contract LIMIT 1"
)


@dataclass
class Deed:
    """A step that touches money or a SIM: who does it, and how a call comes to stand before it."""

    system: str
    verb: str
    line: str
    table: str
    only: str = ""
    ways: tuple[str, ...] = ()
    more: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.system}.{self.verb}"


FIJACOM = Deed("c_cli4g", "top_up", "109", "fijacomline")
MIO = Deed("qbc", "top_up", "800130001", "mioline", "AND line.state = 'active'", ("mio", "balance"))
SIM = Deed(
    "mio",
    "block_sim",
    "800130001",
    "mioline",
    "AND line.state = 'active'",
    ("mio", "theft", "theirs"),
    {"reason": "En el bus"},
)


class AtTheStep:
    """A call that stands before the step, and what the other system says of its line."""

    def __init__(self, deed: Deed, screen: Client, sandbox: RunningSandbox) -> None:
        self.deed, self.sandbox = deed, sandbox
        self.contract, self.name, self.number = sandbox.rows(FRESH.format(table=deed.table, only=deed.only))[0]
        self.before = self.line()
        self.call = Call(screen, deed.line)
        self.amount = str(sandbox.value(f"SELECT amounts[1] FROM sandbox_{deed.table} WHERE number = %s", self.number))
        data = {**REQUESTER, "amount": self.amount, **deed.more}
        if deed is FIJACOM:
            self.call.press(number=self.number, **data)
            self.call.press(branch="shown")
        else:
            self.call.identify(self.contract, self.name)
            self.call.press(branch=deed.ways[0])
            self.call.press(number=self.number)
            for branch in deed.ways[1:]:
                self.call.press(branch=branch)
                if branch == "theft":
                    self.call.press(contract=self.contract)
        self.call.press(**data)
        if deed is SIM:
            assert self.call.press(confirmed="yes") == 200  # its suspension in LBC comes first
        self.position = self.call.position

    def line(self) -> Any:
        columns = "balance, state" if self.deed.table == "mioline" else "balance, ''"
        return self.sandbox.rows(f"SELECT {columns} FROM sandbox_{self.deed.table} WHERE number = %s", self.number)[0]

    @property
    def deeds(self) -> list[dict[str, Any]]:
        """What the book of the other system says of this line."""
        book = self.sandbox.book(system=self.deed.system)
        return [one for one in book if one["verb"] == self.deed.verb and one["payload"]["number"].endswith(self.number)]

    @property
    def writes(self) -> list[OutsideWrite]:
        return list(OutsideWrite.objects.filter(action=str(self.deed), to_whom__endswith=self.number))

    def assert_done_once(self) -> None:
        (write,) = self.writes
        assert write.state == "done", write.last_error
        (deed,) = self.deeds
        assert (deed["key"], deed["reference"]) == (write.key, write.reference)
        balance, state = self.line()
        if self.deed is SIM:
            assert (self.before[1], balance, state) == ("active", self.before[0], "blocked")
        else:
            assert (balance, state) == (self.before[0] + Decimal(self.amount), self.before[1])


@pytest.fixture
def at_the_step(
    settings: Any, sandbox: RunningSandbox, ana: Agent, signed_in: Callable[..., Client]
) -> Callable[[Deed], AtTheStep]:
    connect(settings, sandbox)
    publish_every_flow(now=timezone.now())
    return lambda deed: AtTheStep(deed, signed_in(ana), sandbox)


def sweep(*, later: timedelta = timedelta()) -> int:
    return deliver_due(now=timezone.now() + later)


@pytest.mark.parametrize("deed", [FIJACOM, MIO, SIM], ids=str)
def test_a_double_click_and_several_sweeps_at_once_do_it_once(deed, at_the_step, ana, signed_in):
    here = at_the_step(deed)
    address, sent = f"{here.call.address}answer/", {"position": here.position, "confirmed": "yes"}
    screens = [signed_in(ana) for _click in range(AT_ONCE)]

    def click(screen: Client) -> int:
        try:
            return screen.post(address, sent, headers={"HX-Request": "true"}).status_code
        finally:
            connection.close()

    def sweep_and_close(_nth: int) -> int:
        try:
            return sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        assert set(crowd.map(click, screens)) == {200}, "each is shown that its answer is waited for"
        assert sum(crowd.map(sweep_and_close, range(AT_ONCE))) == 1
    here.assert_done_once()


@pytest.mark.parametrize("deed", [FIJACOM, MIO, SIM], ids=str)
def test_a_second_tab_is_told_that_the_step_was_answered(deed, at_the_step, ana, signed_in):
    here = at_the_step(deed)
    other = signed_in(ana)
    assert here.deed.line in other.get(here.call.address).content.decode()
    assert here.call.press(confirmed="yes") == 200
    sweep()
    sent = {"position": here.position, "confirmed": "yes"}
    answer = other.post(f"{here.call.address}answer/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "ya se respondió" in answer.content.decode()
    sweep()
    here.assert_done_once()


@pytest.mark.parametrize("is_delivered", [False, True], ids=["waiting", "delivered"])
@pytest.mark.parametrize("deed", [FIJACOM, MIO, SIM], ids=str)
def test_going_back_and_sending_it_again_does_it_once(deed, is_delivered, at_the_step):
    here = at_the_step(deed)
    assert here.call.press(confirmed="yes") == 200
    if is_delivered:
        sweep()
    assert here.call.press("back", to=here.position) == 200
    assert "no se hará otra vez" in here.call.page
    assert here.call.press(confirmed="yes") == 200
    sweep()
    sweep(later=timedelta(hours=1))
    here.assert_done_once()


@pytest.mark.parametrize("deed", [FIJACOM, MIO, SIM], ids=str)
def test_a_time_out_after_the_effect_is_never_sent_again_and_a_person_settles_it(
    deed, at_the_step, sandbox, elena: User, signed_in
):
    here = at_the_step(deed)
    OutsideSystem.objects.filter(code=deed.system).update(timeout_seconds="0.5")
    sandbox.turn(deed.system, mode="timed_out_after_doing")
    assert here.call.press(confirmed="yes") == 200
    sweep()
    (write,) = here.writes
    assert (write.state, write.attempts) == ("uncertain", 1)
    wait_until(lambda: here.deeds, what="the other side has done it")
    assert len(here.deeds) == 1  # and nobody here knows
    sandbox.turn(deed.system)
    for hours in (1, 24):
        recover(now=timezone.now() + timedelta(hours=hours))
        sweep(later=timedelta(hours=hours))
    assert here.call.press("back", to=here.position) == 200
    assert here.call.press(confirmed="yes") == 200
    sweep(later=timedelta(hours=25))
    (write,) = here.writes
    assert (write.state, write.attempts) == ("uncertain", 1)
    told = {"outcome": "done", "reference": here.deeds[0]["reference"], "reason": "Libro del otro sistema"}
    signed_in(elena).post(reverse("inbound:write_settle", args=[write.pk]), told)
    sweep(later=timedelta(hours=26))
    assert here.writes[0].state == "done"
    here.assert_done_once()
