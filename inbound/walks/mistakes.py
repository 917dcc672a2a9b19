"""What a call had done by mistake, and another call wants: whoever undoes it for the one takes it from the other.

A line that is suspended or a SIM that is blocked is so for all who asked for it. Of money and of damages each call has
its own; but whoever joined another's, for nobody knew of it yet, or reiterated its damage, has that one alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from escalations.models import Change, Escalation
from escalations.raising import add_detail
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import call_back_on, customer_on_file
from inbound.walks.asks import LOOKED_BACK, forms_of
from inbound.walks.consequences import whom_in_words
from inbound.walks.lane_news import WITHDRAWN
from inbound.walks.state import flow_of, given_on, read_state
from inbound.walks.undone import may_be_about
from inbound.writes.limits import A_DAY, NOT_HAPPENING
from inbound.writes.mistaken import (
    BECAME_OF_WRITE,
    MISTAKES,
    NO_LONGER,
    TWICE,
    WENT_OUT,
    WRITE_OF,
    cards_of_mistakes,
    mistakes_among,
)
from screens.templatetags.screens import bs
from service_level.days import LA_PAZ
from telephony.phone_numbers import display

State = OutsideWrite.State
OF_A_LINE = ("write_not_done", "sim_block")  # kinds of cards about a line that is to be suspended or blocked
AMOUNT = "amount"  # among what a card tells: of money each call has its own
Undone = list[tuple[OutsideWrite, Escalation]]
Notes = dict[int, list[str]]


@translation.override(settings.LANGUAGE_CODE)
def tell_who_else_wants_it(*, now: datetime, of: OutsideWrite | None = None) -> None:
    """Tell each open card of a mistake of the other calls that want the same, before or since; and the open cards of
    these of the mistake. `of`: only about the line of that write. Call it inside a transaction.
    """
    undone = list(_undone(now, of))
    if not undone:
        return
    of_lines = [(write, card) for write, card in undone if write.is_accountable and write.amount is None]
    others, cards = _other_writes(of_lines, now), _other_cards(of_lines, now)
    joined, own_cards, reiterated = _joined(undone), _own_cards(undone), _reiterated(undone)
    served = _served_by(undone, now)
    their_mistakes = cards_of_mistakes([one.pk for several in others.values() for one in several])
    told = _notes([card.pk for _write, card in undone] + [card.pk for several in cards.values() for card in several])
    for write, card in undone:
        for other in others.get((write.action, write.to_whom), ()):
            if other.walk_id != write.walk_id:
                every = _words_of(write, other, their_mistakes.get(other.pk))
                _tell(card, every[0], told, instead_of=every, now=now)
        for words in (*joined.get(write.pk, ()), *reiterated.get(write.pk, ()), *served.get(write.pk, ())):
            _tell(card, words, told, now=now)
        for wanting in cards.get(write.to_whom, ()) if (write, card) in of_lines else ():
            if wanting.pk == card.pk or wanting.pk in own_cards[write.walk_id]:
                continue
            said = {"pk": wanting.pk, "whom": display(write.to_whom), "who": _who(wanting)}
            words = _("Otra llamada quiere %(whom)s así: derivación #%(pk)d, %(who)s. Véala antes de deshacerlo.")
            _tell(card, words % said, told, now=now)
            if wanting.state in Escalation.UNSETTLED:
                said = {"pk": card.pk, "what": actions()[write.action].words, "whom": display(write.to_whom)}
                words = _(
                    "«%(what)s», %(whom)s, se pidió por error en otra llamada, y la derivación #%(pk)d lo deshace."
                )
                _tell(wanting, words % said, told, now=now)


def _undone(now: datetime, of: OutsideWrite | None) -> Iterator[tuple[OutsideWrite, Escalation]]:
    """What was done, or may be, by mistake, with the open card that undoes it."""
    of_writes = Escalation.objects.filter(key__startswith=WRITE_OF, raised_at__gt=now - LOOKED_BACK)
    keys = of_writes.filter(Q(key__endswith=MISTAKES) | Q(key__endswith=WENT_OUT))
    found = OutsideWrite.objects.exclude(state__in=NOT_HAPPENING)
    if of is not None:
        found = found.filter(action=of.action, to_whom=of.to_whom)
    pks = {int(key.split(":")[1]) for key in keys.values_list("key", flat=True)}
    writes = list(found.filter(pk__in=pks).order_by("pk"))
    mistakes = mistakes_among([write.pk for write in writes])
    gone_out = {card.key: card.survivor for card in Escalation.objects.filter(key__in=[TWICE % pk for pk in mistakes])}
    for write in writes:
        if write.pk in mistakes:
            several = (mistakes[write.pk], gone_out.get(TWICE % write.pk))
            if card := next((one for one in several if one and one.state in Escalation.UNSETTLED), None):
                yield write, card


def _other_writes(undone: Undone, now: datetime) -> dict[tuple[str, str], list[OutsideWrite]]:
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


def _other_cards(undone: Undone, now: datetime) -> dict[str, list[Escalation]]:
    """By line: cards of calls that were not served, or were told what must follow, or were handed over before it was
    asked for; open, or settled as resolved. Not those of a top-up of the line, or of its damage.
    """
    lines = {
        form: write.to_whom for write, _card in undone for form in (*forms_of(write.to_whom), display(write.to_whom))
    }
    found = Escalation.objects.filter(raised_at__gt=now - LOOKED_BACK, details__number__in=list(lines)).not_rejected()
    found = found.exclude(key__endswith=MISTAKES).exclude(state=Escalation.State.MERGED)
    found = found.exclude(details__has_any_keys=[WITHDRAWN, AMOUNT])
    stands_for = OutsideWrite.objects.filter(card=OuterRef("pk"))
    of_something_else = Exists(stands_for) & ~Exists(stands_for.filter(is_accountable=True, amount=None))
    several = list(found.exclude(of_something_else).order_by("pk"))
    asked = {write.action for write, _card in undone}
    before = {
        passed.escalation_id
        for passed in Footstep.objects.filter(escalation__in=several, kind="do")
        if flow_of(passed.version_id).steps[passed.step].action in asked
    }
    cards: dict[str, list[Escalation]] = defaultdict(list)
    for card in several:
        if card.kind_id in OF_A_LINE or card.pk in before:
            cards[lines[str(card.details["number"])]].append(card)
    return cards


def _joined(undone: Undone) -> dict[int, list[str]]:
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


def _reiterated(undone: Undone) -> dict[int, list[str]]:
    """By write: what other calls asked for of that which it made, by its reference: its damage was reiterated."""
    made = {write.reference: write for write, _card in undone if write.reference}
    of_others = OutsideWrite.objects.filter(to_whom__in=list(made)).exclude(state__in=NOT_HAPPENING)
    found: dict[int, list[str]] = defaultdict(list)
    for one in of_others.select_related("walk").order_by("pk"):
        write = made[one.to_whom]
        if one.walk_id != write.walk_id and one.system == write.system:
            here = read_state(walk=one.walk)
            who = one.requester_name or one.walk.caller_name or customer_on_file(one.walk, here.known)
            number = given_on(here.trail) or call_back_on(one.walk, here.known)
            said = {"what": actions()[one.action].words, "reference": one.to_whom}
            words = _("Otra llamada pidió «%(what)s» de %(reference)s: %(who)s. Véala antes de deshacerlo.")
            found[write.pk].append(words % {**said, "who": ", ".join(filter(None, (who, display(number)))) or "—"})
    return found


def _who(card: Escalation) -> str:
    """Who asked, where that is told, for the card may be in the holder's name."""
    return str(card.details.get("requester") or card.details.get("caller") or card.customer_name or card.contract)


