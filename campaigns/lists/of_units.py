"""Each unit that the campaign's list can show: its rows in their order, and its sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from campaigns.lists import listing
from campaigns.lists.contact_sheet import contact_sheet
from campaigns.lists.unit_sheets import call_sheet, service_sheet
from campaigns.lists.wording import CALLS, CONTACTS, SERVICES
from screens.spreadsheets import Sheet


@dataclass(frozen=True)
class OfUnit:
    """How one unit is found and written."""

    find: Callable[..., QuerySet[Any]]  # (campaign, asked, user)
    order: tuple[str, ...]
    sheet: Callable[..., Sheet]  # (rows, masked)
    file: str


OF_UNITS: dict[str, OfUnit] = {
    CONTACTS: OfUnit(listing.find_contacts, ("name_key", "pk"), contact_sheet, "contactos"),
    SERVICES: OfUnit(listing.find_services, ("contact__name_key", "pk"), service_sheet, "servicios"),
    CALLS: OfUnit(listing.find_calls, ("-dialled_at", "pk"), call_sheet, "llamadas"),
}
