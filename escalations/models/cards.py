"""What was handed over to the supervisors: who the customer is, why, what was promised and until when; and its life."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from agents.audit import append_only, audited
from agents.gates import leads_to_customers
from agents.models import User
from escalations.models.kinds import Kind


class EscalationQuerySet(models.QuerySet["Escalation"]):
    @leads_to_customers
    def visible_to(self, user: User) -> EscalationQuerySet:
        """The supervisors' work: an agent sees what she handed over or has, and the calls that are still to be made."""
        if user.sees_the_centre:
            return self
        hers = Q(raised_by=user) | Q(owner=user) | Q(informed_by=user)
        return self.filter(hers | Q(kind__worked_by=Kind.Worker.AGENT, closed_at=None))

    def not_rejected(self) -> EscalationQuerySet:
        """Without those that did not apply, whether the customer was told so since or not."""
        told = Change.objects.filter(escalation=OuterRef("pk"), verb="inform").order_by("-pk").values("from_state")[:1]
        found = self.exclude(state=Escalation.State.REJECTED).annotate(told_of=Subquery(told))
        return found.exclude(state=Escalation.State.INFORMED, told_of=Escalation.State.REJECTED)

    def open(self) -> EscalationQuerySet:
        """Everything somebody has still to do something for: nothing is closed until the customer was told."""
        return self.filter(closed_at=None)


