"""After a copy of the site was restored: nobody knows who was put out since, or which password was used."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.utils.translation import gettext as _

from agents.accounts import Kind, note
from agents.models import FirstEntry, User


def end_everybodys_sessions(*, left_out: int) -> None:
    """Nor does the cache open one. `left_out`: how many counts are passed over, as some were given after the copy."""
    User.objects.update(sessions_ended=F("sessions_ended") + left_out)


def take_initial_passwords(*, now: datetime) -> int:
    """One that was still to be used may have been used since: whoever gave it would get in by it. Returns how many."""
    people = list(User.objects.filter(first_entry=FirstEntry.DUE).order_by("pk"))
    for user in people:
        User.objects.filter(pk=user.pk).update(password=make_password(None), first_entry="")
        note(user=user, kind=Kind.PASSWORD_TAKEN, now=now, words=_("el sistema se restauró de una copia"))
    return len(people)
