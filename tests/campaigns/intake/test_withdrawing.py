"""A collections report that was believed is taken back: as if it had never come, and read again as if it came now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client

from agents.models import Agent, User
from campaigns.figures.figures import read_figures
from campaigns.figures.refreshing import refresh_figures
from campaigns.intake.deciding import DecisionRefused, accept
from campaigns.intake.mending import admit
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.intake.withdrawing import preview_withdrawal, withdraw
from campaigns.invariants import check_invariants
from campaigns.models import (
    CallBack,
    Campaign,
    ContactChange,
    ListEntry,
    Receipt,
    RejectedRow,
    RenewalPayment,
    Report,
    ReportSource,
)
from campaigns.payments.payment_age import payment_age
from tests.campaigns.a_campaign import make_campaign, moment
from tests.campaigns.some_receipts import owing

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-28 10:00")
HEAD = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO;CANAL"
Row = tuple[str, str, str, str]  # receipt, service number, day, amount


def collected(*rows: Row, at: datetime = NOW, **more: Any) -> Report:
    """A collections report of these rows after its work was done."""
    product = {"T": "TV Cable", "I": "Internet"}
    lines = [
        f"{receipt};{number[:-1]};{number};{product[number[-1]]};{day};{amount};QR"
        for receipt, number, day, amount in rows
    ]
    file = BytesIO("\n".join([HEAD, *lines, ""]).encode())
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=at, **more)
    return take_in(report_id=report.pk, now=at)


def standing() -> list[Any]:
    """Everything payments make of the lists; which report brought a receipt is all that may differ."""
    return [
        sorted(Receipt.objects.values_list("number", "renewal", "campaign", "standing", "amount", "paid_on")),
        sorted(RenewalPayment.objects.values_list("renewal", "amount", "first_paid_on", "paid_on")),
        sorted(ListEntry.objects.values_list("contact", "state", "owner", "paid_on")),
        sorted(CallBack.objects.values_list("pk", "state", "reach", "agent", "due_at", "note", "why")),
    ]


@pytest.fixture
def december(ana: Agent) -> Campaign:
    """Customers wherever they may stand: to be called, finished, held out; with one and two services."""
    campaign = make_campaign(state="running", launched_at=moment("2026-11-25 09:00"))
    owing(campaign, "C1", "TV", owner=ana)
    owing(campaign, "C2", "TV", "INTERNET", owner=ana)
    finished = owing(campaign, "C3", "TV", owner=ana, state="done")
    ContactChange.objects.create(contact=finished, verb="finish", from_state="open", to_state="done", at=NOW)
    owing(campaign, "C4", "TV", state="held_out")
    owing(campaign, "C5", "TV", owner=ana)
    agreed = owing(campaign, "C6", "TV", owner=ana)
    CallBack.objects.create(
        campaign=campaign, contact=agreed, agent=ana, due_at=moment("2026-11-29 10:00"), created_at=NOW, note="tarde"
    )
    return campaign


FORGED: tuple[Row, ...] = (
    ("F1", "C1T", "27/11/2026", "99"),
    ("F2", "C2I", "27/11/2026", "99"),
    ("F3", "C3T", "27/11/2026", "99"),
    ("F4", "C4T", "27/11/2026", "99"),
    ("F5", "C6T", "27/11/2026", "99"),
    ("F6", "C9T", "27/11/2026", "99"),
)
TRUE: tuple[Row, ...] = (("R1", "C2T", "26/11/2026", "99"), ("R2", "C5T", "26/11/2026", "40"))


def test_withdrawn_it_is_as_if_it_had_never_come_and_taken_again_as_if_it_came_once(
    december: Campaign, elena: User
) -> None:
    collected(*TRUE, at=moment("2026-11-27 09:00"))
    refresh_figures(campaign=december, now=NOW)
    before, figures_before = standing(), read_figures(campaign=december).services
    forged = collected(*FORGED)
    refresh_figures(campaign=december, now=NOW)
    believed, figures_believed = standing(), read_figures(campaign=december).services
    assert figures_believed.paid > figures_before.paid
    seen = preview_withdrawal(forged)
    assert (seen.undoing.receipts, seen.undoing.contacts, seen.read_again) == (6, 5, [])
    done = withdraw(report_id=forged.pk, by=elena, now=NOW, reason="No lo exportó nadie")
    assert (done.receipts, done.contacts, done.by, done.reason) == (6, 5, elena, "No lo exportó nadie")
    assert standing() == before
    assert check_invariants() == []
    refresh_figures(campaign=december, now=NOW)
    assert read_figures(campaign=december).services == figures_before
    forged.refresh_from_db()
    assert forged.state == Report.State.WITHDRAWN
    again = collected(*FORGED)
    assert (again.pk == forged.pk, again.state, again.taken) == (False, Report.State.PUBLISHED, 6)
    assert standing() == believed
    assert check_invariants() == []
    refresh_figures(campaign=december, now=NOW)
    assert read_figures(campaign=december).services == figures_believed


def test_what_another_file_brought_of_the_same_renewal_counts_again(december: Campaign, elena: User) -> None:
    """The forged receipt had made the true one «more than was due»."""
    forged = collected(("F1", "C1T", "25/11/2026", "99"))
    collected(("R1", "C1T", "27/11/2026", "99"), at=moment("2026-11-28 11:00"))
    assert Receipt.objects.get(number="R1").standing == "extra"
    withdraw(report_id=forged.pk, by=elena, now=NOW, reason="falso")
    receipt = Receipt.objects.get()
    assert (receipt.number, receipt.standing) == ("R1", "counted")
    assert ListEntry.objects.get(contact__contract="C1").paid_on == date(2026, 11, 27)
    assert check_invariants() == []


def test_a_payment_that_went_to_the_later_month_comes_back_to_the_earlier_one(elena: User) -> None:
    months = [make_campaign(date(2026, 12, 1), state="running"), make_campaign(date(2027, 1, 1), state="running")]
    for month in months:
        owing(month, "C1", "TV")
    forged = collected(("F1", "C1T", "26/11/2026", "99"), at=moment("2026-12-02 10:00"))
    collected(("R1", "C1T", "02/12/2026", "99"), at=moment("2026-12-02 11:00"))
    assert Receipt.objects.get(number="R1").campaign == months[1]
    withdraw(report_id=forged.pk, by=elena, now=moment("2026-12-02 12:00"), reason="falso")
    assert Receipt.objects.get().campaign == months[0]
    assert [entry.paid_on for entry in ListEntry.objects.order_by("campaign__period")] == [date(2026, 12, 2), None]
    assert check_invariants() == []


def test_later_files_that_repeat_its_receipts_are_read_again_and_bring_what_is_theirs(
    december: Campaign, elena: User
) -> None:
    """The day's file grows; its first version had one receipt with a wrong amount, and a row that was mended since."""
    first = collected(*TRUE, ("R3", "C1T", "27/11/2026", "1"))
    second = collected(
        *TRUE, ("R3", "C1T", "27/11/2026", "99"), ("R4", "C3T", "27/13/2026", "99"), ("R5", "C4T", "27/11/2026", "99"),
        at=moment("2026-11-28 12:00"),
    )  # fmt: skip
    untouched = collected(("R9", "C6T", "27/11/2026", "99"), at=moment("2026-11-28 13:00"))
    rows = {row.reason: row for row in RejectedRow.objects.filter(report=second)}
    assert set(rows) == {"conflict", "bad_date"}
    mended = {**rows["bad_date"].cells, "paid_on": "27/11/2026"}
    admit(row_id=rows["bad_date"].pk, cells=mended, by=elena, now=moment("2026-11-28 12:30"))
    done = withdraw(report_id=first.pk, by=elena, now=moment("2026-11-28 14:00"), reason="montos equivocados")
    assert list(done.read_again.all()) == [second]
    second.refresh_from_db()
    assert (second.state, second.accepted_by) == (Report.State.WAITING, elena)
    assert payment_age(now=moment("2026-11-28 14:00")).report_id == untouched.pk
    again = take_in(report_id=second.pk, now=moment("2026-11-28 14:01"))
    assert (again.state, again.taken, again.duplicates, again.rejected) == (Report.State.PUBLISHED, 4, 0, 1)
    waiting = RejectedRow.objects.get(report=second)
    assert (waiting.reason, waiting.state, waiting.mended) == ("bad_date", RejectedRow.State.WAITING, mended)
    assert ListEntry.objects.get(contact__contract="C1").paid_on == date(2026, 11, 27)
    assert check_invariants() == []


