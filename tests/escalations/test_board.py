"""What stands on the board, in which order, under which filters, and what one card and the figures answer."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agents.models import Search
from escalations import working
from escalations.board import COLUMN_OF, COLUMNS, MOVES, columns_of, count_board
from escalations.filters import Filters
from escalations.lifecycle import STEPS, Who
from escalations.models import Escalation

BY_PEOPLE = [step for step in STEPS if step.who != Who.CLOCK]
pytestmark = pytest.mark.django_db
BOARD = "/escalations/"
HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def standing(make_card, elena, rosa, now):
    """`standing("waiting", owner=rosa, due=-HOUR)`: a card in that column, due that long from now."""

    def make(column, *, owner=elena, due=HOUR * 2, **more):
        card = make_card(now=now - HOUR * 30, due_at=now + due, contract=more.pop("contract", ""), **more)
        step = {"escalation_id": card.pk, "by": owner, "now": now - HOUR * 29}
        if column != "new":
            working.take(**step)
        if column == "waiting":
            working.wait(unit="Facturación", **step)
        if column in ("to_inform", "closed"):
            working.resolve(outcome="Listo", **step)
        if column == "closed":
            working.inform(how="telephone", told_at=step["now"], **step)
        card.refresh_from_db()
        return card

    return make


def shown(page: str) -> dict[str, list[int]]:
    """The cards of each column, in order."""
    columns = re.split(r'<section class="column" data-column="', page)[1:]
    return {
        part.split('"')[0]: [int(pk) for pk in re.findall(r'<article id="card-(\d+)"', part)] for part in columns
    }  # fmt: skip


def test_every_open_state_has_one_column_and_every_move_its_verb():
    open_states = {"new", "taken", "waiting", "resolved", "rejected"}
    assert set(COLUMN_OF) == open_states
    codes = [column.code for column in COLUMNS]
    assert set(MOVES) == set(itertools.permutations(codes, 2))
    for (left, reached), verb in MOVES.items():
        lead_there = {
            (COLUMN_OF.get(step.from_state), COLUMN_OF.get(step.to_state)) for step in BY_PEOPLE if step.verb == verb
        }
        possible = {
            pair for step in BY_PEOPLE if (pair := (COLUMN_OF.get(step.from_state), COLUMN_OF.get(step.to_state)))
        }
        assert ((left, reached) in lead_there) == ((left, reached) in possible), (left, reached, verb)


def test_each_column_has_what_is_overdue_first(standing, elena, signed_in):
    later, late, soon = standing("new", due=HOUR * 9), standing("new", due=-HOUR), standing("new", due=HOUR)
    stopped = standing("waiting", due=-HOUR * 5)
    running_late = standing("waiting", due=-HOUR, kind="priority_repair")
    taken, told = standing("taken"), standing("to_inform")
    standing("closed")
    page = signed_in(elena).get(BOARD).content.decode()
    assert shown(page) == {
        "new": [late.pk, soon.pk, later.pk],
        "taken": [taken.pk],
        "waiting": [running_late.pk, stopped.pk],
        "to_inform": [told.pk],
    }
    assert page.count("Vencida</span>") == 2, "a clock that stands still is not overdue"
    assert "Plazo detenido" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"hers", "new", "sim"}),
        ("?whose=all", {"hers", "his", "new", "sim", "late"}),
        ("?whose=all&kind=sim_block", {"sim"}),
        ("?whose=all&line=101", {"sim"}),
        ("?whose=all&zone=Norte", {"his"}),
        ("?whose=all&due=overdue", {"late"}),
        ("?due=overdue", set()),
        ("?kind=nobody&line=%00", {"hers", "new", "sim"}),
    ],
)
def test_filters_stand_in_the_address(query, found, standing, elena, rosa, signed_in):
    cards = {
        "hers": standing("taken"),
        "his": standing("taken", owner=rosa, zone="Norte"),
        "new": standing("new"),
        "sim": standing("new", kind="sim_block", line="101"),
        "late": standing("to_inform", owner=rosa, due=-HOUR),
    }
    page = signed_in(elena).get(BOARD + query).content.decode()
    pks = set(itertools.chain(*shown(page).values()))
    assert pks == {cards[name].pk for name in found}


def test_today_is_until_midnight_and_what_is_past_of_it_too(standing, elena, at):
    noon = at("2026-11-25 12:00")
    cards = {name: standing("new") for name in ("yesterday", "past", "tonight", "tomorrow")}
    for name, moment in zip(
        cards, ("2026-11-24 23:59", "2026-11-25 09:00", "2026-11-25 23:59", "2026-11-26 00:00"), strict=True
    ):
        Escalation.objects.filter(pk=cards[name].pk).update(due_at=at(moment))
    asked = Filters(due="today")
    counts = count_board(asked=asked, user=elena, now=noon)
    new = columns_of(asked=asked, user=elena, now=noon, counts=counts)[0]
    assert [card.pk for card in new.cards] == [cards["past"].pk, cards["tonight"].pk]
    assert (counts.chips["today"], counts.chips["overdue"], counts.chips["all"]) == (2, 2, 2)


def test_until_when_stands_apart_from_what_was_promised_so_that_it_is_never_cut(
    make_card, elena, at, signed_in, time_machine
):
    time_machine.move_to(at("2026-11-25 10:00"))  # a day of another year is written with it
    make_card(due_at=at("2026-11-25 17:00"), promised="El personal correspondiente se contactará con usted")
    page = signed_in(elena).get(BOARD).content.decode()
    assert '<span class="until">hasta 25/11 17:00</span>' in page


@pytest.mark.parametrize("text", ["flores rosa", "sin tono", "12345", "+591707-12345", "70017001"])
def test_cards_are_found_by_name_words_telephone_or_contract(standing, elena, signed_in, text):
    more = {"customer_name": "ROSA FLORES", "reason": "Sigue sin tono", "telephone": "+59170712345"}
    wanted = standing("new", contract="70017001", **more)
    standing("new", contract="70017002", customer_name="Rosa Quispe", telephone="+59170799999")
    client = signed_in(elena)
    answer = client.post("/escalations/list/", {"q": text}, follow=True)
    assert [row.record.pk for row in answer.context["table"].rows] == [wanted.pk]


def test_a_contract_is_searched_without_standing_in_an_address(standing, elena, signed_in):
    wanted, other = standing("new", contract="7001"), standing("new", contract="7002")
    client = signed_in(elena)
    answer = client.post(BOARD, {"q": "7001", "whose": "all", "kind": ""})
    assert answer.status_code == 302
    assert "7001" not in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert shown(page)["new"] == [wanted.pk]
    query = answer["Location"].split("?")[1]
    assert client.get(f"{BOARD}{other.pk}/card/?{query}").status_code == 204
    assert client.get(f"{BOARD}{wanted.pk}/card/?{query}").status_code == 200


def test_customers_and_telephones_are_masked_on_the_board(standing, elena, signed_in):
    standing("new", customer_name="María José Quispe", promised="Le llamamos al 71712345", contract="1001")
    page = signed_in(elena).get(BOARD).content.decode()
    assert '<span class="clip" title="María J. Q.">María J. Q.</span> <span class="contract">· 1001</span>' in page
    for hidden in ("Quispe", "712345"):
        assert hidden not in page


def test_what_somebody_typed_is_only_text_on_a_card(standing, elena, signed_in):
    standing("waiting", customer_name="<b>Rosa", promised="<i>hoy", contract="<u>1")
    page = signed_in(elena).get(BOARD).content.decode()
    for typed in ("<b>Rosa", "<i>hoy", "<u>1"):
        assert typed not in page
        assert typed.replace("<", "&lt;").replace(">", "&gt;") in page


def test_counts_are_of_all_and_cards_are_the_first_fifty(standing, elena, signed_in, now):
    first = standing("new", due=-HOUR)
    rows = [
        Escalation(
            key=f"x:{number}", kind_id="complaint", reason="x", due_at=now + HOUR, raised_at=now, raised_by=elena
        )
        for number in range(60)
    ]  # fmt: skip
    Escalation.objects.bulk_create(rows)
    client = signed_in(elena)
    page = client.get(BOARD).content.decode()
    assert len(shown(page)["new"]) == 10
    assert client.get(f"{BOARD}columns/new/").content.decode().count("<article") == 50
    assert shown(page)["new"][0] == first.pk
    figures = client.get(f"{BOARD}counts/").json()
    assert figures["columns"] == {"new": 61, "taken": 0, "waiting": 0, "to_inform": 0}
    assert (figures["overdue"]["new"], figures["chips"]["all"], figures["chips"]["overdue"]) == (1, 61, 1)
    assert ">61<" in page
    assert "data-more-count>51<" in page


def test_one_card_says_its_column_and_version_and_goes_when_it_is_closed(standing, elena, rosa, signed_in, now):
    card, client = standing("taken"), signed_in(elena)
    answer = client.get(f"{BOARD}{card.pk}/card/").content.decode()
    for part in (
        f'id="card-{card.pk}"',
        f'data-card="{card.pk}"',
        f'data-version="{card.version}"',
        'data-column="taken"',
    ):
        assert part in answer
    assert signed_in(rosa).get(f"{BOARD}{card.pk}/card/").status_code == 204, "hers alone, and Rosa looks at her own"
    assert signed_in(rosa).get(f"{BOARD}{card.pk}/card/?whose=all").status_code == 200
    working.resolve(escalation_id=card.pk, outcome="Listo", by=elena, now=now)
    assert 'data-column="to_inform"' in client.get(f"{BOARD}{card.pk}/card/").content.decode()
    working.inform(escalation_id=card.pk, how="email", told_at=now, by=elena, now=now)
    assert client.get(f"{BOARD}{card.pk}/card/").status_code == 204


def test_a_card_nobody_was_told_of_lately_is_a_look_like_any_other(standing, make_card, elena, rosa, signed_in, now):
    old, new = standing("new"), make_card(now=now)
    client = signed_in(elena)
    assert client.get(f"/escalations/{new.pk}/card/").status_code == 200
    assert not Search.objects.exists(), "an open board asks for what it was told of"
    assert client.get(f"/escalations/{old.pk}/card/").status_code == 200
    assert [row.asked for row in Search.objects.all()] == [f"tarjeta {old.pk}"]
    for who in (elena, rosa):  # also where another has just looked at it
        signed_in(who).get(f"/escalations/{old.pk}/card/?whose=all&version={old.version}")
    assert [row.user for row in Search.objects.order_by("pk")] == [elena, elena, rosa]
    assert client.get("/escalations/columns/new/").status_code == 200
    assert Search.objects.count() == 3
    assert client.get(f"/escalations/columns/new/?kind={old.kind.code}").status_code == 200
    assert Search.objects.count() == 4


def test_queries_do_not_grow_with_the_board(standing, elena, rosa, signed_in):
    client = signed_in(elena)
    for column in COLUMNS:
        standing(column.code)
    client.get(BOARD)
    with CaptureQueriesContext(connection) as few:
        client.get(f"{BOARD}?whose=all")
    for _turn, column in itertools.product(range(12), COLUMNS):
        standing(column.code, owner=rosa)
    with CaptureQueriesContext(connection) as many:
        client.get(f"{BOARD}?whose=all")
    assert len(many) == len(few) <= 16


def test_an_agent_is_sent_to_her_list_and_an_auditor_moves_nothing(standing, ana, oscar, signed_in):
    standing("new")
    assert signed_in(ana).get(BOARD)["Location"] == "/escalations/list/"
    page = signed_in(oscar).get(BOARD).content.decode()
    assert 'draggable="false"' in page
    assert "board-verbs" not in page
    assert "Mías" not in page


def test_only_a_page_of_who_sees_the_centre_listens_to_the_stream(standing, ana, elena, signed_in):
    """Others would be refused: an agent's page asks by itself."""
    card = standing("new")
    for person, listens in ((ana, False), (elena, True)):
        page = signed_in(person).get(f"{BOARD}{card.pk}/").content.decode()
        assert ('data-stream=""' not in page) is listens, person
        assert 'id="live"' in page


