"""A doubt about money or a SIM is asked about by itself before a person is: was this key done? (docs/systems.yaml)

Done ends it, with the reference. *Not done* does not: what was sent may still be on its way, and nothing is ever sent
again; whoever settles it reads what the system said.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from escalations.raising import add_detail
from inbound.models import OutsideWrite, OutsideWriteChange
from inbound.models.outside import REFERENCE_LENGTH
from inbound.outside.reaching import Clients, Mode, NotConnected, clients
from inbound.writes.limits import hold_whom
from inbound.writes.references import hold_reference, is_of_another, plain, take_from_others
from inbound.writes.states import State, Verb, WriteRefused, doubt_again, take_step
from inbound.writes.told import note_answer, what
from screens.templatetags.screens import bs
from service_level.days import LA_PAZ
from systems.errors import UNFORESEEN, CannotSay, SystemUnavailable

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=5)  # until the same one is asked about once more
SILENT_FOR = timedelta(hours=1)  # until a person's word that it was not done is enough
ASKED_FOR = timedelta(days=2)
AT_A_TIME = 20


class Said(StrEnum):
    """What the other system said of a key."""

    DONE = "done"
    DONE_UNNAMED = "done_unnamed"  # without a reference of its own, which a person has to look up there
    NOT_DONE = "not_done"
    NOTHING = "nothing"  # no answer, or a person was faster
    CANNOT_SAY = "cannot_say"  # it answers, and does not know the question
    NOT_ASKED = "not_asked"  # it is used by hand, or is off


OF_NOT_DONE = Q(from_state=State.NOT_DONE, to_state=State.UNCERTAIN)  # what a person had settled as not done
OF_DONE = Q(from_state=State.DONE, to_state=State.UNCERTAIN)  # or written down as done
ANSWERS = {Said.DONE_UNNAMED, Said.NOT_DONE, Said.CANNOT_SAY}  # which leave it to a person: she reads the last one


def ask_about_doubts(*, now: datetime) -> int:
    """Ask about what is uncertain, as long as it is. Returns how many were done after all. Call it outside of any
    transaction.
    """
    doubts = OutsideWrite.objects.filter(state=State.UNCERTAIN, not_before__lte=now)
    reached, ended = clients(now=now), 0
    for write in doubts.order_by("not_before")[:AT_A_TIME]:
        with by_itself(write, again=now + AGAIN):
            ended += _ask(write, reached, now) == Said.DONE
    return ended


@contextmanager
def by_itself(write: OutsideWrite | int, *, again: datetime | None = None) -> Iterator[None]:
    """What goes wrong with one, or a row of it that is held too long, keeps no other waiting. `again`: when it is its
    turn to be asked about once more. Outside of any transaction.
    """
    pk = write if isinstance(write, int) else write.pk
    try:
        yield
    except (*UNFORESEEN, OperationalError):
        log.exception("write %s could not be seen to", pk)
        if again is not None:
            with suppress(OperationalError):  # it is held, still: then it is asked about first
                OutsideWrite.objects.filter(pk=pk).update(not_before=again)


def ask(*, write: OutsideWrite, now: datetime) -> Said:
    """Ask about one. DONE: it is done now, with the reference its system gave. Call it outside of any transaction."""
    return _ask(write, clients(now=now), now)


def done_after_all(write: OutsideWrite, reference: str, *, now: datetime) -> bool:
    """Its system says that what a person had settled as not done was done: it is in doubt again, and done where there
    is a reference. It counts for the limits of its day, whoever gave it back. False where it is not settled so.
    """
    words = _("%(system)s respondió que sí se hizo%(reference)s.")
    words %= {"system": write.get_system_display(), "reference": f" ({reference})" if reference else ""}
    with transaction.atomic():
        hold_whom(action=write.action, to_whom=write.to_whom)  # who asks for the same now knows it, or is found by it
        hold_reference(write, reference)  # before its row
        is_doubted = doubt_again(write, words=words, said=Said.DONE_UNNAMED, now=now)
        if is_doubted and reference:
            confirm(write, reference, now=now)
    return is_doubted


def settled_as_not_done() -> QuerySet[OutsideWrite]:
    """Doubts that a person found not done, and whose system has still to be asked about them once more."""
    settled = OutsideWriteChange.objects.filter(
        write=OuterRef("pk"), from_state=State.UNCERTAIN, to_state=State.NOT_DONE
    )
    return OutsideWrite.objects.filter(Exists(settled), state=State.NOT_DONE, not_before__gt=F("settled_at"))


def found_done_since(write: OutsideWrite) -> OutsideWrite | None:
    """What was asked for before for the same number, was settled as not done, and was found done since this one was
    asked for, which it was because the other one was not. None where that was settled as not done once more.

    Since then: by the order of the lines, which whoever writes one holds the number for; clocks disagree.
    """
    begun = write.changes.order_by("pk").values_list("pk", flat=True).first()
    same = OutsideWriteChange.objects.filter(
        OF_NOT_DONE, write__action=write.action, write__to_whom=write.to_whom, pk__gt=begun or 0
    )
    last = same.exclude(write=write).exclude(write__state=State.NOT_DONE).select_related("write").order_by("pk").last()
    return last.write if last else None


def asked_in_vain(first: OutsideWrite) -> str:
    """A sentence of what `found_done_since` found."""
    told = {
        "what": bs(first.amount) if first.amount else what(first),
        "hour": date_format(timezone.localtime(first.owed_at, LA_PAZ), "H:i \\d\\e\\l d/m/Y"),
        "system": first.get_system_display(),
        "reference": first.reference,
    }
    if first.state == State.DONE:
        words = _(
            "Lo que se pidió antes para el mismo número (%(what)s, a las %(hour)s) se había dado por no hecho, y se "
            "hizo: %(reference)s."
        )
    else:
        words = _(
            "Lo que se pidió antes para el mismo número (%(what)s, a las %(hour)s) se había dado por no hecho, y "
            "%(system)s respondió después que se hizo."
        )
    return words % told


def contradictions() -> QuerySet[OutsideWriteChange]:
    """The changes by which what a person had settled, or written down as done, was in doubt again."""
    return OutsideWriteChange.objects.filter(OF_NOT_DONE | OF_DONE)


def questioned() -> QuerySet[OutsideWriteChange]:
    """Those of what a person had written down as done."""
    return OutsideWriteChange.objects.filter(OF_DONE)


def contradicted(*, now: datetime) -> QuerySet[OutsideWriteChange]:
    """Those of the days in which such a thing is asked about."""
    return contradictions().filter(at__gt=now - ASKED_FOR)


def silent_until(write: OutsideWrite, *, now: datetime) -> datetime | None:
    """Until when no word of a person that it was not done is enough, while its system does not answer. None where that
    is over, or nobody asks it.
    """
    doubted = write.changes.filter(to_state=State.UNCERTAIN).exclude(from_state=State.UNCERTAIN).order_by("pk").last()
    until = (doubted.at if doubted else write.owed_at) + SILENT_FOR
    return until if now < until and clients(now=now).mode_of(write.system) == Mode.CONNECTED else None


def it_says(write: OutsideWrite) -> str:
    """What its system answered of a doubt the last time that it did; empty where it never has."""
    return what_it_said(Said(write.said), write=write) if write.said else ""


def what_it_said(said: Said, *, write: OutsideWrite) -> str:
    """A sentence."""
    words = {
        Said.DONE: _("%(system)s dijo que se hizo, y dio su referencia."),
        Said.DONE_UNNAMED: _("%(system)s dijo que se hizo, sin dar una referencia propia."),
        Said.NOT_DONE: _("%(system)s dijo que no se hizo."),
        Said.NOTHING: _("%(system)s no respondió si se hizo."),
        Said.CANNOT_SAY: _("%(system)s no sabe decir si se hizo."),
        Said.NOT_ASKED: _("A %(system)s no se le preguntó: no está conectado."),
    }[said]
    return words % {"system": write.get_system_display()}


def answer_of(write: OutsideWrite, reached: Clients) -> tuple[Said, str]:
    """What its system says, with the reference it gives."""
    try:
        done = reached.was_done(write.system, key=write.key)
    except NotConnected:
        return Said.NOT_ASKED, ""
    except CannotSay:
        return Said.CANNOT_SAY, ""
    except SystemUnavailable:
        return Said.NOTHING, ""
    except UNFORESEEN:  # nobody foresaw it: the others are asked all the same
        log.exception("write %s could not be asked about", write.pk)
        return Said.NOTHING, ""
    if done is None:
        return Said.CANNOT_SAY if _was_done_by_hand(write) else Said.NOT_DONE, ""
    reference = done.reference.strip()[:REFERENCE_LENGTH]
    if not reference or is_of_another(write, reference):
        return Said.DONE_UNNAMED, ""
    return Said.DONE, reference


def _was_done_by_hand(write: OutsideWrite) -> bool:
    """Whether somebody wrote down that she did it on the old screen: that has no key of ours."""
    by_hand = State.BY_HAND, State.PARKED, State.REFUSED
    return write.changes.filter(from_state__in=by_hand, to_state=State.DONE).exists()


def _ask(write: OutsideWrite, reached: Clients, now: datetime) -> Said:
    said, reference = answer_of(write, reached)
    if said == Said.DONE:
        stands = confirm(write, reference, now=now) or done_after_all(write, reference, now=now)
        if not stands:
            named_otherwise(write, reference, now=now)  # somebody settled it while it was asked
        return said if stands else Said.NOTHING
    there = OutsideWrite.objects.filter(pk=write.pk, state=State.UNCERTAIN)
    if said == Said.DONE_UNNAMED:
        there.update(said=said.value)
    elif said in ANSWERS:
        heard = there.filter(not_before=write.not_before)  # else another asked meanwhile, and may have heard later
        if said == Said.CANNOT_SAY:  # it has forgotten what it said
            heard = heard.exclude(said=Said.DONE_UNNAMED.value)
        heard.update(said=said.value)
    there.update(not_before=now + AGAIN)
    return said


def confirm(write: OutsideWrite, reference: str, *, now: datetime) -> bool:
    """It was done, says its system, with this reference. False where a person was faster."""
    note = _("El otro sistema confirmó la clave.")
    try:
        with transaction.atomic():
            hold_reference(write, reference)
            if is_of_another(write, reference):  # which was confirmed in this moment
                return False
            take_step(
                Verb.CONFIRM, write=write, by=None, now=now, sent_as=write.fence, note=note, last_error="",
                reference=reference,
            )  # fmt: skip
            take_from_others(write, reference, now=now)
    except WriteRefused:  # a person was faster
        return False
    return True


def named_otherwise(write: OutsideWrite, reference: str, *, now: datetime) -> bool:
    """Its system's own answer comes after a person had found it done: where she wrote down another reference, both
    stand in its history, and on its card where it has one. False where it is not done.
    """
    with transaction.atomic():
        hold_reference(write, reference)
        there = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=write.pk)
        if there.state != State.DONE:
            return False
        if plain(there.reference) != plain(reference):
            words = _(
                "%(system)s respondió que se hizo con otra referencia: %(reference)s. Vea si es la misma operación."
            )
            words %= {"system": there.get_system_display(), "reference": reference}
            note_answer(there, words=words, now=now)
            if there.card is not None:
                add_detail(key=there.card.key, text=words, by=None, now=now)
            take_from_others(there, reference, now=now)
    return True
