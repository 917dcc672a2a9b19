"""A supervisor's morning, told from the digest in her mail to a board with nothing overdue.

A Thursday of November 2026; what was handed over the day before waits. Pages where people work, verbs where the clock
does.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client

from agents.models import Agent, User
from escalations import digest, marks
from escalations.models import Change, Escalation
from escalations.raising import raise_escalation
from notices import mailing

pytestmark = pytest.mark.django_db
FRAGMENT = {"HX-Request": "true"}


@contextmanager
def the_clock_says(moment: datetime):
    """For doors, which ask what time it is; verbs are told."""
    with time_machine.travel(moment, tick=False):
        yield


def test_a_supervisors_morning(
    ana: Agent,
    luis: Agent,
    elena: User,
    rosa: User,
    signed_in: Callable[[User | Agent], Client],
    at: Callable[..., datetime],
    settings: Any,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(pk=elena.pk).update(email="elena@comteco.example")
    wednesday = at("2026-11-25 10:00")

    def hand_over(kind: str, number: int, **more: Any) -> Escalation:
        said = {
            "line": "101",
            "reason": f"Motivo {number}",
            "contract": f"C-{number}",
            "customer_name": f"Cliente {number}",
        }
        return raise_escalation(
            kind=kind, key=f"walk:morning:{number}", details={}, by=ana.user, now=wednesday, **{**said, **more}
        )

    repair = hand_over("priority_repair", 1, zone="Sarco")
    hand_over("unforeseen_state", 2)
    claim = hand_over("billing_claim", 3, contract="C-9")
    again = hand_over("billing_claim", 4, contract="C-9", reason="Llamó otra vez")
    promise = hand_over("callback_promise", 5, telephone="+59171712345", due_at=at("2026-11-26 18:30"))

    # -- During Wednesday afternoon the four-hour ones run out; the marks are set once ----
    for moment in ("2026-11-25 13:30", "2026-11-25 13:31", "2026-11-25 15:00"):
        marks.mark_times(now=at(moment))
    repair.refresh_from_db()
    assert repair.warned_at < repair.breached_at

    # -- Thursday 8:05: one mail with what breached. At mid-day it says nothing of it again ----
    for moment in ("2026-11-26 08:05", "2026-11-26 08:06", "2026-11-26 12:35"):
        digest.mail_digest(now=at(moment))
        mailing.deliver_due(now=at(moment))
    (told,) = mail.outbox
    assert told.to == ["elena@comteco.example"]
    assert f"/escalations/{repair.pk}/" in told.body
    assert "Cliente" not in told.body, "a mail names no customer"

    with the_clock_says(at("2026-11-26 08:30")):
        office, other, desk = signed_in(elena), signed_in(rosa), signed_in(ana)
        # -- The board: overdue first ----
        board = office.get("/escalations/?whose=all").content.decode()
        assert board.index(f'id="card-{repair.pk}"') < board.index(f'id="card-{claim.pk}"')

        # -- She takes the repair, and has operations look at it; Rosa, who wants it too, is told who has it ----
        assert office.post(f"/escalations/{repair.pk}/steps/take/", headers=FRAGMENT).status_code == 200
        late = other.post(f"/escalations/{repair.pk}/steps/take/", headers=FRAGMENT)
        assert late.status_code == 409
        assert "Elena" in late.content.decode()
        assert office.post(
            f"/escalations/{repair.pk}/steps/wait/", {"unit": "Operaciones"}, headers=FRAGMENT
        ).status_code == 200  # fmt: skip

        # -- The same customer complained twice: one card goes on for both ----
        merged = office.post(
            f"/escalations/{again.pk}/steps/merge/", {"into_id": claim.pk}, headers=FRAGMENT
        )  # fmt: skip
        assert merged.status_code == 200, merged.content.decode()
        again.refresh_from_db()
        assert (again.state, again.merged_into) == ("merged", claim)

        # -- The call Ana promised stands on her desk; she makes it, and the customer has been told ----
        assert "Cliente 5" in desk.get("/escalations/calls/", headers=FRAGMENT).content.decode()
        desk.post(f"/escalations/calls/{promise.pk}/take/", headers=FRAGMENT)
        desk.post(
            f"/escalations/calls/{promise.pk}/told/",
            {"how": "telephone", "told_at": "2026-11-26T08:29", "note": "Va hoy"}, headers=FRAGMENT,
        )  # fmt: skip
        promise.refresh_from_db()
        assert (promise.state, promise.informed_by) == ("informed", ana.user)

    with the_clock_says(at("2026-11-26 11:00")):
        # -- Operations answered: it goes on, is resolved, and the customer is told ----
        office = signed_in(elena)
        for verb, sent in (
            ("go_on", {}),
            ("resolve", {"outcome": "Cable cambiado"}),
            ("inform", {"how": "telephone", "told_at": "2026-11-26T10:59", "note": ""}),
        ):
            answer = office.post(f"/escalations/{repair.pk}/steps/{verb}/", sent, headers=FRAGMENT)
            assert answer.status_code == 200, (verb, answer.content.decode())
        repair.refresh_from_db()
        assert repair.state == "informed"
        assert repair.breached_at is not None, "that it was late stays"
        figures = office.get("/escalations/times/").content.decode()
        assert "Reparación prioritaria" in figures

    history = list(Change.objects.filter(escalation=repair).order_by("pk").values_list("verb", flat=True))
    assert history == ["raise", "note", "warn", "breach", "take", "wait", "go_on", "resolve", "inform"]
    call_command("check_invariants")
