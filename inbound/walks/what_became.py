"""What became of a card the call went back from and answered otherwise, or had done after all, and of a write that was
asked for somebody or something else before: the end asks, and what is answered reaches whoever works on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.models import Escalation
from escalations.raising import add_detail, raise_escalation
from inbound.fields import Field
from inbound.flows.shapes import REFUSED
from inbound.models import Footstep, OutsideWrite
from inbound.outside.actions import actions
from inbound.walks.asked import called_back_about, customer_on_file, zone_of
from inbound.walks.came_about import asked_again, tell_of_a_mistake, tell_of_what_is_done
from inbound.walks.cards import cards_of
from inbound.walks.consequences import told_of, whom_in_words
from inbound.walks.customers import as_it_was
from inbound.walks.heard import writes_not_needed
from inbound.walks.lane_news import withdraw
from inbound.walks.state import WalkState, state_on
from inbound.walks.undone import may_be_about
from inbound.writes.limits import NOT_HAPPENING
from inbound.writes.mistaken import BECAME_OF_WRITE, MISTAKEN, NO_LONGER, STANDS, mistakes_among
from telephony import phone_numbers

KIND = "write_not_done"
BECAME_OF = "became_of_"
ANSWERS = {
    STANDS: gettext_lazy("Sigue en pie: hace falta"),
    NO_LONGER: gettext_lazy("Ya no hace falta"),
}
ANSWERS_OF_A_WRITE = {
    STANDS: gettext_lazy("También lo pidió: queda pedido"),
    NO_LONGER: gettext_lazy("Fue un error: supervisión lo ve y le llama"),
}
ANSWERS_OF_ANOTHER_CALLS = {
    STANDS: gettext_lazy("También lo pidió: supervisión lo verifica y le llama"),
    NO_LONGER: gettext_lazy("Fue un error: no es de quien llama"),
}
BY_MISTAKE = gettext_lazy("Se pidió por error en la llamada: verifique si salió y deshágalo. %(what)s")
NOT_NEEDED = gettext_lazy(
    "Al final de la llamada se dijo que ya no hace falta: verifique si salió y deshágalo. %(what)s"
)


def what_became_of(here: WalkState) -> tuple[Field, ...]:
    """What a call is asked at its end of each card it answered otherwise since, and of each write for another."""
    if here.step.kind != "end" or here.walk.escalation_id is not None:
        return ()
    cards = [
        Field(f"{BECAME_OF}{card.pk}", _question(here, passed, card), "choice", choices=_choices(ANSWERS))
        for passed, card in _answered_otherwise(here)
    ]
    own = [(write, _question_of(write), ANSWERS_OF_A_WRITE) for write in _asked_for_another(here)]
    joined = [
        (write, _question_of_another_calls(write), ANSWERS_OF_ANOTHER_CALLS) for write in _joined_for_another(here)
    ]
    writes = [
        Field(f"{BECAME_OF_WRITE}{write.pk}", question, "choice", choices=_choices(answers))
        for write, question, answers in (*own, *joined)
    ]
    return (*cards, *writes)


def will_be_called(here: WalkState) -> bool:
    """Whether she is told at the end that supervision calls her because of a write."""
    is_called = any(_said_of(here, write) == NO_LONGER for write in _asked_for_another(here))
    return is_called or any(_said_of(here, write) == STANDS for write in _joined_for_another(here))


def of_other_calls(here: WalkState) -> list[tuple[OutsideWrite, int]]:
    """What another call had asked for, and this one was told is not known yet, with the place of the trail where: but
    for what it asked for anew since, and what was only a mistake.
    """
    mistaken = {write.pk for write in _joined_for_another(here) if _said_of(here, write) == NO_LONGER}
    return [(write, place) for write, place in _joined(here) if write.pk not in mistaken]


def say_what_became(here: WalkState, *, now: datetime) -> None:
    """Write on each card what the agent answered of it; what was asked for by mistake, and cannot be called back, is a
    card. Call it inside the transaction of the end.
    """
    answers = {code: str(words) for code, words in ANSWERS.items()}
    for _passed, card in _answered_otherwise(here):
        answer = str(here.footstep.answer.get(f"{BECAME_OF}{card.pk}"))
        if said := answers.get(answer):
            ended = {"end": here.step.label, "said": said}
            words = _("La llamada volvió atrás y terminó en «%(end)s». %(said)s.") % ended
            if answer == NO_LONGER:
                withdraw(card, told=words, by=here.walk.by, now=now)
                # who asked for it in another call is not served by a card that was withdrawn
                OutsideWrite.objects.filter(card=card).exclude(walk=here.walk).update(card=None)
            else:
                add_detail(key=card.key, text=words, by=here.walk.by, now=now)
    for write in _asked_for_another(here):
        if _said_of(here, write) == NO_LONGER:
            hand_over_a_mistake(here, write, now=now)
    _see_to_what_is_not_needed(here, now=now)


def _see_to_what_is_not_needed(here: WalkState, *, now: datetime) -> None:
    """Nobody is let down by such a write that does not happen; one that may happen yet, or did, is to be undone. What
    was said of the write itself is before what was said of the words about it.
    """
    for write in writes_not_needed(here):
        if _said_of(here, write):
            continue
        OutsideWrite.objects.filter(pk=write.pk).update(is_not_needed=True)
        if write.state not in NOT_HAPPENING:
            hand_over_a_mistake(here, write, now=now, is_called=False)


def tell_cards_of_the_refused(here: WalkState, *, now: datetime) -> None:
    """What the present step has done now, a card may still ask for: one of this call, of what it was refused before and
    went back from, or one of another call, for the same number. Call it inside the transaction of the outcome.
    """
    write = here.footstep.write
    if write is None:
        return
    said = {"what": here.step.title, "whom": whom_in_words(write)}
    cards = {card.pk: card for _passed, card in _of_the_refused(here, upto=here.footstep)}
    another = _("La llamada volvió atrás y pidió «%(what)s», %(whom)s. Se hizo: vea si era un error o son dos.") % said
    for _pk, card in sorted(cards.items()):
        told = asked_again(write) if may_be_about(card, write.to_whom) else another
        if not card.changes.filter(note=told).exists():  # the step may be passed again
            add_detail(key=card.key, text=told, by=here.walk.by, now=now)
    tell_of_what_is_done(write, by=here.walk.by, now=now)


def _of_the_refused(here: WalkState, *, upto: Footstep) -> list[tuple[Footstep, Escalation]]:
    """Open cards, gone back from, of what the step of that footstep was refused before."""
    counted = {passed.escalation_id for passed in here.path} - {None}
    found: dict[int, tuple[Footstep, Escalation]] = {}
    was_refused = False
    for passed in here.trail:
        if passed.position >= upto.position:
            break
        if (passed.version_id, passed.step) == (upto.version_id, upto.step):
            was_refused = passed.chosen == REFUSED
        if was_refused and passed.escalation is not None and passed.escalation_id not in counted:
            card = passed.escalation.survivor
            if card.state in Escalation.UNSETTLED:
                found[card.pk] = (passed, card)
    return list(found.values())


def _answered_otherwise(here: WalkState) -> list[tuple[Footstep, Escalation]]:
    """Open cards of the call that are not on the way that counts, but for one whose step has another card there: which
    of the two it is was asked when that was raised.
    """
    counted = {passed.escalation_id for passed in here.path} - {None}
    steps = {(passed.version_id, passed.step) for passed in here.path if passed.escalation_id}
    found: dict[int, tuple[Footstep, Escalation]] = {}
    for passed in here.trail:
        if passed.escalation is None or passed.kind != "hand_over" or passed.escalation_id in counted:
            continue
        card = passed.escalation.survivor
        if card.state in Escalation.UNSETTLED and (passed.version_id, passed.step) not in steps:
            found[card.pk] = (passed, card)
    return list(found.values())


def _asked_for_another(here: WalkState) -> list[OutsideWrite]:
    """What the call asked for, went back from, and asked for another number, damage or customer afterwards: it goes
    out, or is out, all the same.
    """
    counted = {passed.write_id for passed in here.path} - {None}
    later = {(passed.version_id, passed.step) for passed in here.path if passed.write_id and passed.kind == "do"}
    own = {passed.escalation_id for passed in here.trail}  # of which it is asked itself
    found: dict[int, OutsideWrite] = {}
    for passed in here.trail:
        write = passed.write
        if write is None or write.pk in counted or passed.kind != "do" or write.walk_id != here.walk.pk:
            continue
        goes_out = write.state not in NOT_HAPPENING and (write.card_id is None or write.card_id not in own)
        of_its_line = any(write.to_whom == one.to_whom for one in found.values())  # the SIM, after its suspension
        if goes_out and (of_its_line or (passed.version_id, passed.step) in later):
            found[write.pk] = write
    return list(found.values())


def _joined_for_another(here: WalkState) -> list[OutsideWrite]:
    """What it heard of another call's, went back from, and asked for another number or customer afterwards."""
    counted = {passed.write_id for passed in here.path} - {None}
    later = {(passed.version_id, passed.step) for passed in here.path if passed.write_id}
    joined = ((write, here.trail[place]) for write, place in _joined(here) if write.pk not in counted)
    return [write for write, passed in joined if (passed.version_id, passed.step) in later]


