"""A corrected CCVP report takes the place of the one its month has: shown first, and nothing that was done is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from agents.models import Agent, Disclosure, User
from campaigns.assignment.assigning import assign
from campaigns.calling.rulebook import read_rules
from campaigns.desk.answers import Answers
from campaigns.desk.desk_page import lay_desk
from campaigns.desk.giving import give_next, open_contact
from campaigns.desk.results import record_result
from campaigns.figures.figures import read_figures
from campaigns.figures.refreshing import refresh_figures
from campaigns.intake import deciding, mending, taking_in
from campaigns.intake.receiving import FileRefused, receive_report
from campaigns.intake.taking_in import take_in
from campaigns.intake.withdrawing import preview_withdrawal, withdraw
from campaigns.invariants import check_invariants
from campaigns.lists.books import open_book
from campaigns.models import (
    CallBack,
    Campaign,
    Contact,
    ContactChange,
    Disposition,
    ListEntry,
    ListExport,
    PaymentPromise,
    Receipt,
    RejectedRow,
    Renewal,
    Report,
    ReportDifference,
    ReportSource,
)
from campaigns.month import lifecycle
from campaigns.promises_and_callbacks.call_backs import widen_overdue
from campaigns.promises_and_callbacks.promise_outcomes import with_outcome
from notices.models import Notice
from tests.campaigns.a_campaign import add_contacts, make_campaign
from tests.campaigns.some_reports import ccvp, many, received, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]
State = Report.State
RECAUDO = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO\r\n"


def corrected(*rows: dict[str, str], now: datetime, name: str = "ccvp-2026-12-corregido.csv") -> Report:
    return take_in(report_id=received(ccvp(*rows), now=now, name=name).pk, now=now)


def accepted(report: Report, *, by: User, now: datetime) -> Report:
    deciding.accept(report_id=report.pk, by=by, now=now)
    return take_in(report_id=report.pk, now=now)


def paid(*rows: tuple[str, str, str], now: datetime) -> Report:
    """Receipts: number, contract of `many`, amount."""
    lines = "".join(f"{number};{contract};{contract}1;Internet;26/11/2026;{bs}\r\n" for number, contract, bs in rows)
    file = BytesIO((RECAUDO + lines).encode())
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=now)
    return take_in(report_id=report.pk, now=now)


def entry(contract: str) -> ListEntry:
    return ListEntry.objects.select_related("contact").get(contact__contract=contract)


@pytest.fixture
def month(at: At, ana: Agent, elena: User) -> Campaign:
    """Eight customers, 2000 to 2007, launched, all of them Ana's."""
    taken(*many(8), now=at("2026-11-25 06:10"))
    campaign = Campaign.objects.get()
    assign(campaign=campaign, now=at("2026-11-25 07:00"))
    return lifecycle.launch(campaign=campaign, by=elena, now=at("2026-11-25 08:00"))


def call(agent: Agent, contract: str, code: str, *, now: datetime, **answers: Any) -> None:
    contact = Contact.objects.get(contract=contract)
    given = open_contact(agent=agent, contact_id=contact.pk, now=now)
    record_result(
        agent=agent, contact=contact, fence=given.fence, disposition=Disposition.objects.get(code=code),
        answers=Answers(telephone=contact.telephones[0], **answers), now=now,
    )  # fmt: skip


CORRECTION = [
    {"CONTRATO": "2002", "NRO_SERVICIO": "20021", "MONTO": "389,00"},
    {"CONTRATO": "2003", "NRO_SERVICIO": "20031", "CELULAR": "70799999"},
    {"CONTRATO": "2004", "NRO_SERVICIO": "20041"},
    {"CONTRATO": "2004", "NRO_SERVICIO": "20042", "PRODUCTO": "TV Cable", "MONTO": "149,00"},
    {"CONTRATO": "2005", "NRO_SERVICIO": "20051"},
    {"CONTRATO": "2006", "NRO_SERVICIO": "20061"},
    {"CONTRATO": "3000", "NRO_SERVICIO": "30001", "CLIENTE": "Eva Rojas"},
    {"CONTRATO": "3007", "NRO_SERVICIO": "20071"},
]


