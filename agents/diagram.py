"""The states of an agent as a page of the documents."""

from __future__ import annotations

from agents.states import SIGNED_OUT, STEPS
from screens.lives import Life, by_whom

PROSE = """
*desk*: her page, or her session. *telephone*: the switchboard. *clock*: the sweep of states. *supervisor*: a person
who steers the centre.

**A shift.** `signed_out` is no row. A shift begins with the first stretch after signing in and ends when she signs out,
at the desk, by a supervisor or by the clock; inside of it the end of each stretch is the beginning of the next, in one
transaction. Whoever opens a page with a session that outlived her shift begins another.

**Once.** The same event twice is one change. A step that leads to its own state begins a stretch only when it brings
another reason or another call; signing in at a second machine changes nothing.

**The moment** of a change is when it happened by the clock of whoever says it, but no sooner than the open stretch
began and no later than now. What arrives late makes a stretch of no length and is kept, for it did happen; it never
makes a negative one. Late word of a call of which as much, or something later, is known changes nothing: `answered`
after `hung_up` brings nobody back to a call that is over. The end of one call does not end another.

**A call is a fact.** Who pauses is not rung, but who talks is on a call whatever she said before; afterwards she wraps
up and is available. Who is on a call or is being rung does not pause: the pause comes after it. Of two calls at once
the open stretch has the one she answered last; when one of them is over she `went_on` with the other, and wraps up
after the last. So does who signs in, or sits down at a telephone, in the middle of a call of hers.

**The clock**, by the row «Política de estados»: wrapping up ends after its seconds; who is available and gave no sign
goes away; who is away is signed out, and so is who gave none long after the limit of her pause. No shift outlives the
session of a page that was left, nor an account that was switched off. Each of these happens when its time was up,
however late it is noticed. A pause past its limit goes on, and is marked.
"""
LIFE = Life(
    name="agent",
    of="an agent",
    source="agents/states.py",
    begins=[SIGNED_OUT],
    ends=[],
    steps=[(step.event.value, str(step.from_state), str(step.to_state), by_whom(step.who)) for step in STEPS],
    marks={"clock, supervisor": " (no sign)"},
    prose=PROSE,
)
