"""The indicator of a month as it was sealed: what is reported, and what it can be defended by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, facts
from agents.models import User
from work.models import RungWork


class MonthSealQuerySet(models.QuerySet["MonthSeal"]):
    def visible_to(self, user: User) -> MonthSealQuerySet:
        """It is the centre's."""
        return self if user.sees_the_centre else self.none()


@append_only(at="sealed_at")
class MonthSeal(models.Model):
    """One revision. It is never changed: what is found later is another one, with its reason.

    `figures`, `formula`, `evidence`: as `service_level/sealing` writes them. `previous`: the fingerprint of the
    seal made before it, of whatever month; empty of the very first.
    """

    month = models.DateField(_("mes"))
    revision = models.PositiveSmallIntegerField(_("revisión"))
    sealed_at = models.DateTimeField(_("sellado"))
    sealed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("por"),
        help_text=_("Vacío: el programa."),
    )  # fmt: skip
    reason = models.CharField(_("motivo de la revisión"), max_length=200, blank=True)
    formula = models.JSONField()
    figures = models.JSONField()
    evidence = models.JSONField()
    previous = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(_("huella"), max_length=64)

    objects = MonthSealQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicador sellado")
        verbose_name_plural = _("indicadores sellados")
        constraints = [
            models.UniqueConstraint(fields=["month", "revision"], name="month_seal_revision_once"),
            models.CheckConstraint(condition=Q(month__day=1, revision__gte=1), name="month_seal_is_of_a_month"),
            models.CheckConstraint(
                condition=Q(revision=1) | Q(revision__gt=1) & ~Q(previous="") & ~Q(reason=""),
                name="month_seal_follows_and_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} r{self.revision}"


class SealOrderQuerySet(models.QuerySet["SealOrder"]):
    def visible_to(self, user: User) -> SealOrderQuerySet:
        """It is the centre's."""
        return self if user.sees_the_centre else self.none()


@facts("month", "reason", "asked_at", "asked_by", "state", at="asked_at")
class SealOrder(RungWork):
    """That somebody asked for the next revision: counting a month twice must not hold a request. One that was refused
    keeps the sentence in `last_error`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("En espera")
        DONE = "done", _("Sellado")
        REFUSED = "refused", _("No se selló")
        FAILED = "failed", _("No se pudo hacer")

    month = models.DateField(_("mes"))
    reason = models.CharField(_("motivo de la revisión"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("pedido"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("por"), db_index=False)
    state = models.CharField(_("estado"), max_length=7, choices=State, default=State.WAITING)

    objects = SealOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("sello pedido")
        verbose_name_plural = _("sellos pedidos")
        constraints = [
            models.UniqueConstraint(fields=["month"], condition=Q(state="waiting"), name="seal_order_one_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
