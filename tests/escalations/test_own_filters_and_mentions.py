"""What a person has of the board for herself: filters under a name, and where a colleague named her."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from escalations import working
from escalations.filters import Filters
from escalations.lifecycle import EscalationRefused
from escalations.mentioning import count_unread, mentioned_in
from escalations.models import Change, Mention, SavedFilter
from escalations.saved_filters import MOST, NotSaved, filters_in, save_filter
from tests.audit import behind_the_audit

pytestmark = pytest.mark.django_db
BOARD, LIST = "/escalations/", "/escalations/list/"


def test_a_filter_is_kept_under_a_name_and_leads_there_from_board_and_list(signed_in, elena, rosa, make_card):
    make_card(kind="complaint")
    client = signed_in(elena)
    answer = client.post("/escalations/own/board/filters/save/?kind=complaint&due=overdue", {"name": " Quejas  tarde "})
    assert answer["Location"] == "/escalations/?kind=complaint&due=overdue"
    saved = SavedFilter.objects.get()
    assert (saved.name, filters_in(saved)) == ("Quejas tarde", Filters(mine=True, kind="complaint", due="overdue"))
    board, listed = (client.get(place).content.decode() for place in (BOARD, LIST))
    assert 'href="?kind=complaint&amp;due=overdue">★ Quejas tarde' in board
    assert 'href="?whose=mine&amp;kind=complaint&amp;due=overdue">★ Quejas tarde' in listed
    assert "Guardar filtro…" not in board, "nothing is set here"
    on = client.get(answer["Location"]).content.decode()
    assert 'aria-current="true">★ Quejas tarde' in on
    assert "Guardar filtro…" not in on, "it is kept already"
    assert "Quejas tarde" not in signed_in(rosa).get(BOARD).content.decode()


def test_what_is_searched_is_not_kept_and_a_name_is_not_taken_twice(signed_in, elena):
    client = signed_in(elena)
    found = client.post(LIST, {"q": "Rosa Flores", "kind": "complaint"})["Location"].partition("?")[2]
    answer = client.post(f"/escalations/own/list/filters/save/?{found}", {"name": "Quejas"}, follow=True)
    assert "Lo que se buscaba no se guardó" in answer.content.decode()
    assert "Rosa" not in str(SavedFilter.objects.values())
    answer = client.post("/escalations/own/list/filters/save/?kind=billing_claim", {"name": "Quejas"}, follow=True)
    assert "Ya tiene un filtro «Quejas»" in answer.content.decode()
    assert SavedFilter.objects.get().kind == "complaint", "what was kept is not lost without a word"


def test_what_cannot_be_kept_says_why(elena):
    with pytest.raises(NotSaved, match="nombre"):
        save_filter(user=elena, name="  ", asked=Filters(kind="complaint"))
    with pytest.raises(NotSaved, match="ningún filtro"):
        save_filter(user=elena, name="Nada", asked=Filters(search="Rosa"))
    for number in range(MOST):
        save_filter(user=elena, name=f"F{number}", asked=Filters(line="101"))
    with pytest.raises(NotSaved, match="borre uno"):
        save_filter(user=elena, name="Otro", asked=Filters(line="101"))


def test_one_forgets_ones_own_and_nobody_elses(signed_in, elena, rosa):
    mine = save_filter(user=elena, name="Mío", asked=Filters(line="101"))
    assert signed_in(rosa).post(f"/escalations/own/board/filters/{mine.pk}/forget/").status_code == 404
    assert signed_in(elena).post(f"/escalations/own/nowhere/filters/{mine.pk}/forget/").status_code == 404
    answer = signed_in(elena).post(f"/escalations/own/board/filters/{mine.pk}/forget/?line=101")
    assert answer["Location"] == "/escalations/?line=101"
    assert not SavedFilter.objects.exists()


@pytest.fixture
def named(make_card, elena, rosa):
    """A card with a note of Elena that names Rosa."""
    card, now = make_card(), timezone.now()
    working.note(escalation_id=card.pk, text="@rosa ¿la llamas tú? Yo salgo a las 10.", by=elena, now=now)
    return card


def test_who_is_named_sees_it_on_every_page_and_on_the_card_until_she_says_so(named, signed_in, elena, rosa):
    assert (count_unread(user=rosa), count_unread(user=elena)) == (1, 0)
    client = signed_in(rosa)
    assert "Derivaciones en que le mencionan" in client.get("/payments/").content.decode()
    board = client.get(BOARD).content.decode()
    chip = re.search(r'<a href="([^"]*)">Me mencionan <strong>1</strong>', board)
    assert chip
    shown = client.get(BOARD + chip[1].replace("&amp;", "&")).content.decode()
    assert f'id="card-{named.pk}"' in shown
    card = client.get(f"/escalations/{named.pk}/").content.decode()
    assert "le mencionó" in card
    assert "¿la llamas tú?" in card
    client.post(f"/escalations/{named.pk}/mentions/seen/")
    assert count_unread(user=rosa) == 0
    assert "Me mencionan" not in client.get(BOARD).content.decode()
    assert "le mencionó" not in client.get(f"/escalations/{named.pk}/").content.decode()
    assert "le mencionó" not in signed_in(elena).get(f"/escalations/{named.pk}/").content.decode()


def test_who_answers_with_a_note_has_seen_it(named, rosa, elena):
    working.note(escalation_id=named.pk, text="Sí, @elena.", by=rosa, now=timezone.now())
    assert (count_unread(user=rosa), count_unread(user=elena)) == (0, 1)


def test_a_name_nobody_has_refuses_the_note_and_keeps_what_was_typed(make_card, signed_in, elena):
    card = make_card()
    answer = signed_in(elena).post(f"/escalations/{card.pk}/steps/note/", {"text": "@rossa mira esto"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "«@rossa» no es nadie de supervisión" in page
    assert "@rossa mira esto</textarea>" in page
    assert not Change.objects.filter(verb="note", escalation=card).exists()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@Rosa, mira", ["rosa"]),
        ("escribió a rosa@comteco.bo", []),
        ("@rosa y @rosa.", ["rosa"]),
        ("a las 10 @ la agencia", []),
        ("(@rosa)", ["rosa"]),
        ("@elena", []),
        ("@rosa y @Rosa", ["rosa"]),
    ],
)
def test_what_is_a_name_in_a_note(text, names, elena, rosa):
    assert [one.username for one in mentioned_in(text, by=elena)] == names


def test_nobody_is_mentioned_who_works_no_cards(ana, rosa, elena):
    for username in (ana.user.username,):
        with pytest.raises(EscalationRefused):
            mentioned_in(f"@{username}", by=elena)
    rosa.is_active = False
    rosa.save()
    with pytest.raises(EscalationRefused):
        mentioned_in("@rosa", by=elena)


def test_a_mention_goes_with_the_history_it_stands_in(named, rosa):
    Mention.objects.update(read_at=timezone.now() - timedelta(days=1))
    with behind_the_audit():
        named.delete()
    assert not Mention.objects.exists()
