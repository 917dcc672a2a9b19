"""What else a card of handing over stands for: all the call asked for of that customer, and was not done. Another
customer's has a card of its own.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import add_detail
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.consequences import INTERACTION, told_of
from inbound.walks.corrected import corrected_since
from inbound.walks.customers import whose
from inbound.walks.state import WalkState, state_on
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.states import how_it_stands


def say_what_else_was_not_done(here: WalkState, card: Escalation, *, now: datetime) -> None:
    """One card for all the call leaves undone of a customer says each of it: also what was asked for since the card was
    there.
    """
    counted = {passed.write_id for passed in here.path}
    for write in owed_to_her(here):
        is_said = told_of(write)
        if all(card.details.get(name) == is_said.get(name) for name in ("number", "amount")):
            continue  # what the card is about
        if corrected_since(here, write) is not None:
            continue  # the last of them is what the card is about, or is said itself
        what = " · ".join([str(actions()[write.action].words), *is_said.values()])
        told = _("Tampoco se hizo: %(what)s") % {"what": what}
        if write.state not in NOT_HAPPENING:  # it may be done, or be done yet
            told = f"{what}. {how_it_stands(OutsideWrite.State(write.state))}"
        elif write.pk not in counted and _asked_for_another(here, write):
            told = _("Antes se pidió, y no se hizo: %(what)s. Confirme con quien llamó si también lo pide.")
            told %= {"what": what}
        add_detail(key=card.key, text=told, by=here.walk.by, now=now)


def owed_to_her(here: WalkState) -> list[OutsideWrite]:
    """What the call asked for and is not done, nobody sees to yet, and is of the customer it is about now; not what was
    asked for anew, and happens or may.
    """
    owed = OutsideWrite.objects.filter(walk=here.walk, card=None).exclude(action=INTERACTION)
    hers = [
        write
        for write in owed.exclude(state=OutsideWrite.State.DONE).order_by("pk")
        if is_of_whom_it_is_now(here, write)
    ]
    return [write for write in hers if not _happens_anew(here, write)]


def _happens_anew(here: WalkState, write: OutsideWrite) -> bool:
    anew = corrected_since(here, write)
    return anew is not None and anew.write is not None and anew.write.state not in NOT_HAPPENING


def _asked_for_another(here: WalkState, write: OutsideWrite) -> bool:
    """Whether the same was asked for another number afterwards: it may have been mistyped."""
    same = OutsideWrite.objects.filter(walk=here.walk, action=write.action, pk__gt=write.pk)
    return same.exclude(to_whom=write.to_whom).exists()


def is_of_whom_it_is_now(here: WalkState, write: OutsideWrite) -> bool:
    """Whether it was asked for the customer the call is about now, as far as that was known then."""
    place = next((n for n in range(len(here.trail), 0, -1) if here.trail[n - 1].write_id == write.pk), 0)
    return not place or whose(state_on(walk=here.walk, trail=here.trail[:place])) in ("", whose(here))
