"""How the supervisors' work goes: two days worked out by hand, and the page, its filters and its workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from agents.models import Disclosure, User
from escalations import working
from escalations.figures import AGES, Figures, figures_of, lines_and_zones, span_of
from escalations.marks import mark_times
from escalations.models import Escalation
from screens.charts import WIDTHS
from service_level.models import Holiday, WorkingHours

pytestmark = pytest.mark.django_db
At = Callable[[str], datetime]
NOW = "2026-11-27 18:00"
TIMES = "/escalations/times/"
HOUR = 3600


@pytest.fixture(autouse=True)
def office(db: None) -> None:
    """Monday to Friday 08:00–12:00 and 14:00–18:00; Thursday the 26th is a holiday."""
    WorkingHours.objects.all().delete()
    for weekday in range(5):
        WorkingHours.objects.create(weekday=weekday, opens=time(8), closes=time(12))
        WorkingHours.objects.create(weekday=weekday, opens=time(14), closes=time(18))
    Holiday.objects.create(day=date(2026, 11, 26), name="Feriado")


@pytest.fixture
def days(make_card: Callable[..., Escalation], elena: User, at: At) -> None:
    """Wednesday to Friday: one told, one resolved after the holiday and its double, one overdue, one reopened."""
    late = at("2026-12-20 12:00")

    def card(raised: str, **more: Any) -> int:
        return make_card(now=at(raised), **{"due_at": late, **more}).pk

    def take(pk: int, moment: str) -> None:
        working.take(escalation_id=pk, by=elena, now=at(moment))

    def resolve(pk: int, moment: str) -> None:
        working.resolve(escalation_id=pk, outcome="Listo", by=elena, now=at(moment))

    told = card("2026-11-25 11:00")
    take(told, "2026-11-25 11:30")  # 0:30
    resolve(told, "2026-11-25 15:00")  # 2:00 of work, 4:00 of the clock
    when = at("2026-11-25 15:10")
    working.inform(escalation_id=told, how="telephone", told_at=when, by=elena, now=when)
    resolved = card("2026-11-25 17:00")
    take(resolved, "2026-11-27 09:00")  # 2:00 of work, 40:00 of the clock
    resolve(resolved, "2026-11-27 10:00")  # 3:00, 41:00
    working.reopen(escalation_id=resolved, reason="Falta", by=elena, now=at("2026-11-27 10:10"))
    double = card("2026-11-25 17:30")
    working.merge(escalation_id=double, into_id=resolved, by=elena, now=at("2026-11-27 10:20"))
    resolve(resolved, "2026-11-27 11:00")  # in the end 4:00, 42:00
    card("2026-11-25 08:00", kind="complaint", line="101", zone="Norte", due_at=at("2026-11-25 09:00"))
    reopened = card("2026-11-25 09:00", kind="complaint", line="101", zone="")
    take(reopened, "2026-11-25 09:30")
    resolve(reopened, "2026-11-25 10:00")
    working.reopen(escalation_id=reopened, reason="Falta", by=elena, now=at("2026-11-25 10:30"))
    assert mark_times(now=at(NOW)) > 0


@pytest.fixture
def on_friday(monkeypatch: pytest.MonkeyPatch, at: At) -> None:
    """The pages are looked at on that Friday."""
    monkeypatch.setattr("escalations.views.times.timezone.now", lambda: at(NOW))


def ask(at: At, now: str = NOW, **sent: str) -> Figures:
    return figures_of(span=span_of(sent=sent, now=at(now)), now=at(now))


def test_two_days_worked_out_by_hand(days: None, at: At) -> None:
    figures = ask(at)
    claims, complaints = figures.kinds
    counts = ("raised", "open", "closed", "merged", "overdue")
    assert [getattr(figures.whole, name) for name in counts] == [5, 3, 1, 1, 1]
    assert [getattr(claims, name) for name in counts] == [3, 1, 1, 1, 0]
    assert [getattr(complaints, name) for name in counts] == [2, 2, 0, 0, 1]
    hours = [claims.take.median, claims.take.ninetieth, claims.resolve.median, claims.resolve.ninetieth]
    assert [value / HOUR for value in hours if value] == pytest.approx([1.25, 1.85, 3, 3.8])
    clock = [claims.take.clock_median, claims.take.clock_ninetieth, claims.resolve.clock_median]
    assert [value / HOUR for value in clock if value] == pytest.approx([20.25, 36.05, 23])
    assert complaints.take.median == HOUR / 2
    assert complaints.resolve.median is None, "what was reopened is not resolved"
    assert [(zone.name, zone.raised, zone.overdue) for zone in figures.zones] == [
        ("Sarco", 3, 0), ("", 1, 0), ("Norte", 1, 1),
    ]  # fmt: skip
    assert [(age.since, age.until, age.open, age.overdue) for age in figures.ages if age.open] == [(1, 1, 3, 1)]


@pytest.mark.parametrize(
    ("sent", "raised", "open_now"),
    [
        ({"kind": "complaint"}, 2, 2),
        ({"line": "102"}, 3, 1),
        ({"zone": "Norte"}, 1, 1),
        ({"zone": "Norte", "line": "102"}, 0, 0),
        ({"first": "2026-11-26"}, 0, 3),  # what is open now was raised on any day
        ({"first": "2026-11-25", "last": "2026-11-25"}, 5, 3),
        ({"kind": "bored", "first": "ayer", "last": "0001-01-01"}, 5, 3),
        ({"first": "9999-12-31", "last": "2026-11-01"}, 5, 3),
    ],
)
def test_filters_narrow_it_and_what_cannot_be_read_is_left_out(
    days: None, at: At, sent: dict[str, str], raised: int, open_now: int
) -> None:
    figures = ask(at, **sent)
    assert (figures.whole.raised, figures.open) == (raised, open_now)


def test_lines_and_zones_of_the_days_can_be_chosen(days: None, at: At) -> None:
    assert lines_and_zones(span=span_of(sent={}, now=at(NOW))) == (["101", "102"], ["Norte", "Sarco"])


@pytest.mark.parametrize(
    ("raised", "since"),
    [
        ("2026-11-27 09:00", 0),
        ("2026-11-26 09:00", 1),  # the holiday itself
        ("2026-11-25 23:00", 1),  # the holiday does not count
        ("2026-11-24 09:00", 2),
        ("2026-11-22 09:00", 3),  # Sunday: Monday to Wednesday, and Friday
        ("2026-11-20 09:00", 3),
        ("2026-11-18 09:00", 6),
        ("2026-11-12 09:00", 6),
        ("2026-11-11 09:00", 11),
        ("2025-06-01 09:00", 11),
    ],
)
def test_age_counts_working_days(make_card: Any, at: At, raised: str, since: int) -> None:
    make_card(now=at(raised))
    (age,) = [age for age in ask(at).ages if age.open]
    assert age.since == since


def test_without_hours_the_clock_counts_and_the_page_says_so(
    days: None, on_friday: None, at: At, elena: User, signed_in: Any
) -> None:
    WorkingHours.objects.all().delete()
    figures = ask(at)
    assert figures.by_the_clock
    assert figures.whole.take.median == figures.whole.take.clock_median == HOUR / 2
    page = signed_in(elena).get(TIMES).content.decode()
    assert "son de reloj" in page


def test_nothing_was_handed_over(on_friday: None, at: At, elena: User, signed_in: Any) -> None:
    figures = ask(at)
    assert (figures.whole.raised, figures.kinds, figures.zones, figures.open) == (0, [], [], 0)
    assert len(figures.ages) == len(AGES) + 1
    assert "Todavía no hay nada que medir" in signed_in(elena).get(TIMES).content.decode()


def test_the_page_shows_it_and_an_auditor_exports_exactly_that(
    days: None, on_friday: None, oscar: User, signed_in: Any
) -> None:
    client = signed_in(oscar)
    cache.clear()
    page = client.get(TIMES).content.decode()
    for words in ("Reclamo de facturación", "1:15", "1:51", "Sin zona", "Vencieron, por zona", 'hx-trigger="load"'):
        assert words in page
    assert "María Quispe" not in page
    assert client.get(f"{TIMES}?part=charts").content.decode().count("</svg>") == 6 * len(WIDTHS)
    assert 'hx-trigger="load"' not in client.get(TIMES).content.decode(), "what is drawn already stands in the page"
    answer = client.post(f"{TIMES}export/?kind=billing_claim")
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
    assert book.sheet_names == ["Por tipo", "Por zona", "Abiertas por edad"]
    _head, claims, whole = book.get_sheet_by_name("Por tipo").to_python()
    assert claims[:8] == ["Reclamo de facturación", 3, 1, 1, 1, 0, 1.25, 1.85]
    assert whole[:6] == ["Todas", 3, 1, 1, 1, 0]
    kept = Disclosure.objects.get()
    assert (kept.user, kept.subject) == (
        oscar,
        "Plazos de las derivaciones: 29/10/2026 – 27/11/2026, Reclamo de facturación",
    )


def test_the_page_asks_as_much_for_many_as_for_few(
    days: None, on_friday: None, make_card: Any, elena: User, signed_in: Any
) -> None:
    client = signed_in(elena)
    client.get(TIMES)
    with CaptureQueriesContext(connection) as few:
        client.get(TIMES)
    for number in range(40):
        make_card(zone=f"Zona {number}", kind="complaint" if number % 2 else "sim_block")
    client.get(TIMES)  # what the frame keeps for some seconds is asked for again by now
    with CaptureQueriesContext(connection) as many:
        page = client.get(TIMES).content.decode()
    assert "Zona 39" in page
    assert len(many) == len(few) <= 14
