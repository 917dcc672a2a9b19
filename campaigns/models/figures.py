"""Figures of a campaign: cells counted in the background, and what they were counted by."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited
from agents.models import Agent, User
from campaigns.models.campaign import Campaign
from campaigns.models.contacts import CallList, Service
from campaigns.models.policy import Disposition


class FigureRefresh(models.Model):
    """When the cells of a campaign were last counted, and the mark of what had been counted by then."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="figure_refresh")
    counted_at = models.DateTimeField()
    mark = models.JSONField(default=dict)
    by_state = models.JSONField(default=dict, help_text=_("Contactos por estado, sin asignar y vencidos."))
    effect = models.JSONField(
        default=dict, help_text=_("Sumas por hogar de llamados y grupo de control, desde el día de la evaluación.")
    )


class ChangedRows(models.Model):
    """A verb changed rows that figures are counted from, outside the results of calls. Inserted in its transaction.

    One row a verb instead of a counter in the campaign's row: nobody waits for another's lock. Append-only; one for
    each contact set aside and each report. With `contacts` it names whose rows they were, so that only theirs are
    counted again; without, all are. `verb` says why a sealed month moved.
    """

    class Verb(models.TextChoices):
        ASSIGNED = "assigned", _("Se repartió")
        CALLED = "called", _("En el puesto")
        RECEIVED = "received", _("Llegaron recibos")
        MATCHED = "matched", _("Recibos que ya estaban encontraron otro lugar")
        REFUNDED = "refunded", _("Devoluciones encontraron su recibo")
        WITHDRAWN = "withdrawn", _("Se retiró un reporte")
        CORRECTED = "corrected", _("Se corrigió el reporte del mes")
        MENDED = "mended", _("Se corrigió una fila del reporte")

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, related_name="+")
    at = models.DateTimeField()
    verb = models.CharField(max_length=9, choices=Verb, blank=True, help_text=_("Vacío: de antes de que se guardara."))
    contacts = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        verbose_name = _("cambio de filas")
        verbose_name_plural = _("cambios de filas")


class MeasuredContact(models.Model):
    """What a contact counts for in the cells as they stand: the row of `measured_contact` it was counted by.

    What changes is counted again and this taken away, so a count costs what changed. `services`: those of
    `measured_service`, a list of renewal_id, part, paid_on, first_paid_on, is_credited, amount_due, received. Narrow
    rows of a whole month, so keys are not enforced; it names nobody.
    """

    contact = models.OneToOneField(
        "campaigns.Contact", models.CASCADE, primary_key=True, db_constraint=False, related_name="+"
    )
    owner_id = models.BigIntegerField(null=True)
    agent_id = models.BigIntegerField(null=True)
    zone = models.CharField(max_length=80)
    part = models.CharField(max_length=8)
    state = models.CharField(max_length=12)
    held_out = models.BooleanField()
    callable = models.BooleanField()
    handled_on = models.DateField(null=True)
    contacted_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    is_credited = models.BooleanField(null=True)
    services = models.JSONField(default=list)


class MeasuredAttempts(models.Model):
    """Attempts that are counted but may still change: those of the last quarters of an hour, as they were counted."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, related_name="+")
    day = models.DateField()
    agent_id = models.BigIntegerField()
    disposition_id = models.BigIntegerField()
    part = models.CharField(max_length=8)
    zone = models.CharField(max_length=80)
    quarter = models.DateTimeField()
    attempts = models.PositiveIntegerField()


class Unit(models.TextChoices):
    """What is being counted: a customer, called once, or a service of hers, paid one by one."""

    CONTACT = "contact", _("contactos")
    SERVICE = "service", _("servicios")


class Cut(models.TextChoices):
    """What figures are kept by. Those of a day by agent and, apart, by zone: both at once are as many as contacts."""

    AGENT = "agent", _("por agente")
    ZONE = "zone", _("por zona")
    BOTH = "both", _("por agente y zona")


class FigureCell(models.Model):
    """Counts of one unit by part and hold-out, and by what its cut says; `figures/measuring.py` defines every column.
    In Bs.

    `part` is the call list of a contact, the service of a renewal. `assigned` stands under the owner, everything
    else under the agent the work is credited to. Each cut holds every contact: a page sums one of them.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="cells")
    cut = models.CharField(max_length=5, choices=Cut)
    unit = models.CharField(max_length=8, choices=Unit)
    part = models.CharField(max_length=8, choices=CallList)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, db_index=False, related_name="+")
    zone = models.CharField(max_length=80)
    held_out = models.BooleanField()
    assigned = models.PositiveIntegerField()
    items = models.PositiveIntegerField()
    callable = models.PositiveIntegerField()
    callable_paid = models.PositiveIntegerField()
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
    amount_received = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(contacted__lte=F("handled"))
                & Q(promised__lte=F("contacted"))
                & Q(handled__lte=F("items"))
                & Q(paid__lte=F("items"))
                & Q(paid_after_contact__lte=F("paid"))
                & Q(callable_paid__lte=F("callable")),
                name="figure_cell_parts_within_their_whole",
            ),
            # a refresh finds each cell it adds to by this
            models.UniqueConstraint(
                "campaign", "cut", "unit", "part", Coalesce("agent", 0), "zone", "held_out", name="figure_cell_once"
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "cut", "agent"], name="figure_cell_of_agent"),
            models.Index(fields=["campaign", "cut", "zone"], name="figure_cell_of_zone"),
        ]


