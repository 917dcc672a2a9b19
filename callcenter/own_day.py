"""What an agent always has before her eyes: her state with its clock, and her pace against her goal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agents.models import User
from agents.own_state import StateSeen, see_state
from campaigns.steering.own_pace import OwnPace, own_pace


@dataclass(frozen=True, slots=True)
class OwnDay:
    """Either may be missing: she is signed out, or nobody set her a goal."""

    state: StateSeen | None
    pace: OwnPace | None


def see_own_day(*, user: User, now: datetime) -> OwnDay:
    """Two queries without a goal."""
    return OwnDay(see_state(user=user, now=now), own_pace(user=user, now=now))
