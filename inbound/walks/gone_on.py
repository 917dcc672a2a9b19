"""What a call asked for, and went on with another number, damage or customer: where it ends before its end nobody said
whether the first was an error, so a person asks.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from escalations.raising import add_detail, raise_escalation
from inbound.flows.conditions import arguments
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import called_back_about, customer_on_file, zone_of
from inbound.walks.cards import plain
from inbound.walks.consequences import told_of, whom_in_words
from inbound.walks.customers import as_it_was
from inbound.walks.state import WalkState, state_on
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.mistaken import BECAME_OF_WRITE
from inbound.writes.writing import whom_of

KIND = "write_not_done"
GONE_ON_WITH_ANOTHER = gettext_lazy(
    "La llamada pidió esto para %(whom)s, volvió atrás y siguió con otro, y terminó sin decir si fue un error: "
    "pregúntelo a quien llamó y, si lo fue, deshágalo. %(what)s"
)


def left_unanswered(here: WalkState) -> list[OutsideWrite]:
    """What the call asked for, went back from, and is about another now, as far as its end was not answered."""
    counted = {passed.write_id for passed in here.path} - {None}
    own = {passed.escalation_id for passed in here.trail} - {None}
    found: dict[int, OutsideWrite] = {}
    for passed in here.trail:
        write, step = passed.write, here.step_of(passed)
        if write is None or write.pk in counted or passed.kind != "do" or write.walk_id != here.walk.pk:
            continue
        if write.state in NOT_HAPPENING or not write.to_whom or write.card_id in own or _is_answered(here, write):
            continue
        whom = whom_of(actions()[write.action], arguments(step.with_, here.known))
        if whom and plain(whom) != plain(write.to_whom):
            found[write.pk] = write
    return list(found.values())


def hand_over_what_was_left(
    here: WalkState, writes: list[OutsideWrite], *, card: Escalation | None, now: datetime
) -> None:
    """One card for each number, where a person asks her; `card`: the one of handing over, which says it itself."""
    by_whom: dict[str, list[OutsideWrite]] = {}
    for write in writes:
        by_whom.setdefault(write.to_whom, []).append(write)
    for whom, several in by_whom.items():
        what = "; ".join(f"{actions()[one.action].words} {one.reference or one.get_state_display()}" for one in several)
        told = GONE_ON_WITH_ANOTHER % {"whom": whom_in_words(several[0]), "what": what}
        if card is not None:
            add_detail(key=card.key, text=told, by=here.walk.by, now=now)
            continue
        place = max(n for n, passed in enumerate(here.trail, start=1) if passed.write_id in {one.pk for one in several})
        asked = state_on(walk=here.walk, trail=here.trail[:place])
        then = as_it_was(asked)
        telephone, only = called_back_about(here, whom)
        own = raise_escalation(
            key=f"walk:{here.walk.key}:gone-on:{whom}",
            kind=KIND,
            line=here.walk.line.number,
            contract=then.contract or here.walk.contract,
            customer_name=customer_on_file(then, asked.known) or several[0].requester_name,
            telephone=telephone,
            zone=zone_of(here.known),
            reason=". ".join([told, *only]),
            details=told_of(several[0]),
            by=here.walk.by,
            now=now,
        )
        pks = [one.pk for one in several if one.state != OutsideWrite.State.DONE]
        OutsideWrite.objects.filter(pk__in=pks, card=None).update(card=own)


def _is_answered(here: WalkState, write: OutsideWrite) -> bool:
    return bool(here.footstep.answer.get(f"{BECAME_OF_WRITE}{write.pk}"))
