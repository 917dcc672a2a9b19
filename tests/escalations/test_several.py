"""Several cards of the list at once: each by itself, and what was refused is told with its number."""

from __future__ import annotations

import pytest
from django.urls import reverse

from escalations import working
from escalations.models import Escalation

pytestmark = pytest.mark.django_db
SEVERAL = reverse("escalations:escalations_several")


@pytest.fixture
def cards(make_card):
    return [make_card(contract=f"200{n}") for n in range(4)]


@pytest.fixture
def at_the_list(client, elena):
    client.force_login(elena)
    return client


def send(client, verb, cards, **said):
    told = {f"{verb}-{name}": value for name, value in said.items()}
    sent = {"verb": verb, "pick": [card.pk for card in cards], **told}
    return " ".join(client.post(f"{SEVERAL}?kind=billing_claim", sent, follow=True).content.decode().split())


def test_several_are_taken_and_who_was_first_is_told(at_the_list, cards, rosa, elena, morning):
    working.take(escalation_id=cards[1].pk, by=rosa, now=morning)
    page = send(at_the_list, "take", cards[:3])
    assert "Tomar: 2 derivaciones." in page
    assert f"Sin cambiar: {cards[1].kind} 2001. Ya la tomó {rosa}" in page
    owners = dict(Escalation.objects.values_list("pk", "owner"))
    assert owners == {
        cards[0].pk: elena.pk, cards[1].pk: rosa.pk, cards[2].pk: elena.pk, cards[3].pk: None
    }  # fmt: skip
    assert 'name="pick"' in page, "the list again, under its filters"


def test_several_are_handed_over_resolved_and_noted(at_the_list, cards, rosa, elena, morning):
    for card in cards:
        working.take(escalation_id=card.pk, by=elena, now=morning)
    assert "Anotar: 4 derivaciones." in send(at_the_list, "note", cards, text="Corte en Sarco")
    assert "Entregar a otra persona: 2 derivaciones." in send(
        at_the_list, "hand_over", cards[:2], to=rosa.pk, reason=""
    )
    page = send(at_the_list, "resolve", cards, outcome="Se repuso el servicio")
    assert "Resolver: 2 derivaciones." in page
    kind = cards[0].kind
    assert f"Sin cambiar: {kind} 2000, {kind} 2001. La tiene {rosa}" in page
    told = Escalation.objects.filter(outcome="Se repuso el servicio")
    assert set(told) == set(cards[2:])
    assert all(card.changes.filter(verb="note", note="Corte en Sarco").exists() for card in cards)


def test_what_is_missing_is_said_and_what_was_typed_and_chosen_stays(at_the_list, cards, elena, morning):
    working.take(escalation_id=cards[0].pk, by=elena, now=morning)
    sent = {"verb": "hand_over", "pick": [cards[0].pk], "hand_over-to": "", "hand_over-reason": "Vacaciones"}
    answer = at_the_list.post(SEVERAL, sent)
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 422
    assert "Este campo es obligatorio" in page
    assert 'value="Vacaciones"' in page
    assert page.count(" checked>") == 1
    assert at_the_list.get(f"{SEVERAL}?sort=kind").url.endswith("/escalations/list/?sort=kind")
    assert Escalation.objects.get(pk=cards[0].pk).owner == elena


def test_what_was_written_stays_where_all_were_refused(at_the_list, cards, rosa, morning):
    working.take(escalation_id=cards[0].pk, by=rosa, now=morning)
    page = send(at_the_list, "resolve", cards[:1], outcome="Un texto largo")
    assert "Sin cambiar:" in page
    assert "Un texto largo</textarea>" in page
    assert page.count(" checked>") == 1


def test_nothing_chosen_is_said(at_the_list, cards):
    assert "No eligió ninguna" in send(at_the_list, "take", [])


def test_who_works_no_cards_chooses_none(client, oscar, ana, cards):
    for who in (oscar, ana.user):
        client.force_login(who)
        assert 'name="pick"' not in client.get(reverse("escalations:escalation_list")).content.decode()
        assert client.post(SEVERAL, {"verb": "take", "pick": [cards[0].pk]}).status_code == 403
    assert Escalation.objects.filter(state="new").count() == 4


@pytest.mark.parametrize("verb", ["inform", "merge", "", "nothing"])
def test_what_is_of_each_card_is_not_done_to_several(at_the_list, cards, verb):
    assert at_the_list.post(SEVERAL, {"verb": verb, "pick": [cards[0].pk]}).status_code == 404


def test_more_than_a_page_holds_is_said_and_nothing_is_done(at_the_list, cards, monkeypatch):
    monkeypatch.setattr("escalations.several.MOST", 3)
    page = send(at_the_list, "take", cards)
    assert "No se hizo nada: son 4 derivaciones, y de una vez se puede con 3. Elija menos." in page
    assert page.count(" checked>") == 4
    assert not Escalation.objects.exclude(owner=None).exists()
