"""A broker that accepts and never answers: clicks are answered as they were, and what they rang for is done later.

Compared within one run: the same clicks at the same pages, before and while it is silent.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from tests.faults.broker import Broker, Line
from tests.faults.desks import Desk, furnish, p95, pages, signed_in
from tests.processes.house import House, wait_until
from tests.processes.test_faults import CCVP, the_report_is_the_truth, wait_for_state

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
CLICKS = 150
SLOWER_AT_MOST = 3  # times, at the 95th percentile: a machine that does other things makes twice of one


@pytest.fixture
def line(broker: Broker) -> Iterator[Line]:
    line = Line(to=broker.port)
    yield line
    line.close()


@pytest.fixture
def behind_the_line(apart: House, line: Line, broker: Broker) -> House:
    apart.environment["REDIS_URL"] = broker.url.replace(str(broker.port), str(line.port))
    return apart


def test_results_keep_their_pace_while_the_broker_is_silent(behind_the_line: House, line: Line) -> None:
    house = behind_the_line
    cookies = furnish(house, agents=2, contacts=2 * CLICKS)
    with pages(house) as address:
        healthy, silent = (Desk(address, cookie) for cookie in cookies)
        healthy.take()
        silent.take()
        for desk in (healthy, silent):  # both processes have seen both
            for _click in range(20):
                desk.record()
            desk.took.clear()
        for _click in range(CLICKS):
            assert healthy.record() == 200
        with line.silent():
            for _click in range(CLICKS):
                assert silent.record() == 200
        tell("results", healthy.took, silent.took)
        assert p95(silent.took) < SLOWER_AT_MOST * p95(healthy.took)
        for desk in (healthy, silent):
            desk.close()
    assert house.value("SELECT count(*) FROM campaigns_attempt") == 2 * (CLICKS + 20)
    house.manage("check_invariants")


def test_clicks_that_ring_keep_their_pace_while_the_broker_is_silent(behind_the_line: House, line: Line) -> None:
    """A parked work is tried again: the door writes the row and rings."""
    house = behind_the_line
    report = house.receive(CCVP)
    cookie = signed_in(house, "elena", "supervisor")
    with pages(house) as address, httpx.Client(base_url=address, trust_env=False, timeout=120) as client:
        client.cookies.set(*cookie)

        def click() -> float:
            house.rows("UPDATE campaigns_report SET state = 'parked', parked_at = now() WHERE id = %s", report)
            page = client.get(f"/reports/{report}/").text
            token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
            answer = client.post(f"/reports/{report}/read-again/", data={"csrfmiddlewaretoken": token})
            assert answer.status_code == 302, answer.text
            assert house.state_of(report) == "waiting"
            return answer.elapsed.total_seconds()

        for _click in range(10):
            click()
        healthy = [click() for _click in range(CLICKS)]
        with line.silent():
            silent = [click() for _click in range(CLICKS)]
    tell("rings", healthy, silent)
    assert p95(silent) < SLOWER_AT_MOST * p95(healthy)
    house.manage("sync_schedule")
    house.empty_queue()
    house.worker()
    house.beat()
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)


def test_a_silent_broker_that_speaks_again_is_used_again(behind_the_line: House, line: Line) -> None:
    house = behind_the_line
    report = house.receive(CCVP)
    house.manage("sync_schedule")
    house.worker()
    house.beat()
    with line.silent():
        wait_until(lambda: "imeout" in house.last_words(), seconds=300, what="somebody misses its answer")
    wait_for_state(house, report, "published")
    the_report_is_the_truth(house)


def tell(what: str, healthy: list[float], silent: list[float]) -> None:
    told = {"p95 ms": round(p95(healthy) * 1000, 1), "silent ms": round(p95(silent) * 1000, 1)}
    print(json.dumps({"clicks": what, **told, "slowest ms": round(max(silent) * 1000)}))
