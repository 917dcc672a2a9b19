"""Workers as a site starts them, who hear of each other and obey nobody, under the house's user."""

from __future__ import annotations

import pytest
import redis

from tests.processes.house import House, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]
OPTIONS = ("--pool", "prefork", "--concurrency", "1", "--loglevel", "INFO")


def test_workers_hear_of_each_other_obey_nobody_and_are_refused_nothing(house: House) -> None:
    for name in ("ticks", "jobs"):
        house.start(
            "-m", "celery", "--app", "callcenter", "worker", *OPTIONS, "--queues", name, "--hostname", f"{name}@%h"
        )
    house.ring("callcenter.heartbeat")
    wait_until(lambda: {"worker", "jobs", "reader"} <= house.signs(), what="both sign")
    wait_until(lambda: house.last_words().count(" ready.") == 2, what="both hear what they are asked")
    told = house.run(
        "-m", "celery", "--app", "callcenter", "inspect", "ping", "--timeout", "5", code=69
    )  # EX_UNAVAILABLE
    assert "pong" not in told  # whoever has the queue's password stops no worker, and reads no settings
    assert "evalsha" in commands_asked(house), "the lock under which lost tasks come back was opened"
    assert house.refused() == []


def commands_asked(house: House) -> set[str]:
    with redis.Redis.from_url(house.queue_owner_url) as owner:
        return {name.removeprefix("cmdstat_") for name in owner.info("commandstats")}
