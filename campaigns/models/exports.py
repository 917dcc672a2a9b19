"""A list that leaves the centre as a workbook: asked for, made in the background, fetched by whoever asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import User
from work.models import RungWork


class ListExportQuerySet(models.QuerySet["ListExport"]):
    def visible_to(self, user: User) -> ListExportQuerySet:
        """Who asked for it, and nobody else: the book of exports names one person.

        The role is asked each time: who no longer belongs to the centre has no lists of it, and who must now see
        telephones masked does not fetch a book in which they are whole.
        """
        if not user.sees_the_centre:
            return self.none()
        own = self.filter(asked_by=user)
        return own if user.steers_campaigns else own.filter(is_masked=True)


class ListExport(RungWork):
    """One export. The row is the work: a worker that dies leaves it to the next sweep; a fence keeps a late one out."""

    class Kind(models.TextChoices):
        CONTACTS = "contacts", _("Contactos")
        PAYMENTS = "payments", _("Pagos")
        PROMISES = "promises", _("Compromisos de pago")
        REJECTED = "rejected", _("Filas rechazadas")
        CHANGES = "changes", _("Cambios de un reporte corregido")

    class State(models.TextChoices):
        WAITING = "waiting", _("En espera")
        READY = "ready", _("Listo")
        FAILED = "failed", _("No se pudo hacer")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CONTACTS)
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    filters = models.JSONField(default=dict)
    is_masked = models.BooleanField(default=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    rows = models.PositiveIntegerField(default=0)
    rows_written = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="exports/%Y/%m", null=True, blank=True)

    objects = ListExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("exportación")
        verbose_name_plural = _("exportaciones")
        indexes = [
            # what waits or is at work: the sweep, its count, and since when the oldest is owed
            models.Index(fields=["asked_at"], name="list_export_waiting", condition=models.Q(state="waiting")),
        ]
