"""One attempt at owed work, whoever makes it: what goes wrong in it is kept in the row."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import structlog
from django.db.models import Q

from work.claiming import claim
from work.ending import done, fail, postpone, postpone_due
from work.kinds import kind_of
from work.life import Phase
from work.models import OwedWork
from work.steps import ERROR_LENGTH, LeaseLost

log = logging.getLogger(__name__)
Owed = TypeVar("Owed", bound=OwedWork)


class Outcome(StrEnum):
    """How an attempt ended. LOST: another worker has it. NOTHING: there was nothing to do, or somebody is at it."""

    OVER = "over"
    HELD = "held"
    POSTPONED = "postponed"
    FAILED = "failed"
    PARKED = "parked"
    LOST = "lost"
    NOTHING = "nothing"


_OUTCOMES = {
    Phase.OVER: Outcome.OVER,
    Phase.AT_WORK: Outcome.OVER,  # its row is deleted, as it was
    Phase.HELD: Outcome.HELD,
    Phase.PARKED: Outcome.PARKED,
    Phase.WAITING: Outcome.FAILED,
}


class NotNow(Exception):
    """Raised by a verb: what is in the way is not this work's fault. The attempt is given back, and it waits.

    With `among` everything that is due and like it waits as long: the mail server is down for all mails.
    """

    def __init__(self, why: str, *, wait: timedelta, among: Q | None = None) -> None:
        super().__init__(why)
        self.wait = wait
        self.among = among


def do_one(model: type[Owed], *, pk: int, now: datetime) -> Outcome:
    """Claim the work of this key and do it by its kind's own verb.

    Call it outside of any transaction (RuntimeError): a verb may leave the house, and by then its claim is written.
    """
    verb = kind_of(model).verb
    if verb is None:
        raise LookupError(f"{model.__name__} is done by its own room")
    owed = claim(model, pk=pk, now=now, durable=True)
    if owed is None:
        return Outcome.NOTHING
    return attempt(owed, work=lambda mine: verb(mine, now=now), clock=lambda: now)


def attempt(owed: Owed, *, work: Callable[[Owed], object], clock: Callable[[], datetime]) -> Outcome:
    """Do claimed work and write down how it ended. `work` may end it itself, in the transaction of what it did.

    Whatever it raises counts against it, but NotNow and LeaseLost; of a kind with `when_lost` its room decides.
    """
    with structlog.contextvars.bound_contextvars(owed=f"{kind_of(type(owed)).name}:{owed.pk}"):
        try:
            return _attempt(owed, work, clock)
        except LeaseLost as lost:
            log.warning("%s", lost)
            return Outcome.LOST


def _attempt(owed: Owed, work: Callable[[Owed], object], clock: Callable[[], datetime]) -> Outcome:
    kind = kind_of(type(owed))
    try:
        work(owed)
    except LeaseLost:
        raise
    except NotNow as obstacle:
        log.warning("%s %s waits: %s", kind.name, owed.pk, type(obstacle.__cause__ or obstacle).__name__)
        _others_wait(owed, obstacle, clock())
        _read_where_it_stands(owed)
        if kind.phase_of(owed) == Phase.AT_WORK:
            until = clock() + obstacle.wait
            postpone(owed=owed, until=until, error=str(obstacle), now=clock())
            return Outcome.POSTPONED
    except Exception as error:  # whatever it is: it is kept in the row, and the next work has its turn
        frames = "".join(traceback.format_tb(error.__traceback__))  # without its words: they may quote a customer
        level = logging.WARNING if owed.attempts < kind.attempts else logging.ERROR  # a last one needs a person
        log.log(level, "%s %s: attempt %s: %s\n%s", kind.name, owed.pk, owed.attempts, type(error).__name__, frames)
        _read_where_it_stands(owed)
        if kind.phase_of(owed) == Phase.AT_WORK:
            _broke(owed, error, clock())
    else:
        if kind.phase_of(owed) == Phase.AT_WORK:
            done(owed=owed, now=clock())
    return _OUTCOMES[kind.phase_of(owed)]


def _broke(owed: OwedWork, error: Exception, now: datetime) -> None:
    """The attempt failed; but where it may have been done for all that, its room decides, as when a worker vanished."""
    kind = kind_of(type(owed))
    if kind.when_lost is not None:
        kind.when_lost(owed, now=now)
    else:
        fail(owed=owed, error=kind.in_words(error), now=now)


def _read_where_it_stands(owed: OwedWork) -> None:
    """What was taken in a transaction that broke is not so, and what broke afterwards does not undo it."""
    rows = kind_of(type(owed)).rows.filter(pk=owed.pk, fence=owed.fence)
    there = rows.values("state", "lease_until", "attempts").first()
    if there is None:
        raise LeaseLost(f"{kind_of(type(owed)).name} {owed.pk} was given to another worker while it failed")
    for name, value in there.items():
        setattr(owed, name, value)


def _others_wait(owed: OwedWork, obstacle: NotNow, now: datetime) -> None:
    """First of all, and even when this one was given to another meanwhile: nobody knocks at the closed door."""
    if obstacle.among is not None:
        until, why = now + obstacle.wait, str(obstacle)[:ERROR_LENGTH]
        postpone_due(type(owed), among=obstacle.among, until=until, now=now, last_error=why)
