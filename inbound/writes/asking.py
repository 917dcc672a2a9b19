"""A doubt about money or a SIM is asked about by itself before a person is: was this key done? (docs/systems.yaml)

Done ends it, with the reference. *Not done* does not: what was sent may still be on its way, and nothing is ever sent
again; whoever settles it reads what the system said.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from agents.models import User
from inbound.models import OutsideWrite
from inbound.models.outside import REFERENCE_LENGTH
from inbound.outside.reaching import Clients, NotConnected, clients
from inbound.writes.states import State, Verb, WriteRefused, check_can, take_step
from systems.errors import SystemUnavailable

AGAIN = timedelta(minutes=5)  # until the same one is asked about once more
ASKED_FOR = timedelta(days=2)
AT_A_TIME = 20


class Said(StrEnum):
    """What the other system said of a key."""

    DONE = "done"
    NOT_DONE = "not_done"
    NOTHING = "nothing"  # it could not be asked, or a person was faster


def ask_about_doubts(*, now: datetime) -> int:
    """Ask about what is uncertain. Returns how many were done after all. Call it outside of any transaction."""
    doubts = OutsideWrite.objects.filter(state=State.UNCERTAIN, not_before__lte=now, owed_at__gt=now - ASKED_FOR)
    reached, ended = clients(now=now), 0
    for write in doubts.order_by("not_before")[:AT_A_TIME]:
        ended += _ask(write, reached, now) == Said.DONE
    return ended


def ask_before_not_done(*, write: OutsideWrite, by: User, now: datetime) -> Said:
    """Somebody found that a doubt was not done: its system is asked before that is taken, for it may be done again.

    DONE: it is done now, with the reference the system gave. Call it outside of any transaction. Raises WriteRefused
    where this person may not say so.
    """
    check_can(Verb.FIND_NOT_DONE, write=write, by=by)
    return _ask(write, clients(now=now), now)


def _ask(write: OutsideWrite, reached: Clients, now: datetime) -> Said:
    try:
        done = reached.was_done(write.system, key=write.key)
    except (NotConnected, SystemUnavailable):
        said, words = Said.NOTHING, {}
    else:
        if done is not None and (reference := done.reference.strip()[:REFERENCE_LENGTH]):
            return Said.DONE if _confirm(write, reference, now) else Said.NOTHING
        said = Said.NOTHING if done else Said.NOT_DONE
        words = {} if done else {"last_error": _("El otro sistema dice que con esta clave no hizo nada.")}
    OutsideWrite.objects.filter(pk=write.pk, state=State.UNCERTAIN).update(not_before=now + AGAIN, **words)
    return said


def _confirm(write: OutsideWrite, reference: str, now: datetime) -> bool:
    note = _("El otro sistema confirmó la clave.")
    try:
        take_step(
            Verb.CONFIRM, write=write, by=None, now=now, sent_as=write.fence, note=note, last_error="",
            reference=reference,
        )  # fmt: skip
    except WriteRefused:  # a person was faster
        return False
    return True
