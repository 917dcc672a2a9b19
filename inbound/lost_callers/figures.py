"""How many who were lost were reached, and how soon; and which calls those are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When
from django.utils.translation import gettext_lazy

from agents.models import User
from escalations.lifecycle import Verb
from escalations.models import Change, Escalation
from inbound.lost_callers.callers import KIND

REACHED, GOT_THROUGH, OPEN, IN_VAIN, MERGED = "reached", "got_through", "open", "in_vain", "merged"
FATES = {
    REACHED: gettext_lazy("Se le llamó y contestó"),
    GOT_THROUGH: gettext_lazy("Volvió y se le atendió"),
    OPEN: gettext_lazy("Por llamar"),
    IN_VAIN: gettext_lazy("Cerrada sin hablar con nadie"),
    MERGED: gettext_lazy("Unida a otra derivación"),
}


@dataclass(frozen=True)
class LostCallers:
    """Of the calls that were lost in a time, one a number until she is spoken to: `reached` by a call, `got_through` by
    themselves, `open` still to be called, `in_vain` settled without any of it, `merged` seen to with another card.
    `minutes`: the median from the card to who was reached; None without any.
    """

    lost: int
    reached: int
    got_through: int
    open: int
    in_vain: int
    merged: int
    minutes: float | None


def calls_lost(*, since: datetime, until: datetime, user: User) -> QuerySet[Any]:
    """The calls that were made between the two, each with its `fate`, one of FATES."""
    by_itself = Change.objects.filter(escalation=OuterRef("pk"), verb=Verb.BY_ITSELF)
    fate = Case(
        When(informed_at__isnull=False, then=Value(REACHED)),
        When(state__in=Escalation.UNSETTLED, then=Value(OPEN)),
        When(state=Escalation.State.MERGED, then=Value(MERGED)),
        When(Exists(by_itself), then=Value(GOT_THROUGH)),
        default=Value(IN_VAIN),
        output_field=CharField(),
    )
    cards = Escalation.objects.visible_to(user).filter(kind__code=KIND, raised_at__gte=since, raised_at__lt=until)
    return cards.annotate(fate=fate)


def count_lost(cards: QuerySet[Any]) -> LostCallers:
    """Of what `calls_lost` found."""
    told = list(cards.values_list("fate", "raised_at", "informed_at"))
    counts = Counter(fate for fate, _raised, _informed in told)
    took = [(informed - raised).total_seconds() / 60 for _fate, raised, informed in told if informed]
    return LostCallers(
        lost=len(told),
        reached=counts[REACHED],
        got_through=counts[GOT_THROUGH],
        open=counts[OPEN],
        in_vain=counts[IN_VAIN],
        merged=counts[MERGED],
        minutes=median(took) if took else None,
    )
