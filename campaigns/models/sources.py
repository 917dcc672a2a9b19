"""Where reports of Smartflex come from, what of a source was seen already, and under which titles columns are known."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited

SOURCE_VARIABLE = r"^SOURCE_[A-Z0-9_]+$"


class ReportKind(models.TextChoices):
    CCVP = "ccvp", _("Prepagos CCVP")
    RECAUDO = "recaudo", _("Recaudo")


@audited(exclude=["last_looked_at", "last_error"])
class ReportSource(models.Model):
    """Where the scheduled job looks for a report. Secrets stay in the environment: here only their names."""

    class Transport(models.TextChoices):
        FILE = "file", _("Carpeta")
        SFTP = "sftp", _("SFTP")
        HTTPS = "https", _("HTTPS")

    name = models.CharField(_("nombre"), max_length=80, unique=True)
    kind = models.CharField(_("reporte"), max_length=8, choices=ReportKind)
    transport = models.CharField(_("medio"), max_length=5, choices=Transport, default=Transport.FILE)
    location = models.CharField(
        _("ubicación"),
        max_length=300,
        help_text=_("Carpeta, sftp://usuario@servidor:22/carpeta o https://servidor/ruta."),
    )
    pattern = models.CharField(
        _("patrón del nombre"),
        max_length=120,
        default="ccvp-{period}.*",
        help_text=_("{period} se reemplaza por el mes, como 2026-12; * por cualquier texto."),
    )
    host_key = models.TextField(
        _("clave del servidor SFTP"), blank=True, help_text=_("Como «ssh-ed25519 AAAA…»: se rechaza cualquier otra.")
    )
    secret_name = models.CharField(
        _("variable del secreto"),
        max_length=60,
        blank=True,
        help_text=_("Variable de entorno con la contraseña o el token, como SOURCE_SMARTFLEX; nunca el secreto mismo."),
        validators=[
            RegexValidator(
                SOURCE_VARIABLE, _("El nombre de la variable comienza con SOURCE_ y sigue con mayúsculas, cifras o _.")
            )
        ],
    )
    contract_digits = models.PositiveSmallIntegerField(
        _("cifras del contrato"), default=0, db_default=0, validators=[MaxValueValidator(20)],
        help_text=_(
            "Los números se escriben con tantas cifras en todos los reportes: a los más cortos se les ponen ceros "
            "delante, y a los más largos se les quitan los que sobran. "
            "0: se pregunta cuando algunos parecen haberlos perdido o ganado; 1: quedan como vienen."
        ),
    )  # fmt: skip
    service_digits = models.PositiveSmallIntegerField(
        _("cifras del número de servicio"), default=0, db_default=0, validators=[MaxValueValidator(20)]
    )
    receipt_digits = models.PositiveSmallIntegerField(
        _("cifras del recibo"), default=0, db_default=0, validators=[MaxValueValidator(20)]
    )
    is_active = models.BooleanField(_("activa"), default=True)
    last_looked_at = models.DateTimeField(_("última búsqueda"), null=True, blank=True, editable=False)
    last_error = models.TextField(_("último error"), blank=True, editable=False)

    class Meta:
        verbose_name = _("origen de reportes")
        verbose_name_plural = _("orígenes de reportes")
        constraints = [
            # whoever may edit a source must not read another secret of the server out to a host of her own
            models.CheckConstraint(
                condition=Q(secret_name="") | Q(secret_name__regex=SOURCE_VARIABLE), name="source_names_a_source_secret"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SeenFile(models.Model):
    """One version of a file that stood at a source: looked at often, fetched once."""

    source = models.ForeignKey(ReportSource, models.CASCADE, related_name="seen_files")
    name = models.CharField(max_length=300)
    version = models.CharField(max_length=120, help_text=_("Tamaño y hora, como los dice el origen."))
    seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    was_refused = models.BooleanField(default=False, db_default=False)
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")  # of what was settled last

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name", "version"], name="seen_file_once_a_version")]


@audited()
class ColumnAlias(models.Model):
    """A heading under which a column of a report is known."""

    kind = models.CharField(_("reporte"), max_length=8, choices=ReportKind)
    field = models.CharField(_("columna"), max_length=24)
    alias = models.CharField(_("título en el archivo"), max_length=80)
    alias_key = models.CharField(max_length=80, editable=False)

    class Meta:
        verbose_name = _("título de columna")
        verbose_name_plural = _("títulos de columna")
        constraints = [models.UniqueConstraint(fields=["kind", "alias_key"], name="column_alias_once")]

    def __str__(self) -> str:
        return self.alias
