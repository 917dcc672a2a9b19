"""What is pending for a customer, and what happened lately (Tablero de Control): what is late stands first.

A contract is seen by the centre, and by an agent whose work is about it: a call of hers of today, a card she may see, a
contact of her list.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from campaigns.contacts.history import stands_since
from campaigns.models import Attempt, CallBack, Contact, ListEntry, PaymentPromise, Refund
from campaigns.payments.payment_lists import refunds_waiting_of
from campaigns.promises_and_callbacks.promise_outcomes import Outcome, with_outcome
from escalations.models import Escalation
from inbound.models import OutsideWrite, Walk
from inbound.outside.found_words import FoundInWords, in_words
from inbound.outside.look_ups import NOBODYS, look_ups
from inbound.outside.reaching import look_up
from inbound.outside.readings import INSTALLATION_DAYS, installation_term
from inbound.walks.consequences import INTERACTION
from inbound.writes.lists import FOR_A_PERSON, UNDER_WAY, words_of
from screens.templatetags.screens import bs, masked_text
from service_level.days import midnight_of
from telephony.phone_numbers import display, parse

SHOWN = 20  # rows of each list
A_SHIFT = timedelta(hours=12)  # so long after her call an agent may still look the customer up
PARTS = {  # what other systems are asked, each by itself: one that is late keeps nobody waiting
    "customer": "smartflex.customer",
    "damages": "smartflex.damages",
    "orders": "smartflex.orders",
    "account": "smartflex.account",
}
PENDING = ("damages", "orders")  # of them what stands beside the house's own pending things
PAST = ("closed", "annulled")
AHEAD = ("registered", "assigned", "in_execution")  # of an order: nobody has been there yet


@dataclass(frozen=True)
class Entry:
    """One thing that is pending, or that happened: what, since when and until when, who has it, what was told."""

    words: str
    state: str
    since: datetime
    until: datetime | None = None
    href: str = ""
    who: str = ""
    told: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Standing:
    """The house's own rows of one contract, as far as `user` may see them; each list by one query."""

    contract: str
    user: User
    now: datetime

    @cached_property
    def may_be_seen(self) -> bool:
        """Whether this customer is any of this person's work; asked of what the page shows, where that tells."""
        if self.user.sees_the_centre or self.contacts or any(card.closed_at is None for card in self.cards):
            return True
        since = self.now - A_SHIFT
        own = Walk.objects.visible_to(self.user).filter(contract=self.contract, agent__user=self.user)
        return own.filter(began_at__gt=since).exists()

    @cached_property
    def cards(self) -> list[Escalation]:
        """What was handed over, the open ones first, of those what is due first; then what was closed last."""
        found = Escalation.objects.visible_to(self.user).alias(about=KeyTextTransform("contract", "details"))
        hers = Q(contract=self.contract) | Q(about=self.contract)  # who calls about her line may be somebody else
        found = found.filter(hers).select_related("kind", "owner")
        return list(found.order_by(F("closed_at").desc(nulls_first=True), "due_at")[:SHOWN])

    @cached_property
    def writes(self) -> list[tuple[OutsideWrite, str, bool]]:
        """What calls asked of other systems, with its words and whether it waits: what waits first."""
        found = OutsideWrite.objects.visible_to(self.user).alias(about=KeyTextTransform("contract", "payload"))
        named = found.filter(about=self.contract).exclude(to_whom="").order_by("-owed_at")
        hers = Q(walk__contract=self.contract) | Q(about=self.contract)  # who calls may be somebody else
        for walk, line in set(named.values_list("walk", "to_whom")[:SHOWN]):
            hers |= Q(walk=walk, to_whom=line)  # the SIM of a line of hers
        found = found.filter(hers)
        is_said = Q(card__in=[card.pk for card in self.cards])  # by its card, which stands beside it
        waits = Q(state__in=(*FOR_A_PERSON, *UNDER_WAY)) & ~is_said
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
    def _stands_since(self) -> dict[int, datetime]:
        return stands_since([contact.pk for contact in self.contacts])

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
    def refunds(self) -> list[Refund]:
        """What was given back of her receipts, the newest first."""
        found = Refund.objects.visible_to(self.user).filter(receipt__renewal__contact__in=self.contacts)
        return list(found.select_related("receipt", "report", "by").order_by("-at")[:SHOWN])

    @cached_property
    def refunds_waiting(self) -> list[Refund]:
        """What was given back of her contract and takes no payment back yet, the oldest first."""
        return list(refunds_waiting_of(contact=self.contacts[0])[:SHOWN]) if self.contacts else []

    @cached_property
    def attempts(self) -> list[Attempt]:
        """Calls of the months, the newest first."""
        found = Attempt.objects.visible_to(self.user).filter(contact__contract=self.contract)
        return list(found.select_related("agent__user", "disposition").order_by("-dialled_at")[:SHOWN])

    @cached_property
    def pending(self) -> list[Entry]:
        """What somebody has still to do for her: what is late first, then what is due first, then what has no hour."""
        found = [self._of_card(card) for card in self.cards if card.closed_at is None]
        found += [self._of_write(write, words) for write, words, waits in self.writes if waits]
        found += [self._of_repair(write) for write, _words, _waits in self.writes if self._is_watched(write)]
        found += [self._of_agreed_call(call) for call in self.agreed_calls]
        found += [self._of_promise(promise) for promise in self.promises if _outcome_of(promise) == Outcome.OPEN]
        found += [self._of_refund(refund) for refund in self.refunds_waiting]
        far = self.now + timedelta(days=9_999)
        return sorted(found, key=lambda one: (not one.is_late, one.until or far, one.since))

    @cached_property
    def past(self) -> list[Entry]:
        """What was done and said, the newest first."""
        found = [self._of_card(card) for card in self.cards if card.closed_at is not None]
        found += [self._of_write(write, words) for write, words, waits in self.writes if not waits]
        found += [self._of_call(call) for call in self.calls]
        found += [self._of_attempt(attempt) for attempt in self.attempts]
        found += [self._of_promise(promise) for promise in self.promises if _outcome_of(promise) != Outcome.OPEN]
        found += [self._of_refund(refund) for refund in self.refunds]
        found += [self._of_month(contact) for contact in self.contacts]
        return sorted(found, key=lambda one: one.since, reverse=True)

    def pending_of(self, numbers: Collection[str]) -> list[Entry]:
        """What waits for somebody from calls that knew a service of hers by its number alone, what is due first."""
        known = set(filter(None, map(parse, numbers)))
        written = {*numbers, *known, *map(display, known)}  # a card keeps them as they are read
        about = Q(telephone__in=written) | Q(details__number__in=written) | Q(details__service_number__in=written)
        cards = Escalation.objects.visible_to(self.user).filter(about, contract="", closed_at=None)
        writes = OutsideWrite.objects.visible_to(self.user).filter(to_whom__in=written, walk__contract="", card=None)
        waiting = writes.filter(state__in=(*FOR_A_PERSON, *UNDER_WAY)).exclude(action=INTERACTION)
        found = [self._of_card(card) for card in cards.select_related("kind", "owner").order_by("due_at")[:SHOWN]]
        waiting = waiting.select_related("owed_by").order_by("owed_at")[:SHOWN]
        return found + [self._of_write(write, str(words_of(write.action))) for write in waiting]

    @staticmethod
    def _is_watched(write: OutsideWrite) -> bool:
        repair = getattr(write, "repair", None)
        return repair is not None and repair.state == repair.State.WATCHED

    def _of_card(self, card: Escalation) -> Entry:
        is_open, href = card.closed_at is None, reverse("escalations:escalation", args=[card.pk])
        told: dict[str, Any] = {
            "state": card.get_state_display(),
            "href": href,
            "who": str(card.owner or ""),
            "told": self._typed(card.promised),
        }
        if is_open:
            late = card.due_at < self.now
            return Entry(card.kind.label, since=card.raised_at, until=card.due_at, is_late=late, **told)
        return Entry(card.kind.label, since=card.closed_at or card.raised_at, **told)

    def _of_write(self, write: OutsideWrite, words: str) -> Entry:
        more = " · ".join(filter(None, (write.reference, str(bs(write.amount)) if write.amount else "")))
        href = reverse("inbound:write", args=[write.pk])
        return Entry(words, write.get_state_display(), write.owed_at, href=href, who=str(write.owed_by), told=more)

    def _of_repair(self, write: OutsideWrite) -> Entry:
        due_at = write.repair.due_at
        words = _("Reparación del daño %(number)s") % {"number": write.reference}
        late = due_at is not None and due_at < self.now
        return Entry(words, write.repair.get_state_display(), write.owed_at, until=due_at, is_late=late)

    def _of_agreed_call(self, call: CallBack) -> Entry:
        late = call.due_at < self.now
        return Entry(_("Llamada acordada"), "", call.due_at, until=call.due_at, who=str(call.agent or ""), is_late=late)

    def _of_promise(self, promise: PaymentPromise) -> Entry:
        said = {"amount": bs(promise.amount), "day": f"{promise.promised_on:%d/%m/%Y}"}
        outcome = _outcome_of(promise)
        state = "" if outcome == Outcome.OPEN else str(outcome.label)
        return Entry(_("Prometió %(amount)s para el %(day)s") % said, state, promise.made_at)

    def _of_call(self, call: Walk) -> Entry:
        state = call.result_label if call.ended_at else _("en curso")
        href = reverse("inbound:walk", args=[call.key])
        return Entry(str(call.line), state, call.began_at, href=href, who=str(call.agent))

    def _of_attempt(self, attempt: Attempt) -> Entry:
        state = attempt.disposition.label if attempt.disposition else _("sin resultado")
        return Entry(_("Llamada de la campaña"), str(state), attempt.dialled_at, who=str(attempt.agent))

    def _of_month(self, contact: Contact) -> Entry:
        words = _("Campaña de %(month)s") % {"month": date_format(contact.campaign.period, "F Y")}
        state, href = contact.entry.get_state_display(), reverse("campaigns:contact", args=[contact.pk])
        begun = contact.campaign.launched_at or contact.campaign.created_at
        paid_on = contact.entry.paid_on if contact.entry.state == ListEntry.State.PAID else None
        told = _("pagó el %(day)s") % {"day": f"{paid_on:%d/%m/%Y}"} if paid_on else ""
        return Entry(words, state, self._stands_since.get(contact.pk, begun), href=href, told=told)

    def _of_refund(self, refund: Refund) -> Entry:
        said = {"amount": bs(refund.amount), "day": f"{refund.refunded_on:%d/%m/%Y}"}
        if refund.receipt is None:
            words, state = _("Devolución de %(amount)s del %(day)s, sin recibo"), _("no quita nada todavía")
        else:
            words, state = _("Se devolvieron %(amount)s el %(day)s"), ""
            said["number"] = refund.receipt.number
        told = _("del recibo %(number)s") % said if refund.receipt else ""
        return Entry(words % said, state, refund.at, who=self._typed(refund.told_by), told=told)

    def _typed(self, words: str) -> str:
        return masked_text(words) if self.user.reads_masked else words

    @property
    def name(self) -> str:
        """What a report says her name is; empty when she stands in none."""
        return next((one.name for one in self.contacts if one.name), "")

    @property
    def name_said(self) -> str:
        """As whom a call took her: somebody may have typed it, and it may be somebody else's name."""
        cards = (card.customer_name for card in self.cards if card.contract == self.contract)
        named = (*(call.customer_name for call in self.calls), *cards)
        return next(filter(None, named), "")


