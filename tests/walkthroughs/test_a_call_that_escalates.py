"""A call that escalates, told from the customer's complaint to the customer told (procedure B, 102.7 to 102.11).

Ana and Elena work by their pages, fragment by fragment as a browser asks for them; Smartflex is the sandbox, over real
HTTP; what the clock rings is rung by its verb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from agents.models import Agent, User
from escalations.models import Change, Escalation, Unit, UnitAddress
from inbound.models import OutsideWrite
from inbound.writes import delivering
from notices import mailing
from tests.inbound.a_call import Call
from tests.sandbox.running import RunningSandbox, connect, sandbox, sandbox_process

__all__ = ["sandbox", "sandbox_process"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_that_escalates(
    sandbox: RunningSandbox,
    ana: Agent,
    elena: User,
    rosa: User,
    signed_in: Callable[[User | Agent], Client],
    settings: Any,
) -> None:
    connect(settings, sandbox)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    call_command("publish_flows")
    UnitAddress.objects.create(
        unit=Unit.objects.get(code="facturacion"), name="Jefe de Facturación", email="facturacion@comteco.example",
        valid_from=timezone.localdate(),
    )  # fmt: skip
    screen, office, other = signed_in(ana), signed_in(elena), signed_in(rosa)

    # -- 102: the customer says she is charged too much; Ana hands it over, and tells her what happens now -----------
    contract, name = sandbox.rows("SELECT contract, name FROM sandbox_customer ORDER BY contract LIMIT 1")[0]
    call = Call(screen, "102")
    call.identify(contract, name)
    call.press(branch="overcharge")
    assert "se contactará con usted" in call.page
    call.press(claim="La factura de octubre es el doble", telephone="71712345")
    call.finish()
    card = Escalation.objects.get()
    assert (card.kind_id, card.state, card.contract, card.telephone) == (
        "billing_claim", "new", contract, "+59171712345",
    )  # fmt: skip
    assert card.due_at > timezone.now()
    assert "Reclamo de facturación" in screen.get("/escalations/list/").content.decode(), "Ana sees what became of it"

    # -- It stands on the board. Two supervisors want it: one has it, the other is told who ------------------------
    board = office.get("/escalations/?whose=all").content.decode()
    assert f'id="card-{card.pk}"' in board
    assert office.post(f"/escalations/{card.pk}/steps/take/", headers={"HX-Request": "true"}).status_code == 200
    refused = other.post(f"/escalations/{card.pk}/steps/take/", headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert "Ya la tomó Elena" in refused.content.decode()

    # -- The card knows the call: its trail, what was said, and the supervisor's steps of the same flow -------------
    trail = office.get(f"/lines/cards/{card.pk}/trail/").content.decode()
    assert "La factura de octubre es el doble" in trail
    assert f"/lines/cards/{card.pk}/attend/" in office.get(f"/lines/cards/{card.pk}/lane/").content.decode()

    # -- She asks Facturación; the mail goes out once, and its copy stays on the card ---------------------------------
    letter = {
        "unit": Unit.objects.get(code="facturacion").pk,
        "subject": "Reclamo de factura",
        "text": "Favor revisar.",
        "number": 1,
    }
    asked = office.post(f"/escalations/{card.pk}/letter/", letter)
    assert asked.status_code == 302
    office.post(f"/escalations/{card.pk}/letter/", letter)  # the button pressed twice
    mailing.deliver_due(now=timezone.now())
    mailing.deliver_due(now=timezone.now())
    assert [one.to for one in mail.outbox] == [["facturacion@comteco.example"]]
    assert "Favor revisar." in office.get(f"/escalations/{card.pk}/").content.decode()

    # -- The claim applies: 102.9, 102.10. The lane is walked like a call, and when it ends the card moves -----------
    lane = Call.of_a_card(office, card.pk)
    assert "La factura de octubre es el doble" in lane.page
    lane.press()
    lane.press(branch="applies")
    lane.press()
    lane.press(claim_reference="R-77")
    lane.finish()
    card.refresh_from_db()
    assert (card.state, card.closed_at, card.owner) == ("resolved", None, elena), "she has still to be told"
    delivering.deliver_due(now=timezone.now())
    (claim,) = OutsideWrite.objects.filter(action="smartflex.register_claim")
    assert [deed["verb"] for deed in sandbox.book(key=claim.key)] == ["register_claim"]

    # -- And the customer is told: how, when, by whom ----------------------------------------------------------------
    told = timezone.localtime().replace(second=0, microsecond=0)
    sent = {"how": "telephone", "told_at": f"{told:%Y-%m-%dT%H:%M}", "note": "Agradeció"}
    office.post(f"/escalations/{card.pk}/steps/inform/", sent, headers={"HX-Request": "true"})
    card.refresh_from_db()
    assert (card.state, card.informed_by, card.informed_how) == ("informed", elena, "telephone")
    assert card.closed_at is not None
    assert f'id="card-{card.pk}"' not in office.get("/escalations/?whose=all").content.decode()
    verbs = list(Change.objects.filter(escalation=card).order_by("pk").values_list("verb", flat=True))
    assert (verbs[:2], verbs[-2:]) == (["raise", "take"], ["resolve", "inform"])
    call_command("check_invariants")
