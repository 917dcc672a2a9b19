"""What stands before every gate of customers' rows, whatever the gate itself would let through."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from agents.models import User

Gate = TypeVar("Gate", bound=Callable[..., Any])


def leads_to_customers(gate: Gate) -> Gate:
    """Decorator of a `visible_to`: who configures sees none of these rows, nor what was hers in an earlier role."""

    @wraps(gate)
    def guarded(rows: Any, user: User) -> Any:
        return gate(rows, user) if user.knows_customers else rows.none()

    return cast(Gate, guarded)