def _joined(here: WalkState) -> list[tuple[OutsideWrite, int]]:
    """What another call had asked for and is not done, gone back from or not, for she heard it; or is, and was a
    mistake, for it is undone. Not what this call could ask for itself since.
    """
    places = {passed.write_id: n for n, passed in enumerate(here.trail) if passed.write_id and passed.kind == "do"}
    others = OutsideWrite.objects.filter(pk__in=list(places)).exclude(walk=here.walk)
    others = others.select_related("card", "walk__line").order_by("pk")
    mistakes = mistakes_among(list(places))
    own = {(one.action, one.to_whom, one.amount) for one in OutsideWrite.objects.filter(walk=here.walk)}
    undone = [one for one in others if one.state != OutsideWrite.State.DONE or one.pk in mistakes]
    return [(one, places[one.pk]) for one in undone if (one.action, one.to_whom, one.amount) not in own]


def _said_of(here: WalkState, write: OutsideWrite) -> str:
    return str(here.footstep.answer.get(f"{BECAME_OF_WRITE}{write.pk}") or "")


def hand_over_a_mistake(here: WalkState, write: OutsideWrite, *, now: datetime, is_called: bool = True) -> None:
    """A card that has it undone, once. `is_called`: she heard that she is. Call it inside a transaction."""
    place = next((n for n, passed in enumerate(here.trail, start=1) if passed.write_id == write.pk), 0)
    whose = as_it_was(state_on(walk=here.walk, trail=here.trail[:place])).contract if place else ""
    what = f"{actions()[write.action].words} {write.reference}".strip()
    telephone, only = called_back_about(here, write.to_whom)
    told = (BY_MISTAKE if is_called else NOT_NEEDED) % {"what": what}
    card = raise_escalation(
        key=MISTAKEN % write.pk,
        kind=KIND,
        line=here.walk.line.number,
        contract=whose or here.walk.contract,  # whose line it is; who is called is who asked for it
        customer_name=customer_on_file(here.walk, here.known),
        telephone=telephone,
        zone=zone_of(here.known),
        reason=". ".join([told, *only]),
        details=told_of(write),
        promised=_("Supervisión revisa lo que se pidió por error y le llama.") if is_called else "",
        by=here.walk.by,
        now=now,
    )
    for own in cards_of(here):  # of this call: that a SIM is blocked has its term, for one
        if own.pk != card.pk and may_be_about(own, write.to_whom):
            fault = _("Lo que se pidió para %(whom)s fue un error: derivación #%(pk)d.")
            add_detail(key=own.key, text=fault % {"whom": whom_in_words(write), "pk": card.pk}, by=None, now=now)
    before = write.card
    OutsideWrite.objects.filter(pk=write.pk, card=None).update(card=card)
    tell_of_a_mistake(write, its_card=card, by=here.walk.by, now=now)
    if before is not None and before.pk != card.pk:
        other = _("La llamada que lo pidió dice que fue un error: derivación #%(other)d.") % {"other": card.pk}
        add_detail(key=before.key, text=other, by=here.walk.by, now=now)


def _choices(answers: Mapping[str, str | Promise]) -> tuple[tuple[str, str], ...]:
    return tuple((code, str(words)) for code, words in answers.items())


def _question(here: WalkState, passed: Footstep, card: Escalation) -> str:
    about = phone_numbers.display(str(card.details.get("number") or "")) or card.contract
    said = {"what": here.step_of(passed).title, "about": about}
    if not about:
        return _("Ya se derivó «%(what)s». ¿Qué fue de eso?") % said
    return _("Ya se derivó «%(what)s», %(about)s. ¿Qué fue de eso?") % said


def _question_of(write: OutsideWrite) -> str:
    said = {"what": actions()[write.action].words, "whom": phone_numbers.display(write.to_whom)}
    return _("Antes se pidió para %(whom)s: %(what)s. ¿Qué fue de eso?") % said


def _question_of_another_calls(write: OutsideWrite) -> str:
    said = {"what": actions()[write.action].words, "whom": phone_numbers.display(write.to_whom)}
    return _("Oyó que lo de %(whom)s todavía no se sabe: %(what)s. ¿Qué fue de eso?") % said
