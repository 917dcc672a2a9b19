"""A month in the middle of its calls: December 2026, called from 25 to 30 November."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.apps import apps

from agents.models import Agent
from campaigns.models import Campaign, Contact, Disposition, ListEntry, Renewal
from service_level.models import Holiday

PERIOD = date(2026, 12, 1)


@pytest.fixture
def house_rules(db: None) -> None:
    """The defaults of the calling policy (tests that empty the tables lose what the migration wrote)."""
    importlib.import_module("campaigns.migrations.0006_fill_in_the_calling_policy").fill_in(apps, None)
    Holiday.objects.filter(day__range=(date(2026, 11, 20), date(2026, 12, 31))).delete()


@pytest.fixture
def december(house_rules: None, at: Callable[..., datetime]) -> Campaign:
    return Campaign.objects.create(
        period=PERIOD,
        state=Campaign.State.RUNNING,
        calls_from=date(2026, 11, 25),
        calls_until=date(2026, 11, 30),
        report_due_at=at("2026-11-25 07:00"),
        created_at=at("2026-11-25 06:00"),
        launched_at=at("2026-11-25 08:00"),
    )


@pytest.fixture
def make_contact(december: Campaign, at: Callable[..., datetime]) -> Callable[..., Contact]:
    """A customer in a list: `make_contact(ana, "Rosa Flores", telephones=["+59170712345"], position=3)`."""

    def make(owner: Agent | None, name: str = "Rosa Flores", **more: Any) -> Contact:
        number = Contact.objects.count() + 1
        campaign = more.pop("campaign", december)
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
        contact = Contact.objects.create(campaign=campaign, name=name, name_key=name.upper(), **fields)
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
            contact=contact,
            campaign=campaign,
            call_list=contact.call_list,
            owner=owner,
            **{"position": number, "ready_at": at("2026-11-24 06:00"), **entry},
        )
        return Contact.objects.get(pk=contact.pk)

    return make


@pytest.fixture
def result(house_rules: None) -> Callable[[str], Disposition]:
    """A disposition by its code: `result("no_answer")`."""
    return lambda code: Disposition.objects.get(code=code)
