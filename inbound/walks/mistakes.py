"""What a call had done by mistake, and another call wants: whoever undoes it for the one takes it from the other.

A line that is suspended or a SIM that is blocked is so for all who asked for it. Of money and of damages each call has
its own; but whoever joined another's, for nobody knew of it yet, or reiterated its damage, has that one alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from escalations.models import Escalation
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asks import LOOKED_BACK
from inbound.walks.consequences import whom_in_words
from inbound.walks.told_on_cards import Told
from inbound.walks.wanted_by_others import (
    joined_by,
    other_cards,
    other_writes,
    own_cards,
    reiterated,
    served_by,
    who_of,
)
from inbound.writes.limits import A_DAY, NOT_HAPPENING
from inbound.writes.mistaken import (
    AFTER_ALL,
    MISTAKES,
    WENT_OUT,
    WRITE_OF,
    cards_of_mistakes,
    cards_of_twice,
    mistakes_among,
)
from service_level.days import LA_PAZ
from telephony.phone_numbers import display

State = OutsideWrite.State


@dataclass(frozen=True)
class Mistake:
    """What was done, or may be, by mistake. `said`: the card that was raised of it, or goes on for it; `again`: the one
    that was since, for it went out when another was closed.
    """

    write: OutsideWrite
    said: Escalation
    again: Escalation | None

    @property
    def card(self) -> Escalation | None:
        """The open one that undoes it."""
        several = (self.said, self.again)
        return next((one for one in several if one and one.state in Escalation.UNSETTLED), None)


@translation.override(settings.LANGUAGE_CODE)
def tell_who_else_wants_it(*, now: datetime, of: OutsideWrite | None = None) -> None:
    """Tell each open card of a mistake of the other calls that want the same, before or since; and the open cards of
    these of the mistake. `of`: only about the line of that write. Call it inside a transaction.
    """
    writes = list(_of_mistakes(now, of).select_related("follow_card"))
    _tell_what_followed(writes, now=now)
    mistakes = list(_mistakes([write for write in writes if write.state not in NOT_HAPPENING]))
    undone = [(one.write, one.card) for one in mistakes if one.card is not None]
    if not undone:
        return
    of_lines = [(write, card) for write, card in undone if write.is_accountable and write.amount is None]
    others, cards = other_writes(of_lines, now=now), other_cards(of_lines, now=now)
    joined, own, of_its_damage = joined_by(undone), own_cards(undone), reiterated(undone, now=now)
    served = served_by(undone, now=now)
    their_mistakes = cards_of_mistakes([one.pk for several in others.values() for one in several])
    wanting_cards = [card for several in cards.values() for one in several for card in (one, one.survivor)]
    both = [card for one in mistakes for card in (one.said, one.again) if card is not None]
    told = Told(card.pk for card in (*both, *wanting_cards))
    for one in mistakes:
        _tell_both_cards(one, told, now=now)
    for write, card in undone:
        for other in others.get((write.action, write.to_whom), ()):
            if other.walk_id != write.walk_id:
                every = _words_of(write, other, their_mistakes.get(other.pk))
                told.tell(card, every[0], instead_of=every, now=now)
        for words in (*joined.get(write.pk, ()), *of_its_damage.get(write.pk, ()), *served.get(write.pk, ())):
            told.tell(card, words, now=now)
        for wanting in cards.get(write.to_whom, ()) if (write, card) in of_lines else ():
            if wanting.pk not in own[write.walk_id]:
                _tell_of_each_other(write, card, wanting, told, now=now)


def _of_mistakes(now: datetime, of: OutsideWrite | None) -> QuerySet[OutsideWrite]:
    """What calls asked for by mistake lately, or went out when its card was closed."""
    cards = Escalation.objects.filter(key__startswith=WRITE_OF, raised_at__gt=now - LOOKED_BACK)
    asks = Q(key__endswith=MISTAKES) | Q(key__endswith=WENT_OUT) | Q(key__contains=AFTER_ALL)
    keys = cards.filter(asks).values_list("key", flat=True)
    found = OutsideWrite.objects.filter(pk__in={int(key.split(":")[1]) for key in keys}).order_by("pk")
    return found if of is None else found.filter(action=of.action, to_whom=of.to_whom)


def _mistakes(writes: list[OutsideWrite]) -> Iterator[Mistake]:
    mistakes = mistakes_among([write.pk for write in writes])
    twice = cards_of_twice(list(mistakes))
    for write in writes:
        if write.pk in mistakes:
            yield Mistake(write, mistakes[write.pk], twice.get(write.pk))


def _tell_what_followed(writes: list[OutsideWrite], *, now: datetime) -> None:
    """What must follow from what was no mistake, as supervision said, has a card: it hears when that is another now."""
    followed = [(write, write.follow_card.survivor) for write in writes if write.follow_card is not None]
    mistakes = cards_of_mistakes([write.pk for write, _card in followed])
    told = Told(card.pk for _write, card in followed)
    for write, card in followed:
        mistake = mistakes.get(write.pk)
        if mistake is not None and card.state in Escalation.UNSETTLED and card.pk != mistake.pk:
            every = what_became_of_a_mistake(mistake)
            told.tell(card, every[0], instead_of=every[1:], now=now)


def what_became_of_a_mistake(mistake: Escalation) -> list[str]:
    """As it is told on the card of what followed; and after it how else it begins."""
    said = {"pk": mistake.pk}
    kept = _("La llamada dijo que fue un error, y supervisión no lo deshizo (derivación #%(pk)d:") % said
    undone = _("La llamada dijo que fue un error, y la derivación #%(pk)d se resolvió:") % said
    is_to_be = _("La llamada dijo que fue un error, y lo deshace la derivación #%(pk)d: véala antes de seguir.") % said
    if mistake.state in Escalation.UNSETTLED:
        return [is_to_be, kept, undone]
    if mistake.was_rejected:
        return [f"{kept} {mistake.outcome}).", undone, is_to_be]
    return [
        _("%(undone)s «%(why)s» Véala antes de seguir.") % {"undone": undone, "why": mistake.outcome},
        kept,
        is_to_be,
    ]


def _tell_both_cards(mistake: Mistake, told: Told, *, now: datetime) -> None:
    """That it may have been done twice, and that it was a mistake, are two cards of one thing."""
    said, again = mistake.said, mistake.again
    if again is None or again.pk == said.pk:
        return
    if said.state in Escalation.UNSETTLED:
        words = _("Si se hizo dos veces lo pregunta la derivación #%(pk)d: deshágalo una sola vez.")
        told.tell(said, words % {"pk": again.pk}, now=now)
    if again.state in Escalation.UNSETTLED and f"#{said.pk} " not in again.reason:
        words = _("La llamada dijo que fue un error: lo deshace la derivación #%(pk)d. Deshágalo una sola vez.")
        told.tell(again, words % {"pk": said.pk}, now=now)


def _tell_of_each_other(
    write: OutsideWrite, card: Escalation, wanting: Escalation, told: Told, *, now: datetime
) -> None:
    """The card that undoes it, and one of a call that wants it, or the card that goes on for that."""
    goes_on, whom = wanting.survivor, display(write.to_whom)
    if goes_on.pk == card.pk:
        words = _("Aquí se unió lo de otra llamada que quiere %(whom)s así: %(who)s. No lo deshaga sin verlo.")
        told.tell(card, words % {"whom": whom, "who": who_of(wanting)}, now=now)
        return
    said = {"pk": goes_on.pk, "whom": whom, "who": who_of(wanting)}
    words = _("Otra llamada quiere %(whom)s así: derivación #%(pk)d, %(who)s. Véala antes de deshacerlo.")
    told.tell(card, words % said, now=now)
    if goes_on.state in Escalation.UNSETTLED:
        said = {"pk": card.pk, "what": actions()[write.action].words, "whom": whom}
        words = _("«%(what)s», %(whom)s, se pidió por error en otra llamada, y la derivación #%(pk)d lo deshace.")
        told.tell(goes_on, words % said, now=now)


def _words_of(write: OutsideWrite, other: OutsideWrite, mistake: Escalation | None) -> list[str]:
    """What is told of another call's write of the same; and after it how else it began that was told of it before."""
    who = other.requester_name or other.walk.caller_name or other.walk.customer_name
    at = date_format(timezone.localtime(other.owed_at, LA_PAZ), "d/m/Y H:i")
    said = {"what": actions()[other.action].words, "whom": whom_in_words(other), "at": at}
    asked = {"asked": _("«%(what)s», %(whom)s, %(at)s") % said + (f", {who}" if who else "")}
    hers = _("Esta llamada no hizo nada: ya estaba hecho por otra que lo quiere: %(asked)s. No lo deshaga.") % asked
    wants = _("Otra llamada pide que siga hecho: %(asked)s. No lo deshaga sin ver lo de ella.") % asked
    wanted = [hers, wants] if _is_hers(write, other) else [wants, hers]
    if mistake is None:
        return wanted
    known = {"pk": mistake.pk, "why": mistake.outcome, **asked}
    not_needed = (
        _("La otra llamada dice también que fue un error (derivación #%(pk)d): por ella no hace falta.") % known
    )
    kept = _("La otra llamada dijo que fue un error, y supervisión no lo deshizo (derivación #%(pk)d)") % known
    if not mistake.was_rejected:
        return [not_needed, kept, *wanted]
    return [
        _("%(kept)s: %(asked)s. «%(why)s» Véala antes de deshacerlo.") % {**known, "kept": kept},
        not_needed,
        *wanted,
    ]


def _is_hers(write: OutsideWrite, other: OutsideWrite) -> bool:
    """Whether a refusal of this write was taken for what the other had done: both by themselves, within a day."""
    is_so = other.state == write.state == State.DONE and write.reference == other.reference and other.pk < write.pk
    if not is_so or write.settled_by_id or other.settled_by_id or not (write.settled_at and other.settled_at):
        return False
    return timedelta(0) <= write.settled_at - other.settled_at <= A_DAY
