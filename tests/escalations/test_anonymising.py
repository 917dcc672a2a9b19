"""What is left of an escalation whose personal data were taken away, in its row and in its audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from agents.keeping import Held
from agents.models import Agent, User
from escalations import anonymising, working
from escalations.anonymising import NOBODY, anonymise_escalations
from escalations.letters import draft_letter, write_letter
from escalations.lifecycle import EscalationRefused
from escalations.models import Change, Escalation, Letter, Unit, UnitAddress
from escalations.raising import raise_escalation
from notices.mailing import deliver_due, retry_parked
from notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("long_written")]
PERSONAL = ("Rosa", "C-77", "70712345", "Reclama", "Sucre", "Arreglado")
TABLES = ("escalations_escalation", "escalations_escalationevent", "escalations_change", "notices_notice")


@pytest.fixture
def now(at: Any) -> datetime:
    return at("2026-11-25 09:30")


@pytest.fixture
def handed_over(ana: Agent, now: datetime) -> Escalation:
    found = raise_escalation(
        key="1", kind="billing_claim", line="102", reason="Reclama el 70712345", details={"address": "Calle Sucre 12"},
        due_at=now + timedelta(days=2), by=ana.user, now=now, contract="C-77", customer_name="Rosa Flores",
        telephone="+59170712345", zone="Sarco", promised="Se llama a Rosa.",
    )  # fmt: skip
    found.reason = "Reclama Rosa, otra vez"
    found.save()
    return found


@pytest.fixture
def closed(handed_over: Escalation, elena: User, now: datetime) -> Escalation:
    """Written to a unit about, settled, and Rosa was told, on day 2."""
    said: dict[str, Any] = {"escalation_id": handed_over.pk, "by": elena}
    unit = Unit.objects.get(code="facturacion")
    UnitAddress.objects.create(unit=unit, name="Julia", email="julia@comteco.example", valid_from=now.date())
    draft = draft_letter(handed_over)
    write_letter(**said, subject=f"Rosa {draft.subject}", text=draft.text, now=now)
    working.take(**said, now=now)
    working.note(**said, text="Rosa llamó", now=now)
    working.resolve(**said, outcome="Arreglado para Rosa", now=now)
    later = now + timedelta(days=2)
    return working.inform(**said, how="telephone", told_at=later, note="Rosa conforme", now=later)


def everything() -> str:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT to_jsonb(t)::text FROM {name} t" for name in TABLES))
        return "\n".join(row for (row,) in cursor.fetchall())


def test_nobody_is_left_in_the_row_its_audit_its_history_nor_its_mail(
    closed: Escalation, now: datetime, ana: Agent
) -> None:
    assert [word for word in PERSONAL if word not in everything()] == []
    later = now + timedelta(days=731)
    assert anonymise_escalations(held=Held(), before=later, now=later) == 1
    assert [word for word in PERSONAL if word in everything()] == []
    kept = Escalation.objects.get()
    assert (kept.customer_name, kept.reason, kept.anonymised_at) == (NOBODY, NOBODY, later)
    assert (kept.kind_id, kept.line, kept.zone, kept.raised_at, kept.raised_by) == (
        "billing_claim", "102", "Sarco", now, ana.user,
    )  # fmt: skip
    letter = Letter.objects.select_related("notice").get()
    assert (letter.to_whom, letter.notice.to, letter.notice.subject) == ("Julia", ["julia@comteco.example"], NOBODY)
    assert Change.objects.filter(escalation=kept).count() == 6
    call_command("check_invariants")
    assert anonymise_escalations(held=Held(), before=later, now=later) == 0


def test_what_is_open_waits_for_its_end(handed_over: Escalation, now: datetime) -> None:
    later = now + timedelta(days=7310)
    assert anonymise_escalations(held=Held(), before=later, now=later) == 0
    assert "Rosa Flores" in everything()


@pytest.mark.parametrize(("state", "then"), [("waiting", "dropped"), ("parked", "dropped"), ("sent", "sent")])
def test_a_mail_that_has_nothing_to_say_any_more_is_not_sent(closed: Escalation, now: datetime, state: str, then: str):
    Notice.objects.update(state=state, sent_at=now)
    later = now + timedelta(days=731)
    anonymise_escalations(held=Held(), before=later, now=later)
    retry_parked(now=later)
    assert deliver_due(now=later) == 0
    assert Notice.objects.get().state == then


@pytest.mark.parametrize(("days", "goes"), [(-1, 0), (1, 0), (3, 1)])
def test_what_is_not_due_yet_stays(closed: Escalation, now: datetime, days: int, goes: int) -> None:
    """Raised on day 0, closed on day 2."""
    moment = now + timedelta(days=days)
    assert anonymise_escalations(held=Held(), before=moment, now=moment, only_look=True) == goes
    assert anonymise_escalations(held=Held(), before=moment, now=moment) == goes


def test_a_batch_is_all_or_nothing(closed: Escalation, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymising, "STEPS", (*anonymising.STEPS, "SELECT 1 / 0"))
    with pytest.raises(Exception, match="division by zero"):
        anonymise_escalations(held=Held(), before=now + timedelta(days=9), now=now)
    assert "Rosa Flores" in everything()


@pytest.mark.parametrize(
    ("verb", "said"), [(working.note, {"text": "Rosa llamó"}), (working.reopen, {"reason": "Rosa trajo el recibo"})]
)
def test_nothing_is_written_down_any_more_that_would_stay_for_ever(
    closed: Escalation, now: datetime, elena: User, verb: Any, said: dict[str, str]
) -> None:
    later = now + timedelta(days=9)
    anonymise_escalations(held=Held(), before=later, now=later)
    with pytest.raises(EscalationRefused, match="Ya no tiene datos personales"):
        verb(escalation_id=closed.pk, by=elena, now=later, **said)
    assert "Rosa" not in everything()


def test_its_page_says_so(closed: Escalation, now: datetime, elena: User, signed_in: Callable[[User], Client]) -> None:
    anonymise_escalations(held=Held(), before=now + timedelta(days=9), now=now)
    page = signed_in(elena).get(reverse("escalations:escalation", args=[closed.pk])).content.decode()
    assert "ya no tiene datos personales" in page
    assert "Rosa" not in page
