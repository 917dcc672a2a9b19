"""Who changed what: triggers of the database see every change, bulk and raw SQL included."""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

AnyModel = TypeVar("AnyModel", bound=models.Model)


def audited(*, exclude: list[str] | None = None) -> Callable[[type[AnyModel]], type[AnyModel]]:
    """Class decorator for a model whose every insert, update and delete is kept as an event row."""
    trackers = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return pghistory.track(*trackers, exclude=exclude)
