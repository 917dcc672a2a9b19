"""What the contract is made of: shapes of what is asked and answered, as OpenAPI 3.1 writes them.

A named shape stands once in `components/schemas` of the document and is referred to by its name; one without a name is
written where it is used. `systems/contract_page.py` makes the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Schema = Mapping[str, Any]
NO_NUL = r"^[^\x00]*$"  # no database keeps it
LONGEST = 2000  # characters of a text that is answered
MOST = 1000  # things in a list that is answered
MOST_COUNTED = 1_000_000


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """One shape. `fields` are those of a record, `inner` what a list or a perhaps is of.

    `may_be_empty`: a text of no letters is one too. `may_be_left_out`: the field need not be there; left out it is
    empty.
    """

    name: str
    schema: Schema
    fields: Mapping[str, Shape] = field(default_factory=dict)
    inner: tuple[Shape, ...] = ()
    may_be_empty: bool = False
    may_be_left_out: bool = False

    @property
    def used(self) -> Schema:
        """As it is written where it is used."""
        return {"$ref": f"#/components/schemas/{self.name}"} if self.name else self.schema

    def everything(self) -> Iterator[Shape]:
        """Itself and all it is made of; the same shape comes as often as it is used."""
        for one in (*self.fields.values(), *self.inner):
            yield from one.everything()
        yield self


# -- Making shapes -----------------------------------------------------------------------------------------------------


def asked_text(name: str, longest: int, *, may_be_empty: bool = False) -> Shape:
    """A text of a request, at least one character long unless it may be empty."""
    shortest = {} if may_be_empty else {"minLength": 1}
    schema = {"type": "string", **shortest, "maxLength": longest, "pattern": NO_NUL}
    return Shape(name, schema, may_be_empty=may_be_empty)


def one_of(*words: str, name: str = "") -> Shape:
    """One of a few words; none else is understood."""
    return Shape(name, {"type": "string", "enum": list(words)})


def such_as(*examples: str, about: str = "") -> Shape:
    """A text that is answered, with examples; whatever else the system says is read too."""
    said = {"description": about} if about else {}
    return Shape("", {**TEXT.schema, **said, "examples": list(examples)})


def flag(about: str = "") -> Shape:
    """True or false."""
    return Shape("", {"type": "boolean", "description": about} if about else {"type": "boolean"})


def many(shape: Shape, *, at_most: int = MOST) -> Shape:
    """A list."""
    return Shape("", {"type": "array", "maxItems": at_most, "items": shape.used}, inner=(shape,))


def perhaps(shape: Shape) -> Shape:
    """The shape, or null."""
    return Shape("", {"anyOf": [shape.used, {"type": "null"}]}, inner=(shape,))


def record(name: str, /, **fields: Shape) -> Shape:
    """An object whose fields are all there; fields nobody knows are passed over."""
    return Shape(name, {"type": "object", "required": list(fields), "properties": _properties(fields)}, fields)


def optional(shape: Shape) -> Shape:
    """A field of a request that may be left out, and is empty then. Raises ValueError for one that may not be empty."""
    if not shape.may_be_empty:
        raise ValueError(f"{shape.name} may not be empty, so it may not be left out")
    return replace(shape, may_be_left_out=True)


def request(fields: Mapping[str, Shape]) -> Schema:
    """The body of a request: these fields and no others."""
    required = [name for name, shape in fields.items() if not shape.may_be_left_out]
    said = {"required": required} if required else {}
    return {"type": "object", "additionalProperties": False, **said, "properties": _properties(fields)}


def money_in(shape: Shape) -> Iterator[str]:
    """Names of the fields, at any depth, which are amounts of bolivianos or lists of them."""
    for one in shape.everything():
        for name, of in one.fields.items():
            if MONEY in (of, *of.inner):
                yield name


def _properties(fields: Mapping[str, Shape]) -> dict[str, Schema]:
    return {name: shape.used for name, shape in fields.items()}


# -- Shapes that several systems use -----------------------------------------------------------------------------------

CODE = asked_text("Code", 24)  # a contract, a number of a service, a damage or an order
MAYBE_CODE = asked_text("MaybeCode", 24, may_be_empty=True)
NAME = asked_text("Name", 120)
MAYBE_NAME = asked_text("MaybeName", 120, may_be_empty=True)
WORDS = asked_text("Words", 4000)
MAYBE_WORDS = asked_text("MaybeWords", 4000, may_be_empty=True)
AMOUNT = Shape("Amount", {"type": "string", "pattern": r"^[0-9]{1,6}\.[0-9]{2}$", "examples": ["12.50"]})

TEXT = Shape("Text", {"type": "string", "maxLength": LONGEST})
FLAG = flag()
COUNT = Shape("", {"type": "integer", "minimum": 0, "maximum": MOST_COUNTED})
MONEY = Shape("Money", {"type": "string", "pattern": r"^-?[0-9]{1,12}\.[0-9]{2}$", "examples": ["12.50"]})
DAY = Shape("Day", {"type": "string", "format": "date"})
MAYBE_DAY = Shape("MaybeDay", {"type": ["string", "null"], "format": "date"})
MOMENT = Shape("Moment", {"type": "string", "format": "date-time"})
ASKED_BY = {  # in the body of every write, beside what it asks for
    "agent": optional(asked_text("Agent", 150, may_be_empty=True)),
    "requester_name": optional(MAYBE_NAME),
    "requester_card": optional(asked_text("Card", 24, may_be_empty=True)),
    "requester_kinship": optional(asked_text("Kinship", 40, may_be_empty=True)),
}
REFUSAL = Shape(
    "Refusal",
    {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {"type": "string", "minLength": 1, "description": "A sentence in Spanish for the agent."}
        },
    },
)
DONE = Shape(
    "Done",
    {
        "type": "object",
        "required": ["reference"],
        "properties": {"reference": {"type": "string", "minLength": 1, "maxLength": 40}},
    },
)
WAS_DONE = Shape(
    "WasDone",
    {
        "type": "object",
        "required": ["done"],
        "properties": {
            "done": {"type": "boolean"},
            "reference": {"type": "string", "maxLength": 40, "description": "Of what was done; else left out."},
        },
    },
)
