"""Dialling a telephone of the contact that is open at a desk. The rules are asked again: a payment may have arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from campaigns.calling.calling_hours import local
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.calling.rules import CallRefused, Reason, why_not
from campaigns.models import Attempt, Contact, ListEntry


def dial(
    *,
    agent: Agent,
    contact: Contact,
    telephone: str,
    now: datetime,
    mode: str = Attempt.Mode.MANUAL,
    book: RuleBook | None = None,
) -> Attempt:
    """Write the attempt of calling `telephone`; it is open until its result. The same click twice, or the same
    telephone dialled again before its result, is one attempt; the rules are asked each time.

    Who dials is there: her lease begins anew, so that it does not run out in the middle of the call. Raises
    CallRefused with every reason, when the rules or the desk are against it.
    """
    book = book or read_rules(now=now)
    with transaction.atomic():
        # the row is held: a payment that is being taken in is waited for, and a later one finds the attempt made
        entry = ListEntry.objects.select_for_update().get(contact=contact)
        if entry.lease_agent_id != agent.pk:
            raise CallRefused([Reason("not_open", _("Este contacto ya no está abierto en su escritorio."))])
        waiting = Attempt.objects.filter(agent=agent, resulted_at=None).first()
        if waiting is not None and (waiting.contact_id, waiting.telephone) != (contact.pk, telephone):
            raise CallRefused([Reason("result_first", _("Registre primero el resultado de la llamada anterior."))])
        against = why_not(contact=contact, now=now, agent=agent, telephone=telephone, book=book)
        if against:
            raise CallRefused(against)
        if waiting is not None:
            return waiting
        entry.lease_until = now + timedelta(minutes=book.policy.lease_minutes)
        entry.save(update_fields=["lease_until"])
        attempt = Attempt(
            campaign_id=entry.campaign_id,
            contact=contact,
            agent=agent,
            telephone=telephone,
            mode=mode,
            fence=entry.fence,
            dialled_at=now,
            day=local(now).date(),
        )
        try:
            with transaction.atomic():
                attempt.save(force_insert=True)
        except IntegrityError as lost:
            # in this moment somebody dialled it for another contract: one call a telephone is the database's promise
            against = why_not(contact=contact, now=now, agent=agent, telephone=telephone, book=book)
            raise CallRefused(against or [Reason("changed", _("El contacto cambió en este momento."))]) from lost
        return attempt


def telephone_link(telephone: str) -> str:
    """The address that makes the computer's telephone program dial."""
    return f"tel:{telephone}"
