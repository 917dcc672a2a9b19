"""The page of one card: every verb over HTTP, what is refused and how it says so, who sees and may what."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agents.models import DataPolicy, Search
from escalations import working
from escalations.card_page import WORDS
from escalations.lifecycle import Verb
from escalations.models import Change, Escalation
from escalations.views.cards import VERBS
from notices.models import Notice

pytestmark = pytest.mark.django_db
FRAGMENT = {"HTTP_HX_REQUEST": "true"}
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def brought_to(make_card, elena, morning):
    """`brought_to("waiting")`: a card of Elena's in that state."""

    def bring(state, **more):
        card = make_card(**more)
        step = {"escalation_id": card.pk, "by": elena, "now": morning}
        if state != "new":
            working.take(**step)
        if state == "waiting":
            working.wait(unit="Redes", **step)
        if state in ("resolved", "informed"):
            working.resolve(outcome="Se corrige", **step)
        if state == "informed":
            working.inform(how="telephone", told_at=morning, **step)
        card.refresh_from_db()
        return card

    return bring


def step_of(card, verb):
    return f"/escalations/{card.pk}/steps/{verb}/"


NOBODY_IS_WRITTEN_TO = "Con esto no se le escribe a nadie: el correo sale con «Escribir a una unidad»."


def test_who_waits_for_a_unit_reads_that_nobody_is_written_to(brought_to, signed_in, elena):
    """Whoever is waited for is written in words, a unit or not: on the card, and where several wait at once."""
    client, card = signed_in(elena), brought_to("taken")
    for page in (f"/escalations/{card.pk}/", "/escalations/list/"):
        assert NOBODY_IS_WRITTEN_TO in client.get(page).content.decode()
    client.post(step_of(card, "wait"), {"unit": "El cliente", "version": card.version}, **FRAGMENT)
    card.refresh_from_db()
    assert (card.state, card.waits_for) == ("waiting", "El cliente")
    assert not Notice.objects.exists()


EVERY_VERB = [
    ("take", "new", {}, "taken"),
    ("give_back", "taken", {"reason": "Salgo de vacaciones"}, "new"),
    ("wait", "taken", {"unit": "Facturación"}, "waiting"),
    ("go_on", "waiting", {"note": "Contestaron"}, "taken"),
    ("resolve", "taken", {"outcome": "Se devuelve"}, "resolved"),
    ("reject", "waiting", {"reason": "La factura es correcta"}, "rejected"),
    ("inform", "resolved", {"how": "telephone", "note": "Conforme"}, "informed"),
    ("reopen", "informed", {"reason": "Trajo el recibo"}, "taken"),
    ("note", "informed", {"text": "Llamó de nuevo"}, "informed"),
    ("hand_over", "taken", {"reason": "Es de Rosa"}, "taken"),
    ("merge", "new", {}, "merged"),
]


def test_the_table_below_has_every_verb_and_each_has_its_words():
    assert {verb for verb, *_rest in EVERY_VERB} == set(VERBS) == set(WORDS) == set(Verb) - {Verb.RAISE, Verb.BY_ITSELF}


