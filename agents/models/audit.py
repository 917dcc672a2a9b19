"""The books of the audit itself: what facts were, what retention took away, and what each day came to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only


@append_only(at="at")
class FactChange(models.Model):
    """What a statement changed or deleted in a table of facts, as it was before. Written by triggers alone.

    `rows`: the key of each row, with the values of `columns`. Of what was inserted the first and the last key. The
    moment, the database's user and the address it was connected from are the server's own word.
    """

    at = models.DateTimeField(_("cuándo"))
    transaction = models.BigIntegerField(_("transacción"))
    table_name = models.CharField(_("tabla"), max_length=63)
    operation = models.CharField(_("operación"), max_length=6)
    count = models.PositiveIntegerField(_("filas"))
    columns = ArrayField(models.CharField(max_length=63), verbose_name=_("columnas"))
    rows = models.JSONField(_("cómo estaban"))
    database_user = models.CharField(_("usuario de la base"), max_length=63)
    address = models.GenericIPAddressField(_("dirección"), null=True)
    context = models.ForeignKey(
        "pghistory.Context", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("cambio de un hecho")
        verbose_name_plural = _("cambios de hechos")
        # written in the order of time: what happened to a row is looked for in the days it may have happened
        indexes = [BrinIndex(fields=["at"], name="fact_change_by_time", autosummarize=True)]


@append_only(at="at")
class StrangeWrite(models.Model):
    """A row that somebody wrote, changed or deleted who is no process of the application. Written by a trigger alone.

    `key`: of the row, where that is a number. The moment, the database's user and the address it was connected from are
    the server's own word; `program` is what the connection called itself.
    """

    class Operation(models.TextChoices):
        INSERT = "insert", _("agregada")
        UPDATE = "update", _("cambiada")
        DELETE = "delete", _("quitada")

    at = models.DateTimeField(_("cuándo"))
    transaction = models.BigIntegerField(_("transacción"))
    table_name = models.CharField(_("tabla"), max_length=63)
    operation = models.CharField(_("operación"), max_length=6, choices=Operation)
    key = models.CharField(_("fila"), max_length=36, blank=True)
    database_user = models.CharField(_("usuario de la base"), max_length=63)
    address = models.GenericIPAddressField(_("dirección"), null=True)
    program = models.CharField(_("programa"), max_length=63, blank=True)

    class Meta:
        verbose_name = _("escritura ajena")
        verbose_name_plural = _("escrituras ajenas")
        indexes = [
            models.Index(fields=["-at"], name="strange_write_newest_first"),
            models.Index(fields=["transaction"], name="strange_write_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.key}".strip()


class StrangersTold(models.Model):
    """How far who answers for the centre was told of `StrangeWrite`: one row, which no stranger writes.

    `open_from`: the first transaction that was open then; `told_of`: of how many lines of it and later ones they were.
    """

    refuses_strangers = True

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    open_from = models.BigIntegerField(default=0)
    told_of = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(null=True)


@append_only(at="at", unless="OLD.is_open")
class AuditRemoval(models.Model):
    """What retention took away of a book: how many rows, written down from when to when. By `audit_forget` alone.

    Open while that function changes them, which nobody else ever sees.
    """

    refuses_strangers = True

    at = models.DateTimeField(_("cuándo"))
    table_name = models.CharField(_("tabla"), max_length=63)
    columns = ArrayField(models.CharField(max_length=63), verbose_name=_("columnas"))
    count = models.PositiveIntegerField(_("filas"), default=0, db_default=0)
    since = models.DateTimeField(_("desde"), null=True)
    until = models.DateTimeField(_("hasta"), null=True)
    is_open = models.BooleanField(default=True, db_default=True)
    database_user = models.CharField(_("usuario de la base"), max_length=63)
    context = models.ForeignKey(
        "pghistory.Context", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("dato quitado de la auditoría")
        verbose_name_plural = _("datos quitados de la auditoría")


@append_only(at="made_at")
class AuditDigest(models.Model):
    """What a table held of the rows written down in a day, as a digest; each is chained to the one before it.

    `columns` are those the digest is of, so that a table that gets more of them later is still compared. `sha256` is
    of what stays, `sha256_whole` of the personal data too, until retention takes them away.
    """

    refuses_strangers = True  # a day that is not over, or never was, would keep those to come from being summed up

    table_name = models.CharField(_("tabla"), max_length=63)
    since = models.DateTimeField(_("desde"), null=True, help_text=_("Vacío: desde el comienzo."))
    until = models.DateTimeField(_("hasta"))
    count = models.PositiveBigIntegerField(_("filas"))
    columns = ArrayField(models.CharField(max_length=63), verbose_name=_("columnas"))
    sha256 = models.CharField(_("huella"), max_length=64)
    sha256_whole = models.CharField(_("huella con datos personales"), max_length=64)
    chain = models.CharField(_("huella de la cadena"), max_length=64)
    made_at = models.DateTimeField(_("hecha"))
    snapshot = models.TextField(help_text=_("Las transacciones que la huella ve (pg_snapshot)."))

    class Meta:
        verbose_name = _("huella de un día")
        verbose_name_plural = _("huellas de los días")
        constraints = [models.UniqueConstraint(fields=["table_name", "until"], name="audit_digest_once_a_day")]