def test_a_second_report_of_a_month_waits_and_shows_what_it_would_change(month: Campaign, at: At) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    assert (report.state, report.held_for) == (State.HELD, "replaces")
    assert report.held_because == (
        "El mes ya tiene su reporte, ccvp-2026-12.csv del 25/11/2026. "
        "Este lo reemplazaría: 2 clientes nuevos, 3 que salen y 3 que cambian."
    )
    assert report.held_because in Notice.objects.get(kind="report_held").body
    told = {one.contract: (one.kind, one.changes) for one in ReportDifference.objects.filter(report=report)}
    assert told == {
        "3000": ("new", []), "3007": ("new", []), "2000": ("gone", []), "2001": ("gone", []), "2007": ("gone", []),
        "2002": ("changed", ["amount"]), "2003": ("changed", ["telephones"]),
        "2004": ("changed", ["services", "amount"]),
    }  # fmt: skip
    third = ReportDifference.objects.get(contract="2003")
    assert (third.before["telephones"], third.after["telephones"]) == (["+59170712345"], ["+59170799999"])
    fourth = ReportDifference.objects.get(contract="2004")
    assert (fourth.before["amount"], fourth.after["amount"]) == ("289.00", "438.00")
    assert Contact.objects.count() == 8, "nothing has changed yet"
    assert not check_invariants()


def test_what_was_called_promised_and_paid_stays_and_who_left_is_not_called(
    month: Campaign, at: At, ana: Agent, elena: User, client: Client
) -> None:
    call(ana, "2000", "promise", now=at("2026-11-25 09:00"), promised_on=at("2026-11-27 00:00").date(),
         promised_amount=Decimal("289.00"))  # fmt: skip
    call(ana, "2007", "call_back", now=at("2026-11-25 09:10"), call_back_at=at("2026-11-26 15:00"))
    paid(("R1", "2001", "289"), ("R2", "2002", "289"), ("R3", "2005", "289"), now=at("2026-11-26 08:00"))
    assert entry("2002").state == "paid"
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    gone = {one.contract: (one.was_called, one.has_promised, one.has_paid)
            for one in ReportDifference.objects.filter(report=report, kind="gone")}  # fmt: skip
    assert gone == {"2000": (True, True, False), "2001": (False, False, True), "2007": (True, False, False)}
    report = accepted(report, by=elena, now=at("2026-11-26 09:30"))
    assert report.state == State.PUBLISHED
    before = Report.objects.get(name="ccvp-2026-12.csv")
    assert (before.state, report.supersedes) == (State.SUPERSEDED, before)

    states = dict(ListEntry.objects.values_list("contact__contract", "state"))
    assert states == {
        "2000": "gone", "2001": "gone", "2007": "gone", "2002": "open", "2003": "open", "2004": "open",
        "2005": "paid", "2006": "open", "3000": "open", "3007": "open",
    }  # fmt: skip
    assert {one.owner for one in ListEntry.objects.all()} == {ana}, "owners stay, and who is new has one"
    assert (entry("2004").call_list, entry("2004").contact.amount_due) == ("BOTH", Decimal("438.00"))
    assert entry("2003").contact.telephones == ["+59170799999"]
    assert entry("2002").paid_on is None, "she paid Bs 289 of 389"

    assert PaymentPromise.objects.get().contact.contract == "2000"
    assert with_outcome(PaymentPromise.objects.all()).get().outcome == "void"
    agreed = CallBack.objects.get()
    assert (agreed.state, agreed.why) == ("cancelled", "El cliente ya no está en el reporte.")
    assert Receipt.objects.get(number="R1").renewal.contact.contract == "2001", "what was paid stays"
    moved = Renewal.objects.get(service_number="20071")
    assert (moved.contact.contract, moved.gone_at) == ("3007", None), "the service is of another contract now"

    refresh_figures(campaign=month, now=at("2026-11-26 09:31"))
    figures = read_figures(campaign=month)
    assert (figures.contacts.items, figures.services.items, figures.services.paid) == (7, 8, 1)
    assert figures.by_state["gone"] == 3
    client.force_login(elena)
    page = " ".join(client.get("/campaigns/2026-12/").content.decode().split())
    assert '?state=gone">3 contactos del mes ya no están en él</a>: no cuentan en contactos' in page
    assert figures.services.amount == Decimal("2272.00")
    assert not check_invariants()
    names = {given.contact_id for _ in range(9) if (given := give_next(agent=ana, now=at("2026-11-26 10:00")))}
    assert names <= set(Contact.objects.filter(contract__in=["2002", "2003", "2004", "2006", "3000", "3007"])
                        .values_list("pk", flat=True))  # fmt: skip


