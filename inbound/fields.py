"""What can be written down on the screen: a field of a step, or one of a look-up that the agent fills in by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

Condition = str | bool | tuple[str, ...]  # `present`, yes or no, a value, and what else conditions.py knows
When = Mapping[str, Condition]

FIELD_TYPES = (
    *("customer", "service_number", "contract", "identity_card", "amount", "holder", "kinship"),
    *("address", "date", "hour", "telephone", "name", "text", "choice", "sector"),
)
CALLER_NAME, TELEPHONE = "caller_name", "telephone"  # of whoever is on the line, whatever she calls about
OWNER = "owner"
HOLDER = {OWNER: _("Es el titular"), "other": _("No es el titular")}
KINSHIPS = {
    "holder": _("Titular"),  # as it was written once; who is the holder the system shows
    "spouse": _("Cónyuge"),
    "child": _("Hijo o hija"),
    "parent": _("Padre o madre"),
    "sibling": _("Hermano o hermana"),
    "other": _("Otro parentesco"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to write down. `required_unless`: needed unless any of these holds. `among`: where the amounts are.

    A `holder` says whether the requester is the holder: only whose `card`, another field, is the one at `among`.
    A `telephone` is `other_than` what stands at that path: nobody is called back on a line that was stolen.
    A `sector` is one of those where somebody receives the mail of the card that is worked.
    `prefill`: what already stands in it, `a | b` the first of them that is known; the agent may write over it.
    """

    name: str
    label: str
    type: str
    required: bool = True
    required_unless: When = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    among: str = ""
    prefill: str = ""
    other_than: str = ""
    card: str = ""


def kinship_words(code: str) -> str:
    """A kinship as people say it; what no list knows stays as it was written."""
    return str(KINSHIPS.get(code, code))
