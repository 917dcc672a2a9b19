"""Cards of the board: read, taken, noted, settled, told to the customer. Each write names the version it is about."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Header, Router, Schema, Status
from ninja.pagination import paginate

from agents.access import signed_in_user
from agents.models import Search, User
from agents.searching import note_search
from api.bearer import Bearer, token_of
from api.models import Scope
from api.once import Key, once
from api.problems import Problem
from api.shapes import Moment, Needed, Newest, Number, Words, person, shows_whole
from escalations import working
from escalations.lifecycle import locked_escalation
from escalations.models import Escalation
from screens.templatetags.screens import masked_text

router = Router(auth=Bearer(Scope.CARDS), tags=["Cards"])
work_auth = Bearer(Scope.CARDS_WORK)
Version = Annotated[
    str, Header(alias="If-Match", pattern=r'^"\d{1,9}"$', description="The `ETag` of the card as it was read.")
]


class CardOut(Schema):
    """Without the customer: who reads one card by itself reads of her what its token may."""

    id: int
    kind: str
    line: str
    state: str
    version: int
    owner: str | None
    raised_at: datetime
    due_at: datetime
    settled_at: datetime | None
    closed_at: datetime | None
    breached: bool

    @classmethod
    def of(cls, card: Escalation, **more: Any) -> "CardOut":
        return cls(
            id=card.pk, kind=card.kind_id, line=card.line, state=card.state, version=card.version,
            owner=card.owner.username if card.owner else None, raised_at=card.raised_at, due_at=card.due_at,
            settled_at=card.settled_at, closed_at=card.closed_at, breached=card.breached_at is not None, **more,
        )  # fmt: skip


class WholeCardOut(CardOut):
    contract: str
    name: str
    telephones: list[str]
    is_masked: bool
    reason: str
    promised: str
    outcome: str


class NoteIn(Schema):
    text: Needed


class OutcomeIn(Schema):
    outcome: Needed


class ReasonIn(Schema):
    reason: Words = ""


class UnitIn(Schema):
    unit: Needed


class InformedIn(Schema):
    how: Literal["telephone", "message", "email", "in_person"]
    told_at: Moment
    note: Words = ""


@router.get("cards/", response=list[CardOut], summary="Cards, the newest first")
@paginate(Newest, of=CardOut.of)
def cards(request: HttpRequest, is_open: bool | None = None) -> QuerySet[Escalation]:
    found = Escalation.objects.visible_to(signed_in_user(request)).select_related("owner")
    return found if is_open is None else found.filter(closed_at__isnull=is_open)


@router.get("cards/{number}/", response=WholeCardOut, summary="One card; read whole it leaves a row in the book")
def card(request: HttpRequest, number: Number, response: HttpResponse) -> CardOut:
    user = signed_in_user(request)
    found = get_object_or_404(Escalation.objects.visible_to(user).select_related("owner"), pk=number)
    whole = shows_whole(token_of(request))
    if whole:
        note_search(user=user, where=Search.Where.API, asked=found.contract or f"#{found.pk}", now=timezone.now())
    response["ETag"] = f'"{found.version}"'
    texts = {name: getattr(found, name) for name in ("reason", "promised", "outcome")}
    if not whole:
        texts = {name: masked_text(text) for name, text in texts.items()}
    customer = person(found.customer_name, [found.telephone] if found.telephone else [], whole=whole)
    return WholeCardOut.of(found, contract=found.contract, **customer, **texts)


@router.post("cards/{number}/take/", response=CardOut, auth=work_auth, summary="Have it")
def take(request: HttpRequest, number: Number, version: Version, key: Key) -> Status[Any]:
    return _work(request, number, version, key, working.take)


@router.post("cards/{number}/give-back/", response=CardOut, auth=work_auth, summary="Put it back among the new ones")
def give_back(request: HttpRequest, number: Number, sent: ReasonIn, version: Version, key: Key) -> Status[Any]:
    return _work(request, number, version, key, working.give_back, reason=sent.reason)


@router.post("cards/{number}/notes/", response=CardOut, auth=work_auth, summary="Write something down on it")
def note(request: HttpRequest, number: Number, sent: NoteIn, version: Version, key: Key) -> Status[Any]:
    return _work(request, number, version, key, working.note, text=sent.text)


@router.post("cards/{number}/wait/", response=CardOut, auth=work_auth, summary="Wait for a unit")
def wait(request: HttpRequest, number: Number, sent: UnitIn, version: Version, key: Key) -> Status[Any]:
    return _work(request, number, version, key, working.wait, unit=sent.unit)


@router.post("cards/{number}/go-on/", response=CardOut, auth=work_auth, summary="The unit has answered")
def go_on(request: HttpRequest, number: Number, sent: ReasonIn, version: Version, key: Key) -> Status[Any]:
    return _work(request, number, version, key, working.go_on, note=sent.reason)


@router.post("cards/{number}/resolve/", response=CardOut, auth=work_auth, summary="Say what was done")
def resolve(request: HttpRequest, number: Number, sent: OutcomeIn, version: Version, key: Key) -> Status[Any]:
    return _work(request, number, version, key, working.resolve, outcome=sent.outcome)


@router.post("cards/{number}/inform/", response=CardOut, auth=work_auth, summary="The customer was told: it closes")
def inform(request: HttpRequest, number: Number, sent: InformedIn, version: Version, key: Key) -> Status[Any]:
    return _work(request, number, version, key, working.inform, **sent.model_dump())


def _work(
    request: HttpRequest, number: int, version: str, key: str, verb: Callable[..., Escalation], **said: Any
) -> Status[Any]:
    """One verb on a card this person sees, as it was read. Raises Problem where somebody changed it since."""
    user, now = signed_in_user(request), timezone.now()

    def work() -> tuple[int, CardOut]:
        _see(number, user=user)
        there = locked_escalation(number)
        if version.strip('"') != str(there.version):
            raise Problem(412, "changed_since", _("La derivación cambió desde que se leyó: léala de nuevo."))
        return 200, CardOut.of(verb(escalation_id=number, by=user, now=now, **said))

    return once(request, key=key, now=now, work=work)


def _see(number: int, *, user: User) -> None:
    if not Escalation.objects.visible_to(user).filter(pk=number).exists():
        raise Http404
