"""Customers of a month for tests: a contact, its renewal and its place in a list."""

from __future__ import annotations

from datetime import date
from typing import Any

from agents.models import Agent
from campaigns.models import Campaign, Contact, ListEntry, Renewal
from campaigns.rows.column_cleaning import name_keys


def make_customer(owner: Agent | None, name: str, *, campaign: Campaign, **more: Any) -> Contact:
    """A contact with one Internet renewal; what is not a column of the contact goes to its list entry."""
    number = Contact.objects.count() + 1
    of_contact = {field.name for field in Contact._meta.concrete_fields}
    entry = {key: more.pop(key) for key in list(more) if key not in of_contact}
    fields = {
        "contract": f"C{number:05}",
        "call_list": "INTERNET",
        "telephones": [f"+5917070{number:04}", f"+59144{number:06}"],
        "zone": "Centro",
        "amount_due": "289.00",
        "due_on": date(2026, 11, 30),
        **more,
    }
    contact = Contact.objects.create(campaign=campaign, name=name, name_key=name_keys([name])[0], **fields)
    Renewal.objects.create(
        campaign=campaign,
        contact=contact,
        report_line=number,
        service="INTERNET",
        service_number=f"4{number:06}",
        plan="Fibra 120",
        due_on=contact.due_on,
        amount_due=contact.amount_due,
    )
    ListEntry.objects.create(
        contact=contact, campaign=campaign, call_list=contact.call_list, owner=owner, **{"position": number, **entry}
    )
    return Contact.objects.get(pk=contact.pk)