class DayFigure(models.Model):
    """What happened for the first time on a day: handled, contacted, promised, paid. In Bs."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="day_figures")
    day = models.DateField()
    cut = models.CharField(max_length=5, choices=Cut)
    unit = models.CharField(max_length=8, choices=Unit)
    part = models.CharField(max_length=8, choices=CallList)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, db_index=False, related_name="+")
    zone = models.CharField(max_length=80)
    handled = models.PositiveIntegerField()
    contacted = models.PositiveIntegerField()
    promised = models.PositiveIntegerField()
    paid = models.PositiveIntegerField()
    paid_after_contact = models.PositiveIntegerField()
    amount_paid = models.DecimalField(max_digits=14, decimal_places=2)
    amount_paid_after_contact = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "campaign", "cut", "unit", "day", "part", Coalesce("agent", 0), "zone", name="day_figure_once"
            )
        ]


class AttemptFigure(models.Model):
    """Attempts of a day by how they ended."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="attempt_figures")
    day = models.DateField()
    cut = models.CharField(max_length=5, choices=Cut)
    part = models.CharField(max_length=8, choices=CallList)
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, db_index=False, related_name="+")
    zone = models.CharField(max_length=80)
    disposition = models.ForeignKey(Disposition, models.CASCADE, db_index=False, related_name="+")
    attempts = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "campaign", "cut", "day", "part", Coalesce("agent", 0), "zone", "disposition",
                name="attempt_figure_once",
            )
        ]  # fmt: skip


class AgentDay(models.Model):
    """How much an agent called on a day, in all (`service` empty) and for each service: who has both counts in each.

    Time is the quarters of an hour in which a result was recorded; those of the services do not add up to those of all.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="agent_days")
    day = models.DateField()
    agent = models.ForeignKey(Agent, models.CASCADE, db_index=False, related_name="+")
    service = models.CharField(max_length=8, choices=Service, blank=True)
    attempts = models.PositiveIntegerField()
    quarters = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "day", "agent", "service"], name="agent_day_once")]


class PatternRefresh(models.Model):
    """When the patterns of a campaign's calls were last counted, and how many contacts were still to be called then.

    A row of its own: the count of the cells runs beside this one, and two of them may not write one row.
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="pattern_refresh")
    counted_at = models.DateTimeField()
    open = models.PositiveIntegerField(help_text=_("Contactos por llamar."))
    unassigned = models.PositiveIntegerField(help_text=_("De ellos, sin agente."))
    halves = models.JSONField(
        default=dict,
        help_text=_("Gestionados y contactados de la mitad que sigue cuándo contestan y de la otra."),
    )


class HourFigure(models.Model):
    """Attempts of a day by the hour of dialling and by which attempt of its contact each was; who was reached."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="hour_figures")
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField(help_text=_("1 es el primer intento de un contacto."))
    attempts = models.PositiveIntegerField()
    contacted = models.PositiveIntegerField(help_text=_("Habló con el cliente."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day", "hour", "number"], name="hour_figure_once"),
            models.CheckConstraint(condition=Q(contacted__lte=F("attempts")), name="hour_figure_reached_of_tried"),
        ]


class LeftFigure(models.Model):
    """How many contacts left the list on a day, after a call or without one: what a burn-down is made of."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="left_figures")
    day = models.DateField()
    called = models.PositiveIntegerField()
    exhausted = models.PositiveIntegerField(default=0, help_text=_("De los llamados, los que agotaron sus intentos."))
    uncalled = models.PositiveIntegerField(help_text=_("Pagaron sin que nadie los llamara."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "day"], name="left_figure_once")]


@audited()
class Goal(models.Model):
    """What a month, or an agent in it, is to reach. Empty: nothing is asked."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="goals")
    agent = models.ForeignKey(
        Agent, models.CASCADE, null=True, blank=True, db_index=False, related_name="+",
        help_text=_("Vacío: la meta es del mes entero."),
    )  # fmt: skip
    services_paid = models.PositiveIntegerField(_("servicios pagados tras contacto"), null=True, blank=True)
    contacted = models.PositiveIntegerField(_("contactados"), null=True, blank=True)

    class Meta:
        verbose_name = _("meta")
        verbose_name_plural = _("metas")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "agent"], name="goal_once_an_agent"),
            models.UniqueConstraint(fields=["campaign"], condition=Q(agent=None), name="goal_once_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}, {self.agent}" if self.agent else str(self.campaign)


class SealQuerySet(models.QuerySet["Seal"]):
    def visible_to(self, user: User) -> SealQuerySet:
        """The centre's report: agents have no part in it."""
        return self if user.sees_the_centre else self.none()


@append_only(at="sealed_at")
class Seal(models.Model):
    """The closing report of a campaign: figures, the evidence they were computed from, and its files.

    It is never changed: a correction is a new revision.
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
    files = models.JSONField(default=dict, help_text=_("Huella de cada archivo, para saber si se cambió."))

    objects = SealQuerySet.as_manager()

    class Meta:
        verbose_name = _("informe sellado")
        verbose_name_plural = _("informes sellados")
        constraints = [models.UniqueConstraint(fields=["campaign", "revision"], name="seal_revision_once")]
