"""What a call had done by mistake, and another call wants: a line that is suspended or a SIM that is blocked is so for
both, and whoever undoes it for the one puts the other's stolen line back in service. Of money each call has its own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import add_detail
from inbound.models import OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asks import LOOKED_BACK, MISTAKES
from inbound.walks.consequences import whom_in_words
from inbound.writes.limits import NOT_HAPPENING

State = OutsideWrite.State
WRITE_OF = "write:"


def mistakes_among(writes: Collection[int]) -> dict[int, Escalation]:
    """Of these writes those that were a mistake, each with the card that undoes it."""
    keys = {f"{WRITE_OF}{pk}{MISTAKES}": pk for pk in writes}
    return {keys[card.key]: card for card in Escalation.objects.filter(key__in=keys)}


def tell_who_else_wants_it(*, now: datetime) -> None:
    """Tell each open card of a mistake of the other calls that asked for the same on the same line, before or since.
    Call it inside a transaction.
    """
    cards = Escalation.objects.filter(key__startswith=WRITE_OF, key__endswith=MISTAKES, state__in=Escalation.UNSETTLED)
    open_ones = {_write_of(card): card for card in cards.filter(raised_at__gt=now - LOOKED_BACK).order_by("pk")}
    found = OutsideWrite.objects.filter(pk__in=open_ones, is_accountable=True, amount=None)
    undone = list(found.exclude(state__in=NOT_HAPPENING).order_by("pk"))
    if not undone:
        return
    about = Q(pk__in=[])
    for write in undone:
        about |= Q(action=write.action, to_whom=write.to_whom) & ~Q(walk=write.walk_id)
    others = OutsideWrite.objects.filter(about, is_not_needed=False, owed_at__gt=now - LOOKED_BACK)
    others = others.exclude(state__in=NOT_HAPPENING).select_related("walk").order_by("pk")
    mistaken = mistakes_among([one.pk for one in others])
    wanted = [one for one in others if one.pk not in mistaken]
    for write in undone:
        for other in wanted:
            if (other.action, other.to_whom) == (write.action, write.to_whom) and other.walk_id != write.walk_id:
                _tell(open_ones[write.pk], _words(write, other), now=now)


def _write_of(card: Escalation) -> int:
    return int(card.key.removeprefix(WRITE_OF).removesuffix(MISTAKES))


def _words(write: OutsideWrite, other: OutsideWrite) -> str:
    who = other.requester_name or other.walk.caller_name or other.walk.customer_name
    said = {"what": actions()[other.action].words, "whom": whom_in_words(other), "reference": other.reference}
    asked = _("«%(what)s», %(whom)s") % said + (f" ({other.reference})" if other.reference else "")
    asked += f", {who}" if who else ""
    if other.state == State.DONE and other.reference == write.reference and other.pk < write.pk:
        return _("Esta llamada no hizo nada: ya estaba hecho por otra que lo quiere: %(asked)s. No lo deshaga.") % {
            "asked": asked
        }
    return _("Otra llamada pide que siga hecho: %(asked)s. No lo deshaga sin ver lo de ella.") % {"asked": asked}


def _tell(card: Escalation, words: str, *, now: datetime) -> None:
    """Once."""
    if not card.changes.filter(note=words).exists():
        add_detail(key=card.key, text=words, by=None, now=now)
