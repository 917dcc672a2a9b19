"""104's reserve: agents search for people whose number is in reserve, and then everything they can reach is read.

The systems are the sandbox's, over HTTP. Smartflex is another matter: whoever calls 101 about a line of her own says
its number herself, and the agent needs it there (docs/decisions/0117).
"""

from __future__ import annotations

import io
import json
import logging
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Agent, DataPolicy, User
from inbound.models import Footstep, OutsideSystem, ReservedSearch, ServiceLine, Walk
from inbound.outside.reaching import look_up
from inbound.walks.state import read_state
from inbound.writes.delivering import deliver_due
from tests.callcenter.test_every_address import ADDRESSES, ADMIN, ROUTED
from tests.callcenter.world import World, world
from tests.campaigns.conftest import december, house_rules, make_contact
from tests.inbound.flows_to_read import LINES
from tests.inbound.lines_on_file import publish_every_flow
from tests.inbound.other_side import OtherSide
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["december", "house_rules", "make_contact", "sandbox", "sandbox_process", "world"]
pytestmark = pytest.mark.django_db
STEPS_OF_A_CALL = 25
SEARCHES = ("104", "4200224", "4251000", "800131313")  # lines that look for somebody by what the caller says
LOGGERS = ("", "httpx", "httpcore", "django", "django.server", "django.db.backends", "inbound", "systems")
Told = dict[str, str]  # where, and what was said there


class Subscriber:
    """One entry of Guiatel, and what gives her away."""

    def __init__(self, name: str, address: str, number: str) -> None:
        self.name, self.address, self.number = name, address, number

    def is_in(self, text: str) -> bool:
        """Whether her number stands in it, however it is written: 4251000, 425-1000, +591 4 4251000."""
        return re.search("[ -]?".join(self.number), text) is not None


def subscribers(sandbox: RunningSandbox, *, reserved: bool) -> list[Subscriber]:
    """Some whom name and address tell apart from everybody else."""
    rows = sandbox.rows(
        "SELECT name, address, number FROM sandbox_directoryentry d WHERE is_reserved = %s AND NOT EXISTS ("
        "  SELECT FROM sandbox_directoryentry o WHERE o.id <> d.id AND o.address = d.address)"
        " ORDER BY id LIMIT 2",
        reserved,
    )
    assert len(rows) == 2
    return [Subscriber(*row) for row in rows]


class Reader:
    """A browser that keeps all that was said to it: pages, fragments, messages, headers, and cells of workbooks."""

    def __init__(self, person: User, told: Told, *, htmx: bool = False) -> None:
        self.client, self.told, self.who = Client(raise_request_exception=False), told, str(person)
        self.headers = {"HX-Request": "true"} if htmx else {}
        self.client.force_login(person)

    def ask(self, path: str, sends: dict[str, Any] | None = None, *, follow: bool = False) -> Any:
        if sends is None:
            answer = self.client.get(path, headers=self.headers, follow=follow)
        else:
            answer = self.client.post(path, sends, headers=self.headers, follow=follow)
        place = f"{self.who} {'GET' if sends is None else 'POST'} {path}"
        self.told[f"{place} #{len(self.told)}"] = words_of(answer)
        return answer


