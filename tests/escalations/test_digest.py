"""The digest: when it goes, what it tells, and that nobody is mailed twice for the same breach."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connection, transaction

from escalations import working
from escalations.digest import mail_digest
from escalations.marks import mark_times
from escalations.models import Escalation
from notices.models import Notice, NoticeKind, Recipient
from service_level.models import Holiday
from tests.processes.house import wait_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(make_card, at) -> Callable[..., Escalation]:
    """`due("2026-11-25 07:30")`: a card of the day before that is due then."""

    def make(moment: str, **more) -> Escalation:
        return make_card(now=at("2026-11-24 09:00"), due_at=at(moment), **more)

    return make


@pytest.fixture
def sweep(at) -> Callable[[str], Notice | None]:
    """One tick of each of both, as beat rings them."""

    def ring(moment: str) -> Notice | None:
        now: datetime = at(moment)
        mark_times(now=now)
        return mail_digest(now=now)

    return ring


@pytest.mark.parametrize(
    ("moment", "key"),
    [
        ("2026-11-25 07:59", None),
        ("2026-11-25 08:00", "2026-11-25:morning"),
        ("2026-11-25 11:40", "2026-11-25:morning"),  # beat was down over the hour
        ("2026-11-25 12:30", "2026-11-25:midday"),
        ("2026-11-25 23:50", "2026-11-25:midday"),
        ("2026-11-26 03:00", None),
        ("2026-11-29 09:00", None),  # a Sunday
        ("2026-11-30 09:00", None),  # a day off
        ("2026-12-01 09:00", "2026-12-01:morning"),
    ],
)
def test_it_goes_in_the_morning_and_at_mid_day_of_working_days(due, at, moment, key):
    Holiday.objects.create(day=at("2026-11-30 00:00").date(), name="Asueto")
    due("2026-11-25 07:30")
    made = mail_digest(now=at(moment))
    assert (made and made.key) == (key and f"escalations-digest:{key}")


def test_a_day_of_ticks_tells_each_breach_once(due, sweep):
    due("2026-11-25 07:30")
    due("2026-11-25 09:10", kind="priority_order")
    due("2026-11-25 16:00")
    told = {}
    for hour in range(24):
        for minute in (0, 20, 40):
            if made := sweep(f"2026-11-25 {hour:02d}:{minute:02d}"):
                told[made.key] = made.subject
    assert list(told) == ["escalations-digest:2026-11-25:morning", "escalations-digest:2026-11-25:midday"]
    assert set(told.values()) == {"1 derivación venció sin resolver"}
    assert sweep("2026-11-26 08:00").subject == "1 derivación venció sin resolver"  # the one of four o'clock
    assert sweep("2026-11-26 12:30") is None
    assert Notice.objects.filter(kind=NoticeKind.ESCALATION_DIGEST).count() == 3


def test_what_breaches_after_the_hour_waits_for_the_next_one(due, sweep):
    due("2026-11-25 09:10")
    assert sweep("2026-11-25 09:20") is None  # nothing was to be told at eight, and the slot runs until mid-day
    due("2026-11-25 07:30")
    late = sweep("2026-11-25 11:40")  # beat was down
    assert late.body.count("vencía el") == 1
    assert "vencía el 25/11 07:30" in late.body
    assert "vencía el 25/11 09:10" in sweep("2026-11-25 12:30").body


def test_it_tells_by_kind_the_oldest_first_with_links_and_names_no_customer(due, sweep, elena, at, settings):
    settings.PUBLIC_URL = "https://centro.example"
    late = due("2026-11-25 07:30")
    order = due("2026-11-25 07:00", kind="priority_order")
    older = due("2026-11-24 18:00")
    working.take(escalation_id=older.pk, by=elena, now=at("2026-11-24 10:00"))
    made = sweep("2026-11-25 08:01")
    assert made.subject == "3 derivaciones vencieron sin resolver"
    places = [made.body.index(f"https://centro.example/escalations/{one.pk}/") for one in (order, older, late)]
    assert places == sorted(places)
    assert "vencía el 24/11 18:00 · Tomada · Elena" in made.body
    assert "nadie la tiene" in made.body
    for words in ("María", "71712345", "Cobro"):
        assert words not in made.body + made.subject


def test_what_was_in_time_and_what_waits_with_its_clock_stopped_is_not_told(due, sweep, elena, at):
    in_time = due("2026-11-25 07:30")
    waits = due("2026-11-25 07:30")
    for card in (in_time, waits):
        working.take(escalation_id=card.pk, by=elena, now=at("2026-11-24 10:00"))
    working.resolve(escalation_id=in_time.pk, outcome="Listo", by=elena, now=at("2026-11-24 11:00"))
    working.wait(escalation_id=waits.pk, unit="Facturación", by=elena, now=at("2026-11-24 11:00"))
    assert sweep("2026-11-25 08:00") is None
    assert not Notice.objects.exists()


def test_a_breach_that_was_told_is_not_told_again_when_it_is_reopened(due, sweep, elena, at):
    card = due("2026-11-25 07:30")
    assert sweep("2026-11-25 08:00")
    working.take(escalation_id=card.pk, by=elena, now=at("2026-11-25 09:00"))
    working.resolve(escalation_id=card.pk, outcome="Listo", by=elena, now=at("2026-11-25 10:00"))
    working.reopen(escalation_id=card.pk, reason="No era", by=elena, now=at("2026-11-25 11:00"))
    assert sweep("2026-11-25 12:30") is None
    assert sweep("2026-11-26 08:00") is None


def test_a_double_is_told_of_with_the_one_it_was_joined_to(due, sweep, elena, at):
    double, kept = due("2026-11-25 07:30"), due("2026-11-25 07:40")
    mark_times(now=at("2026-11-25 07:50"))
    working.merge(escalation_id=double.pk, into_id=kept.pk, by=elena, now=at("2026-11-25 07:55"))
    made = sweep("2026-11-25 08:00")
    assert made.subject == "1 derivación venció sin resolver"
    assert f"/escalations/{kept.pk}/" in made.body


def test_a_mail_of_a_bad_day_can_be_read_to_its_end_and_leaves_nothing_for_later(due, sweep, monkeypatch):
    monkeypatch.setattr("escalations.digest.LISTED", 5)
    for _number in range(8):
        due("2026-11-25 07:30")
    made = sweep("2026-11-25 08:00")
    assert made.subject.startswith("8 derivaciones")
    assert made.body.count("vencía el") == 5
    assert "Y 3 más" in made.body
    assert sweep("2026-11-25 12:30") is None


def test_it_goes_to_who_is_named_and_otherwise_to_supervision(due, sweep, elena):
    type(elena).objects.filter(pk=elena.pk).update(email="elena@comteco.example")
    due("2026-11-25 07:30")
    assert sweep("2026-11-25 08:00").to == ["elena@comteco.example"]
    Recipient.objects.create(kind=NoticeKind.ESCALATION_DIGEST, name="Turno", email="turno@comteco.example")
    due("2026-11-25 10:00")
    assert sweep("2026-11-25 12:30").to == ["turno@comteco.example"]


@pytest.mark.django_db(transaction=True)
def test_of_several_sweeps_at_once_one_mails_and_nothing_is_lost(due, at):
    """Beat was down: nothing is marked yet, and half of the sweeps only mark. All is told, in one mail."""
    for _number in range(300):
        due("2026-11-25 07:30")
    together = threading.Barrier(6)

    def ring(number: int) -> str | None:
        together.wait()
        try:
            if number % 2:
                mark_times(now=at("2026-11-25 08:00"))
                return None
            made = mail_digest(now=at("2026-11-25 08:00"))
            return made and made.key
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(ring, range(6)))
    assert [end for end in ends if end] == ["escalations-digest:2026-11-25:morning"]
    made = Notice.objects.get()
    assert made.subject.startswith("300 derivaciones")
    assert Escalation.objects.filter(mailed_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_breaches_while_a_digest_is_written_is_left_for_the_next(due, at):
    """A second sweep must not mark as told what the first one's mail does not tell."""
    now = at("2026-11-25 08:00")
    due("2026-11-25 07:30")
    mark_times(now=now)
    written, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                mail_digest(now=now)
                written.set()
                assert may_end.wait(60)
        finally:
            connection.close()

    def somebody_waits_for_the_lock() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                " WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
            )
            return cursor.rowcount > 0

    def write_too() -> Notice | None:
        try:
            return mail_digest(now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(write_slowly)
        assert written.wait(60)
        late = due("2026-11-25 07:40")
        mark_times(now=now)
        second = pool.submit(write_too)
        wait_until(somebody_waits_for_the_lock, what="the second waits for the first")
        may_end.set()
        first.result()
        assert second.result() is None
    late.refresh_from_db()
    assert late.mailed_at is None
    assert f"/escalations/{late.pk}/" in mail_digest(now=at("2026-11-25 12:30")).body
