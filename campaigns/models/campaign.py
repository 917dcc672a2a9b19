"""The campaign: one month to be paid for, its states, and who got which part of it."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited, facts
from agents.gates import leads_to_customers
from agents.models import Agent, Team, User


def new_seed() -> int:
    """A seed of its own for each month's draw: with the same one the same people would be left alone every time."""
    return secrets.randbelow(2**31 - 1) + 1


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def open(self) -> CampaignQuerySet:
        """Those agents call now, or go on calling after a pause: only of these do they see customers."""
        return self.filter(state__in=Campaign.OPEN)

    @leads_to_customers
    def visible_to(self, user: User) -> CampaignQuerySet:
        """An agent knows the campaigns that have been launched; the centre knows all."""
        if user.sees_the_centre:
            return self
        return self.exclude(state__in=[Campaign.State.EXPECTED, Campaign.State.PROPOSED])


@audited()
class Campaign(models.Model):
    """One month of prepaid (`period`, its first day). Calls run from the 25th before until that month's last day."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("Espera el reporte")
        PROPOSED = "proposed", _("Propuesta")
        RUNNING = "running", _("En curso")
        PAUSED = "paused", _("En pausa")
        CLOSED = "closed", _("Cerrada")

    OPEN = (State.RUNNING, State.PAUSED)  # launched and not closed

    class Dialling(models.TextChoices):
        MANUAL = "manual", _("Manual: el agente marca")
        PREVIEW = "preview", _("Con botón: la central marca al pulsarlo")
        COUNTDOWN = "countdown", _("Con cuenta atrás: marca solo, y se puede detener")
        PROGRESSIVE = "progressive", _("Progresivo: la central llama al siguiente apenas el agente está libre")

    class Order(models.TextChoices):
        DUE = "due", _("Primero lo que vence antes")
        AMOUNT = "amount", _("Primero los montos mayores")
        BOTH = "both", _("Primero quienes tienen los dos servicios")

    period = models.DateField(_("mes por pagar"), unique=True)
    state = models.CharField(_("estado"), max_length=9, choices=State, default=State.EXPECTED)
    calls_from = models.DateField(_("llamadas desde"))
    calls_until = models.DateField(_("llamadas hasta"))
    report_due_at = models.DateTimeField(_("hora en que debe estar el reporte"))
    late_since = models.DateTimeField(_("atrasado desde"), null=True, blank=True)
    missing_since = models.DateTimeField(_("sin reporte desde"), null=True, blank=True)
    order = models.CharField(_("orden de prioridad"), max_length=8, choices=Order, default=Order.DUE)
    follows_answers = models.BooleanField(
        _("llamar primero a la hora en que contestan"),
        default=False,
        help_text=_("La mitad de los contactos, elegida por sorteo, según cuándo contestaron clientes como ellos."),
    )
    dialling = models.CharField(_("modo de llamar"), max_length=11, choices=Dialling, default=Dialling.PREVIEW)
    hold_out_share = models.DecimalField(
        _("grupo de control"),
        max_digits=4,
        decimal_places=3,
        default=0,
        help_text=_("Parte elegida al azar que no se llama, para medir cuánto aportan las llamadas. De 0 a 0,5."),
    )
    hold_out_seed = models.PositiveIntegerField(
        _("semilla del sorteo"),
        default=new_seed,
        help_text=_("Cada mes tiene la suya. Con la misma semilla y los mismos contactos el sorteo da lo mismo."),
    )
    # Set at the launch: what is measured is fixed before anybody is called.
    drawn_until = models.BigIntegerField(
        null=True, blank=True, editable=False, help_text=_("El último contacto que estuvo en el sorteo.")
    )
    evaluated_on = models.DateField(
        _("día de la evaluación"), null=True, blank=True, help_text=_("Hasta entonces el efecto es provisional.")
    )
    draw_sha256 = models.CharField(
        max_length=64, blank=True, editable=False, help_text=_("Huella de los contratos del grupo de control.")
    )
    # As the policy said at the launch, so that the plan a month is held against does not move with the policy.
    planned_calls_an_hour = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    planned_attempts = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True, editable=False)
    planned_part = models.FloatField(null=True, blank=True, editable=False)  # of the agents' hours, beside the lines
    script = models.TextField(_("guion"), blank=True)
    assigned_at = models.DateTimeField(_("repartida"), null=True, blank=True)
    assignment_asked_at = models.DateTimeField(_("reparto pedido"), null=True, blank=True)
    contacts_continued = models.PositiveIntegerField(
        default=0, help_text=_("Contactos que siguen con quien habló con ellos el mes anterior.")
    )
    created_at = models.DateTimeField(_("creada"))
    launched_at = models.DateTimeField(_("lanzada"), null=True, blank=True)
    closed_at = models.DateTimeField(_("cerrada"), null=True, blank=True)
    anonymised_at = models.DateTimeField(_("sin datos personales desde"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaña")
        verbose_name_plural = _("campañas")
        constraints = [
            models.CheckConstraint(condition=Q(period__day=1), name="campaign_period_is_a_first_day"),
            models.CheckConstraint(
                condition=Q(calls_from__lte=F("calls_until")) & Q(calls_until__lt=F("period")),
                name="campaign_calls_before_its_month",
            ),
            models.CheckConstraint(
                condition=Q(hold_out_share__gte=0) & Q(hold_out_share__lte="0.5"), name="campaign_hold_out_is_a_part"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period:%Y-%m}"

    @property
    def is_open(self) -> bool:
        """Launched and not closed."""
        return self.state in Campaign.OPEN


@append_only(at="at")
class CampaignChange(models.Model):
    """One step of a campaign's life, written in the transaction of the step. Append-only."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=16)
    from_state = models.CharField(max_length=9, choices=Campaign.State)
    to_state = models.CharField(max_length=9, choices=Campaign.State)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["campaign", "-at"], name="campaign_change_newest_first")]


