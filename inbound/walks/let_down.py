"""Who was let down: what a caller was told would be done, and did not come about, becomes a card for supervision.

The clock looks for it, so nothing that happens to a worker or a browser loses anybody: a write that was refused,
parked, uncertain, still to be approved or settled as not done, of a step whose caller heard that it was not known yet,
or heard nothing any more; and one of which she heard so an hour ago, and which still waits, for its system or for
somebody to do it by hand.
Whoever was told at once that it was refused has the card her step handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from escalations.models import Escalation
from escalations.raising import add_detail, raise_escalation
from inbound.fields import TELEPHONE
from inbound.flows.shapes import REFUSED, UNKNOWN
from inbound.models import Footstep, OutsideWrite
from inbound.walks.asked import call_back_on, customer_on_file, stolen_lines, zone_of
from inbound.walks.came_about import tell_the_open_cards
from inbound.walks.consequences import INTERACTION, told_of
from inbound.walks.corrected import as_meant_last, of_one_request
from inbound.walks.customers import as_it_was, of_contract
from inbound.walks.following import what_follows
from inbound.walks.lane_news import WITHDRAWN
from inbound.walks.left_undone import not_followed
from inbound.walks.mistakes import what_became_of_a_mistake
from inbound.walks.state import WalkState, given_on, read_state, state_on
from inbound.walks.undone_cards import raise_card_of, said_on_its_card, words_heard
from inbound.walks.what_became import hand_over_a_mistake
from inbound.writes.asking import by_itself, contradictions, it_says, questioned
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.mistaken import CONTRADICTED, TWICE, cards_of_mistakes, its_mistake, mistakes_among, not_mistaken
from inbound.writes.states import how_it_stands
from inbound.writes.told import what
from telephony.phone_numbers import parse

KIND = "write_not_done"
State = OutsideWrite.State
NOT_ABOUT_TO_BE = (State.REFUSED, State.PARKED, State.UNCERTAIN, State.NOT_DONE, State.APPROVAL)
LOOKED_BACK = timedelta(days=60)
LOOKED_BACK_FOR_WHAT_FOLLOWS = timedelta(days=2)
LEFT_STANDING = timedelta(minutes=30)  # a call whose refused step nobody went on from
WAITED_IN_VAIN = timedelta(hours=1)
ASKED_FIRST = timedelta(minutes=2)  # its system is asked what became of a doubt, before a person is
STILL_TO_BE_DONE = (State.WAITING, State.BY_HAND)
AT_A_TIME = 200
WITHDRAWN_AS_A_DOUBT = Q(card__details__has_key=WITHDRAWN, settled_at__gt=F("walk__ended_at"))


def see_to_the_let_down(*, now: datetime) -> int:
    """Raise the cards that are missing, and tell those there are of what came about. Returns how many were raised."""
    missing = [_without_a_card(now), *(_still_unknown(state, now) for state in STILL_TO_BE_DONE)]  # each by its index
    raised = sum(_each(_raise_card, found.values_list("pk", flat=True)[:AT_A_TIME], now=now) for found in missing)
    raised += _each(_see_to_what_follows, _not_followed(now), now=now)
    raised += _each(_have_it_undone, _done_though_withdrawn(now), now=now)
    raised += _each(_ask_whether_it_was_done_twice, _done_after_its_card(now), now=now)
    with transaction.atomic():
        tell_the_open_cards(now=now)
    return raised


def _each(see_to: Callable[..., int], writes: Iterable[OutsideWrite | int], *, now: datetime) -> int:
    """See to each of these by itself: what goes wrong with one lets nobody else down. Returns how many were raised."""
    raised = 0
    for write in writes:
        with by_itself(write):
            raised += see_to(write, now=now)
    return raised


def _without_a_card(now: datetime) -> QuerySet[OutsideWrite]:
    """Writes of which a caller was told something that is not so, and nobody sees to it."""
    asked = Footstep.objects.filter(walk=OuterRef("walk"), write=OuterRef("pk"))
    over = Q(walk__ended_at__isnull=False) | Q(left_at__lt=now - LEFT_STANDING)  # before, she may still say her number
    told = asked.exclude(chosen=REFUSED).filter(over, left_at__isnull=False)
    stands = Q(walk__ended_at__isnull=False) | Q(
        entered_at__lt=now - LEFT_STANDING
    )  # before, she may still hand it over
    left = asked.filter(Q(chosen=REFUSED) | Q(left_at=None), stands)
    later = OutsideWrite.objects.filter(walk=OuterRef("walk"), action=OuterRef("action"), pk__gt=OuterRef("pk"))
    later = later.exclude(state__in=NOT_HAPPENING, card=None)  # a doubt of it has its own card, or is about to
    of_one = Coalesce(KeyTextTransform("contract", "payload"), Value(""), output_field=TextField())
    of_hers = Coalesce(KeyTextTransform("contract", OuterRef("payload")), Value(""), output_field=TextField())
    hers = later.annotate(of_one=of_one).filter(of_one=of_hers, requester_name=OuterRef("requester_name"))
    again = later.filter(to_whom=OuterRef("to_whom"))  # of a refused one whatever was corrected, the number too
    words = Footstep.objects.filter(walk=OuterRef("walk"), kind="hand_over", escalation=None)
    promised = words.filter(position__gt=OuterRef("position"))  # but not once she was told that she is called
    found = _of_calls(now).filter(card=None, state__in=NOT_ABOUT_TO_BE).exclude(action=INTERACTION)
    found = found.exclude(state=State.UNCERTAIN, owed_at__gt=now - ASKED_FIRST)
    corrected = Q(Exists(hers)) & ~Q(Exists(promised)) | Q(Exists(again))
    missing = (Q(Exists(told)) & ~Q(Exists(again))) | (Q(Exists(left)) & ~corrected)
    return found.filter(missing).exclude(is_not_needed=True, state__in=NOT_HAPPENING).order_by("owed_at", "pk")


def _still_unknown(state: OutsideWrite.State, now: datetime) -> QuerySet[OutsideWrite]:
    """Writes in this state of which a caller was told an hour ago that it is not known yet, or that it is on its way,
    or who hung up while it was waited for.
    """
    asked = Footstep.objects.filter(walk=OuterRef("walk"), write=OuterRef("pk"))
    told = asked.filter(Q(chosen=UNKNOWN) | Q(chosen="", walk__ended_at__isnull=False))
    late = _of_calls(now).filter(card=None, state=state, owed_at__lt=now - WAITED_IN_VAIN)
    found = late.exclude(action=INTERACTION)
    return found.filter(Exists(told)).order_by("owed_at", "pk")


def _not_followed(now: datetime) -> list[int]:
    """Writes that were done, in calls that are over, after which what its flow does next never came about."""
    follows = Q(pk__in=[])
    for action, after in what_follows():
        passed = Footstep.objects.filter(walk=OuterRef("walk"), step=after.name)
        if after.action:
            did = Q(Exists(passed.filter(write__action=after.action, write__to_whom=OuterRef("to_whom"))))
        else:  # a card has its number in words: where the call was about two, each is looked at
            of_the_call = OutsideWrite.objects.filter(walk=OuterRef("walk"), action=action)
            handed = Footstep.objects.filter(walk=OuterRef("walk"), escalation__kind__code=after.escalation)
            did = Q(Exists(handed)) & ~Q(Exists(of_the_call.exclude(to_whom=OuterRef("to_whom"))))
        follows |= Q(action=action) & ~did
    lately = now - LOOKED_BACK_FOR_WHAT_FOLLOWS
    found = _of_calls(now).filter(follows, state=State.DONE, follow_card=None, walk__ended_at__isnull=False)
    found = not_mistaken(found)  # from a mistake nothing follows, nor from what was not needed any more
    found = found.exclude(WITHDRAWN_AS_A_DOUBT & ~Exists(its_mistake()))
    # it may be found done days after its call, or to be no mistake, when somebody is back from a weekend
    late = found.filter(settled_at__gte=lately), found.filter(Exists(its_mistake().filter(settled_at__gte=lately)))
    several = [found.filter(walk__ended_at__gte=lately), *late]
    each = [list(one.order_by("owed_at", "pk").values_list("pk", flat=True)[:AT_A_TIME]) for one in several]
    return list(dict.fromkeys(pk for some in each for pk in some))


def _see_to_what_follows(pk: int, *, now: datetime) -> int:
    with transaction.atomic():
        write = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        if write.follow_card_id is not None:
            return 0
        here = read_state(walk=write.walk)
        undone = next((one for one in not_followed(here) if one.write and one.write.pk == pk), None)
        if undone is None:
            return 0
        told = said_on_its_card(undone, now=now)
        write.follow_card = told or raise_card_of(undone, how=here.walk.result_label, now=now)
        if write.follow_card is None:
            return 0
        write.save(update_fields=["follow_card"])
        if (kept := cards_of_mistakes([pk]).get(pk)) is not None:  # rejected, else nothing followed
            add_detail(key=write.follow_card.key, text=what_became_of_a_mistake(kept)[0], by=None, now=now)
        if told is None and write.card is not None and write.card.state in Escalation.UNSETTLED:
            follows = _("Se hizo. Lo que sigue tiene su propia derivación: %(what)s") % {"what": undone.step.title}
            add_detail(key=write.card.key, text=follows, by=None, now=now)
    return 1


def _done_though_withdrawn(now: datetime) -> list[int]:
    """Money or a SIM that was a doubt when the call said that it is not needed any more, and was done after all."""
    lately = _of_calls(now).filter(state=State.DONE, is_accountable=True, walk__ended_at__isnull=False)
    lately = lately.filter(WITHDRAWN_AS_A_DOUBT, settled_at__gt=now - LOOKED_BACK_FOR_WHAT_FOLLOWS)
    return list(lately.exclude(Exists(its_mistake())).order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])


def _have_it_undone(pk: int, *, now: datetime) -> int:
    with transaction.atomic():
        write = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        hand_over_a_mistake(read_state(walk=write.walk), write, now=now, is_called=False)
    return 1


def _done_after_its_card(now: datetime) -> list[OutsideWrite]:
    """Money or a SIM that went through by itself when its card was settled already, maybe by doing it by hand."""
    done = _of_calls(now).filter(state=State.DONE, is_accountable=True, settled_by=None)
    lately = done.filter(settled_at__gt=now - LOOKED_BACK_FOR_WHAT_FOLLOWS)
    its_own = Q(card__merged_into=None, settled_at__gt=F("card__settled_at"))
    united = Q(settled_at__gt=F("card__merged_into__settled_at"))
    lately = lately.exclude(Exists(questioned().filter(write=OuterRef("pk"))))  # it did not go out by itself
    several = lately.filter(its_own | united).select_related("card__merged_into", "walk__line").order_by("pk")
    found = [write for write in several if write.card and write.card.survivor.state not in Escalation.UNSETTLED]
    keys = {TWICE % write.pk: write.pk for write in found}
    keys |= {CONTRADICTED % (one.write_id, one.pk): one.write_id for one in contradictions().filter(write__in=found)}
    there = {keys[key] for key in Escalation.objects.filter(key__in=keys).values_list("key", flat=True)}
    return [write for write in found if write.pk not in there]


def _ask_whether_it_was_done_twice(write: OutsideWrite, *, now: datetime) -> int:
    card = write.card.survivor if write.card else None
    if card is None:
        return 0
    told = _("%(what)s: salió sola (%(reference)s) con la derivación #%(pk)d ya cerrada. Vea si se hizo dos veces.")
    if write.pk in mistakes_among([write.pk]):
        told = _(
            "%(what)s: fue un error de la llamada, y salió (%(reference)s) con la derivación #%(pk)d ya cerrada. "
            "Deshágalo."
        )
    about = {"what": what(write), "reference": write.reference, "pk": card.pk}
    raise_escalation(
        key=TWICE % write.pk,
        kind=KIND,
        line=card.line,
        contract=card.contract,
        customer_name=card.customer_name,
        telephone=card.telephone,
        zone=card.zone,
        reason=told % about,
        details=told_of(write),
        by=None,
        now=now,
    )
    return 1


def _of_calls(now: datetime) -> QuerySet[OutsideWrite]:
    """Those of calls; a card's own lane stays with its card."""
    since = now - LOOKED_BACK
    return OutsideWrite.objects.filter(owed_at__gte=since, walk__anonymised_at=None, walk__escalation=None)


