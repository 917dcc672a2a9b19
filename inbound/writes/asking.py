"""A doubt about money or a SIM is asked about by itself before a person is: was this key done? (docs/systems.yaml)

Done ends it, with the reference. *Not done* does not: what was sent may still be on its way, and nothing is ever sent
again; whoever settles it reads what the system said.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from inbound.models import OutsideWrite
from inbound.models.outside import REFERENCE_LENGTH
from inbound.outside.reaching import NotConnected, clients
from inbound.writes.states import State, Verb, WriteRefused, take_step
from systems.errors import SystemUnavailable

AGAIN = timedelta(minutes=5)  # until the same one is asked about once more
ASKED_FOR = timedelta(days=2)
AT_A_TIME = 20


def ask_about_doubts(*, now: datetime) -> int:
    """Ask about what is uncertain. Returns how many were done after all. Call it outside of any transaction."""
    doubts = OutsideWrite.objects.filter(state=State.UNCERTAIN, not_before__lte=now, owed_at__gt=now - ASKED_FOR)
    reached, ended = clients(now=now), 0
    for write in doubts.order_by("not_before")[:AT_A_TIME]:
        said = ""
        try:
            done = reached.was_done(write.system, key=write.key)
        except (NotConnected, SystemUnavailable):
            done = None
        else:
            said = "" if done else _("El otro sistema dice que con esta clave no hizo nada.")
        if done is not None and (reference := done.reference.strip()[:REFERENCE_LENGTH]):
            ended += _confirm(write, reference, now)
            continue
        changes = {"not_before": now + AGAIN, **({"last_error": said} if said else {})}
        OutsideWrite.objects.filter(pk=write.pk, state=State.UNCERTAIN).update(**changes)
    return ended


def _confirm(write: OutsideWrite, reference: str, now: datetime) -> int:
    note = _("El otro sistema confirmó la clave.")
    try:
        take_step(
            Verb.CONFIRM, write=write, by=None, now=now, sent_as=write.fence, note=note, last_error="",
            reference=reference,
        )  # fmt: skip
    except WriteRefused:  # a person was faster
        return 0
    return 1
