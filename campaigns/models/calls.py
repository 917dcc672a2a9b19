"""What happened on the telephone: attempts, agreed call-backs, payment promises."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited, facts
from agents.gates import leads_to_customers
from agents.models import Agent, Team, User
from campaigns.models.campaign import Campaign
from campaigns.models.policy import Disposition
from telephony.models import OutgoingCall


class AttemptQuerySet(models.QuerySet["Attempt"]):
    @leads_to_customers
    def visible_to(self, user: User) -> AttemptQuerySet:
        """An agent sees own attempts and those of contacts she owns, of open campaigns; the centre sees all.

        An own call that waits for its result is seen whatever became of its campaign.
        """
        if user.sees_the_centre:
            return self
        own = Q(agent__user=user) | Q(contact__entry__owner__user=user)
        is_open = Q(campaign__in=Campaign.objects.open())
        return self.filter(own & is_open | Q(agent__user=user, resulted_at=None))


@facts(
    "campaign", "contact", "agent", "mode", "fence", "dialled_at", "day", "disposition", "resulted_at",
    "is_out_of_hours", "corrected_from", at="resulted_at", personal=["telephone", "reason", "note"],
)  # fmt: skip
class Attempt(models.Model):
    """One dialling of one telephone. It is open until its disposition is recorded; an agent has one open at most.

    A result without dialling (the customer called back, or paid at the counter) is an attempt without telephone.
    """

    class Mode(models.TextChoices):
        MANUAL = "manual", _("Manual")
        PREVIEW = "preview", _("Con botón")
        COUNTDOWN = "countdown", _("Con cuenta atrás")
        PROGRESSIVE = "progressive", _("Progresivo")

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_constraint=False, db_index=False, related_name="attempts")
    contact = models.ForeignKey("campaigns.Contact", models.CASCADE, db_constraint=False, related_name="attempts")
    agent = models.ForeignKey(Agent, models.PROTECT, db_constraint=False, db_index=False, related_name="attempts")
    telephone = models.CharField(max_length=16, blank=True)
    mode = models.CharField(max_length=11, choices=Mode, default=Mode.MANUAL)
    fence = models.PositiveIntegerField()
    dialled_at = models.DateTimeField()
    day = models.DateField(help_text=_("Día de La Paz en que se marcó."))
    disposition = models.ForeignKey(
        Disposition, models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="+"
    )
    resulted_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    note_before = models.TextField(
        blank=True, db_default="", help_text=_("Lo que decía la nota antes de cambiarla, lo más nuevo primero.")
    )
    is_out_of_hours = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Se registró sin marcar cuando no se podía llamar: fuera de horario o con la campaña en pausa."),
    )
    corrected_from = models.ForeignKey(
        Disposition,
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text=_("Lo que se registró primero, cuando el agente corrigió el resultado."),
    )

    objects = AttemptQuerySet.as_manager()

    def say(self, note: str) -> None:
        """Another note, where it is one; what it said stays, unless the new one says it too."""
        if self.note and self.note not in note:
            self.note_before = "\n".join(filter(None, (self.note, self.note_before)))
        self.note = note

    class Meta:
        verbose_name = _("intento")
        verbose_name_plural = _("intentos")
        constraints = [
            models.UniqueConstraint(
                fields=["agent"], condition=Q(resulted_at__isnull=True), name="attempt_one_open_an_agent"
            ),
            # two desks never dial one telephone at the same time, whichever of its customers each of them calls
            models.UniqueConstraint(
                fields=["telephone"],
                condition=Q(resulted_at__isnull=True) & ~Q(telephone=""),
                name="attempt_one_open_a_telephone",
            ),
            # the same desk form sent twice writes one result: one attempt a lease and telephone
            models.UniqueConstraint(
                fields=["contact", "fence", "telephone"], name="attempt_once_a_lease_and_telephone"
            ),
        ]
        indexes = [
            # the agent's own day, and figures of a day
            models.Index(fields=["campaign", "day", "agent"], name="attempt_by_day"),
            # how often and when a telephone was called, of whichever contract: asked before each call
            models.Index(fields=["telephone", "campaign"], name="attempt_by_telephone", condition=~Q(telephone="")),
            # whether anything happened since the figures were counted: the newest result, and those after it
            models.Index(
                fields=["campaign", "-resulted_at"],
                name="attempt_newest_result",
                condition=Q(resulted_at__isnull=False),
            ),
        ]


@facts("attempt", "began_it")
class AttemptCall(models.Model):
    """A call the switchboard was asked for in an attempt (llamada por la central); one that is dialled again has more.

    `began_it`: the attempt was made for this call. Where none of an attempt's calls began it, it was dialled by hand
    before. An attempt that is taken back leaves its calls.
    """

    call = models.OneToOneField(OutgoingCall, models.PROTECT, primary_key=True, related_name="+")
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="calls")
    began_it = models.BooleanField()


class DeskDraftQuerySet(models.QuerySet["DeskDraft"]):
    @leads_to_customers
    def visible_to(self, user: User) -> DeskDraftQuerySet:
        """Whoever types sees what she typed, and nobody else."""
        return self.filter(agent__user=user)


class DeskDraft(models.Model):
    """What an agent has typed about the contact open at her desk and not yet recorded: it survives the browser."""

    agent = models.OneToOneField(Agent, models.CASCADE, primary_key=True, related_name="draft")
    contact = models.ForeignKey(
        "campaigns.Contact", models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    fence = models.PositiveIntegerField()
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    objects = DeskDraftQuerySet.as_manager()


class CallBackQuerySet(models.QuerySet["CallBack"]):
    @leads_to_customers
    def visible_to(self, user: User) -> CallBackQuerySet:
        """An agent sees those that wait for her or her team, and all of contacts she owns; the centre sees all."""
        if user.sees_the_centre:
            return self
        of_own_contact = Q(contact__entry__owner__user=user, campaign__in=Campaign.objects.open())
        return self.filter(of_own_contact | Q(pk__in=CallBack.objects.waiting_for(user)))

    def waiting_for(self, user: User) -> CallBackQuerySet:
        """Pending ones of open campaigns: the agent's own, and those that went to her team."""
        teams = Team.objects.filter(agent__user=user)
        return self._waiting(Q(agent__user=user), Q(team__in=teams))

    def waiting_for_agent(self, agent: Agent) -> CallBackQuerySet:
        """The same, for who has the agent at hand: two subqueries less at each click of the desk."""
        return self._waiting(Q(agent=agent), Q(team=agent.team_id) if agent.team_id else Q(pk=None))

    def _waiting(self, hers: Q, of_her_team: Q) -> CallBackQuerySet:
        went_to_the_team = Q(reach__in=["team", "supervisor"])
        return self.filter(
            hers | went_to_the_team & of_her_team, state=CallBack.State.PENDING, campaign__state__in=Campaign.OPEN
        )


