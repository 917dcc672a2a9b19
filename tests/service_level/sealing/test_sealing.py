"""What is sealed is what the lines give, to the last digit; what comes later is another revision, and is noticed."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from agents.models import User
from service_level.indicator.counting import count_anew_for, count_changed
from service_level.indicator.figures import as_plain, read_month
from service_level.models import Formula, MonthSeal, SealOrder
from service_level.sealing.document import document_values, draw_document
from service_level.sealing.ordering import order_seal, seal_as_ordered
from service_level.sealing.sealing import SealRefused, broken_seals, recount, seal, what_differs_now
from service_level.sealing.words import figure_in_words
from telephony.models import ChangedDay, LoggedLine, LoggedVisit, Switchboard
from telephony.queue_log.recounting import fingerprints, visits_from_lines
from telephony.queue_log.taking import take_lines
from tests.audit import behind_the_audit
from tests.service_level.indicator.a_log import SAMPLES, answered, call, hung_up, taken
from work.claiming import claim
from work.doing import Outcome, do_one
from work.steps import LeaseLost

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Any], Client]
MONTH = date(2026, 11, 1)


@pytest.fixture
def after(at: Callable[[str], datetime]) -> datetime:
    """The month is over."""
    return at("2026-12-02 09:00")


@pytest.fixture
def month(board: Switchboard, at: Callable[[str], datetime]) -> date:
    """Calls at both ends of the month, of two lines and of a queue nobody wrote down, one of them odd."""
    return taken(
        board,
        *answered(at("2026-11-01 00:00:00"), "1.1", "101", 5),
        *answered(at("2026-11-10 09:10"), "1.2", "101", 21),
        *hung_up(at("2026-11-10 09:20"), "1.3", "104", 4),
        *call(at("2026-11-11 15:40"), "1.4", "101", (60, "NONE|EXITWITHTIMEOUT|1|1|60")),
        *call(at("2026-11-11 15:50"), "1.5", "102", (30, "Ana|CONNECT|999999|1.9|2")),
        *hung_up(at("2026-11-12 15:50"), "1.6", "ventas/norte", 9),
        *answered(at("2026-11-30 23:59:50"), "1.7", "104", 20),
    )


def late_line(board: Switchboard, at: Callable[[str], datetime]) -> None:
    taken(board, *hung_up(at("2026-11-20 10:00"), "9.1", "101", 40))


# the lines alone give the figures


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("queue_log*")))
def test_the_lines_of_a_recording_give_the_visits_there_are(name: str, board: Switchboard) -> None:
    take_lines(board=board, lines=(SAMPLES / name).read_text().splitlines())
    kept = LoggedVisit.objects.values_list("call", "queue", "nth", "outcome", "wait", "talk", "ended")
    every = visits_from_lines(datetime(2000, 1, 1).astimezone(), datetime(2100, 1, 1).astimezone())
    told = {(one.call, one.queue, one.nth, str(one.outcome), one.wait, one.talk, one.ended) for one in every}
    assert told == set(kept)


def test_what_is_sealed_is_the_indicator(month: date, elena: User, after: datetime) -> None:
    sealed = seal(month=month, by=elena, now=after)
    plain = as_plain(read_month(month))
    assert sealed.revision == 1
    for name, counts in plain["totals"].items():
        assert {key: sealed.figures["totals"][name][key] for key in counts} == counts
    known = {line: counts for line, counts in plain["lines"].items() if counts["received"]}
    assert {line: {key: said[key] for key in known[line]} for line, said in sealed.figures["lines"].items()} == known
    assert sealed.figures["totals"]["att"]["level"] == "40.00"
    assert recount(sealed, now=after).agrees
    assert not broken_seals()


def test_the_formula_of_the_month_counts(board: Switchboard, month: date, elena: User, after: datetime) -> None:
    formula = Formula(since=MONTH, seconds=30, shortest_hang_up=5, counts_timed_out=False, document="RAR 1/2026")
    formula.save()
    count_anew_for(formula)
    count_changed()
    sealed = seal(month=month, by=elena, now=after)
    assert sealed.figures["totals"]["att"]["level"] == "100.00"
    assert sealed.formula["seconds"] == 30


# nothing is sealed that is not so


def test_a_month_that_runs_is_not_sealed(month: date, elena: User, at: Callable[[str], datetime]) -> None:
    with pytest.raises(SealRefused, match="todavía no termina"):
        seal(month=month, by=elena, now=at("2026-11-30 23:59"))


def test_a_month_without_a_call_is_not_sealed(elena: User, after: datetime) -> None:
    with pytest.raises(SealRefused, match="ninguna llamada"):
        seal(month=date(2026, 7, 1), by=elena, now=after)


def test_what_waits_still_is_not_sealed(
    month: date, board: Switchboard, elena: User, at: Callable[[str], datetime], after: datetime
) -> None:
    """Lines of other calls would tell otherwise how it ended, and no line of the month."""
    taken(board, *call(at("2026-11-30 23:59"), "8.1", "101"))
    with pytest.raises(SealRefused, match="De una llamada del mes no consta cómo terminó"):
        seal(month=month, by=elena, now=after)
    taken(board, *answered(at("2026-12-01 12:30"), "8.2", "101", 5))
    sealed = seal(month=month, by=elena, now=after)
    assert recount(sealed, now=after).agrees


def test_a_switchboard_may_get_another_name(month: date, board: Switchboard, elena: User, after: datetime) -> None:
    sealed = seal(month=month, by=elena, now=after)
    Switchboard.objects.update(name="Central Cochabamba")
    told = recount(sealed, now=after)
    assert (told.moved, told.agrees) == ([], True)


def test_a_call_in_which_the_clock_was_set_back_is_sealed_as_it_counts(
    board: Switchboard, elena: User, at: Callable[[str], datetime], after: datetime
) -> None:
    noon = at("2026-11-10 12:00")
    back = call(noon, "1.1", "101", (-600, "Ana|CONNECT|8|1.9|2"), (-540, "Ana|COMPLETECALLER|8|60|1"))
    for lines in (back[:1], back[:2], back):
        month = taken(board, *lines)
    assert read_month(month).att.registered == 1
    assert recount(seal(month=month, by=elena, now=after), now=after).agrees


def test_what_is_being_counted_is_not_sealed(month: date, elena: User, after: datetime) -> None:
    ChangedDay.objects.create(day=date(2026, 11, 10))
    with pytest.raises(SealRefused, match="contando de nuevo"):
        seal(month=month, by=elena, now=after)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE service_level_linefigure SET hung_up = 2 WHERE line = '101' AND grain = 'day'",
        "DELETE FROM telephony_loggedline WHERE call = '1.2'",
        "UPDATE telephony_loggedline SET text = replace(text, 'CONNECT|21', 'CONNECT|12') WHERE call = '1.2'",
    ],
)
def test_figures_that_are_not_those_of_the_lines_are_not_sealed(
    damage: str, month: date, elena: User, after: datetime
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(damage)
    with pytest.raises(SealRefused, match="no son las que dan las líneas"):
        seal(month=month, by=elena, now=after)
    assert not MonthSeal.objects.exists()


# what comes later


def test_later_evidence_is_noticed_and_makes_a_revision(
    board: Switchboard, month: date, elena: User, after: datetime, at: Callable[[str], datetime], signed_in: SignedIn
) -> None:
    first = seal(month=month, by=elena, now=after)
    late_line(board, at)
    found = recount(first, now=after)
    assert not found.agrees
    assert found.moved == ["2026-11-20 Central"]
    assert "totals.att.level" in [one.figure for one in what_differs_now(first)]
    seen = signed_in(elena).get(reverse("service_level:seal", args=["2026-11"])).content.decode()
    assert "ya no dice lo que se selló" in seen
    assert "Suma ATT: nivel (%)" in seen
    with pytest.raises(CommandError, match="sealed_indicator_is_told_so"):
        call_command("check_invariants")
    with pytest.raises(SealRefused, match="motivo"):
        seal(month=month, by=elena, now=after)
    second = seal(month=month, by=elena, now=after, reason="Llegó el archivo del 20")
    assert (second.revision, second.previous) == (2, first.sha256)
    assert recount(second, now=after).agrees
    assert MonthSeal.objects.get(revision=1).sha256 == first.sha256
    with pytest.raises(SealRefused, match="Nada cambió"):
        seal(month=month, by=elena, now=after, reason="Otra vez")


def test_whose_number_is_forgotten_leaves_the_evidence_as_it_was(month: date, after: datetime, elena: User) -> None:
    begins, ends = datetime(2026, 11, 1).astimezone(), datetime(2026, 12, 2).astimezone()
    before = fingerprints(begins, ends)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE telephony_loggedline SET text = replace(text, '70712345', '')")
    assert fingerprints(begins, ends) == before
    assert sum(lines for _board, _day, lines, _told in before) == LoggedLine.objects.count()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE service_level_monthseal SET figures = jsonb_set(figures, '{totals}', '{}') WHERE revision = 1",
        "UPDATE service_level_monthseal SET reason = 'Otro' WHERE revision = 2",
        "UPDATE service_level_monthseal SET sealed_at = sealed_at + interval '1 day' WHERE revision = 2",
        "DELETE FROM service_level_monthseal WHERE revision = 1",
    ],
)
def test_a_seal_that_was_touched_is_found(
    damage: str, board: Switchboard, month: date, elena: User, after: datetime, at: Callable[[str], datetime]
) -> None:
    seal(month=month, by=elena, now=after)
    late_line(board, at)
    second = seal(month=month, by=elena, now=after + timedelta(days=1), reason="Llegó tarde")
    with behind_the_audit(), connection.cursor() as cursor:
        cursor.execute(damage)
    assert broken_seals()
    second.refresh_from_db()
    assert not recount(second, now=after).is_intact
    with pytest.raises(CommandError, match="month_seals_are_a_chain"):
        call_command("check_invariants")


def test_it_holds_after_a_dump_and_restore(month: date, elena: User, after: datetime) -> None:
    """As text and back, which is what a dump of the database does with its rows."""
    sealed = seal(month=month, by=elena, now=after)
    document = draw_document(sealed)
    with behind_the_audit(), connection.cursor() as cursor:
        for table in ("telephony_loggedline", "service_level_monthseal"):
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                dumped = b"".join(copy)
            cursor.execute(f"DELETE FROM {table}")
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(dumped)
    restored = MonthSeal.objects.get()
    assert recount(restored, now=after).agrees
    assert not what_differs_now(restored)
    assert draw_document(restored) == document


def test_a_month_is_chained_to_the_month_sealed_before(
    board: Switchboard, month: date, elena: User, after: datetime, at: Callable[[str], datetime]
) -> None:
    taken(board, *answered(at("2026-10-10 09:00"), "8.1", "101", 5))
    october = seal(month=date(2026, 10, 1), by=elena, now=after)
    november = seal(month=month, by=elena, now=after)
    assert (october.previous, november.previous) == ("", october.sha256)
    assert not broken_seals()
    with behind_the_audit():
        october.delete()
    assert broken_seals() == ["2026-11 r1"]


# the doors


def test_recompute_gives_the_sealed_figure_to_the_last_digit(
    board: Switchboard, month: date, elena: User, after: datetime, at: Callable[[str], datetime], capsys: Any
) -> None:
    with pytest.raises(CommandError, match="no está sellado"):
        call_command("recompute", "2026-11")
    sealed = seal(month=month, by=elena, now=after)
    call_command("recompute", "2026-11", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["agrees"]
    assert {name: told[name] for name in ("lines", "totals")} == {
        name: sealed.figures[name] for name in ("lines", "totals")
    }
    late_line(board, at)
    with pytest.raises(CommandError, match="2026-11-20 Central"):
        call_command("recompute", "2026-11", "--json")
    assert not json.loads(capsys.readouterr().out)["agrees"]
    with pytest.raises(CommandError, match="no es un mes"):
        call_command("recompute", "hoy")


def test_a_supervisor_seals_and_an_auditor_reads(
    month: date, elena: User, oscar: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, after: datetime
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: after)
    address = reverse("service_level:seal", args=["2026-11"])
    assert "todavía no está sellado" in signed_in(elena).get(address).content.decode()
    assert signed_in(oscar).post(reverse("service_level:seal_month", args=["2026-11"])).status_code == 403
    answer = signed_in(elena).post(reverse("service_level:seal_month", args=["2026-11"]), follow=True)
    assert "Se está sellando" in answer.content.decode()
    assert "Sellar el mes" not in answer.content.decode()
    again = signed_in(elena).post(reverse("service_level:seal_month", args=["2026-11"]), follow=True)
    assert "Se está sellando" in again.content.decode()
    (order,) = SealOrder.objects.all()
    progress = reverse("service_level:seal_progress", args=["2026-11"])
    assert "Contando las líneas" in signed_in(oscar).get(progress).content.decode()
    assert do_one(SealOrder, pk=order.pk, now=after) == Outcome.OVER
    assert signed_in(oscar).get(progress).headers["HX-Refresh"] == "true"
    answer = signed_in(elena).get(address)
    assert "Revisión 1, sellada el" in answer.content.decode()
    assert "40,00 %" in answer.content.decode()
    assert "Sellar" not in signed_in(oscar).get(address).content.decode().partition("<main")[2]
    assert (
        "Sellado: revisión 1" in signed_in(elena).get(reverse("service_level:month", args=["2026-11"])).content.decode()
    )


def test_what_was_asked_for_and_cannot_be_sealed_says_why(
    month: date, elena: User, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, after: datetime
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: after)
    order = order_seal(month=month, by=elena, now=after)
    LoggedLine.objects.filter(call="1.2").delete()
    assert do_one(SealOrder, pk=order.pk, now=after) == Outcome.OVER
    address = reverse("service_level:seal", args=["2026-11"])
    seen = signed_in(elena).get(address).content.decode()
    assert "No se selló lo pedido el 02/12/2026 09:00" in seen
    assert "no son las que dan las líneas" in seen
    assert "Sellar el mes" in seen
    assert not MonthSeal.objects.exists()


def test_a_worker_that_lost_its_order_seals_nothing(month: date, elena: User, after: datetime) -> None:
    order = order_seal(month=month, by=elena, now=after)
    late = claim(SealOrder, pk=order.pk, now=after)
    assert late is not None
    assert do_one(SealOrder, pk=order.pk, now=after + timedelta(hours=1)) == Outcome.OVER
    with pytest.raises(LeaseLost):
        seal_as_ordered(late, now=after + timedelta(hours=1))
    assert MonthSeal.objects.count() == 1


def test_a_revision_is_a_workbook(month: date, elena: User, after: datetime, signed_in: SignedIn) -> None:
    sealed = seal(month=month, by=elena, now=after)
    answer = signed_in(elena).post(reverse("service_level:seal_file", args=["2026-11", 1, "xlsx"]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    lines, days, evidence, told = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    att = next(row for row in lines if row[0] == "Suma ATT")
    assert (att[3], att[5], att[6]) == (5, 2, 40)
    assert len(days) - 1 == sum(len(one) for one in sealed.figures["days"].values())
    assert [row[2] for row in evidence[1:]] == [
        lines for _name, (lines, _told) in sorted(sealed.evidence["lines"].items())
    ]
    assert told[-1] == ["Huella", sealed.sha256]
    assert signed_in(elena).post(reverse("service_level:seal_file", args=["2026-11", 2, "xlsx"])).status_code == 404


def test_a_revision_is_a_document_that_is_the_same_whenever_it_is_drawn(
    board: Switchboard, month: date, elena: User, after: datetime, at: Callable[[str], datetime], signed_in: SignedIn
) -> None:
    seal(month=month, by=elena, now=after)
    address = reverse("service_level:seal_file", args=["2026-11", 1, "pdf"])
    first = signed_in(elena).post(address).content
    assert first.startswith(b"%PDF")
    late_line(board, at)
    assert signed_in(elena).post(address).content == first
    second = seal(month=month, by=elena, now=after, reason="Llegó tarde")
    told = document_values(second)
    assert [row[0] for row in told["changes"]["rows"]][:1] == ["20/11, 101: registradas"]
    assert told["tiles"][0]["figure"] == "33,33 %"
    assert told["facts"][-1]["value"] == second.previous
    assert [row["rows"] for row in told["evidence"]["rows"]] == ["3", "5", "4", "2", "2", "1", "2"]
    assert draw_document(second).startswith(b"%PDF")
    assert signed_in(elena).post(address.replace("pdf", "exe")).status_code == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("lines.101.within", "101: a tiempo"),
        ("totals.att.level", "Suma ATT: nivel (%)"),
        ("days.2026-11-03.101.2", "03/11, 101: a tiempo"),
        ("days.2026-11-03", "03/11"),
    ],
)
def test_a_figure_has_a_name_people_read(path: str, words: str) -> None:
    assert figure_in_words(path).startswith(words)


def test_the_level_is_a_text_so_no_digit_is_lost(month: date, elena: User, after: datetime) -> None:
    sealed = seal(month=month, by=elena, now=after)
    assert Decimal(sealed.figures["totals"]["att"]["level"]) == Decimal("40.00")
