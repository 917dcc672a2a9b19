"""Reports are looked for often and taken once, whatever the source does."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from campaigns.intake import fetching
from campaigns.intake.fetching import look_for_reports
from campaigns.intake.ringing import sweep_reports
from campaigns.intake.taking_in import claim, take_in
from campaigns.models import Report, ReportSource, SeenFile
from campaigns.month.planner import make_months_exist
from systems.reports.sources import Listing, SourceUnavailable
from tests.campaigns.some_reports import ccvp, many, received, taken

pytestmark = pytest.mark.django_db
At = Callable[..., datetime]


@pytest.fixture
def source(tmp_path: Path) -> ReportSource:
    return ReportSource.objects.create(name="Smartflex", kind="ccvp", location=str(tmp_path), pattern="ccvp-{period}.*")


@pytest.fixture
def drop(tmp_path: Path, at: At) -> Callable[..., Path]:
    """Put a file into the folder: `drop("ccvp-2026-12.csv", changed="2026-11-25 06:00")`."""

    def put(name: str, content: bytes = b"", *, changed: str = "2026-11-25 06:00") -> Path:
        path = tmp_path / name
        path.write_bytes(content or ccvp({}).read())
        moment = at(changed).timestamp()
        os.utime(path, (moment, moment))
        return path

    return put


def test_a_file_of_a_month_that_waits_is_taken_once(source: ReportSource, drop: Callable[..., Path], at: At) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.csv")
    drop("otro.csv")
    (report,) = look_for_reports(now=at("2026-11-25 06:05"))
    assert (report.source, report.period, report.name) == (source, date(2026, 12, 1), "ccvp-2026-12.csv")
    assert look_for_reports(now=at("2026-11-25 06:10")) == []
    assert take_in(report_id=report.pk, now=at("2026-11-25 06:11")).state == Report.State.PUBLISHED
    assert look_for_reports(now=at("2026-11-25 06:15")) == []
    source.refresh_from_db()
    assert (source.last_looked_at, source.last_error) == (at("2026-11-25 06:15"), "")


def test_a_file_that_just_changed_is_left_until_it_is_quiet(
    source: ReportSource, drop: Callable[..., Path], at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.csv", changed="2026-11-25 06:05:00")
    assert look_for_reports(now=at("2026-11-25 06:05:04")) == []
    drop("ccvp-2026-12.csv", ccvp(*many(3)).read(), changed="2026-11-25 06:05:30")
    assert look_for_reports(now=at("2026-11-25 06:05:34")) == []
    assert len(look_for_reports(now=at("2026-11-25 06:05:50"))) == 1


def test_a_source_whose_clock_runs_ahead_is_believed_after_a_second_look(
    source: ReportSource, drop: Callable[..., Path], at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.csv", changed="2026-11-25 09:00")
    assert look_for_reports(now=at("2026-11-25 06:05")) == []
    assert len(look_for_reports(now=at("2026-11-25 06:06"))) == 1


def test_nothing_is_looked_for_before_its_month_or_after_it_was_taken(
    source: ReportSource, drop: Callable[..., Path], at: At
) -> None:
    drop("ccvp-2026-12.csv", changed="2026-11-20 06:00")
    drop("ccvp-2027-01.csv", changed="2026-11-20 06:00")
    assert look_for_reports(now=at("2026-11-24 12:00")) == []
    make_months_exist(now=at("2026-11-25 00:01"))
    taken(*many(2), now=at("2026-11-25 05:00"))
    assert look_for_reports(now=at("2026-11-25 06:05")) == []


def test_a_source_that_fails_says_why_and_hinders_no_other(
    source: ReportSource, drop: Callable[..., Path], at: At
) -> None:
    broken = ReportSource.objects.create(name="A", kind="ccvp", location="/no/such/folder", pattern="ccvp-{period}.*")
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.csv")
    assert len(look_for_reports(now=at("2026-11-25 06:05"))) == 1
    broken.refresh_from_db()
    assert broken.last_error
    assert broken.last_looked_at == at("2026-11-25 06:05")


def test_recaudo_is_taken_again_whenever_its_file_changes(drop: Callable[..., Path], tmp_path: Path, at: At) -> None:
    ReportSource.objects.create(name="R", kind="recaudo", location=str(tmp_path), pattern="recaudo-{period}.csv")
    for hour in (8, 12, 18):
        drop("recaudo-2026-12.csv", f"NRO_RECIBO\n{hour}\n".encode(), changed=f"2026-11-26 {hour:02}:00")
        assert len(look_for_reports(now=at(f"2026-11-26 {hour:02}:05"))) == 1
        assert look_for_reports(now=at(f"2026-11-26 {hour:02}:10")) == []
    assert Report.objects.filter(kind="recaudo", period=date(2026, 12, 1)).count() == 3
    assert SeenFile.objects.filter(settled_at__isnull=False).count() == 3


def test_why_a_file_was_refused_is_told_until_another_lies_there(
    source: ReportSource, drop: Callable[..., Path], at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.pdf", b"%PDF")
    for minutes in (5, 10):
        assert look_for_reports(now=at(f"2026-11-25 06:{minutes:02}")) == []
        source.refresh_from_db()
        assert source.last_error == (
            "ccvp-2026-12.pdf: «ccvp-2026-12.pdf» no es una hoja de cálculo: use xlsx, xls, ods o csv."
        )
    drop("ccvp-2026-12.pdf").rename(source.location + "/ccvp-2026-12.csv")
    assert len(look_for_reports(now=at("2026-11-25 06:15"))) == 1
    source.refresh_from_db()
    assert source.last_error == ""


def test_an_old_refused_file_hides_no_newer_one(source: ReportSource, drop: Callable[..., Path], at: At) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    for hour, ending in enumerate(("pdf", "doc", "zip", "rtf", "xps"), start=1):
        drop(f"ccvp-2026-12.{ending}", b"%PDF", changed=f"2026-11-25 {hour:02}:00")
    for minutes in (5, 10):
        assert look_for_reports(now=at(f"2026-11-25 06:{minutes:02}")) == []
        source.refresh_from_db()
        said = source.last_error.split(" · ")
        assert [one.partition(":")[0] for one in said] == [
            "ccvp-2026-12.xps", "ccvp-2026-12.rtf", "ccvp-2026-12.zip", "y 2 más"
        ]  # fmt: skip


def test_what_goes_wrong_with_each_file_is_said_once_and_has_an_end(
    source: ReportSource, drop: Callable[..., Path], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_place: Any, name: str, **_more: Any) -> Any:
        raise SourceUnavailable("no" if name.endswith("csv") else name * 100)

    monkeypatch.setattr(fetching, "fetch", breaks)
    make_months_exist(now=at("2026-11-25 00:01"))
    for hour, name in enumerate(("1.csv", "2.csv", "a.ods", "b.ods", "c.ods"), start=1):
        drop(f"ccvp-2026-12.{name}", changed=f"2026-11-25 {hour:02}:00")
    assert look_for_reports(now=at("2026-11-25 06:05")) == []
    source.refresh_from_db()
    assert source.last_error.endswith(" · y 1 más")
    assert len(source.last_error) < 2000


def test_a_file_that_is_left_out_is_said_after_the_others_were_taken(
    source: ReportSource, drop: Callable[..., Path], tmp_path: Path, at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.csv")
    for name in (".ccvp-2026-12.csv", "ccvp-2026-12.csv.part", "ccvp-2026-12.csv.tmp"):
        drop(name)
    (tmp_path / "ccvp-2026-12.Recaudaci\udcf3n\xa0.csv").write_bytes(b"x")
    (tmp_path / "ccvp-2026-12.xlsx").symlink_to(tmp_path / "ccvp-2026-12.csv")
    (report,) = look_for_reports(now=at("2026-11-25 06:05"))
    assert report.name == "ccvp-2026-12.csv"
    source.refresh_from_db()
    assert sorted(source.last_error.split(" · ")) == [
        r"«ccvp-2026-12.Recaudaci\udcf3n\xa0.csv» no se tomó: su nombre tiene caracteres que no se admiten. "
        "Pida que lo cambien.",
        "«ccvp-2026-12.xlsx» no se tomó: es un enlace. Pida que pongan el archivo mismo.",
    ]


def test_what_is_held_for_another_month_is_taken_once_it_was_discarded_there(
    source: ReportSource, drop: Callable[..., Path], at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    content = ccvp(*many(2)).read()
    other = received(BytesIO(content), period=date(2027, 1, 1), now=at("2026-11-25 05:00"))
    Report.objects.filter(pk=other.pk).update(state=Report.State.HELD)
    drop("ccvp-2026-12.csv", content)
    assert look_for_reports(now=at("2026-11-25 06:05")) == []
    source.refresh_from_db()
    assert "Descártelo allí" in source.last_error
    Report.objects.filter(pk=other.pk).update(state=Report.State.DISCARDED)
    assert len(look_for_reports(now=at("2026-11-25 06:10"))) == 1


@pytest.fixture
def tells(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What servers tell of their files from now on: `tells(size=0, modified=None)`."""
    looks = fetching.look

    def only(**facts: Any) -> None:
        def told(*asked: Any, **more: Any) -> Listing:
            return Listing([replace(found, **facts) for found in looks(*asked, **more).files])

        monkeypatch.setattr(fetching, "look", told)

    return only