class AssignmentShare(models.Model):
    """What an agent is to get of a campaign: set on the proposal page, kept as what was decided."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="shares")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    weight = models.DecimalField(max_digits=4, decimal_places=2, default=1)
    takes_internet = models.BooleanField(default=True)
    takes_tv = models.BooleanField(default=True)
    is_included = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "agent"], name="assignment_share_once"),
            models.CheckConstraint(
                condition=Q(weight__gt=0) & Q(weight__lte=10), name="assignment_share_weight_is_positive"
            ),
        ]


class ReassignmentQuerySet(models.QuerySet["Reassignment"]):
    def visible_to(self, user: User) -> ReassignmentQuerySet:
        """Changes of hands are the centre's: an agent sees none."""
        return self if user.sees_the_centre else self.none()


@facts("campaign", "verb", "contacts", "call_backs", "reason", "by", "at", "undone_at", "undone_by", at="at")
class Reassignment(models.Model):
    """One bulk change of ownership after the assignment: reassign, take back or rebalance. Append-only."""

    class Verb(models.TextChoices):
        REASSIGN = "reassign", _("Reasignar")
        TAKE_BACK = "take_back", _("Retirar")
        REBALANCE = "rebalance", _("Equilibrar")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="reassignments")
    verb = models.CharField(max_length=9, choices=Verb)
    from_agents = models.ManyToManyField(Agent, related_name="+")
    to_agents = models.ManyToManyField(Agent, related_name="+")
    contacts = models.PositiveIntegerField(default=0)
    call_backs = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReassignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("cambio de manos")
        verbose_name_plural = _("cambios de manos")


@facts("reassignment", "contact", "from_agent", "to_agent", "stayed")
class ReassignedContact(models.Model):
    """What a reassignment moved, so that it can be undone; narrow rows without enforced keys, as the lists."""

    class Stayed(models.TextChoices):
        OPEN = "open", _("estaba abierto en un escritorio")
        CALLED = "called", _("ya se llamó")
        ELSEWHERE = "elsewhere", _("cambió otra vez de manos")

    reassignment = models.ForeignKey(Reassignment, models.CASCADE, db_constraint=False, related_name="moved")
    contact = models.ForeignKey(
        "campaigns.Contact", models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    from_agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    to_agent = models.ForeignKey(
        Agent, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    # the agreed call that went along, and how it stood before: an undo puts back exactly this, if nobody touched it
    call_back = models.ForeignKey(
        "campaigns.CallBack", models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    call_back_team = models.ForeignKey(
        Team, models.PROTECT, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    call_back_reach = models.CharField(max_length=10, blank=True)
    call_back_due_at = models.DateTimeField(null=True)
    stayed = models.CharField(
        max_length=9, blank=True, choices=Stayed, db_default="", help_text=_("Por qué no volvió al deshacer.")
    )
