"""A doubt about money or a SIM is asked about by itself before a person is: was this key done? (docs/systems.yaml)

Done ends it, with the reference. *Not done* does not: what was sent may still be on its way, and nothing is ever sent
again; whoever settles it reads what the system said.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from inbound.models import OutsideWrite, OutsideWriteChange
from inbound.models.outside import REFERENCE_LENGTH
from inbound.outside.reaching import Clients, Mode, NotConnected, clients
from inbound.writes.states import State, Verb, WriteRefused, doubt_again, take_step
from systems.errors import UNFORESEEN, CannotSay, SystemUnavailable

log = logging.getLogger(__name__)

AGAIN = timedelta(minutes=5)  # until the same one is asked about once more
SILENT_FOR = timedelta(hours=1)  # until a person's word that it was not done is enough
ASKED_FOR = timedelta(days=2)
AT_A_TIME = 20


class Said(StrEnum):
    """What the other system said of a key."""

    DONE = "done"
    DONE_UNNAMED = "done_unnamed"  # without the reference a person has to look up there
    NOT_DONE = "not_done"
    NOTHING = "nothing"  # no answer, or a person was faster
    CANNOT_SAY = "cannot_say"  # it answers, and does not know the question
    NOT_ASKED = "not_asked"  # it is used by hand, or is off


ANSWERS = {Said.DONE_UNNAMED, Said.NOT_DONE, Said.CANNOT_SAY}  # which leave it to a person: she reads the last one


def ask_about_doubts(*, now: datetime) -> int:
    """Ask about what is uncertain, as long as it is. Returns how many were done after all. Call it outside of any
    transaction.
    """
    doubts = OutsideWrite.objects.filter(state=State.UNCERTAIN, not_before__lte=now)
    reached, ended = clients(now=now), 0
    for write in doubts.order_by("not_before")[:AT_A_TIME]:
        ended += _ask(write, reached, now) == Said.DONE
    return ended


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


def found_done_since(write: OutsideWrite) -> bool:
    """Whether the same, of another request that was settled as not done, was found done since this one was asked for:
    it was asked for because the other one was not. Not where that was settled as not done once more.
    """
    changes = OutsideWriteChange.objects.filter(from_state=State.NOT_DONE, to_state=State.UNCERTAIN)
    same = changes.filter(write__action=write.action, write__to_whom=write.to_whom, at__gte=write.owed_at)
    return same.exclude(write=write).exclude(write__state=State.NOT_DONE).exists()


def contradicted(*, now: datetime) -> QuerySet[OutsideWriteChange]:
    """The changes by which what a person had settled as not done was in doubt again."""
    changes = OutsideWriteChange.objects.filter(from_state=State.NOT_DONE, to_state=State.UNCERTAIN)
    return changes.filter(at__gt=now - ASKED_FOR)


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
        Said.DONE_UNNAMED: _("%(system)s dijo que se hizo, sin dar una referencia."),
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
        return Said.NOT_DONE, ""
    reference = done.reference.strip()[:REFERENCE_LENGTH]
    return (Said.DONE if reference else Said.DONE_UNNAMED), reference


def _ask(write: OutsideWrite, reached: Clients, now: datetime) -> Said:
    said, reference = answer_of(write, reached)
    if said == Said.DONE:
        stands = confirm(write, reference, now=now) or done_after_all(write, reference, now=now)
        return said if stands else Said.NOTHING
    changes: dict[str, Any] = {"not_before": now + AGAIN}
    if said in ANSWERS and (said, write.said) != (Said.CANNOT_SAY, Said.DONE_UNNAMED):  # which it has forgotten
        changes["said"] = said.value
    OutsideWrite.objects.filter(pk=write.pk, state=State.UNCERTAIN).update(**changes)
    return said


def confirm(write: OutsideWrite, reference: str, *, now: datetime) -> bool:
    """It was done, says its system, with this reference. False where a person was faster."""
    note = _("El otro sistema confirmó la clave.")
    try:
        take_step(
            Verb.CONFIRM, write=write, by=None, now=now, sent_as=write.fence, note=note, last_error="",
            reference=reference,
        )  # fmt: skip
    except WriteRefused:  # a person was faster
        return False
    return True
