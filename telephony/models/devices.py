"""Trunks as an administrator writes them down, and what a switchboard says of its telephones and trunks."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from telephony.models.switchboards import TECHNOLOGY, WORD, Switchboard


@audited()
class Trunk(models.Model):
    """A way out of a switchboard, or into it (troncal): to the network, to another exchange."""

    switchboard = models.ForeignKey(
        Switchboard, models.PROTECT, related_name="trunks", verbose_name=_("central telefónica")
    )
    name = models.CharField(
        _("nombre en la central"), max_length=40, validators=[WORD],
        help_text=_("Como en Dial(PJSIP/…@nombre), o en Dial(SIP/nombre/…)."),
    )  # fmt: skip
    technology = models.CharField(
        _("tecnología"), max_length=12, blank=True, validators=[TECHNOLOGY],
        help_text=_("Vacío, la de los internos de su central."),
    )  # fmt: skip
    leads_to = models.CharField(_("a dónde lleva"), max_length=80, blank=True)
    is_active = models.BooleanField(_("activa"), default=True)

    class Meta:
        verbose_name = _("troncal")
        verbose_name_plural = _("troncales")
        constraints = [
            models.UniqueConstraint(fields=["switchboard", "name"], name="trunk_once_a_switchboard"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def device(self) -> str:
        """As the switchboard names its state: `PJSIP/tigo`."""
        return f"{self.technology or self.switchboard.technology}/{self.name}"


class HeardDevice(models.Model):
    """Whether a telephone or a trunk can be had, and since when it is told so.

    It holds while the link does over which it was told last, the one of that `fence`. Without a row nobody told:
    unknown, and not absent.
    """

    switchboard = models.ForeignKey(Switchboard, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)  # PJSIP/1001
    is_there = models.BooleanField()
    fence = models.PositiveIntegerField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["switchboard", "name"], name="device_once_a_switchboard"),
        ]

    def __str__(self) -> str:
        return self.name
