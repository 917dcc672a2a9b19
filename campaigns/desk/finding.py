"""Finding a customer by what one has of her: any words of the name, a contract, a service number, a telephone.

Numbers are found by the indexes that keep them unique. A name has no index (decision 0032): its words are looked for in
one reading of the contacts. An agent's search begins with her own work instead, which its indexes find at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import digits as DIGITS
from typing import Any

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat

from agents.models import Agent, User
from campaigns.models import Attempt, CallBack, Campaign, Contact, ListEntry, Renewal
from campaigns.models.contacts import ContactQuerySet
from campaigns.rows.column_cleaning import name_keys

LEAST = 3  # letters or digits: fewer find half a town
SUGGESTED = 8
LATEST_MONTHS = 2  # of which names are suggested while somebody types; the page looks through all
MONTHS_OF_ONE = 12  # a customer found by a number is found in as many months
TELEPHONE_HAS = 7  # digits at least
LONGEST_PADDED = 12  # digits of a contract with zeros in front


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is offered while somebody types; `more`: there are others, too."""

    found: list[Contact]
    more: bool


def is_too_short(text: str) -> bool:
    return sum(letter.isalnum() for letter in text) < LEAST


def named(text: str, contact: str = "") -> Q:
    """Whose name has all the words of `text` in any order, however it is written; nobody's without a letter in it.

    `contact` is the way to the contact, as `contact__`; empty for contacts themselves.
    """
    words = _words(text)
    return Q(*(Q(**{f"{contact}name_key__contains": word}) for word in words)) if words else Q(pk=None)


def find_customers(*, text: str, user: User) -> ContactQuerySet:
    """Customers of every month by what `text` may be, as far as `user` may see them; the best match first.

    Best is the contract that was typed whole, then a name that begins so, then one whose words do; of a customer the
    newest month comes first.
    """
    wanted = _wanted_of_all(text) if user.sees_the_centre else _wanted(text)
    found = _within_reach(user).filter(wanted).select_related("campaign", "entry")
    found = found.alias(padded=Concat(Value(" "), "name_key")).alias(rank=_rank(text))
    return found.order_by("rank", "name_key", "contract", "-campaign__period")


def suggest(*, text: str, user: User) -> Suggestions:
    """A few of those, each customer once: by name only of the latest months."""
    if is_too_short(text):
        return Suggestions([], more=False)
    found = find_customers(text=text, user=user)
    if user.sees_the_centre and not _is_number(text):
        months = Campaign.objects.visible_to(user).order_by("-period").values_list("pk", flat=True)
        proposed = list(months.filter(state=Campaign.State.PROPOSED)[:LATEST_MONTHS])
        called = list(months.exclude(state__in=[Campaign.State.EXPECTED, Campaign.State.PROPOSED])[:LATEST_MONTHS])
        found = found.filter(campaign__in=called + proposed)  # a proposal of a far month takes no called one's place
    each: dict[str, Contact] = {}
    for contact in found[: SUGGESTED * MONTHS_OF_ONE]:
        each.setdefault(contact.contract, contact)
    return Suggestions(list(each.values())[:SUGGESTED], more=len(each) > SUGGESTED)


def contract_in(text: str) -> str:
    """What was typed, where it may be a contract: of one no month has heard of there may be calls and cards."""
    return text if text.isdecimal() and text.isascii() and LEAST < len(text) <= LONGEST_PADDED else ""


def only_one_of(found: Sequence[Contact], *, text: str) -> Contact | None:
    """The contact to open at once: of the contract that was typed whole, or of the only customer found; her newest."""
    exact = [contact for contact in found if contact.contract == text.upper()]
    chosen = exact or found
    if len({contact.contract for contact in chosen}) != 1:
        return None
    return max(chosen, key=lambda contact: contact.campaign.period)


def _within_reach(user: User) -> ContactQuerySet:
    """The gate is `visible_to`; of an agent's contacts it is asked only about those of her own work."""
    seen = Contact.objects.visible_to(user)
    if user.sees_the_centre:
        return seen
    agents = Agent.objects.filter(user=user)
    own: list[QuerySet[Any]] = [
        ListEntry.objects.filter(owner__in=agents, state=ListEntry.State.OPEN),
        ListEntry.objects.filter(~Q(state=ListEntry.State.OPEN), owner__in=agents),
        ListEntry.objects.filter(lease_agent__in=agents),
        CallBack.objects.waiting_for(user),
        Attempt.objects.filter(campaign__in=Campaign.objects.open(), agent__in=agents),
        Attempt.objects.filter(agent__in=agents, resulted_at=None),
    ]
    first, *others = [part.order_by().values("contact_id") for part in own]
    return seen.filter(pk__in=first.union(*others))


def _wanted(text: str) -> Q:
    """What a text may be, asked of a few contacts one by one."""
    digits = _digits(text)
    if not _is_number(text):
        return named(text) | Q(contract__startswith=text.upper()) if digits else named(text)
    own = Renewal.objects.filter(contact=OuterRef("pk"), service_number__startswith=digits)
    return _is_contract(digits) | Q(Exists(own)) | Q(telephones__overlap=_telephones(digits))


def _wanted_of_all(text: str) -> Q:
    """The same of everybody's: each part has its own way to its rows, where one OR of columns would read them all."""
    if not _is_number(text):
        return _wanted(text)
    digits = _digits(text)
    renewals = Renewal.objects.filter(_begins_with("service_number", digits)).values("contact_id")
    parts: list[QuerySet[Any]] = [renewals]
    if numbers := _telephones(digits):
        parts.append(Contact.objects.filter(telephones__overlap=numbers).values("pk"))
    return Q(pk__in=Contact.objects.filter(_is_contract(digits)).values("pk").union(*parts))


def _is_contract(digits: str) -> Q:
    """One that begins so, or is it but for its leading zeros: people leave them out, or copy them from elsewhere."""
    bare = digits.lstrip("0")
    padded = {bare.zfill(length) for length in range(len(bare), LONGEST_PADDED + 1)} if bare else set()
    return _begins_with("contract", digits) | Q(contract__in=padded)


def _telephones(digits: str) -> list[str]:
    """As they are kept, if the digits are those of a whole one."""
    return [f"+{digits}", f"+591{digits}", f"+5914{digits}"] if len(digits) >= TELEPHONE_HAS else []


def _begins_with(column: str, digits: str) -> Q:
    """As a range as well: the unique index of the column serves it whatever language the database sorts in."""
    within = Q(**{f"{column}__gte": digits, f"{column}__startswith": digits})
    after = str(int(digits) + 1).zfill(len(digits))
    return within & Q(**{f"{column}__lt": after}) if len(after) == len(digits) else within


def _rank(text: str) -> Case:
    whens = [When(contract=text.upper(), then=Value(0))]
    if words := _words(text):
        whens.append(When(name_key__startswith=" ".join(words), then=Value(1)))
        whens.append(When(Q(*(Q(padded__contains=f" {word}") for word in words)), then=Value(2)))
    return Case(*whens, default=Value(3), output_field=IntegerField())


def _words(text: str) -> list[str]:
    (key,) = name_keys([" ".join(text.split())])
    return key.split()


def _is_number(text: str) -> bool:
    """A contract, a telephone or a service number as people write them: digits and what stands between them."""
    return bool(_digits(text)) and not any(letter.isalpha() for letter in text)


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter in DIGITS)
