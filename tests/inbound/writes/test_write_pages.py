"""Pages of the writes: what waits for a person, settling it, the day to reconcile, and who sees what."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from agents.models import Agent, Disclosure, Search, User
from escalations.raising import raise_escalation
from escalations.working import resolve, take
from inbound.models import OutsideWrite, Walk
from inbound.writes.states import State
from tests.inbound.a_walk import TOP_UP, Caller, publish

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
Owe = Callable[..., OutsideWrite]
LIST, DAY = "/lines/writes/", "/lines/writes/day/"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def uncertain(owe: Owe) -> OutsideWrite:
    write = owe("qbc.top_up")
    OutsideWrite.objects.filter(pk=write.pk).update(state="uncertain")
    write.refresh_from_db()
    return write


def page_of(client: Client, write: OutsideWrite) -> str:
    return client.get(reverse("inbound:write", args=[write.pk])).content.decode()


@pytest.mark.parametrize(
    ("state", "show"),
    [
        ("uncertain", "person"), ("parked", "person"), ("refused", "person"), ("by_hand", "person"),
        ("approval", "person"), ("approval", "approval"),
        ("uncertain", "uncertain"), ("waiting", "under_way"), ("done", "done"), ("not_done", "not_done"),
    ],
)  # fmt: skip
def test_each_state_has_its_list(state: str, show: str, owe: Owe, elena: User, signed_in: SignedIn, now: Any) -> None:
    more = {"settled_at": now, "reference": "R-1"} if state in ("done", "not_done") else {}
    owe("qbc.top_up")
    OutsideWrite.objects.update(state=state, approve_until=now, **more)
    client = signed_in(elena)
    for name in ("person", "approval", "uncertain", "under_way", "done", "not_done"):
        expected = name == show or state in ("uncertain", "approval") and {name, show} == {"person", state}
        assert ("70712345" in client.get(f"{LIST}?show={name}").content.decode()) is expected, name
    assert client.get(f"{LIST}?show=x&system=x&page=x&sort=x").status_code == 200


@pytest.mark.parametrize(("state", "waits"), [("refused", False), ("uncertain", True), ("parked", True)])
def test_what_was_refused_waits_for_nobody_once_its_card_is_settled(
    state: str, waits: bool, owe: Owe, elena: User, signed_in: SignedIn, now: Any
) -> None:
    write = owe("qbc.top_up")
    card = raise_escalation(key="x", kind="write_not_done", line="101", reason="x", details={}, by=None, now=now)
    OutsideWrite.objects.filter(pk=write.pk).update(state=state, card=card)
    client, words = signed_in(elena), "Operaciones que esperan a una persona"
    assert "70712345" in client.get(LIST).content.decode()
    take(escalation_id=card.pk, by=elena, now=now)
    resolve(escalation_id=card.pk, outcome="Se hizo a mano", by=elena, now=now)
    page = client.get(LIST).content.decode()
    assert ("70712345" in page) is waits
    assert (words in page) is waits


def test_filters_by_system(owe: Owe, elena: User, signed_in: SignedIn) -> None:
    owe("qbc.top_up", key="a")
    owe("mio.block_sim", key="b", number="70799999")
    page = signed_in(elena).get(f"{LIST}?show=under_way&system=mio").content.decode()
    assert "70799999" in page
    assert "70712345" not in page


def test_an_agent_sees_her_own(
    owe: Owe, ana: Agent, luis: Agent, walk_of: Callable[..., Walk], signed_in: SignedIn
) -> None:
    mine = owe("qbc.top_up", key="a")
    his = owe("qbc.top_up", key="b", number="70799999", of=walk_of(luis), by=luis)
    client = signed_in(ana)
    page = client.get(f"{LIST}?show=under_way").content.decode()
    assert "70712345" in page
    assert "70799999" not in page
    for name in ("write", "write_by_hand", "write_give_up"):
        method = client.get if name == "write" else client.post
        assert method(reverse(f"inbound:{name}", args=[his.pk])).status_code == 404
    assert "1234567 CB" in page_of(client, mine)


def test_a_doubt_is_settled_on_its_page_with_name_time_and_reason(
    uncertain: OutsideWrite, elena: User, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    assert "No se sabe si se hizo" in page_of(client, uncertain)
    sent = {"outcome": "done", "reference": "QBC-9", "reason": "Libro de QBC, 10:32"}
    page = client.post(reverse("inbound:write_settle", args=[uncertain.pk]), sent, follow=True).content.decode()
    uncertain.refresh_from_db()
    assert (uncertain.state, uncertain.reference, uncertain.settled_by) == (State.DONE, "QBC-9", elena)
    for words in ("QBC-9", "Libro de QBC, 10:32", "Elena", "Quedó resuelta como usted dijo."):
        assert words in page


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Elija si se hizo o no."),
        ({"outcome": "done", "reason": "x"}, "Escriba la referencia"),
        ({"outcome": "not_done"}, "Escriba cómo lo verificó."),
        ({"outcome": "done", "reference": "QBC-8", "reason": " "}, "Escriba cómo lo verificó."),
    ],
)
def test_half_an_answer_settles_nothing(
    sent: dict[str, str], says: str, uncertain: OutsideWrite, elena: User, signed_in: SignedIn
) -> None:
    page = signed_in(elena).post(reverse("inbound:write_settle", args=[uncertain.pk]), sent, follow=True)
    shown = page.content.decode()
    assert says in shown
    assert (page.status_code, [name for name, value in sent.items() if value not in shown]) == (422, [])
    assert Search.objects.filter(user=elena).count() == 1, "it shows its customer"
    uncertain.refresh_from_db()
    assert uncertain.state == State.UNCERTAIN


def test_the_agent_of_a_doubt_is_told_not_to_repeat_it(
    uncertain: OutsideWrite, ana: Agent, signed_in: SignedIn
) -> None:
    page = page_of(signed_in(ana), uncertain)
    assert "No la repita" in page
    assert 'name="outcome"' not in page


def test_by_hand_the_agent_writes_the_reference_and_is_back_where_she_was(
    owe: Owe, set_mode: Callable[..., None], ana: Agent, signed_in: SignedIn
) -> None:
    set_mode("smartflex", "by_hand")
    write, client = owe(), signed_in(ana)
    assert "Hágalo en la pantalla de Smartflex" in page_of(client, write)
    address = reverse("inbound:write_by_hand", args=[write.pk])
    answer = client.post(address, {"reference": "SF-1", "back": "/lines/walks/1/"})
    assert answer["Location"] == "/lines/walks/1/"
    write.refresh_from_db()
    assert (write.state, write.reference) == (State.DONE, "SF-1")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_nobody_is_led_elsewhere(
    back: str, owe: Owe, set_mode: Callable[..., None], ana: Agent, signed_in: SignedIn
) -> None:
    set_mode("smartflex", "by_hand")
    write = owe()
    answer = signed_in(ana).post(reverse("inbound:write_by_hand", args=[write.pk]), {"reference": "x", "back": back})
    assert answer["Location"] == reverse("inbound:write", args=[write.pk])


def test_what_will_not_be_done_is_said_with_its_reason(
    owe: Owe, set_mode: Callable[..., None], ana: Agent, signed_in: SignedIn
) -> None:
    set_mode("smartflex", "by_hand")
    write, client = owe(), signed_in(ana)
    client.post(reverse("inbound:write_give_up", args=[write.pk]), {"reason": "Colgó"})
    write.refresh_from_db()
    assert write.state == State.NOT_DONE
    assert "Colgó" in page_of(client, write)


def test_a_supervisor_lets_parked_ones_go_again(
    owe: Owe, elena: User, signed_in: SignedIn, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("inbound.tasks.deliver_writes.delay", lambda *args, **more: rung.append("rung"))
    one, other = owe(key="a"), owe("qbc.top_up", key="b")
    OutsideWrite.objects.update(state="parked", attempts=3)
    client = signed_in(elena)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("inbound:writes_try_again"))
        client.post(reverse("inbound:write_try_again", args=[other.pk]))
    for write in (one, other):
        write.refresh_from_db()
        assert (write.state, write.attempts) == (State.WAITING, 0)
    assert rung


def test_the_page_of_the_call_takes_the_reference_of_the_old_screen(
    owe: Owe, set_mode: Callable[..., None], ana: Agent, signed_in: SignedIn, now: datetime
) -> None:
    call = Caller(ana, publish(TOP_UP, now, line="109"), now)
    set_mode("c_cli4g", "by_hand")
    call.answer(
        number="4251234", amount="20", requester_name="Ana", requester_card="345678 CB", requester_kinship="child"
    )
    call.answer(confirmed=True)
    write, client = OutsideWrite.objects.get(), signed_in(ana)
    address, walk_page = reverse("inbound:write_by_hand", args=[write.pk]), f"/lines/walks/{call.walk.key}/"
    page = client.get(walk_page).content.decode()
    assert f'action="{address}"' in page
    assert f'name="back" value="{walk_page}"' in page
    told = client.post(address, {"reference": "4G-55", "back": walk_page}, follow=True).content.decode()
    assert "4G-55" in told
    assert f'action="{address}"' not in told


# -- the day -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def a_day(owe: Owe, at: Callable[..., datetime]) -> None:
    moments = ("2026-11-24 23:59", "2026-11-25 00:00", "2026-11-25 12:00", "2026-11-25 23:59", "2026-11-26 00:00")
    for number, moment in enumerate(moments):
        owe("qbc.top_up", key=f"k{number}", number=f"7071234{number}", amount=f"{10 + number}", at=at(moment))
    owe("mio.block_sim", key="sim", at=at("2026-11-25 15:00"))
    owe("smartflex.reiterate_damage", key="ordinary", at=at("2026-11-25 15:00"))
    OutsideWrite.objects.filter(key="k1").update(state="done", reference="QBC-1", settled_at=at("2026-11-25 00:01"))
    OutsideWrite.objects.filter(key="k2").update(state="uncertain")


@pytest.mark.usefixtures("a_day")
def test_a_day_is_la_pazs_and_has_only_money_and_sims(elena: User, signed_in: SignedIn) -> None:
    page = signed_in(elena).get(f"{DAY}?day=2026-11-25").content.decode()
    assert [number for number in range(5) if f"7071234{number}" in page] == [1, 2, 3]
    assert "QBC-1" in page
    assert "D-1" not in page
    assert "1 hechas de 3 pedidas" in page
    assert "2 sin resolver" in page


@pytest.mark.usefixtures("a_day")
def test_a_day_by_system_and_days_that_are_none(elena: User, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    page = client.get(f"{DAY}?day=2026-11-25&system=mio").content.decode()
    assert "QBC-1" not in page
    for day in ("x", "0001-01-01", "9999-12-31", "2026-02-30"):
        assert client.get(f"{DAY}?day={day}").status_code == 200


@pytest.mark.usefixtures("a_day")
@pytest.mark.parametrize(("who", "sees"), [("elena", True), ("oscar", False)])
def test_the_workbook_of_a_day_is_whole_and_in_the_book(
    who: str, sees: bool, request: Any, signed_in: SignedIn
) -> None:
    person = request.getfixturevalue(who)
    answer = signed_in(person).post(f"{DAY}export/?day=2026-11-25")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    rows = book.get_sheet_by_index(0).to_python()[1:]
    assert len(rows) == 4
    assert ("1234567 CB" in str(rows)) is sees
    assert ("70712341" in str(rows)) is sees
    totals = {row[0]: row[1:] for row in book.get_sheet_by_index(1).to_python()[1:]}
    assert totals == {"QBC": [3, 1, 11, 0, 2], "MIO": [1, 0, 0, 0, 1]}
    kept = Disclosure.objects.get()
    assert (kept.kind, kept.rows, kept.subject) == ("export", 4, "Operaciones del 25/11/2026")


def test_an_auditor_sees_numbers_hidden_until_he_says_why(
    uncertain: OutsideWrite, oscar: User, signed_in: SignedIn
) -> None:
    client = signed_in(oscar)
    for page in (client.get(LIST).content.decode(), page_of(client, uncertain)):
        assert "70712345" not in page
        assert "1234567" not in page
    address = reverse("inbound:write_reveal", args=[uncertain.pk])
    client.post(address, {"reason": ""})
    assert not Disclosure.objects.exists()
    assert "1234567 CB" in client.post(address, {"reason": "Arqueo"}).content.decode()
    assert Disclosure.objects.get().reason == "Arqueo"


def test_queries_do_not_grow_with_the_list(owe: Owe, elena: User, signed_in: SignedIn, now: datetime) -> None:
    client = signed_in(elena)
    counts = []
    for batch in (range(1), range(1, 60)):
        for number in batch:
            owe("qbc.top_up", key=f"k{number}", number=str(number), amount="1", at=now - timedelta(seconds=1))
        for address in (f"{LIST}?show=under_way", DAY):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12