def test_what_it_changes_is_what_was_shown_or_it_is_shown_again(
    month: Campaign, at: At, ana: Agent, elena: User
) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    call(ana, "2006", "no_answer", now=at("2026-11-26 09:05"))
    Contact.objects.filter(contract="2006").update(name="Otra persona")
    report = accepted(report, by=elena, now=at("2026-11-26 09:30"))
    assert (report.state, report.held_for, report.accepted_by) == (State.HELD, "replaces", None)
    assert "4 que cambian" in report.held_because
    assert Contact.objects.count() == 8
    assert accepted(report, by=elena, now=at("2026-11-26 09:40")).state == State.PUBLISHED


def test_a_call_that_is_open_while_its_customer_leaves_still_gets_its_result(
    month: Campaign, at: At, ana: Agent, elena: User
) -> None:
    contact = Contact.objects.get(contract="2000")
    given = open_contact(agent=ana, contact_id=contact.pk, now=at("2026-11-26 09:00"))
    accepted(corrected(*CORRECTION, now=at("2026-11-26 09:01")), by=elena, now=at("2026-11-26 09:02"))
    no_answer = Disposition.objects.get(code="no_answer")
    answers = Answers(telephone=contact.telephones[0])
    laid = lay_desk(agent=ana, book=read_rules(now=at("2026-11-26 09:03")), given=given)
    assert (laid.card.is_gone, laid.countdown) == (True, 0)
    recorded = record_result(
        agent=ana,
        contact=contact,
        fence=given.fence,
        disposition=no_answer,
        answers=answers,
        now=at("2026-11-26 09:04"),
    )
    assert (recorded.entry.state, recorded.entry.attempts) == ("gone", 1)
    assert not check_invariants()


def test_who_had_left_comes_back_as_she_stood_with_the_next_correction(
    month: Campaign, at: At, ana: Agent, elena: User, signed_in: Callable[[User | Agent], Client]
) -> None:
    call(ana, "2001", "refused", now=at("2026-11-25 09:00"), reason="Precio")
    paid(("R1", "2007", "289"), now=at("2026-11-26 08:00"))
    accepted(corrected(*many(4, first=3), now=at("2026-11-26 09:00")), by=elena, now=at("2026-11-26 09:10"))
    assert ListEntry.objects.filter(state="gone").count() == 4
    whole = corrected(
        *({**row, "PLAN": "Fibra 200"} for row in many(8)), {"CONTRATO": "3000", "NRO_SERVICIO": "30001"},
        now=at("2026-11-26 10:00"), name="tercero.csv",
    )  # fmt: skip
    told = dict(ReportDifference.objects.filter(report=whole, kind="new").values_list("contract", "changes"))
    assert told == {**dict.fromkeys(("2000", "2001", "2002", "2007"), ["back"]), "3000": []}
    page = signed_in(elena).get(f"/reports/{whole.pk}/changes/?kind=new").content.decode()
    assert page.count("vuelve</span>") == 4
    assert accepted(whole, by=elena, now=at("2026-11-26 10:10")).state == State.PUBLISHED
    states = dict(ListEntry.objects.values_list("contact__contract", "state"))
    assert states == {**dict.fromkeys(("2000", "2002", "2003", "2004", "2005", "2006"), "open"), "2001": "done",
                      "2007": "paid", "3000": "open"}  # fmt: skip
    assert {one.owner for one in ListEntry.objects.all()} == {ana}
    assert Renewal.objects.filter(gone_at=None).count() == 9
    refresh_figures(campaign=month, now=at("2026-11-26 10:20"))
    words = "tercero.csv (26/11), corrige a ccvp-2026-12-corregido.csv y ccvp-2026-12.csv"
    assert read_figures(campaign=month).report == words
    assert not check_invariants()


