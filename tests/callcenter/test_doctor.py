"""What the site says of itself to whoever helps: each thing that is wrong, what to do about it, and nobody's data."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from agents.models import User
from callcenter import clocks, doctor
from callcenter.backup.last_one import last_backup, note_backup
from callcenter.doctor import centre, examine, machine, servers
from callcenter.doctor.answers import Answer, Level, ago
from callcenter.heartbeats import NAMES, sign
from callcenter.schedule import SCHEDULE
from callcenter.scheduling import sync_schedule
from campaigns.models import Report, ReportKind, ReportSource
from escalations.models import Escalation
from inbound.anonymising import FINISHED
from notices.models import Notice, Webhook
from service_level.models import WorkingHours
from telephony.models import Switchboard
from tests.callcenter.planted import marks_in, plant
from tests.callcenter.world import World
from tests.campaigns.some_reports import ccvp, received
from tests.notices.a_program import happens, hook
from tests.notices.mail_server import MailServer

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def worst(answers: list[Answer]) -> Level:
    return max((one.level for one in answers), key=[*Level].index)


def said(question: Callable[..., Any]) -> list[Answer]:
    return list(question(now=timezone.now()))


def test_it_names_nobody(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """In a world in which every customer is marked, and so is each person's name."""
    plant(world)
    ReportSource.objects.create(name="x", kind="ccvp", location="/tmp", last_error="Rosa Flores +59170712345")
    User.objects.filter(pk=world.elena.pk).update(first_name="Nombrada")
    for options in ([], ["--json"]):
        with pytest.raises(CommandError):
            call_command("doctor", *options)
        told = capsys.readouterr().out
        assert len(told) > 1_000
        assert not marks_in(told)
        assert [word for word in ("Rosa", "707123", "Nombrada", "Flores") if word in told] == []


def test_as_json_each_chapter_has_its_answers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="impide"):
        call_command("doctor", "--json")
    told = json.loads(capsys.readouterr().out)
    assert len(told) == len(doctor.CHAPTERS)
    assert {*told["El centro"][0]} == {"of", "seen", "level", "cure"}
    assert all(one["cure"] == "" for answers in told.values() for one in answers if one["level"] == "well")


def test_what_cannot_be_asked_is_said_and_the_rest_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*, now: object) -> None:
        raise DatabaseError("+59170712345")

    monkeypatch.setattr(doctor, "CHAPTERS", (("x", (("cola", down), ("versión", machine.versions))),))
    ((_title, answers),) = examine(now=NOW)
    assert [(one.of, one.level, one.seen) for one in answers][0] == (
        "cola",
        Level.WRONG,
        "no se pudo preguntar: DatabaseError",
    )
    assert len(answers) == 3


def test_a_process_that_gives_no_sign_is_named() -> None:
    try:
        for name in NAMES:
            sign(name=name, now=timezone.now())
        assert worst(said(centre.processes)) == Level.WELL
        sign(name="beat", now=timezone.now() - timedelta(minutes=3))
        assert [one.of for one in said(centre.processes) if one.level == Level.WRONG] == ["beat"]
    finally:
        cache.delete_many([f"heartbeat:{name}" for name in NAMES])


def test_an_entry_of_the_clock_that_is_off_is_named() -> None:
    sync_schedule(ticks=SCHEDULE, now=NOW)
    assert worst(said(centre.clock)) == Level.WELL
    PeriodicTask.objects.filter(name="Enviar avisos pendientes").update(enabled=False)
    assert "Enviar avisos pendientes" in said(centre.clock)[0].seen


def test_what_waits_too_long_hinders_people_and_what_is_parked_is_worth_a_look(world: World) -> None:
    Notice.objects.all().delete()
    assert not [one for one in said(centre.owed) if "correo" in one.of and one.level != Level.WELL]
    old = timezone.now() - timedelta(hours=3)
    Notice.objects.create(key="a", kind="report_late", to=["a@b.example"], subject="x", body="x", created_at=old)
    (mails,) = (one for one in said(centre.owed) if "correo" in one.of)
    assert (mails.level, "hace 3 h" in mails.seen) == (Level.WRONG, True)
    Notice.objects.update(state="parked", parked_at=old)
    (mails,) = (one for one in said(centre.owed) if "correo" in one.of)
    assert (mails.level, "1 detenidos" in mails.seen) == (Level.LOOK, True)


