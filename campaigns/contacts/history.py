"""What a contact went through in its list, for its page: the last steps of its life, each with who took it and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.contacts.life import Verb
from campaigns.models import Contact, ContactChange, Refund, ReportWithdrawal
from screens.templatetags.screens import bs

OWING = (Verb.OWE_AGAIN, Verb.OWE_UNCALLED)
# Steps it took alone, and with others: of those, that are many, only those of its month and while payments may move it.
_STANDS_SINCE = """
SELECT e.contact_id, max(step.at)
  FROM campaigns_listentry e JOIN campaigns_campaign m ON m.id = e.campaign_id
  CROSS JOIN LATERAL (
    SELECT at, to_state FROM campaigns_contactchange WHERE contact_id = e.contact_id
    UNION ALL
    SELECT at, to_state FROM campaigns_contactchange
     WHERE contacts @> ARRAY[e.contact_id] AND at BETWEEN m.created_at AND m.created_at + interval '180 days') step
 WHERE e.contact_id = ANY(%s) AND step.to_state = e.state GROUP BY 1
"""
SHOWN = 20  # steps; more than a month brings a contact


def history_of(*, contact: Contact, user: User) -> list[ContactChange]:
    """Its last steps, the newest first, with who took them and why. None for who may not see it.

    Whoever sees the contact sees all of them, those it took with others too: half a life would tell what is not so.
    Who owes again because a payment was taken back has `because`: what did it, in words.
    """
    if not Contact.objects.visible_to(user).filter(pk=contact.pk).exists():
        return []
    found = ContactChange.objects.of(contact).select_related("by", "attempt__disposition")
    steps = list(found.order_by("-pk")[:SHOWN])
    if any(step.verb in OWING for step in steps):
        reasons = _why_owed_again(contact, [step.at for step in steps])
        for step in steps:
            step.because = reasons.get(step.at, "") if step.verb in OWING else ""
    return steps


def stands_since(contacts: Sequence[int]) -> dict[int, datetime]:
    """By contact the moment since when it stands in its list as it does; those that took no step are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDS_SINCE, [list(contacts)])
        return dict(cursor.fetchall())


def _why_owed_again(contact: Contact, moments: list[datetime]) -> dict[datetime, str]:
    """By the moment of the step: the payment that was given back or the report that was withdrawn, and who says so."""
    reports = ReportWithdrawal.objects.filter(at__in=moments).select_related("by", "report")
    withdrawn = _("se retiró %(report)s (%(by)s: %(reason)s)")
    why = {one.at: withdrawn % {"report": one.report, "by": one.by, "reason": one.reason} for one in reports}
    refunds = Refund.objects.filter(receipt__renewal__contact=contact, at__in=moments).select_related("by", "report")
    given_back = _("se devolvieron %(amount)s (%(who)s)")
    return why | {one.at: given_back % {"amount": bs(one.amount), "who": one.told_by} for one in refunds}
