"""The kinds of owed work: each room says what its own are, once, when Django is ready.

    register(Kind(name="reminder", model=Reminder, words=_("Recordatorios"), since="owed_at",
                  waiting="waiting", parked="parked", over=("sent",), lease=timedelta(minutes=5),
                  waits=(timedelta(minutes=1), timedelta(minutes=10)), verb=send_reminder))

The kernel's own worker does one by the kind's `verb`. A room with a way of its own (a sweep that keeps one connection
to the mail server for all) has no verb and rings its own worker: `register(kind, ring=…)`.

With the model, the verb and this declaration the kernel claims it, tries again, parks it, rings for it, shows it on the
page of what is owed, tells its age in /readyz and checks its rows in `check_invariants`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.functional import Promise

from work.life import Phase, Verb
from work.models import OwedWork, RungWork

Owed = TypeVar("Owed", bound=OwedWork)


@dataclass(frozen=True)
class Taken:
    """A step that is being taken, for what a room writes in the same transaction: a history, a mail that is owed."""

    verb: Verb
    was: str  # the state before
    now: datetime
    by: Any  # who, as the door knows her; None: the centre itself
    note: str


def type_and_words(error: Exception) -> str:
    """What failed, as a line: `OSError: disk full`."""
    return f"{type(error).__name__}: {error}"


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[Owed]):
    """One kind of owed work: which of its states mean what, how long it may take, who does it, where it is seen.

    `at_work`: the states of a row somebody has, the first is where a claim leads; none: it keeps its waiting state, and
    only the lease tells. `over`: the first is where it goes when it is done; none: then its row is deleted.
    `since`: the column that says since when it is owed. `when_lost`: decides what becomes of it when its worker
    vanished, or broke in an attempt that may have been done; none: the first is claimed again, the second has failed.
    `again`: the room's own verb for another round of what is parked; it raises `trying_again.AgainRefused`.
    """

    name: str  # of addresses, of `oldest_<name>` in /readyz and of its invariants
    model: type[Owed]
    words: str | Promise
    since: str
    waiting: str
    parked: str
    at_work: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    lease: timedelta
    waits: tuple[timedelta, ...]  # after the first failure, the second …; the attempts are one more
    verb: Callable[..., object] | None = None  # does one: `verb(owed, now=…)`; None: its room has a way of its own
    title: Callable[[Owed], str] = str  # one row in words that name no customer
    page: Callable[[Owed], str] | None = None  # the address of one row
    writes_besides: Callable[[Owed, Taken], None] | None = None  # with each step, in its transaction: a history, a mail
    when_lost: Callable[..., object] | None = None  # `when_lost(owed, now=…)`
    in_words: Callable[[Exception], str] = type_and_words  # what failed, for the pages; must not quote customers
    tried_again_from: tuple[str, ...] = ()  # which of `held` may wait for a worker again, when a person decides so
    again: Callable[..., object] | None = None  # `again(owed, by=…, now=…)`; None: the kernel's own
    together: Q = Q()  # which parked ones may be tried again all at once
    rests: Q | None = None  # of what waits, what nobody is expected to do now: it does not make the centre unwell
    rings_after: timedelta = timedelta(0)  # since it is owed: the door that made it has rung already
    rings_again: timedelta = timedelta(seconds=60)  # at most, however often the sweep runs

    @property
    def attempts(self) -> int:
        return len(self.waits) + 1

    @cached_property
    def open_states(self) -> tuple[str, ...]:
        """Of what waits or is at work."""
        return (self.waiting, *self.at_work)

    @property
    def rows(self) -> QuerySet[Any]:
        """All of them; for the kernel, which asks nobody who she is."""
        return self.model._default_manager.all()

    @property
    def owed_since(self) -> Greatest:
        """Since when a row is owed, as an expression: since it was asked for again, if it was."""
        return Greatest(self.since, "owed_again_at")  # PostgreSQL's leaves NULL out

    def visible_to(self, user: Any) -> QuerySet[Owed]:
        """The rows this person may see, through the model's own gate."""
        found: QuerySet[Owed] = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        return found

    def phase_of_state(self, state: str) -> Phase:
        """What a state means; of a kind without states `at_work`, waiting and at work are one state.

        Raises ValueError for a state the kind does not declare.
        """
        if state in self.at_work:
            return Phase.AT_WORK
        named = {self.waiting: Phase.WAITING, self.parked: Phase.PARKED}
        named |= dict.fromkeys(self.held, Phase.HELD) | dict.fromkeys(self.over, Phase.OVER)
        if state not in named:
            raise ValueError(f"{self.name} declares no state {state!r}")
        return named[state]

    def phase_of(self, owed: Owed) -> Phase:
        """How a row stands, as it was read."""
        phase = self.phase_of_state(owed.state)
        is_taken = phase == Phase.WAITING and not self.at_work and owed.lease_until is not None
        return Phase.AT_WORK if is_taken else phase


Ring = Callable[[Kind[Any], int], object]  # calls a worker for the row of this key, after the commit
_KINDS: dict[type[OwedWork], tuple[Kind[Any], Ring | None]] = {}
_OWN_WORKER: list[Ring] = []


def register(kind: Kind[Any], *, ring: Ring | None = None) -> None:
    """Make a kind known. Called once for each, from its room's `AppConfig.ready()`.

    Without `ring` the kernel's own worker is rung, and does it by the kind's verb.
    """
    if (kind.verb is None) == (ring is None):
        raise ValueError(f"{kind.name} is done either by its verb or by a worker of its room")
    if kind.verb is not None and not issubclass(kind.model, RungWork):
        raise ValueError(f"{kind.name}: its worker is rung for each row: make its model a RungWork")
    if kind.model in _KINDS or any(kind.name == known.name for known, _ring in _KINDS.values()):
        raise ValueError(f"{kind.name} is registered already")
    _KINDS[kind.model] = (kind, ring)


def ring_own_worker_by(ring: Ring) -> None:
    """How the kernel's own worker is rung: said once, by the door that knows the queue."""
    _OWN_WORKER[:] = [ring]


def forget(kind: Kind[Any]) -> None:
    """Make a kind unknown again: for tests that invent one."""
    _KINDS.pop(kind.model, None)


def ring(model: type[OwedWork], *, pk: int) -> None:
    """Call a worker for a row; a message that is lost is rung again by the sweep."""
    kind, how = _KINDS[model]
    (how or _OWN_WORKER[0])(kind, pk)


def kinds() -> list[Kind[Any]]:
    """Every kind there is, by its name."""
    return sorted((kind for kind, _ring in _KINDS.values()), key=lambda kind: kind.name)


def kind_of(model: type[Owed]) -> Kind[Owed]:
    """The kind of a model. Raises LookupError when its room has not registered it."""
    try:
        return _KINDS[model][0]
    except KeyError:
        raise LookupError(f"{model.__name__} is no kind of owed work: register it in its room's ready()") from None


def kind_named(name: str) -> Kind[Any]:
    """The kind of this name. Raises LookupError when there is none."""
    for kind in kinds():
        if kind.name == name:
            return kind
    raise LookupError(f"no kind of owed work is called {name!r}")
