"""What she heard would be done for her, and the call went back from: nobody but the agent knows what became of it.

Where the call comes to its end she is asked, of each; where it ends before, each has its card (left_undone.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbound.fields import CALLER_NAME, TELEPHONE, Field
from inbound.flows.conditions import arguments
from inbound.flows.shapes import DONE, UNKNOWN, Flow, Step
from inbound.models import Footstep
from inbound.walks.answering import StepRefused
from inbound.walks.asked import call_back_on, name_of_the_caller
from inbound.walks.cards import ANOTHER, CORRECTED, contract_of, is_about_the_same
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
        if any(one.step.name == step.name and _is_the_same(one, heard) for one in seen) or _came_about(heard, here):
            continue
        seen.append(heard)
        yield heard


def asked_at_the_end(here: WalkState) -> tuple[Field, ...]:
    """Of what she heard and the call went back from: whether it stands, and where she is called if nobody knows."""
    if here.step.kind != "end" or here.walk.escalation_id is not None:
        return ()
    choices = ((ANOTHER, str(OTHER_REQUEST)), (CORRECTED, str(ONLY_CORRECTED)))
    heard = list(gone_back_from(here, came_to_an_end=True))
    asked = [Field(_name_of(one, heard), _what_she_heard(one), "choice", choices=choices) for one in heard]
    own = {field.name for field in here.step.fields}
    if asked and TELEPHONE not in own and not call_back_on(here.walk, here.known):
        asked.append(Field(TELEPHONE, _("Teléfono para llamarle, si se le llama"), "telephone", required=False))
    if asked and CALLER_NAME not in own and not name_of_the_caller(here.walk, here.known):
        asked.append(Field(CALLER_NAME, _("Nombre de quien llama, si se le llama"), "name", required=False))
    return tuple(asked)


def check_who_is_called(here: WalkState) -> None:
    """Raise StepRefused where what she heard stands, and nobody knows whom to call, or where."""
    heard = list(gone_back_from(here, came_to_an_end=True))
    if not any(here.footstep.answer.get(_name_of(one, heard)) == ANOTHER for one in heard):
        return
    errors = {}
    if not call_back_on(here.walk, here.known):
        errors[TELEPHONE] = _("Escriba el teléfono para llamarle.")
    if not name_of_the_caller(here.walk, here.known):
        errors[CALLER_NAME] = _("Escriba el nombre de quien llama.")
    if errors:
        raise StepRefused(errors)


def not_needed_any_more(here: WalkState) -> list[Undone]:
    """What the agent said of so, where the call ended."""
    heard = list(gone_back_from(here, came_to_an_end=True)) if here.step.kind == "end" else []
    return [one for one in heard if here.footstep.answer.get(_name_of(one, heard)) == CORRECTED]


def _name_of(undone: Undone, heard: list[Undone]) -> str:
    """The name of its question (let_down.py looks for the number in it)."""
    alike = [one for one in heard if one.about == undone.about]
    nth = f"_{alike.index(undone)}" if alike and alike[0] != undone else ""
    return f"{HEARD_OF}{(undone.about or undone.step.name).lstrip('+')}{nth}"


def _what_she_heard(undone: Undone) -> str:
    number = phone_numbers.display(undone.number) if undone.number else undone.contract
    said = {"number": number, "promised": undone.promised or undone.step.title}
    if not number:
        return _("Oyó: «%(promised)s» ¿Qué fue de eso?") % said
    return _("Oyó de %(number)s: «%(promised)s» ¿Qué fue de eso?") % said


def _is_the_same(one: Undone, other: Undone) -> bool:
    if (one.number, contract_of(one.here.known)) != (other.number, contract_of(other.here.known)):
        return False
    return bool(one.number or contract_of(one.here.known)) or asks_for_the_same(
        one.step, one.here.known, other.here.known
    )


def _came_about(heard: Undone, here: WalkState) -> bool:
    """Whether it, or what its step is there instead of, was done afterwards: of the same number and contract."""
    said = arguments(heard.step.with_, heard.here.known)
    about, whose = number_in(said), contract_of(heard.here.known)
    ways = _there_instead_of(heard.here.flow, heard.step)
    for place, passed in enumerate(here.trail):
        if passed.position <= heard.here.footstep.position or not _is_done(passed):
            continue
        then = state_on(walk=here.walk, trail=here.trail[: place + 1])
        contract = (passed.escalation.contract if passed.escalation else "") or contract_of(then.known)
        if whose and contract not in ("", whose):
            continue
        if then.step.name == heard.step.name and passed.escalation is not None:
            if is_about_the_same(heard.step, said, passed.escalation.details) and (
                about or whose or asks_for_the_same(heard.step, heard.here.known, then.known)
            ):
                return True
        elif (
            about
            and about == number_of(passed)
            and (then.step.name in ways or ways & _there_instead_of(then.flow, then.step))
        ):
            return True
    return False


def _there_instead_of(flow: Flow, step: Step) -> frozenset[str]:
    """The writes of a flow where, not done or not known yet, the call comes to this step."""
    return frozenset(one.name for one in flow.steps.values() if one.waits and step.name in _after_it(flow, one))


def _after_it(flow: Flow, write: Step) -> set[str]:
    found: set[str] = set()
    ways = [name for name in write.leads_to if name != write.way(DONE)]
    while ways:
        name = ways.pop()
        if name in found or flow.steps[name].kind in ("do", "end"):
            continue
        found.add(name)
        if flow.steps[name].kind != "hand_over":
            ways += flow.steps[name].leads_to
    return found


def _is_done(passed: Footstep) -> bool:
    """Whether something came of a step: a card, or a write that was done or is on its way."""
    if passed.escalation_id is not None:
        return True
    return passed.write is not None and passed.chosen in (DONE, UNKNOWN)
