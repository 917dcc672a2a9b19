"""Writes that a call asked for by mistake, as was said at its end: each has a card that undoes it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from escalations.models import Escalation
from escalations.models.cards import EscalationQuerySet
from inbound.models import OutsideWrite

MISTAKES = ":mistaken"
WRITE_OF = "write:"
MISTAKEN = f"{WRITE_OF}%d{MISTAKES}"  # the key of its card
WENT_OUT = ":twice"
AFTER_ALL = ":after_all:"
CONTRADICTED = (
    f"{WRITE_OF}%d{AFTER_ALL}%d"  # the key of the card of what was settled as not done, and was done: its change
)
TWICE = (
    f"{WRITE_OF}%d{WENT_OUT}"  # the key of the card that asks whether it was done twice, or is to be undone after all
)
BECAME_OF_WRITE = "became_of_write_"  # what an end is asked of a write
STANDS, NO_LONGER = "stands", "no_longer"  # and what is answered


def mistakes_among(writes: Collection[int]) -> dict[int, Escalation]:
    """Of these writes (by key) those that were a mistake, each with the card that undoes it, or that goes on for it.

    One whose card was rejected was none.
    """
    return {pk: card for pk, card in cards_of_mistakes(writes).items() if not card.was_rejected}


def cards_of_mistakes(writes: Collection[int]) -> dict[int, Escalation]:
    """The same, with those that were rejected."""
    keys = {MISTAKEN % pk: pk for pk in writes}
    return {keys[card.key]: card.survivor for card in Escalation.objects.filter(key__in=keys)}


def cards_of_twice(writes: Collection[int]) -> dict[int, Escalation]:
    """Of these writes (by key) the newest card that asks whether it was done twice, not rejected, or the one that
    goes on for it.
    """
    about = Q(key__in=[TWICE % pk for pk in writes])
    for pk in writes:
        about |= Q(key__startswith=f"{WRITE_OF}{pk}{AFTER_ALL}")
    cards = [(card.key, card.survivor) for card in Escalation.objects.filter(about).order_by("pk")]
    return {int(key.split(":")[1]): card for key, card in cards if not card.was_rejected}


def not_mistaken(writes: QuerySet[OutsideWrite]) -> QuerySet[OutsideWrite]:
    """Those that were none."""
    return writes.exclude(Exists(its_mistake().not_rejected()))


def its_mistake() -> EscalationQuerySet:
    """Inside a query of writes: the card that undoes one."""
    key = Concat(Value(WRITE_OF), Cast(OuterRef("pk"), TextField()), Value(MISTAKES), output_field=TextField())
    return Escalation.objects.filter(key=key)


def is_undone_with_anothers(write: OutsideWrite) -> bool:
    """Whether it was taken for what another call had done before, which was a mistake and is undone since: it is so no
    longer, and may be asked for anew.
    """
    if write.state != OutsideWrite.State.DONE or not write.is_accountable or write.amount is not None:
        return False
    same = OutsideWrite.objects.filter(action=write.action, to_whom=write.to_whom, reference=write.reference)
    before = {one.pk: one for one in same.filter(pk__lt=write.pk).exclude(walk=write.walk_id)}
    return any(was_undone(before[pk], card) for pk, card in mistakes_among(list(before)).items())


def was_undone(write: OutsideWrite, mistake: Escalation) -> bool:
    """Whether its card was seen to, and not before it was done; else whether the card was that came of that. One that
    was reopened since was seen to all the same: what became of it by now its system has to say.
    """
    was_resolved = mistake.changes.filter(to_state=Escalation.State.RESOLVED).order_by("-pk").first()
    seen_to = mistake.settled_at or (was_resolved.at if was_resolved else None)
    if not (write.settled_at and seen_to and write.settled_at > seen_to):
        return mistake.state not in Escalation.UNSETTLED or was_resolved is not None
    anew = cards_of_twice([write.pk]).get(write.pk)
    return anew is not None and anew.state not in Escalation.UNSETTLED
