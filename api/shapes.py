"""What several doors say the same way."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Schema
from ninja.errors import ValidationError
from ninja.pagination import CursorPagination
from pydantic import AfterValidator, AwareDatetime, StringConstraints

from agents.models import User
from api.models import Scope, Token
from campaigns.models import Campaign
from screens.templatetags.screens import masked_name, masked_telephone
from service_level.months import read_month_name

PAGE = 100
FIRST_YEAR, LAST_YEAR = 2000, 2099


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("no NUL character")
    return text


Sound = AfterValidator(_without_nul)  # no text of the database can hold one
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), Sound]
Needed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Sound]


def _near(when: datetime | date) -> datetime | date:
    """Counted on in another zone, or a month further, it is still a day there is."""
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError(f"a year from {FIRST_YEAR} to {LAST_YEAR}")
    return when


Moment = Annotated[AwareDatetime, AfterValidator(_near)]
Day = Annotated[date, AfterValidator(_near)]
Month = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="The month to be paid for: `2026-12`.")]
Number = Annotated[int, Path(ge=1, lt=2**63)]


class Newest(CursorPagination):
    """The newest first; `next` is the address of the page behind, empty on the last. `of`: how a row is told."""

    def __init__(self, *, of: Callable[[Any], Schema]) -> None:
        super().__init__(ordering=("-pk",), page_size=PAGE, max_page_size=PAGE)
        self._of = of

    def paginate_queryset(self, queryset: Any, pagination: Any, request: HttpRequest, **more: Any) -> dict[str, Any]:
        """Raises ValidationError of a cursor that nobody was given."""
        try:
            page: dict[str, Any] = super().paginate_queryset(queryset, pagination, request, **more)
        except ValueError as error:
            raise ValidationError([{"cursor": "Invalid cursor"}]) from error
        return {**page, "results": list(map(self._of, page["results"]))}


def campaign_of(month: str, *, user: User) -> Campaign:
    """Raises Http404 for one that is not there, or not this person's to know."""
    period = read_month_name(month)
    found = Campaign.objects.visible_to(user).filter(period=period).first() if period else None
    if found is None:
        raise Http404
    return found


def shows_whole(token: Token) -> bool:
    """Whether names and telephones are read as they are: by its scope, and by whom it acts for."""
    return Scope.PERSONAL in token.scopes and not token.user.reads_masked


def person(name: str, telephones: list[str], *, whole: bool) -> dict[str, Any]:
    """A customer as far as she is shown."""
    if whole:
        return {"name": name, "telephones": telephones, "is_masked": False}
    masked = [masked_telephone(telephone) for telephone in telephones]
    return {"name": masked_name(name), "telephones": masked, "is_masked": True}