def _raise_card(pk: int, *, now: datetime) -> int:
    with transaction.atomic():
        of_the_call = OutsideWrite.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
        locked = of_the_call.filter(walk__in=OutsideWrite.objects.filter(pk=pk).values("walk"))
        write = next(one for one in locked if one.pk == pk)
        if write.card_id is not None or write.state not in (*NOT_ABOUT_TO_BE, *STILL_TO_BE_DONE):
            return 0
        here = read_state(walk=write.walk)
        asked = of_one_request(here, write)
        first, last, meant = asked[0], asked[-1], as_meant_last(here, asked[-1])
        then = _as_it_was_asked(here, last)
        walk, known = of_contract(then.walk, str(meant.payload.get("contract") or ""), then.known), then.known
        then = replace(then, walk=walk)
        card = raise_escalation(
            key=f"write:{write.pk}",
            kind=KIND,
            line=walk.line.number,
            contract=walk.contract,
            customer_name=customer_on_file(walk, known) or meant.requester_name,
            telephone=_reached_at(then, known, meant) or parse(meant.to_whom) or "",
            zone=zone_of(known),
            reason=" ".join(
                filter(None, (f"{what(write)}: {_why(last)}", last.last_error, it_says(last), _corrected(first, meant)))
            ),
            details=told_of(meant),
            promised=words_heard(here, last),
            due_at=None,
            by=walk.by,
            now=now,
        )
        OutsideWrite.objects.filter(pk__in=[one.pk for one in asked]).update(card=card)
    return 1