def words_of(answer: HttpResponseBase) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    text = content.decode("utf-8", "replace")
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as workbook:
            text = "\n".join(workbook.read(name).decode("utf-8", "replace") for name in workbook.namelist())
    if answer.headers["Content-Type"].startswith("text/plain; version="):  # metrics: seconds may have any digits
        text = re.sub(r" [\d.e+-]+$", "", text, flags=re.MULTILINE)
    return "\n".join((*(f"{name}: {value}" for name, value in answer.items()), text))


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """What any logger says at any level; of statements, with their values, while queries are captured."""
    log = io.StringIO()
    root, kept, levels = logging.getLogger(), logging.getLogger().handlers[:], {}
    root.handlers = [logging.StreamHandler(log)]
    for name in LOGGERS:
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield log
    finally:
        root.handlers = kept
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def attend(reader: Reader, line: str, whom: Subscriber) -> Walk:
    """A call of a line, over HTTP, in which all that is asked for is answered with what the caller says of `whom`."""
    key = uuid.uuid4()
    reader.ask(reverse("inbound:begin"), {"line": line, "key": str(key)}, follow=True)
    walk = Walk.objects.get(key=key)
    for _step in range(STEPS_OF_A_CALL):
        here = read_state(walk=Walk.objects.select_related("line", "agent__user").get(pk=walk.pk))
        if here.walk.ended_at is not None:
            break
        sends: dict[str, Any] = {"position": here.footstep.position, "confirmed": "yes"}
        verb = "answer"
        if here.step.kind == "look_up":
            verb = "look" if not (here.footstep.by_hand or here.footstep.trouble) else "by_hand"
        for field in here.step.fields:
            if field.type == "customer":
                search = {"text": whom.name, "field": field.name}
                reader.ask(reverse("inbound:walk_customers", args=[key]), search)
                if field.required:
                    return walk  # what comes then is her own affair, and no search of a number
            said = {
                "address": whom.address,
                "name": whom.name,
                "text": whom.name,
                "choice": (*field.choices, ("", ""))[0][0],
            }
            sends[field.name] = said.get(field.type, "")
        if here.step.kind == "decide":
            sends["branch"] = here.footstep.proposed or here.step.ways[0].name
        reader.ask(reverse("inbound:walk_draft", args=[key]), sends)
        reader.ask(reverse(f"inbound:walk_{verb}", args=[key]), sends)
    return walk


@pytest.fixture
def lines(db: None, settings: Any, sandbox: RunningSandbox, now: datetime) -> RunningSandbox:
    connect(settings, sandbox)
    publish_every_flow(now=now)
    DataPolicy.objects.create(searches_a_minute=30_000, searches_a_day=1_000_000)  # she asks as fast as a machine does
    return sandbox


@pytest.fixture
def crawl(world: World, ines: User, lines: RunningSandbox, now: datetime) -> Callable[[list[Subscriber]], Told]:
    """Search for these people on every line; then read all addresses, the log, the tables and what went out."""

    def read(people: list[Subscriber]) -> Told:
        told: Told = {}
        before = {tuple(deed.items()) for deed in map(_flat, lines.book())}
        world.furnish()
        with everything_logged() as log:
            with CaptureQueriesContext(connection):  # so that statements are logged with their values
                ana = Reader(world.ana.user, told, htmx=True)
                walks = [attend(ana, line, whom) for whom in people for line in SEARCHES]
                for line in LINES:
                    if line not in SEARCHES:
                        attend(ana, line, people[0])
                deliver_due(now=now)
            for walk in walks:
                world.walk = walk
                for reader in (Reader(world.ana.user, told), Reader(world.elena, told)):
                    _read_addresses(reader, world, of_a_walk=True)
            for who in ("ana", "elena", "ines"):  # what others may open is a part of what these may
                _read_addresses(Reader(world.user(who), told), world, of_a_walk=False)
            for name in ADMIN:
                if not ROUTED[name].pattern.regex.groupindex and not name.endswith(("_add", "logout", "jsi18n")):
                    Reader(ines, told).ask(reverse(name))
        told["log"] = log.getvalue()
        told["tables"] = "\n".join(_every_row())
        told["what went out"] = json.dumps([d for d in map(_flat, lines.book()) if tuple(d.items()) not in before])
        return told

    return read


def _flat(deed: dict[str, Any]) -> dict[str, str]:
    return {name: json.dumps(value, sort_keys=True) for name, value in deed.items()}


def _read_addresses(reader: Reader, world: World, *, of_a_walk: bool) -> None:
    for address in ADDRESSES:
        if of_a_walk is not address.name.startswith("inbound:walk"):
            continue
        path = reverse(address.name, kwargs=address.of(world) if address.of else {})
        sends = address.sends(world) if callable(address.sends) else address.sends
        with transaction.atomic():  # what a visit changes is undone
            reader.ask(path, sends)
            transaction.set_rollback(True)


def _every_row() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            yield from (f"{table} {row}" for (row,) in cursor.fetchall())