def test_a_report_that_waits_for_a_decision_is_worth_a_look() -> None:
    report = received(ccvp({}), now=timezone.now())
    Report.objects.filter(pk=report.pk).update(state=Report.State.HELD)
    (held,) = (one for one in said(centre.owed) if "1 por decidir" in one.seen)
    assert held.level == Level.LOOK


def test_what_waits_for_a_program_that_is_switched_off_hinders_nobody() -> None:
    old = timezone.now() - timedelta(hours=3)
    there = hook("http://127.0.0.1:9/", old)
    happens(old, 1)
    assert worst(said(centre.owed)) == Level.WRONG
    Webhook.objects.filter(pk=there.pk).update(is_active=False)
    assert worst(said(centre.owed)) == Level.WELL


@pytest.mark.parametrize(
    ("looked", "error", "level", "cure"),
    [(5, "", Level.WELL, ""), (16, "", Level.WRONG, "Nadie lo mira"), (5, "x", Level.WRONG, "su página"),
     (None, "", Level.WRONG, "Nadie lo mira")],
)  # fmt: skip
def test_a_source_that_fails_or_that_nobody_looks_at_is_said(
    looked: int | None, error: str, level: Level, cure: str
) -> None:
    at = None if looked is None else timezone.now() - timedelta(minutes=looked)
    ReportSource.objects.create(
        name="S", kind="ccvp", location="/x", pattern="ccvp-{period}.*", last_looked_at=at, last_error=error
    )
    (answer,) = (one for one in said(centre.sources) if "#" in one.of)
    assert (answer.level, cure in answer.to_do) == (level, True)


def test_a_report_without_an_active_source_is_said_beside_one_that_has_it() -> None:
    def without() -> list[str]:
        return [one.of for one in said(centre.sources) if one.seen == "ningún origen activo"]

    assert without() == [str(kind.label) for kind in ReportKind]
    source = ReportSource.objects.create(name="S", kind="ccvp", location="/x", pattern="ccvp-{period}.*")
    assert without() == [str(ReportKind.RECAUDO.label)]
    ReportSource.objects.filter(pk=source.pk).update(is_active=False)
    assert len(without()) == 2


