"""What somebody settled as not done, and its system says was: that stands; a person looks whether it was done twice.

When it was settled its system was asked (`inbound/writes/asking.py`); it may have been silent then, or what was sent on
its way. So it is asked once more a while later.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from escalations.raising import raise_escalation
from inbound.models import OutsideWrite
from inbound.outside.reaching import clients
from inbound.walks.consequences import told_of
from inbound.walks.let_down import KIND
from inbound.writes.asking import (
    AGAIN,
    ASKED_FOR,
    AT_A_TIME,
    Said,
    answer_of,
    confirm,
    settled_as_not_done,
)
from inbound.writes.mistaken import AFTER_ALL
from inbound.writes.settling import what_it_said
from inbound.writes.states import doubt_again, note_answer, what
from telephony.phone_numbers import parse


def ask_once_more(*, now: datetime) -> int:
    """Returns how many cards were raised. Call it outside of any transaction."""
    to_ask = settled_as_not_done().filter(settled_at__gt=now - ASKED_FOR, not_before__lte=now)
    reached, raised = clients(now=now), 0
    for write in to_ask.select_related("walk__line", "settled_by", "card").order_by("not_before")[:AT_A_TIME]:
        said, reference = answer_of(write, reached)
        words = what_it_said(said, write=write)
        with transaction.atomic():
            again = now + AGAIN if said in (Said.NOTHING, Said.NOT_ASKED) else write.settled_at
            OutsideWrite.objects.filter(pk=write.pk).update(not_before=again)
            if said == Said.NOT_DONE:
                note_answer(write, words=words, now=now)
            elif said in (Said.DONE, Said.DONE_UNNAMED):
                _hand_over(write, reference, now=now)
                raised += 1
                doubt_again(write, words=words, now=now)  # counts for the limits of its day, whoever had it given back
                if reference:
                    confirm(write, reference, now=now)
    return raised


def _hand_over(write: OutsideWrite, reference: str, *, now: datetime) -> None:
    card = write.card.survivor if write.card else None
    words = _(
        "%(what)s: %(who)s resolvió que no se hizo, y %(system)s responde que sí%(reference)s. "
        "Vea si se hizo dos veces, y avise a quien lo pidió."
    ) % {
        "what": what(write), "who": write.settled_by, "system": write.get_system_display(),
        "reference": f" ({reference})" if reference else "",
    }  # fmt: skip
    raise_escalation(
        key=AFTER_ALL % write.pk,
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
