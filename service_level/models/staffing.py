"""What agents are needed by: the policy, and what was worked out by it for each half hour."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User


class StaffingPolicyManager(models.Manager["StaffingPolicy"]):
    """One row, or none yet."""

    def in_force(self) -> StaffingPolicy:
        """The policy as it stands; its defaults while nobody has saved one."""
        return self.filter(pk=1).first() or StaffingPolicy()


@audited()
class StaffingPolicy(models.Model):
    """The one row (`pk` 1) of what nobody can measure, or what is to hold instead of what was measured."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    shrinkage = models.PositiveSmallIntegerField(
        _("horas que no se atiende (%)"), default=30, validators=[MaxValueValidator(90)],
        help_text=_("De cada cien horas pagadas, en cuántas no se está para llamadas: pausas, reuniones, ausencias."),
    )  # fmt: skip
    patience_seconds = models.PositiveSmallIntegerField(
        _("paciencia de quien llama (s)"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Cuánto espera en promedio antes de colgar. Vacío: lo que se mide del registro de la central."),
    )  # fmt: skip
    wrap_up_seconds = models.PositiveSmallIntegerField(
        _("cierre de una llamada (s)"), null=True, blank=True,
        help_text=_("Lo que sigue a cada conversación. Vacío: lo que se mide de los estados de los agentes."),
    )  # fmt: skip

    objects = StaffingPolicyManager()

    class Meta:
        verbose_name = _("política de dotación")
        verbose_name_plural = _("política de dotación")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="staffing_policy_is_one"),
            models.CheckConstraint(condition=Q(shrinkage__lte=90), name="staffing_shrinkage_leaves_some"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


class StaffingRun(models.Model):
    """The one row of when the needs were worked out, and of what: `days` with a log, from `first` on.

    `patience`: seconds a caller waits in the mean, by `hung_up` who did not wait; empty where too few hung up, and then
    everybody is taken to wait for ever. `wrap_up`: seconds, of `wrapped_up` calls; 0 calls: nobody measured it; empty:
    the policy says it.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    made_at = models.DateTimeField()
    first = models.DateField(null=True)
    days = models.PositiveSmallIntegerField()
    patience = models.FloatField(null=True)
    hung_up = models.PositiveIntegerField()
    wrap_up = models.FloatField()
    wrapped_up = models.PositiveIntegerField(null=True)
    shrinkage = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="staffing_run_is_one")]


class StaffingNeedQuerySet(models.QuerySet["StaffingNeed"]):
    def visible_to(self, user: User) -> StaffingNeedQuerySet:
        """They are the centre's, and of nobody by name."""
        return self if user.sees_the_centre else self.none()


class StaffingNeed(models.Model):
    """A half hour of a line, or of all of them together (`line` empty): the calls that are expected, how many seconds
    one is handled, and of all how many `agents` answer them in time, how many `seats` make so many, and which `level`
    (part of one) they reach. What has begun is not changed any more: it is what was planned.
    """

    line = models.CharField(_("línea"), max_length=80, blank=True)
    began_at = models.DateTimeField(_("desde"))
    calls = models.FloatField()
    handling = models.FloatField()
    agents = models.PositiveSmallIntegerField(null=True)
    seats = models.PositiveSmallIntegerField(null=True)
    level = models.FloatField(null=True)

    objects = StaffingNeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["began_at", "line"], name="staffing_need_once"),
            models.CheckConstraint(
                condition=Q(line="", agents__isnull=False, seats__isnull=False, level__isnull=False)
                | ~Q(line="") & Q(agents=None, seats=None, level=None),
                name="staffing_need_of_all_says_how_many",
            ),
        ]


class ForecastTrial(models.Model):
    """How far off the forecast of a line's half hours was, on weeks it had not seen (`staffing/expected.py`, Off)."""

    line = models.CharField(_("línea"), max_length=80, unique=True)
    calls = models.PositiveIntegerField()
    error = models.FloatField()
    naive = models.FloatField()