def test_no_number_in_reserve_is_found_anywhere_an_agent_can_reach(
    crawl: Callable[[list[Subscriber]], Told], lines: RunningSandbox, ana: Agent
) -> None:
    """And the same crawl finds who is not in reserve, or it would be blind: on the step's fragment, on the page, in the
    supervisor's, in the tables.
    """
    hidden, listed = subscribers(lines, reserved=True), subscribers(lines, reserved=False)
    told = crawl([*hidden, *listed])
    assert [(where, one.number) for where, text in told.items() for one in hidden if one.is_in(text)] == []
    assert Walk.objects.filter(line__number="104", result="not_registered").count() == len(hidden)
    assert ReservedSearch.objects.filter(by=ana.user).count() == ReservedSearch.objects.count() == len(hidden)
    kept = [str(found) for found in Footstep.objects.exclude(found=None).values_list("found", flat=True)]
    assert [one.name for one in hidden if any(one.name in found or one.address in found for found in kept)] == []
    for one in listed:
        places = [where for where, text in told.items() if one.is_in(text)]
        assert any("/answer/" in place or "/look/" in place for place in places), one.number
        assert any(re.match(r"Ana GET /lines/walks/[^/]+/ ", place) for place in places), one.number
        assert any(place.startswith("Elena GET") for place in places), one.number
        assert {"log", "tables"} <= set(places), one.number


def test_searching_without_an_address_tells_the_listed_and_keeps_the_reserved(
    lines: RunningSandbox, ana: Agent, now: datetime
) -> None:
    """A name that both have."""
    names = lines.rows(
        "SELECT DISTINCT split_part(name, ' ', 1) FROM sandbox_directoryentry WHERE is_reserved LIMIT 40"
    )
    met = 0
    for (name,) in names:
        there = lines.post("guiatel/search", {"name": name}).json()["entries"]
        hidden = {entry["number"] for entry in there if entry["reserved"]}
        looked = look_up(name="guiatel.search", arguments={"name": name}, now=now, by=ana.user)
        assert {entry["number"] for entry in looked.found["entries"]} == {e["number"] for e in there} - hidden
        met += bool(hidden)
    assert met
    assert ReservedSearch.objects.count() == met


# -- ways round --------------------------------------------------------------------------------------------------------

ENTRY = {"name": "Rosa Flores", "address": "Calle Sucre 12", "number": "4251234", "reserved": False}


def test_who_stands_twice_and_once_in_reserve_is_in_reserve(side: OtherSide, ana: Agent, now: datetime) -> None:
    twice = [ENTRY, ENTRY | {"number": "425-1234", "name": "Flores R.", "reserved": True}]
    side.answers["guiatel/search"] = {"entries": twice, "more": False}
    looked = look_up(name="guiatel.search", arguments={"name": "Flores"}, now=now, by=ana.user)
    assert looked.found == {"entries": [], "more": False}
    assert ReservedSearch.objects.get().reserved == 2


@pytest.mark.parametrize("status", [404, 409, 422, 503])
def test_what_guiatel_says_of_a_refusal_is_not_passed_on(side: OtherSide, now: datetime, status: int) -> None:
    side.says[""] = (status, {"error": "El 4251234 de Rosa Flores está en reserva."})
    looked = look_up(name="guiatel.search", arguments={"name": "Flores"}, now=now)
    assert (looked.found, looked.by_hand) == (None, True)
    assert "Guiatel" in looked.trouble
    assert "4251234" not in looked.trouble
    assert "reserva" not in looked.trouble


def test_a_call_of_104_cannot_look_for_customers_of_smartflex(lines: RunningSandbox, ana: Agent) -> None:
    """Their telephones are there as well; only a step that asks who the customer is may search."""
    hidden = subscribers(lines, reserved=True)[0]
    told: Told = {}
    reader = Reader(ana.user, told)
    walk = attend(reader, "104", hidden)
    ended = reader.ask(reverse("inbound:walk_customers", args=[walk.key]), {"text": hidden.name})
    assert hidden.name.title() not in words_of(ended)
    begun = uuid.uuid4()
    reader.ask(reverse("inbound:begin"), {"line": "104", "key": str(begun)})
    assert reader.ask(reverse("inbound:walk_customers", args=[begun]), {"text": hidden.name}).status_code == 404
    assert ServiceLine.objects.get(number="104").walks.count() == 2


def test_who_looks_by_hand_is_told_that_the_reserve_is_not_written(lines: RunningSandbox, ana: Agent) -> None:
    OutsideSystem.objects.filter(code="guiatel").update(mode="by_hand")
    told: Told = {}
    attend(Reader(ana.user, told, htmx=True), "104", subscribers(lines, reserved=True)[0])
    assert any("en reserva" in text for where, text in told.items() if "/look/" in where)
