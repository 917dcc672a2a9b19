"""What a contact went through in its list, for its page: the last steps of its life, each with who took it and why."""

from __future__ import annotations

from agents.models import User
from campaigns.models import Contact, ContactChange

SHOWN = 20  # steps; more than a month brings a contact


def history_of(*, contact: Contact, user: User) -> list[ContactChange]:
    """Its last steps, the newest first, with who took them and the result of their call. None for who may not see it.

    Whoever sees the contact sees all of them, those it took with others too: half a life would tell what is not so.
    """
    if not Contact.objects.visible_to(user).filter(pk=contact.pk).exists():
        return []
    steps = ContactChange.objects.of(contact)
    return list(steps.select_related("by", "attempt__disposition").order_by("-pk")[:SHOWN])
