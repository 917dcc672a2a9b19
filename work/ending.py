"""How an attempt ends. Each raises LeaseLost when the work is another's by now, and then changes nothing.

Call them inside the transaction of what was done, where there is one: both are there or neither.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from work.claiming import free
from work.kinds import kind_of
from work.life import Phase, Verb
from work.models import OwedWork
from work.steps import ERROR_LENGTH, LeaseLost, as_it_was_read, take_step


def check_is_mine(owed: OwedWork) -> None:
    """Raise LeaseLost when another has it."""
    if not as_it_was_read(owed).exists():
        raise LeaseLost(f"{kind_of(type(owed)).name} {owed.pk} was given to another worker")


def renew(*, owed: OwedWork, now: datetime, state: str = "", **columns: Any) -> None:
    """Write down how far it is, and from `now` on have it for another lease. `state`: another one of its `at_work`."""
    columns["lease_until"] = now + kind_of(type(owed)).lease
    take_step(Verb.RENEW, owed=owed, to=state or owed.state, now=now, columns=columns)


def done(*, owed: OwedWork, now: datetime, **columns: Any) -> None:
    """It is done: its end is written, or its row deleted where the kind keeps none (whoever did it, it is done)."""
    kind = kind_of(type(owed))
    if not kind.over:
        as_it_was_read(owed).delete()
        return
    take_step(
        Verb.DONE, owed=owed, to=kind.over[0], now=now, columns={"lease_until": None, "last_error": "", **columns}
    )


def refuse(*, owed: OwedWork, to: str, error: str, now: datetime, **columns: Any) -> None:
    """It cannot be done, now or later, and says why."""
    columns |= {"lease_until": None, "last_error": error[:ERROR_LENGTH]}
    take_step(Verb.REFUSE, owed=owed, to=to, now=now, note=error, columns=columns)


def hold(*, owed: OwedWork, to: str, now: datetime, note: str = "", by: Any = None, **columns: Any) -> None:
    """It waits for a decision of a person that only its own room knows. An attempt that ends so leaves no error."""
    if kind_of(type(owed)).phase_of(owed) == Phase.AT_WORK:
        columns = {"last_error": "", **columns}
    take_step(Verb.HOLD, owed=owed, to=to, now=now, by=by, note=note, columns={"lease_until": None, **columns})


def set_aside(*, owed: OwedWork, error: str, now: datetime) -> None:
    """Park what waits or is at work, for a person to look at: nobody knows what became of it."""
    error = error[:ERROR_LENGTH]
    columns = {"lease_until": None, "parked_at": now, "last_error": error}
    take_step(Verb.GIVE_UP, owed=owed, to=kind_of(type(owed)).parked, now=now, note=error, columns=columns)


def postpone(*, owed: OwedWork, until: datetime, error: str, now: datetime) -> None:
    """What is in the way is not its own: the attempt is given back, and it waits."""
    columns = {
        "lease_until": None, "attempts": owed.attempts - 1, "not_before": until, "last_error": error[:ERROR_LENGTH],
    }  # fmt: skip
    take_step(Verb.POSTPONE, owed=owed, to=kind_of(type(owed)).waiting, now=now, note=error, columns=columns)


def postpone_due(model: type[OwedWork], *, among: Q, until: datetime, now: datetime, **columns: Any) -> int:
    """Let all that is due and like this wait together: one knock at a closed door is enough. Returns how many."""
    return free(kind_of(model), now=now).filter(among).update(not_before=until, **columns)


def fail(*, owed: OwedWork, error: str, now: datetime) -> Phase:
    """The attempt failed: it waits for the next one, or is parked after the last. Returns which."""
    kind = kind_of(type(owed))
    error = error[:ERROR_LENGTH]
    columns: dict[str, Any] = {"lease_until": None, "last_error": error}
    if owed.attempts >= kind.attempts:
        take_step(Verb.PARK, owed=owed, to=kind.parked, now=now, note=error, columns={**columns, "parked_at": now})
        return Phase.PARKED
    columns["not_before"] = now + kind.waits[owed.attempts - 1]
    take_step(Verb.FAIL, owed=owed, to=kind.waiting, now=now, note=error, columns=columns)
    return Phase.WAITING


def settle(*, owed: OwedWork, to: str, now: datetime, by: Any = None, **columns: Any) -> None:
    """A person ends what waits, is held or parked; it is not going to be done."""
    columns |= {"lease_until": None, "parked_at": None}
    take_step(Verb.SETTLE, owed=owed, to=to, now=now, by=by, columns=columns)
