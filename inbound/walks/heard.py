"""What she heard would be done for her, and the call went back from: nobody but the agent knows what became of it.

Where the call comes to its end she is asked, of each; where it ends before, each has its card (left_undone.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbound.fields import Field
from inbound.flows.conditions import arguments
from inbound.flows.shapes import DONE, UNKNOWN, Flow, Step
from inbound.models import Footstep, OutsideWrite
from inbound.walks.cards import ANOTHER, CORRECTED, is_about_the_same, plain
from inbound.walks.customers import whose
from inbound.walks.state import WalkState, state_on
from inbound.walks.undone import Undone, asks_for_the_same, number_in, number_of
from telephony import phone_numbers

GONE_BACK = gettext_lazy("El cliente ya oyó lo que se le iba a hacer, y la llamada volvió atrás.")
GONE_ON = gettext_lazy("El cliente oyó que se le llama por esto, y la llamada siguió con otra cosa.")
HEARD_OF = "heard_of_"
OTHER_REQUEST = gettext_lazy("Sigue en pie: supervisión le llama")
ONLY_CORRECTED = gettext_lazy("Se corrigió o ya no hace falta")


def gone_back_from(here: WalkState, *, came_to_an_end: bool = False) -> Iterator[Undone]:
    """Cards whose words she heard before the agent went back, the newest first, and of which nothing came about
    afterwards. What else she was served with says nothing of them.
    """
    counted = {passed.position for passed in here.path}
    seen: list[Undone] = []
    for place in range(len(here.trail) - 1, -1, -1):
        passed = here.trail[place]
        step = here.step_of(passed)
        if step.kind != "hand_over" or passed.escalation_id is not None or passed.position in counted:
            continue
        then = state_on(walk=here.walk, trail=here.trail[: place + 1])
        heard = Undone(step, then, GONE_ON if came_to_an_end else GONE_BACK)
        if any(one.says_as(heard) and _is_the_same(one, heard) for one in seen) or _came_about(heard, here):
            continue
        seen.append(heard)
        yield heard


def asked_at_the_end(here: WalkState) -> tuple[Field, ...]:
    """Of each thing she heard and the call went back from: whether it stands."""
    if here.step.kind != "end" or here.walk.escalation_id is not None:
        return ()
    choices = ((ANOTHER, str(OTHER_REQUEST)), (CORRECTED, str(ONLY_CORRECTED)))
    heard = gone_back_from(here, came_to_an_end=True)
    return tuple(Field(_name_of(one), _what_she_heard(one), "choice", choices=choices) for one in heard)


def something_stands(here: WalkState) -> bool:
    """Whether the agent said at the end, of anything she had heard, that supervision calls her."""
    answered = (said for name, said in here.footstep.answer.items() if name.startswith(HEARD_OF))
    return any(said == ANOTHER for said in answered)


def is_not_needed(heard: Undone, here: WalkState) -> bool:
    """Whether the agent said so of it at the end."""
    return here.step.kind == "end" and here.footstep.answer.get(_name_of(heard)) == CORRECTED


def writes_not_needed(here: WalkState) -> list[OutsideWrite]:
    """What the call asked other systems, and what stood there instead of it is not needed, as was said at the end."""
    found: dict[int, OutsideWrite] = {}
    for heard in gone_back_from(here, came_to_an_end=True):
        if not is_not_needed(heard, here):
            continue
        ways = there_instead_of(heard.here.flow, heard.step)
        asked = [passed for passed in here.trail if passed.step in ways and passed.version_id == heard.version]
        own = OutsideWrite.objects.filter(
            walk=here.walk, pk__in=[passed.write_id for passed in asked if passed.write_id]
        )
        found |= {write.pk: write for write in own if write.to_whom and plain(write.to_whom) == heard.about}
    return list(found.values())


def _name_of(heard: Undone) -> str:
    """The name of its question, by where in the call she heard it."""
    return f"{HEARD_OF}{heard.here.footstep.position}"


def _what_she_heard(undone: Undone) -> str:
    number = phone_numbers.display(undone.number) if undone.number else undone.contract
    said = {"number": number, "promised": undone.promised or undone.step.title}
    if not number:
        return _("Oyó: «%(promised)s» ¿Qué fue de eso?") % said
    return _("Oyó de %(number)s: «%(promised)s» ¿Qué fue de eso?") % said


def _is_the_same(one: Undone, other: Undone) -> bool:
    if (one.number, one.whose) != (other.number, other.whose):
        return False
    return bool(one.number or one.whose) or asks_for_the_same(one.step, one.here.known, other.here.known)


def _came_about(heard: Undone, here: WalkState) -> bool:
    """Whether it, or what its step is there instead of, was done afterwards: of the same number and contract."""
    said = arguments(heard.step.with_, heard.here.known)
    about, hers = number_in(said), heard.whose
    ways = there_instead_of(heard.here.flow, heard.step)
    for place, passed in enumerate(here.trail):
        if passed.position <= heard.here.footstep.position or not _is_done(passed):
            continue
        then = state_on(walk=here.walk, trail=here.trail[: place + 1])
        theirs = (passed.escalation.contract if passed.escalation else "") or whose(then)
        if hers and theirs not in ("", hers):
            continue
        if (passed.version_id, passed.step) == (heard.version, heard.step.name) and passed.escalation is not None:
            if about not in ("", number_in(passed.escalation.details)):
                continue  # typed on the step itself: corrected, or another, which only the agent knows
            if is_about_the_same(heard.step, said, passed.escalation.details) and (
                about or hers or asks_for_the_same(heard.step, heard.here.known, then.known)
            ):
                return True
        elif (
            about
            and about == number_of(passed)
            and (then.step.name in ways or ways & there_instead_of(then.flow, then.step))
        ):
            return True
    return False


def there_instead_of(flow: Flow, step: Step) -> frozenset[str]:
    """The writes of a flow where, not done or not known yet, the call comes to this step."""
    return frozenset(one.name for one in flow.steps.values() if one.waits and step.name in _after_it(flow, one))


def _after_it(flow: Flow, write: Step) -> set[str]:
    """The steps after a write that was not done, as far as the next write and not into what may come before it: there
    it is corrected and asked for once more.
    """
    before, found = _before_it(flow, write), set[str]()
    ways = [name for name in write.leads_to if name != write.way(DONE)]
    while ways:
        name = ways.pop()
        if name in found or flow.steps[name].kind in ("do", "end"):
            continue
        found.add(name)
        if flow.steps[name].kind != "hand_over" and name not in before:
            ways += flow.steps[name].leads_to
    return found


def _before_it(flow: Flow, write: Step) -> set[str]:
    """The steps that are come to without that write."""
    found, ways = set[str](), [flow.start]
    while ways:
        name = ways.pop()
        if name not in found and name != write.name:
            found.add(name)
            ways += flow.steps[name].leads_to
    return found


def _is_done(passed: Footstep) -> bool:
    """Whether something came of a step: a card, or a write that was done or is on its way."""
    if passed.escalation_id is not None:
        return True
    return passed.write is not None and passed.chosen in (DONE, UNKNOWN)
