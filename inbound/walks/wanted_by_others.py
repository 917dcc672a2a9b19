"""Who wants what another call had done by mistake: calls that asked for the same, before or since; that joined it, for
nobody knew of it yet; that reiterated its damage; that were told that it was theirs; or have a card that asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from escalations.models import Escalation
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import call_back_on, customer_on_file
from inbound.walks.asks import LOOKED_BACK, forms_of
from inbound.walks.cards import ABOUT
from inbound.walks.lane_news import WITHDRAWN
from inbound.walks.state import flow_of, given_on, read_state
from inbound.walks.told_on_cards import Told
from inbound.walks.undone import may_be_about
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.mistaken import AFTER_ALL, BECAME_OF_WRITE, MISTAKES, NO_LONGER, WENT_OUT, WRITE_OF
from screens.templatetags.screens import bs
from telephony.phone_numbers import display

OF_A_LINE = ("write_not_done", "sim_block")  # kinds of cards about a line that is to be suspended or blocked
AMOUNT = "amount"  # among what a card tells: of money each call has its own
Undone = list[tuple[OutsideWrite, Escalation]]


def other_writes(undone: Undone, *, now: datetime) -> dict[tuple[str, str], list[OutsideWrite]]:
    """By operation and line: what calls asked for of it, that is or may be done."""
    about = Q(pk__in=[])
    for write, _card in undone:
        about |= Q(action=write.action, to_whom=write.to_whom)
    found = OutsideWrite.objects.filter(about, is_not_needed=False, owed_at__gt=now - LOOKED_BACK)
    found = found.exclude(state__in=NOT_HAPPENING).exclude(card__details__has_key=WITHDRAWN)
    others: dict[tuple[str, str], list[OutsideWrite]] = defaultdict(list)
    for one in found.select_related("walk").order_by("pk"):
        others[one.action, one.to_whom].append(one)
    return others


def other_cards(undone: Undone, *, now: datetime) -> dict[str, list[Escalation]]:
    """By line: cards of calls that were not served, or were told what must follow, or were handed over before it was
    asked for; open, or settled as resolved, or united with one that is. Not those of a top-up of the line, or of its
    damage.
    """
    lines = {
        form: write.to_whom for write, _card in undone for form in (*forms_of(write.to_whom), display(write.to_whom))
    }
    found = Escalation.objects.filter(raised_at__gt=now - LOOKED_BACK, details__number__in=list(lines)).not_rejected()
    found = found.exclude(Q(key__endswith=MISTAKES) | Q(key__endswith=WENT_OUT) | Q(key__contains=AFTER_ALL))
    found = found.exclude(details__has_any_keys=[WITHDRAWN, AMOUNT])
    stands_for = OutsideWrite.objects.filter(card=OuterRef("pk"))
    of_something_else = Exists(stands_for) & ~Exists(stands_for.filter(is_accountable=True, amount=None))
    several = list(found.exclude(of_something_else).select_related("merged_into").order_by("pk"))
    asked = {write.action for write, _card in undone}
    before = {
        passed.escalation_id
        for passed in Footstep.objects.filter(escalation__in=several, kind="do")
        if flow_of(passed.version_id).steps[passed.step].action in asked
    }
    cards: dict[str, list[Escalation]] = defaultdict(list)
    for card in several:
        goes_on = card.merged_into_id is None or not card.survivor.was_rejected
        if goes_on and (card.kind_id in OF_A_LINE or card.pk in before):
            cards[lines[str(card.details["number"])]].append(card)
    return cards


def joined_by(undone: Undone) -> dict[int, list[str]]:
    """By write: of each call that is over and heard of it as of its own, who is left without it, and where she is."""
    of_others = Footstep.objects.filter(write__in=[write.pk for write, _card in undone]).exclude(walk=F("write__walk"))
    found: dict[int, list[str]] = defaultdict(list)
    walks = {
        (passed.walk_id, passed.write_id): passed.walk
        for passed in of_others.filter(walk__ended_at__isnull=False).select_related("walk__line").order_by("walk")
    }
    for (_walk, write), walk in walks.items():
        here = read_state(walk=walk)
        if write is None or here.footstep.answer.get(f"{BECAME_OF_WRITE}{write}") == NO_LONGER:
            continue  # she asked for it by a slip
        whose = next(one for one, _card in undone if one.pk == write)
        number = given_on(here.trail) or call_back_on(walk, here.known, about=whose.to_whom)
        cards = Escalation.objects.filter(key__startswith=f"walk:{walk.key}:", state__in=Escalation.UNSETTLED)
        own = next((card for card in cards.order_by("pk") if may_be_about(card, whose.to_whom)), None)
        who = str(here.known.get("requester_name") or walk.caller_name or customer_on_file(walk, here.known))
        parts = [who, display(number), _("derivación #%(pk)d") % {"pk": own.pk} if own else ""]
        words = _("Otra llamada se sumó a este pedido: %(who)s. Si se deshace, queda sin lo que pidió.")
        found[write].append(words % {"who": ", ".join(filter(None, parts)) or "—"})
    return found


def reiterated(undone: Undone, *, now: datetime) -> dict[int, list[str]]:
    """By write: what other calls asked for of that which it made, by its reference, as its damage that was reiterated;
    and the cards about it.
    """
    made = {write.reference: write for write, _card in undone if write.reference}
    of_others = OutsideWrite.objects.filter(to_whom__in=list(made)).exclude(state__in=NOT_HAPPENING)
    found: dict[int, list[str]] = defaultdict(list)
    for one in of_others.select_related("walk").order_by("pk"):
        write = made[one.to_whom]
        if one.walk_id != write.walk_id and one.system == write.system:
            here = read_state(walk=one.walk)
            name = one.requester_name or one.walk.caller_name or customer_on_file(one.walk, here.known)
            number = given_on(here.trail) or call_back_on(one.walk, here.known)
            said = {"what": actions()[one.action].words, "reference": one.to_whom}
            words = _("Otra llamada pidió «%(what)s» de %(reference)s: %(who)s. Véala antes de deshacerlo.")
            found[write.pk].append(words % {**said, "who": ", ".join(filter(None, (name, display(number)))) or "—"})
    about = Q(pk__in=[])
    for name in ABOUT:
        about |= Q(**{f"details__{name}__in": list(made)})
    own = own_cards(undone)
    lately = Escalation.objects.filter(about, raised_at__gt=now - LOOKED_BACK).not_rejected()
    for card in lately.order_by("pk") if made else ():
        reference = next(str(card.details[name]) for name in ABOUT if card.details.get(name) in made)
        write = made[reference]
        if card.pk not in own[write.walk_id] and not f"{card.key}:".startswith(f"{WRITE_OF}{write.pk}:"):
            words = _("La derivación #%(pk)d, %(who)s, es de %(reference)s. Véala antes de deshacerlo.")
            found[write.pk].append(words % {"pk": card.survivor.pk, "who": who_of(card), "reference": reference})
    return found


def served_by(undone: Undone, *, now: datetime) -> dict[int, list[str]]:
    """By write that moves money: the cards of other calls that were told that what they ask for was done by it."""
    of_money = [(write, card) for write, card in undone if write.amount is not None and write.reference]
    numbers = {form for write, _card in of_money for form in (*forms_of(write.to_whom), display(write.to_whom))}
    same = Escalation.objects.filter(raised_at__gt=now - LOOKED_BACK, details__number__in=list(numbers))
    cards = list(same.filter(details__has_key=AMOUNT).order_by("pk")) if of_money else []
    told, found = Told(card.pk for card in cards), defaultdict[int, list[str]](list)
    for write, undoing in of_money:
        for card in cards:
            is_its_own = card.pk == undoing.pk or f"{card.key}:".startswith(f"{WRITE_OF}{write.pk}:")
            of_as_much = card.details[AMOUNT] == bs(write.amount)
            if is_its_own or not of_as_much or not any(f"({write.reference})" in note for note in told.of(card)):
                continue
            words = _("A la derivación #%(pk)d, %(who)s, se le dijo que esto era lo suyo: deshecho, queda sin ello.")
            parts = (who_of(card), display(card.telephone))
            found[write.pk].append(words % {"pk": card.pk, "who": ", ".join(filter(None, parts))})
    return found


def who_of(card: Escalation) -> str:
    """Who asked, where that is told, for the card may be in the holder's name."""
    return str(card.details.get("requester") or card.details.get("caller") or card.customer_name or card.contract)


def own_cards(undone: Undone) -> dict[int, set[int]]:
    """By call that made a mistake: its cards."""
    walks = [write.walk_id for write, _card in undone]
    own: dict[int, set[int]] = defaultdict(set)
    steps = Footstep.objects.filter(walk__in=walks, escalation__isnull=False)
    for walk, card in steps.values_list("walk", "escalation"):
        own[walk].add(card)
    for walk, *cards in OutsideWrite.objects.filter(walk__in=walks).values_list("walk", "card", "follow_card"):
        own[walk] |= {pk for pk in cards if pk}
    return own
