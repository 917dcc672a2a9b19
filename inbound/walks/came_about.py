"""What a card asks for, and came about after all: by another asking of it, in the same call or another, or by itself
where it was late. Whoever works the card reads it there, whenever and however it was done. Two calls that were let down
over one thing each say where the other's card is.

Words told here are of the clock, or of the call that had it done.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from agents.models import User
from escalations.models import Escalation
from escalations.raising import add_detail
from inbound.flows.shapes import REFUSED
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.cards import plain, surviving
from inbound.walks.consequences import INTERACTION, whom_in_words
from inbound.walks.state import flow_of
from inbound.writes.limits import NOT_HAPPENING
from screens.templatetags.screens import bs

State = OutsideWrite.State
LOOKED_BACK = timedelta(days=7)  # whose card of the same may still be open
AT_A_TIME = 200
NOTHING = Decimal(0)


def tell_what_came_about(*, now: datetime, of: Q | None = None, by: User | None = None) -> int:
    """Tell the open cards of what is done since they were raised. `of`: which writes are looked at, all of the last
    days if left out. Returns how many cards were told. Call it inside a transaction.
    """
    told = 0
    for write in _done_since(now).filter(of or Q())[:AT_A_TIME]:
        done = OutsideWrite.objects.get(pk=write.done_since)  # type: ignore[attr-defined]
        OutsideWrite.objects.filter(pk=write.pk).update(came_about=done)
        told += _tell(write.card, _words(write, done), by=by, now=now)
    return told


def tell_the_not_taken(*, now: datetime) -> int:
    """The same of what was not even asked for: its system was off or a limit reached, and a card is all there is."""
    cards = list(_cards_of_the_not_taken(now))
    done = OutsideWrite.objects.filter(state=State.DONE, owed_at__gt=now - LOOKED_BACK)
    found: dict[tuple[str, str], list[OutsideWrite]] = {}
    for write in done.filter(action__in={action for _card, action, _since in cards}).exclude(to_whom=""):
        found.setdefault((write.action, plain(write.to_whom)), []).append(write)
    told = 0
    for card, action, since in cards:
        for write in found.get((action, plain(str(card.details.get("number") or ""))), ()):
            if write.owed_at >= since and _is_as_much(card, write):
                told += _tell(card, _another_call(write), by=None, now=now)
    return told


def tell_each_of_the_other(*, now: datetime) -> int:
    """Two open cards of two calls ask for one thing: whoever does it must know of both."""
    told = 0
    for write in _asked_in_two_calls(now)[:AT_A_TIME]:
        other = OutsideWrite.objects.select_related("card").get(pk=write.other)  # type: ignore[attr-defined]
        both = (surviving(one.card) for one in (write, other) if one.card is not None)
        first, second = both
        if first.pk == second.pk or not {first.state, second.state} <= set(Escalation.UNSETTLED):
            continue
        what = {"what": actions()[write.action].words, "whom": whom_in_words(write)}
        words = _("Se pidió en dos llamadas, «%(what)s», %(whom)s: hágalo una vez. La otra derivación: #%(pk)d.")
        told += sum(
            _tell(card, words % {**what, "pk": where.pk}, by=None, now=now)
            for card, where in ((first, second), (second, first))
        )
    return told


def _done_since(now: datetime) -> QuerySet[OutsideWrite]:
    """What has a card, did not happen, and was done by another write since; and what was said not to be needed, and
    happened. In the order of cards, for they are locked.
    """
    waiting = OutsideWrite.objects.filter(owed_at__gt=now - LOOKED_BACK, came_about=None, card__isnull=False)
    waiting = waiting.exclude(action=INTERACTION).select_related("card")
    later = _same(OutsideWrite.objects.filter(state=State.DONE, pk__gt=OuterRef("pk"))).order_by("pk").values("pk")
    unhappened = Q(state__in=NOT_HAPPENING) & ~Q(to_whom="")
    found = waiting.annotate(
        done_since=Coalesce(
            Subquery(later[:1]), Subquery(OutsideWrite.objects.filter(pk=OuterRef("pk"), state=State.DONE).values("pk"))
        )
    )
    late = Q(is_not_needed=True, done_since=F("pk"))
    return found.filter((unhappened & Q(done_since__isnull=False)) | late).order_by("card_id", "pk")


def _asked_in_two_calls(now: datetime) -> QuerySet[OutsideWrite]:
    open_ = OutsideWrite.objects.filter(
        owed_at__gt=now - LOOKED_BACK, card__state__in=Escalation.UNSETTLED, is_not_needed=False
    )
    open_ = open_.exclude(to_whom="").exclude(state=State.DONE).exclude(action=INTERACTION).filter(came_about=None)
    others = _same(open_.filter(pk__gt=OuterRef("pk"))).exclude(walk=OuterRef("walk")).exclude(card=OuterRef("card"))
    found = open_.annotate(other=Subquery(others.order_by("pk").values("pk")[:1])).filter(other__isnull=False)
    return found.select_related("card").order_by("card_id", "pk")


def _same(writes: QuerySet[OutsideWrite]) -> QuerySet[OutsideWrite]:
    """Of these those that ask for the same as the row outside: the operation, for whom, and how much."""
    amount = Coalesce(OuterRef("amount"), NOTHING)
    found = writes.filter(action=OuterRef("action"), to_whom=OuterRef("to_whom"))
    return found.annotate(how_much=Coalesce("amount", NOTHING)).filter(how_much=amount)


def _cards_of_the_not_taken(now: datetime) -> Iterable[tuple[Escalation, str, datetime]]:
    """Open cards of calls in which something could not be asked for, with its operation and since when."""
    asked = Footstep.objects.filter(write=None, chosen=REFUSED, entered_at__gt=now - LOOKED_BACK).exclude(reason="")
    steps = {one.walk_id: one for one in asked.order_by("position")}
    cards = Footstep.objects.filter(walk__in=steps, escalation__state__in=Escalation.UNSETTLED)
    seen = set[int]()
    for passed in cards.select_related("escalation").order_by("escalation"):
        before = steps[passed.walk_id]
        action = flow_of(before.version_id).steps[before.step].action
        if action and passed.escalation is not None and passed.escalation_id not in seen:
            seen.add(passed.escalation.pk)
            yield passed.escalation, action, before.entered_at


def _is_as_much(card: Escalation, write: OutsideWrite) -> bool:
    amount = str(card.details.get("amount") or "")
    return not amount or (write.amount is not None and amount in (f"{write.amount:.2f}", bs(write.amount)))


def _words(write: OutsideWrite, done: OutsideWrite) -> str:
    if done.pk == write.pk:
        what = {"what": actions()[write.action].words, "whom": whom_in_words(write)}
        return _("Se dijo que ya no hacía falta y se hizo después: deshágalo. «%(what)s», %(whom)s.") % what
    if done.walk_id != write.walk_id:
        return _another_call(done)
    what = {"what": actions()[done.action].words, "whom": whom_in_words(done)}
    return _("La llamada lo pidió otra vez: «%(what)s», %(whom)s. Se hizo.") % what


def _another_call(done: OutsideWrite) -> str:
    what = {"what": actions()[done.action].words, "whom": whom_in_words(done)}
    return _("Otra llamada lo pidió después: «%(what)s», %(whom)s. Se hizo.") % what


def _tell(card: Escalation | None, words: str, *, by: User | None, now: datetime) -> int:
    """Once; nobody works a card that is settled."""
    card = surviving(card) if card is not None else None
    if card is None or card.state not in Escalation.UNSETTLED or card.changes.filter(note=words).exists():
        return 0
    add_detail(key=card.key, text=words, by=by, now=now)
    return 1
