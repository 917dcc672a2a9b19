"""The units an escalation is written to: an address belongs to a role, and whoever holds it today is written to."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited, facts
from notices.models import Notice


@audited()
class Unit(models.Model):
    """A role outside the call centre (103.15, 4639999.7): head of a sector, person in charge of public telephony …"""

    code = models.SlugField(_("código"), max_length=24, unique=True)
    name = models.CharField(_("nombre"), max_length=80, unique=True)
    by_zone = models.BooleanField(
        _("se le escribe por la zona del cliente"), default=False,
        help_text=_("Si no, por el sector del trámite. Así se busca quién la tiene."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("unidad")
        verbose_name_plural = _("unidades")

    def __str__(self) -> str:
        return self.name


class UnitAddressQuerySet(models.QuerySet["UnitAddress"]):
    def valid_on(self, day: date) -> UnitAddressQuerySet:
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


@audited()
class UnitAddress(models.Model):
    """Who holds a unit's role, in a sector or in all, and from when until when; a valid substitute goes first."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="addresses", verbose_name=_("unidad"))
    sector = models.CharField(
        _("sector"), max_length=40, blank=True, help_text=_("Como lo escribe Smartflex. Vacío: todos los sectores.")
    )
    name = models.CharField(_("persona"), max_length=80)
    email = models.EmailField(_("correo"))
    is_substitute = models.BooleanField(
        _("suplente"), default=False, help_text=_("Mientras vale, se le escribe en lugar del titular.")
    )
    valid_from = models.DateField(_("desde"))
    valid_until = models.DateField(_("hasta"), null=True, blank=True, help_text=_("El último día. Vacío: sin fin."))

    objects = UnitAddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("correo de una unidad")
        verbose_name_plural = _("correos de unidades")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")), name="unit_address_ends_in_order"
            ),
            models.UniqueConstraint(fields=["unit", "sector", "email", "valid_from"], name="unit_address_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@facts("escalation", "unit", "notice", "to_whom")
class Letter(models.Model):
    """A mail written to a unit about an escalation. The notice holds the text and how its delivery stands."""

    escalation = models.ForeignKey("escalations.Escalation", models.CASCADE, related_name="letters")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unidad"))
    notice = models.OneToOneField(Notice, models.PROTECT, related_name="+", verbose_name=_("aviso"))
    to_whom = models.CharField(_("persona"), max_length=80)
    undelivered_at = models.DateTimeField(null=True, blank=True, editable=False)  # its card was told last

    class Meta:
        verbose_name = _("correo a una unidad")
        verbose_name_plural = _("correos a unidades")
