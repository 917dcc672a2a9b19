"""What the page of a walk shows: the present step, what is known of the customer, and the trail of footsteps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from agents.models import User
from escalations.letters import Draft, draft_letter, letters_of
from escalations.models import Escalation
from inbound.flows.conditions import value_at
from inbound.flows.diagram import svg
from inbound.flows.shapes import OUTCOMES, SAME_CARD
from inbound.models import Footstep, OutsideWrite, Walk
from inbound.outside.actions import actions
from inbound.outside.found_words import FoundInWords, in_words, words_of
from inbound.outside.look_ups import look_ups
from inbound.walks.asked import call_back_on, name_of_the_caller, stolen_lines
from inbound.walks.asked_otherwise import STANDS, is_corrected_by_a_person, what_differs
from inbound.walks.call_words import said_to_her, words_of_the_call
from inbound.walks.cards import held_before, proposed_card
from inbound.walks.confirming import Confirming, confirming_of
from inbound.walks.consequences import own_write
from inbound.walks.heard import HEARD_OF
from inbound.walks.lane_news import news_of
from inbound.walks.leaving import How, ways_to_leave
from inbound.walks.left_undone import asked_of
from inbound.walks.shown import (
    NARROWED_FROM,
    Choice,
    DoneBefore,
    Owed,
    ShownField,
    Way,
    already_in_words,
    asks_besides,
    choices_of,
    done_for_her,
    one_is_enough,
    shown_field,
    ways_of,
    while_she_waits,
)
from inbound.walks.state import WalkState, flow_of, passings, read_by_hand, typed_to_leave
from inbound.walks.trail import Passed, trail_of
from inbound.walks.what_became import BECAME_OF
from telephony import phone_numbers

OPEN_AT_MOST = 20  # walks of one agent shown as tabs


@dataclass(frozen=True)
class Known:
    """One thing that was found, with its heading."""

    title: str
    told: FoundInWords
    trouble: str = ""
    by_hand: bool = False  # where nothing is told, the agent wrote nothing of the other screen


@dataclass(frozen=True)
class Leaving:
    """The form that ends the call before its flow does."""

    walk: Walk
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def ways(self) -> list[tuple[str, str]]:
        return [(how.value, str(how.label)) for how in ways_to_leave(self.walk)]

    @property
    def chosen(self) -> str:
        """What was chosen last, or what the switchboard says happened."""
        return self.typed.get("how") or (How.TRANSFERRED.value if How.TRANSFERRED in ways_to_leave(self.walk) else "")


@dataclass
class WalkPage:
    """All of it; `here` has the walk, the flow and the step."""

    here: WalkState
    say: str
    note: str
    fields: list[ShownField]
    ways: list[Way]
    choices: list[Choice]
    seen: str
    seen_by_hand: bool  # the agent read it herself, where its system did not answer
    known: list[Known]
    just_found: Known | None
    just_done: Owed | None
    confirming: Confirming | None
    trail: list[Passed]
    writes: list[Owed]
    escalations: list[Escalation]
    others: list[Walk]
    leaving: Leaving
    done_already: OutsideWrite | Escalation | None = None
    awaited: Owed | None = None
    needs_look: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    noting: tuple[str, str] = ("", "")  # who calls, as it is typed beside the step
    called_by: str = ""  # who is on the line, when she is no customer that was found
    call_back: str = ""  # where she would be called back
    enough: list[str] = field(default_factory=list)  # of these fields any one will do
    letter: Draft | None = None  # the mail that goes out as the step is answered
    written_to: list[str] = field(default_factory=list)  # who was written to about the card already
    done_for_her: list[DoneBefore] = field(default_factory=list)  # the same, for the same number, in other calls
    there_already: list[str] = field(default_factory=list)  # rows of which what is asked for may be one once more
    asks_first: bool = False  # what the call went back from is asked about before she is told goodbye
    differs: str = ""  # what the step would ask for now, and did not: it was asked for in other words
    news: str = ""  # what the call corrected since this lane began
    masked: bool = False  # what is read by somebody who needs none of the numbers in it
    may_reveal: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether one looks for a row among those that may be chosen."""
        return len(self.choices) >= NARROWED_FROM

    @property
    def noted_number(self) -> str:
        """Where she calls from, as it may be corrected."""
        return phone_numbers.display(self.here.walk.caller_number)

    @property
    def is_stuck(self) -> bool:
        """Whether the write of the step was not even taken: then it goes on without it."""
        return bool(self.problem) and self.here.step.waits and self.awaited is None and self.done_already is None

    @property
    def is_under_way(self) -> bool:
        """Whether something owed to another system may still change by itself."""
        return any(owed.may_change_by_itself for owed in self.writes)


