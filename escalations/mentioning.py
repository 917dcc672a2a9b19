"""Naming a colleague in a note: `@elena` puts the card before her until she says that she has seen it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from agents.models import Role, User
from escalations.lifecycle import EscalationRefused
from escalations.models import Change, Escalation, Mention

NAMED = re.compile(r"(?<![\w.@+-])@(\w[\w.@+-]*)")


def colleagues() -> list[tuple[str, str]]:
    """Who may be mentioned, by user name, with the name people know."""
    found = User.objects.filter(role=Role.SUPERVISOR, is_active=True).order_by("first_name", "username")
    return [(one.username, str(one)) for one in found]


def mentioned_in(text: str, *, by: User) -> list[User]:
    """Whom a note names, but who wrote it. Raises EscalationRefused for a name nobody has: nobody would be told."""
    names = list(dict.fromkeys(name.rstrip(".-") for name in NAMED.findall(text)))
    if not names:
        return []
    there = User.objects.filter(role=Role.SUPERVISOR, is_active=True)
    known = {one.username.casefold(): one for one in there}
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        words = _("«@%(name)s» no es nadie de supervisión: nadie se enteraría. Corrija el usuario o quite la @.")
        raise EscalationRefused(words % {"name": unknown[0][:40]})
    return list(dict.fromkeys(one for name in names if (one := known[name.casefold()]) != by))


def mention(*, escalation: Escalation, users: list[User]) -> None:
    """Put the newest line of a card's history before these people. Call it in the transaction that wrote it."""
    if users:
        newest = Change.objects.filter(escalation=escalation).order_by("-pk").only("pk")[:1].get()
        Mention.objects.bulk_create([Mention(change=newest, user=one) for one in users])


def unread_on(*, escalation: Escalation, user: User) -> list[Mention]:
    """Where this person is named on a card and has not said that she saw it, the oldest first."""
    found = Mention.objects.visible_to(user).unread().filter(change__escalation=escalation)
    return list(found.select_related("change__by").order_by("pk"))


def see_mentions(*, escalation: Escalation, user: User, now: datetime) -> int:
    """She has seen those of a card. Returns how many."""
    return Mention.objects.visible_to(user).unread().filter(change__escalation=escalation).update(read_at=now)


def unread_counted(*, user: User) -> QuerySet[Mention, Any]:
    """One row with one number, for a subquery: the cards on which somebody waits for her to look; no row for none."""
    found = Mention.objects.visible_to(user).unread().order_by().values("user")
    return found.annotate(n=Count("change__escalation", distinct=True)).values("n")


def count_unread(*, user: User) -> int:
    """Cards on which somebody waits for her to look."""
    return next((row["n"] for row in unread_counted(user=user)), 0)
