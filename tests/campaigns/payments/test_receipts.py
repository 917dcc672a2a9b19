"""A table of life: what a customer paid, and what becomes of her renewals and of her place in the lists."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest

from campaigns.models import CallBack, Campaign, ListEntry, Receipt, RejectedRow, RenewalPayment
from campaigns.payments.receipts import match_waiting
from tests.campaigns.a_campaign import make_campaign
from tests.campaigns.some_receipts import NOW, owing, row, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def december(db: None) -> Campaign:
    return make_campaign(state="running")


@pytest.fixture
def january(db: None) -> Callable[[], Campaign]:
    return lambda: make_campaign(date(2027, 1, 1), state="running")


@dataclass
class Life:
    """Receipts of C1's television (99 Bs, due 30/11, five days of grace) and what they make of it."""

    rows: list[tuple]
    standings: str
    paid_on: str | None = None
    amount: str | None = None
    state: str = "open"
    standing_of: dict[str, str] = field(default_factory=dict)


LIVES = {
    "paid in full": Life([row("R1", "C1T", "11-28")], "counted", "2026-11-28", "99", "paid"),
    "paid before the 25th": Life([row("R1", "C1T", "11-20")], "counted", "2026-11-20", "99", "paid"),
    "paid on the first day of the month": Life([row("R1", "C1T", "11-01")], "counted", "2026-11-01", "99", "paid"),
    "paid the month before": Life([row("R1", "C1T", "10-31")], "unmatched"),
    "paid on the last day of grace": Life([row("R1", "C1T", "12-05")], "counted", "2026-12-05", "99", "paid"),
    "paid after grace": Life([row("R1", "C1T", "12-06")], "late"),
    "paid after the month": Life([row("R1", "C1T", "2027-01-01")], "unmatched"),
    "underpaid": Life([row("R1", "C1T", "11-28", "98.99")], "counted", None, "98.99"),
    "paid in parts": Life(
        [row("R1", "C1T", "11-26", "50"), row("R2", "C1T", "11-28", "49")],
        "counted counted", "2026-11-28", "99", "paid",
    ),
    "parts in the wrong order of the file": Life(
        [row("R2", "C1T", "11-28", "49"), row("R1", "C1T", "11-26", "50")],
        "counted counted", "2026-11-28", "99", "paid",
    ),
    "a part in time, the rest too late": Life(
        [row("R1", "C1T", "12-04", "50"), row("R2", "C1T", "12-10", "49")], "counted late", None, "50"
    ),
    "overpaid at once": Life([row("R1", "C1T", "11-28", "120")], "counted", "2026-11-28", "120", "paid"),
    "overpaid by the last part": Life(
        [row("R1", "C1T", "11-26", "50"), row("R2", "C1T", "11-27", "60")],
        "counted counted", "2026-11-27", "110", "paid",
    ),
    "paid twice": Life(
        [row("R1", "C1T", "11-26"), row("R2", "C1T", "11-28")], "counted extra", "2026-11-26", "198", "paid"
    ),
    "paid, and again after grace": Life(
        [row("R1", "C1T", "11-26"), row("R2", "C1T", "12-10")], "counted unmatched", "2026-11-26", "99", "paid"
    ),
    "the same receipt twice": Life(
        [row("R1", "C1T", "11-26"), row("R1", "C1T", "11-26")], "counted", "2026-11-26", "99", "paid"
    ),
    "another service": Life([row("R1", "C1I", "11-26")], "unmatched"),
    "the service number under another contract": Life([row("R1", "C1T", "11-26", contract="C9")], "unmatched"),
    "the service number under another product": Life([row("R1", "C1T", "11-26", service="OTHER")], "unmatched"),
    "without contract and product": Life(
        [("R1", "", "C1T", "", date(2026, 11, 26), Decimal(99), "", None, "")],
        "counted", "2026-11-26", "99", "paid",
    ),
    "without service number": Life(
        [("R1", "C1", "", "", date(2026, 11, 26), Decimal(99), "", None, "")],
        "counted", "2026-11-26", "99", "paid",
    ),
    "without service number, of another product": Life(
        [("R1", "C1", "", "INTERNET", date(2026, 11, 26), Decimal(99), "", None, "")], "unmatched"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVES)
@pytest.mark.parametrize("one_by_one", [False, True], ids=["one file", "a file each"])
def test_what_a_payment_makes_of_a_renewal(december: Campaign, name: str, one_by_one: bool) -> None:
    life = LIVES[name]
    contact = owing(december, "C1", "TV")
    for rows in [[one] for one in life.rows] if one_by_one else [life.rows]:
        take(rows)
    check(life, contact.pk)


@pytest.mark.parametrize("name", LIVES)
def test_it_is_the_same_when_the_prepaid_report_comes_after_the_payments(december: Campaign, name: str) -> None:
    life = LIVES[name]
    take(life.rows)
    contact = owing(december, "C1", "TV")
    match_waiting(campaign=december, now=NOW)
    check(life, contact.pk)


def check(life: Life, contact_id: int) -> None:
    found = Receipt.objects.order_by("number").values_list("standing", flat=True)
    assert " ".join(found) == life.standings
    payment = RenewalPayment.objects.filter(contact_id=contact_id).first()
    assert (payment.amount if payment else None) == (Decimal(life.amount) if life.amount else None)
    day = date.fromisoformat(life.paid_on) if life.paid_on else None
    assert (payment.paid_on if payment else None) == day
    entry = ListEntry.objects.get(contact_id=contact_id)
    assert (entry.state, entry.paid_on) == (life.state, day)


def standings() -> dict[str, str]:
    return {
        number: f"{standing} {campaign or '-'}".removesuffix("-01")
        for number, standing, campaign in Receipt.objects.values_list("number", "standing", "campaign__period")
    }


TWO_MONTHS = {
    "one payment in both spans goes to the month due first": (
        [row("R1", "C1T", "12-02")], {"R1": "counted 2026-12"},
    ),
    "the second payment goes to the month that still owes": (
        [row("R1", "C1T", "11-20"), row("R2", "C1T", "12-02")],
        {"R1": "counted 2026-12", "R2": "counted 2027-01"},
    ),
    "both at once in the days of grace": (
        [row("R1", "C1T", "12-03"), row("R2", "C1T", "12-03")],
        {"R1": "counted 2026-12", "R2": "counted 2027-01"},
    ),
    "after the grace of one it is in time for the other": (
        [row("R1", "C1T", "12-06")], {"R1": "counted 2027-01"},
    ),
    "a third is more than was due, of the newest month": (
        [row("R1", "C1T", "12-02"), row("R2", "C1T", "12-03"), row("R3", "C1T", "12-04")],
        {"R1": "counted 2026-12", "R2": "counted 2027-01", "R3": "extra 2027-01"},
    ),
    "parts fill the first month before the second": (
        [row("R1", "C1T", "12-01", "50"), row("R2", "C1T", "12-02", "49"), row("R3", "C1T", "12-03", "99")],
        {"R1": "counted 2026-12", "R2": "counted 2026-12", "R3": "counted 2027-01"},
    ),
    "late for the second month when the first is paid": (
        [row("R1", "C1T", "11-28"), row("R2", "C1T", "2027-01-10")],
        {"R1": "counted 2026-12", "R2": "late 2027-01"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TWO_MONTHS)
@pytest.mark.parametrize("one_by_one", [False, True], ids=["one file", "a file each"])
@pytest.mark.parametrize("order", ["reports first", "january later", "payments first"])
def test_two_months_of_the_same_service(
    december: Campaign, january: Callable[[], Campaign], name: str, one_by_one: bool, order: str
) -> None:
    rows, expected = TWO_MONTHS[name]
    files = [[one] for one in rows] if one_by_one else [rows]

    def january_comes() -> None:
        month = january()
        owing(month, "C1", "TV")
        match_waiting(campaign=month, now=NOW)

    if order != "payments first":
        owing(december, "C1", "TV")
    if order == "reports first":
        january_comes()
    for rows in files:
        take(rows)
    if order == "payments first":
        owing(december, "C1", "TV")
        match_waiting(campaign=december, now=NOW)
    if order != "reports first":
        january_comes()
    assert standings() == expected


def test_one_of_two_services_paid_leaves_the_contact_on_its_list(december: Campaign) -> None:
    contact = owing(december, "C1", "INTERNET", "TV")
    take([row("R1", "C1T", "11-26")])
    entry = ListEntry.objects.get(contact=contact)
    assert (entry.state, entry.paid_on) == ("open", None)
    assert RenewalPayment.objects.filter(contact=contact, paid_on__isnull=False).count() == 1
    take([row("R2", "C1I", "11-28")])
    entry = ListEntry.objects.get(contact=contact)
    assert (entry.state, entry.paid_on) == ("paid", date(2026, 11, 28))


def test_without_service_number_the_amount_tells_which_of_two_services(december: Campaign) -> None:
    owing(december, "C1", ("INTERNET", 149), ("TV", 99))
    take([("R1", "C1", "", "", date(2026, 11, 26), Decimal(99), "", None, "")])
    assert Receipt.objects.get().renewal.service == "TV"


def test_an_earlier_receipt_that_comes_in_later_makes_the_later_one_extra(december: Campaign) -> None:
    owing(december, "C1", "TV")
    take([row("R2", "C1T", "11-28")])
    take([row("R1", "C1T", "11-26")])
    assert standings() == {"R1": "counted 2026-12", "R2": "extra 2026-12"}
    assert RenewalPayment.objects.get().paid_on == date(2026, 11, 26)


def test_a_payment_in_time_that_comes_in_after_a_late_one_frees_the_late_one(december: Campaign) -> None:
    owing(december, "C1", "TV")
    take([row("R2", "C1T", "12-10")])
    assert standings() == {"R2": "late 2026-12"}
    take([row("R1", "C1T", "11-26")])
    assert standings() == {"R1": "counted 2026-12", "R2": "unmatched -"}


REPEATS = {
    "as it was": (row("R1", "C1T", "11-26"), None),
    "with another channel": (row("R1", "C1T", "11-26", channel="Banco"), None),
    "with another day": (row("R1", "C1T", "11-27"), "conflict"),
    "with another amount": (row("R1", "C1T", "11-26", "98"), "conflict"),
    "with another service": (row("R1", "C2T", "11-26"), "conflict"),
}


@pytest.mark.parametrize("name", REPEATS)
@pytest.mark.parametrize("across_files", [False, True], ids=["in one file", "across files"])
def test_a_receipt_number_counts_once(december: Campaign, name: str, across_files: bool) -> None:
    again, reason = REPEATS[name]
    owing(december, "C1", "TV")
    owing(december, "C2", "TV")
    first = row("R1", "C1T", "11-26")
    counted = [take([first]), take([again])][1] if across_files else take([first, again])
    assert counted.duplicates == (0 if reason else 1)
    assert list(RejectedRow.objects.values_list("reason", flat=True)) == ([reason] if reason else [])
    assert list(RejectedRow.objects.values_list("detail", flat=True)) == (
        ["Bs 99.00 · C1T · 26/11/2026"] if reason else []
    )
    assert Receipt.objects.get().service_number == "C1T"
    assert RenewalPayment.objects.get().amount == 99


def test_the_same_file_again_has_the_same_figures_and_changes_nothing(december: Campaign) -> None:
    owing(december, "C1", "INTERNET", "TV")
    rows = [row("R1", "C1T", "11-26"), row("R2", "C1T", "11-28"), row("R3", "C1I", "12-09"), row("R4", "C9T", "11-28")]
    rows += [row("R1", "C1T", "11-26")]
    first = take(rows)
    assert (first.taken, first.duplicates) == (4, 1)
    before = list(Receipt.objects.values()), list(RenewalPayment.objects.values()), list(ListEntry.objects.values())
    again = take(rows)
    assert (again.taken, again.duplicates) == (0, 5)
    brought = first.figures.pop("brought")
    assert (len(brought), again.figures.pop("brought")) == (32, ""), "of what a file brings it keeps the fingerprint"
    assert {**again.figures, "new": 4} == first.figures
    assert first.figures == {
        "new": 4, "receipts": 4, "unmatched": 1, "late": 1, "renewals_paid": 1,
        "amount": "198.00", "amount_late": "99.00", "amount_unmatched": "99.00", "channels": ["QR"],
        "refunds": 0,
    }  # fmt: skip
    assert before == (
        list(Receipt.objects.values()), list(RenewalPayment.objects.values()), list(ListEntry.objects.values())
    )  # fmt: skip


def test_the_growing_file_of_a_day_counts_each_receipt_once(december: Campaign) -> None:
    rows = []
    for number in range(1, 6):
        owing(december, f"C{number}", "TV")
        rows.append(row(f"R{number}", f"C{number}T", "11-26"))
        counted = take(rows)
        assert (counted.taken, counted.duplicates) == (1, number - 1)
        assert counted.figures["renewals_paid"] == number
    assert sum(Receipt.objects.values_list("amount", flat=True)) == 5 * 99


ENTRIES = {
    "open": "paid",
    "done": "done",
    "exhausted": "exhausted",
    "not_callable": "not_callable",
    "held_out": "held_out",
}


@pytest.mark.parametrize("state", ENTRIES)
def test_who_paid_leaves_the_lists_wherever_she_stands(december: Campaign, state: str) -> None:
    contact = owing(december, "C1", "TV", state=state)
    take([row("R1", "C1T", "11-26")])
    entry = ListEntry.objects.get(contact=contact)
    assert (entry.state, entry.paid_on) == (ENTRIES[state], date(2026, 11, 26))


def test_a_contact_open_at_a_desk_keeps_its_lease_when_the_payment_arrives(december: Campaign, ana: object) -> None:
    contact = owing(december, "C1", "TV", lease_agent=ana, lease_until=NOW, fence=3)
    take([row("R1", "C1T", "11-26")])
    entry = ListEntry.objects.get(contact=contact)
    assert (entry.state, entry.lease_agent, entry.fence) == ("paid", ana, 3)


def test_an_agreed_call_is_cancelled_with_its_reason(december: Campaign, ana: object) -> None:
    contact = owing(december, "C1", "TV")
    call_back = CallBack.objects.create(
        campaign=december, contact=contact, agent=ana, due_at=NOW, created_at=NOW, note="por la tarde"
    )
    take([row("R1", "C1T", "11-26", "50")])
    assert CallBack.objects.get().state == "pending"
    take([row("R2", "C1T", "11-27", "49")])
    call_back.refresh_from_db()
    entry = ListEntry.objects.get()
    assert (call_back.state, call_back.settled_at) == ("cancelled", entry.paid_known_at)
    assert entry.paid_known_at is not None
    assert entry.paid_known_at >= NOW
    assert (call_back.note, call_back.why) == ("por la tarde", "Pagó el 27/11/2026.")


def test_a_service_added_to_a_paid_contact_puts_it_back_when_its_receipts_are_matched_again(december: Campaign) -> None:
    contact = owing(december, "C1", "TV")
    take([row("R1", "C1T", "11-26"), row("R2", "C1I", "11-26", "50")])
    contact.renewals.create(
        campaign=december, report_line=9, service="INTERNET", service_number="C1I", due_on=contact.due_on, amount_due=99
    )
    assert match_waiting(campaign=december, now=NOW) == 1
    entry = ListEntry.objects.get(contact=contact)
    assert (entry.state, entry.paid_on) == ("open", None)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(8))
def test_no_money_is_lost_or_made(december: Campaign, january: Callable[[], Campaign], seed: int) -> None:
    """Whatever comes in whatever order: what receipts say is what renewals got and what waits."""
    chance = random.Random(seed)
    months = [december, january()]
    for month in months:
        for contract in range(6):
            owing(month, f"C{contract}", ("INTERNET", chance.choice([99, 149])), "TV")
    rows = [
        row(
            f"R{chance.randrange(60)}", f"C{chance.randrange(8)}{chance.choice('IT')}",
            str(date.fromordinal(date(2026, 10, 28).toordinal() + chance.randrange(100))),
            str(chance.choice([20, 49, 50, 99, 149, 200])),
        )
        for _ in range(80)
    ]  # fmt: skip
    while rows:
        part = [rows.pop() for _ in range(min(len(rows), chance.randrange(1, 30)))]
        take(part)
        check_sums()
    match_waiting(campaign=months[1], now=NOW)
    match_waiting(campaign=months[0], now=NOW)
    check_sums()


def check_sums() -> None:
    numbers = list(Receipt.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))
    of_renewals: dict[int, Decimal] = {}
    for receipt in Receipt.objects.filter(standing__in=["counted", "extra"]):
        of_renewals[receipt.renewal_id] = of_renewals.get(receipt.renewal_id, Decimal()) + receipt.amount
    assert dict(RenewalPayment.objects.values_list("pk", "amount")) == of_renewals
    for payment in RenewalPayment.objects.select_related("renewal"):
        assert (payment.amount >= payment.renewal.amount_due) == (payment.paid_on is not None)
    for entry in ListEntry.objects.select_related("contact"):
        days = [
            getattr(renewal, "payment", None) and renewal.payment.paid_on for renewal in entry.contact.renewals.all()
        ]
        assert entry.paid_on == (max(days) if all(days) else None)
        assert (entry.state == "paid") == (entry.paid_on is not None)
