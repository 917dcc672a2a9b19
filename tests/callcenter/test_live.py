"""Open boards hear what changed: from a real program, of a real database, and nobody hears who should not."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils import timezone

from agents.models import Role, User
from agents.telling import tell_pages
from callcenter.heartbeats import last_sign
from callcenter.live import listening, streams
from callcenter.live.address import BOARDS, OWN
from callcenter.live.hub import BEAT, END, RESYNC, STREAMS_A_PERSON, WAITING_AT_MOST, Hub, TooMany, card
from callcenter.live.streams import who_listens
from escalations import working
from escalations.models import Escalation
from escalations.raising import raise_escalation
from tests.audit import by_its_owner
from tests.callcenter.boards import Board, Live, serving
from tests.processes.house import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("live")]
TOGETHER = 100


@pytest.fixture(scope="module")
def live(django_db_setup: None) -> Iterator[Live]:
    """Its pages come from port 8000; who listens is looked at every second."""
    with serving(LIVE_LOOKS_AGAIN="1", LIVE_BEAT="1") as running:
        yield running


def cookie_of(client: Client) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.fixture
def open_board(live: Live, signed_in: Callable[..., Client]) -> Iterator[Callable[..., Board]]:
    """Somebody's board that listens: `open_board(elena)`."""
    opened: list[Board] = []

    def open_one(person: User, *, path: str = BOARDS, **headers: str) -> Board:
        board = Board(live, cookie_of(signed_in(person)), path=path, **headers)
        opened.append(board)
        if board.answer.status == 200:
            wait_until(lambda: board.lines, what="the stream has begun")
        return board

    yield open_one
    for board in opened:
        board.close()


@pytest.fixture
def claim(elena: User) -> Escalation:
    return raise_escalation(
        key="walk:1:1", kind="billing_claim", line="102", reason="x", details={}, by=elena, now=timezone.now()
    )


def test_a_board_hears_of_what_was_committed_and_not_before(open_board, claim, elena):
    board = open_board(elena)
    assert board.answer.headers["Content-Type"] == "text/event-stream"
    assert board.lines[0] == "retry: 2000\n"
    beats = len(board.heard)
    with transaction.atomic():
        working.take(escalation_id=claim.pk, by=elena, now=timezone.now())
        wait_until(lambda: len(board.heard) >= beats + 2, what="two beats, a second apart")
        assert board.cards == []
    board.hears("card", f"{claim.pk}:1:taken:1")


def test_an_agent_hears_of_what_is_hers_and_of_nothing_else(open_board, claim, elena, ana, luis):
    hers, his, board = open_board(ana.user, path=OWN), open_board(luis.user, path=OWN), open_board(elena)
    assert open_board(elena, path=OWN).answer.status == 403
    with transaction.atomic():
        tell_pages([ana.user_id])
        working.take(escalation_id=claim.pk, by=elena, now=timezone.now())
    hers.hears("own", "changed")
    board.hears("card")
    assert [event for event, _data in hers.heard if event != "beat"] == ["own"]
    assert not {event for event, _data in his.heard} - {"beat"}
    assert not {event for event, _data in board.heard} - {"beat", "card"}


@pytest.mark.parametrize(
    "told", [("agents", "x"), ("agents", ""), ("cards", "1:1:new\n\nevent: card\ndata: 9:9:new"), ("cards", "x")]
)
def test_what_whoever_may_connect_notifies_goes_to_nobody_and_stops_nothing(told, open_board, claim, elena, ana):
    board, hers = open_board(elena), open_board(ana.user, path=OWN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", told)
    working.note(escalation_id=claim.pk, text="Llamó otra vez", by=elena, now=timezone.now())
    tell_pages([ana.user_id])
    board.hears("card", f"{claim.pk}:{Escalation.objects.get(pk=claim.pk).version}:new:1")
    hers.hears("own", "changed")
    assert not [card for card in board.cards if card.startswith("9:")]


def test_what_was_rolled_back_is_not_heard(open_board, claim, elena):
    board = open_board(elena)
    with transaction.atomic():
        working.take(escalation_id=claim.pk, by=elena, now=timezone.now())
        transaction.set_rollback(True)
    working.note(escalation_id=claim.pk, text="Llamó otra vez", by=elena, now=timezone.now())
    board.hears("card", f"{claim.pk}:{Escalation.objects.get(pk=claim.pk).version}:new:1")
    # that it was raised, a moment before the board was open, may be heard as well
    assert not [card for card in board.cards if ":new:" not in card]


def test_a_cut_connection_is_made_good_by_looking_at_everything(open_board, claim, elena):
    board = open_board(elena)
    with by_its_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'callcenter-live' AND datname = current_database()"
        )
        assert cursor.fetchall() == [(True,)]
    board.hears("resync")
    working.take(escalation_id=claim.pk, by=elena, now=timezone.now())
    board.hears("card", f"{claim.pk}:1:taken:1")