@audited(
    personal=[
        "customer_name",
        "contract",
        "telephone",
        "reason",
        "details",
        "promised",
        "outcome",
    ]  # as `anonymising` says
)
class Escalation(models.Model):
    """One thing a supervisor must settle. `key` makes it unique: the same step of a call hands over once."""

    class State(models.TextChoices):
        NEW = "new", _("Nueva")
        TAKEN = "taken", _("Tomada")
        WAITING = "waiting", _("Espera a una unidad")
        RESOLVED = "resolved", _("Resuelta")
        REJECTED = "rejected", _("No corresponde")
        INFORMED = "informed", _("Cliente informado")
        MERGED = "merged", _("Unida a otra")

    class How(models.TextChoices):
        TELEPHONE = "telephone", _("por teléfono")
        MESSAGE = "message", _("por mensaje")
        EMAIL = "email", _("por correo")
        IN_PERSON = "in_person", _("en oficina")

    UNSETTLED = ("new", "taken", "waiting")

    key = models.CharField(max_length=120, unique=True)
    kind = models.ForeignKey(
        Kind, models.PROTECT, to_field="code", db_column="kind", related_name="+", verbose_name=_("tipo"),
        db_index=False,
    )  # fmt: skip
    line = models.CharField(_("línea"), max_length=12, blank=True)
    contract = models.CharField(_("contrato"), max_length=24, blank=True)
    customer_name = models.CharField(_("cliente"), max_length=120, blank=True)
    telephone = models.CharField(_("teléfono"), max_length=16, blank=True)
    zone = models.CharField(_("zona"), max_length=80, blank=True)
    reason = models.TextField(_("motivo"))
    details = models.JSONField(_("datos"), default=dict)
    promised = models.CharField(_("prometido al cliente"), max_length=200, blank=True)
    raised_at = models.DateTimeField(_("derivada"))
    raised_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("por"), db_index=False,
        help_text=_("Vacío: el programa."),
    )  # fmt: skip

    state = models.CharField(_("estado"), max_length=8, choices=State, default=State.NEW)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("la tiene"))
    version = models.PositiveIntegerField(default=0, help_text=_("Sube con cada cambio."))
    due_at = models.DateTimeField(_("vence"))
    warn_at = models.DateTimeField(_("avisa"), null=True, blank=True)
    warned_at = models.DateTimeField(_("avisó"), null=True, blank=True)
    breached_at = models.DateTimeField(_("venció sin resolver"), null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True, help_text=_("El resumen que dijo que venció."))
    waiting_since = models.DateTimeField(_("espera desde"), null=True, blank=True)
    waits_for = models.CharField(_("espera a"), max_length=80, blank=True)
    taken_at = models.DateTimeField(_("la tiene desde"), null=True, blank=True)
    settled_at = models.DateTimeField(_("resuelta"), null=True, blank=True)
    outcome = models.TextField(_("qué se resolvió"), blank=True)
    closed_at = models.DateTimeField(_("cerrada"), null=True, blank=True)
    informed_at = models.DateTimeField(_("informado"), null=True, blank=True)
    informed_how = models.CharField(_("cómo"), max_length=9, choices=How, blank=True)
    informed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("por")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("unida a")
    )
    anonymised_at = models.DateTimeField(_("sin datos personales desde"), null=True, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = _("derivación")
        verbose_name_plural = _("derivaciones")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="new", owner=None)
                | Q(state__in=["taken", "waiting"], owner__isnull=False)
                | Q(state__in=["resolved", "rejected", "informed", "merged"]),
                name="escalation_worked_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="informed") | Q(settled_at__isnull=False, informed_at__isnull=False),
                name="escalation_settled_before_it_is_told",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(state__in=["resolved", "rejected", "informed", "merged"]),
                name="escalation_settled_before_it_closes",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", waiting_since__isnull=False) | ~Q(state="waiting") & Q(waiting_since=None),
                name="escalation_waits_since_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False) | ~Q(state="merged") & Q(merged_into=None),
                name="escalation_merged_into_one",
            ),
        ]
        indexes = [
            # the list: what is due first, of what is open and, by far the most, of all
            models.Index(fields=["due_at"], name="escalation_open_due_first", condition=Q(closed_at=None)),
            models.Index(fields=["due_at"], name="escalation_due_first"),
            # the board: a column's cards, what is due first; closed ones, by far the most, are not in it
            models.Index(
                fields=["state", "due_at"], name="escalation_on_the_board",
                condition=Q(closed_at=None),
            ),
            # doubles: the same customer and kind, while they are worked
            models.Index(
                fields=["contract", "kind"], name="escalation_doubles",
                condition=Q(state__in=["new", "taken", "waiting"]),
            ),
            # the choices of the list, from one value to the next
            models.Index(fields=["line"], name="escalation_lines"),
            models.Index(fields=["zone"], name="escalation_zones"),
            # all of a customer on one page
            models.Index(fields=["contract"], name="escalation_of_a_contract", condition=~Q(contract="")),
            models.Index(KeyTextTransform("contract", "details"), name="escalation_about_a_contract"),
            # the sweep of marks: what is not marked yet
            models.Index(
                fields=["due_at"], name="escalation_to_breach",
                condition=Q(breached_at=None, state__in=["new", "taken", "waiting"]),
            ),
            models.Index(
                fields=["warn_at"], name="escalation_to_warn",
                condition=Q(warned_at=None, state__in=["new", "taken", "waiting"]),
            ),
            # the digest: what breached and nobody was told of yet
            models.Index(
                fields=["due_at"], name="escalation_to_tell",
                condition=Q(breached_at__isnull=False, mailed_at=None),
            ),
            # an agent's own, and the figures of a stretch of days
            models.Index(fields=["raised_by", "-raised_at"], name="escalation_of_who_raised_it"),
            models.Index(fields=["-raised_at"], name="escalation_newest_first"),
        ]  # fmt: skip

    @property
    def survivor(self) -> Escalation:
        """The card itself, or the one that goes on for it since they were united."""
        card = self
        while card.merged_into is not None:
            card = card.merged_into
        return card

    @property
    def was_rejected(self) -> bool:
        """Whether it did not apply, whether the customer was told so since or not."""
        return not Escalation.objects.filter(pk=self.pk).not_rejected().exists()

    def __str__(self) -> str:
        return f"{self.kind} {self.contract}".strip()


@append_only(at="at", personal=["note"])
class Change(models.Model):
    """One step in the life of an escalation: what, from where to where, when, by whom (empty: the centre) and why."""

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="changes", db_index=False)
    verb = models.CharField(max_length=10)
    from_state = models.CharField(max_length=8, choices=Escalation.State, blank=True)
    to_state = models.CharField(max_length=8, choices=Escalation.State)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["escalation", "id"], name="change_of_an_escalation")]
