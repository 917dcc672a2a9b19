"""Which cards are asked for: the filters that board and list have in common, so that each leads to the other."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, TextField, Transform
from django.db.models.functions import Cast

from agents.models import User
from escalations.models import Change, Escalation, Kind, Mention, kind_label
from service_level.days import bounds_of_day

WORDS = 8  # of a search
SEARCHED = ("customer_name", "reason", "outcome", "carried")
LEAST_DIGITS = 5  # of a telephone; fewer are half of everybody's


class Plain(Transform):
    """A text as it is looked for: without capitals and accents."""

    lookup_name = "plain"
    template = "translate(lower(%(expressions)s), 'áàâäéèêëíìîïóòôöúùûüñ', 'aaaaeeeeiiiioooouuuun')"


CharField.register_lookup(Plain)
TextField.register_lookup(Plain)


def plain(word: str) -> str:
    """The same of what is typed."""
    parted = unicodedata.normalize("NFD", word.casefold())
    return "".join(sign for sign in parted if not unicodedata.combining(sign))


@dataclass(frozen=True)
class Filters:
    """Empty: all."""

    mine: bool = False  # what this person has, and the new ones nobody has
    kind: str = ""
    line: str = ""
    zone: str = ""
    due: str = ""  # "today", or "overdue"
    mentioned: bool = False  # where somebody named this person, and she has not seen it
    search: str = ""  # a contract, the end of a telephone, or words of whom and what it is about


def narrowed(rows: QuerySet[Escalation], asked: Filters) -> QuerySet[Escalation]:
    """What has this kind, line and zone, and is about what is looked for."""
    equal = {"kind_id": asked.kind, "line": asked.line, "zone": asked.zone}
    if asked.search.strip():
        rows = rows.alias(carried=Cast("details", TextField()))
    return rows.filter(_about(asked.search), **{name: value for name, value in equal.items() if value})


def _about(text: str) -> Q:
    """All of the words, each in the customer's name, the reason, the outcome, what the card carries or a note of it,
    whatever accents they have; or a contract, or a telephone's end.
    """
    found = Q()
    for word in text.split()[:WORDS]:
        noted = Change.objects.filter(escalation=OuterRef("pk"), note__plain__contains=plain(word))
        own = (Q(**{f"{name}__plain__contains": plain(word)}) for name in SEARCHED)
        found &= reduce(or_, own) | Q(Exists(noted))
    digits = "".join(filter(str.isdigit, text))
    number = Q(telephone__endswith=digits) if len(digits) >= LEAST_DIGITS else Q(pk=None)
    return found | Q(contract__iexact=text.strip()) | number if text.strip() else Q()


def known_kind(code: str) -> str:
    """The code of an address when there is such a kind, else nothing; nobody is asked for nothing."""
    return code if code and Kind.objects.filter(code=code).exists() else ""


def kind_words(code: str) -> str:
    """What the kind of a filter is called; nothing when none was asked for."""
    name = Kind.objects.filter(code=code).values_list("name", flat=True).first() if code else None
    return kind_label(name) if name else ""


def labelled(kinds: QuerySet[Kind]) -> list[tuple[str, str]]:
    """Kinds by code and name, to choose from."""
    return [(code, kind_label(name)) for code, name in kinds.order_by("name").values_list("code", "name")]


def choices_among(rows: QuerySet[Escalation], asked: Filters) -> tuple[set[str], list[str], list[str]]:
    """Codes of kinds, lines and zones that these rows have, and what is chosen, by one query."""
    kinds, lines, zones = {asked.kind}, {asked.line}, {asked.zone}
    for kind, line, zone in rows.order_by().values_list("kind__code", "line", "zone").distinct():
        kinds.add(kind)
        lines.add(line)
        zones.add(zone)
    return kinds - {""}, sorted(lines - {""}), sorted(zones - {""})


def whose(mine: bool, user: User) -> Q:
    """With `mine` the cards the user has and those nobody has yet; else all."""
    return Q(owner=user) | Q(state=Escalation.State.NEW) if mine else Q()


def named(mentioned: bool, user: User) -> Q:
    """With `mentioned` the cards on which the user is named and has not said that she saw it; else all."""
    if not mentioned:
        return Q()
    return Q(pk__in=Mention.objects.visible_to(user).unread().values("change__escalation"))


def late(*, now: datetime) -> Q:
    """Past its time: a card that waits while its kind's clock stands still is not."""
    return Q(due_at__lt=now) & ~Q(state=Escalation.State.WAITING, kind__stops_while_waiting=True)


def due(when: str, *, now: datetime) -> Q:
    """Cards by their time: `overdue`, `today` (of the calendar of La Paz), or whatever else: all."""
    if when == "overdue":
        return late(now=now)
    if when == "today":
        begins, ends = bounds_of_day(now=now)
        return Q(due_at__gte=begins, due_at__lt=ends)
    return Q()
