"""Messages of a supervisor to an agent at work: on her page at once, until she has seen them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent, AgentMessage, User
from agents.telling import tell_pages

LONGEST = 280
UNSEEN_AT_MOST = 5  # a page that is covered with messages is read by nobody


class MessageRefused(Exception):
    """It is not sent; the message says why."""


@transaction.atomic
def send_message(*, agent: Agent, text: str, by: User, now: datetime) -> AgentMessage:
    """Put a message on her pages. Raises MessageRefused."""
    said = " ".join(text.split())
    if not said:
        raise MessageRefused(_("Escriba el mensaje."))
    if len(said) > LONGEST:
        raise MessageRefused(_("El mensaje es largo: quepa en %(most)s letras.") % {"most": LONGEST})
    if unseen(agent).count() >= UNSEEN_AT_MOST:
        raise MessageRefused(_("%(agent)s todavía no vio los anteriores.") % {"agent": agent})
    return leave_message(agent=agent, text=said, by=by, now=now)


def leave_message(*, agent: Agent, text: str, by: User, now: datetime) -> AgentMessage:
    """Put what was done to her on her pages, however many she has not seen."""
    sent = AgentMessage.objects.create(agent=agent, sender=by, text=text, sent_at=now)
    tell_pages([agent.user_id])
    return sent


def see_message(*, message: AgentMessage, now: datetime) -> None:
    """She has seen it; again it stays as it was."""
    AgentMessage.objects.filter(pk=message.pk, seen_at=None).update(seen_at=now)
    tell_pages([message.agent.user_id])


def unseen(agent: Agent) -> QuerySet[AgentMessage]:
    """What stands on her page, the oldest first."""
    return AgentMessage.objects.filter(agent=agent, seen_at=None).select_related("sender").order_by("sent_at", "pk")
