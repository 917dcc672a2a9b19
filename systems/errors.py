"""Three ways in which an outside system fails, told apart by what the caller may do next.

Each carries a sentence for people (`str`) and the system's code.
"""

from __future__ import annotations

# What a mistake raises, theirs or ours; neither the database's errors nor what tells a task to end.
UNFORESEEN = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


class SystemTrouble(Exception):
    """A call to an outside system did not end well. Raised only as one of the three below."""

    def __init__(self, sentence: str, *, system: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.system = system


class SystemUnavailable(SystemTrouble):
    """Nothing was done: not reached, resting after failures, or it said that it cannot. Asking again later is safe.

    Of a read also: the answer was lost or could not be read.
    """


class CannotSay(SystemUnavailable):
    """It answers that it does not know whether a write was done, or does not know the question."""


class SystemRefused(SystemTrouble):
    """Nothing was done, and the same again will be refused again; the sentence is the system's own."""


class NotThere(SystemRefused):
    """It knows of no such thing, and says so: an unknown contract, or a question it has no answer to."""


class OutcomeUnknown(SystemTrouble):
    """A write whose answer was lost after it may have arrived. Only a person can say whether it was done."""
