"""The doors for scripts: JSON on stdout, one clear line and exit code 1 on bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from agents.models import Agent
from campaigns.assignment.assigning import open_lists
from campaigns.management.commands.assign import Command as Assign
from campaigns.models import Campaign
from tests.campaigns.a_campaign import add_contacts, make_campaign, moment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_25th() -> Iterator[None]:
    with time_machine.travel(moment("2026-11-25 09:00"), tick=False):
        yield


def said(*arguments: str) -> dict:
    out = StringIO()
    call_command(*arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_month_is_assigned_launched_and_closed_by_commands(ana: Agent, luis: Agent) -> None:
    campaign = make_campaign()
    add_contacts(campaign, 5)
    open_lists(campaign=campaign, now=moment("2026-11-25 08:00"))
    assigned = said("assign", "2026-12")
    assert assigned["dealt"] == 5
    assert assigned["state"] == "proposed"
    assert sorted(row["INTERNET"] for row in assigned["agents"].values()) == [2, 3]
    assert said("launch", "2026-12")["state"] == "running"
    assert said("assign", "2026-12")["dealt"] == 0
    assert said("close", "2026-12")["state"] == "closed"
    assert Campaign.objects.get().state == "closed"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["assign", "diciembre"], "no es un mes"),
        (["launch", "2026-11"], "No hay campaña de 2026-11"),
        (["launch", "2026-12"], "reparta la campaña"),
        (["close", "2026-12"], "se cierra sola"),
    ],
)
def test_bad_input_is_one_clear_line(arguments: list[str], line: str) -> None:
    make_campaign()
    with pytest.raises(CommandError, match=line):
        call_command(*arguments)


def test_a_missing_argument_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        Assign().run_from_argv(["manage.py", "assign"])
    assert left.value.code == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