def _outcome_of(promise: PaymentPromise) -> Outcome:
    """As `with_outcome` annotated it."""
    return Outcome(vars(promise)["outcome"])


@dataclass(frozen=True)
class SystemPart:
    """What one other system says, or why it says nothing."""

    title: str
    told: FoundInWords
    trouble: str
    pending: Sequence[Entry] = ()  # of the services it names
    late: Sequence[Entry] = ()  # orders past their term


def part_of(*, name: str, contract: str, user: User, now: datetime) -> SystemPart:
    """Ask one system; what is open stands before what is past, the oldest first. KeyError for a part nobody knows."""
    looked = look_up(name=PARTS[name], arguments={"contract": contract}, now=now)
    found = looked.found
    if name == "account" and isinstance(found, dict) and not found.get("services"):
        found = None  # that nothing is billed is not that nothing is owed
    if isinstance(found, dict) and found.get(NOBODYS):
        found = None
    title, told = str(look_ups()[PARTS[name]].words), in_words(_late_first(found))
    services = found.get("products") or [] if name == "customer" and isinstance(found, dict) else []
    numbers = {str(one["service_number"]) for one in services if one.get("service_number")}
    pending = Standing(contract=contract, user=user, now=now).pending_of(numbers) if numbers else []
    late = _late_orders(found, now) if name == "orders" and isinstance(found, list) else []
    return SystemPart(title, told, looked.trouble, pending, late)


def _late_orders(orders: Sequence[Any], now: datetime) -> list[Entry]:
    """Those past the term that a caller is told of them (103.5), the oldest first."""
    found = []
    for order in orders:
        term = installation_term(sold_on=str(order.get("sold_on") or ""), now=now)
        if order.get("state") in AHEAD and term and not term["is_inside"]:
            last = midnight_of(date.fromisoformat(term["last_day"]) + timedelta(days=1)) - timedelta(seconds=1)
            since = last - timedelta(days=INSTALLATION_DAYS)
            words = _("Orden %(number)s") % {"number": order.get("number") or ""}
            found.append(Entry(words, "", since, until=last, is_late=True))
    return sorted(found, key=lambda one: one.since)


def _late_first(found: Any) -> Any:
    if not isinstance(found, list):
        return found
    return sorted(
        found, key=lambda row: (row.get("state") in PAST, row.get("registered_at") or row.get("sold_on") or "")
    )
