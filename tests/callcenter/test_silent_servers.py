"""A server that does not answer is asked by a thread of ours alone, until it answers: no click waits for it twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from callcenter import doorbell, silent_servers
from callcenter.silent_servers import Silence
from campaigns.tasks import take_in_report
from tests.processes.house import wait_until


class Down(Exception):
    """Nobody answers."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the server answered, each time it was asked."""
    monkeypatch.setattr(silent_servers, "ASKS_EVERY", 0.01)
    return []


def test_it_lasts_until_a_thread_of_ours_is_answered(asked: list[bool]) -> None:
    answers = threading.Event()

    def ask() -> None:
        asked.append(answers.is_set())
        if not answers.is_set():
            raise Down

    silence = Silence(ask, errors=(Down,))
    assert not silence.lasts()
    silence.begin()
    wait_until(lambda: len(asked) > 2, what="it is asked again and again")
    assert silence.lasts()
    answers.set()
    wait_until(lambda: not silence.lasts(), what="it is over")
    assert asked[-1] is True
    silence.begin()
    wait_until(lambda: asked.count(True) == 2, what="the next one is watched as well")


def test_a_thread_that_is_gone_leaves_it_to_whoever_works(monkeypatch: pytest.MonkeyPatch, asked: list[bool]) -> None:
    """As in a child of the process that had the thread; and where what was asked broke in another way."""
    monkeypatch.setattr(threading, "excepthook", lambda _what: None)
    monkeypatch.setattr(silent_servers, "NOT_ASKED_FOR", 0.05)
    silence = Silence(lambda: 1 / 0, errors=(Down,))
    silence.begin()
    wait_until(lambda: not silence.lasts(), what="somebody asks again")


@pytest.mark.django_db(transaction=True)
def test_who_cannot_ring_rings_no_more_until_the_broker_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[Any] = []

    def delay(**words: Any) -> None:
        rung.append(words)
        raise OperationalError

    broker = Silence(lambda: None, errors=(Down,))
    monkeypatch.setattr(broker, "_ask_until_answered", lambda: None)
    monkeypatch.setattr(doorbell, "BROKER", broker)
    monkeypatch.setattr(take_in_report, "delay", delay)
    for _click in range(3):
        with transaction.atomic():
            take_in_report.delay_on_commit(report_id=1)
    assert rung == [{"report_id": 1}]
