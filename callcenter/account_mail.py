"""What happened to somebody's account is mailed to her: whoever did it may sit at her machine and close the notice."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agents.models import AccountEvent
from notices import mailing
from notices.models import NoticeKind


def mail_event(event: AccountEvent, **_signal: Any) -> None:
    """Owe her the mail, where she has an address."""
    user = event.user
    if not user.email:
        return
    when = date_format(localtime(event.at), "DATETIME_FORMAT")
    lines = [
        f"{event.get_kind_display()}{f': {event.note}' if event.note else ''}.",
        when,
        *([_("Por: %(who)s") % {"who": event.by}] if event.by and event.by != user else []),
        *([" · ".join(filter(None, [event.address, event.browser]))] if event.address else []),
        "",
        _("Si no lo reconoce, cambie su contraseña y avise a quien administra el centro."),
        settings.PUBLIC_URL + reverse("usersessions_list"),
    ]
    mailing.owe(
        key=f"account:{event.pk}", kind=NoticeKind.ACCOUNT, subject=_("Su cuenta: %(what)s") % {
            "what": event.get_kind_display()
        },
        body="\n".join(lines), now=event.at, to=[user.email],
    )  # fmt: skip
