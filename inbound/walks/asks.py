"""What an open card asks a person to have done: an operation on a number, of money an amount.

That of the write it stands for, or the number it was corrected to; of what follows from a write; of a step that could
not even be asked for, or was handed over before it was; and of other words for what was asked for already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from escalations.models import Escalation
from inbound.flows.shapes import REFUSED
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.cards import CORRECTED, plain
from inbound.walks.consequences import INTERACTION
from inbound.walks.following import what_follows
from inbound.walks.heard import HEARD_OF, there_instead_of
from inbound.walks.lane_news import WITHDRAWN
from inbound.walks.state import flow_of
from inbound.writes.limits import A_DAY
from inbound.writes.mistaken import MISTAKES, WRITE_OF, mistakes_among
from inbound.writes.writing import NUMBERS
from screens.templatetags.screens import bs

State = OutsideWrite.State
LOOKED_BACK = timedelta(days=30)  # whose card of the same may still be open
INSTEAD = "instead"  # among the details of a card: the amount that is asked for now
SAID_BY = "requester"  # of what was sent, who asked


@dataclass(frozen=True)
class Ask:
    """That an open card asks for this, of a call. `numbers`: in each form they are written in. `amounts`: as written;
    empty of what has none. `write`: what it stands for, None where it was not even asked for. `known`: the writes it
    speaks of itself.
    """

    card: Escalation
    walk: int
    action: str
    numbers: frozenset[str]
    amounts: frozenset[str]
    since: datetime
    write: OutsideWrite | None
    known: frozenset[int]

    def is_of_the_same(self, other: OutsideWrite) -> bool:
        """Whether that write is of the same operation and number, and not one the card speaks of itself."""
        is_same = self.action == other.action and plain(other.to_whom) in self.numbers
        return is_same and other.pk not in self.known

    def is_about(self, done: OutsideWrite) -> bool:
        """Whether that write, which was done, may be what the card asks for: done since, whenever it was asked for."""
        return self.is_of_the_same(done) and done.settled_at is not None and done.settled_at >= self.since

    def was_before(self, done: OutsideWrite) -> bool:
        """Whether another call had it done for that line within a day before: whoever is to have it done reads that."""
        if not self.is_of_the_same(done) or done.amount is not None or not done.is_accountable or self.amounts:
            return False
        if done.walk_id == self.walk or done.settled_at is None:
            return False
        return timedelta(0) < self.since - done.settled_at <= A_DAY

    def is_for_certain(self, other: OutsideWrite | None, amounts: frozenset[str]) -> bool:
        """Whether another asking for the same number asks for the same thing: a top-up of as much does, and of damages
        and claims those that say the same, whoever asks.
        """
        if self.amounts or amounts:
            return bool(self.amounts & amounts)
        if self.write is None or other is None:
            return actions()[self.action].accountable
        return self.write.is_accountable or _said(self.write) == _said(other)


def asks_of_open_cards(*, now: datetime, of: OutsideWrite | None = None) -> list[Ask]:
    """All that open cards of the last days ask for, in the order of cards, for they are locked. `of`: only what was
    asked for by a write for the same as that one, found by its index: a call waits for it.
    """
    united = _united(now)
    if of is not None:
        found = list(_of_writes(now, united, of))
    else:
        found = [*_of_writes(now, united), *_of_what_follows(now, united), *_of_steps(now, united)]
    return sorted(found, key=lambda ask: ask.card.pk)


def _writes(now: datetime) -> QuerySet[OutsideWrite]:
    writes = OutsideWrite.objects.filter(owed_at__gt=now - LOOKED_BACK).exclude(action=INTERACTION)
    return writes.exclude(to_whom="").order_by("pk")


def _of_writes(now: datetime, united: list[int], of: OutsideWrite | None = None) -> Iterator[Ask]:
    """Of what was asked for and is not done. A card may have been corrected since: it asks for both."""
    writes = _writes(now).exclude(state=State.DONE).filter(_is_open("card", united))
    if of is not None:
        writes = writes.filter(to_whom=of.to_whom, action=of.action)
    asked = list(writes.select_related("card"))
    mistakes = mistakes_among([write.pk for write in asked])
    for write in asked:
        card = write.card.survivor if write.card else None
        if card is None or not _is_asked(card) or (write.pk in mistakes and card.key == f"{WRITE_OF}{write.pk}"):
            continue
        numbers = forms_of(write.to_whom, str(card.details.get("number") or ""))
        amounts = frozenset({bs(write.amount) if write.amount else "", _amount_of(card)} - {""})
        own = frozenset({write.pk})
        yield Ask(card, write.walk_id, write.action, numbers, amounts, write.owed_at, write, own)


def _of_what_follows(now: datetime, united: list[int]) -> Iterator[Ask]:
    """Of what must follow from a write that was done: the SIM is blocked after its line."""
    after = {action: step.action for action, step in what_follows() if step.action}
    writes = _writes(now).filter(_is_open("follow_card", united), state=State.DONE, action__in=after)
    for write in writes.select_related("follow_card"):
        if (card := write.follow_card and write.follow_card.survivor) is not None and _is_asked(card):
            numbers, none, own = forms_of(write.to_whom), frozenset[str](), frozenset({write.pk})
            yield Ask(card, write.walk_id, after[write.action], numbers, none, write.owed_at, None, own)


def _of_steps(now: datetime, united: list[int]) -> Iterator[Ask]:
    """Of what could not be asked for: its system was off, a limit was reached, or it was handed over before; and of
    what was asked for in other words than stand on the card.
    """
    cards = Escalation.objects.filter(state__in=Escalation.UNSETTLED, raised_at__gt=now - LOOKED_BACK)
    of_calls = Footstep.objects.filter(escalation__in=[*cards.values_list("pk", flat=True), *united])
    nothing = Q(write=None) | Q(write__action=INTERACTION)  # which a call leaves that ends on the step
    not_taken = Q(chosen=REFUSED) & ~Q(reason="") | Q(kind="do", escalation__isnull=False)
    joined = Q(kind="do", write__isnull=False) & ~Q(write__walk=F("walk"))  # another call's, of which nobody knew yet
    asked = Footstep.objects.filter(nothing & not_taken | joined, walk__in=of_calls.values("walk"))
    steps: dict[int, dict[str, tuple[datetime, int]]] = {}
    for passed in asked.order_by("walk", "position"):
        if action := flow_of(passed.version_id).steps[passed.step].action:
            steps.setdefault(passed.walk_id, {})[action] = passed.entered_at, passed.position
    for walk, action, heard_at in _not_needed(list(steps)):
        if action in steps[walk] and steps[walk][action][1] < heard_at:  # not tried once more since, for another number
            steps[walk].pop(action)
    seen = set[int]()
    for passed in of_calls.select_related("escalation", "write").order_by("walk", "position"):
        own = passed.escalation
        if own is None or own.pk in seen or own.key.endswith(MISTAKES) or not _is_asked(own.survivor):
            continue
        numbers, card = forms_of(str(own.details.get("number") or "")), own.survivor
        if not numbers:
            continue
        seen.add(own.pk)
        if passed.kind == "do" and passed.write is not None and INSTEAD in own.details:
            amounts, spoken_of = frozenset({str(own.details[INSTEAD])}), frozenset({passed.write.pk})
            yield Ask(card, passed.walk_id, passed.write.action, numbers, amounts, own.raised_at, None, spoken_of)
            continue
        amounts = frozenset({_amount_of(own)} - {""})
        for action, (since, _position) in steps.get(passed.walk_id, {}).items():
            if bool(amounts) == actions()[action].moves_money:
                yield Ask(card, passed.walk_id, action, numbers, amounts, since, None, frozenset())


def _is_asked(card: Escalation) -> bool:
    """Whether somebody is to have done yet what it asks for."""
    is_open = card.state in Escalation.UNSETTLED and WITHDRAWN not in card.details
    return is_open and not card.key.endswith(MISTAKES)


def _is_open(card: str, united: list[int]) -> Q:
    """Whether that card of a write, or the one that goes on for it, is to be settled yet."""
    return Q(**{f"{card}__state__in": Escalation.UNSETTLED}) | Q(**{f"{card}__in": united})


def _united(now: datetime) -> list[int]:
    """Cards (by key) that were united with one that is to be settled yet, be it by others in between."""
    merged = Escalation.objects.filter(merged_into__isnull=False, raised_at__gt=now - LOOKED_BACK)
    into = {pk: other for pk, other in merged.values_list("pk", "merged_into") if other is not None}
    last = {pk: _last_of(pk, into) for pk in into}
    unsettled = Escalation.objects.filter(pk__in=set(last.values()), state__in=Escalation.UNSETTLED)
    stands = set(unsettled.values_list("pk", flat=True))
    return [pk for pk, survivor in last.items() if survivor in stands]


def _last_of(pk: int, into: Mapping[int, int]) -> int:
    while pk in into:
        pk = into[pk]
    return pk


def _not_needed(walks: list[int]) -> Iterator[tuple[int, str, int]]:
    """Walks with what each asked in vain, and said at its end that it needs no more; and where it had heard of it."""
    ends = Footstep.objects.filter(walk__in=walks, kind="end").exclude(answer={})
    said = {
        (walk, int(name.removeprefix(HEARD_OF)))
        for walk, answer in ends.values_list("walk", "answer")
        for name, told in answer.items()
        if name.startswith(HEARD_OF) and told == CORRECTED
    }
    heard = Footstep.objects.filter(walk__in={walk for walk, _at in said}) if said else ()
    for passed in heard:
        if (passed.walk_id, passed.position) in said:
            flow = flow_of(passed.version_id)
            for name in there_instead_of(flow, flow.steps[passed.step]):
                yield passed.walk_id, flow.steps[name].action, passed.position


def forms_of(*numbers: str) -> frozenset[str]:
    """As it was written, and as numbers are compared: a write that moves no money keeps the first."""
    return frozenset({form for number in numbers if number for form in (number, plain(number))})


def _amount_of(card: Escalation) -> str:
    return str(card.details.get("amount") or "")


def _said(write: OutsideWrite) -> dict[str, str]:
    said = {name: text for name, text in write.payload.items() if text and not name.startswith(SAID_BY)}
    return said | {name: plain(said[name]) for name in NUMBERS if name in said}