def test_a_row_that_is_mended_brings_back_who_had_left(month: Campaign, at: At, ana: Agent, elena: User) -> None:
    rows = [*many(7), {"CONTRATO": "2007", "NRO_SERVICIO": "20071", "MONTO": "gratis"}]
    accepted(corrected(*rows, now=at("2026-11-26 09:00")), by=elena, now=at("2026-11-26 09:10"))
    assert entry("2007").state == "gone"
    row = RejectedRow.objects.get()
    mending.admit(row_id=row.pk, cells={**row.cells, "amount": "189"}, by=elena, now=at("2026-11-26 09:20"))
    back = entry("2007")
    again = corrected(*rows[:6], now=at("2026-11-26 09:30"))
    assert "En el de antes se corrigió 1 fila a mano" in again.held_because
    assert (back.state, back.owner, back.contact.amount_due) == ("open", ana, Decimal("189.00"))
    assert not check_invariants()


def test_a_report_that_says_the_same_is_refused_with_a_word(month: Campaign, at: At) -> None:
    report = corrected(
        *many(8), {"CONTRATO": "9", "NRO_SERVICIO": "9", "PRODUCTO": "Telefonía"}, now=at("2026-11-26 09:00")
    )
    assert (report.state, report.last_error) == (
        State.REFUSED, "El mes ya tiene su reporte y las filas de este dicen lo mismo: no cambia nada.",
    )  # fmt: skip


def test_who_would_leave_because_her_row_cannot_be_read_is_told(month: Campaign, at: At) -> None:
    rows = [dict(row) for row in CORRECTION]
    rows[0]["MONTO"] = "gratis"
    report = corrected(*rows, now=at("2026-11-26 09:00"))
    assert "De ellos, 1 está en el archivo en una fila que no se pudo leer" in report.held_because


def test_rows_that_may_be_missing_from_both_are_told_all_the_same(month: Campaign, at: At) -> None:
    file = BytesIO(ccvp(*many(8)).getvalue() + b"TOTAL REGISTROS;500\r\n")
    report = take_in(
        report_id=received(file, now=at("2026-11-26 09:00"), name="otra.csv").pk, now=at("2026-11-26 09:00")
    )
    assert report.state == State.REFUSED
    assert "no cambia nada.\nSu pie dice 500 filas y se leyeron 8." in report.last_error


def test_until_they_are_counted_again_figures_say_of_which_report_they_are(
    month: Campaign, at: At, elena: User
) -> None:
    refresh_figures(campaign=month, now=at("2026-11-26 08:00"))
    before = read_figures(campaign=month).report
    assert before
    report = accepted(corrected(*CORRECTION, now=at("2026-11-26 09:00")), by=elena, now=at("2026-11-26 09:10"))
    assert report.state == State.PUBLISHED
    assert read_figures(campaign=month).report == before
    refresh_figures(campaign=month, now=at("2026-11-26 09:20"))
    assert "corrige a" in read_figures(campaign=month).report


def test_a_closed_month_takes_no_other_report(month: Campaign, at: At, elena: User) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    lifecycle.close(campaign=month, by=elena, now=at("2026-11-30 20:00"), note="Fin del mes.")
    with pytest.raises(FileRefused, match="ya está cerrada"):
        received(ccvp(*many(3)), now=at("2026-11-30 21:00"))
    refused = accepted(report, by=elena, now=at("2026-11-30 21:10"))
    assert (refused.state, refused.last_error) == (State.REFUSED, "La campaña de 2026-12 ya está cerrada.")


def test_before_the_launch_it_keeps_the_assignment(at: At, ana: Agent, elena: User) -> None:
    taken(*many(8), now=at("2026-11-25 06:10"))
    report = accepted(corrected(*CORRECTION, now=at("2026-11-25 07:00")), by=elena, now=at("2026-11-25 07:10"))
    assert report.state == State.PUBLISHED
    assert Campaign.objects.get().state == Campaign.State.PROPOSED
    assert ListEntry.objects.filter(owner=ana, state="open").count() == 7
    assert not check_invariants()


