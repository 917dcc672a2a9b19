"""What an agent does at any moment of her shift: stretches without a gap, the reasons of pauses, and the clock's terms.

Signed out is no row. A shift begins with the first stretch after signing in and ends when she signs out; inside of it
the end of a stretch is the beginning of the next. Stretches have their beginning and not their end: `[began, ended)`.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from agents.audit import audited, facts
from agents.gates import leads_to_customers
from agents.models.people import Agent, User

KEYS = "123456789"


def _no_overlap(name: str) -> ExclusionConstraint:
    """No two rows of an agent at once. A range of one number is what GiST compares without an extension."""
    agent = Func(F("agent"), F("agent"), Value("[]"), function="int8range", output_field=BigIntegerRangeField())
    return ExclusionConstraint(
        name=name, expressions=[(agent, RangeOperators.OVERLAPS), (_lasting(), RangeOperators.OVERLAPS)]
    )


def _lasting() -> Func:
    return Func(F("began_at"), F("ended_at"), function="tstzrange", output_field=DateTimeRangeField())


@audited()
class PauseReason(models.Model):
    """Why an agent pauses, how long she may, and what it counts as; switched off, never deleted."""

    class CountsAs(models.TextChoices):
        REST = "rest", _("Descanso")
        AWAY_FROM_CALLS = "away_from_calls", _("Trabajo fuera de las llamadas")
        TRAINING = "training", _("Capacitación")

    code = models.CharField(_("código"), max_length=16, unique=True)
    name = models.CharField(_("nombre"), max_length=60)
    key = models.CharField(
        _("tecla"),
        max_length=1,
        blank=True,
        help_text=_("Del 1 al 9: se elige con P y esta tecla. Vacía, solo con el ratón."),
    )
    limit_minutes = models.PositiveSmallIntegerField(
        _("límite en minutos"),
        null=True,
        blank=True,
        help_text=_("Pasado este tiempo la pausa se marca; vacío, sin límite."),
    )
    counts_as = models.CharField(_("cuenta como"), max_length=16, choices=CountsAs, default=CountsAs.REST)
    is_active = models.BooleanField(_("se puede elegir"), default=True)
    position = models.PositiveSmallIntegerField(_("orden"), default=0)

    class Meta:
        verbose_name = _("motivo de pausa")
        verbose_name_plural = _("motivos de pausa")
        constraints = [
            models.CheckConstraint(condition=Q(key__in=["", *KEYS]), name="pause_reason_key_is_a_digit"),
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key="") & Q(is_active=True), name="pause_reason_has_its_own_key"
            ),
            models.CheckConstraint(
                condition=Q(limit_minutes=None) | Q(limit_minutes__gte=1), name="pause_reason_limit_is_a_time"
            ),
            models.CheckConstraint(
                condition=Q(counts_as__in=["rest", "away_from_calls", "training"]), name="pause_reason_counts_as_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class By(models.TextChoices):
    """Who says that a state changed."""

    DESK = "desk", _("su pantalla")
    TELEPHONE = "telephone", _("el teléfono")
    CLOCK = "clock", _("el reloj")
    SUPERVISOR = "supervisor", _("supervisión")


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, user: User) -> ShiftQuerySet:
        return self if user.sees_the_centre else self.filter(agent__user=user)


@facts("agent", "began_at", "ended_at", "ended_by", "ended_by_person", at="ended_at")
class Shift(models.Model):
    """From signing in until signing out (turno); open while `ended_at` is empty."""

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="shifts")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=16, choices=By, blank=True)
    ended_by_person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    last_sign_at = models.DateTimeField(help_text=_("Cuándo se supo de ella por última vez, al minuto."))

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent"], condition=Q(ended_at=None), name="agent_has_one_open_shift"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="shift_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | Q(ended_at__isnull=False) & ~Q(ended_by=""),
                name="shift_says_who_ended_it",
            ),
            _no_overlap("shifts_of_an_agent_do_not_overlap"),
        ]
        indexes = [
            models.Index(fields=["agent", "began_at"], name="shift_of_a_day"),  # her last one
            GistIndex(_lasting(), name="shifts_of_days"),  # the sums of days: those of a few days among all there were
        ]


class AgentStateQuerySet(models.QuerySet["AgentState"]):
    def visible_to(self, user: User) -> AgentStateQuerySet:
        return self if user.sees_the_centre else self.filter(agent__user=user)

    def open(self) -> AgentStateQuerySet:
        return self.filter(ended_at=None)


@facts("agent", "shift", "state", "reason", "began_at", "ended_at", "by", "person", at="ended_at")
class AgentState(models.Model):
    """One stretch in one state (tramo); open while `ended_at` is empty. Written by agents/states.py alone."""

    class State(models.TextChoices):
        AVAILABLE = "available", _("Disponible")
        RINGING = "ringing", _("Le suena")
        ON_A_CALL = "on_a_call", _("En llamada")
        WRAPPING_UP = "wrapping_up", _("Cerrando la llamada")
        PAUSED = "paused", _("En pausa")
        AWAY = "away", _("Ausente")

    agent = models.ForeignKey(Agent, models.PROTECT, related_name="states")
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="states")
    state = models.CharField(max_length=16, choices=State)
    reason = models.ForeignKey(PauseReason, models.PROTECT, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    event = models.CharField(max_length=16, help_text=_("Lo que pasó cuando empezó (agents/states.py)."))
    happened_at = models.DateTimeField(help_text=_("Cuándo pasó según quien lo dijo; no después de empezar."))
    by = models.CharField(max_length=16, choices=By)
    person = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    call = models.UUIDField(null=True, blank=True, help_text=_("La llamada a la que pertenece."))

    objects = AgentStateQuerySet.as_manager()

    class Meta:
        constraints = [
            # the desk asks whether she pauses, the sweep whose time is up
            models.UniqueConstraint(fields=["agent"], condition=Q(ended_at=None), name="agent_has_one_open_state"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="agent_state_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(happened_at__lte=F("began_at")), name="agent_state_begins_no_sooner_than_it_happened"
            ),
            models.CheckConstraint(
                condition=Q(state="paused", reason__isnull=False) | ~Q(state="paused") & Q(reason=None),
                name="agent_state_has_a_reason_when_paused",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["available", "ringing", "on_a_call", "wrapping_up", "paused", "away"]),
                name="agent_state_is_known",
            ),
            _no_overlap("states_of_an_agent_do_not_overlap"),
        ]
        indexes = [
            models.Index(fields=["agent", "began_at"], name="agent_states_in_order"),  # her own day
            models.Index(  # what is late is looked for among the stretches of its call
                fields=["call"], condition=Q(call__isnull=False), name="agent_states_of_a_call"
            ),
        ]


class StatePolicyManager(models.Manager["StatePolicy"]):
    """One row, or none yet."""

    def in_force(self) -> StatePolicy:
        """The policy as it stands; its defaults while nobody has saved one."""
        return self.filter(pk=1).first() or StatePolicy()


@audited()
class StatePolicy(models.Model):
    """The one row of what the clock does to states (`pk` 1)."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    wrap_up_seconds = models.PositiveSmallIntegerField(
        _("segundos para cerrar una llamada"),
        default=60,
        help_text=_("Después de colgar; pasado este tiempo queda disponible otra vez."),
    )
    away_minutes = models.PositiveSmallIntegerField(
        _("minutos sin señal hasta estar ausente"),
        default=15,
        help_text=_("Una señal es abrir una página o registrar algo. Solo pasa a ausente quien estaba disponible."),
    )
    sign_out_minutes = models.PositiveSmallIntegerField(
        _("minutos ausente hasta cerrar el turno"),
        default=45,
        help_text=_("También desde que venció el límite de una pausa sin que haya vuelto a dar señal."),
    )

    objects = StatePolicyManager()

    class Meta:
        verbose_name = _("política de estados")
        verbose_name_plural = _("política de estados")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="state_policy_is_one"),
            models.CheckConstraint(
                # a sign is written down at most once a minute
                condition=Q(away_minutes__gte=2) & Q(sign_out_minutes__gte=1),
                name="state_policy_times_are_possible",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class StretchQuestionQuerySet(models.QuerySet["StretchQuestion"]):
    @leads_to_customers
    def visible_to(self, user: User) -> StretchQuestionQuerySet:
        return self if user.sees_the_centre else self.filter(stretch__agent__user=user)


@facts("stretch", "asked_at", "seen_at", "seen_by", at="asked_at", personal=["note"])
class StretchQuestion(models.Model):
    """What an agent says against a stretch of hers, for the supervisors; the stretch stays as it is."""

    stretch = models.OneToOneField(AgentState, models.PROTECT, related_name="question")
    note = models.CharField(max_length=300)
    asked_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = StretchQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="stretch_question_says_who_saw_it",
            ),
        ]
        indexes = [  # the page of people asks for those that wait
            models.Index(fields=["asked_at"], condition=Q(seen_at=None), name="stretch_question_waits")
        ]