def lay_walk(
    *,
    here: WalkState,
    by: User | None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
) -> WalkPage:
    """The page of a walk. `by` None: somebody reads it who does not walk it."""
    walk, step, errors = here.walk, here.step, dict(errors or {})
    words = words_of_the_call(here, here.known)
    held = {**held_before(here), **(typed or {})}
    looked_by_hand = step.kind == "look_up" and here.footstep.found is None and here.footstep.by_hand
    own = asked_of(here)
    asked = look_ups()[step.look_up].by_hand if looked_by_hand else own
    # What was asked for is no answer: nothing stands in the form of another screen that nobody read there.
    filled_in = {} if looked_by_hand else here.known
    if any(one.name == SAME_CARD for one in own):
        held = {SAME_CARD: proposed_card(here), **held}
    writes, handed = _left_behind(here)
    done = _done_already(here, writes, handed)
    asked_for = done if isinstance(done, OutsideWrite) and here.footstep.write_id is None else None
    differs = what_differs(step, here.known, asked_for) if asked_for and walk.ended_at is None else ""
    owed = [Owed(write, str(actions()[write.action].words), _waits_for(here, write)) for write in writes]
    return WalkPage(
        here=here,
        say=_said(here, said_to_her(step.say, words), asks_besides(step, own), differs=differs)
        or while_she_waits(here),
        note=str(held.get("note", "")),
        fields=[shown_field(one, held, errors, filled_in, caller=walk.caller_number) for one in asked],
        ways=ways_of(here),
        choices=choices_of(here),
        seen=_seen(here),
        seen_by_hand=read_by_hand(here, here.step.on),
        known=_known(here),
        just_found=_just_found(here),
        just_done=next((one for one in owed if _was_before(here, one.write)), None),
        confirming=confirming_of(here, typed=typed or {}, errors=errors),
        trail=trail_of(here),
        writes=owed,
        escalations=handed,
        others=list(_others(walk, by)) if by else [],
        done_already=done,
        asks_first=any(one.name.startswith((HEARD_OF, BECAME_OF)) for one in own),
        differs=differs,
        awaited=next((one for one in owed if one.is_awaited), None),
        needs_look=_needs_look(here),
        errors=errors,
        problem=problem,
        news=news_of(walk),
        leaving=Leaving(here.walk, typed_to_leave(here)),
        called_by=name_of_the_caller(walk, here.known),
        enough=one_is_enough(own),
        letter=draft_letter(walk.escalation) if step.letter and walk.escalation else None,
        done_for_her=done_for_her(here) if step.waits else [],
        there_already=already_in_words(here),
        written_to=[one.to_whom for one in letters_of(walk.escalation)] if step.letter and walk.escalation else [],
        call_back=phone_numbers.display(call_back_on(walk, here.known, stolen=stolen_lines(here, here.step))),
    )


def _said(here: WalkState, *words: str, differs: str) -> str:
    """What is said on the step. Where something was asked for before in other words, that stands, and she hears so."""
    if here.walk.escalation_id is not None:  # whoever works the card sees to it herself
        return " ".join(filter(None, words))
    if differs:
        return STANDS
    told = [one for one in words if one]
    return " ".join([*told, *([STANDS] if told and is_corrected_by_a_person(here) else [])])


def _seen(here: WalkState) -> str:
    """The state a decision goes by, in words; nothing where the proposed way goes by something else.

    A service that is *active* says nothing of a damage: it would stand above *there is a damage* as if it did.
    """
    step = here.step
    proposed = next((branch for branch in step.branches if branch.name == here.footstep.proposed), None)
    if not step.on or (proposed and step.on not in proposed.when):
        return ""
    return words_of(step.on.rpartition(".")[2], value_at(here.known, step.on))


