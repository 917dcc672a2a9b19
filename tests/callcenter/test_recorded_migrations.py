"""A demo from before the migrations began anew is told so in one sentence, and not touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

from callcenter.management.commands import run
from callcenter.recorded_migrations import refuse_migrations_of_another_release
from tests.audit import by_its_owner

pytestmark = pytest.mark.django_db
Recorded = MigrationRecorder.Migration


@pytest.fixture(autouse=True)
def _migrations_are_the_owners(db: None) -> Iterator[None]:
    with by_its_owner():
        yield


def test_the_migrations_of_this_release_are_welcome() -> None:
    refuse_migrations_of_another_release()


def test_what_a_library_recorded_once_is_its_own_affair() -> None:
    Recorded.objects.create(app="account", name="0001_of_an_older_version")
    refuse_migrations_of_another_release()


def test_recorded_migrations_that_are_gone_are_named() -> None:
    Recorded.objects.create(app="campaigns", name="0004_tariffs")
    with pytest.raises(CommandError, match=r"another release.*\(campaigns\.0004_tariffs\).*nothing was touched"):
        refuse_migrations_of_another_release()


def test_migrations_that_lack_what_they_need_are_named() -> None:
    Recorded.objects.filter(app="agents").delete()
    with pytest.raises(
        CommandError, match=r"another release.*its dependency agents\.0001_initial.*nothing was touched"
    ):
        refuse_migrations_of_another_release()


@pytest.mark.parametrize(
    ("embedded", "demo", "way_on"),
    [(True, True, "make demo-reset"), (False, True, "DATABASE_URL"), (True, False, "DATABASE_URL")],
)
def test_the_way_on_is_the_one_there_is(settings: Any, embedded: bool, demo: bool, way_on: str) -> None:
    settings.RUNS_EMBEDDED, settings.IS_DEMO = embedded, demo
    Recorded.objects.create(app="campaigns", name="0004_tariffs")
    with pytest.raises(CommandError, match=way_on):
        refuse_migrations_of_another_release()


def test_run_ends_with_the_sentence_before_it_migrates(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CALLCENTER_HOME, settings.RUNS_EMBEDDED, settings.IS_DEMO = tmp_path, True, True
    called: list[str] = []
    monkeypatch.setattr(run, "call_command", lambda name, **_options: called.append(name))
    monkeypatch.setattr(run, "refuse_a_busy_port", lambda _host, _port: None)
    Recorded.objects.create(app="campaigns", name="0004_tariffs")
    with pytest.raises(CommandError, match="make demo-reset"):
        call_command("run")
    assert called == []
