"""Months of prepaid, who is called in them, what calls brought and what customers promised."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from ninja.pagination import paginate

from agents.access import signed_in_user
from agents.models import Search
from agents.searching import note_search
from api.bearer import Bearer, token_of
from api.models import Scope
from api.shapes import Month, Newest, Number, campaign_of, person, shows_whole
from campaigns.calling.rulebook import read_rules
from campaigns.figures.figures import read_figures
from campaigns.figures.serialising import as_plain
from campaigns.models import Attempt, Campaign, Contact, Disposition, PaymentPromise
from campaigns.promises_and_callbacks.promise_outcomes import with_outcome
from service_level.months import written

router = Router(auth=Bearer(Scope.CAMPAIGNS), tags=["Campaigns"])
State = Literal["open", "done", "paid", "held_out", "not_callable", "exhausted", "gone"]


class CampaignOut(Schema):
    month: str
    state: str
    calls_from: date
    calls_until: date
    launched_at: datetime | None
    closed_at: datetime | None

    @classmethod
    def of(cls, campaign: Campaign, **more: Any) -> "CampaignOut":
        return cls(
            month=written(campaign.period), state=campaign.state, calls_from=campaign.calls_from,
            calls_until=campaign.calls_until, launched_at=campaign.launched_at, closed_at=campaign.closed_at, **more,
        )  # fmt: skip


class FiguresOut(CampaignOut):
    figures: dict[str, Any] | None


class ContactOut(Schema):
    """`telephones` and `name` are masked; one contact by itself shows them whole to who may read them so."""

    id: int
    contract: str
    call_list: str
    state: str
    owner: str | None
    amount_due: Decimal
    due_on: date
    zone: str
    segment: str
    attempts: int
    ready_at: datetime
    paid_on: date | None
    name: str
    telephones: list[str]
    is_masked: bool

    @classmethod
    def of(cls, contact: Contact, *, whole: bool = False) -> "ContactOut":
        entry = contact.entry
        return cls(
            id=contact.pk, contract=contact.contract, call_list=contact.call_list, state=entry.state,
            owner=entry.owner.user.username if entry.owner else None, amount_due=contact.amount_due,
            due_on=contact.due_on, zone=contact.zone, segment=contact.segment, attempts=entry.attempts,
            ready_at=entry.ready_at, paid_on=entry.paid_on, **person(contact.name, contact.telephones, whole=whole),
        )  # fmt: skip


class ResultOut(Schema):
    """One call. `disposition` is empty while it has no result; what was noted of it stays in the house."""

    id: int
    contact: int
    contract: str
    agent: str
    mode: str
    dialled_at: datetime
    resulted_at: datetime | None
    disposition: str | None
    is_out_of_hours: bool

    @classmethod
    def of(cls, attempt: Attempt) -> "ResultOut":
        return cls(
            id=attempt.pk, contact=attempt.contact_id, contract=attempt.contact.contract,
            agent=attempt.agent.user.username, mode=attempt.mode, dialled_at=attempt.dialled_at,
            resulted_at=attempt.resulted_at, is_out_of_hours=attempt.is_out_of_hours,
            disposition=attempt.disposition.code if attempt.disposition else None,
        )  # fmt: skip


class PromiseOut(Schema):
    """`outcome` is computed from payments: open, kept, partly, broken, void, before."""

    id: int
    contact: int
    contract: str
    agent: str
    made_at: datetime
    promised_on: date
    amount: Decimal
    outcome: str

    @classmethod
    def of(cls, promise: PaymentPromise) -> "PromiseOut":
        return cls(
            id=promise.pk, contact=promise.contact_id, contract=promise.contact.contract,
            agent=promise.agent.user.username, made_at=promise.made_at, promised_on=promise.promised_on,
            amount=promise.amount, outcome=vars(promise)["outcome"],
        )  # fmt: skip


class DispositionOut(Schema):
    code: str
    name: str
    party: str
    scope: str
    is_final: bool
    requires_promise: bool
    requires_call_back: bool
    requires_note: bool
    requires_reason: bool


@router.get("campaigns/", response=list[CampaignOut], summary="Months, the newest first")
@paginate(Newest, of=CampaignOut.of)
def campaigns(request: HttpRequest) -> QuerySet[Campaign]:
    return Campaign.objects.visible_to(signed_in_user(request))


@router.get("campaigns/{month}/", response=FiguresOut, summary="One month, for the centre with its figures")
def campaign(request: HttpRequest, month: Month) -> CampaignOut:
    user = signed_in_user(request)
    found = campaign_of(month, user=user)
    figures = as_plain(read_figures(campaign=found)) if user.sees_the_centre else None
    return FiguresOut.of(found, figures=figures)


@router.get("campaigns/{month}/contacts/", response=list[ContactOut], summary="Who is called, masked")
@paginate(Newest, of=ContactOut.of)
def contacts(request: HttpRequest, month: Month, state: State | None = None) -> QuerySet[Contact]:
    user = signed_in_user(request)
    found = Contact.objects.visible_to(user).filter(campaign=campaign_of(month, user=user))
    if state:
        found = found.filter(entry__state=state)
    return found.select_related("entry__owner__user")


@router.get("contacts/{number}/", response=ContactOut, summary="One contact; read whole it leaves a row in the book")
def contact(request: HttpRequest, number: Number) -> ContactOut:
    user = signed_in_user(request)
    rows = Contact.objects.visible_to(user).select_related("entry__owner__user")
    found, whole = get_object_or_404(rows, pk=number), shows_whole(token_of(request))
    if whole:
        note_search(user=user, where=Search.Where.API, asked=found.contract, now=timezone.now())
    return ContactOut.of(found, whole=whole)


@router.get("campaigns/{month}/results/", response=list[ResultOut], summary="Calls and their results")
@paginate(Newest, of=ResultOut.of)
def results(request: HttpRequest, month: Month) -> QuerySet[Attempt]:
    user = signed_in_user(request)
    found = Attempt.objects.visible_to(user).filter(campaign=campaign_of(month, user=user))
    return found.select_related("contact", "agent__user", "disposition")


@router.get("campaigns/{month}/promises/", response=list[PromiseOut], summary="Promises in force, and whether kept")
@paginate(Newest, of=PromiseOut.of)
def promises(request: HttpRequest, month: Month) -> QuerySet[PaymentPromise]:
    user = signed_in_user(request)
    found = PaymentPromise.objects.visible_to(user).in_force().filter(campaign=campaign_of(month, user=user))
    return with_outcome(found).select_related("contact", "agent__user")


@router.get("dispositions/", response=list[DispositionOut], summary="How a call may end, and what each asks for")
def dispositions(request: HttpRequest) -> list[Disposition]:
    found = read_rules(now=timezone.now()).by_id.values()
    return sorted((one for one in found if one.is_active), key=lambda one: (one.position, one.pk))