@audited(personal=["telephone", "note", "why"])
class CallBack(models.Model):
    """An agreed call (Agenda). A personal one goes to the team past its time, then to the supervisor; none is lost.

    Anybody of the team may move or cancel one that went to it, so each change is kept with who made it.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Pendiente")
        DONE = "done", _("Llamado")
        CANCELLED = "cancelled", _("Anulado")

    class Reach(models.TextChoices):
        PERSONAL = "personal", _("Personal")
        TEAM = "team", _("Del equipo")
        SUPERVISOR = "supervisor", _("En supervisión")

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="call_backs")
    contact = models.ForeignKey("campaigns.Contact", models.CASCADE, related_name="call_backs")
    agent = models.ForeignKey(Agent, models.PROTECT, db_index=False, related_name="call_backs")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    telephone = models.CharField(max_length=16, blank=True)
    due_at = models.DateTimeField(_("hora acordada"))
    reach = models.CharField(max_length=10, choices=Reach, default=Reach.PERSONAL)
    state = models.CharField(max_length=9, choices=State, default=State.PENDING)
    attempt = models.OneToOneField(
        Attempt, models.CASCADE, null=True, blank=True, related_name="agreed", help_text=_("En qué llamada se acordó.")
    )
    called_in = models.ForeignKey(
        Attempt, models.SET_NULL, null=True, blank=True, db_index=False, related_name="+",
        help_text=_("Con qué llamada quedó hecha."),
    )  # fmt: skip
    note = models.CharField(max_length=300, blank=True, help_text=_("De quien la acordó."))
    why = models.CharField(max_length=300, blank=True, help_text=_("Por qué se cambió o se anuló."))
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by_payment = models.BooleanField(
        default=False, help_text=_("Se anuló porque el cliente pagó: vuelve si debe otra vez.")
    )
    cancelled_by_leaving = models.BooleanField(
        default=False, help_text=_("Se anuló porque el cliente salió del reporte: vuelve si está en él otra vez.")
    )

    objects = CallBackQuerySet.as_manager()

    class Meta:
        verbose_name = _("llamada acordada")
        verbose_name_plural = _("llamadas acordadas")
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(state="pending"), name="call_back_one_pending_a_contact"
            ),
        ]
        indexes = [
            # what a desk owes now, and the sweep of overdue ones
            models.Index(fields=["agent", "due_at"], name="call_back_pending", condition=Q(state="pending")),
            models.Index(fields=["campaign", "due_at"], name="call_back_overdue", condition=Q(state="pending")),
        ]


class PaymentPromiseQuerySet(models.QuerySet["PaymentPromise"]):
    @leads_to_customers
    def visible_to(self, user: User) -> PaymentPromiseQuerySet:
        """An agent sees promises made to her and of contacts she owns, of open campaigns; the centre sees all."""
        if user.sees_the_centre:
            return self
        own = Q(agent__user=user) | Q(contact__entry__owner__user=user)
        return self.filter(own, campaign__in=Campaign.objects.open())

    def in_force(self) -> PaymentPromiseQuerySet:
        return self.filter(superseded_at__isnull=True)


@audited()
class PaymentPromise(models.Model):
    """A date and an amount the customer gave. Kept or broken is computed from payments, never typed."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Vigente")
        KEPT = "kept", _("Cumplido")
        PARTLY_KEPT = "partly", _("Cumplido en parte")
        BROKEN = "broken", _("Incumplido")
        VOID = "void", _("Sin efecto: ya no está en el reporte")
        PAID_BEFORE = "before", _("Sin efecto: ya había pagado")

    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="promises")
    contact = models.ForeignKey("campaigns.Contact", models.CASCADE, related_name="promises")
    attempt = models.OneToOneField(Attempt, models.CASCADE, related_name="promise")
    agent = models.ForeignKey(Agent, models.PROTECT, related_name="promises")
    promised_on = models.DateField(_("fecha prometida"))
    amount = models.DecimalField(_("monto"), max_digits=10, decimal_places=2)
    made_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True, help_text=_("Reemplazado por un compromiso posterior."))
    superseded_in = models.ForeignKey(
        Attempt, models.SET_NULL, null=True, blank=True, db_index=False, related_name="+",
        help_text=_("La llamada del compromiso posterior."),
    )  # fmt: skip

    objects = PaymentPromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("compromiso de pago")
        verbose_name_plural = _("compromisos de pago")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_promise_is_of_something"),
            models.UniqueConstraint(
                fields=["contact"], condition=Q(superseded_at__isnull=True), name="payment_promise_one_in_force"
            ),
        ]
        indexes = [models.Index(fields=["campaign", "promised_on"], name="payment_promise_by_date")]
