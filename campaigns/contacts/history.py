"""What a contact went through in its list, for its page: the last steps of its life, each with who took it and why."""

from __future__ import annotations

from agents.models import User
from campaigns.contacts.life import Verb
from campaigns.models import Contact, ContactChange, Refund

OWING = (Verb.OWE_AGAIN, Verb.OWE_UNCALLED)
SHOWN = 20  # steps; more than a month brings a contact


def history_of(*, contact: Contact, user: User) -> list[ContactChange]:
    """Its last steps, the newest first, with who took them and why. None for who may not see it.

    Whoever sees the contact sees all of them, those it took with others too: half a life would tell what is not so.
    Who owes again because a payment was given back has `given_back`: the refund, with who says so.
    """
    if not Contact.objects.visible_to(user).filter(pk=contact.pk).exists():
        return []
    found = ContactChange.objects.of(contact).select_related("by", "attempt__disposition")
    steps = list(found.order_by("-pk")[:SHOWN])
    if any(step.verb in OWING for step in steps):
        refunds = Refund.objects.filter(receipt__renewal__contact=contact).select_related("by", "report")
        at = {refund.at: refund for refund in refunds}
        for step in steps:
            step.given_back = at.get(step.at) if step.verb in OWING else None
    return steps
