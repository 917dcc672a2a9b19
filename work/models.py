"""The columns every owed work has. A kind of it adds its own facts, and `state` with a State of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)  # long past: whoever has time may begin


class OwedWork(models.Model):
    """A row that is work. Whoever claims it counts an attempt, gets the next fence and has it until the lease ends.

    `lease_until` is set while somebody is at it and empty otherwise; `parked_at` while it waits for a person after the
    last attempt. `owed_again_at`: when it was last asked for anew, from which its age counts. `docs/work-states.md`
    draws its life.
    """

    state: Any  # each kind's own choices: screens and tests know their values

    attempts = models.PositiveSmallIntegerField(_("intentos"), default=0)
    fence = models.PositiveIntegerField(_("turno"), default=0)
    not_before = models.DateTimeField(_("no antes de"), default=AT_ONCE)
    lease_until = models.DateTimeField(_("en curso hasta"), null=True, blank=True)
    parked_at = models.DateTimeField(_("detenido desde"), null=True, blank=True)
    owed_again_at = models.DateTimeField(_("pedido otra vez"), null=True, blank=True)
    last_error = models.TextField(_("último error"), blank=True)

    class Meta:
        abstract = True


class RungWork(OwedWork):
    """Owed work that a message rings for, one a row: `rung_at` keeps a queue from filling with the same key."""

    rung_at = models.DateTimeField(_("última llamada a un trabajador"), null=True, blank=True)

    class Meta:
        abstract = True
