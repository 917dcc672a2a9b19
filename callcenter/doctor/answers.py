"""One thing that was asked, and how bad it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class Level(StrEnum):
    """How bad: nothing to do, worth a look, or people are hindered."""

    WELL = "well"
    LOOK = "look"
    WRONG = "wrong"


def look_if(holds: bool) -> Level:  # noqa: FBT001  # a condition, as `if` takes it
    """Worth a look where it holds."""
    return Level.LOOK if holds else Level.WELL


def wrong_if(holds: bool) -> Level:  # noqa: FBT001
    """People are hindered where it holds."""
    return Level.WRONG if holds else Level.WELL


@dataclass(frozen=True, slots=True)
class Answer:
    """`of`: what was asked, in a word; `seen`: as it is; `cure`: what to do where it is not well."""

    of: str
    seen: str
    level: Level = Level.WELL
    cure: str = ""

    @property
    def to_do(self) -> str:
        """What to do about it; empty while all is well."""
        return "" if self.level == Level.WELL else self.cure


class Question(Protocol):
    """Something that is asked; of some things there is nothing to say."""

    def __call__(self, *, now: datetime) -> Iterator[Answer]: ...


Questions = tuple[tuple[str | Promise, Question], ...]
"""Each with what is asked, in a word."""


def ago(moment: datetime | None, *, now: datetime) -> str:
    """`hace 3 min`, `hace 2 días`; `nunca`."""
    if moment is None:
        return _("nunca")
    passed = max(now - moment, timedelta(0))
    if passed.days:
        return ngettext("hace %(days)d día", "hace %(days)d días", passed.days) % {"days": passed.days}
    minutes = passed.seconds // 60
    if minutes >= 120:
        return _("hace %(hours)d h") % {"hours": minutes // 60}
    return _("hace %(minutes)d min") % {"minutes": minutes}
