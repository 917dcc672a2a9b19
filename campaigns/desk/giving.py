"""The next contact of a desk, or the one its agent chose; and why there is none.

What a desk has open comes first, so a reload, a second tab or a crashed browser finds the same contact again. Then
agreed calls that are due, then the agent's list by priority. A contact that may not be called is set aside and the next
one is tried.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Min, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agents.models import Agent
from campaigns.calling.calling_hours import clock
from campaigns.calling.rulebook import RuleBook, read_rules
from campaigns.calling.rules import Reason, callable_from, explain, reasons_of_the_moment, why_not, with_reasons
from campaigns.desk.lease_sweep import let_go_if_over
from campaigns.desk.leases import ReturnRefused, release_desk
from campaigns.desk.taking import (
    Given,
    another_is_open,
    lease_until,
    read_desk,
    set_aside,
    take_at_once,
    take_contact,
    take_one,
)
from campaigns.models import CallBack, Campaign, Contact, ListEntry, ReassignedContact
from campaigns.month.standing import pause_in_words


@dataclass(frozen=True, slots=True)
class Nothing:
    """Why a desk gets nothing now, and when the next contact will be there (None: not by itself)."""

    reasons: list[Reason]
    until: datetime | None


def give_next(*, agent: Agent, now: datetime, book: RuleBook | None = None) -> Given | None:
    """The contact `agent` is to call now, leased to her; None when there is none (see `why_nothing`)."""
    book = book or read_rules(now=now)
    is_open = book.hours.is_open(now)
    try:
        with _own_savepoint():
            at_once = take_at_once(agent=agent, book=book) if is_open else None
            if at_once:
                return at_once
            desk = read_desk(agent=agent, book=book)
            if desk.open or desk.paused or not is_open:
                return desk.open
            return take_one(agent=agent, book=book, desk=desk)
    except IntegrityError:
        # a second tab of the same agent was quicker: one open contact a desk is the database's promise
        return read_desk(agent=agent, book=book).open


def what_is_open(*, agent: Agent, book: RuleBook) -> Given | None:
    """What this desk has open, as it stands: nothing is taken, and its lease is not renewed by looking."""
    return read_desk(agent=agent, book=book, renews=False).open


def open_contact(*, agent: Agent, contact_id: int, now: datetime, book: RuleBook | None = None) -> Given | list[Reason]:
    """Open a contact the agent chose (from her list or the agenda): leased to her, or all the reasons why not."""
    book = book or read_rules(now=now)
    found = _open_already(agent=agent, contact_id=contact_id, book=book)
    if found is not None:
        return found
    against = reasons_of_the_moment(book=book, agent=agent)
    entry = (
        with_reasons(ListEntry.objects.filter(contact_id=contact_id), now=now, agent=agent, book=book)
        .select_related("campaign", "lease_agent__user", "owner__user")
        .get()
    )
    against += explain(_but_dialling(entry.why_not_codes), entry=entry, book=book, agent=agent)  # type: ignore[attr-defined]
    if against:
        return against
    try:
        with transaction.atomic():
            let_go_if_over(contact_id=contact_id, book=book)
            taken = take_contact(agent=agent, contact_id=contact_id, book=book)
            codes = taken[2] if taken else ["leased"]
            if _but_dialling(codes):
                # somebody was quicker, or something arrived since the rules were asked
                against = _give_up(entry, codes, agent=agent, fence=taken[1] if taken else None, book=book)
        if taken and not against:
            if not another_is_open(contact_id=contact_id, book=book):
                return Given(contact_id, taken[1], lease_until(book), "chosen")
            against = _give_up(entry, ["household_leased"], agent=agent, fence=taken[1], book=book)
    except IntegrityError:
        # another tab of the same agent opened another contact in this moment: one a desk is the database's promise
        return _open_already(agent=agent, contact_id=contact_id, book=book) or [_busy()]
    return _open_already(agent=agent, contact_id=contact_id, book=book) or against


def open_instead(*, agent: Agent, contact: Contact, now: datetime) -> Given | list[Reason]:
    """Open a chosen contact in place of the one that is open, which is given back ready at once.

    Not while the call of that one waits for its result, and not where the chosen one could not be opened anyway.
    """
    book = read_rules(now=now)
    opened = open_contact(agent=agent, contact_id=contact.pk, now=now, book=book)
    if isinstance(opened, Given) or [reason.code for reason in opened] != ["desk_busy"]:
        return opened
    if against := why_not(contact=contact, now=now, agent=agent, book=book):
        return against
    try:
        release_desk(agent=agent, now=now)
    except ReturnRefused as refusal:
        return [Reason("desk_busy", str(refusal))]
    return open_contact(agent=agent, contact_id=contact.pk, now=now, book=book)


def _give_up(entry: ListEntry, codes: list[str], *, agent: Agent, fence: int | None, book: RuleBook) -> list[Reason]:
    """Why the contact is not opened after all; with a `fence` it had been taken, and is set aside."""
    entry.refresh_from_db()
    against = explain(codes, entry=entry, book=book, agent=agent) or [_changed()]
    if fence is not None:
        set_aside(entry.contact_id, codes, agent=agent, fence=fence, book=book)
    return against


def _open_already(*, agent: Agent, contact_id: int, book: RuleBook) -> Given | list[Reason] | None:
    """What the desk has open, if it is this contact; that it is busy, if it is another one."""
    desk = read_desk(agent=agent, book=book)
    if desk.open is None:
        return None
    return desk.open if desk.open.contact_id == contact_id else [_busy()]


def _but_dialling(codes: list[str]) -> list[str]:
    """What speaks against opening a contact that was chosen: she may have been told in the call for another contract.

    Its telephone rests then, and is not dialled again for it; what the customer said is recorded without a call.
    """
    return [code for code in codes if code != "telephones_resting"]


def _busy() -> Reason:
    return Reason("desk_busy", _("Tiene otro contacto abierto: registre su resultado o devuélvalo primero."))


def _changed() -> Reason:
    return Reason("changed", _("El contacto cambió en este momento: intente otra vez."))


def why_nothing(*, agent: Agent, now: datetime, book: RuleBook | None = None) -> Nothing:
    """Why `give_next` gave nothing, in sentences, and when it will."""
    book = book or read_rules(now=now)
    reasons = reasons_of_the_moment(book=book, agent=agent)
    paused = _paused(agent=agent, book=book)
    reasons += paused
    if not book.running:
        reasons += [] if paused else [Reason("no_campaign", _("No hay ninguna campaña en curso."))]
        return Nothing(reasons, None)
    mine = ListEntry.objects.filter(owner=agent, campaign__in=book.running, state=ListEntry.State.OPEN)
    ready_at = mine.aggregate(first=Min("ready_at"))["first"]
    hers = CallBack.objects.filter(agent=agent, campaign__in=book.running, state=CallBack.State.PENDING)
    agreed = hers.aggregate(first=Min(Greatest("due_at", "contact__entry__ready_at")))["first"]
    moments = [moment for moment in (ready_at, agreed) if moment is not None]
    if not moments:
        reasons += [] if paused else [_list_done(agent=agent, book=book)]
        return Nothing(reasons, None)
    if min(moments) > now:
        until = book.hours.next_open(min(moments))
        reasons.append(Reason("all_waiting", _("Todos sus contactos esperan su próxima hora."), until))
    elif not reasons:  # it is at another desk, or so many had to be set aside that the next request goes on from there
        reasons.append(
            Reason("not_free", _("Sus próximos contactos no están libres en este momento: busque de nuevo."))
        )
    return Nothing(reasons, callable_from(reasons))


def _paused(*, agent: Agent, book: RuleBook) -> list[Reason]:
    """Who paused the campaigns of these days, when, and that a list waits in them."""
    found = []
    for campaign in Campaign.objects.filter(pk__in=book.paused).order_by("period"):
        words = pause_in_words(campaign=campaign, now=book.now)
        waits = ListEntry.objects.filter(owner=agent, campaign=campaign, state=ListEntry.State.OPEN).exists()
        sentence = _("%(paused)s: sus contactos la esperan.") if waits else "%(paused)s."
        found.append(Reason("campaign_paused", sentence % {"paused": words}))
    return found


def _list_done(*, agent: Agent, book: RuleBook) -> Reason:
    """Nothing is left of her list; with when the last of it was taken from her, which is not her doing."""
    done = _("No le queda ningún contacto por llamar.")
    taken = ReassignedContact.objects.filter(from_agent=agent, reassignment__campaign__in=book.running)
    taken = taken.filter(~Q(stayed="") | Q(reassignment__undone_at=None), reassignment__from_agents=agent)
    last = taken.values("reassignment", "reassignment__at").annotate(contacts=Count("pk")).order_by("-reassignment__at")
    if (row := last.first()) is None:
        return Reason("list_done", _("No le queda ningún contacto por llamar: terminó su lista."))
    told = ngettext(
        "El %(time)s supervisión pasó %(n)d contacto de su lista a otra.",
        "El %(time)s supervisión pasó %(n)d contactos de su lista a otras.",
        row["contacts"],
    ) % {"time": clock(row["reassignment__at"]), "n": row["contacts"]}
    return Reason("list_done", f"{done} {told}")


def _own_savepoint() -> AbstractContextManager[Any]:
    """One statement is its own transaction; inside a caller's one a savepoint keeps a lost race from breaking it."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()
