"""Every rule that `python -m tests.breaking` breaks, one at a time, to see that a test finds it."""

from __future__ import annotations

from tests import (
    rules_of_calls,
    rules_of_money,
    rules_of_the_doors,
    rules_of_the_lines,
    rules_of_the_month,
    rules_of_the_states,
    rules_of_what_goes_in_and_out,
)

RULES = (
    *rules_of_calls.RULES,
    *rules_of_the_month.RULES,
    *rules_of_the_lines.RULES,
    *rules_of_money.RULES,
    *rules_of_the_doors.RULES,
    *rules_of_the_states.RULES,
    *rules_of_what_goes_in_and_out.RULES,
)
