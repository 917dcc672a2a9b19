"""Marks in everything of the world that leads to a customer: what is found in an answer was read from one of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType

from agents.models import AgentMessage, Disclosure, Search, StretchQuestion
from campaigns.models import (
    Attempt,
    CallBack,
    CampaignChange,
    Contact,
    DeskDraft,
    DoNotCall,
    Errand,
    Reassignment,
    Receipt,
    Refund,
    RejectedRow,
    Report,
    ReportDifference,
    RetiredTelephone,
)
from escalations.models import Change, Escalation
from inbound.models import Footstep, OutsideWrite, Walk
from notices.models import Notice
from telephony.models import CallOrder, LoggedVisit, OutgoingCall, QueueCall
from telephony.phone_numbers import display, mask
from tests.callcenter.world import World

NAME = "Plantina Sembrada"
CONTRACT = "PL987654"
CARD = "7654398 CB"
TELEPHONE = "+59170998877"
WORDS = "vive detrás del molino"  # what somebody typed about her
MARKS = {
    "name": ("Plantina", "PLANTINA", "plantina", "Sembrada"),
    "contract": (CONTRACT, CONTRACT.lower()),
    "card": ("7654398",),
    "telephone": (TELEPHONE, TELEPHONE.removeprefix("+591"), display(TELEPHONE).removeprefix("+591 "), mask(TELEPHONE)),
    "words": (WORDS,),
}


def marks_in(text: str) -> set[str]:
    """Which of the planted things are in an answer, as whatever page writes them; a masked number is one."""
    return {what for what, written in MARKS.items() if any(one in text for one in written)}


def plant(world: World) -> None:
    """Furnish the world, and put the marks into every row of it that leads to a customer."""
    world.furnish()
    now, whom = world.now, {"contract": CONTRACT, "customer": NAME, "number": TELEPHONE, "card": CARD, "note": WORDS}
    _plant_the_campaign(world, now)
    Walk.objects.update(
        caller_number=TELEPHONE, caller_name=NAME, contract=CONTRACT, customer_name=NAME, draft={"note": WORDS}
    )
    Footstep.objects.update(answer=whom, found={"customers": [whom]}, trouble=WORDS, reason=WORDS)
    OutsideWrite.objects.update(
        payload=whom, to_whom=CONTRACT, requester_name=NAME, requester_card=CARD, state="parked", parked_at=now,
        last_error=f"RefusedError: {NAME} {TELEPHONE}",
    )  # fmt: skip
    Escalation.objects.update(
        contract=CONTRACT, customer_name=NAME, telephone=TELEPHONE, reason=WORDS, details=whom, promised=WORDS,
        outcome=WORDS,
    )  # fmt: skip
    Change.objects.create(
        escalation=world.escalation, verb="note", from_state="new", to_state="new", at=now, by=world.elena, note=WORDS
    )
    Notice.objects.update(
        kind="escalation_letter", subject=f"{NAME} {CONTRACT}", body=f"{TELEPHONE} {WORDS}", state="parked",
        parked_at=now, last_error=f"SMTPRecipientsRefused: {NAME}",
    )  # fmt: skip
    _plant_the_telephones(world, now)
    Search.objects.create(user=world.ana.user, at=now, where="desk", asked=NAME, call=uuid.uuid4())
    Disclosure.objects.create(kind="reveal", user=world.oscar, subject="Contacto 1", reason=f"{NAME}: {WORDS}", at=now)
    AgentMessage.objects.update(text=f"Llame a {NAME}")
    StretchQuestion.objects.update(note=f"Hablaba con {NAME}")
    _plant_what_administrators_left(world)


def _plant_the_campaign(world: World, now: datetime) -> None:
    hers: dict[str, Any] = {"contract": CONTRACT, "service_number": CONTRACT}
    Contact.objects.filter(pk=world.contact.pk).update(
        contract=CONTRACT, name=NAME, identity_card=CARD, telephones=[TELEPHONE]
    )
    Attempt.objects.update(telephone=TELEPHONE, reason=WORDS, note=WORDS)
    CallBack.objects.update(telephone=TELEPHONE, note=WORDS, why=WORDS, team=world.ana.team)
    Receipt.objects.update(**hers)
    Refund.objects.update(**hers, reason=WORDS)
    RetiredTelephone.objects.create(contract=CONTRACT, telephone=TELEPHONE, reason=WORDS, retired_at=now)
    RejectedRow.objects.update(cells={"contract": CONTRACT, "name": NAME, "telephone": TELEPHONE})
    Report.objects.update(name=f"{NAME}.csv", held_because=WORDS)
    ReportDifference.objects.create(
        report=world.report, kind="added", contract=CONTRACT, name=NAME, after={"name": NAME, "telephones": [TELEPHONE]}
    )
    Reassignment.objects.update(reason=f"{NAME}: {WORDS}")
    CampaignChange.objects.create(campaign=world.campaign, verb="pause", from_state="running", to_state="paused",
                                  at=now, by=world.elena, note=f"{NAME}: {WORDS}")  # fmt: skip
    DoNotCall.objects.update(contract=CONTRACT, reason=WORDS)
    DoNotCall.objects.create(telephone=TELEPHONE, reason=NAME, since=now, added_by=world.elena)
    DeskDraft.objects.create(agent=world.ana, contact=world.contact, fence=1, fields={"note": WORDS}, saved_at=now)
    Errand.objects.create(
        campaign=world.campaign, kind="seal", owed_at=now, not_before=now, state="parked", parked_at=now,
        last_error=f"ValueError: {NAME}",
    )  # fmt: skip


def _plant_what_administrators_left(world: World) -> None:
    """A sign-in that failed on the way to a customer's page; and what the admin noted when it still had the list."""
    AccessAttempt.objects.create(
        username="ana", ip_address="10.1.2.3", user_agent="x", http_accept="x", path_info="/accounts/login/",
        get_data=f"next=/customers/{CONTRACT}/", post_data=f"next=/customers/{CONTRACT}/", failures_since_start=1,
    )  # fmt: skip
    LogEntry.objects.create(
        user=world.ines, content_type=ContentType.objects.get_for_model(DoNotCall), object_id=world.not_called.pk,
        object_repr=TELEPHONE, action_flag=ADDITION,
    )  # fmt: skip


def _plant_the_telephones(world: World, now: datetime) -> None:
    QueueCall.objects.update(number=TELEPHONE, channel=f"PJSIP/{TELEPHONE}")
    LoggedVisit.objects.update(caller=TELEPHONE)
    OutgoingCall.objects.create(
        switchboard=world.queue_call.switchboard, agent=world.ana, telephone="PJSIP/1001", number=TELEPHONE,
        dialled=TELEPHONE, asked_at=now,
    )  # fmt: skip
    CallOrder.objects.create(
        call=world.queue_call, agent=world.ana, kind="transfer", number=TELEPHONE[1:], asked_at=now, said=TELEPHONE,
        sent_at=None,
    )  # fmt: skip
