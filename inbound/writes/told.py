"""What happened to a write is told: a line of its history for each step, and how it ended on its card.

The history is written in the same transaction as the step. The card is left to whoever works it: she may have been
promised a call, and hears now that it was done.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from agents.models import User
from escalations.raising import add_detail
from inbound.models import OutsideWrite, OutsideWriteChange
from inbound.outside.actions import actions
from inbound.writes.mistaken import cards_of_twice, mistakes_among
from work.kinds import Taken

State = OutsideWrite.State
NOTE_LENGTH = 300
SETTLED = (State.DONE, State.NOT_DONE)


def begin(write: OutsideWrite, *, by: User | None, now: datetime) -> None:
    """The first line of the history of a write that was just made."""
    _note(write, from_state="", by=by, now=now, note="")


def note_answer(write: OutsideWrite, *, words: str, now: datetime) -> None:
    """What its system said when it was asked, as a line of the history that changes nothing."""
    _note(write, from_state=write.state, by=None, now=now, note=words)


def write_history(write: OutsideWrite, taken: Taken) -> None:
    """The line of the history that goes with each step, whoever takes it; how it ended is said on its card too."""
    _note(write, from_state=taken.was, by=taken.by, now=taken.now, note=taken.note)
    if taken.was == State.UNCERTAIN and write.state in SETTLED:
        own = write.card.survivor.pk if write.card else None  # which hears it below
        looking = [card for card in cards_of_twice([write.pk]).values() if card.pk != own]
        for card in looking:  # who looks whether it was done twice hears how that ended
            add_detail(key=card.key, text=ended_words(write), by=taken.by, now=taken.now)
    if (taken.was, write.state) == (State.UNCERTAIN, State.NOT_DONE):
        words = _("Lo que se pidió antes para el mismo número se resolvió que no se hizo.")
        for kept in _kept_back_for(write):
            add_detail(key=kept, text=words, by=taken.by, now=taken.now)
    if (taken.was in SETTLED) != (write.state in SETTLED) and State.UNCERTAIN in (taken.was, write.state):
        _tell_what_hangs_on_it(write, taken)
    if write.card is None:
        return
    if taken.was == State.APPROVAL and write.state != State.UNCERTAIN:
        add_detail(key=write.card.key, text=_approved_or_not(write), by=taken.by, now=taken.now)
    elif (taken.was, write.state) == (State.SENDING, State.NOT_DONE):
        add_detail(key=write.card.key, text=_not_done(write), by=taken.by, now=taken.now)
    elif taken.was in SETTLED and write.state == State.UNCERTAIN:  # its card has heard that it was not done, or was
        add_detail(key=write.card.key, text=_doubted_again(write, taken.was), by=taken.by, now=taken.now)
    elif (taken.was, write.state) == (State.WAITING, State.BY_HAND):
        words = _("%(what)s: %(system)s se usa a mano: hay que hacerla allí y anotar su referencia.")
        text = words % {"what": what(write), "system": write.get_system_display()}
        add_detail(key=write.card.key, text=text, by=taken.by, now=taken.now)
    elif write.state in (*SETTLED, State.REFUSED):
        add_detail(key=write.card.key, text=ended_words(write), by=taken.by, now=taken.now)


def _tell_what_hangs_on_it(write: OutsideWrite, taken: Taken) -> None:
    """The cards of what follows it once it is done, and of its mistake: that it is in doubt, and how that ends."""
    cards = [write.follow_card.survivor] if write.follow_card else []
    cards += mistakes_among([write.pk]).values()
    own = write.card.survivor.pk if write.card else None
    text = ended_words(write) if taken.was == State.UNCERTAIN else _doubted_again(write, taken.was)
    for card in {card.pk: card for card in cards if card.pk != own}.values():
        add_detail(key=card.key, text=text, by=taken.by, now=taken.now)


def _kept_back_for(write: OutsideWrite) -> list[str]:
    """The keys of the cards of what was not sent because this was found done (second_person.why_not_sent): asked for
    before that was said, and kept back after.
    """
    said = write.changes.filter(from_state=State.NOT_DONE, to_state=State.UNCERTAIN).order_by("pk").last()
    if said is None:
        return []
    kept = OutsideWriteChange.objects.filter(from_state=State.SENDING, to_state=State.NOT_DONE, pk__gt=said.pk)
    same = kept.filter(write__action=write.action, write__to_whom=write.to_whom, write__card__isnull=False)
    begun = OutsideWriteChange.objects.filter(write=OuterRef("write"), from_state="", pk__lt=said.pk)
    same = same.filter(Exists(begun)).exclude(write=write)
    return list(same.order_by("write__card").values_list("write__card__key", flat=True).distinct())


def _note(write: OutsideWrite, *, from_state: str, by: User | None, now: datetime, note: str) -> None:
    OutsideWriteChange.objects.create(
        write=write, from_state=from_state, to_state=write.state, at=now, by=by, note=note[:NOTE_LENGTH]
    )


def _approved_or_not(write: OutsideWrite) -> str:
    """What became of its approval, as its card is told."""
    if write.state == State.NOT_DONE:
        return _not_done(write)
    return _("%(what)s: se aprobó. Todavía no está hecha.") % {"what": what(write)}


def _doubted_again(write: OutsideWrite, was: str) -> str:
    words = _("%(what)s: se había resuelto que no se hizo, y vuelve a estar en duda. %(why)s")
    if was == State.DONE:
        words = _("%(what)s: se había anotado como hecha, y está en duda. %(why)s")
    return words % {"what": what(write), "why": write.last_error}


def _not_done(write: OutsideWrite) -> str:
    """That it was never sent, and why."""
    return _("%(what)s: no se hizo. %(why)s") % {"what": what(write), "why": write.last_error}


def what(write: OutsideWrite) -> str:
    """What it does, in words."""
    action = actions().get(write.action)  # a site may no longer have the system
    return str(action.words) if action else write.action


def ended_words(write: OutsideWrite) -> str:
    """How it ended, as its card is told."""
    if write.state == State.NOT_DONE:
        return _("%(what)s: se resolvió que no se hizo.") % {"what": what(write)}
    told = {
        "what": what(write),
        "system": write.get_system_display(),
        "reference": write.reference,
        "why": write.last_error,
    }
    if write.state == State.REFUSED:
        return _("%(what)s: %(system)s lo rechazó. %(why)s") % told
    return _("%(what)s: ya se hizo en %(system)s, con la referencia %(reference)s.") % told
