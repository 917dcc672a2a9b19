"""One verb over several chosen cards: each taken by itself, as if each were opened, and what was refused is told."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agents.models import User
from escalations import working
from escalations.lifecycle import EscalationRefused, Verb
from escalations.models import Escalation

MOST = 200  # as many as a page of the list shows, and some
# Verbs that may say the same of several; how each customer was told is said of each.
VERBS: dict[Verb, Callable[..., Escalation]] = {
    Verb.TAKE: working.take,
    Verb.HAND_OVER: working.hand_over,
    Verb.WAIT: working.wait,
    Verb.RESOLVE: working.resolve,
    Verb.NOTE: working.note,
}


@dataclass
class Done:
    """What came of it: the keys of the cards for which it was done, and the others by the sentence why not."""

    done: list[int] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)


def do_to_several(*, verb: Verb, keys: Collection[int], by: User, now: datetime, said: dict[str, Any]) -> Done:
    """Take the step for each card that `by` sees, in one order.

    What one card refuses is told with its number; more than MOST cards raise EscalationRefused before any is touched.
    """
    if len(keys) > MOST:
        told = _("No se hizo nada: son %(n)d derivaciones, y de una vez se puede con %(most)d. Elija menos.")
        raise EscalationRefused(told % {"n": len(keys), "most": MOST})
    found = Done()
    seen = Escalation.objects.visible_to(by).filter(pk__in=keys).select_related("kind").order_by("pk")
    for card in list(seen):
        try:
            VERBS[verb](escalation_id=card.pk, by=by, now=now, **said)
        except EscalationRefused as refused:
            found.refused.setdefault(str(refused), []).append(str(card))
        else:
            found.done.append(card.pk)
    return found
