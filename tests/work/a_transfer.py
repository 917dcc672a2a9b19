"""A kind of owed work that may have been done when its worker vanishes, shows who is at it, and keeps a history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.test.utils import isolate_apps

from work.ending import hold
from work.kinds import Kind, Taken
from work.models import RungWork
from work.trying_again import AgainRefused, try_again

Verb = Callable[..., object]
HISTORY: list[tuple[str, str, str]] = []  # verb, state before, state after
SENDS: list[Verb] = []  # what sending does, the last one
FROZEN: set[str] = set()  # to whom nothing is sent again

with isolate_apps("work"):  # the house itself never hears of this model

    class TransferQuerySet(models.QuerySet["Transfer"]):
        def visible_to(self, user: Any) -> TransferQuerySet:
            return self if user.sees_the_centre else self.none()

    class Transfer(RungWork):
        """Money that is owed to somebody."""

        class State(models.TextChoices):
            WAITING = "waiting"
            SENDING = "sending"
            CHECKING = "checking"
            SENT = "sent"
            REFUSED = "refused"
            RETURNED = "returned"
            UNCERTAIN = "uncertain"
            UNREADABLE = "unreadable"
            PARKED = "parked"

        to_whom = models.CharField(max_length=40)
        state = models.CharField(max_length=10, choices=State, default=State.WAITING)
        owed_at = models.DateTimeField()

        objects = TransferQuerySet.as_manager()

        class Meta:
            app_label = "work"


def send_transfer(transfer: Transfer, *, now: datetime) -> None:
    """The verb: whatever the test says."""
    SENDS[-1](transfer, now=now)


def doubt(transfer: Transfer, *, now: datetime) -> None:
    """Nobody knows whether the money went."""
    hold(owed=transfer, to=Transfer.State.UNCERTAIN, now=now, last_error="quién sabe")


def again(transfer: Transfer, *, by: Any, now: datetime) -> None:
    if transfer.to_whom in FROZEN:
        raise AgainRefused("La cuenta está congelada.")
    try_again(owed=transfer, now=now, by=by)


def write_history(transfer: Transfer, taken: Taken) -> None:
    HISTORY.append((taken.verb.value, taken.was, transfer.state))


TRANSFERS = Kind(
    name="transfer",
    model=Transfer,
    words="Transferencias",
    since="owed_at",
    waiting=Transfer.State.WAITING,
    at_work=(Transfer.State.SENDING, Transfer.State.CHECKING),
    held=(Transfer.State.UNCERTAIN, Transfer.State.UNREADABLE),
    parked=Transfer.State.PARKED,
    over=(Transfer.State.SENT, Transfer.State.REFUSED, Transfer.State.RETURNED),
    lease=timedelta(minutes=5),
    waits=(timedelta(minutes=1),),
    verb=send_transfer,
    writes_besides=write_history,
    when_lost=doubt,
    tried_again_from=(Transfer.State.UNREADABLE,),
    again=again,
    rests=models.Q(to_whom="later"),
)
