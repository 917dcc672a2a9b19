"""A letter is seen before it goes, its delivery stands on the card, and who has nobody to call sees no number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from escalations import working
from escalations.letters import letters_of, write_letter
from escalations.models import Escalation, Unit, UnitAddress
from notices.models import Notice

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def ticket(make_card) -> Escalation:
    head = Unit.objects.get(code="jefe_de_sector")
    for name, sector in (("Julia", "Norte"), ("Mario", "Sur")):
        UnitAddress.objects.create(
            unit=head, sector=sector, name=name, email=f"{name.lower()}@comteco.example", valid_from=date(2026, 1, 1)
        )
    details = {"sector": "Norte", "address": "Calle Sucre 12, 70798765"}
    return make_card(kind="reentry_ticket", line="103", details=details)


def address_of(card: Escalation) -> str:
    return reverse("escalations:letter", args=[card.pk])


def form_of(card: Escalation, **more: Any) -> dict[str, Any]:
    said = {"unit": card.kind.unit_id, "sector": "Norte", "subject": "Boleta", "text": "Llame al 70798765", "number": 1}
    return {**said, **more}


def test_the_mail_of_the_kind_is_seen_before_it_goes(ticket, elena, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    page = client.get(address_of(ticket)).content.decode()
    for words in ("Julia", "julia@comteco.example", "Nueva digitación: contrato 1001", "Calle Sucre 12"):
        assert words in page
    assert "Esperar a la unidad" not in page  # nobody has the card
    assert "Mario" in client.get(address_of(ticket), {"unit": ticket.kind.unit_id, "sector": "sur"}).content.decode()
    page = client.get(address_of(ticket), {"unit": Unit.objects.get(code="nocc").pk}).content.decode()
    assert "Hoy nadie recibe el correo de «NOCC»" in page
    page = client.get(address_of(ticket), {"unit": "", "sector": "Norte"}).content.decode()
    assert "Elija a qué unidad se escribe" in page
    assert "Julia" not in page
    for nonsense in ({"unit": "x"}, {"unit": "9" * 30}, {"sector": "\x00"}):
        assert client.get(address_of(ticket), nonsense).status_code == 200


def test_it_is_sent_stands_on_the_card_and_is_read_whole_in_the_outbox(
    ticket, elena, oscar, signed_in: SignedIn
) -> None:
    client = signed_in(elena)
    for _click in (1, 2):
        answer = client.post(address_of(ticket), form_of(ticket), follow=True)
    page = answer.content.decode()
    assert "El correo sale en unos segundos a Julia" in page
    (letter,) = letters_of(ticket)
    whole = [
        reverse("escalations:escalation", args=[ticket.pk]),
        reverse("notices:notice", args=[letter.notice.pk]),
    ]
    for address in whole:
        assert "Llame al 70798765" in client.get(address).content.decode()
        seen_by_an_auditor = signed_in(oscar).get(address).content.decode()
        assert "Llame al" in seen_by_an_auditor
        assert "70798765" not in seen_by_an_auditor
    Notice.objects.update(subject="Boleta 70798765")
    assert "70798765" in client.get(reverse("notices:outbox")).content.decode()
    assert "70798765" not in signed_in(oscar).get(reverse("notices:outbox")).content.decode()


def test_over_the_board_it_is_written_in_the_place_of_its_card_and_the_card_comes_back(
    ticket, elena, signed_in: SignedIn
) -> None:
    client = signed_in(elena)

    def part(answer: Any) -> str:
        page: str = answer.content.decode()
        assert "<html" not in page
        assert page.count('id="card"') == 1
        return page

    assert "Nueva digitación: contrato 1001" in part(client.get(address_of(ticket), **HTMX))
    wrong = client.post(address_of(ticket), form_of(ticket, sector="Oeste"), **HTMX)
    assert wrong.status_code == 409
    assert "Llame al 70798765" in part(wrong)
    sent = client.post(address_of(ticket), form_of(ticket), **HTMX)
    assert sent.status_code == 200
    assert "El correo sale en unos segundos a Julia" in part(sent)
    assert f'data-card-page="{ticket.pk}"' in part(sent)
    (letter,) = letters_of(ticket)
    Notice.objects.update(state=Notice.State.PARKED, attempts=3, last_error="no such user")
    again = reverse("escalations:letter_retry", args=[ticket.pk, letter.pk])
    assert "El aviso se enviará en unos segundos" in part(client.post(again, **HTMX))
    refused = client.post(again, **HTMX)
    assert refused.status_code == 409
    assert 'role="alert"' in part(refused)
    messages = client.get(reverse("escalations:board")).content.decode().partition('id="toasts"')[2]
    assert "El correo sale" not in messages.partition("<template")[0], "it was told on the card already"


def test_what_cannot_be_sent_comes_back_with_what_was_typed(ticket, elena, rosa, morning, signed_in: SignedIn) -> None:
    client = signed_in(elena)
    answer = client.post(address_of(ticket), form_of(ticket, sector="Oeste"))
    assert answer.status_code == 409
    assert "Llame al 70798765" in answer.content.decode()
    assert client.post(address_of(ticket), form_of(ticket, text="")).status_code == 422
    write_letter(escalation_id=ticket.pk, subject="a", text="b", by=rosa, now=morning)
    answer = client.post(address_of(ticket), form_of(ticket))
    assert answer.status_code == 409
    assert "salió otro correo" in answer.content.decode()
    assert len(letters_of(ticket)) == 1


def test_who_has_the_card_may_wait_for_the_unit_with_the_letter(ticket, elena, morning, signed_in: SignedIn) -> None:
    working.take(escalation_id=ticket.pk, by=elena, now=morning)
    client = signed_in(elena)
    assert "Esperar a la unidad" in client.get(address_of(ticket)).content.decode()
    for _click in (1, 2):
        assert client.post(address_of(ticket), form_of(ticket, wait="on")).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_for) == ("waiting", "Jefatura de sector")
    assert len(letters_of(ticket)) == 1


def test_a_parked_letter_says_why_and_is_tried_again_from_the_card(
    ticket, elena, oscar, rosa, morning, signed_in: SignedIn, make_card
) -> None:
    letter = write_letter(escalation_id=ticket.pk, subject="a", text="b", by=rosa, now=morning)
    Notice.objects.update(state=Notice.State.PARKED, attempts=3, last_error="no such user")
    card = reverse("escalations:escalation", args=[ticket.pk])
    again = reverse("escalations:letter_retry", args=[ticket.pk, letter.pk])
    page = signed_in(elena).get(card).content.decode()
    assert "no such user" in page
    assert again in page
    assert again not in signed_in(oscar).get(card).content.decode()
    elsewhere = reverse("escalations:letter_retry", args=[make_card().pk, letter.pk])
    assert signed_in(elena).post(elsewhere).status_code == 404
    assert signed_in(elena).post(again).status_code == 302
    assert set(Notice.objects.values_list("state", "attempts")) == {("waiting", 0)}


def test_a_letter_that_waits_through_no_fault_of_its_own_says_why(ticket, elena, morning, signed_in: SignedIn) -> None:
    write_letter(escalation_id=ticket.pk, subject="a", text="b", by=elena, now=morning)
    Notice.objects.update(attempts=0, last_error="SMTPRecipientsRefused: no room left")
    page = signed_in(elena).get(reverse("escalations:escalation", args=[ticket.pk])).content.decode()
    assert "se intenta solo hasta que salga" in page
    assert "no room left" in page
    assert "servidor de correo" not in page  # it may be the mailbox
    assert "0 intentos" not in page


def test_a_mail_that_should_have_gone_by_itself_is_missed_on_the_card(make_card, elena, signed_in: SignedIn) -> None:
    card = reverse("escalations:escalation", args=[make_card(kind="public_phone_fault").pk])
    page = signed_in(elena).get(card).content.decode()
    assert "El correo a Encargado de telefonía pública debía salir por sí solo y no salió" in page
