"""Lines with a balance: Fijacom, MIO, long distance; and the codes one dials."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from sandbox.models.customers import name_words


class FijacomLine(models.Model):
    """A line of C_CLI4G; `amounts` are what its plan may be topped up by."""

    number = models.CharField("número", max_length=12, primary_key=True)
    holder = models.CharField("titular", max_length=120)
    identity_card = models.CharField("carnet", max_length=24)
    plan = models.CharField(max_length=60)
    balance = models.DecimalField("saldo", max_digits=10, decimal_places=2)
    amounts = ArrayField(models.DecimalField(max_digits=10, decimal_places=2), verbose_name="importes")

    class Meta:
        verbose_name = "línea Fijacom"
        verbose_name_plural = "líneas Fijacom"
        constraints = [models.CheckConstraint(condition=models.Q(balance__gte=0), name="fijacom_has_no_debt")]

    def __str__(self) -> str:
        return self.number


class MioLine(models.Model):
    """A mobile line; QBC raises its balance."""

    number = models.CharField("número", max_length=12, primary_key=True)
    holder = models.CharField("titular", max_length=120)
    identity_card = models.CharField("carnet", max_length=24)
    plan = models.CharField(max_length=60)
    state = models.CharField("estado", max_length=24)
    balance = models.DecimalField("saldo", max_digits=10, decimal_places=2)
    amounts = ArrayField(models.DecimalField(max_digits=10, decimal_places=2), verbose_name="importes")

    class Meta:
        verbose_name = "línea MIO"
        verbose_name_plural = "líneas MIO"
        constraints = [models.CheckConstraint(condition=models.Q(balance__gte=0), name="mio_has_no_debt")]

    def __str__(self) -> str:
        return self.number


class LongDistanceCustomer(models.Model):
    """A customer of Boliviatel, whose balance Btel2 keeps. Error 62: the credit does not suffice for a call."""

    number = models.CharField("número", max_length=12, primary_key=True)
    name = models.CharField("nombre", max_length=120)
    identity_card = models.CharField("carnet", max_length=24)
    card_digits = models.CharField("carnet, cifras", max_length=15, db_index=True)
    kind = models.CharField("tipo", max_length=12)
    error_62 = models.BooleanField("error 62")
    last_payment_on = models.DateField("último pago", null=True, blank=True)
    last_payment = models.DecimalField("importe del último pago", max_digits=10, decimal_places=2)
    balance = models.DecimalField("saldo", max_digits=10, decimal_places=2)
    credit_limit = models.DecimalField("límite", max_digits=10, decimal_places=2)
    name_words = name_words("name")

    class Meta:
        verbose_name = "cliente Boliviatel"
        verbose_name_plural = "clientes Boliviatel"
        indexes = [GinIndex(fields=["name_words"], name="long_distance_by_name", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class DialCode(models.Model):
    """How GSI says a call is dialled, from where to where, in Bolivia or abroad."""

    origin = models.CharField("origen", max_length=8)
    destination = models.CharField("destino", max_length=8)
    reach = models.CharField("alcance", max_length=8, default="national")
    code = models.CharField("código", max_length=20, blank=True)
    words = models.CharField("explicación", max_length=200)

    class Meta:
        verbose_name = "código de marcación"
        verbose_name_plural = "códigos de marcación"
        constraints = [models.UniqueConstraint(fields=["origin", "destination", "reach"], name="dial_code_once_a_way")]

    def __str__(self) -> str:
        return self.code