def _left_behind(here: WalkState) -> tuple[list[OutsideWrite], list[Escalation]]:
    """Writes and escalations of the call; not asked for before a step was answered that leaves some."""
    answered = {passed.kind for passed in here.trail if passed.left_at is not None or passed.write_id}
    owes = answered & {"do", "end"}
    walk = here.walk
    writes = list(OutsideWrite.objects.filter(walk=walk).order_by("owed_at", "pk")) if owes else []
    handed = {passed.escalation_id for passed in here.trail if passed.escalation_id}
    cards = Escalation.objects.filter(pk__in=handed).select_related("kind").order_by("raised_at")
    return writes, list(cards) if handed else []


def under_way(*, by: User) -> QuerySet[Walk]:
    """The calls an agent has open, the newest first."""
    return Walk.objects.under_way().filter(agent__user=by).with_who_asks().select_related("line").order_by("-began_at")


def _others(walk: Walk, by: User) -> QuerySet[Walk]:
    """What else the same person has open: calls beside a call, cards beside a card."""
    worked = Walk.objects.under_way().filter(escalation__owner=by, escalation__state__in=Escalation.UNSETTLED)
    cards = worked.select_related("line").order_by("-began_at")  # one settled on its card is left where it is
    return (cards if walk.escalation_id else under_way(by=by)).exclude(pk=walk.pk)[:OPEN_AT_MOST]


def _known(here: WalkState) -> list[Known]:
    """What was found on the way that counts, also on the call a card came from: the newest word of each name.

    What the step before brought stands large beside the question, and not here as well.
    """
    found = {
        step.as_: Known(step.title, told)
        for step in here.flow.steps.values()
        if step.kind == "look_up" and (told := in_words(here.walk.brought.get(step.as_)))
    }
    large = _large(here)
    for footstep in here.path:
        if footstep is large:
            continue
        step = here.step_of(footstep)
        if step.kind == "look_up" and (told := in_words(footstep.found)):
            found[step.as_] = Known(step.title, told)
    return sorted(found.values(), key=lambda one: one is not found.get("customer"))


def _just_found(here: WalkState) -> Known | None:
    """What the look-up before the present step brought, or which of it is meant: large beside the question."""
    before = _large(here)
    if before and here.step.kind == "choose" and here.step.among.split(".")[0] == here.step_of(before).as_:
        return None  # its rows are the buttons below
    return Known(here.step_of(before).title, in_words(before.found), before.trouble, before.by_hand) if before else None


def _large(here: WalkState) -> Footstep | None:
    """The footstep whose finding stands large; where nothing of a look-up is meant, the look-up's."""
    if here.walk.ended_at is not None or here.step.kind == "look_up":
        return None
    for before in reversed(here.path[:-1]):
        if before.kind == "look_up" or (before.kind == "choose" and before.found):
            return before
        if before.kind != "choose":
            return None
    return None


def _done_already(
    here: WalkState, writes: list[OutsideWrite], handed: list[Escalation]
) -> OutsideWrite | Escalation | None:
    """What this step did the time it was passed before: passing it again does nothing a second time."""
    if here.step.kind not in ("do", "hand_over"):
        return None
    if write := own_write(here, writes):
        return write
    raised = {passed.escalation_id for passed in passings(here)}
    return next((card for card in handed if card.pk in raised), None)


def _was_before(here: WalkState, write: OutsideWrite) -> bool:
    """Whether the step before waited for this write: what it came to stands beside what is said now."""
    before = here.before
    return before is not None and before.write_id == write.pk and before.chosen in OUTCOMES


def _waits_for(here: WalkState, write: OutsideWrite) -> bool:
    """Whether the present step was asked for and its outcome is not told yet."""
    return here.step.waits and here.footstep.left_at is None and here.footstep.write_id == write.pk


def _needs_look(here: WalkState) -> bool:
    footstep = here.footstep
    untouched = footstep.found is None and not footstep.trouble and not footstep.by_hand
    return here.step.kind == "look_up" and footstep.left_at is None and untouched


def diagram_of(here: WalkState) -> str:
    """The flow of the present step as a drawing, the step lit and those passed marked."""
    version = here.footstep.version_id
    passed = [one.step for one in here.path if one.version_id == version]
    return svg(flow_of(version), current=here.step.name, passed=passed)
