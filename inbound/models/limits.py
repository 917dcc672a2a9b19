"""Until when a damage is repaired, and how soon one with priority is attended: rows of the centre."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited


class RepairLimitQuerySet(models.QuerySet["RepairLimit"]):
    def for_one(self, *, of: str, segment: str, component: str) -> RepairLimit | None:
        """The closest row: of the segment and the component, of the component, of the segment, of all."""
        rows = self.filter(
            Q(segment="") | Q(segment__iexact=segment.strip()),
            Q(component="") | Q(component__iexact=component.strip()),
            of=of,
        )
        return rows.order_by("-component", "-segment").first()


@audited()
class RepairLimit(models.Model):
    """Working hours within which a damage is repaired (Seguimiento a Daño), or attended with priority (101.11.1)."""

    class Of(models.TextChoices):
        REPAIR = "repair", _("reparación")
        PRIORITY = "priority", _("atención con prioridad")

    of = models.CharField(_("de qué"), max_length=8, choices=Of)
    segment = models.CharField(
        _("segmento"), max_length=24, blank=True, help_text=_("Como lo escribe Smartflex. Vacío: todos.")
    )
    component = models.CharField(
        _("componente"), max_length=60, blank=True, help_text=_("Como lo dice el flujo. Vacío: todos.")
    )
    working_hours = models.DecimalField(
        _("horas de trabajo"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.25"))]
    )

    objects = RepairLimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("plazo de reparación")
        verbose_name_plural = _("plazos de reparación")
        constraints = [
            models.UniqueConstraint(fields=["of", "segment", "component"], name="repair_limit_once"),
            models.CheckConstraint(condition=Q(working_hours__gt=0), name="repair_limit_is_some_time"),
        ]

    def __str__(self) -> str:
        parts = [self.get_of_display(), self.segment, self.component]
        return " · ".join(part for part in parts if part)
