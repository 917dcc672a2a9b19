"""Samples whose answers are known: what came in by the commands is what the figures count."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from campaigns.invariants import check_invariants
from campaigns.models import Disposition
from tests.conftest import DATA

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLES = {"xlsx-300": "xlsx", "csv-300": "csv", "xlsx-5000": "xlsx"}


@pytest.fixture(autouse=True)
def _after_the_month(at: Any, settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(at("2026-12-01 09:00"), tick=True):
        yield


def said(*words: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(*words, "--json", stdout=out, stderr=StringIO())
    told: dict[str, Any] = json.loads(out.getvalue())
    return told


def everybody_is_reached_on_the_25th(agent: int, disposition: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO campaigns_attempt (campaign_id, contact_id, agent_id, telephone, mode, fence, dialled_at, day,
                                           disposition_id, resulted_at, reason, note)
            SELECT campaign_id, contact_id, %s, '', 'manual', 1, TIMESTAMPTZ '2026-11-25 08:30-04', DATE '2026-11-25',
                   %s, TIMESTAMPTZ '2026-11-25 08:31-04', '', '' FROM campaigns_listentry
            """,
            [agent, disposition],
        )
        cursor.execute(
            """UPDATE campaigns_listentry SET fence = 1, attempts = 1, handled_at = TIMESTAMPTZ '2026-11-25 08:31-04',
                      handled_by_id = %(agent)s, contacted_at = TIMESTAMPTZ '2026-11-25 08:31-04',
                      contacted_by_id = %(agent)s, last_disposition_id = %(disposition)s""",
            {"agent": agent, "disposition": disposition},
        )


@pytest.mark.parametrize("name", SAMPLES)
def test_the_figures_of_a_sample_are_its_known_answers(name, truth, ana):
    answers, ending = truth(name), SAMPLES[name]
    report, payments = answers["report"], answers["payments"]
    said("take_in_report", DATA / name / f"ccvp-2026-12.{ending}", "--period", "2026-12")
    said("take_in_payments", DATA / name / f"recaudo-2026-12.{ending}")
    told = said("campaign_figures", "2026-12")
    assert told["services"]["items"] == report["items"]
    assert told["contacts"]["items"] == report["contracts"]
    assert told["by_list"]["BOTH"]["items"] == report["contracts_with_both"]
    assert {s: c["items"] for s, c in told["by_service"].items()} == report["by_service"]
    assert told["paid"] == told["paid_without_contact"] == payments["items_paid"]
    assert float(told["amounts"]["paid"]) == payments["amount_paid"]
    assert float(told["services"]["amount"]) == report["amount_due"]

    disposition = Disposition.objects.filter(party="right", requires_promise=False).first()
    everybody_is_reached_on_the_25th(ana.pk, disposition.pk)
    told = said("campaign_figures", "2026-12")
    assert told["paid"] == payments["items_paid"]
    assert told["paid_after_contact"] == payments["items_paid_from_the_25th"]
    assert told["paid_without_contact"] == payments["items_paid"] - payments["items_paid_from_the_25th"]
    assert told["rates"]["services"]["paid_after_contact"]["base"] == report["items"]
    assert check_invariants() == []
