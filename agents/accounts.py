"""The book of what happened to accounts; each is told to the person it happened to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.fields import ArrayField
from django.core.signing import BadSignature, Signer
from django.db.models import Case, CharField, Exists, Func, OuterRef, Q, QuerySet, When
from django.dispatch import Signal
from django.http import HttpRequest

from agents.models import AccountEvent, AccountEventSeen, AccountSeen, Role, User

Kind = AccountEvent.Kind
KNOWN_FOR = timedelta(days=60)  # a browser at an address somebody has used within that time is no new one
READ = 100  # events, where several happened
SHOWN = 5  # of them, on every page
_STRANGERS_FIRST = Case(When(kind=Kind.STRANGER, then=0), default=1)
MARK = "mark"  # of a session
_TOLD = Signer(salt="agents.accounts.told")
account_changed = Signal()  # event: an AccountEvent, also_to: addresses beside hers; whoever mails hears it

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
MACHINES = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows")),
    *(("Mac OS", "macOS"), ("Linux", "Linux")),
)


class _UnseenMarks(Func):
    """Of a person: the marks of what happened to her account and she has not said she saw, each once."""

    template = """ARRAY(
        SELECT DISTINCT event.mark FROM agents_accountevent event
         WHERE event.user_id = agents_user.id AND NOT EXISTS (
               SELECT FROM agents_accountseen seen WHERE seen.user_id = event.user_id AND seen.at >= event.at
                  AND coalesce(seen.last, event.id) >= event.id)
               AND NOT EXISTS (SELECT FROM agents_accounteventseen seen WHERE seen.event_id = event.id))"""
    output_field = ArrayField(CharField())


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was done from."""

    address: str | None = None
    browser: str = ""
    mark: str = ""


NOWHERE = Place()


def place_of(request: HttpRequest) -> Place:
    """Of a request: its address as the house sees it, its browser in two words, and the mark of its session, which it
    keeps while its key changes.
    """
    browser = browser_of(request.headers.get("User-Agent", ""))
    return Place(request.META.get("REMOTE_ADDR") or None, browser, request.session.get(MARK, ""))


def browser_of(told: str) -> str:
    """`Firefox · Windows` of what a browser says of itself; empty of what says nothing known."""
    words = [next((name for sign, name in signs if sign in told), "") for signs in (BROWSERS, MACHINES)]
    return " · ".join(filter(None, words))


def note(
    *,
    user: User,
    kind: AccountEvent.Kind,
    now: datetime,
    by: User | None = None,
    place: Place = NOWHERE,
    words: str = "",
    also_to: Sequence[str] = (),
) -> AccountEvent:
    """Write down what happened, and tell whoever mails. `also_to`: where she was reached until now."""
    event = AccountEvent.objects.create(
        user=user, by=by, kind=kind, at=now, address=place.address, browser=place.browser[:60], mark=place.mark,
        note=words[:120],
    )  # fmt: skip
    account_changed.send(sender=AccountEvent, event=event, also_to=also_to)
    return event


def tell_supervision(
    *, kind: AccountEvent.Kind, words: str, by: User, now: datetime, place: Place = NOWHERE
) -> list[AccountEvent]:
    """Everybody of supervision who is active, on her next page and by mail."""
    everybody = User.objects.filter(role=Role.SUPERVISOR, is_active=True).exclude(pk=by.pk)
    return [note(user=one, kind=kind, now=now, by=by, place=place, words=words) for one in everybody]


def note_written(
    *, before: User, user: User, fields: Sequence[str], by: User, now: datetime, place: Place = NOWHERE
) -> AccountEvent | None:
    """Her names or her address are others: told where she was reached before as well. None of anything else."""
    told = [name for name in ("username", "first_name", "last_name", "email") if name in fields]
    if not told:
        return None
    names = {field.name: str(field.verbose_name) for field in User._meta.concrete_fields}
    words = ", ".join(names[name] for name in told)
    also_to = [before.email] if before.email and before.email != user.email else []
    return note(user=user, kind=Kind.WRITTEN, now=now, by=by, place=place, words=words, also_to=also_to)


def note_sign_in(*, user: User, place: Place, now: datetime) -> AccountEvent | None:
    """The first from this address with this browser within two months; None of any other."""
    before = AccountEvent.objects.filter(user=user, kind=Kind.SIGNED_IN, at__gt=now - KNOWN_FOR)
    if before.filter(address=place.address, browser=place.browser).exists():
        return None
    return note(user=user, kind=Kind.SIGNED_IN, now=now, by=user, place=place)


@cache
def _people_with_marks() -> QuerySet[User]:
    return User.objects.annotate(unseen_marks=_UnseenMarks())


class PersonBackend(AuthenticationBackend):
    """allauth's. With who is signed in comes whether anything happened to her account: each page tells it, and the
    shortest ones ask for little else.
    """

    def get_user(self, user_id: int) -> User | None:
        try:
            person = _people_with_marks().get(pk=user_id)
        except User.DoesNotExist:
            return None
        return person if self.user_can_authenticate(person) else None


def unseen(*, user: User, mark: str) -> Sequence[AccountEvent]:
    """What happened to this person's account and she has not said she saw, but for what was done in the session of that
    mark: what strangers did first, whatever else there is, and each the newest first.
    """
    marks = getattr(user, "unseen_marks", None)
    if marks is not None and all(one == mark != "" for one in marks):
        return []
    seen = AccountSeen.objects.filter(
        Q(last=None) | Q(last__gte=OuterRef("pk")), user=OuterRef("user"), at__gte=OuterRef("at")
    )
    found = (
        AccountEvent.objects.filter(~Exists(seen), user=user, seen=None)
        .select_related("by")
        .order_by(_STRANGERS_FIRST, "-at", "-pk")
    )
    return list((found.exclude(mark=mark) if mark else found)[:READ])


@dataclass(frozen=True)
class News:
    """What a page tells of an account. `told`: which events it tells of, signed for this session: her word that she has
    seen them hands it back.
    """

    events: Sequence[AccountEvent]
    more: int  # than are shown
    are_all_counted: bool
    told: str
    is_own: bool  # whether any of it is about her account


def news_of(*, user: User, mark: str) -> News | None:
    """What she has not seen and did not do in this session; None where there is nothing."""
    found = unseen(user=user, mark=mark)
    if not found:
        return None
    return News(
        events=found[:SHOWN],
        more=max(len(found) - SHOWN, 0),
        are_all_counted=len(found) < READ,
        told=_TOLD.sign_object([user.pk, mark, [event.pk for event in found]]),
        is_own=not all(event.is_of_the_centre for event in found),
    )


def see(*, user: User, told: str, mark: str, now: datetime) -> None:
    """She has seen what a page of this session told her; of anything else nothing is seen. What is there since, or was
    not yet then, the next one tells.
    """
    try:
        whose, session, keys = _TOLD.unsign_object(told)
    except BadSignature:
        return
    if (whose, session) != (user.pk, mark):
        return
    seen = AccountEvent.objects.filter(pk__in=keys, user=user, seen=None).values_list("pk", flat=True)
    AccountEventSeen.objects.bulk_create((AccountEventSeen(event_id=pk, at=now) for pk in seen), ignore_conflicts=True)