@pytest.mark.parametrize(("verb", "state", "sent", "reached"), EVERY_VERB)
def test_every_verb_is_taken_within_the_board_and_on_its_page(
    verb, state, sent, reached, brought_to, make_card, elena, rosa, signed_in
):
    for how in (FRAGMENT, {}):
        card = brought_to(state)
        if verb == "inform":
            sent = {**sent, "told_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
            Escalation.objects.filter(pk=card.pk).update(settled_at=timezone.now())
        if verb == "hand_over":
            sent = {**sent, "to": rosa.pk}
        if verb == "merge":
            sent = {"into_id": make_card().pk}
        answer = signed_in(elena).post(step_of(card, verb), sent, **how)
        card.refresh_from_db()
        assert card.state == reached
        assert Change.objects.filter(escalation=card).order_by("-pk")[0].verb == verb
        shown = sent.get("into_id", card.pk)
        if how:
            page = answer.content.decode()
            assert answer.status_code == 200
            assert f'data-card-page="{shown}"' in page
            assert str(WORDS[Verb(verb)].done) in page
            assert "<html" not in page
        else:
            assert (answer.status_code, answer["Location"]) == (302, f"/escalations/{shown}/")


REFUSED = [
    ("take", "taken", {}, "Ya la tomó Elena"),
    ("wait", "new", {"unit": "Redes"}, "tómela primero"),
    ("resolve", "taken", {"outcome": "Listo"}, "La tiene Elena"),
    ("inform", "taken", {"how": "telephone"}, "resuélvala primero"),
    ("reopen", "new", {"reason": "x"}, "Todavía no está resuelta"),
    ("hand_over", "new", {}, "tómela primero"),
]


@pytest.mark.parametrize(("verb", "state", "sent", "sentence"), REFUSED)
def test_what_is_refused_is_409_with_the_sentence(verb, state, sent, sentence, brought_to, rosa, signed_in):
    card, client = brought_to(state), signed_in(rosa)
    before = (card.state, card.version)
    for how in (FRAGMENT, {}, JSON):
        answer = client.post(step_of(card, verb), sent, **how)
        assert answer.status_code == 409
        said = answer.json()["text"] if how == JSON else answer.content.decode()
        assert sentence in said
    assert answer.json()["version"] == card.version
    card.refresh_from_db()
    assert (card.state, card.version) == before


def test_a_form_the_board_cannot_offer_is_refused_before_it_opens(brought_to, elena, signed_in):
    card, client = brought_to("new"), signed_in(elena)
    answer = client.get(f"/escalations/{card.pk}/?verb=wait", **FRAGMENT)
    assert (answer.status_code, answer.json()["text"]) == (409, "Todavía no la tomó nadie: tómela primero.")
    assert client.get(f"/escalations/{card.pk}/?verb=wait").status_code == 200
    working.take(escalation_id=card.pk, by=elena, now=timezone.now())
    page = client.get(f"/escalations/{card.pk}/?verb=wait", **FRAGMENT).content.decode()
    assert re.search(r'<details class="verb" name="card-verbs-\d+" open>', page)


@pytest.mark.parametrize(
    ("verb", "state", "sent"),
    [
        ("wait", "taken", {"unit": " "}),
        ("resolve", "taken", {}),
        ("inform", "resolved", {"how": "smoke", "told_at": "ayer", "note": "Quedó conforme"}),
        ("hand_over", "taken", {"to": "999999999", "reason": "Quedó conforme"}),
    ],
)
def test_what_is_missing_comes_back_with_what_was_typed(verb, state, sent, brought_to, elena, signed_in):
    card = brought_to(state)
    answer = signed_in(elena).post(step_of(card, verb), sent, **FRAGMENT)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in page
    assert page.count(" open>") == 1
    if "conforme" in str(sent):
        assert "Quedó conforme" in page


def test_told_tomorrow_is_refused_and_the_form_stays(brought_to, elena, signed_in):
    card = brought_to("resolved")
    tomorrow = timezone.localtime() + timedelta(days=1)
    sent = {"how": "email", "told_at": f"{tomorrow:%Y-%m-%dT%H:%M}", "note": "Conforme"}
    answer = signed_in(elena).post(step_of(card, "inform"), sent, **FRAGMENT)
    assert answer.status_code == 409
    assert "todavía no llegó" in answer.content.decode()
    assert ">Conforme" in answer.content.decode().replace("\n", "").replace("\r", "")


def test_a_double_is_joined_to_the_card_that_is_open(make_card, elena, signed_in):
    one, double, stranger = make_card(), make_card(reason="Llamó otra vez"), make_card(contract="9")
    client = signed_in(elena)
    page = client.get(f"/escalations/{one.pk}/").content.decode()
    assert f'action="{step_of(double, "merge")}"' in page
    assert f'action="{step_of(stranger, "merge")}"' not in page
    assert "data-confirm=" in page
    answer = client.post(step_of(double, "merge"), {"into_id": one.pk}, **FRAGMENT)
    double.refresh_from_db()
    assert f'data-touched="{double.pk}:{double.version} ' in answer.content.decode()
    assert client.post(step_of(stranger, "merge"), {"into_id": one.pk}, **FRAGMENT).status_code == 409
    for nobody in ("", "x", "²", "9" * 30):
        assert client.post(step_of(stranger, "merge"), {"into_id": nobody}, **FRAGMENT).status_code in (409, 422)
    assert client.post(step_of(stranger, "merge"), {"into_id": 999_999_999}, **FRAGMENT).status_code == 404


def test_nobody_but_who_works_it_may_and_is_told_in_a_sentence_without_buttons(brought_to, ana, luis, oscar, signed_in):
    card = brought_to("new")
    answer = signed_in(ana).post(step_of(card, "take"), **FRAGMENT)
    assert (answer.status_code, "lo trabaja supervisión" in answer.content.decode()) == (409, True)
    assert signed_in(luis).post(step_of(card, "take")).status_code == 404
    assert signed_in(oscar).post(step_of(card, "take")).status_code == 403
    for who in (ana, oscar):
        page = signed_in(who).get(f"/escalations/{card.pk}/").content.decode()
        assert "/steps/" not in page
        assert page.count("Esto lo trabaja supervisión") == 1
        assert 'aria-disabled="true"' not in page
    assert signed_in(ana).post(step_of(card, "fly")).status_code == 404


def test_an_agent_works_a_call_that_is_hers_to_make(brought_to, luis, signed_in):
    call = brought_to("new", kind="callback_promise")
    assert signed_in(luis).post(step_of(call, "take"), **FRAGMENT).status_code == 200
    call.refresh_from_db()
    assert call.owner == luis.user


def test_an_auditor_reads_what_was_said_with_the_numbers_masked(brought_to, elena, oscar, signed_in):
    card = brought_to("taken", reason="Llamar al 71712345")
    working.resolve(escalation_id=card.pk, outcome="Se le llamó al 71712345", by=elena, now=timezone.now())
    hers, his = (signed_in(who).get(f"/escalations/{card.pk}/").content.decode() for who in (elena, oscar))
    assert hers.count("71712345") == 3, "reason, outcome and history"
    assert "712345" not in his
    assert "Se le llamó al" in his


def test_queries_do_not_grow_with_history_nor_people(brought_to, elena, rosa, signed_in):
    card, client = brought_to("taken"), signed_in(elena)
    address = f"/escalations/{card.pk}/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(20):
        working.note(escalation_id=card.pk, text=f"Nota {number}", by=rosa, now=timezone.now())
        brought_to("new")
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 18


def test_who_says_that_a_card_is_another_looked_at_the_other(make_card, elena, signed_in):
    DataPolicy(searches_a_minute=2).save()
    client, first, second, third = signed_in(elena), make_card(), make_card(contract="2"), make_card(contract="3")
    step = reverse("escalations:escalation_step", args=[first.pk, "merge"])
    answers = [
        client.post(step, {"into_id": other.pk}, headers={"HX-Request": "true"}).status_code
        for other in (second, third)
    ]
    assert answers[1] == 429
    asked = list(Search.objects.filter(is_refused=False).values_list("asked", flat=True))
    assert asked == [f"tarjeta {first.pk}", f"tarjeta {second.pk}", f"tarjeta {first.pk}"]


def test_a_step_that_is_refused_shows_no_more_cards_than_looks_do(make_card, elena, signed_in):
    """The answer to a form without its words is the whole card: one after the other they would be a harvest."""
    DataPolicy(searches_a_minute=2).save()
    client, answers, claim = signed_in(elena), [], make_card()
    cards = [claim.pk, claim.pk + 1, claim.pk + 2, claim.pk]
    for pk in cards:
        step = reverse("escalations:escalation_step", args=[pk, "note"])
        answers.append(client.post(step, {}, headers={"HX-Request": "true"}).status_code)
    assert answers == [422, 404, 429, 422], "what is not there counts as well"
    assert list(Search.objects.values_list("asked", flat=True)) == [f"tarjeta {pk}" for pk in cards]
    assert not Change.objects.filter(escalation=claim, verb="note").exists()