def test_its_pages_show_what_changes_before_it_is_accepted_and_keep_it_afterwards(
    month: Campaign, at: At, ana: Agent, elena: User, oscar: User, signed_in: Callable[[User | Agent], Client]
) -> None:
    call(ana, "2000", "no_answer", now=at("2026-11-25 09:00"))
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    client = signed_in(elena)
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert "Qué cambiaría" in page
    assert "Reemplazar el reporte del mes" in page
    assert "De los que salen, llamados: 1; con compromiso: 0; con algún pago: 0." in " ".join(page.split())
    gone = client.get(f"/reports/{report.pk}/changes/?kind=gone").content.decode()
    assert [contract in gone for contract in ("2000", "2001", "2007", "2003")] == [True, True, True, False]
    assert "llamado" in gone
    changed = " ".join(client.get(f"/reports/{report.pk}/changes/?kind=changed").content.decode().split())
    assert "Internet 20041 → Internet 20041, Televisión 20042" in changed
    assert "707-12345 → +591 707-99999" in changed.replace("\xa0", " ")
    assert "707-99999" not in signed_in(oscar).get(f"/reports/{report.pk}/changes/?kind=changed").content.decode()
    found = client.post(f"/reports/{report.pk}/changes/", {"kind": "gone", "q": "2001"}, follow=True)
    assert found.content.decode().count("row-link") == 1
    assert "2001" not in found.request["QUERY_STRING"]  # what is searched stands in no address
    assert signed_in(ana).get(f"/reports/{report.pk}/changes/").status_code == 403
    accepted(report, by=elena, now=at("2026-11-26 09:30"))
    assert "Qué cambió" in client.get(f"/reports/{report.pk}/").content.decode()
    before = Report.objects.get(state=State.SUPERSEDED)
    page = " ".join(client.get(f"/reports/{before.pk}/").content.decode().split())
    assert f'Lo reemplazó <a href="/reports/{report.pk}/">ccvp-2026-12-corregido.csv</a>, que aceptó Elena' in page
    refresh_figures(campaign=month, now=at("2026-11-26 09:31"))
    page = client.get("/campaigns/2026-12/").content.decode()
    assert "Según el reporte ccvp-2026-12-corregido.csv (26/11), corrige a ccvp-2026-12.csv." in page
    assert "Ya no están en el reporte" in page
    contact = Contact.objects.get(contract="2000")
    assert "Ya no está en el reporte" in client.get(reverse("campaigns:contact", args=[contact.pk])).content.decode()


def test_its_workbook_has_both_sides_of_every_customer(month: Campaign, at: At, elena: User) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    book = open_book(kind="changes", filters={"report": report.pk}, by=elena, masked=False, now=at("2026-11-26 09:10"))
    rows = {row[1]: row for row in book.sheet.rows}
    assert (book.rows, len(rows)) == (8, 8)
    assert rows["2003"][6:8] == ["+59170712345", "+59170799999"]
    assert rows["2002"][10:12] == [Decimal("289.00"), Decimal("389.00")]
    assert (rows["2000"][0], rows["2000"][11]) == ("Sale", None)


def test_its_workbook_has_the_customers_that_are_shown(
    month: Campaign, at: At, elena: User, signed_in: Callable[[User | Agent], Client]
) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    client = signed_in(elena)
    for typed, told, rows in (("", "Salen", 3), ("2001", "Salen, un contrato", 1)):
        page = client.post(f"/reports/{report.pk}/changes/", {"kind": "gone", "q": typed}, follow=True)
        address = f"/reports/{report.pk}/changes/export/?{page.request['QUERY_STRING']}"
        assert f'action="{escape(address)}"' in page.content.decode()
        client.post(address)
        export = ListExport.objects.latest("pk")
        assert Disclosure.objects.latest("pk").subject == f"Cambios del reporte ccvp-2026-12-corregido.csv: {told}"
        book = open_book(kind="changes", filters=export.filters, by=elena, masked=False, now=at("2026-11-26 09:10"))
        assert (book.rows, {row[0] for row in book.sheet.rows}) == (rows, {"Sale"})


def test_its_workbook_gives_each_telephone_a_column_of_its_own(month: Campaign, at: At, elena: User) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    moved = ReportDifference.objects.get(report=report, contract="2003")
    moved.after["telephones"] = ["+59170799999", "+59144251000"]
    moved.save()
    sheet = open_book(kind="changes", filters={"report": report.pk}, by=elena, masked=False, now=month.created_at).sheet
    told = {row[1]: dict(zip(sheet.headers, row, strict=True)) for row in sheet.rows}
    assert [told["2003"][f"Teléfono {n} antes"] for n in (1, 2)] == ["+59170712345", ""]
    assert [told["2003"][f"Teléfono {n} después"] for n in (1, 2)] == ["+59170799999", "+59144251000"]
    assert [told["2000"][f"Teléfono {n} después"] for n in (1, 2)] == ["", ""]


