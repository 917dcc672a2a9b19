"""A move taken back in its first seconds, by the step of the table that leads back: nothing is struck from the history.

What reached the customer, and what joins two cards, is asked about before it is done and is not taken back here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import User
from escalations import working
from escalations.lifecycle import EscalationRefused, Verb, locked_escalation
from escalations.models import Change, Escalation

OFFERED = timedelta(seconds=10)
ON_ITS_WAY = timedelta(seconds=5)  # a click at the last moment, over a slow line
State = Escalation.State
GOT_IT = (Verb.TAKE, Verb.REOPEN, Verb.HAND_OVER, Verb.GIVE_BACK)


def can_undo(escalation: Escalation, *, by: User, now: datetime) -> bool:
    """Whether this person's last move of the card can still be taken back."""
    return _way_back(escalation, by=by, now=now) is not None


def undo(*, escalation_id: int, version: int, by: User, now: datetime) -> Escalation:
    """Take back one's own last move. `version`: the card's after that move. Raises EscalationRefused."""
    with transaction.atomic():
        card = locked_escalation(escalation_id)
        if card.version != version:
            raise EscalationRefused(_("Alguien la cambió después: no se deshizo. Así está ahora."))
        last = card.changes.order_by("-pk").first()
        if last is None or now - last.at > OFFERED + ON_ITS_WAY:
            words = _("Ya no se puede deshacer: pasaron más de %(n)d segundos.")
            raise EscalationRefused(words % {"n": OFFERED.total_seconds()})
        back = _way_back(card, by=by, now=now)
        if back is None:
            raise EscalationRefused(_("Eso no se deshace: use los botones de la tarjeta."))
        return back()


def _way_back(card: Escalation, *, by: User, now: datetime) -> Callable[[], Escalation] | None:
    lines = list(card.changes.order_by("-pk")[:20])
    if not lines or lines[0].by_id != by.pk or now - lines[0].at > OFFERED + ON_ITS_WAY:
        return None
    last, earlier = lines[0], lines[1:]
    pk, why = card.pk, _("Deshecho")
    match last.verb:
        case Verb.TAKE:
            return lambda: working.give_back(escalation_id=pk, by=by, now=now, reason=why)
        case Verb.GIVE_BACK:
            return lambda: working.take(escalation_id=pk, by=by, now=now)
        case Verb.HAND_OVER if to := _who_had_it(earlier):
            return lambda: working.hand_over(escalation_id=pk, to=to, by=by, now=now, reason=why)
        case Verb.WAIT:
            return lambda: working.go_on(escalation_id=pk, by=by, now=now, note=why)
        case Verb.GO_ON if unit := next((line.note for line in earlier if line.verb == Verb.WAIT), ""):
            return lambda: working.wait(escalation_id=pk, unit=unit, by=by, now=now)
        case Verb.RESOLVE | Verb.REJECT if last.from_state == State.TAKEN:
            return lambda: working.reopen(escalation_id=pk, reason=why, by=by, now=now)
    return None


def _who_had_it(earlier: list[Change]) -> User | None:
    """Whoever took it last; to whom it was handed over its history tells in words only."""
    got = next((line for line in earlier if line.verb in GOT_IT), None)
    return got.by if got and got.verb in (Verb.TAKE, Verb.REOPEN) else None
