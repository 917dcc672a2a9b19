"""Of all that happens in a walkthrough no customer's name, card, contract or telephone is in the log, in what goes to
Valkey, or in a mail that is about none.
"""

from __future__ import annotations

import io
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings as of_the_house
from django.db import connection
from redis.exceptions import RedisError

from callcenter.logs import line_formatter
from notices.models import ABOUT_A_CUSTOMER, Notice

# Where a day writes down whom it was about.
WHOM = (
    "SELECT contract, name, identity_card FROM campaigns_contact",
    "SELECT unnest(telephones), right(telephones[1], 8), '' FROM campaigns_contact",
    "SELECT contract, customer_name, right(caller_number, 8) FROM inbound_walk",
    "SELECT to_whom, requester_name, requester_card FROM inbound_outsidewrite",
    "SELECT contract, customer_name, telephone FROM escalations_escalation",
    "SELECT '', '', right(telephone, 8) FROM escalations_escalation",
    "SELECT asked, '', '' FROM agents_search",
    "SELECT number, right(number, 8), dialled FROM telephony_outgoingcall",
)
SHORTEST = 6  # of a word that leads to somebody: shorter ones are found in anything


class Heard:
    """What a server of ours was told by this run, command by command."""

    def __init__(self) -> None:
        place = urlsplit(of_the_house.CACHES["default"]["LOCATION"])
        self._number = int(place.path.strip("/"))
        self._server = redis.Redis.from_url(of_the_house.QUEUE_OWNER_URL)
        self._words: list[str] = []
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def begin(self) -> None:
        self._thread.start()
        assert self._listens.wait(30), "Valkey lets nobody listen"

    def _listen(self) -> None:
        with suppress(RedisError, OSError, ValueError), self._server.monitor() as monitor:
            self._listens.set()
            for command in monitor.listen():
                if int(command["db"]) == self._number:
                    self._words.append(command["command"])

    def end(self) -> str:
        self._server.connection_pool.disconnect()
        return "\n".join(self._words)


@contextmanager
def logged_as_in_production() -> Iterator[io.StringIO]:
    told, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(told), root.level
    handler.setFormatter(line_formatter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield told
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def customers() -> set[str]:
    """Words that lead to somebody this day was about."""
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(WHOM))
        words = {str(word).strip() for row in cursor.fetchall() for word in row if word}
    return {word for word in words if len(word) >= SHORTEST and word != "Anonimizado"}


def named(text: str, whom: set[str]) -> set[str]:
    """Those of them that stand in a text by themselves, not inside of another number."""
    found = {word for word in whom if word in text}
    return {word for word in found if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)}


@pytest.fixture(autouse=True)
def nobody_is_named(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    """Around each walkthrough, after its last sentence."""
    heard = Heard()
    heard.begin()
    with logged_as_in_production() as log:
        yield
    said, whom = heard.end(), customers()
    if not whom:
        return  # of flows and kinds alone
    assert said, "nothing was heard"
    assert named(log.getvalue(), whom) == set(), "in the log"
    assert named(said, whom) == set(), "in Valkey"
    others = Notice.objects.exclude(kind__in=ABOUT_A_CUSTOMER).values_list("subject", "body")
    assert named("\n".join(word for row in others for word in row), whom) == set(), "in a mail that is about none"
