"""Reports of Smartflex: where they come from, each file once, each row accounted for."""

from __future__ import annotations

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User
from systems.reports.parts import sheet_and_row
from work.models import RungWork

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


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: User) -> ReportQuerySet:
        """Reports are the centre's: an agent sees none."""
        return self if user.sees_the_centre else self.none()


class HeldFor(models.TextChoices):
    """Why a report waits for the supervisor's word."""

    EMPTY = "empty", _("Ninguna fila se puede usar")
    CUT = "cut", _("Puede estar cortado")
    SHEET = "sheet", _("Una hoja no se leyó")
    TOTALS = "totals", _("No es lo que dice su pie")
    AMOUNTS = "amounts", _("Montos dudosos")
    TWICE = "twice", _("Dos columnas para lo mismo")
    SMALL = "small", _("Mucho menor que el del mes anterior")
    REJECTED = "rejected", _("Demasiadas filas rechazadas")
    COLUMN = "column", _("Falta una columna")
    UNUSUAL = "unusual", _("Pagos fuera de lo común")


class Report(RungWork):
    """One file, and the work of taking it in: a row with state, attempts, fence and lease. The message only rings."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Por leer")
        READING = "reading", _("Leyendo")
        CHECKING = "checking", _("Revisando")
        PUBLISHING = "publishing", _("Publicando")
        HELD = "held", _("Espera una decisión")
        PUBLISHED = "published", _("Tomado")
        REFUSED = "refused", _("Rechazado")
        PARKED = "parked", _("Detenido tras varios intentos")
        DISCARDED = "discarded", _("Descartado")
        WITHDRAWN = "withdrawn", _("Retirado")

    kind = models.CharField(_("reporte"), max_length=8, choices=ReportKind)
    period = models.DateField(_("mes por pagar"), null=True, blank=True)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("archivo"), max_length=200)
    file = models.FileField(upload_to="reports/%Y/%m", max_length=300)
    size = models.PositiveBigIntegerField()
    source = models.ForeignKey(ReportSource, models.SET_NULL, null=True, blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    arrived_at = models.DateTimeField(_("llegó"))
    state = models.CharField(_("estado"), max_length=10, choices=State, default=State.WAITING)
    held_for = models.CharField(max_length=8, choices=HeldFor, blank=True)
    held_because = models.TextField(blank=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField(null=True, blank=True, help_text=_("Comienzo del último intento."))
    published_at = models.DateTimeField(null=True, blank=True)
    data_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Hasta cuándo llegan los datos de un recaudo: la edad de los pagos.")
    )
    sheets = models.JSONField(
        default=dict,
        help_text=_("Hojas leídas (`read`: name, rows) y las que no (`left_out`: name, rows, why), en su orden."),
    )
    rows_expected = models.PositiveIntegerField(null=True, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_checked = models.PositiveIntegerField(default=0)
    rows_published = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    other_service = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict, help_text=_("Lo demás que se contó al publicarlo."))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporte")
        verbose_name_plural = _("reportes")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "sha256"],
                condition=~Q(state__in=["refused", "discarded", "withdrawn"]),
                name="report_file_taken_once",
            ),
            models.UniqueConstraint(
                fields=["period"], condition=Q(kind="ccvp", state="published"), name="report_period_taken_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(rows=F("taken") + F("duplicates") + F("other_service") + F("rejected")),
                name="report_rows_add_up",
            ),
        ]
        indexes = [
            # what waits or is at work: the sweep, its count, and since when the oldest is owed
            models.Index(
                fields=["arrived_at"],
                name="report_to_do",
                condition=Q(state__in=["waiting", "reading", "checking", "publishing"]),
            ),
            # until when payments are known: on every page
            models.Index(
                fields=["-data_until"], name="report_payment_age", condition=Q(kind="recaudo", state="published")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def place_of(self, line: int) -> str:
        """Where a row stands, as a person looks for it: its number, and the sheet where there are several."""
        sheet, row = sheet_and_row(line)
        sheets = self.sheets.get("read", [])
        if len(sheets) < 2 or sheet >= len(sheets):
            return str(row)
        return gettext("%(row)s de %(sheet)s") % {"row": row, "sheet": sheets[sheet]["name"]}

    @property
    def month(self) -> date:
        """The month to be paid for; every CCVP report has one, a recaudo need not."""
        if self.period is None:
            raise ValueError(f"report {self.pk} names no month")
        return self.period


class ReportWithdrawal(models.Model):
    """A published report was taken back: who, why, and what went with it. Append-only."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="withdrawal")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    receipts = models.PositiveIntegerField(help_text=_("Recibos que se quitaron, también los que se leen otra vez."))
    contacts = models.PositiveIntegerField(help_text=_("Contactos que figuraban pagados y volvieron a deber."))
    read_again = models.ManyToManyField(Report, related_name="+")

    class Meta:
        verbose_name = _("retiro de un reporte")
        verbose_name_plural = _("retiros de reportes")


class RejectedRowQuerySet(models.QuerySet["RejectedRow"]):
    def visible_to(self, user: User) -> RejectedRowQuerySet:
        """Rejected rows are the centre's: an agent sees none."""
        return self if user.sees_the_centre else self.none()


class RejectedRow(models.Model):
    """A row that could not be used, as it stood in the file, with the reason; it can be mended and admitted."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Por corregir")
        ADMITTED = "admitted", _("Admitida")
        DISMISSED = "dismissed", _("Descartada")

    report = models.ForeignKey(Report, models.CASCADE, related_name="rejected_rows")
    line = models.PositiveIntegerField(_("fila"))
    cells = models.JSONField(_("contenido"), help_text=_("Por nombre de columna, como estaba en el archivo."))
    reason = models.CharField(_("motivo"), max_length=32)
    detail = models.CharField(_("detalle"), max_length=200, blank=True)
    state = models.CharField(_("estado"), max_length=9, choices=State, default=State.WAITING)
    mended = models.JSONField(_("corregido"), null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = RejectedRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("fila rechazada")
        verbose_name_plural = _("filas rechazadas")
        constraints = [models.UniqueConstraint(fields=["report", "line"], name="rejected_row_once")]
