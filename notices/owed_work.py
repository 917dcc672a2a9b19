"""Mail, and messages to other programs, as kinds of owed work."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notices import mailing
from notices.models import Delivery, Notice
from notices.programs import delivering
from work.kinds import Kind

NOTICES = Kind(
    name="notice",
    model=Notice,
    words=_("Avisos por correo"),
    since="created_at",
    waiting=Notice.State.WAITING,
    parked=Notice.State.PARKED,
    over=(Notice.State.SENT, Notice.State.DROPPED),
    lease=mailing.LEASE,
    waits=mailing.WAITS,
    title=lambda notice: str(notice.get_kind_display()),
    page=lambda notice: reverse("notices:notice", args=[notice.pk]),
    in_words=mailing.in_words,
)

MESSAGES = Kind(
    name="webhook",
    model=Delivery,
    words=_("Avisos a otros programas"),
    since="created_at",
    waiting=Delivery.State.WAITING,
    parked=Delivery.State.PARKED,
    over=(Delivery.State.SENT, Delivery.State.DROPPED),
    lease=delivering.LEASE,
    waits=delivering.WAITS,
    title=lambda delivery: f"{delivery.webhook}: {delivery.event}",
    in_words=delivering.in_words,
    rests=Q(webhook__is_active=False),
)