@pytest.mark.parametrize("told", [{"size": 0, "modified": None}, {"modified": None}], ids=["nothing", "size"])
def test_of_a_server_that_tells_no_time_the_bytes_decide(
    told: dict[str, Any], tells: Callable[..., None], drop: Callable[..., Path], tmp_path: Path, at: At
) -> None:
    ReportSource.objects.create(name="R", kind="recaudo", location=str(tmp_path), pattern="recaudo-{period}.csv")
    tells(**told)
    taken_at = []
    for minute, hour in ((0, 18), (5, 18), (10, 18), (15, 12), (20, 12)):
        drop("recaudo-2026-12.csv", f"NRO_RECIBO\n{hour}\n".encode())
        taken_at += [minute for _report in look_for_reports(now=at(f"2026-11-26 09:{minute:02}"))]
    assert taken_at == [5, 15], "seen once before it is believed, then each time that it is another"
    for state in (Report.State.WITHDRAWN, Report.State.REFUSED, Report.State.DISCARDED):
        Report.objects.update(state=state)
        assert look_for_reports(now=at("2026-11-26 09:25")) == [], "what somebody threw out stays out"
    drop("recaudo-2026-12.csv", b"NRO_RECIBO\n18\n")
    assert len(look_for_reports(now=at("2026-11-26 09:30"))) == 1, "the first ones again are others than the last"


