"""What a contact went through in its list, for its page: the last steps of its life, each with who took it and why."""

from __future__ import annotations

from agents.models import User
from campaigns.models import Contact, ContactChange

SHOWN = 20  # steps; more than a month brings a contact


def history_of(*, contact: Contact, user: User) -> list[ContactChange]:
    """The last steps that `user` may see, the newest first, with who took them and the result of their call."""
    steps = ContactChange.objects.visible_to(user).of(contact)
    return list(steps.select_related("by", "attempt__disposition").order_by("-pk")[:SHOWN])
