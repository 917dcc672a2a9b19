"""What is pending for a customer and what happened lately, as on her page."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Router, Schema

from agents.access import signed_in_user
from agents.models import Search
from agents.searching import note_search
from api.bearer import Bearer, token_of
from api.models import Scope
from api.shapes import person, shows_whole
from callcenter.customers.standing import Entry, Standing
from screens.templatetags.screens import masked_text

router = Router(auth=Bearer(Scope.CUSTOMERS), tags=["Customers"])
Contract = Annotated[str, Path(pattern=r"^[-A-Za-z0-9./]+$", max_length=24)]


class EntryOut(Schema):
    words: str
    state: str
    since: datetime
    until: datetime | None
    is_late: bool
    who: str


class CustomerOut(Schema):
    """`name` as the last report says it. What other systems say of her is asked of them."""

    contract: str
    name: str
    is_masked: bool
    pending: list[EntryOut]
    past: list[EntryOut]


@router.get(
    "customers/{contract}/", response=CustomerOut, summary="Each look leaves a row in the book, and has a limit"
)
def customer(request: HttpRequest, contract: Contract) -> dict[str, Any]:
    user, now = signed_in_user(request), timezone.now()
    note_search(user=user, where=Search.Where.API, asked=contract, now=now)
    standing = Standing(contract=contract, user=user, now=now)
    if not standing.may_be_seen:
        raise Http404
    whole = shows_whole(token_of(request))
    named = person(standing.name, [], whole=whole)
    entries = {"pending": standing.pending, "past": standing.past}
    told = {part: [_told(entry, whole=whole) for entry in found] for part, found in entries.items()}
    return {"contract": contract, "name": named["name"], "is_masked": named["is_masked"], **told}


def _told(entry: Entry, *, whole: bool) -> EntryOut:
    words = entry.words if whole else masked_text(entry.words)
    return EntryOut(
        words=words, state=str(entry.state), since=entry.since, until=entry.until, is_late=entry.is_late, who=entry.who
    )
