"""Figures of a campaign: cells counted afresh in the background, and the sealed month."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, User
from campaigns.models.campaign import Campaign
from campaigns.models.contacts import Service
from campaigns.models.policy import Disposition


class FigureRefresh(models.Model):
    """When the cells of a campaign were last counted, and the mark of what had been counted by then."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="figure_refresh")
    counted_at = models.DateTimeField()
    mark = models.JSONField(default=dict)


class FigureCell(models.Model):
    """Counts of renewals by agent, service, zone and hold-out. Amounts in Bs."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="cells")
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, db_index=False, related_name="+")
    service = models.CharField(max_length=8, choices=Service)
    zone = models.CharField(max_length=80)
    held_out = models.BooleanField()
    renewals = models.PositiveIntegerField()
    callable = models.PositiveIntegerField()
    handled = models.PositiveIntegerField()
    contacted = models.PositiveIntegerField()
    promised = models.PositiveIntegerField()
    paid = models.PositiveIntegerField()
    paid_after_contact = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    amount_handled = models.DecimalField(max_digits=14, decimal_places=2)
    amount_contacted = models.DecimalField(max_digits=14, decimal_places=2)
    amount_promised = models.DecimalField(max_digits=14, decimal_places=2)
    amount_paid = models.DecimalField(max_digits=14, decimal_places=2)
    amount_paid_after_contact = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        indexes = [models.Index(fields=["campaign"], name="figure_cell_of_campaign")]


class DayFigure(models.Model):
    """Attempts of a day by agent and disposition, and contacts handled and reached for the first time that day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="day_figures")
    day = models.DateField()
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, db_index=False, related_name="+")
    disposition = models.ForeignKey(Disposition, models.CASCADE, null=True, db_index=False, related_name="+")
    attempts = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["campaign", "day"], name="day_figure_of_campaign")]


class Seal(models.Model):
    """The closing report of a campaign: figures, the evidence they were computed from, and its files. Never changed;

    a correction is a new revision.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="seals")
    revision = models.PositiveSmallIntegerField(_("revisión"))
    sealed_at = models.DateTimeField(_("sellado"))
    sealed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("motivo de la revisión"), max_length=200, blank=True)
    figures = models.JSONField()
    evidence = models.JSONField(help_text=_("Cuentas y huellas de los datos de origen."))
    sha256 = models.CharField(max_length=64, help_text=_("Huella de cifras y evidencia."))
    workbook = models.FileField(upload_to="seals/%Y", null=True, blank=True)
    document = models.FileField(upload_to="seals/%Y", null=True, blank=True)

    class Meta:
        verbose_name = _("informe sellado")
        verbose_name_plural = _("informes sellados")
        constraints = [models.UniqueConstraint(fields=["campaign", "revision"], name="seal_revision_once")]
