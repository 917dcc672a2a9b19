"""Whose number it is that calls, asked of Smartflex while it rings: before the agent answers she knows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache

from agents.models import Search, User
from agents.searching import note_search
from inbound.outside.reaching import look_up
from telephony import phone_numbers
from telephony.models import QueueCall

SEARCH = "smartflex.search"
KEPT_SECONDS = 15 * 60  # a copy, for those who are asked again; it is in no row


@dataclass(frozen=True)
class Caller:
    """Whose number it is, as far as it is known: nobody's, one customer's, or that of several.

    That it is hers says nothing of who speaks: a flow compares who asks with whom it is about.
    """

    customers: list[dict[str, str]]  # contract, name
    trouble: str = ""


def who_has(*, call: QueueCall, by: User, now: datetime) -> Caller:
    """Asks over the network, outside of any transaction, and only once a call; everybody at whom it rings leaves a row.

    Smartflex finds by identity card and contract as well, whose figures may be those of a telephone: only of whom it
    tells that number it is.
    """
    if not call.number:
        return Caller([])
    kept, number = cache.get(key := f"caller:{call.key}"), phone_numbers.local(call.number)
    if kept is not None:
        if cache.get(hers := f"{key}:{by.pk}") is None:  # whoever asked first has her row, and so has each besides
            note_search(user=by, where=Search.Where.CALL, what=SEARCH, asked=number, now=now)
            cache.set(hers, True, KEPT_SECONDS)
        return Caller(**kept)
    looked = look_up(name=SEARCH, arguments={"text": number}, now=now, by=by)
    found = (looked.found or {}).get("customers", [])
    customers = [{"contract": one["contract"], "name": one["name"]} for one in found if _has(one, call.number)]
    caller = Caller(customers, looked.trouble)
    if not looked.trouble:
        cache.set_many({key: asdict(caller), f"{key}:{by.pk}": True}, KEPT_SECONDS)
    return caller


def _has(customer: dict[str, Any], number: str) -> bool:
    """Whether it is the number of one of her services, or a telephone she is reached at."""
    written = [*customer["telephones"], *(product["service_number"] for product in customer["products"])]
    return any(phone_numbers.parse(one) == number for one in written)
