"""Customers of Smartflex and what they have."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

ACCENTED = "áéíóúüñÁÉÍÓÚÜÑ"
PLAIN = "aeiouunAEIOUUN"


class NameWords(models.Func):
    """The words of a name without accents, for searching; the database may know no capital letter beyond ASCII."""

    template = f"to_tsvector('simple'::regconfig, lower(translate(%(expressions)s, '{ACCENTED}', '{PLAIN}')))"
    arg_joiner = " || ' ' || "
    output_field = SearchVectorField()


def name_words(*columns: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=NameWords(*columns), output_field=SearchVectorField(), db_persist=True, editable=False
    )


class Customer(models.Model):
    """`identity_card` as it is written, with complement and place of issue; `card_digits` as it is searched."""

    contract = models.CharField("contrato", max_length=12, primary_key=True)
    name = models.CharField("nombre", max_length=120)
    identity_card = models.CharField("carnet", max_length=24)
    card_digits = models.CharField("carnet, cifras", max_length=15, db_index=True)
    segment = models.CharField("segmento", max_length=12)
    address = models.CharField("dirección", max_length=120)
    zone = models.CharField("zona", max_length=40)
    telephones = ArrayField(models.CharField(max_length=12), verbose_name="teléfonos", default=list)
    name_words = name_words("name")

    class Meta:
        verbose_name = "cliente"
        indexes = [GinIndex(fields=["name_words"], name="customer_by_name", fastupdate=False)]

    def __str__(self) -> str:
        return f"{self.contract} {self.name}"


class Product(models.Model):
    """`contract` has no enforced key to Customer: a million of them are sown at once."""

    contract = models.CharField("contrato", max_length=12, db_index=True)
    service = models.CharField("servicio", max_length=8)
    service_number = models.CharField("número de servicio", max_length=16, db_index=True)
    plan = models.CharField(max_length=60)
    state = models.CharField("estado", max_length=24)
    suspended_for = models.CharField("suspendido por", max_length=12, blank=True)

    class Meta:
        verbose_name = "producto"

    def __str__(self) -> str:
        return f"{self.service} {self.service_number}"
