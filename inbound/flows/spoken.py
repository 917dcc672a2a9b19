"""Whether a step always has something to say: a sentence whose places are filled whatever way the call came to it.

A sentence is left out where one of its places is not known (conditions.script). A step with no other would leave the
agent silent, with the caller on the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from inbound.fields import When
from inbound.flows.conditions import PLACE, PROTOCOL, alternatives, is_only_places, sentences
from inbound.flows.shapes import Flow, Step

Sure = frozenset[str]
MEETS_NOTHING = ("absent", "empty", "answered")


def always_says_something(step: Step, sure: Sure) -> bool:
    """Whether a sentence of its script is said in every call. What is only greeting or farewell says enough by itself,
    but not in the place of something else.
    """
    told = [set(PLACE.findall(sentence)) for sentence in sentences(step.say)]
    content = [
        (named - PROTOCOL, is_only_places(sentence))
        for sentence, named in zip(sentences(step.say), told, strict=True)
        if named - PROTOCOL or not is_only_places(sentence)
    ]
    return not content or any(
        (any if bare else all)(not sure.isdisjoint(alternatives(place)) for place in named) for named, bare in content
    )


def surely_known(flow: Flow) -> Mapping[str, Sure]:
    """By each step the paths that are known on it, whichever way was taken: required answers, and what a branch needs.

    What is looked up or chosen may always be nothing, and what stood there before is gone with it.
    """
    known: dict[str, Sure | None] = dict.fromkeys(flow.steps)
    known |= {name: Sure({"agente", "linea"}) for name in (flow.start,) if name in known}
    waiting = list(flow.steps)
    while waiting:
        step = flow.steps[waiting.pop()]
        before = known[step.name]
        if before is None:
            continue
        for target, added in _onward(flow, step):
            if target not in known:
                continue
            there, here = known[target], _after(step, before) | added
            met = here if there is None else there & here
            if met != there:
                known[target] = met
                waiting.append(target)
    return {name: found or Sure() for name, found in known.items()}


def _after(step: Step, before: Sure) -> Sure:
    """What is known once a step is answered."""
    asked = {field.name: field.required and not field.required_unless for field in step.fields}
    gone = {step.as_, *asked} - {""}
    kept = {path for path in before if path.split(".")[0] not in gone}
    return Sure(kept | {name for name, is_required in asked.items() if is_required})


def _onward(flow: Flow, step: Step) -> Iterator[tuple[str, Sure]]:
    """Each step that may follow, and what is known because this way was taken."""
    if step.kind == "decide":
        yield from ((way.next, _needed(way.needs)) for way in step.ways)
    else:
        yield from ((name, Sure()) for name in step.leads_to)
    if step.hands_to in flow.lanes:
        yield flow.lanes[step.hands_to], Sure()


def _needed(needs: When) -> Sure:
    return Sure(path for path, expected in needs.items() if expected not in MEETS_NOTHING)
