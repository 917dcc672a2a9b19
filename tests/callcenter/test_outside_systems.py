"""The demo's sandbox: where it listens, when there is one, and what the programs are told of it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from callcenter.demo import outside_systems
from callcenter.management.commands import run
from tests.sandbox.running import own_database

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}


def told(programs: tuple[list[Any], list[Any]]) -> dict[str, str | None]:
    """What the programs that answer and those that work are told."""
    return {one.name: one.environment.get("SYSTEMS_URL") for one in (*programs[0], *programs[1])}


@pytest.mark.parametrize(
    ("environment", "plays", "url"),
    [
        ({}, True, "http://127.0.0.1:8090"),
        ({"SYSTEMS_URL": "https://systems.example"}, False, "https://systems.example"),
        ({"SYSTEMS_URL": ""}, False, ""),
        (
            {
                "CALLCENTER_ENV": "production", "SECRET_KEY": "a-secret-of-this-house-and-of-no-other-one-at-all",
                "ALLOWED_HOSTS": "centro.example", "PUBLIC_URL": "https://centro.example",
                "FACTOR_KEYS": "a-key-of-this-house-and-of-no-other-one-at-all-x",
            },
            False,
            "",
        ),
    ],
)  # fmt: skip
def test_only_a_demo_that_names_no_systems_plays_them(environment: dict[str, str], plays: bool, url: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    says = "from django.conf import settings; print(settings.PLAYS_SYSTEMS, settings.SYSTEMS_URL)"
    done = subprocess.run(
        [sys.executable, "-c", says],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "callcenter.settings", **SERVERS, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    assert done.stdout.rstrip() == f"{plays} {url}".rstrip()


def test_the_programs_are_told_where_the_systems_are_played(settings: Any) -> None:
    settings.PLAYS_SYSTEMS = True
    played = told(run.programs("127.0.0.1", 8000, 8070, 8090))
    here, unaware = "http://127.0.0.1:8090", {"beat": None, "live": None}
    assert played == {"web": here, "ticks": here, "jobs": here, "sandbox": None, **unaware}
    by_hand = told(run.programs("127.0.0.1", 8000, 8070, None))
    assert by_hand == {"web": "", "ticks": "", "jobs": "", **unaware}
    settings.PLAYS_SYSTEMS = False
    assert set(told(run.programs("127.0.0.1", 8000, 8070, None)).values()) == {None}


@pytest.mark.parametrize(("named", "told_them"), [("", "http://127.0.0.1:8110"), ("https://centro.example", None)])
def test_the_demos_mails_lead_to_its_own_port(
    named: str, told_them: str | None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IS_DEMO = True
    monkeypatch.setenv("PUBLIC_URL", named)
    answering, working = run.programs("0.0.0.0", 8110, 8180, None)  # noqa: S104
    writers = [one for one in (*answering, *working) if one.name in ("web", "ticks", "jobs")]
    assert [one.environment.get("PUBLIC_URL") for one in writers] == [told_them] * 3


def test_a_busy_port_is_passed_over() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        assert outside_systems.choose_port(taken - outside_systems.BESIDE) not in (taken, 0)
    assert 0 < outside_systems.choose_port(65_535) < 65_535


def test_its_database_is_made_once_and_thrown_away(settings: Any) -> None:
    with own_database() as url:  # beside it, not beside the one of a demo that runs here
        settings.DATABASE_URL = url
        outside_systems.make_database()
        outside_systems.make_database()
        with psycopg.connect(outside_systems.database_url()) as connection:
            name = connection.execute("SELECT current_database()").fetchone()
        assert name == (f"{urlsplit(url).path[1:]}_sandbox",)
        outside_systems.forget_database()
        outside_systems.forget_database()
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(outside_systems.database_url())


def test_without_its_database_it_is_said_in_a_sentence(settings: Any) -> None:
    settings.DATABASE_URL = SERVERS["DATABASE_URL"]
    with pytest.raises(outside_systems.NotPlayed, match="none_sandbox could not be made"):
        outside_systems.make_database()
