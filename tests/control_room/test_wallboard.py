"""The television on the wall: opened by its link, without a sign-in, with nobody's data, and it says how old it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import User
from control_room.models import Wallboard
from control_room.wallboard.links import make_link, open_wallboard
from control_room.wallboard.reading import Indicator, read_wallboard
from service_level.indicator.figures import Counts
from service_level.models import Formula, MonthForecast
from telephony.models import Listening, LogLook, LogSource, QueueCall, Switchboard
from tests.service_level.indicator.a_log import answered, call, hung_up, taken

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]


@pytest.fixture
def now(at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch) -> datetime:
    moment = at("2026-11-25 10:00")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    return moment


@pytest.fixture
def board(db: None) -> Switchboard:
    return Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter", is_on=True)


@pytest.fixture
def token(now: datetime) -> str:
    return make_link(Wallboard.objects.create(name="Sala"), now=now)


def seen(token: str, layout: str = "all") -> str:
    return Client().get(reverse("wallboard:layout", args=[token, layout])).content.decode()


# the link


def test_its_link_opens_it_without_a_sign_in_and_only_its_fingerprint_is_kept(token: str, now: datetime) -> None:
    answer = Client().get(reverse("wallboard:wallboard", args=[token]))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    board = Wallboard.objects.get()
    assert token not in board.sha256
    assert board.seen_at == now


@pytest.mark.parametrize("damage", ["x", "", "0" * 43])
def test_another_link_opens_nothing(token: str, damage: str) -> None:
    other = (token[:-1] + damage) if damage == "x" else damage or "a"
    assert Client().get(f"/wallboard/{other}/").status_code == 404
    assert Client().get(f"/wallboard/{other}/all/now/").status_code == 404
    assert Client().get(f"/wallboard/{token}/otra/").status_code == 404


def test_a_link_that_was_replaced_or_switched_off_opens_nothing(token: str, now: datetime) -> None:
    board = Wallboard.objects.get()
    anew = make_link(board, now=now)
    assert open_wallboard(token, now=now) is None
    assert open_wallboard(anew, now=now) is not None
    Wallboard.objects.update(is_on=False)
    assert open_wallboard(anew, now=now) is None


def test_one_without_a_link_is_not_opened_by_none(now: datetime) -> None:
    Wallboard.objects.create(name="Sin enlace")
    assert open_wallboard("", now=now) is None


def test_an_administrator_is_told_the_link_once(ines: User, signed_in: SignedIn, now: datetime) -> None:
    client = signed_in(ines)
    page = client.post(reverse("admin:control_room_wallboard_add"), {"name": "Sala", "is_on": "on"}, follow=True)
    (link,) = [part.partition('"')[0] for part in page.content.decode().split('href="http://testserver/wallboard/')[1:]]
    assert Client().get(f"/wallboard/{link}").status_code == 200
    assert link.rstrip("/") not in client.get(reverse("admin:control_room_wallboard_changelist")).content.decode()
    renew = {"action": "link_anew", "_selected_action": [Wallboard.objects.get().pk]}
    told = client.post(reverse("admin:control_room_wallboard_changelist"), renew, follow=True).content.decode()
    assert "http://testserver/wallboard/" in told
    assert Client().get(f"/wallboard/{link}").status_code == 404


# what it shows


def test_today_against_the_target_and_what_may_be_missed(
    token: str, board: Switchboard, at: Callable[[str], datetime]
) -> None:
    assert "sin datos" in seen(token)
    lines = [answered(at("2026-11-25 09:00") + timedelta(minutes=n), f"1.{n}", "101", 5) for n in range(9)]
    taken(board, *(line for one in lines for line in one), *hung_up(at("2026-11-25 09:40"), "2.1", "101", 40))
    page = seen(token)
    assert "90,0 %" in page
    assert "9 de 10" in page
    assert "última llamada 09:40" in page
    assert "Aún podían perderse" in page
    assert "70712345" not in page
    taken(board, *hung_up(at("2026-11-25 09:45"), "2.2", "101", 40), *hung_up(at("2026-11-25 09:46"), "2.3", "101", 40))
    assert "Perdidas de más" in seen(token, "indicator")


def test_who_waits_by_line_the_longest_first(token: str, now: datetime, board: Switchboard) -> None:
    Listening.objects.create(switchboard=board, lease_until=now + timedelta(seconds=5), connected_at=now)
    for n, (queue, seconds) in enumerate([("101", 10), ("104", 95), ("101", 40)]):
        joined = now - timedelta(seconds=seconds)
        QueueCall.objects.create(switchboard=board, uid=f"9.{n}", queue=queue, joined_at=joined)
    shown = read_wallboard(now=now)
    assert [(one.queue, one.count, one.seconds(now=now)) for one in shown.waiting] == [("104", 1, 95), ("101", 2, 40)]
    page = seen(token, "waiting")
    assert page.index("104") < page.index("101")
    assert "Agentes" not in page


def test_without_a_link_who_waits_is_told_by_the_log_and_it_says_since_when(
    token: str, now: datetime, board: Switchboard, at: Callable[[str], datetime]
) -> None:
    Listening.objects.create(switchboard=board, lost_at=now - timedelta(minutes=5))
    taken(board, *call(at("2026-11-25 09:58:30"), "3.1", "101"))
    page = seen(token)
    assert "Sin enlace con la central" in page
    assert "desde las 09:55:00" in page
    assert 'data-began="2026-11-25T09:58:30' in page
    assert "según el registro, a las 09:58:30" in page
    taken(board, *call(at("2026-11-25 09:58:30"), "3.1", "101", (40, "NONE|ABANDON|1|1|40")))
    page = seen(token)
    assert "nadie" in page
    assert "según el registro, a las 09:59:10" in page


def test_without_a_link_and_a_log_that_stands_still_nobody_knows_who_waits(
    token: str, now: datetime, board: Switchboard, at: Callable[[str], datetime]
) -> None:
    Listening.objects.create(switchboard=board, lost_at=now - timedelta(minutes=40))
    assert "la central no escribió nada" in seen(token, "waiting")
    taken(board, *call(at("2026-11-25 09:30"), "3.1", "101"))
    page = seen(token, "waiting")
    assert "no se sabe" in page
    assert "la central escribió por última vez 25/11 09:30" in page
    assert "nadie" not in page
    assert "data-began" not in page


def test_a_log_that_cannot_be_read_is_told(token: str, now: datetime, board: Switchboard) -> None:
    source = LogSource.objects.create(switchboard=board, path="/no/hay")
    LogLook.objects.create(source=source, looked_at=now, problem="No hay ningún archivo.")
    assert "No se puede leer el registro de la central" in seen(token)


def test_the_part_that_is_asked_for_every_second_is_told_only_when_it_is_news(
    token: str, board: Switchboard, at: Callable[[str], datetime]
) -> None:
    digest = seen(token).partition("?shown=")[2].partition('"')[0]
    address = reverse("wallboard:now", args=[token, "all"])
    assert Client().get(address, {"shown": digest}).status_code == 204
    taken(board, *answered(at("2026-11-25 09:00"), "1.1", "101", 5))
    assert "100,0 %" in Client().get(address, {"shown": digest}).content.decode()


def test_what_may_still_be_missed_is_told_by_the_forecast_where_there_is_one(
    token: str, now: datetime, board: Switchboard, at: Callable[[str], datetime]
) -> None:
    """Of two calls none may be missed; of the hundred that come until the end of the month some may."""
    taken(board, *answered(at("2026-11-25 09:00"), "1.1", "101", 5))
    assert "Aún podían perderse" in seen(token, "indicator")
    ends = {"low": 90, "middle": 95, "high": 99, "calls": 100, "left": 20, "chance": 99, "days": 20, "drawn_at": now}
    MonthForecast.objects.create(month=now.date().replace(day=1), **ends)
    page = seen(token, "indicator")
    assert "<dt>Aún pueden perderse</dt><dd>20</dd>" in page
    assert "Aún podían" not in page


@pytest.mark.parametrize(("layout", "queries"), [("all", 12), ("waiting", 3), ("indicator", 9), ("agents", 2)])
def test_a_layout_reads_no_more_than_it_shows(
    token: str,
    now: datetime,
    board: Switchboard,
    at: Callable[[str], datetime],
    django_assert_max_num_queries: Any,
    layout: str,
    queries: int,
) -> None:
    Listening.objects.create(switchboard=board, lease_until=now + timedelta(seconds=5), connected_at=now)
    taken(board, *answered(at("2026-11-25 09:00"), "1.1", "101", 5))
    address = reverse("wallboard:now", args=[token, layout])
    assert Client().get(address).status_code == 200  # the first look of a minute notes that the television is on
    with django_assert_max_num_queries(queries):
        assert Client().get(address).status_code == 200


def test_today_is_held_by_its_calls_and_not_by_what_its_level_is_rounded_to() -> None:
    formula = Formula(target=Decimal(80), seconds=20)
    counts = Counts(answered=100_000, counted=100_000, within=79_996)
    assert counts.level == 80
    shown = Indicator(formula, counts, counts, None, None, is_log_read=True, is_counted=True)
    assert shown.is_held is False
    assert shown.too_many == 4
