"""What is pending for a customer, and what happened lately (Tablero de Control): what is late stands first.

A contract is seen by the centre, and by an agent whose work is about it: a call of hers of today, a card she may see, a
contact of her list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, Q

from agents.models import User
from campaigns.models import Attempt, CallBack, Contact, PaymentPromise
from campaigns.promises_and_callbacks.promise_outcomes import with_outcome
from escalations.models import Escalation
from inbound.models import OutsideWrite, Walk
from inbound.outside.found_words import FoundInWords, in_words
from inbound.outside.look_ups import look_ups
from inbound.outside.reaching import look_up
from inbound.walks.consequences import INTERACTION
from inbound.writes.lists import FOR_A_PERSON, UNDER_WAY, words_of

SHOWN = 20  # rows of each list
A_SHIFT = timedelta(hours=12)  # so long after her call an agent may still look the customer up
PARTS = {  # what other systems are asked, each by itself: one that is late keeps nobody waiting
    "customer": "smartflex.customer",
    "damages": "smartflex.damages",
    "orders": "smartflex.orders",
    "account": "smartflex.account",
}
PAST = ("closed", "annulled")


def may_see(*, contract: str, user: User, now: datetime) -> bool:
    """Whether this customer is any of this person's work."""
    if user.sees_the_centre:
        return True
    own = Walk.objects.filter(contract=contract, agent__user=user, began_at__gt=now - A_SHIFT)
    cards = Escalation.objects.visible_to(user).filter(contract=contract, closed_at=None)
    return own.exists() or Contact.objects.visible_to(user).filter(contract=contract).exists() or cards.exists()


@dataclass(frozen=True)
class Standing:
    """The house's own rows of one contract, as far as `user` may see them; each list by one query."""

    contract: str
    user: User
    now: datetime

    @cached_property
    def cards(self) -> list[Escalation]:
        """What was handed over, the open ones first, of those what is due first; then what was closed last."""
        found = Escalation.objects.visible_to(self.user).filter(contract=self.contract).select_related("kind", "owner")
        return list(found.order_by(F("closed_at").desc(nulls_first=True), "due_at")[:SHOWN])

    @cached_property
    def writes(self) -> list[tuple[OutsideWrite, str, bool]]:
        """What calls asked of other systems, with its words and whether it waits: what waits first."""
        found = OutsideWrite.objects.visible_to(self.user).filter(walk__contract=self.contract)
        waits = Q(state__in=(*FOR_A_PERSON, *UNDER_WAY), card=None)
        rows = (
            found.exclude(action=INTERACTION)
            .annotate(waits=waits)
            .select_related("repair")
            .order_by("-waits", "-owed_at")[:SHOWN]
        )
        return [(write, str(words_of(write.action)), write.waits) for write in rows]

    @cached_property
    def calls(self) -> list[Walk]:
        """Calls of the lines, the newest first."""
        found = Walk.objects.visible_to(self.user).calls().filter(contract=self.contract)
        return list(found.select_related("line", "agent__user").order_by("-began_at")[:SHOWN])

    @cached_property
    def contacts(self) -> list[Contact]:
        """The customer in each month that this person may see, the newest first."""
        found = Contact.objects.visible_to(self.user).filter(contract=self.contract)
        return list(found.select_related("campaign", "entry").order_by("-campaign__period")[:SHOWN])

    @cached_property
    def agreed_calls(self) -> list[CallBack]:
        """Calls that were agreed and are still to be made, what is due first."""
        found = CallBack.objects.visible_to(self.user).filter(contact__contract=self.contract, state="pending")
        return list(found.select_related("agent__user", "contact").order_by("due_at")[:SHOWN])

    @cached_property
    def promises(self) -> list[PaymentPromise]:
        """Promises to pay that are in force, with what became of them, the newest first."""
        found = PaymentPromise.objects.visible_to(self.user).in_force().filter(contact__contract=self.contract)
        return list(with_outcome(found).order_by("-made_at")[:SHOWN])

    @cached_property
    def attempts(self) -> list[Attempt]:
        """Calls of the months, the newest first."""
        found = Attempt.objects.visible_to(self.user).filter(contact__contract=self.contract)
        return list(found.select_related("agent__user", "disposition").order_by("-dialled_at")[:SHOWN])

    @property
    def name(self) -> str:
        """What the house knows her by; empty when it never met her."""
        of_calls = [call.customer_name for call in self.calls]
        named = [*(one.name for one in self.contacts), *of_calls, *(card.customer_name for card in self.cards)]
        return next(filter(None, named), "")


@dataclass(frozen=True)
class SystemPart:
    """What one other system says, or why it says nothing."""

    title: str
    told: FoundInWords
    trouble: str


def part_of(*, name: str, contract: str, user: User, now: datetime) -> SystemPart:
    """Ask one system; what is open stands before what is past, the oldest first. KeyError for a part nobody knows."""
    looked = look_up(name=PARTS[name], arguments={"contract": contract}, now=now, by=user)
    return SystemPart(str(look_ups()[PARTS[name]].words), in_words(_late_first(looked.found)), looked.trouble)


def _late_first(found: Any) -> Any:
    if not isinstance(found, list):
        return found
    return sorted(
        found, key=lambda row: (row.get("state") in PAST, row.get("registered_at") or row.get("sold_on") or "")
    )
