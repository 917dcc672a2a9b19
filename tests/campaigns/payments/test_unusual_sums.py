"""Invented payments of one person or program wait for another person, in one batch or in many."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from agents.models import Role, User
from campaigns.intake.deciding import DecisionRefused, accept
from campaigns.intake.receiving import receive_report
from campaigns.intake.taking_in import take_in
from campaigns.intake.withdrawing import withdraw
from campaigns.models import Campaign, ListEntry, Report
from campaigns.payments.unusual import SumOfADay
from tests.campaigns.a_campaign import make_campaign, moment
from tests.campaigns.some_receipts import owing

pytestmark = pytest.mark.django_db
NOW = moment("2026-11-28 10:00")
HEAD = "NRO_RECIBO;CONTRATO;NRO_SERVICIO;PRODUCTO;FECHA_PAGO;MONTO;CANAL"


@pytest.fixture
def december() -> Campaign:
    campaign = make_campaign(state="running", launched_at=moment("2026-11-25 09:00"))
    for number in range(100):
        owing(campaign, f"C{number}", "TV")
    return campaign


@pytest.fixture
def sonia(db: None) -> User:
    return User.objects.create_user("sonia", role=Role.SUPERVISOR)


def sent(*, by: User, first: int, count: int, after: timedelta = timedelta(), numbered: bool = False) -> Report:
    """Take in receipts of the contracts from `first` on. They have no service number unless `numbered`."""
    at = NOW + after
    lines = [f"R{n};C{n};{f'C{n}T' if numbered else ''};;27/11/2026;99;QR" for n in range(first, first + count)]
    file = BytesIO("\n".join([HEAD, *lines, ""]).encode())
    report = receive_report(kind="recaudo", name="recaudo.csv", file=file, period=None, now=at, uploaded_by=by)
    return take_in(report_id=report.pk, now=at)


def paid() -> int:
    return ListEntry.objects.filter(paid_on__isnull=False).count()


@pytest.mark.parametrize("numbered", [True, False])
def test_a_large_batch_is_held_and_nobody_leaves_a_list(december: Campaign, elena: User, numbered: bool) -> None:
    held = sent(by=elena, first=0, count=60, numbered=numbered)
    assert (held.state, held.held_for, paid()) == ("held", "unusual", 0)
    assert "pagaría 60 de 100 servicios pendientes (60 %). Envíos sumados: 1." in held.held_because


def test_slices_of_one_day_are_added_up(december: Campaign, elena: User) -> None:
    slices = [sent(by=elena, first=19 * n, count=19, after=timedelta(minutes=n)) for n in range(5)]
    assert [one.state for one in slices] == ["published", "held", "held", "held", "held"]
    assert paid() == 19
    assert "pagaría 38 de 100" in slices[1].held_because


def test_another_day_begins_anew(december: Campaign, elena: User) -> None:
    sent(by=elena, first=0, count=19)
    assert sent(by=elena, first=19, count=19, after=timedelta(hours=25)).state == "published"


def test_the_sender_cannot_admit_the_batch(december: Campaign, elena: User, sonia: User) -> None:
    held = sent(by=elena, first=0, count=60)
    with pytest.raises(DecisionRefused, match="los acepta otra persona"):
        accept(report_id=held.pk, by=elena, now=NOW)
    accept(report_id=held.pk, by=sonia, now=NOW)
    assert take_in(report_id=held.pk, now=NOW).state == "published"
    assert paid() == 60


def test_taking_an_admitted_batch_back_brings_everybody_back(december: Campaign, elena: User, sonia: User) -> None:
    held = sent(by=elena, first=0, count=60)
    accept(report_id=held.pk, by=sonia, now=NOW)
    take_in(report_id=held.pk, now=NOW)
    withdraw(report_id=held.pk, by=sonia, now=NOW, reason="Pagos inventados")
    assert paid() == 0


def test_a_sender_who_accepts_something_else_is_held_all_the_same(december: Campaign, elena: User) -> None:
    held = sent(by=elena, first=0, count=60)
    Report.objects.filter(pk=held.pk).update(held_for="totals")
    accept(report_id=held.pk, by=elena, now=NOW)
    again = take_in(report_id=held.pk, now=NOW)
    assert (again.state, again.held_for, paid()) == ("held", "unusual", 0)


@pytest.mark.parametrize(
    ("settled", "usual", "is_held"),
    [(20, None, False), (21, None, True), (90, 30.0, False), (91, 30.0, True), (21, 2.0, True)],
)
def test_a_busy_day_is_measured_by_earlier_days(settled: int, usual: float | None, is_held: bool) -> None:
    added_up = SumOfADay(settled=1, settled_in_a_day=settled, batches=2, still_open=200, usual=usual)
    assert bool(added_up.sentence) is is_held