def test_the_boards_that_are_told_of_one_version_are_shown_one_drawing(
    signed_in, elena, rosa, make_card, django_assert_num_queries
):
    """The first of them reads it; a newer version, other filters and another person's own cards are read anew."""
    card = make_card(now=timezone.now())
    address, version = f"{BOARD}{card.pk}/card/", {"version": card.version}
    first = signed_in(elena).get(address, {"whose": "all", **version})
    other = signed_in(rosa)
    other.get(address)  # her session is known by now
    with django_assert_num_queries(1):  # who she is
        answer = other.get(address, {"whose": "all", **version})
    assert (answer.status_code, answer.content) == (200, first.content)
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    card.refresh_from_db()
    assert "Elena" in other.get(address, {"whose": "all", "version": card.version}).content.decode()
    assert other.get(address, version).status_code == 204, "hers alone, and Elena has it"
    assert other.get(address, {"whose": "all", "kind": "sim_block", "version": card.version}).status_code == 204


def test_a_drawing_older_than_the_version_asked_for_is_kept_for_nobody(signed_in, elena, make_card):
    card = make_card()
    asked = {"whose": "all", "version": card.version + 1}
    client = signed_in(elena)
    assert "Nadie la tomó" in client.get(f"{BOARD}{card.pk}/card/", asked).content.decode()
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    assert "Elena" in client.get(f"{BOARD}{card.pk}/card/", asked).content.decode()
    for odd in ("", "x", "-1", "9" * 30):
        assert client.get(f"{BOARD}{card.pk}/card/", {"whose": "all", "version": odd}).status_code == 200
