"""Mail to units: whom it goes to, what it says, that it is written once, and what becomes of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection

from escalations import working
from escalations.letters import LetterRefused, address_of, draft_letter, letters_of, write_letter
from escalations.lifecycle import EscalationRefused
from escalations.models import Change, Escalation, Kind, Letter, Unit, UnitAddress
from escalations.undelivered import tell_of_the_undelivered
from notices import mailing
from notices.models import Notice, NoticeKind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 25)
HELD = [  # name, sector, substitute, from, until
    ("Titular", "", False, date(2026, 1, 1), None),
    ("Titular Norte", "Norte", False, date(2026, 1, 1), None),
    ("Suplente Norte", "Norte", True, date(2026, 11, 20), date(2026, 11, 25)),
    ("Suplente", "", True, date(2026, 12, 1), date(2026, 12, 31)),
    ("Titular Sur", "Sur", False, date(2026, 1, 1), date(2026, 6, 30)),
    ("Titular Este", "Este", False, date(2026, 1, 1), None),
    ("Titular Este nuevo", "Este", False, date(2026, 10, 1), None),
    ("Suplente Valle", "Valle", True, date(2026, 11, 1), date(2026, 11, 30)),
    ("Titular Valle nuevo", "Valle", False, date(2026, 11, 10), None),
]


@pytest.fixture
def head(db: None) -> Unit:
    return Unit.objects.get(code="jefe_de_sector")


@pytest.fixture
def hold(head):
    """`hold("Titular", "Norte")`: somebody holds the role."""

    def make(name, sector="", substitute=False, since=date(2026, 1, 1), until=None, unit=head):
        return UnitAddress.objects.create(
            unit=unit, sector=sector, name=name, email=f"{name.lower().replace(' ', '.')}@comteco.example",
            is_substitute=substitute, valid_from=since, valid_until=until,
        )  # fmt: skip

    return make


@pytest.fixture
def ticket(make_card):
    """The slip of 103.13, of a sale made in the north."""
    details = {"order": "O-9", "day": "2026-11-27", "hour": "10:00", "address": "Calle Sucre 12", "sector": "Norte"}
    return make_card(kind="reentry_ticket", line="103", details=details)


@pytest.mark.parametrize(
    ("sector", "on", "whom"),
    [
        ("", date(2026, 11, 25), "Titular"),
        ("Norte", date(2026, 11, 25), "Suplente Norte"),  # its last day
        ("norte ", date(2026, 11, 25), "Suplente Norte"),  # however it is written
        ("Norte", date(2026, 11, 26), "Titular Norte"),
        ("Norte", date(2026, 11, 19), "Titular Norte"),  # not yet
        ("Norte", date(2026, 12, 5), "Titular Norte"),  # the substitute of all sectors is further away
        ("Sur", date(2026, 6, 30), "Titular Sur"),
        ("Sur", date(2026, 7, 1), "Titular"),
        ("Sur", date(2026, 12, 1), "Suplente"),
        ("Sur", date(2027, 1, 1), "Titular"),
        ("Oeste", date(2026, 11, 25), "Titular"),
        ("Este", date(2026, 9, 30), "Titular Este"),
        ("Este", date(2026, 11, 25), "Titular Este nuevo"),
        ("Valle", date(2026, 11, 25), "Suplente Valle"),  # longer there than the holder
        ("Norte", date(2025, 12, 31), None),
    ],
)
def test_the_role_is_written_to_whoever_holds_it(head, hold, sector, on, whom):
    for row in HELD:
        hold(*row)
    if whom is None:
        with pytest.raises(LetterRefused, match=r"nadie recibe el correo de «Jefatura de sector» en el sector Norte"):
            address_of(unit=head, sector=sector, on=on)
    else:
        assert address_of(unit=head, sector=sector, on=on).name == whom


def test_a_role_held_by_sectors_asks_for_one(head, hold):
    with pytest.raises(LetterRefused, match="nadie recibe"):
        address_of(unit=head, on=TODAY)
    hold("Titular Norte", "Norte")
    with pytest.raises(LetterRefused, match="escriba el sector"):
        address_of(unit=head, on=TODAY)


def test_what_is_known_stands_in_the_mail_and_what_is_not_leaves_nothing(ticket):
    draft = draft_letter(ticket)
    assert draft.subject == "Nueva digitación: contrato 1001"
    for words in ("Orden anulada: O-9", "Día de la visita: 2026-11-27", "Calle Sucre 12", "María Quispe", "Sarco"):
        assert words in draft.text
    ticket.details = {"order": None}
    ticket.zone = ""
    draft = draft_letter(ticket)
    assert "{" not in draft.text
    for words in ("Zona", "Orden anulada", "Dirección exacta", "None"):
        assert words not in draft.text


def test_a_template_reaches_nothing_but_its_places(card):
    Kind.objects.filter(code="billing_claim").update(
        subject="{tipo}\r\nBcc: otro@example.com", body="{motivo.__class__} {0} {} {claim} {nada} {{claim}} %(reason)s"
    )
    card.details["claim"] = "{motivo}"
    card.kind.refresh_from_db()
    draft = draft_letter(card)
    assert draft.subject == "Reclamo de facturación Bcc: otro@example.com"
    assert draft.text == "{motivo.__class__}  {} {motivo}  {{motivo}} %(reason)s"


def test_a_kind_without_words_of_its_own_says_what_is_known(card):
    draft = draft_letter(card)
    assert draft.subject == "Reclamo de facturación 1001"
    assert "Motivo: Cobro excesivo" in draft.text


def test_a_letter_is_owed_with_its_line_of_the_history(ticket, hold, elena, morning):
    hold("Julia Rojas", "Norte")
    letter = write_letter(
        escalation_id=ticket.pk, subject=" Boleta\r\nBcc: x@y.example", text="Hola\x00", by=elena, now=morning
    )
    assert (letter.to_whom, letter.notice.to) == ("Julia Rojas", ["julia.rojas@comteco.example"])
    assert (letter.notice.kind, letter.notice.subject) == (NoticeKind.ESCALATION_LETTER, "Boleta Bcc: x@y.example")
    change = Change.objects.get(escalation=ticket, verb="note")
    assert change.by == elena
    assert change.note == "Correo a Jefatura de sector: Julia Rojas <julia.rojas@comteco.example>"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.version) == ("new", 1)
    mailing.deliver_due(now=morning)
    (message,) = mail.outbox
    assert (message.to, message.body) == (["julia.rojas@comteco.example"], "Hola")
    assert message.message()["Bcc"] is None
    assert [one.notice.state for one in letters_of(ticket)] == ["sent"]


def test_the_same_letter_sent_twice_is_one_and_another_meanwhile_is_refused(ticket, hold, elena, rosa, morning):
    hold("Julia Rojas")
    said = {"escalation_id": ticket.pk, "subject": "Boleta", "text": "Hola", "now": morning, "number": 1}
    first = write_letter(by=elena, **said)
    assert write_letter(by=elena, **said) == first
    with pytest.raises(EscalationRefused, match="Mientras escribía salió otro correo"):
        write_letter(by=rosa, **{**said, "text": "Otra cosa"})
    second = write_letter(by=rosa, **{**said, "number": 2})
    assert [letter.pk for letter in letters_of(ticket)] == [first.pk, second.pk]
    assert Notice.objects.values("key").distinct().count() == 2


def test_writing_and_waiting_go_together(ticket, hold, elena, morning):
    hold("Julia Rojas")
    working.take(escalation_id=ticket.pk, by=elena, now=morning)
    write_letter(escalation_id=ticket.pk, subject="a", text="b", by=elena, now=morning, wait=True)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waits_for, ticket.waiting_since) == ("waiting", "Jefatura de sector", morning)


@pytest.mark.parametrize(
    ("who", "more", "why"),
    [
        ("ana", {}, "lo trabaja supervisión"),
        ("oscar", {}, "lo trabaja supervisión"),
        ("elena", {"subject": " "}, "Escriba el asunto"),
        ("elena", {"text": "\n"}, "Escriba el asunto"),
        ("elena", {"wait": True}, "tómela primero"),
        ("elena", {"sector": "Sur"}, "en el sector Sur"),
    ],
)
def test_what_cannot_be_written_says_why_and_leaves_nothing(ticket, hold, request, morning, who, more, why):
    hold("Titular Norte", "Norte")
    person = request.getfixturevalue(who)
    said = {"subject": "a", "text": "b", **more}
    with pytest.raises(EscalationRefused, match=why):
        write_letter(escalation_id=ticket.pk, by=getattr(person, "user", person), now=morning, **said)
    assert not Notice.objects.exists()
    assert list(Change.objects.values_list("verb", flat=True)) == ["raise"]


def test_a_closed_card_and_a_kind_without_a_unit_are_not_written_about(make_card, elena, hold, morning):
    hold("Titular")
    complaint = make_card(kind="complaint")
    with pytest.raises(EscalationRefused, match="Elija a qué unidad"):
        write_letter(escalation_id=complaint.pk, subject="a", text="b", by=elena, now=morning)
    Escalation.objects.filter(pk=complaint.pk).update(state="rejected", closed_at=morning)
    with pytest.raises(EscalationRefused, match="Ya está cerrada"):
        write_letter(
            escalation_id=complaint.pk, subject="a", text="b", by=elena, now=morning,
            unit=Unit.objects.get(code="jefe_de_sector"),
        )  # fmt: skip


@pytest.mark.parametrize(("kind", "unit"), [("public_phone_fault", "telefonia_publica"), ("nocc_fault", "nocc")])
def test_a_fault_is_mailed_at_once_by_itself_to_who_holds_the_role(make_card, hold, morning, kind, unit):
    role = Unit.objects.get(code=unit)
    hold("Titular", unit=role)
    hold("Suplente", substitute=True, unit=role)
    raised = make_card(kind=kind, details={"description": "No da tono", "fault": "No da tono"})
    (letter,) = letters_of(raised)
    assert (letter.to_whom, letter.unit) == ("Suplente", role)
    assert "No da tono" in letter.notice.body
    notes = Change.objects.filter(escalation=raised, verb="note")
    assert [(note.by, note.note[:9]) for note in notes] == [(None, "Correo a ")]
    make_card(kind=kind, key=raised.key)  # the step is passed again
    assert Letter.objects.count() == 1


def test_a_fault_that_nobody_is_named_for_is_raised_and_says_so(make_card, elena, hold, morning):
    raised = make_card(kind="public_phone_fault", details={"service_number": "4251000"})
    assert letters_of(raised) == []
    note = Change.objects.get(escalation=raised, verb="note").note
    assert "No se envió el correo" in note
    assert "Encargado de telefonía pública" in note
    hold("Titular", unit=Unit.objects.get(code="telefonia_publica"))
    draft = draft_letter(raised)
    write_letter(escalation_id=raised.pk, subject=draft.subject, text=draft.text, by=elena, now=morning)
    assert len(letters_of(raised)) == 1


def test_a_mail_server_that_is_down_delays_letters_and_loses_none(ticket, hold, elena, morning, mail_server):
    hold("Julia Rojas", "Norte")
    down = mail_server()
    port = down.server_address[1]
    down.shutdown()
    down.server_close()
    for number in range(1, 4):
        write_letter(escalation_id=ticket.pk, subject=f"{number}", text="b", by=elena, now=morning, number=number)
    for hour in range(12):
        assert mailing.deliver_due(now=morning + timedelta(hours=hour)) == 0
    assert {(one.notice.state, one.notice.attempts) for one in letters_of(ticket)} == {("waiting", 0)}
    up = mail_server(port=port)
    assert mailing.deliver_due(now=morning + timedelta(hours=13)) == 3
    assert len(up.taken) == 3
    assert [one.notice.state for one in letters_of(ticket)] == ["sent"] * 3


@pytest.mark.django_db(transaction=True)
def test_of_several_who_write_the_next_letter_at_once_one_does_and_the_others_are_told(ticket, hold, elena, morning):
    hold("Julia Rojas")
    together = threading.Barrier(5)

    def write(text):
        together.wait()
        try:
            said = {"subject": "Boleta", "text": text, "number": 1}
            return write_letter(escalation_id=ticket.pk, by=elena, now=morning, **said).pk
        except EscalationRefused as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        ends = list(pool.map(write, "abcde"))
    (letter,) = letters_of(ticket)
    assert [end for end in ends if isinstance(end, int)] == [letter.pk]
    assert sum("salió otro correo" in end for end in ends if isinstance(end, str)) == 4
    assert Notice.objects.count() == 1


def test_what_happens_now_of_a_repair_is_told_to_who_repairs_it(make_card) -> None:
    said = {"damage": "D-1", "segment": "A", "note": "Volvió a cortarse"}
    card = make_card(kind="priority_repair", details=said)
    assert "Segmento: A\nQué ocurre ahora: Volvió a cortarse\n" in draft_letter(card).text
    card.details = {"damage": "D-1", "segment": "A"}
    assert "ahora" not in draft_letter(card).text


def test_mail_that_reached_nobody_comes_back_to_whoever_waits_for_it(ticket, hold, rosa, elena, morning) -> None:
    """The clock of its kind stands still while a unit is at it: nobody is."""
    hold("Titular", "Norte")
    due_at = ticket.due_at
    working.take(escalation_id=ticket.pk, by=elena, now=morning)
    letter = write_letter(escalation_id=ticket.pk, subject="a", text="b", by=rosa, now=morning)
    working.wait(escalation_id=ticket.pk, unit="Jefatura de sector", by=elena, now=morning)
    assert tell_of_the_undelivered(now=morning) == 0
    for hour in (1, 3):
        at = morning + timedelta(hours=hour)
        Notice.objects.update(state=Notice.State.PARKED, attempts=3, last_error="no such user", parked_at=at)
        assert tell_of_the_undelivered(now=at + timedelta(minutes=1)) == 1
        assert tell_of_the_undelivered(now=at + timedelta(minutes=2)) == 0, "once each time it is given up"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.owner, ticket.waits_for, ticket.due_at) == ("taken", elena, "", due_at)
    told = list(ticket.changes.filter(note__contains="no se pudo entregar").values_list("verb", "note"))
    assert [verb for verb, _note in told] == ["go_on", "note"]
    assert f"«{letter.unit}»" in told[0][1]
    assert "no such user" in told[0][1]


def test_mail_that_reached_nobody_takes_no_card_from_whom_it_did_reach(ticket, hold, rosa, elena, morning) -> None:
    hold("Titular", "Norte")
    hold("Titular Sur", "Sur")
    working.take(escalation_id=ticket.pk, by=elena, now=morning)
    lost = write_letter(escalation_id=ticket.pk, subject="a", text="b", by=rosa, now=morning)
    write_letter(escalation_id=ticket.pk, subject="a", text="b", sector="Sur", number=2, by=rosa, now=morning)
    working.wait(escalation_id=ticket.pk, unit="Jefatura de sector", by=elena, now=morning)
    parked = {"state": Notice.State.PARKED, "attempts": 3, "last_error": "x", "parked_at": morning}
    Notice.objects.filter(pk=lost.notice_id).update(**parked)
    assert tell_of_the_undelivered(now=morning + timedelta(minutes=1)) == 1
    ticket.refresh_from_db()
    assert ticket.state == "waiting"
    assert ticket.changes.filter(verb="note", note__contains="no se pudo entregar").exists()


def test_mail_of_a_card_that_was_united_is_told_on_the_one_that_goes_on(
    ticket, make_card, hold, rosa, elena, morning
) -> None:
    hold("Titular", "Norte")
    write_letter(escalation_id=ticket.pk, subject="a", text="b", by=rosa, now=morning)
    other = make_card(kind="reentry_ticket", line="103", details=ticket.details)
    working.take(escalation_id=ticket.pk, by=elena, now=morning)
    working.merge(escalation_id=ticket.pk, into_id=other.pk, by=elena, now=morning)
    Notice.objects.update(state=Notice.State.PARKED, attempts=3, last_error="x", parked_at=morning)
    assert tell_of_the_undelivered(now=morning + timedelta(minutes=1)) == 1
    assert other.changes.filter(note__contains="no se pudo entregar").exists()


def test_nobody_is_told_of_mail_of_a_card_that_is_settled(ticket, hold, rosa, elena, morning) -> None:
    hold("Titular", "Norte")
    working.take(escalation_id=ticket.pk, by=elena, now=morning)
    write_letter(escalation_id=ticket.pk, subject="a", text="b", by=rosa, now=morning)
    Notice.objects.update(state=Notice.State.PARKED, attempts=3, last_error="x", parked_at=morning)
    working.resolve(escalation_id=ticket.pk, outcome="Hecho", by=elena, now=morning)
    assert tell_of_the_undelivered(now=morning + timedelta(minutes=1)) == 0