def test_nothing_is_undone_when_a_later_file_could_not_be_read_again(december: Campaign, elena: User) -> None:
    first = collected(*TRUE)
    second = collected(*TRUE, ("R5", "C4T", "27/11/2026", "99"), at=moment("2026-11-28 12:00"))
    second.file.delete(save=False)
    before = standing()
    with pytest.raises(DecisionRefused, match="ya no está guardado"):
        withdraw(report_id=first.pk, by=elena, now=NOW, reason="falso")
    assert standing() == before


def test_the_same_is_true_of_thousands_in_few_statements(
    elena: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    campaign = make_campaign(state="running")
    for number in range(120):
        owing(campaign, f"C{number}", "TV")
    forged = collected(*[(f"F{number}", f"C{number}T", "27/11/2026", "99") for number in range(120)])
    with django_assert_max_num_queries(60):
        assert withdraw(report_id=forged.pk, by=elena, now=NOW, reason="falso").contacts == 120
    assert ListEntry.objects.filter(state="open", paid_on=None, paid_known_at=None).count() == 120


def test_only_a_believed_collections_report_is_withdrawn_and_with_a_reason(
    december: Campaign, elena: User, at: Callable[..., datetime]
) -> None:
    forged = collected(*FORGED)
    with pytest.raises(DecisionRefused, match="por qué"):
        withdraw(report_id=forged.pk, by=elena, now=NOW, reason="  ")
    withdraw(report_id=forged.pk, by=elena, now=NOW, reason="falso")
    with pytest.raises(DecisionRefused, match="tomado"):
        withdraw(report_id=forged.pk, by=elena, now=NOW, reason="falso")


def test_the_page_asks_with_what_will_be_undone_and_says_afterwards_what_was(
    december: Campaign, elena: User, signed_in: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaigns.intake.views.reports.take_in_report.delay_on_commit", bell := Mock())
    forged = collected(*FORGED)
    collected(*FORGED[:2], *TRUE, at=moment("2026-11-28 12:00"))
    client = signed_in(elena)
    assert f"/reports/{forged.pk}/withdraw/" in client.get(f"/reports/{forged.pk}/").content.decode()
    page = client.get(f"/reports/{forged.pk}/withdraw/").content.decode()
    assert "6 recibos que trajo este reporte se quitan" in page
    assert "5 contactos que figuran pagados" in page
    assert "se leen otra vez" in page
    assert client.post(f"/reports/{forged.pk}/withdraw/", {"reason": ""}).status_code == 422
    client.post(f"/reports/{forged.pk}/withdraw/", {"reason": "Falso"})
    again = Report.objects.get(state="waiting")
    bell.assert_called_once_with(report_id=again.pk)
    page = client.get(f"/reports/{forged.pk}/").content.decode()
    assert "Retirado" in page
    assert "Falso" in page


LATER = tuple((f"F{n}", f"C{n}T", "15/12/2026", "99") for n in range(30))
FAR_ABOVE = tuple((f"F{n}", f"C{n}T", "27/11/2026", "990" if n < 5 else "99") for n in range(30))
TOO_MANY = tuple((f"F{n}", f"C{n}T", "27/11/2026", "99") for n in range(30))


@pytest.fixture
def two_months() -> Campaign:
    """In November one in three paid; December has forty services."""
    november = make_campaign(date(2026, 11, 1), state="closed")
    for number in range(30):
        owing(november, f"N{number}", "TV")
    collected(*[(f"N{n}", f"N{n}T", "28/10/2026", "99") for n in range(10)], at=moment("2026-10-29 10:00"))
    december = make_campaign(state="running")
    for number in range(40):
        owing(december, f"C{number}", "TV")
    return december


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (
            (("F1", "C1T", "27/11/2026", "9900"),),
            "Un pago es de 100 veces lo que debe su servicio: quizás perdió la coma.",
        ),
        (LATER, "30 de 30 pagos son de días que todavía no llegaron, hasta el 15/12/2026"),
        (FAR_ABOVE, "5 de 30 pagos pasan de 5 veces lo que debe su servicio"),
        (TOO_MANY, "el 75 % de 2026-12; el mes anterior se pagó el 33 %"),
    ],
)
def test_what_is_unusual_waits_for_the_supervisor_and_nobody_leaves_the_lists(
    two_months: Campaign, elena: User, rows: tuple[Row, ...], says: str
) -> None:
    source = ReportSource.objects.create(name="Recaudo", kind="recaudo", location="recaudo")
    held = collected(*rows, source=source)
    assert (held.state, held.held_for) == (Report.State.HELD, "unusual")
    assert says in held.held_because
    assert not ListEntry.objects.filter(campaign=two_months, paid_on__isnull=False).exists()
    accept(report_id=held.pk, by=elena, now=NOW)
    assert take_in(report_id=held.pk, now=NOW).state == Report.State.PUBLISHED


def test_an_ordinary_report_and_one_taken_at_a_terminal_are_not_held(two_months: Campaign) -> None:
    source = ReportSource.objects.create(name="Recaudo", kind="recaudo", location="recaudo")
    ordinary = [(f"R{n}", f"C{n}T", "27/11/2026", "99" if n else "990") for n in range(19)]
    assert collected(*ordinary, source=source).state == Report.State.PUBLISHED
    assert collected(*TOO_MANY).state == Report.State.PUBLISHED
