"""The one function that changes where owed work stands, and the fence that guards it.

A row is changed only as it was read: with the same fence, and still somebody's, or still where it stood. So whoever
was thought dead and comes late finds nothing to change, and of two clicks one counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from work.kinds import Kind, Taken, kind_of
from work.life import Phase, Verb, leads_to
from work.models import OwedWork

ERROR_LENGTH = 2_000


class LeaseLost(RuntimeError):
    """Another has this work now, or it stands elsewhere: what this one holds must not be handed in."""


def take_step(
    verb: Verb,
    *,
    owed: OwedWork,
    to: str,
    now: datetime,
    by: Any = None,
    note: str = "",
    columns: Mapping[str, Any],
) -> None:
    """Take a step: change the state and `columns` of the row, and let its room write what belongs to it, all or none.

    A renewal is no news: nothing is written besides. Raises LeaseLost, and ValueError for a step the table does not
    have, or that leads from a state its kind does not let it.
    """
    kind = kind_of(type(owed))
    was, before = owed.state, kind.phase_of(owed)
    check_leads_there(kind, verb, before, to)
    if verb == Verb.TRY_AGAIN and before == Phase.HELD and was not in kind.tried_again_from:
        raise ValueError(f"{kind.name} that is {was} is not tried again")
    writes_besides = None if verb == Verb.RENEW else kind.writes_besides
    with transaction.atomic() if writes_besides is not None else nullcontext():
        if not as_it_was_read(owed).update(state=to, **columns):
            raise LeaseLost(f"{kind.name} {owed.pk} is no longer {before.value} with fence {owed.fence}")
        for name, value in {**columns, "state": to}.items():
            setattr(owed, name, value)
        if writes_besides is not None:
            writes_besides(owed, Taken(verb=verb, was=was, now=now, by=by, note=note))


def as_it_was_read(owed: OwedWork) -> QuerySet[Any]:
    """The row while nobody else has taken it and it still stands where it stood."""
    kind = kind_of(type(owed))
    rows = kind.rows.filter(pk=owed.pk, fence=owed.fence)
    if kind.phase_of(owed) == Phase.AT_WORK:
        return rows.filter(state__in=kind.open_states, lease_until__isnull=False)
    return rows.filter(state=owed.state, lease_until__isnull=True)


def check_leads_there(kind: Kind[Any], verb: Verb, before: Phase, to: str) -> None:
    """Raise ValueError unless the table leads from one phase to the other by this verb."""
    there = leads_to(verb, from_phase=before)
    stays = there == Phase.AT_WORK and not kind.at_work  # such a kind keeps its waiting state while it is at work
    if kind.phase_of_state(to) != (Phase.WAITING if stays else there):
        raise ValueError(f"{verb.value} of {kind.name} does not lead to {to}")
