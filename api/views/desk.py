"""An agent's work: the next contact of her list, the call, and how it ended. The rules are those of her page."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from agents.access import agent_of
from agents.models import Agent, AgentState
from agents.states import open_state
from api.bearer import Bearer
from api.models import Scope
from api.once import Key, once
from api.problems import Problem
from api.shapes import Day, Moment, Number, Words
from api.views.campaigns import ContactOut
from campaigns.calling.rulebook import read_rules
from campaigns.calling.rules import Reason
from campaigns.desk.answers import Answers
from campaigns.desk.dialling import dial
from campaigns.desk.giving import give_next, why_nothing
from campaigns.desk.leases import find_contact
from campaigns.desk.results import record_result

router = Router(auth=Bearer(Scope.DESK), tags=["Desk"])
Telephone = Annotated[str, Field(pattern=r"^\+\d{6,15}$", examples=["+59170712345"])]
Amount = Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=2)]


class ReasonOut(Schema):
    code: str
    sentence: str
    until: datetime | None


class OpenOut(Schema):
    """`fence` is the reservation's: its call and its result name it. Without a contact `reasons` say why."""

    contact: ContactOut | None
    fence: int | None
    lease_until: datetime | None
    reasons: list[ReasonOut]


class CallIn(Schema):
    telephone: Telephone


class CallOut(Schema):
    attempt: int
    dialled_at: datetime


class ResultIn(Schema):
    """`telephone` and `undialled` where it was not dialled by `calls/`. The disposition says what else it asks for."""

    fence: int = Field(ge=0, lt=2**31)
    disposition: str = Field(max_length=32, pattern=r"^[-\w]+$")
    telephone: Telephone | None = None
    undialled: bool = False
    note: Words = ""
    reason: Annotated[Words, Field(max_length=120)] = ""
    promised_on: Day | None = None
    promised_amount: Amount | None = None
    call_back_at: Moment | None = None
    call_back_personal: bool = True


class RecordedOut(Schema):
    """`stays_open`: the same contact is still open under `fence`, for another telephone."""

    attempt: int
    contact: int
    state: str
    stays_open: bool
    fence: int
    repeated: bool


@router.post("desk/next/", response=OpenOut, summary="The contact to call now; the one that is open comes first")
def next_contact(request: HttpRequest) -> dict[str, Any]:
    agent = _at_work(request)
    book = read_rules(now=timezone.now())
    given = give_next(agent=agent, now=book.now, book=book)
    if given is None:
        nothing = why_nothing(agent=agent, now=book.now, book=book)
        return {"contact": None, "fence": None, "lease_until": None, "reasons": list(map(_told, nothing.reasons))}
    contact = find_contact(agent=agent, contact_id=given.contact_id)
    found = ContactOut.of(contact, whole=True) if contact else None
    return {"contact": found, "fence": given.fence, "lease_until": given.lease_until, "reasons": []}


@router.post("desk/contacts/{number}/calls/", response={201: CallOut}, summary="Note that a telephone is dialled")
def call(request: HttpRequest, number: Number, sent: CallIn) -> Status[Any]:
    """The rules are asked again. Sent twice it is one attempt, until it has its result."""
    agent = _at_work(request)
    contact = find_contact(agent=agent, contact_id=number)
    if contact is None:
        raise Http404
    attempt = dial(agent=agent, contact=contact, telephone=sent.telephone, now=timezone.now())
    return Status(201, {"attempt": attempt.pk, "dialled_at": attempt.dialled_at})


@router.post("desk/contacts/{number}/results/", response={201: RecordedOut}, summary="How the call ended")
def result(request: HttpRequest, number: Number, sent: ResultIn, key: Key) -> Status[Any]:
    book = read_rules(now=timezone.now())
    said = sent.model_dump(exclude={"fence", "disposition", "telephone"})
    answers = Answers(telephone=sent.telephone or "", **said)

    def work() -> tuple[int, RecordedOut]:
        agent = _at_work(request)
        contact, disposition = find_contact(agent=agent, contact_id=number), book.by_code.get(sent.disposition)
        if contact is None:
            raise Http404
        if disposition is None:
            raise Problem(422, "not_valid", f"disposition: {sent.disposition}", errors=[{"where": "disposition"}])
        done = record_result(
            agent=agent, contact=contact, fence=sent.fence, disposition=disposition, answers=answers, now=book.now,
            book=book,
        )  # fmt: skip
        return 201, RecordedOut(
            attempt=done.attempt.pk, contact=contact.pk, state=done.entry.state, stays_open=done.stays_open,
            fence=done.fence, repeated=done.repeated,
        )  # fmt: skip

    return once(request, key=key, now=book.now, work=work)


def _at_work(request: HttpRequest) -> Agent:
    """Whose list it is. She is there: nobody is shown a customer, and nothing is said of a call, while she is out."""
    agent = agent_of(request)
    if (stretch := open_state(agent)) is None or stretch.state == AgentState.State.AWAY:
        raise Problem(409, "not_signed_in", _("%(who)s no está: no ingresó, o su página se cerró.") % {"who": agent})
    return agent


def _told(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "sentence": reason.sentence, "until": reason.until}
