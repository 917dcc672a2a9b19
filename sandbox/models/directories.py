"""Guiatel, the commercial guide, P_EMPLEADOS and PAC."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from sandbox.models.customers import name_words


class DirectoryEntry(models.Model):
    """A subscriber's number; one in reserve is told to nobody."""

    name = models.CharField("nombre", max_length=120)
    address = models.CharField("dirección", max_length=120)
    number = models.CharField("número", max_length=12)
    is_reserved = models.BooleanField("en reserva")
    name_words = name_words("name")

    class Meta:
        verbose_name = "registro de la guía"
        verbose_name_plural = "registros de la guía"
        indexes = [GinIndex(fields=["name_words"], name="directory_by_name", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class CommercialEntry(models.Model):
    """Who pays for being listed; searched by name and by what is sold, which stands in the name."""

    name = models.CharField("nombre y rubro", max_length=120)
    address = models.CharField("dirección", max_length=120)
    number = models.CharField("número", max_length=12)
    name_words = name_words("name")

    class Meta:
        verbose_name = "aviso de la guía comercial"
        verbose_name_plural = "avisos de la guía comercial"
        indexes = [GinIndex(fields=["name_words"], name="commercial_by_name", fastupdate=False)]

    def __str__(self) -> str:
        return self.name


class Employee(models.Model):
    """An internal number of the cooperative; a unit's own has the unit as its name."""

    name = models.CharField("nombre", max_length=120)
    unit = models.CharField("unidad", max_length=60)
    extension = models.CharField("interno", max_length=6)
    name_words = name_words("name", "unit")

    class Meta:
        verbose_name = "interno"
        indexes = [GinIndex(fields=["name_words"], name="employee_by_name", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.name} {self.extension}"


class Certificate(models.Model):
    """Certificado de Aportación (telephone share) in PAC."""

    number = models.CharField("número", max_length=16, primary_key=True)
    contract = models.CharField("contrato", max_length=12, db_index=True)
    amount = models.DecimalField("importe", max_digits=10, decimal_places=2)
    paid = models.DecimalField("pagado", max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = "certificado de aportación"
        verbose_name_plural = "certificados de aportación"
        constraints = [models.CheckConstraint(condition=models.Q(paid__lte=models.F("amount")), name="paid_at_most")]

    def __str__(self) -> str:
        return self.number
