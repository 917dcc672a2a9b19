"""A write to another system as a kind of owed work."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from inbound.models import OutsideSystem, OutsideWrite
from inbound.writes import delivering, writing
from inbound.writes.lists import words_of
from inbound.writes.states import State
from inbound.writes.told import write_history
from work.kinds import Kind

WRITES = Kind(
    name="write",
    model=OutsideWrite,
    words=_("Operaciones en otros sistemas"),
    since="owed_at",
    waiting=State.WAITING,
    at_work=(State.SENDING,),
    held=(State.UNCERTAIN, State.REFUSED, State.BY_HAND, State.APPROVAL),
    parked=State.PARKED,
    over=(State.DONE, State.NOT_DONE),
    lease=delivering.LEASE,
    waits=delivering.WAITS,
    title=lambda write: words_of(write.action),
    page=lambda write: reverse("inbound:write", args=[write.pk]),
    writes_besides=write_history,
    when_lost=delivering.interrupted,  # never simply sent again: it may have been done
    tried_again_from=(State.APPROVAL,),  # it was never tried: another person approves it
    again=writing.try_parked_one_again,
    together=Q(is_accountable=False),
    rests=Q(system__in=OutsideSystem.objects.filter(mode=OutsideSystem.Mode.OFF).values("code")),
)
