"""Mail as a kind of owed work."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notices import mailing
from notices.models import Notice
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