def test_a_discarded_correction_leaves_nothing_of_its_customers(
    month: Campaign, at: At, elena: User, signed_in: Callable[[User | Agent], Client]
) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    deciding.discard(report_id=report.pk, by=elena, now=at("2026-11-26 09:10"))
    assert not ReportDifference.objects.exists()
    assert Contact.objects.count() == 8
    for pk in (report.pk, Report.objects.exclude(pk=report.pk).get().pk):
        page = signed_in(elena).get(f"/reports/{pk}/changes/").content.decode()
        assert "no hay cambios que mostrar" in page
        assert "Así cambió el mes" not in page


def test_a_month_that_never_stands_still_is_tried_again_later(
    month: Campaign, at: At, elena: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = corrected(*CORRECTION, now=at("2026-11-26 09:00"))
    looks = []

    def moved(**_all: Any) -> None:
        looks.append(1)
        raise taking_in.MonthMoved

    monkeypatch.setattr(taking_in, "_supersede", moved)
    report = accepted(report, by=elena, now=at("2026-11-26 09:30"))
    assert (len(looks), report.state, report.attempts) == (3, State.WAITING, 1)
    assert not Report.objects.filter(supersedes__isnull=False).exists()


def test_before_the_launch_the_month_can_be_given_back_and_filled_again(at: At, ana: Agent, elena: User) -> None:
    wrong = taken(*many(8), now=at("2026-11-25 06:10"))
    paid(("R1", "2001", "289"), now=at("2026-11-25 06:30"))
    campaign = Campaign.objects.get()
    refresh_figures(campaign=campaign, now=at("2026-11-25 06:40"))
    assert preview_withdrawal(wrong).contacts == 8
    done = withdraw(report_id=wrong.pk, by=elena, now=at("2026-11-25 07:00"), reason="Era el de noviembre")
    assert done.contacts == 8
    campaign.refresh_from_db()
    assert (campaign.state, campaign.assigned_at) == (Campaign.State.EXPECTED, None)
    assert not Contact.objects.exists()
    assert Receipt.objects.get().standing == "unmatched"
    assert not check_invariants()
    right = taken(*many(5), now=at("2026-11-25 08:00"))
    assert right.state == State.PUBLISHED
    assert ListEntry.objects.filter(owner=ana, state="open").count() == 4
    assert Receipt.objects.get().renewal.contact.contract == "2001"
    lifecycle.launch(campaign=campaign, by=elena, now=at("2026-11-25 09:00"))
    assert not check_invariants()


def test_after_the_launch_it_is_corrected_instead(
    month: Campaign, at: At, elena: User, signed_in: Callable[[User], Client]
) -> None:
    report = Report.objects.get()
    with pytest.raises(deciding.DecisionRefused, match="suba el reporte corregido"):
        withdraw(report_id=report.pk, by=elena, now=at("2026-11-26 09:00"), reason="Era el de noviembre")
    page = signed_in(elena).get(f"/reports/{report.pk}/").content.decode()
    assert "Subir un reporte corregido" in page
    assert Contact.objects.count() == 8


def test_a_step_taken_with_others_stays_with_the_others(at: At, ana: Agent, elena: User) -> None:
    wrong = taken(*many(3), now=at("2026-11-25 06:10"))
    ours = list(Contact.objects.values_list("pk", flat=True))
    others = make_campaign(date(2026, 11, 1), state="closed")
    add_contacts(others, 1)
    other = Contact.objects.get(campaign=others)
    ListEntry.objects.create(
        contact=other, campaign=others, call_list=other.call_list, state="paid", ready_at=at("2026-10-25 00:00")
    )
    step = ContactChange.objects.create(
        contacts=[*ours, other.pk], verb="pay", from_state="open", to_state="paid", at=at("2026-11-25 06:20")
    )
    withdraw(report_id=wrong.pk, by=elena, now=at("2026-11-25 07:00"), reason="Era el de noviembre")
    step.refresh_from_db()
    assert step.contacts == [other.pk]


def eight(*without: str, **changes: dict[str, str]) -> list[dict[str, str]]:
    """The rows of the month as they came, but for some contracts, and with changes: `eight("2003", c2001={…})`."""
    return [{**row, **changes.get(f"c{row['CONTRATO']}", {})} for row in many(8) if row["CONTRATO"] not in without]


def test_who_had_paid_exactly_what_the_correction_asks_is_paid(month: Campaign, at: At, elena: User) -> None:
    paid(("R1", "2001", "189"), now=at("2026-11-26 08:00"))
    rows = eight(c2001={"MONTO": "189,00"})
    accepted(corrected(*rows, now=at("2026-11-26 09:00")), by=elena, now=at("2026-11-26 09:30"))
    assert entry("2001").state == "paid"
    assert not check_invariants()


def test_a_paid_service_of_a_contract_that_got_its_zeros_back_is_not_called(
    month: Campaign, at: At, elena: User
) -> None:
    paid(("R1", "2001", "289"), now=at("2026-11-26 08:00"))
    rows = eight(c2001={"CONTRATO": "02001"})
    ReportSource.objects.update(contract_digits=1)
    accepted(corrected(*rows, now=at("2026-11-26 09:00")), by=elena, now=at("2026-11-26 09:30"))
    assert (entry("2001").state, entry("02001").state) == ("gone", "paid")
    assert not check_invariants()


def test_who_was_held_out_comes_back_held_out_though_a_part_was_paid_before_she_left(
    month: Campaign, at: At, elena: User
) -> None:
    second = {"CONTRATO": "2001", "NRO_SERVICIO": "20012", "PRODUCTO": "TV Cable", "MONTO": "149,00"}
    accepted(corrected(*eight(), second, now=at("2026-11-25 10:00")), by=elena, now=at("2026-11-25 10:10"))
    entry("2001")
    ListEntry.objects.filter(contact__contract="2001").update(state="held_out")
    paid(("R1", "2001", "289"), now=at("2026-11-26 08:00"))
    accepted(corrected(*eight("2001"), now=at("2026-11-26 09:00")), by=elena, now=at("2026-11-26 09:10"))
    assert (entry("2001").state, entry("2001").paid_on) == ("gone", None)
    rows = [*eight(), second, {"CONTRATO": "9999", "NRO_SERVICIO": "99991"}]
    accepted(corrected(*rows, now=at("2026-11-26 10:00")), by=elena, now=at("2026-11-26 10:10"))
    assert (entry("2001").state, entry("2001").paid_on) == ("held_out", None)


def test_a_final_result_of_a_call_that_was_open_while_she_left_is_not_forgotten(
    month: Campaign, at: At, ana: Agent, elena: User
) -> None:
    contact = Contact.objects.get(contract="2000")
    given = open_contact(agent=ana, contact_id=contact.pk, now=at("2026-11-26 09:00"))
    accepted(corrected(*eight("2000"), now=at("2026-11-26 09:01")), by=elena, now=at("2026-11-26 09:02"))
    answers = Answers(telephone=contact.telephones[0], reason="Precio")
    refused = Disposition.objects.get(code="refused")
    record_result(
        agent=ana, contact=contact, fence=given.fence, disposition=refused, answers=answers, now=at("2026-11-26 09:04")
    )
    again = [*eight(), {"CONTRATO": "9999", "NRO_SERVICIO": "99991"}]
    accepted(corrected(*again, now=at("2026-11-26 10:00")), by=elena, now=at("2026-11-26 10:10"))
    assert entry("2000").state == "done"
    assert not check_invariants()


def test_what_was_agreed_in_a_call_that_was_open_while_she_left_is_cancelled(
    month: Campaign, at: At, ana: Agent, elena: User
) -> None:
    contact = Contact.objects.get(contract="2000")
    given = open_contact(agent=ana, contact_id=contact.pk, now=at("2026-11-26 09:00"))
    accepted(corrected(*eight("2000"), now=at("2026-11-26 09:01")), by=elena, now=at("2026-11-26 09:02"))
    answers = Answers(telephone=contact.telephones[0], call_back_at=at("2026-11-26 15:00"))
    later = Disposition.objects.get(code="call_back")
    record_result(
        agent=ana, contact=contact, fence=given.fence, disposition=later, answers=answers, now=at("2026-11-26 09:04")
    )
    widen_overdue(now=at("2026-11-26 15:30"))
    assert (CallBack.objects.get().state, CallBack.objects.get().why) == (
        "cancelled", "El cliente ya no está en el reporte.",
    )  # fmt: skip
