"""What somebody settled as not done, and its system says was: that stands; a person looks whether it was done twice.
What somebody wrote down as done, and is in doubt: a person looks whether it was done at all.

When it was settled its system was asked (`inbound/writes/settling.py`); what was sent may have been on its way then. So
it is asked again for two days. Its own answer may come late, too (`inbound/writes/delivering.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import raise_escalation
from inbound.models import OutsideWrite, OutsideWriteChange
from inbound.outside.reaching import clients
from inbound.walks.consequences import told_of
from inbound.walks.let_down import KIND
from inbound.writes import asking
from inbound.writes.asking import AGAIN, ASKED_FOR, AT_A_TIME, Said, what_it_said
from inbound.writes.limits import hold_whom
from inbound.writes.mistaken import CONTRADICTED, mistakes_among
from inbound.writes.references import hold_reference
from inbound.writes.told import note_answer, what
from telephony.phone_numbers import parse

State = OutsideWrite.State
NOW_AND_THEN = timedelta(hours=1)  # where it says that it was not: what was sent may stand in a queue of its own


def ask_once_more(*, now: datetime) -> int:
    """Ask about what was settled as not done, and hand over what was done after all. Returns how many cards were
    raised. Call it outside of any transaction.
    """
    to_ask = asking.settled_as_not_done().filter(settled_at__gt=now - ASKED_FOR, not_before__lte=now)
    reached = clients(now=now)
    for write in to_ask.order_by("not_before")[:AT_A_TIME]:
        with asking.by_itself(write, again=now + AGAIN):
            said, reference = asking.answer_of(write, reached)
            with transaction.atomic():
                hold_whom(action=write.action, to_whom=write.to_whom)  # before its row, as whoever asks for the same
                hold_reference(write, reference)
                locked = to_ask.select_for_update(no_key=True, of=("self",)).filter(pk=write.pk).first()
                if locked is not None:  # else a late answer was faster, or another clock
                    _hear(locked, said, reference, now=now)
    return hand_over_the_contradicted(now=now)


def _hear(write: OutsideWrite, said: Said, reference: str, *, now: datetime) -> None:
    again = now + (NOW_AND_THEN if said == Said.NOT_DONE else AGAIN)
    OutsideWrite.objects.filter(pk=write.pk).update(not_before=again)
    if said == Said.NOT_DONE:
        _note_once(write, words=what_it_said(said, write=write), now=now)
    elif said in (Said.DONE, Said.DONE_UNNAMED):
        asking.done_after_all(write, reference, now=now)


def _note_once(write: OutsideWrite, *, words: str, now: datetime) -> None:
    last = write.changes.order_by("pk").last()
    if last is None or last.by is not None or last.note != words:
        note_answer(write, words=words, now=now)


def hand_over_the_contradicted(*, now: datetime) -> int:
    """Raise the cards that are missing: one each time. Returns how many."""
    changes = list(asking.contradicted(now=now).select_related("write__walk__line", "write__card").order_by("pk"))
    keys = {CONTRADICTED % (change.write_id, change.pk): change for change in changes}
    there = set(Escalation.objects.filter(key__in=keys).values_list("key", flat=True))
    raised = 0
    for key, change in keys.items():
        if key not in there and not _is_seen_to(change, change.write):
            with asking.by_itself(change.write):
                raised += _hand_over(key, change, now=now)
    return raised


def _is_seen_to(change: OutsideWriteChange, write: OutsideWrite) -> bool:
    """Of what was written down as done: whether it was done, or stood on a card that was open then, and heard of it."""
    card = write.card.survivor if write.card else None
    is_told = card is not None and (
        card.state in Escalation.UNSETTLED or bool(card.settled_at and card.settled_at > change.at)
    )
    return change.from_state == State.DONE and (write.state == State.DONE or is_told)


@transaction.atomic
def _hand_over(key: str, change: OutsideWriteChange, *, now: datetime) -> bool:
    write = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=change.write_id)
    if _is_seen_to(change, write):  # by the clock that finds the let down
        return False
    card = write.card.survivor if write.card else None
    before = write.changes.filter(pk__lt=change.pk, to_state=change.from_state).exclude(by=None)
    settled = before.select_related("by").order_by("pk").last()
    words = _(
        "%(what)s: %(who)s resolvió que no se hizo, y después: %(answer)s Vea si se hizo dos veces, y avise a quien lo "
        "pidió."
    )
    if change.from_state == State.DONE and write.state == State.NOT_DONE:
        words = _(
            "%(what)s: %(who)s anotó que se hizo, y después se resolvió que no. %(answer)s Avise a quien lo pidió."
        )
    elif change.from_state == State.DONE and write.pk not in mistakes_among([write.pk]):
        words = _(
            "%(what)s: %(who)s anotó que se hizo, y quedó en duda. %(answer)s Vea si se hizo, y avise a quien lo pidió."
        )
    elif write.pk in mistakes_among([write.pk]):
        words = _(
            "%(what)s: fue un error de la llamada, %(who)s resolvió que no se hizo, y después: %(answer)s Deshágalo "
            "una sola vez."
        )
    words %= {"what": what(write), "who": settled.by if settled else _("supervisión"), "answer": change.note}
    raised = raise_escalation(
        key=key,
        kind=KIND,
        line=write.walk.line.number,
        contract=card.contract if card else write.walk.contract,
        customer_name=card.customer_name if card else write.requester_name,
        telephone=card.telephone if card else parse(write.to_whom) or "",
        zone=card.zone if card else "",
        reason=words,
        details=told_of(write),
        by=None,
        now=now,
    )
    if change.from_state == State.DONE:  # else nobody was let down yet, and it has none of its own
        OutsideWrite.objects.filter(pk=write.pk, card=None).update(card=raised)
    return True
