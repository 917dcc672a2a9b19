"""Damages, work orders and invoices of Smartflex."""

from __future__ import annotations

from django.db import models


class Damage(models.Model):
    """Daño a producto. `is_sown` tells those of the seed, whose dates move on with the days."""

    number = models.CharField("número", max_length=16, primary_key=True)
    contract = models.CharField("contrato", max_length=12, db_index=True)
    service_number = models.CharField("número de servicio", max_length=16)
    component = models.CharField("componente", max_length=60)
    cause = models.CharField("causal", max_length=200)
    description = models.CharField("descripción", max_length=4000, blank=True)
    registered_at = models.DateTimeField("registrado")
    reiterations = models.PositiveIntegerField("reiteraciones", default=0)
    state = models.CharField("estado", max_length=24)
    has_service = models.BooleanField("con servicio")
    order_number = models.CharField("orden", max_length=16, blank=True)
    is_sown = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = "daño a producto"
        verbose_name_plural = "daños a producto"

    def __str__(self) -> str:
        return self.number


class WorkOrder(models.Model):
    """Installation or transfer."""

    number = models.CharField("número", max_length=16, primary_key=True)
    contract = models.CharField("contrato", max_length=12, db_index=True)
    kind = models.CharField("tipo", max_length=12)
    service = models.CharField("servicio", max_length=8)
    sold_on = models.DateField("vendida o trasladada")
    state = models.CharField("estado", max_length=24)
    has_service = models.BooleanField("con servicio")
    annulled_for = models.CharField("causal de anulación", max_length=24, blank=True)
    zone = models.CharField("zona", max_length=40)
    sector = models.CharField("sector", max_length=40)

    class Meta:
        verbose_name = "orden de trabajo"
        verbose_name_plural = "órdenes de trabajo"

    def __str__(self) -> str:
        return self.number


class Invoice(models.Model):
    """One month of one product; it is of the month before it is due."""

    number = models.CharField("número", max_length=20, primary_key=True)
    contract = models.CharField("contrato", max_length=12, db_index=True)
    service_number = models.CharField("número de servicio", max_length=16)
    amount = models.DecimalField("importe", max_digits=10, decimal_places=2)
    due_on = models.DateField("vence")
    paid_on = models.DateField("pagada", null=True, blank=True)

    class Meta:
        verbose_name = "factura"

    def __str__(self) -> str:
        return self.number
