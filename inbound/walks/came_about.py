"""What a card asks for (asks.py), and came about after all or may yet: whoever works the card reads it there, whichever
call asked for it, and however late. Two calls that were let down over one thing each say where the other's card is.

What is told names what was done, and says for certain that it is the same only where it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agents.models import User
from escalations.models import Escalation
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asks import LOOKED_BACK, Ask, asks_of_open_cards
from inbound.walks.cards import plain
from inbound.walks.consequences import whom_in_words
from inbound.walks.lane_news import WITHDRAWN
from inbound.walks.mistakes import tell_who_else_wants_it
from inbound.walks.told_on_cards import Told
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.mistaken import not_mistaken
from screens.templatetags.screens import bs
from service_level.days import LA_PAZ
from telephony.phone_numbers import display

State = OutsideWrite.State
OF_AN_ORDER = ("order", "damage")  # details by which a card is about one


@translation.override(settings.LANGUAGE_CODE)
def tell_of_what_is_done(write: OutsideWrite, *, by: User, now: datetime) -> None:
    """Tell the open cards that ask for what a call just had done. Call it inside a transaction."""
    asks = asks_of_open_cards(now=now, of=write)
    told = Told(ask.card.pk for ask in asks)
    for ask, done in _met(asks, OutsideWrite.objects.filter(pk=write.pk, state=State.DONE)):
        if ask.is_about(done):
            told.tell(ask.card, _words(ask, done), by=by, now=now)
    tell_who_else_wants_it(now=now, of=write)


@translation.override(settings.LANGUAGE_CODE)
def tell_the_open_cards(*, now: datetime) -> None:
    """Tell them of what is done since they were raised, or may be done yet; and of two cards of two calls that ask for
    one thing each of the other, for whoever does it must know of both. Call it inside a transaction.
    """
    asks = asks_of_open_cards(now=now)
    told = Told(ask.card.pk for ask in asks)
    asked = OutsideWrite.objects.filter(owed_at__gt=now - LOOKED_BACK, is_not_needed=False)
    meant = not_mistaken(asked.exclude(state__in=NOT_HAPPENING))
    for ask, write in _met(asks, meant.select_related("card")):
        if write.state != State.DONE:
            if write.card is None or write.card.state not in Escalation.UNSETTLED:  # else each is told of the other
                told.tell(ask.card, _may_be_done(ask, write), now=now)
        elif ask.is_about(write):
            told.tell(ask.card, _words(ask, write), now=now)
        elif write.settled_at is not None and ask.was_before(write):
            words = _("Otra llamada lo hizo antes, el %(at)s: «%(what)s», %(whom)s (%(reference)s). Vea si sigue así.")
            at = date_format(timezone.localtime(write.settled_at, LA_PAZ), "d/m/Y H:i")
            told.tell(ask.card, words % {**_what(write), "at": at}, now=now)
    _tell_each_of_the_other(asks, told, now=now)
    _tell_of_two_cards_of_one_order(now=now)
    tell_who_else_wants_it(now=now)


@translation.override(settings.LANGUAGE_CODE)
def tell_of_a_mistake(write: OutsideWrite, *, its_card: Escalation, by: User, now: datetime) -> None:
    """What is to be undone is not what other cards ask for, whatever they were told. Call it inside a transaction."""
    asks = asks_of_open_cards(now=now, of=write)
    told = Told(ask.card.pk for ask in asks)
    for ask, _write in _met(asks, OutsideWrite.objects.filter(pk=write.pk)):
        if ask.card.pk != its_card.pk:
            words = _(
                "Lo que otra llamada pidió fue un error, y se deshace (derivación #%(pk)d): «%(what)s», %(whom)s."
            )
            said = {"what": actions()[write.action].words, "whom": whom_in_words(write), "pk": its_card.pk}
            told.tell(ask.card, words % said, by=by, now=now)
    tell_who_else_wants_it(now=now, of=write)


def _met(asks: list[Ask], writes: QuerySet[OutsideWrite]) -> Iterator[tuple[Ask, OutsideWrite]]:
    """What each card asks for with the writes of the same."""
    found: dict[tuple[str, str], list[OutsideWrite]] = defaultdict(list)
    for write in writes.filter(to_whom__in={number for ask in asks for number in ask.numbers}).order_by("pk"):
        found[write.action, plain(write.to_whom)].append(write)
    for ask in asks:
        for number in sorted(ask.numbers):
            for write in found.get((ask.action, number), ()):
                if ask.is_of_the_same(write):
                    yield ask, write


def _tell_each_of_the_other(asks: list[Ask], told: Told, *, now: datetime) -> None:
    by_number: dict[tuple[str, str], list[Ask]] = defaultdict(list)
    for ask in asks:
        for number in ask.numbers:
            by_number[ask.action, number].append(ask)
    every = ((number, *pair) for (_action, number), same in by_number.items() for pair in combinations(same, 2))
    for number, one, other in every:
        if one.walk == other.walk or one.card.pk == other.card.pk:
            continue
        if one.is_for_certain(other.write, other.amounts):
            words = _("Otra llamada pide lo mismo, «%(what)s», %(whom)s: hágalo una vez. Es la derivación #%(pk)d.")
        else:
            words = _("Otra llamada pide también «%(what)s», %(whom)s: vea si es lo mismo. Es la derivación #%(pk)d.")
        for ask, where in ((one, other), (other, one)):
            is_of_it = where.write is not None and plain(where.write.to_whom) == plain(number)
            whom = whom_in_words(where.write) if where.write and is_of_it else display(plain(number))
            said = {"what": actions()[ask.action].words, "whom": whom, "pk": where.card.pk}
            told.tell(ask.card, words % said, now=now)


def _tell_of_two_cards_of_one_order(*, now: datetime) -> None:
    """An order or a damage of which two calls left a card of the same kind: what the second was told is not what the
    first was, and whoever works one reads of the other.
    """
    of_one: dict[tuple[str, str, str], list[Escalation]] = defaultdict(list)
    unsettled = Escalation.objects.filter(state__in=Escalation.UNSETTLED, raised_at__gt=now - LOOKED_BACK)
    about = unsettled.filter(key__startswith="walk:", details__has_any_keys=OF_AN_ORDER).exclude(
        details__has_key=WITHDRAWN
    )
    for card in about.order_by("pk"):
        name = next(name for name in OF_AN_ORDER if name in card.details)
        if card.details[name]:
            of_one[card.kind_id, name, str(card.details[name])].append(card)
    told = Told(card.pk for cards in of_one.values() for card in cards)
    for (_kind, _name, what), cards in of_one.items():
        for one, other in combinations(cards, 2):
            if _call_of(one) != _call_of(other):
                words = _("De %(what)s hay otra derivación, de otra llamada: #%(pk)d. Vea lo que se dijo en las dos.")
                for card, where in ((one, other), (other, one)):
                    told.tell(card, words % {"what": what, "pk": where.pk}, now=now)


def _call_of(card: Escalation) -> str:
    return card.key.split(":")[1]


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
        words = _("Otra llamada pidió lo mismo: «%(what)s», %(whom)s. Se hizo (%(reference)s).")
        doubt = _("Otra llamada pidió «%(what)s», %(whom)s, y se hizo (%(reference)s): vea si es lo mismo.")
    return (words if is_certain else doubt) % what


def _may_be_done(ask: Ask, write: OutsideWrite) -> str:
    if write.walk_id == ask.walk:
        words = _("La llamada pidió otra vez «%(what)s», %(whom)s, y no se sabe todavía si se hizo: véalo antes.")
    else:
        words = _("Otra llamada pidió «%(what)s», %(whom)s, y no se sabe todavía si se hizo: véalo antes.")
    return words % _what(write)


def asked_again(done: OutsideWrite) -> str:
    """What a card of the same call is told."""
    return _("La llamada lo pidió otra vez: «%(what)s», %(whom)s. Se hizo (%(reference)s).") % _what(done)


def _what(write: OutsideWrite) -> dict[str, object]:
    return {"what": actions()[write.action].words, "whom": whom_in_words(write), "reference": write.reference}
