"""What a call had done by mistake, and another call wants: a line that is suspended or a SIM that is blocked is so for
both, and whoever undoes it for the one puts the other's stolen line back in service. Of money each call has its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from escalations.models import Change, Escalation
from escalations.raising import add_detail
from inbound.models import Footstep, OutsideWrite, Walk
from inbound.outside.actions import actions
from inbound.walks.asks import LOOKED_BACK, forms_of
from inbound.walks.consequences import whom_in_words
from inbound.walks.lane_news import WITHDRAWN
from inbound.writes.limits import A_DAY, NOT_HAPPENING
from inbound.writes.mistaken import MISTAKES, WRITE_OF, mistakes_among
from service_level.days import LA_PAZ
from telephony.phone_numbers import display

State = OutsideWrite.State
OF_A_LINE = ("write_not_done", "sim_block")  # kinds of cards about a line that is to be suspended or blocked
WANT_NOTHING = (Escalation.State.REJECTED, Escalation.State.MERGED)
AMOUNT = "amount"  # among what a card tells: of money each call has its own
Notes = dict[int, set[str]]
Undone = list[tuple[OutsideWrite, Escalation]]


@translation.override(settings.LANGUAGE_CODE)
def tell_who_else_wants_it(*, now: datetime, of: OutsideWrite | None = None) -> None:
    """Tell each open card of a mistake of the other calls that want the same of the same line, before or since; and the
    open cards of these of the mistake. `of`: only about the line of that write. Call it inside a transaction.
    """
    undone = list(_undone(now, of))
    if not undone:
        return
    others, cards = _other_writes(undone, now), _other_cards(undone, now)
    joined, own_cards = _joined_by(undone), _own_cards(undone)
    told = _notes([card.pk for _write, card in undone] + [card.pk for several in cards.values() for card in several])
    for write, card in undone:
        for other in others.get((write.action, write.to_whom), ()):
            if other.walk_id != write.walk_id:
                _tell(card, _words_of_a_write(write, other), told, now=now)
        for walk in joined.get(write.pk, {}).values():
            words = _("Otra llamada se sumó a este pedido: %(who)s. No lo deshaga sin ver lo de ella.")
            _tell(card, words % {"who": walk.caller_name or walk.customer_name or walk.contract}, told, now=now)
        for also, its_card in undone:
            is_same = (also.action, also.to_whom) == (write.action, write.to_whom) and also.walk_id != write.walk_id
            if is_same and its_card.pk != card.pk:
                words = _("La otra llamada dice también que fue un error (derivación #%(pk)d): por ella no hace falta.")
                _tell(card, words % {"pk": its_card.pk}, told, now=now)
        own = own_cards[write.walk_id]
        for wanting in cards.get(write.to_whom, ()):
            if wanting.pk == card.pk or wanting.pk in own:
                continue
            said = {"pk": wanting.pk, "whom": display(write.to_whom), "who": wanting.customer_name or wanting.contract}
            words = _("Otra llamada quiere %(whom)s así: derivación #%(pk)d, %(who)s. Véala antes de deshacerlo.")
            _tell(card, words % said, told, now=now)
            if wanting.state in Escalation.UNSETTLED:
                said = {"pk": card.pk, "what": actions()[write.action].words, "whom": display(write.to_whom)}
                words = _(
                    "«%(what)s», %(whom)s, se pidió por error en otra llamada, y la derivación #%(pk)d lo deshace."
                )
                _tell(wanting, words % said, told, now=now)


def _undone(now: datetime, of: OutsideWrite | None) -> Iterator[tuple[OutsideWrite, Escalation]]:
    """What was done, or may be, to a line by mistake, with the open card that undoes it."""
    keys = Escalation.objects.filter(key__startswith=WRITE_OF, key__endswith=MISTAKES, raised_at__gt=now - LOOKED_BACK)
    found = OutsideWrite.objects.filter(is_accountable=True, amount=None).exclude(state__in=NOT_HAPPENING)
    if of is not None:
        found = found.filter(action=of.action, to_whom=of.to_whom)
    pks = [int(key.removeprefix(WRITE_OF).removesuffix(MISTAKES)) for key in keys.values_list("key", flat=True)]
    writes = list(found.filter(pk__in=pks).order_by("pk"))
    mistakes = mistakes_among([write.pk for write in writes])
    for write in writes:
        if write.pk in mistakes and mistakes[write.pk].state in Escalation.UNSETTLED:
            yield write, mistakes[write.pk]


def _other_writes(undone: Undone, now: datetime) -> dict[tuple[str, str], list[OutsideWrite]]:
    """By operation and line: what calls asked for of it, that is or may be done, and was no mistake of theirs."""
    about = Q(pk__in=[])
    for write, _card in undone:
        about |= Q(action=write.action, to_whom=write.to_whom)
    found = OutsideWrite.objects.filter(about, is_not_needed=False, owed_at__gt=now - LOOKED_BACK)
    found = found.exclude(state__in=NOT_HAPPENING).exclude(card__details__has_key=WITHDRAWN)
    writes = list(found.select_related("walk").order_by("pk"))
    mistaken = mistakes_among([one.pk for one in writes])
    others: dict[tuple[str, str], list[OutsideWrite]] = defaultdict(list)
    for one in writes:
        if one.pk not in mistaken:
            others[one.action, one.to_whom].append(one)
    return others


def _other_cards(undone: Undone, now: datetime) -> dict[str, list[Escalation]]:
    """By line: cards of calls that were not served, or were told what must follow; open, or settled as resolved. Not
    those of a top-up of the line, or of its damage.
    """
    lines = {
        form: write.to_whom for write, _card in undone for form in (*forms_of(write.to_whom), display(write.to_whom))
    }
    found = Escalation.objects.filter(kind__code__in=OF_A_LINE, details__number__in=list(lines))
    found = found.filter(raised_at__gt=now - LOOKED_BACK).exclude(key__endswith=MISTAKES)
    found = found.exclude(details__has_any_keys=[WITHDRAWN, AMOUNT]).exclude(state__in=WANT_NOTHING)
    stands_for = OutsideWrite.objects.filter(card=OuterRef("pk"))
    of_something_else = Exists(stands_for) & ~Exists(stands_for.filter(is_accountable=True, amount=None))
    cards: dict[str, list[Escalation]] = defaultdict(list)
    for card in found.exclude(of_something_else).order_by("pk"):
        cards[lines[str(card.details["number"])]].append(card)
    return cards


def _joined_by(undone: Undone) -> dict[int, dict[int, Walk]]:
    """By write: other calls that heard of it as of their own."""
    of_others = Footstep.objects.filter(write__in=[write.pk for write, _card in undone]).exclude(walk=F("write__walk"))
    joined: dict[int, dict[int, Walk]] = defaultdict(dict)
    for passed in of_others.select_related("walk").order_by("walk"):
        joined[passed.write_id or 0][passed.walk_id] = passed.walk
    return joined


def _own_cards(undone: Undone) -> dict[int, set[int]]:
    """By call that made a mistake: its cards."""
    walks = [write.walk_id for write, _card in undone]
    own: dict[int, set[int]] = defaultdict(set)
    steps = Footstep.objects.filter(walk__in=walks, escalation__isnull=False)
    for walk, card in steps.values_list("walk", "escalation"):
        own[walk].add(card)
    for walk, *cards in OutsideWrite.objects.filter(walk__in=walks).values_list("walk", "card", "follow_card"):
        own[walk] |= {pk for pk in cards if pk}
    return own


def _words_of_a_write(write: OutsideWrite, other: OutsideWrite) -> str:
    who = other.requester_name or other.walk.caller_name or other.walk.customer_name
    at = date_format(timezone.localtime(other.owed_at, LA_PAZ), "d/m/Y H:i")
    said = {"what": actions()[other.action].words, "whom": whom_in_words(other), "at": at}
    asked = _("«%(what)s», %(whom)s, %(at)s") % said + (f", {who}" if who else "")
    if _is_hers(write, other):
        return _("Esta llamada no hizo nada: ya estaba hecho por otra que lo quiere: %(asked)s. No lo deshaga.") % {
            "asked": asked
        }
    return _("Otra llamada pide que siga hecho: %(asked)s. No lo deshaga sin ver lo de ella.") % {"asked": asked}


def _is_hers(write: OutsideWrite, other: OutsideWrite) -> bool:
    """Whether a refusal of this write was taken for what the other had done: both by themselves, within a day."""
    is_so = other.state == write.state == State.DONE and write.reference == other.reference and other.pk < write.pk
    if not is_so or write.settled_by_id or other.settled_by_id or not (write.settled_at and other.settled_at):
        return False
    return timedelta(0) <= write.settled_at - other.settled_at <= A_DAY


def _notes(cards: list[int]) -> Notes:
    found: Notes = defaultdict(set)
    for card, note in Change.objects.filter(escalation__in=cards).exclude(note="").values_list("escalation", "note"):
        found[card].add(note)
    return found


def _tell(card: Escalation, words: str, told: Notes, *, now: datetime) -> None:
    """Once."""
    if words not in told[card.pk]:
        told[card.pk].add(words)
        add_detail(key=card.key, text=words, by=None, now=now)
