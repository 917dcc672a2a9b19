"""The second word before money or a SIM is touched: the agent reads it to the customer, and confirms.

Of much money the amount is typed once more, so that a zero too many is seen by whoever typed it; of still more she
reads that another person approves it first. From which amounts on, the system's row says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from inbound.flows.conditions import arguments
from inbound.models import OutsideSystem
from inbound.outside.actions import actions, amount_of
from inbound.walks.answering import StepRefused
from inbound.walks.consequences import is_owed_already
from inbound.walks.state import WalkState
from inbound.writes.limits import policy_of
from inbound.writes.second_person import is_for_two
from screens.amounts import read_amount

CONFIRMED, AMOUNT_AGAIN = "confirmed", "amount_again"


@dataclass(frozen=True)
class Confirming:
    """What the panel of the second word asks and says. `above`: typed once more because it is more than this; None:
    it is not asked for. `approval_minutes`: how long another person has to approve it; 0: nobody has to.
    """

    above: Decimal | None
    approval_minutes: int
    typed: str = ""
    error: str = ""


def check_confirmed(here: WalkState, *, sent: Mapping[str, str], confirmed: bool) -> None:
    """Raise StepRefused unless what touches money or a SIM was confirmed, with its amount where that is asked for."""
    if not here.step.accountable or is_owed_already(here):
        return
    missing = {CONFIRMED: _("Lea los datos al cliente y confirme.")}
    if not confirmed:
        raise StepRefused(missing)
    amount, policy = _amount_and_policy(here)
    if not _is_typed_again(policy, amount):
        return
    again = sent.get(AMOUNT_AGAIN, "").strip()
    if not again:
        raise StepRefused({**missing, AMOUNT_AGAIN: _("Escriba otra vez el monto.")})
    if read_amount(again) != amount:
        words = _(
            "No es el monto que se va a mover. Léalo otra vez al cliente; si está mal, vuelva un paso y corríjalo."
        )
        raise StepRefused({**missing, AMOUNT_AGAIN: words})


def confirming_of(here: WalkState, *, typed: Mapping[str, str], errors: Mapping[str, str]) -> Confirming | None:
    """What stands in the panel; None while the first word is not said. What was typed before never stands in it by
    itself: it would confirm nothing.
    """
    if CONFIRMED not in errors:
        return None
    amount, policy = _amount_and_policy(here)
    return Confirming(
        above=policy.typed_again_above if _is_typed_again(policy, amount) else None,
        approval_minutes=policy.approval_minutes if is_for_two(policy, amount) else 0,
        typed=typed.get(AMOUNT_AGAIN, ""),
        error=errors.get(AMOUNT_AGAIN, ""),
    )


def _amount_and_policy(here: WalkState) -> tuple[Decimal | None, OutsideSystem]:
    """The amount the step would move, None of what moves no money; and the limits of its system."""
    action = actions()[here.step.action]
    said = arguments(here.step.with_, {**here.known, **here.footstep.answer})
    return amount_of(said) if action.moves_money else None, policy_of(action.system)


def _is_typed_again(policy: OutsideSystem, amount: Decimal | None) -> bool:
    return amount is not None and bool(policy.typed_again_above) and amount > policy.typed_again_above
