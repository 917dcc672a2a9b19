"""One policy for all rooms: how long personal data are kept, and the clock and the command that take them away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command

from agents.models import DataPolicy
from callcenter import tasks
from callcenter.retention import take_away_personal_data
from callcenter.schedule import SCHEDULE
from escalations.models import Escalation
from inbound.models import Walk
from tests.callcenter.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("long_written")]


@pytest.mark.parametrize(
    ("months", "moment", "goes"),
    [(24, "2028-11-20 08:00", 0), (24, "2028-11-27 08:00", 1), (3, "2027-02-27 08:00", 1), (36, "2028-11-27 08:00", 0)],
)
def test_calls_and_escalations_go_by_the_same_months(
    world: World, at: Any, months: int, moment: str, goes: int
) -> None:
    DataPolicy.objects.update_or_create(pk=1, defaults={"months_of_calls": months})
    assert world.walk.anonymised_at is world.escalation.anonymised_at is None
    Escalation.objects.update(state=Escalation.State.REJECTED, settled_at=world.now, closed_at=world.now)
    told = take_away_personal_data(now=at(moment), only_look=True)
    assert (told.calls, told.escalations) == (goes, goes)
    assert take_away_personal_data(now=at(moment)) == told
    assert Walk.objects.exclude(anonymised_at=None).count() == goes
    assert Escalation.objects.exclude(customer_name="Rosa Flores").count() == goes


def test_the_clock_and_the_command_ring_it(
    world: World, at: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.walk.pk
    monkeypatch.setattr("django.utils.timezone.now", lambda: at("2028-11-27 08:00"))
    call_command("anonymise", dry_run=True, json=True)
    assert json.loads(capsys.readouterr().out)["calls"] == 1
    assert tasks.take_away_personal_data.name in {tick.task for tick in SCHEDULE}
    tasks.take_away_personal_data()
    assert Walk.objects.get().anonymised_at == at("2028-11-27 08:00")