def test_mail_is_asked_for_a_greeting_and_who_does_not_answer_is_said(monkeypatch: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        assert worst(said(servers.mail)) == Level.WELL
        server.shutdown()
    (answer,) = said(servers.mail)
    assert (answer.level, "ConnectionRefusedError" in answer.seen) == (Level.WRONG, True)


@pytest.mark.parametrize(
    ("answer", "level"),
    [
        (httpx.Response(200), Level.WELL),
        (httpx.Response(502), Level.WRONG),
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), Level.LOOK),
        (httpx.ConnectError("Name or service not known"), Level.WRONG),
    ],
)
def test_it_comes_in_as_people_do(answer: Any, level: Level, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLIC_URL = "https://centro.comteco.example/"

    def get(address: str, **_more: Any) -> httpx.Response:
        assert address == "https://centro.comteco.example/livez"
        if isinstance(answer, httpx.Response):
            return answer
        raise answer

    monkeypatch.setattr(servers.httpx, "get", get)
    assert [one.level for one in said(servers.front_door)] == [level]


@pytest.mark.parametrize(
    ("written", "keeps"),
    [
        ("upstream w { server 127.0.0.1:1; keepalive 32; }", True),
        ('server {\n    proxy_set_header Connection "";\n}', True),
        ("upstream w { server 127.0.0.1:1; }\n# keepalive 32;\nkeepalive_timeout 65;", False),
    ],
)
def test_a_proxy_that_keeps_connections_is_said(
    written: str, keeps: bool, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = settings.BASE_DIR / "deploy" / "nginx" / "callcenter.conf", tmp_path / "web.conf"
    monkeypatch.setattr(servers, "PROXY_FILES", (ours, theirs, tmp_path / "not there"))
    theirs.write_text(written)
    assert [(one.of, one.level) for one in said(servers.kept_connections)] == [(str(theirs), Level.LOOK)] * keeps


def test_migrations_that_are_due_hinder_people(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worst(said(servers.migrations)) == Level.WELL
    monkeypatch.setattr(servers.MigrationExecutor, "migration_plan", lambda *_all: [1, 2])
    assert said(servers.migrations) == [Answer("migraciones", "faltan 2", Level.WRONG, "manage.py migrate")]


def test_a_clock_that_differs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert worst(said(servers.its_clock)) == Level.WELL
    really = timezone.now
    monkeypatch.setattr(clocks.timezone, "now", lambda: really() + timedelta(minutes=5))
    assert worst(said(servers.its_clock)) == Level.LOOK


def test_a_switchboard_without_its_link_is_said() -> None:
    Switchboard.objects.create(name="Central", host="127.0.0.1", is_on=True)
    (one,) = said(servers.switchboards)
    assert (one.of, one.level, one.to_do) == ("central Central", Level.WRONG, "manage.py check_switchboard")


@pytest.mark.parametrize(("free", "level"), [(50, Level.WELL), (5, Level.LOOK), (0.5, Level.WRONG)])
def test_a_disk_that_fills_is_said_before_it_is_full(
    free: float, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = type("Disk", (), {"free": free * 2**30, "total": 100 * 2**30})
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _path: disk)
    assert said(machine.room)[0].level == level


def test_a_manual_that_was_not_made_is_said(settings: Any, tmp_path: Any) -> None:
    settings.MANUAL = tmp_path
    (told,) = machine.manual(now=timezone.now())
    assert (told.level, told.to_do) == (Level.LOOK, "make manual")
    (tmp_path / "es").mkdir()
    (tmp_path / "es" / "pages.json").write_text("{}")
    (told,) = machine.manual(now=timezone.now())
    assert told.level == Level.WELL


def test_a_backup_that_is_late_is_said(settings: Any, tmp_path: Any) -> None:
    settings.CALLCENTER_HOME, settings.IS_DEMO = tmp_path, False
    assert (last_backup(), worst(said(machine.backup))) == (None, Level.LOOK)
    note_backup(now=timezone.now() - timedelta(days=1))
    assert worst(said(machine.backup)) == Level.WELL
    note_backup(now=timezone.now() - timedelta(days=3))
    assert [(one.level, one.seen) for one in said(machine.backup)] == [(Level.LOOK, "hace 3 días")]
    (tmp_path / "last-backup").write_text("yesterday")
    assert last_backup() is None


def test_production_says_what_it_does_without(settings: Any, tmp_path: Any) -> None:
    settings.IS_DEMO, settings.BASE_DIR, settings.PRODUCTION_WITHOUT = False, tmp_path, ["https"]
    (tmp_path / ".env").write_text("SECRET_KEY=x")
    (tmp_path / ".env").chmod(0o644)
    told = said(machine.the_settings)
    assert [one.of for one in told if one.level == Level.LOOK] == [".env"]
    assert "PRODUCTION_WITHOUT=https" in "".join(one.seen for one in told)
    assert [one.seen for one in told if one.level == Level.WRONG]  # a demo's secret, no host names …


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "hace 0 min"), (119, "hace 119 min"), (180, "hace 3 h"), (60 * 24, "hace 1 día")]
)
def test_how_long_ago(minutes: int, words: str) -> None:
    assert ago(NOW - timedelta(minutes=minutes), now=NOW) == words
    assert ago(None, now=NOW) == "nunca"


def test_what_stays_because_nobody_saw_to_it_is_counted(world: World) -> None:
    assert {one.level for one in said(centre.personal_data)} == {Level.WELL}
    in_ten_years = timezone.now() + timedelta(days=3650)
    card, write = world.escalation, world.write
    assert card.closed_at is None
    assert write.state not in FINISHED
    told = list(centre.personal_data(now=in_ten_years))
    assert [one.level for one in told] == [Level.LOOK, Level.LOOK]
    assert told[0].seen.startswith(f"{Escalation.objects.open().count()} ")


def test_of_a_new_site_it_says_what_was_never_set_up() -> None:
    WorkingHours.objects.all().delete()
    assert {one.of for one in said(centre.set_up)} >= {"líneas sin flujo", "horario del centro"}
    assert worst(said(centre.sources)) == worst(said(centre.people)) == Level.LOOK
