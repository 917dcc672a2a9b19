"""What a step asks for: its own fields, and of a card who is called back and where, while nobody knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from escalations.letters import sectors_of
from inbound.fields import CALLER_NAME, TELEPHONE, Field
from inbound.flows.conditions import known_first, same_value
from inbound.flows.shapes import LANES, Step
from inbound.models import Walk
from inbound.walks.answering import StepRefused, clean_so_far
from inbound.walks.cards import held_before
from inbound.walks.state import WalkState, state_on
from service_level.days import LA_PAZ
from telephony.phone_numbers import parse

ONLY_THE_SAME = gettext_lazy("No se conoce otro teléfono que el mismo de que trata")
SAID_NAMES = ("caller_name", "requester_name", "name")  # of who is on the line, when she is no customer that was found


def fields_of(step: Step, *, walk: Walk, known: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a step as it stands in this call: no card is raised without a name and a number."""
    if step.letter:
        return tuple(_with_sectors(field, walk) for field in step.fields)
    own = {field.name for field in step.fields}
    may_be_called = step.kind == "hand_over" or (step.kind == "end" and TELEPHONE in own)
    if not may_be_called or step.lane != LANES[0]:
        return step.fields
    asked = list(step.fields)
    if not name_of_the_caller(walk, known) and not own & set(SAID_NAMES):
        asked.append(Field(CALLER_NAME, _("Nombre de quien llama"), "name"))
    if TELEPHONE not in own and not call_back_on(walk, known):
        asked.append(Field(TELEPHONE, _("Teléfono para llamarle"), "telephone"))
    return tuple(asked)


def _with_sectors(field: Field, walk: Walk) -> Field:
    """The sectors there are: where somebody receives the mail of the card on the day the step came on the screen."""
    if field.type != "sector" or walk.escalation is None:
        return field
    day = timezone.localdate(walk.last_sign_at or walk.began_at, LA_PAZ)
    return replace(field, choices=tuple(sectors_of(unit=walk.escalation.kind.unit, on=day)))


def name_of_the_caller(walk: Walk, known: Mapping[str, Any]) -> str:
    """The customer the call is about, else whoever asked: somebody is called back by a name."""
    said = (known.get(name) for name in SAID_NAMES)
    words = next((text for text in said if isinstance(text, str) and text), "")
    return walk.customer_name or words or walk.caller_name


def customer_on_file(walk: Walk, known: Mapping[str, Any]) -> str:
    """The customer a card is about whom nobody could be asked for: who called, else the holder of what was found."""
    found = (one for one in known.values() if isinstance(one, Mapping) and one.get("identity_card"))
    holders = (str(one.get("name") or one.get("holder") or "") for one in found)
    return name_of_the_caller(walk, known) or next(filter(None, holders), "")[:120]


def call_back_on(
    walk: Walk, known: Mapping[str, Any], *, about: str = "", stolen: Collection[str] = frozenset()
) -> str:
    """Where the customer is called back: the number she gave, the one she calls from, the first on file of the contract
    the call is about. The line it is `about`, out of order, is on file, too: it is the last of those that is tried, and
    those that were `stolen` the last of all.
    """
    given = [str(known.get(TELEPHONE) or ""), walk.caller_number]
    found = (one for one in known.values() if isinstance(one, Mapping) and one.get("telephones"))
    hers = next((one for one in found if not walk.contract or one.get("contract") in (None, walk.contract)), None)
    on_file = hers["telephones"] if hers and isinstance(hers["telephones"], list) else []
    numbers = [parse(str(one)) or str(one) for one in on_file]
    others = [one for one in numbers if one != (parse(about) or about)]
    tried = [one for one in (*given, *others, *numbers) if one]
    return next(iter(sorted(tried, key=lambda one: any(same_value(one, line) for line in stolen))), "")[:16]


def called_back_about(here: WalkState, about: str) -> tuple[str, list[str]]:
    """Where she is called back about what was asked for, and what its card says of that. A number that it is `about`
    (E.164; else a contract or a damage) is the last one: of a line that was stolen whoever stole it answers there.
    """
    is_number = parse(about) == about
    telephone = call_back_on(here.walk, here.known, about=about, stolen=stolen_lines(here))
    telephone = telephone or (about if is_number else "")
    return telephone, [str(ONLY_THE_SAME)] if is_number and same_value(telephone, about) else []


def stolen_line(here: WalkState, step: Step) -> str:
    """The line a step is about when it was stolen: where it, or whatever it comes to, asks for another telephone."""
    return known_first(_asks_for_another(here, step, frozenset()) or "", here.known)


def stolen_lines(here: WalkState, step: Step | None = None) -> set[str]:
    """All lines that were said to be stolen in this call, and the one the present `step` is about: on none of them is
    she called about another.
    """
    found = {parse(stolen_line(here, step)) or ""} if step else set()
    counted = {passed.position for passed in here.path}
    for place, passed in enumerate(here.trail, start=1):
        # one that was only read out, and gone back from, was another number than she meant
        meant = passed.position in counted or passed.write_id or passed.escalation_id
        if meant and passed.kind in ("do", "hand_over"):
            then = state_on(walk=here.walk, trail=here.trail[:place])
            found.add(parse(stolen_line(then, then.step)) or "")
    return found - {""}


def check_not_stolen(here: WalkState, telephone: str) -> None:
    """Raise StepRefused where she would be called on a line that was stolen."""
    if telephone and parse(telephone) in stolen_lines(here):
        raise StepRefused({TELEPHONE: _("Es la línea robada, y ahí no se le encuentra: escriba otro teléfono.")})


def _asks_for_another(here: WalkState, step: Step, passed: frozenset[str]) -> str | None:
    """The path of the number that is not to be called; empty where the step comes to none, None where it goes back."""
    if own := next((field.other_than for field in step.fields if field.other_than), ""):
        return own
    before = passed | {step.name} | {one.step for one in here.path[:-1]}
    ways = [
        None if name in before else _asks_for_another(here, here.flow.steps[name], passed | {step.name})
        for name in step.leads_to
    ]
    on = [way for way in ways if way is not None]
    every = all(on) if step.kind != "do" else any(on)  # of a write one of its outcomes is enough
    return next(filter(None, on), "") if every else ""


def who_asks(step: Step, walk: Walk, known: Mapping[str, Any]) -> str:
    """Whom a card names: where its step asks who requests it, she may be another than the customer it is about."""
    asked = (str(known.get(field.name) or "") for field in step.fields if field.name in SAID_NAMES)
    return next(filter(None, asked), "") or name_of_the_caller(walk, known)


def typed_so_far(here: WalkState, asked: Collection[Field], *, now: datetime) -> dict[str, str]:
    """What stands in the fields of a step nobody sent: whoever hangs up has said it all the same. On a step that was
    come back to, what she had said there. Of a look-up only who is called.
    """
    fields = {str(name): text for name, text in held_before(here).items() if isinstance(text, str)}
    typed = {name: " ".join(fields.get(name, "").split())[:120] for name in SAID_NAMES}
    typed[TELEPHONE] = parse(fields.get(TELEPHONE, "")) or ""
    if here.step.kind != "look_up":
        typed |= clean_so_far(fields=asked, sent=fields, known=here.known, now=now)
    return {name: text for name, text in typed.items() if text}


def zone_of(known: Mapping[str, Any]) -> str:
    """The zone of the customer that was found, as a card keeps it; empty while nobody knows it."""
    customer = known.get("customer")
    return str(customer.get("zone") or "")[:80] if isinstance(customer, Mapping) else ""