def test_a_hundred_boards_hear(open_board, claim):
    names = [f"s{number}" for number in range(TOGETHER // STREAMS_A_PERSON)]
    people = [User.objects.create(username=name, role=Role.SUPERVISOR) for name in names]
    boards = [open_board(person) for person in people for _turn in range(STREAMS_A_PERSON)]
    working.take(escalation_id=claim.pk, by=people[0], now=timezone.now())
    for board in boards:
        board.hears("card", f"{claim.pk}:1:taken:{TOGETHER}")


@pytest.mark.parametrize("end", ["signed out", "deactivated", "an agent from now on"])
def test_the_stream_ends_with_the_right_to_it(live, open_board, signed_in, elena, end):
    client = signed_in(elena)
    board = Board(live, cookie_of(client))
    board.hears("beat")
    if end == "signed out":
        client.logout()
    elif end == "deactivated":
        User.objects.filter(pk=elena.pk).update(is_active=False)
    else:
        User.objects.filter(pk=elena.pk).update(role=Role.AGENT)
    wait_until(lambda: board.ended, what="the stream has ended")


def test_only_who_sees_the_board_listens(live, open_board, ana, elena, oscar, ines):
    statuses = {person.username: open_board(person).answer.status for person in (ana.user, elena, oscar, ines)}
    assert statuses == {"ana": 403, "elena": 200, "oscar": 200, "ines": 403}
    assert live.status() == 403
    assert live.status(Cookie=f"{settings.SESSION_COOKIE_NAME}=nobodys") == 403
    assert live.status(method="POST") == 405
    assert [live.status(path=path) for path in ("/", "/escalations/", "/livez")] == [404, 404, 404]


def test_only_pages_of_the_web_read_it(live, open_board, elena):
    web = f"http://127.0.0.1:{live.web_port}"
    allowed = open_board(elena, Origin=web).answer
    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (200, web)
    assert allowed.headers["Access-Control-Allow-Credentials"] == "true"
    assert open_board(elena).answer.headers["Access-Control-Allow-Origin"] is None
    for origin in ("http://127.0.0.1:8090", f"https://127.0.0.1:{live.web_port}", "http://evil.example", "null"):
        answer = open_board(elena, Origin=origin).answer
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (403, None), origin


def test_one_person_has_ten_boards_and_a_closed_one_makes_room(open_board, elena):
    boards = [open_board(elena) for _turn in range(STREAMS_A_PERSON)]
    assert open_board(elena).answer.status == 429
    boards[0].close()
    wait_until(lambda: open_board(elena).answer.status == 200, what="there is room again")


def test_it_ends_at_once_and_lets_go_of_everybody(signed_in, elena, django_db_setup):
    """By itself: it would be killed long after the test has given up."""
    with serving(kill_after=600) as program:
        board = Board(program, cookie_of(signed_in(elena)))
        wait_until(lambda: board.lines, what="the stream has begun")
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(60) == 0
        wait_until(lambda: board.ended, what="the stream has ended")


def test_who_owes_a_second_factor_does_not_listen(settings, signed_in, elena, oscar):
    def listens(person):
        request = RequestFactory().get("/live/escalations/", headers={"Cookie": cookie_of(signed_in(person))})
        return who_listens(request, lambda user: user.sees_the_centre)

    assert (listens(elena), listens(oscar)) == (elena.pk, oscar.pk)
    settings.TOTP_REQUIRED, settings.TOTP_NOT_FOR = True, ["auditor"]
    assert (listens(elena), listens(oscar)) == (None, oscar.pk)


def test_a_listener_that_takes_nothing_is_told_to_look_at_everything_and_grows_no_more():
    async def story() -> None:
        hub = Hub()
        slow, quick = hub.join(1), hub.join(2)
        for number in range(WAITING_AT_MOST + 2):
            hub.publish(card(f"{number}:1", 2))
            assert await quick.next() == card(f"{number}:1", 2)
        assert [await slow.next(), await slow.next()] == [RESYNC, card(f"{WAITING_AT_MOST + 1}:1", 2)]
        for number in range(WAITING_AT_MOST):
            slow.publish(card(f"{number}:2", 2))
        slow.publish(END)
        assert await slow.next() == END

    asyncio.run(story())


def test_it_tells_the_health_page_that_it_hears(live):
    for which in ("a sign of life of the stream", "the next one"):
        cache.delete("heartbeat:live")
        wait_until(lambda: last_sign(name="live"), what=which)


def test_while_it_does_not_hear_it_is_silent(monkeypatch):
    beats, signs = iter([False, True, True, False]), []

    async def next_beat(_seconds: float) -> None:
        try:
            hub.hears = next(beats)
        except StopIteration:
            raise asyncio.CancelledError from None

    hub = Hub()
    monkeypatch.setattr(listening.asyncio, "sleep", next_beat)
    monkeypatch.setattr(listening.heartbeats, "sign", lambda *, name, now: signs.append(name))
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(listening.sign_of_life(hub))
    assert signs == ["live", "live"]


def test_who_leaves_before_the_answer_begins_takes_no_place(monkeypatch):
    monkeypatch.setattr(streams, "who_listens", lambda _request, _may: 1)

    async def story() -> None:
        for _turn in range(STREAMS_A_PERSON + 1):
            answer = await streams.escalations(RequestFactory().get("/live/escalations/"))
            assert answer.status_code == 200
            answer.close()  # of nothing read

    asyncio.run(story())
    assert len(streams.boards) == 0


def test_a_stream_that_is_never_silent_ends_with_the_right_to_it_too(monkeypatch, settings):
    settings.LIVE_LOOKS_AGAIN = 0
    monkeypatch.setattr(streams, "boards", Hub())
    owners = iter([1, 1, None])
    monkeypatch.setattr(streams, "who_listens", lambda _request, _may: next(owners))

    async def story() -> int:
        count = 0
        async for part in await streams.escalations(RequestFactory().get("/live/escalations/")):
            count += part == BEAT
            streams.boards.publish(BEAT)
            streams.boards.publish(BEAT)
            if count == WAITING_AT_MOST // 2:
                break
        return count

    assert asyncio.run(story()) == 1
    assert len(streams.boards) == 0


def test_places_are_counted_by_person():
    hub = Hub()
    mine = [hub.join(1) for _turn in range(STREAMS_A_PERSON)]
    with pytest.raises(TooMany):
        hub.join(1)
    hub.join(2)
    hub.leave(mine[0])
    hub.join(1)
    assert len(hub) == STREAMS_A_PERSON + 1
