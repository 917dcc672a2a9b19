"""A policy whose months of personal data are shortened: whoever does it reads from when that holds."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from agents.access import signed_in_user
from agents.accounts import place_of
from agents.shortening import begins_on, shortened, tell_the_others


class ShortenedInAWeek:
    """For the admin of a policy of one row. `months`: its fields that say how long something is kept."""

    months: ClassVar[tuple[str, ...]]
    model: ClassVar[Any]

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:  # noqa: FBT001
        now = timezone.now()
        changed = shortened(self.model.objects.in_force(), obj, self.months)
        super().save_model(request, obj, form, change)  # type: ignore[misc]
        if changed:
            told = tell_the_others(obj, changed, by=signed_in_user(request), now=now, place=place_of(request))
            words = _(
                "Se guarda menos desde el %(day)s; hasta entonces, como antes. Personas a quienes se avisó: %(told)d."
            )
            messages.warning(request, words % {"day": begins_on(now=now), "told": told})
