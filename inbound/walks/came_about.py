"""What a card asks for, and came about after all: whoever works the card reads it there, whichever call had it done,
and however late. Two calls that were let down over one thing each say where the other's card is.

A card asks for an operation on a number: that of the write it stands for, the one it was corrected to, or that of a
step which could not even be asked for. What is told names what was done, and says for certain that it is the same only
where it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import User
from escalations.models import Escalation
from escalations.raising import add_detail
from inbound.flows.shapes import REFUSED
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.cards import plain
from inbound.walks.consequences import INTERACTION, whom_in_words
from inbound.walks.state import flow_of
from inbound.writes.limits import NOT_HAPPENING
from screens.templatetags.screens import bs

State = OutsideWrite.State
LOOKED_BACK = timedelta(days=7)  # whose card of the same may still be open
MISTAKES = ":mistaken"  # the cards of what is to be undone: they ask for nothing
SAID_BY = "requester"  # of what was sent, who asked


@dataclass(frozen=True)
class Ask:
    """That an open card asks for this, of a call. `numbers`: in each form they are written in. `amounts`: as written;
    empty of what has none. `write`: what did not happen, None where it was not even asked for.
    """

    card: Escalation
    walk: int
    action: str
    numbers: frozenset[str]
    amounts: frozenset[str]
    since: datetime
    write: OutsideWrite | None

    def is_about(self, done: OutsideWrite) -> bool:
        """Whether that write may be what the card asks for."""
        return self.action == done.action and plain(done.to_whom) in self.numbers and self._came_later(done)

    def is_for_certain(self, other: OutsideWrite | None, amounts: frozenset[str]) -> bool:
        """Whether another asking for the same number asks for the same thing: a top-up of as much does, and of damages
        and claims those that say the same, whoever asks.
        """
        if self.amounts or amounts:
            return bool(self.amounts & amounts)
        if self.write is None or other is None:
            return actions()[self.action].accountable
        return self.write.is_accountable or _said(self.write) == _said(other)

    def _came_later(self, done: OutsideWrite) -> bool:
        if self.write is not None:
            return done.pk > self.write.pk
        return done.walk_id != self.walk and done.owed_at >= self.since


def tell_of_what_is_done(write: OutsideWrite, *, by: User, now: datetime) -> None:
    """Tell the open cards that ask for what a call just had done. Call it inside a transaction."""
    _tell_of(OutsideWrite.objects.filter(pk=write.pk), list(_asks(now, write)), by=by, now=now)


def tell_the_open_cards(*, now: datetime) -> None:
    """Tell them of what is done since they were raised; and of two cards of two calls that ask for one thing each of
    the other, for whoever does it must know of both. Call it inside a transaction.
    """
    asks = list(_asks(now))
    _tell_of(OutsideWrite.objects.filter(owed_at__gt=now - LOOKED_BACK), asks, by=None, now=now)
    _tell_each_of_the_other(asks, now=now)


def _tell_of(writes: QuerySet[OutsideWrite], asks: list[Ask], *, by: User | None, now: datetime) -> None:
    done = writes.filter(state=State.DONE, is_not_needed=False)
    found: dict[tuple[str, str], list[OutsideWrite]] = {}
    for write in done.filter(to_whom__in={number for ask in asks for number in ask.numbers}).order_by("pk"):
        found.setdefault((write.action, plain(write.to_whom)), []).append(write)
    for ask in asks:
        for number in ask.numbers:
            for write in found.get((ask.action, number), ()):
                if ask.is_about(write):
                    _tell(ask.card, _words(ask, write), by=by, now=now)


def _tell_each_of_the_other(asks: list[Ask], *, now: datetime) -> None:
    by_number: dict[tuple[str, str], list[Ask]] = {}
    for ask in asks:
        for number in ask.numbers:
            by_number.setdefault((ask.action, number), []).append(ask)
    for one, other in [pair for same in by_number.values() for pair in combinations(same, 2)]:
        if one.walk == other.walk or one.card.pk == other.card.pk:
            continue
        if one.is_for_certain(other.write, other.amounts):
            words = _("Otra llamada pide lo mismo, «%(what)s», %(whom)s: hágalo una vez. Es la derivación #%(pk)d.")
        else:
            words = _("Otra llamada pide también «%(what)s», %(whom)s: vea si es lo mismo. Es la derivación #%(pk)d.")
        for ask, where in ((one, other), (other, one)):
            whom = whom_in_words(where.write) if where.write else str(where.card.details.get("number") or "")
            said = {"what": actions()[ask.action].words, "whom": whom, "pk": where.card.pk}
            _tell(ask.card, words % said, by=None, now=now)


def _asks(now: datetime, of: OutsideWrite | None = None) -> Iterator[Ask]:
    """All that open cards of the last days ask for, in the order of cards, for they are locked. `of`: only what was
    asked for by a write for the same as that one, found by its index: a call waits for it.
    """
    found = list(_of_writes(now, of)) if of is not None else [*_of_writes(now), *_of_what_was_not_taken(now)]
    yield from sorted(found, key=lambda ask: ask.card.pk)


def _of_writes(now: datetime, of: OutsideWrite | None = None) -> Iterator[Ask]:
    """Of what was asked for and did not happen. A card may have been corrected since: it asks for both."""
    writes = OutsideWrite.objects.filter(
        state__in=NOT_HAPPENING, owed_at__gt=now - LOOKED_BACK, card__state__in=Escalation.UNSETTLED
    )
    if of is not None:
        writes = writes.filter(to_whom=of.to_whom, action=of.action)
    for write in writes.exclude(action=INTERACTION).exclude(to_whom="").select_related("card").order_by("pk"):
        card = write.card
        if card is None or card.key.endswith(MISTAKES):
            continue
        numbers = _forms(write.to_whom, str(card.details.get("number") or ""))
        amounts = {bs(write.amount) if write.amount else "", _amount_of(card)} - {""}
        yield Ask(card, write.walk_id, write.action, numbers, frozenset(amounts), write.owed_at, write)


def _of_what_was_not_taken(now: datetime) -> Iterator[Ask]:
    """Of what could not be asked for: its system was off, or a limit was reached."""
    cards = Escalation.objects.filter(state__in=Escalation.UNSETTLED, raised_at__gt=now - LOOKED_BACK)
    of_calls = Footstep.objects.filter(escalation__in=list(cards.values_list("pk", flat=True)))
    asked = Footstep.objects.filter(walk__in=of_calls.values("walk"), write=None, chosen=REFUSED).exclude(reason="")
    steps: dict[int, dict[str, datetime]] = {}
    for passed in asked.order_by("walk", "position"):
        if action := flow_of(passed.version_id).steps[passed.step].action:
            steps.setdefault(passed.walk_id, {})[action] = passed.entered_at
    of_calls = of_calls.filter(walk__in=steps)
    seen = set[int]()
    for passed in of_calls.select_related("escalation").order_by("walk", "position"):
        card = passed.escalation
        if card is None or card.pk in seen or card.key.endswith(MISTAKES):
            continue
        seen.add(card.pk)
        numbers = _forms(str(card.details.get("number") or ""))
        amounts = frozenset({_amount_of(card)} - {""})
        for action, since in steps[passed.walk_id].items():
            if numbers and bool(amounts) == actions()[action].moves_money:
                yield Ask(card, passed.walk_id, action, numbers, amounts, since, None)


def _forms(*numbers: str) -> frozenset[str]:
    """As it was written, and as numbers are compared: a write that moves no money keeps the first."""
    return frozenset({form for number in numbers if number for form in (number, plain(number))})


def _amount_of(card: Escalation) -> str:
    return str(card.details.get("amount") or "")


def _said(write: OutsideWrite) -> dict[str, str]:
    return {name: text for name, text in write.payload.items() if text and not name.startswith(SAID_BY)}


def _words(ask: Ask, done: OutsideWrite) -> str:
    amounts = frozenset({bs(done.amount)} if done.amount else ())
    what = _what(done)
    is_certain = ask.is_for_certain(done, amounts)
    if done.walk_id == ask.walk:
        if is_certain:
            return asked_again(done)
        words = doubt = _(
            "La llamada pidió después «%(what)s», %(whom)s, y se hizo (%(reference)s): vea si es lo mismo."
        )
    else:
        words = _("Otra llamada lo pidió después: «%(what)s», %(whom)s. Se hizo (%(reference)s).")
        doubt = _("Otra llamada pidió después «%(what)s», %(whom)s, y se hizo (%(reference)s): vea si es lo mismo.")
    return (words if is_certain else doubt) % what


def asked_again(done: OutsideWrite) -> str:
    """What a card of the same call is told."""
    return _("La llamada lo pidió otra vez: «%(what)s», %(whom)s. Se hizo (%(reference)s).") % _what(done)


def _what(done: OutsideWrite) -> dict[str, object]:
    return {"what": actions()[done.action].words, "whom": whom_in_words(done), "reference": done.reference}


def _tell(card: Escalation, words: str, *, by: User | None, now: datetime) -> None:
    """Once."""
    if not card.changes.filter(note=words).exists():
        add_detail(key=card.key, text=words, by=by, now=now)