def test_what_was_brought_by_hand_and_withdrawn_is_not_taken_from_the_server_after_all(
    source: ReportSource, tells: Callable[..., None], drop: Callable[..., Path], at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    content = ccvp(*many(2)).read()
    by_hand = received(BytesIO(content), name="a mano.csv", now=at("2026-11-25 05:00"))
    tells(size=0, modified=None)
    drop("ccvp-2026-12.csv", content)
    for minute in (5, 10):
        assert look_for_reports(now=at(f"2026-11-25 06:{minute:02}")) == []
    Report.objects.filter(pk=by_hand.pk).update(state=Report.State.WITHDRAWN)
    assert look_for_reports(now=at("2026-11-25 06:15")) == []


def test_what_the_release_before_refused_is_looked_at_once_more(
    source: ReportSource, drop: Callable[..., Path], at: At
) -> None:
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.pdf", b"%PDF")
    drop("ccvp-2026-12.csv", b"x")
    drop("ccvp-2026-12.txt", b"y")
    assert len(look_for_reports(now=at("2026-11-25 06:05"))) == 2
    SeenFile.objects.update(was_refused=False, sha256="")  # as the program of then left them
    SeenFile.objects.filter(name__endswith=".txt").update(outcome="Taken in")
    with connection.cursor() as cursor:
        cursor.execute(import_module("campaigns.migrations.0015_what_a_seen_file_was_made_of").REFUSED)
    assert list(SeenFile.objects.filter(was_refused=True).values_list("name", flat=True)) == ["ccvp-2026-12.pdf"]
    SeenFile.objects.filter(was_refused=True).update(outcome="Lo de entonces.")
    for minute in (10, 15):
        assert look_for_reports(now=at(f"2026-11-25 06:{minute:02}")) == []
        source.refresh_from_db()
        assert source.last_error == (
            "ccvp-2026-12.pdf: «ccvp-2026-12.pdf» no es una hoja de cálculo: use xlsx, xls, ods o csv."
        )
    assert SeenFile.objects.exclude(sha256="").get().was_refused


def test_what_nobody_foresaw_of_one_file_keeps_nobody_from_the_next(
    drop: Callable[..., Path], tmp_path: Path, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ReportSource.objects.create(name="R", kind="recaudo", location=str(tmp_path), pattern="*.csv")
    known = fetching.fetch

    def breaks(place: Any, name: str, **more: Any) -> Any:
        if name == "a.csv":
            raise LookupError("Rosa Flores")
        return known(place, name, **more)

    monkeypatch.setattr(fetching, "fetch", breaks)
    for name in ("a.csv", "b.csv"):
        drop(name, name.encode())
    (report,) = look_for_reports(now=at("2026-11-25 06:05"))
    source.refresh_from_db()
    assert (report.name, "LookupError" in source.last_error, "Rosa" in source.last_error) == ("b.csv", True, False)


def test_what_nobody_foresaw_of_one_source_keeps_nobody_from_the_others(
    source: ReportSource, drop: Callable[..., Path], at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = ReportSource.objects.create(
        pk=source.pk - 1, name="A", kind="ccvp", location="/odd", pattern="ccvp-{period}.*"
    )
    looks = fetching.look

    def breaks(place: Any, **more: Any) -> Any:
        if place.location == "/odd":
            raise LookupError("odd")
        return looks(place, **more)

    monkeypatch.setattr(fetching, "look", breaks)
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.csv")
    assert len(look_for_reports(now=at("2026-11-25 06:05"))) == 1
    odd.refresh_from_db()
    assert odd.last_error == "Falló de un modo imprevisto (LookupError): está en el registro."
    assert odd.last_looked_at == at("2026-11-25 06:05")


def test_an_inactive_source_is_left_alone(source: ReportSource, drop: Callable[..., Path], at: At) -> None:
    ReportSource.objects.update(is_active=False)
    make_months_exist(now=at("2026-11-25 00:01"))
    drop("ccvp-2026-12.csv")
    assert look_for_reports(now=at("2026-11-25 06:05")) == []


def test_the_sweep_rings_for_what_waits_and_for_lost_workers_once_a_minute(at: At) -> None:
    now = at("2026-11-25 06:10")
    report = received(ccvp({}), now=now)
    assert sweep_reports(now=now + timedelta(seconds=5)) == []  # the door has rung
    assert sweep_reports(now=now + timedelta(seconds=20)) == [report.pk]
    assert sweep_reports(now=now + timedelta(seconds=30)) == []
    assert claim(report_id=report.pk, now=now + timedelta(seconds=31)) is not None
    assert sweep_reports(now=now + timedelta(seconds=100)) == []  # at work
    assert sweep_reports(now=now + timedelta(seconds=200)) == [report.pk]  # its lease ran out
    assert take_in(report_id=report.pk, now=now + timedelta(seconds=201)).state == Report.State.PUBLISHED
    assert sweep_reports(now=now + timedelta(days=1)) == []
