"""A small world in which every address has an object of its own: Ana's and, for the centre, anybody's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from http.cookies import SimpleCookie
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from agents.messages import send_message
from agents.models import Agent, AgentMessage, AgentState, StretchQuestion, User
from agents.presence import sign_in
from agents.questions import question_stretch
from campaigns.closing import sealing
from campaigns.closing.seal_document import draw_document
from campaigns.models import (
    Attempt,
    CallBack,
    Campaign,
    Contact,
    Disposition,
    DoNotCall,
    ListExport,
    Reassignment,
    Receipt,
    Refund,
    RejectedRow,
    Report,
)
from control_room.models import Wallboard
from control_room.wallboard.links import make_link
from escalations.letters import write_letter
from escalations.models import Escalation, SavedFilter, Unit, UnitAddress
from escalations.raising import raise_escalation
from inbound.models import OutsideWrite, ServiceLine, Walk
from inbound.walks.beginning import begin_walk
from inbound.walks.walking import answer_step
from inbound.writes.writing import owe_write
from notices.models import Notice, NoticeKind
from service_level.asternic.comparing import take_export
from service_level.days import LA_PAZ
from service_level.indicator.counting import count_changed
from service_level.sealing.sealing import seal
from telephony.models import LoggedVisit, QueueCall, QueueRing, Switchboard
from telephony.queue_log.taking import take_lines
from tests.inbound.a_walk import FLOW, publish

_DRAWN: list[bytes] = []


def drawn_once(**content: Any) -> bytes:
    """The sealed document, which takes longer to draw than all the rest of the world."""
    if not _DRAWN:
        _DRAWN.append(draw_document(**content))
    return _DRAWN[0]


@dataclass
class World:
    """People, and objects made when an address first asks for them. Add a property for a new kind of object."""

    ana: Agent
    marta: Agent
    elena: User
    oscar: User
    ines: User
    campaign: Campaign
    make_contact: Callable[..., Contact]
    now: datetime
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)  # of who signed in, for the visits to come

    def user(self, name: str) -> User:
        person = getattr(self, name)
        return person.user if isinstance(person, Agent) else person

    @cached_property
    def message(self) -> AgentMessage:
        """What Elena wrote to Ana."""
        return send_message(agent=self.ana, text="Venga a mi mesa", by=self.elena, now=self.now)

    @cached_property
    def queue_call(self) -> QueueCall:
        """One that rings at Ana's telephone."""
        board = Switchboard.objects.create(name="Central", host="127.0.0.1", user="callcenter")
        call = QueueCall.objects.create(switchboard=board, queue="101", uid="1.1", state="ringing", joined_at=self.now)
        QueueRing.objects.create(call=call, telephone="PJSIP/1001", agent=self.ana, began_at=self.now)
        return call

    @cached_property
    def logged_visit(self) -> LoggedVisit:
        """A call to a queue, as a switchboard wrote it down."""
        board = Switchboard.objects.get_or_create(name="Central", defaults={"host": "127.0.0.1"})[0]
        begins = int(self.now.timestamp())
        lines = [f"{begins}|9.1|101|NONE|ENTERQUEUE||70712345|1", f"{begins + 9}|9.1|101|NONE|ABANDON|1|1|9"]
        take_lines(board=board, lines=lines)
        count_changed()
        return LoggedVisit.objects.get(call="9.1")

    @cached_property
    def asternic(self) -> dict[str, int]:
        """An export of Asternic that was compared."""
        begins = self.logged_visit.entered_at.astimezone(LA_PAZ)
        data = f"Fecha;Cola;Evento;Espera\n{begins:%Y-%m-%d %H:%M:%S};101;ABANDON;9\n".encode()
        kept = take_export(data=data, name="x.csv", month=begins.date().replace(day=1), by=self.elena, now=self.now)
        return {"pk": kept.pk}

    @cached_property
    def sealed_indicator(self) -> dict[str, Any]:
        """The first revision of a month that is over."""
        month = self.logged_visit.entered_at.date().replace(day=1)
        sealed = seal(month=month, by=self.elena, now=self.now + timedelta(days=40))
        return {"named": f"{month:%Y-%m}", "revision": sealed.revision, "kind": "xlsx"}

    @cached_property
    def wallboard(self) -> dict[str, str]:
        """A television, by its link."""
        return {"token": make_link(Wallboard.objects.create(name="Sala"), now=self.now)}

    @cached_property
    def contact(self) -> Contact:
        return self.make_contact(self.ana, "Rosa Flores")

    @cached_property
    def stretch(self) -> AgentState:
        """What Ana is doing: she signed in."""
        sign_in(user=self.ana.user, now=self.now)
        return AgentState.objects.open().get(agent=self.ana)

    @cached_property
    def question(self) -> StretchQuestion:
        return question_stretch(stretch=self.stretch, note="Estaba en una llamada", now=self.now)

    @cached_property
    def attempt(self) -> Attempt:
        return Attempt.objects.create(
            campaign=self.campaign, contact=self.contact, agent=self.ana, telephone=self.contact.telephones[0],
            fence=1, dialled_at=self.now, day=self.now.date(), resulted_at=self.now,
            disposition=Disposition.objects.get(code="no_answer"),
        )  # fmt: skip

    @cached_property
    def receipt(self) -> Receipt:
        return Receipt.objects.create(
            number="R-1", report=self.report, contract="9", service_number="9", paid_on=self.now.date(), amount=99
        )

    @cached_property
    def refund(self) -> Refund:
        """A note that may be the word of what Elena annulled by hand."""
        of_hers = {"contract": "9", "service_number": "9", "amount": 99, "refunded_on": self.now.date(), "at": self.now}
        Refund.objects.create(number="R-1", receipt=self.receipt, by=self.elena, reason="Se cobró mal", **of_hers)
        return Refund.objects.create(number="NC-1", report=self.report, **of_hers)

    @cached_property
    def call_back(self) -> CallBack:
        return CallBack.objects.create(
            campaign=self.campaign, contact=self.contact, agent=self.ana, due_at=self.now, created_at=self.now
        )

    @cached_property
    def report(self) -> Report:
        return Report.objects.create(
            kind="ccvp", period=self.campaign.period, sha256="0" * 64, name="ccvp-2026-12.csv", file="none.csv",
            size=1, arrived_at=self.now, state=Report.State.PUBLISHED, published_at=self.now,
        )  # fmt: skip

    @cached_property
    def rejected_row(self) -> RejectedRow:
        return RejectedRow.objects.create(report=self.report, line=7, cells={"contract": "x"}, reason="no_contract")

    @cached_property
    def reassignment(self) -> Reassignment:
        return Reassignment.objects.create(campaign=self.campaign, verb="reassign", by=self.elena, at=self.now)

    @cached_property
    def export(self) -> dict[str, Any]:
        filters = {"period": self.month["period"]}
        # kept for a day, whatever day it is for who runs the tests
        asked_at = timezone.now()
        made = ListExport.objects.create(kind="contacts", filters=filters, asked_by=self.elena, asked_at=asked_at)
        return {"pk": made.pk}

    @cached_property
    def not_called(self) -> DoNotCall:
        """Somebody who asked for it."""
        return DoNotCall.objects.create(contract="X1", reason="Lo pidió", since=self.now, added_by=self.elena)

    @cached_property
    def line(self) -> ServiceLine:
        return publish(FLOW, self.now, line="101")

    @cached_property
    def notice(self) -> Notice:
        return Notice.objects.create(
            key="x", kind=NoticeKind.REPORT_LATE, to=["a@b.example"], subject="x", body="x",
            not_before=self.now, created_at=self.now,
        )  # fmt: skip

    @property
    def saved_filter(self) -> dict[str, Any]:
        """One of Elena's."""
        saved = SavedFilter.objects.create(user=self.elena, name=f"{uuid.uuid4()}"[:40], line="101")
        return {"place": "board", "pk": saved.pk}

    @cached_property
    def escalation(self) -> Escalation:
        return raise_escalation(
            key="walk:1:7", kind="billing_claim", line="102", reason="Cobro excesivo", details={"invoice": "F-1"},
            due_at=self.now, by=self.ana.user, now=self.now, customer_name="Rosa Flores", telephone="+59170712345",
        )  # fmt: skip

    @cached_property
    def letter(self) -> dict[str, Any]:
        """Written about the escalation, to who attends claims."""
        unit = Unit.objects.get(code="facturacion")
        UnitAddress.objects.create(unit=unit, name="Julia", email="julia@b.example", valid_from=self.now.date())
        made = write_letter(escalation_id=self.escalation.pk, subject="x", text="x", by=self.elena, now=self.now)
        return {"pk": self.escalation.pk, "letter": made.pk}

    @cached_property
    def walk(self) -> Walk:
        """A call Ana attends."""
        return begin_walk(agent=self.ana, line=self.line, key=uuid.uuid4(), now=self.now)

    @cached_property
    def asking(self) -> Walk:
        """Another of hers, at the step that asks who the customer is."""
        begun = begin_walk(agent=self.ana, line=self.line, key=uuid.uuid4(), now=self.now)
        answer_step(by=self.ana.user, key=begun.key, position=begun.position, sent={}, now=self.now)
        return begun

    @cached_property
    def write(self) -> OutsideWrite:
        """Money that may have been moved, or not."""
        made = owe_write(
            key="walk:1:7", walk=self.walk, position=7, action="qbc.top_up", now=self.now, by=self.ana.user,
            payload={
                "number": "70712345", "amount": "20", "requester_name": "Rosa Flores", "requester_card": "1234567 CB",
            },
        )  # fmt: skip
        OutsideWrite.objects.filter(pk=made.pk).update(state=OutsideWrite.State.UNCERTAIN)
        return made

    @cached_property
    def attachment(self) -> dict[str, Any]:
        content = ContentFile(b"x", name="x.txt")
        kept = self.notice.attachments.create(name="x.txt", content_type="text/plain", file=content)
        return {"pk": self.notice.pk, "file": kept.pk}

    @cached_property
    def sealed(self) -> dict[str, Any]:
        """November, closed and sealed."""
        november = Campaign.objects.create(
            period=date(2026, 11, 1), state=Campaign.State.CLOSED, calls_from=date(2026, 10, 25),
            calls_until=date(2026, 10, 31), report_due_at=self.now, created_at=self.now, closed_at=self.now,
        )  # fmt: skip
        Contact.objects.create(
            campaign=november, contract="N1", call_list="TV", name="x", amount_due=1, due_on=date(2026, 10, 31)
        )
        with patch.object(sealing, "draw_document", drawn_once):
            sealing.seal(campaign=november, by=self.elena, now=self.now)
        return {"period": "2026-11"}

    def furnish(self) -> None:
        """Make one of everything, so that lists have something in them."""
        for name, thing in vars(type(self)).items():
            if isinstance(thing, cached_property):
                getattr(self, name)

    @property
    def month(self) -> dict[str, Any]:
        return {"period": f"{self.campaign.period:%Y-%m}"}


@pytest.fixture
def world(
    ana: Agent, marta: Agent, elena: User, oscar: User, ines: User, december: Campaign, make_contact: Any, at: Any
) -> World:
    return World(ana, marta, elena, oscar, ines, december, make_contact, at("2026-11-26 10:00"))
