"""The broker killed, emptied and impatient: it is a doorbell, and what was owed is done without it ringing."""

from __future__ import annotations

import re

import pytest

from tests.faults.broker import Broker
from tests.faults.halting import OF_AN_INTAKE, dice, halted_at, stands_there, watch
from tests.faults.test_killed_workers import ROWS, STAGED, attempts, nothing_is_half_done
from tests.processes.house import House, wait_until
from tests.processes.test_faults import CCVP, let_the_lease_run_out, the_report_is_the_truth, wait_for_state

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
IMPATIENT = """
import sys
from callcenter.celery import app
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": 2}
app.worker_main(sys.argv[1:])
"""
COPIES = 2  # what a copy finds is somebody's: it ends at once, and with it the message, so that no third one comes
RECEIVED = re.compile(r"Task campaigns\.take_in_report\[[\w-]+\] received")
LOST = "Connection to broker lost"


def received(house: House) -> int:
    """How many times a worker was given the report."""
    return sum(len(RECEIVED.findall(log.read_text())) for log in house.home.glob("started-*.log"))


def says(house: House, words: str) -> bool:
    return any(words in log.read_text() for log in house.home.glob("started-*.log"))


@pytest.mark.parametrize("when", ["owed", "queued", "running"])
def test_a_queue_that_is_flushed_loses_no_work(apart: House, when: str) -> None:
    watch(apart, *OF_AN_INTAKE)
    report = apart.receive(CCVP)
    apart.manage("sync_schedule")
    if when == "running":
        apart.worker()
        with halted_at(apart, dice().randrange(1, ROWS)):
            apart.ring("campaigns.take_in_report", report_id=report)
            stands_there(apart)
            apart.empty_queue()
    else:
        if when == "queued":
            apart.ring("campaigns.take_in_report", report_id=report)
            assert apart.queue_length() == 1
        apart.empty_queue()
        apart.worker()
        apart.beat()
    wait_for_state(apart, report, "published")
    assert attempts(apart, report) == 1
    the_report_is_the_truth(apart)


@pytest.mark.parametrize("keeps_its_file", [True, False], ids=["with its file", "without its file"])
def test_a_broker_killed_while_something_is_queued(apart: House, broker: Broker, keeps_its_file: bool) -> None:
    report = apart.receive(CCVP)
    apart.worker(queues="ticks")  # somebody is connected to it, and finds it again
    wait_until(lambda: says(apart, "ready."), what="the worker is ready")
    apart.ring("campaigns.take_in_report", report_id=report)
    broker.kill()
    if not keeps_its_file:
        broker.lose_its_file()
    broker.start()
    assert apart.queue_length() == int(keeps_its_file)
    apart.worker("jobs", queues="jobs")
    if not keeps_its_file:
        apart.manage("sync_schedule")
        apart.beat()
    wait_for_state(apart, report, "published")
    the_report_is_the_truth(apart)


@pytest.mark.parametrize("keeps_its_file", [True, False], ids=["with its file", "without its file"])
def test_a_broker_killed_while_a_report_is_taken(apart: House, broker: Broker, keeps_its_file: bool) -> None:
    """Nobody rings and nobody makes a lease shorter: workers and beat find the broker again by themselves."""
    watch(apart, *OF_AN_INTAKE)
    report = apart.receive(CCVP)
    apart.manage("sync_schedule")
    apart.worker(children=2)
    with halted_at(apart, dice().randrange(1, ROWS)):
        apart.ring("campaigns.take_in_report", report_id=report)
        stands_there(apart)
        apart.beat()
        broker.kill()
        if not keeps_its_file:
            broker.lose_its_file()
        wait_until(lambda: says(apart, LOST), seconds=300, what="the worker misses its broker")
        broker.start()
        nothing_is_half_done(apart)
    wait_for_state(apart, report, "published")
    assert attempts(apart, report) <= 2
    the_report_is_the_truth(apart)


def test_a_visibility_time_out_shorter_than_the_task_makes_copies_and_one_effect(apart: House) -> None:
    watch(apart, *OF_AN_INTAKE)
    report = apart.receive(CCVP)
    options = ["worker", "--concurrency", "4", "--loglevel", "INFO", "--queues", "ticks,jobs", "--without-gossip"]
    for name in ("one", "two"):
        apart.start("-c", IMPATIENT, *options, "--without-mingle", "--hostname", f"{name}@%h")
    with halted_at(apart, dice().randrange(STAGED, ROWS)):
        apart.ring("campaigns.take_in_report", report_id=report)
        stands_there(apart)
        wait_until(lambda: received(apart) >= COPIES, seconds=300, what="the broker hands out copies of it")
    wait_for_state(apart, report, "published")
    assert attempts(apart, report) == 1
    the_report_is_the_truth(apart)


def test_one_message_ten_times_at_once_has_one_effect(apart: House) -> None:
    report = apart.receive(CCVP)
    for _ring in range(10):
        apart.ring("campaigns.take_in_report", report_id=report)
    assert apart.queue_length() == 10
    for name in ("one", "two"):
        apart.worker(name, children=5)
    wait_until(lambda: received(apart) == 10, seconds=300, what="each of them was taken")
    wait_for_state(apart, report, "published")
    assert attempts(apart, report) == 1
    the_report_is_the_truth(apart)


def test_two_workers_that_both_think_the_other_dead_publish_once(apart: House) -> None:
    """The lease of one that works runs out by a mistake of somebody: the fence tells which of the two is late."""
    watch(apart, *OF_AN_INTAKE)
    report = apart.receive(CCVP)
    apart.worker(children=2)
    with halted_at(apart, dice().randrange(1, STAGED)):
        apart.ring("campaigns.take_in_report", report_id=report)
        stands_there(apart)
        let_the_lease_run_out(apart, report)
        apart.ring("campaigns.take_in_report", report_id=report)
        wait_for_state(apart, report, "published")
    assert attempts(apart, report) == 2
    the_report_is_the_truth(apart)
