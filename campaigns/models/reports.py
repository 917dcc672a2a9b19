"""Reports of Smartflex: each file once, each row accounted for, what a correction changes, what is taken back."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agents.audit import facts
from agents.models import User
from campaigns.models.sources import ReportKind, ReportSource
from systems.reports.parts import sheet_and_row
from work.models import RungWork


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
    HEADINGS = "headings", _("Títulos en otro orden")
    SHIFTED = "shifted", _("Celdas corridas")
    SMALL = "small", _("Mucho menor que el del mes anterior")
    REJECTED = "rejected", _("Demasiadas filas rechazadas")
    COLUMN = "column", _("Falta una columna")
    UNUSUAL = "unusual", _("Pagos fuera de lo común")
    PRODUCTS = "products", _("Productos que parecen mal escritos")
    ZEROS = "zeros", _("Números sin sus ceros")
    REPLACES = "replaces", _("Reemplazaría el reporte del mes")


@facts(
    "kind", "period", "sha256", "size", "uploaded_by", "arrived_at", "state", "accepted_by", "published_at",
    "supersedes", "taken", "duplicates", "other_service", "rejected", at="arrived_at",
)  # fmt: skip
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
        SUPERSEDED = "superseded", _("Reemplazado")

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
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by",
        help_text=_("El reporte CCVP del mes que este corrigió."),
    )  # fmt: skip
    data_until = models.DateTimeField(
        null=True, blank=True, help_text=_("Hasta cuándo llegan los datos de un recaudo: la edad de los pagos.")
    )
    sheets = models.JSONField(
        default=dict,
        # and `has_totals`: whether it ends with them
        help_text=_("Hojas leídas (`read`: name, rows) y las que no (`left_out`: name, rows, why), en su orden."),
    )
    other_products = models.JSONField(
        null=True, help_text=_("Productos que no son Internet ni televisión, como están en el archivo, y sus filas.")
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
    rejected_at_first = models.PositiveIntegerField(
        null=True, help_text=_("Filas rechazadas al publicarlo, también las que después se corrigieron.")
    )
    figures = models.JSONField(default=dict, help_text=_("Lo demás que se contó al publicarlo."))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporte")
        verbose_name_plural = _("reportes")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "sha256"],
                condition=~Q(state__in=["refused", "discarded", "withdrawn", "superseded"]),
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


@facts("report", "by", "at", "reason", "receipts", "contacts", at="at")
class ReportWithdrawal(models.Model):
    """A published report was taken back: who, why, and what went with it. Append-only."""

    report = models.OneToOneField(Report, models.CASCADE, related_name="withdrawal")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    receipts = models.PositiveIntegerField(
        help_text=_("De un recaudo: recibos que se quitaron, también los que se leen otra vez.")
    )
    contacts = models.PositiveIntegerField(
        help_text=_("De un recaudo: los que figuraban pagados y volvieron a deber. De un CCVP: los que se quitaron.")
    )
    read_again = models.ManyToManyField(Report, related_name="+")

    class Meta:
        verbose_name = _("retiro de un reporte")
        verbose_name_plural = _("retiros de reportes")


class ReportDifferenceQuerySet(models.QuerySet["ReportDifference"]):
    def visible_to(self, user: User) -> ReportDifferenceQuerySet:
        """What a corrected report changes is the centre's: an agent sees none."""
        return self if user.sees_the_centre else self.none()


class ReportDifference(models.Model):
    """What a corrected CCVP report changes for one customer of the month: proposed while it waits, then done.

    `before` and `after` are name, telephones, amount (text), due_on and services (service, number, plan, due_on,
    amount) of the contract; None where the customer was not, or is no more. Keys are not enforced (decision 0005).
    """

    class Kind(models.TextChoices):
        NEW = "new", _("Nuevo")
        GONE = "gone", _("Sale")
        CHANGED = "changed", _("Cambia")

    class What(models.TextChoices):
        SERVICES = "services", _("servicios")
        AMOUNT = "amount", _("monto")
        DUE = "due_on", _("vencimiento")
        TELEPHONES = "telephones", _("teléfonos")
        PERSON = "person", _("datos del cliente")
        BACK = "back", _("vuelve")  # new in the report, not in the month: an earlier correction had left her out

    report = models.ForeignKey(Report, models.CASCADE, db_index=False, related_name="differences")
    contact = models.ForeignKey(
        "campaigns.Contact", models.CASCADE, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    kind = models.CharField(_("qué pasa"), max_length=7, choices=Kind)
    contract = models.CharField(_("contrato"), max_length=32)
    name = models.CharField(_("cliente"), max_length=160)
    changes = ArrayField(models.CharField(max_length=10, choices=What), default=list)
    before = models.JSONField(_("antes"), null=True)
    after = models.JSONField(_("después"), null=True)
    was_called = models.BooleanField(default=False)
    has_promised = models.BooleanField(default=False)
    has_paid = models.BooleanField(default=False, help_text=_("Algo, no necesariamente todo."))

    objects = ReportDifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("cambio de un reporte corregido")
        verbose_name_plural = _("cambios de un reporte corregido")
        constraints = [
            # its list, by kind and then contract, and each customer once
            models.UniqueConstraint(fields=["report", "kind", "contract"], name="report_difference_once"),
        ]


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
