"""What happened to somebody's account is mailed to her: whoever did it may sit at her machine and close the notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agents.models import AccountEvent
from notices import mailing
from notices.models import NoticeKind


def mail_event(event: AccountEvent, also_to: Sequence[str] = (), **_signal: Any) -> None:
    """Owe her the mail, where she has an address, and each other address one of its own."""
    for address in dict.fromkeys(filter(None, [event.user.email, *also_to])):
        _owe(event, address, key=f"account:{uuid4()}")  # one that could be foreseen somebody has put there before


def _owe(event: AccountEvent, address: str, *, key: str) -> None:
    user, what = event.user, event.get_kind_display()
    when = date_format(localtime(event.at), "DATETIME_FORMAT")
    lines = [
        f"{what}{f': {event.note}' if event.note else ''}.",
        when,
        *([_("Por: %(who)s") % {"who": event.by}] if event.by and event.by != user else []),
        *([" · ".join(filter(None, [event.address, event.browser]))] if event.address else []),
        "",
        *_what_to_do(event),
    ]
    subject = what if event.is_of_the_centre else _("Su cuenta: %(what)s") % {"what": what}
    mailing.owe(key=key, kind=NoticeKind.ACCOUNT, subject=subject, body="\n".join(lines), now=event.at, to=[address])


def _what_to_do(event: AccountEvent) -> list[str]:
    if event.is_of_the_centre:
        return [event.advice]
    return [
        _("Si no lo reconoce, cambie su contraseña y avise a quien administra el centro."),
        settings.PUBLIC_URL + reverse("usersessions_list"),
    ]