def _as_it_was_asked(here: WalkState, write: OutsideWrite) -> WalkState:
    """The call as it was when it asked for this, if it went on about another customer since; she is one caller, and
    called where she said last.
    """
    place = next((n for n in range(len(here.trail), 0, -1) if here.trail[n - 1].write_id == write.pk), 0)
    then = state_on(walk=here.walk, trail=here.trail[:place]) if place else here
    walk = as_it_was(then)
    asks = str(here.known.get("requester_name") or "")
    is_hers = (walk.contract, walk.customer_name) == (here.walk.contract, here.walk.customer_name)
    if is_hers and (not write.requester_name or asks in ("", write.requester_name)):
        return here
    given = given_on(here.trail)
    return replace(then, walk=walk, known={**then.known, **({TELEPHONE: given} if given else {})})


def _corrected(first: OutsideWrite, meant: OutsideWrite) -> str:
    if meant.to_whom == first.to_whom:
        return ""
    told = {"now": meant.to_whom, "before": first.to_whom}
    return _("Se corrigió en la llamada: %(now)s (antes %(before)s).") % told


def _reached_at(here: WalkState, known: Mapping[str, Any], write: OutsideWrite) -> str:
    step = next((one for one in here.flow.steps.values() if one.action == write.action), None)
    return call_back_on(here.walk, known, about=write.to_whom, stolen=stolen_lines(here, step))


def _why(write: OutsideWrite) -> str:
    if write.state == State.WAITING:  # nobody stops it: done by hand as well it would be done twice
        return _("Pasó una hora y todavía no se hizo. El programa lo sigue intentando: no lo haga a mano.")
    if write.state == State.BY_HAND:
        return _("Pasó una hora y todavía no se hizo.")
    return how_it_stands(State(write.state))
