"""What a flow is made of: frozen shapes, and the words its text may use.

One flow a line of the centre; `docs/flows/` shows each as a diagram and a table. The kinds of step:

- `say`: the agent says the script; `ask`: typed fields, and in a lane the mail of the card's kind (`letter`);
- `look_up`: another system, or a reading of the house;
- `choose`: which of several rows that were found the caller means; it answers itself where there is none, and where
  there is one unless it `asks` even so;
- `decide`: branches as buttons, one of them proposed from what is known;
- `do`: a write to another system, whose outcome is waited for a moment: it goes on as `done`, `refused` or `unknown`;
  of what it may be once more (rows `among` what was found) the agent is told before;
- `hand_over`: an escalation, whose card may be worked by a lane of the flow (`hands_to`); `refer`: another procedure
  takes it from here; `end`: a named result, which in a lane says what becomes of the card (`settles`), and may ask
  that a mail about it was delivered before (`mailed`).

Whatever its kind, a step of a lane may say what is `noted` on the card once it is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inbound.fields import Field, When

KINDS = ("say", "ask", "look_up", "choose", "decide", "do", "hand_over", "refer", "end")
LANES = ("agent", "supervisor")
SETTLES = ("resolved", "rejected", "informed")  # what the end of a lane does to its card; `informed` is both, at once
OTHER = "other"  # the name of the branch «another state»
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
OUTCOMES = {DONE: "Hecho", REFUSED: "No se hizo", UNKNOWN: "Todavía no se sabe"}  # of a write, when its caller is told

SERVICE_ASKED = "service_asked"  # the service number by which the customer was found; empty when by something else
SAME_CARD = "same_card"  # whether what is handed over corrects the card there is; asked anew each time

# Places of a script that are no name of the flow: who speaks, what protocol says, and whom one speaks with.
PLACES = ("saludo", "despedida", "agente", "cliente", "contrato", "linea")


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on from a decision; it is proposed when all of `when` holds. Without `when` it is never proposed.

    Where `needs` does not hold, or `unless` does, it cannot be taken, whatever the agent would like: what the system
    shows decides. What is not known holds nothing: it closes a way by `needs` and leaves it open by `unless`. A value
    is compared with a word, or by `unlike other.path` with what stands there: it holds when both are known and differ.
    Of a `do` the branches are its outcomes, and nobody chooses among them.
    """

    name: str
    label: str
    when: When
    next: str
    needs: When = field(default_factory=dict)
    unless: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """Until when what was handed over must be settled: one of the five. A step without one keeps its kind's limit.

    `hours`: the path of working hours that were looked up; where they are not known, the kind's limit. `before`, beside
    one of them: the paths of a day and an hour before which it must be settled, whichever comes first.
    """

    working_hours: int = 0
    working_days: int = 0
    days: int = 0
    end_of_day: bool = False
    hours: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the screen. `ref`: the step of the procedure it comes from; `covers`: others done on the same one."""

    name: str
    kind: str
    ref: str
    title: str
    covers: tuple[str, ...] = ()
    say: str = ""
    fields: tuple[Field, ...] = ()
    note: bool = False
    next: str = ""
    look_up: str = ""
    action: str = ""
    with_: Mapping[str, str] = field(default_factory=dict)
    as_: str = ""
    among: str = ""
    of: Mapping[str, str] = field(default_factory=dict)
    unless: When = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    none: str = ""
    asks: bool = False
    question: str = ""
    on: str = ""
    branches: tuple[Branch, ...] = ()
    other: Branch | None = None
    accountable: bool = False
    escalation: str = ""
    due: Due | None = None
    promised: str = ""
    hands_to: str = ""
    procedure: str = ""
    result: str = ""
    label: str = ""
    settles: str = ""
    mailed: bool = False
    letter: bool = False
    noted: str = ""
    continue_as: str = ""
    lane: str = "agent"

    @property
    def ways(self) -> tuple[Branch, ...]:
        """All branches, *another state* last."""
        return (*self.branches, self.other) if self.other else self.branches

    @property
    def waits(self) -> bool:
        """Whether the write is waited for: what is said next depends on its outcome."""
        return self.kind == "do" and bool(self.branches)

    def way(self, name: str) -> str:
        """The step a branch leads to; KeyError for a branch it has not."""
        return {way.name: way.next for way in self.ways}[name]

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Names of the steps that may come next, each once, in the order they are written."""
        return tuple(dict.fromkeys(name for name in (self.next, *(way.next for way in self.ways)) if name))

    @property
    def refs(self) -> tuple[str, ...]:
        return (self.ref, *self.covers)


@dataclass(frozen=True, slots=True)
class Flow:
    """A line's flow. `lanes` says where another lane than the agent's begins: its steps are walked from the card."""

    line: str
    name: str
    procedure: str
    start: str
    steps: Mapping[str, Step]
    lanes: Mapping[str, str] = field(default_factory=dict)

    @property
    def starts(self) -> tuple[str, ...]:
        return (self.start, *self.lanes.values())


@dataclass(frozen=True, slots=True)
class FlowError:
    """One thing that is wrong: in which file, at which step (empty: the flow itself), what."""

    file: str
    step: str
    what: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.step, self.what) if part)


class FlowErrors(Exception):
    """All that is wrong with a flow, at once."""

    def __init__(self, errors: tuple[FlowError, ...]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)