def _served_by(undone: Undone, now: datetime) -> dict[int, list[str]]:
    """By write that moves money: the cards of other calls that were told that what they ask for was done by it."""
    found: dict[int, list[str]] = defaultdict(list)
    for write, undoing in undone:
        if write.amount is None or not write.reference:
            continue
        same = Escalation.objects.filter(
            raised_at__gt=now - LOOKED_BACK, details__number__in=[*forms_of(write.to_whom), display(write.to_whom)],
            details__amount=bs(write.amount), changes__note__contains=f"({write.reference})",
        )  # fmt: skip
        for card in (
            same.exclude(pk=undoing.pk).exclude(key__startswith=f"{WRITE_OF}{write.pk}").distinct().order_by("pk")
        ):
            words = _("A la derivación #%(pk)d, %(who)s, se le dijo que esto era lo suyo: deshecho, queda sin ello.")
            parts = (_who(card), display(card.telephone))
            found[write.pk].append(words % {"pk": card.pk, "who": ", ".join(filter(None, parts))})
    return found


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


def _words_of(write: OutsideWrite, other: OutsideWrite, mistake: Escalation | None) -> list[str]:
    """What is told of another call's write of the same; and after it how else it began that was told of it before."""
    who = other.requester_name or other.walk.caller_name or other.walk.customer_name
    at = date_format(timezone.localtime(other.owed_at, LA_PAZ), "d/m/Y H:i")
    said = {"what": actions()[other.action].words, "whom": whom_in_words(other), "at": at}
    asked = {"asked": _("«%(what)s», %(whom)s, %(at)s") % said + (f", {who}" if who else "")}
    hers = _("Esta llamada no hizo nada: ya estaba hecho por otra que lo quiere: %(asked)s. No lo deshaga.") % asked
    wants = _("Otra llamada pide que siga hecho: %(asked)s. No lo deshaga sin ver lo de ella.") % asked
    wanted = [hers, wants] if _is_hers(write, other) else [wants, hers]
    if mistake is None:
        return wanted
    known = {"pk": mistake.pk, "why": mistake.outcome, **asked}
    not_needed = (
        _("La otra llamada dice también que fue un error (derivación #%(pk)d): por ella no hace falta.") % known
    )
    kept = _("La otra llamada dijo que fue un error, y supervisión no lo deshizo (derivación #%(pk)d)") % known
    if not mistake.was_rejected:
        return [not_needed, kept, *wanted]
    return [
        _("%(kept)s: %(asked)s. «%(why)s» Véala antes de deshacerlo.") % {**known, "kept": kept},
        not_needed,
        *wanted,
    ]


def _is_hers(write: OutsideWrite, other: OutsideWrite) -> bool:
    """Whether a refusal of this write was taken for what the other had done: both by themselves, within a day."""
    is_so = other.state == write.state == State.DONE and write.reference == other.reference and other.pk < write.pk
    if not is_so or write.settled_by_id or other.settled_by_id or not (write.settled_at and other.settled_at):
        return False
    return timedelta(0) <= write.settled_at - other.settled_at <= A_DAY


def _notes(cards: list[int]) -> Notes:
    """In the order in which they were told."""
    found: Notes = defaultdict(list)
    told = Change.objects.filter(escalation__in=cards).exclude(note="").order_by("pk")
    for card, note in told.values_list("escalation", "note"):
        found[card].append(note)
    return found


def _tell(card: Escalation, words: str, told: Notes, *, now: datetime, instead_of: Collection[str] = ()) -> None:
    """Once; anew where something else was told of the same since."""
    of_the_same = (words, *instead_of)
    last = next((note for note in reversed(told[card.pk]) if note.startswith(of_the_same)), "")
    if last != words:
        told[card.pk].append(words)
        add_detail(key=card.key, text=words, by=None, now=now)
