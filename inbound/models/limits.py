"""Until when a damage is repaired, and how soon one with priority is attended: rows of the centre, and their watch."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.gates import leads_to_customers
from agents.models import User
from escalations.models import Escalation
from inbound.models.outside import OutsideWrite


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


class WatchedRepairQuerySet(models.QuerySet["WatchedRepair"]):
    @leads_to_customers
    def visible_to(self, user: User) -> WatchedRepairQuerySet:
        """An agent sees those of her own calls; the centre all."""
        return self if user.sees_the_centre else self.filter(write__owed_by=user)


class WatchedRepair(models.Model):
    """A damage that a call registered, and until when it was to be repaired (Seguimiento a Daño): looked at then.

    There is nobody's data in it: who and where stand in the call of its write.
    """

    class State(models.TextChoices):
        WATCHED = "watched", _("En plazo")
        KEPT = "kept", _("Cumplido")
        LATE = "late", _("Fuera de plazo")
        NOT_SEEN = "not_seen", _("No se pudo comprobar")
        UNLIMITED = "unlimited", _("Sin plazo escrito")

    write = models.OneToOneField(
        OutsideWrite, models.PROTECT, related_name="repair", verbose_name=_("registro del daño")
    )
    segment = models.CharField(_("segmento"), max_length=24, blank=True)
    component = models.CharField(_("componente"), max_length=60, blank=True)
    due_at = models.DateTimeField(_("vence"), null=True, blank=True, help_text=_("Lo que se dijo al cliente."))
    state = models.CharField(_("estado"), max_length=9, choices=State)
    found = models.CharField(_("en Smartflex"), max_length=40, blank=True, help_text=_("El estado que se vio."))
    looked_at = models.DateTimeField(_("comprobado"), null=True, blank=True)
    card = models.ForeignKey(
        Escalation, models.PROTECT, null=True, blank=True, db_index=False, related_name="+",
        verbose_name=_("derivación"),
    )  # fmt: skip

    objects = WatchedRepairQuerySet.as_manager()

    class Meta:
        verbose_name = _("plazo de un daño")
        verbose_name_plural = _("plazos de los daños")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="unlimited", due_at=None) | (~Q(state="unlimited") & Q(due_at__isnull=False)),
                name="watched_repair_has_its_limit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["late", "not_seen"], card__isnull=False)
                | (~Q(state__in=["late", "not_seen"]) & Q(card=None)),
                name="watched_repair_late_has_its_card",
            ),
        ]
        indexes = [
            # what is due, by the clock; and the list of what is still watched
            models.Index(fields=["due_at"], name="watched_repair_due", condition=Q(state="watched")),
            # the lists by state, and the figures of some days
            models.Index(fields=["state", "due_at"], name="watched_repair_by_state"),
        ]

    def __str__(self) -> str:
        return self.write.reference
