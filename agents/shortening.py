"""Keeping personal data for less time is told to whoever else answers for the centre, and holds a week later: what one
person shortens at night is not gone in the morning.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agents.accounts import NOWHERE, Kind, Place, note
from agents.models import User
from agents.power import POWERFUL

NOTICE = timedelta(days=7)


def months_in_force(policy: type[Model], field: str, *, now: datetime) -> int:
    """The longest this field of an audited policy of one row said within a week; its default before that was saved."""
    manager, copies = policy._default_manager, policy.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    said = [getattr(manager.in_force(), field)]  # type: ignore[attr-defined]
    said += copies.filter(pgh_created_at__gt=now - NOTICE).values_list(field, flat=True)
    before = copies.filter(pgh_created_at__lte=now - NOTICE).values_list(field, flat=True).last()
    if before is not None:
        said.append(before)
    elif len(said) > 1:
        said.append(getattr(policy(), field))
    return int(max(said))


def shortened(before: Model, after: Model, fields: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By field: how many months it was and is, where that is less."""
    found: dict[str, tuple[int, int]] = {}
    for field in fields:
        was, now_is = int(getattr(before, field)), int(getattr(after, field))
        if now_is < was:
            found[field] = (was, now_is)
    return found


def tell_the_others(
    policy: Model, changed: dict[str, tuple[int, int]], *, by: User, now: datetime, place: Place = NOWHERE
) -> int:
    """Everybody else who answers for the centre, on her next page and by mail, from when less is kept. Returns how many
    are told: who shortens may have nobody beside her.
    """
    labels = {field.name: field.verbose_name for field in policy._meta.concrete_fields}
    said = [f"{labels[name]}: {was} → {to}" for name, (was, to) in changed.items()]
    words = _("desde el %(day)s: %(what)s") % {"day": begins_on(now=now), "what": "; ".join(said)}
    others = list(User.objects.filter(role__in=POWERFUL, is_active=True).exclude(pk=by.pk))
    for other in others:
        note(user=other, kind=Kind.KEEPING, by=by, now=now, place=place, words=words[:120])
    return len(others)


def begins_on(*, now: datetime) -> str:
    return date_format(localtime(now + NOTICE), "SHORT_DATE_FORMAT")
