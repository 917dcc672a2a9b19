"""What the indicator is counted by (a new resolution of the regulator is a row), and the figures that were counted."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agents.audit import audited
from agents.models import User


def first_of_a_month(day: object) -> None:
    """The indicator is one of months: what it is counted by changes where one begins. Raises ValidationError."""
    if getattr(day, "day", 1) != 1:
        raise ValidationError(_("Escriba el primer día de un mes: el indicador se cuenta por meses enteros."))


@audited()
class Formula(models.Model):
    """How a call counts: valid from a month on, until the next one is.

    Level = answered within `seconds`, these included / registered × 100 (procedure I: GC-PRC-OPE-ASE-02). Registered
    are those answered and those that were not, of which a resolution may leave some out.
    """

    since = models.DateField(_("desde"), unique=True, validators=[first_of_a_month])
    seconds = models.PositiveSmallIntegerField(
        _("segundos"), default=20, validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("Contestada a más tardar en estos segundos desde que entra a la cola: estos incluidos."),
    )  # fmt: skip
    target = models.DecimalField(
        _("meta (%)"), max_digits=5, decimal_places=2, default=Decimal(80),
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )  # fmt: skip
    shortest_hang_up = models.PositiveSmallIntegerField(
        _("colgó antes de (s)"), default=0, validators=[MaxValueValidator(600)],
        help_text=_("Quien cuelga antes de estos segundos no cuenta. 0: cuentan todos."),
    )  # fmt: skip
    counts_timed_out = models.BooleanField(_("cuentan las que agotan la espera"), default=True)
    counts_other = models.BooleanField(_("cuentan las que salen de otra manera"), default=True)
    document = models.CharField(
        _("norma"), max_length=200, help_text=_("La resolución o el procedimiento que lo manda.")
    )

    class Meta:
        verbose_name = _("fórmula del indicador")
        verbose_name_plural = _("fórmulas del indicador")
        constraints = [
            models.CheckConstraint(condition=Q(since__day=1), name="formula_begins_with_a_month"),
            models.CheckConstraint(condition=Q(seconds__gte=1), name="formula_waits_a_second"),
            models.CheckConstraint(condition=Q(target__gt=0, target__lte=100), name="formula_target_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.target:g} % en {self.seconds} s"


@audited()
class MeasuredQueue(models.Model):
    """Which line the calls of a queue of the switchboard are of, and whether the regulator counts them: from a month
    on, until the next row of that queue. Calls of a queue nobody wrote down stand by its own name.
    """

    queue = models.CharField(_("cola de la central"), max_length=80)
    line = models.CharField(_("línea"), max_length=12)
    name = models.CharField(_("nombre"), max_length=80, blank=True)
    counts_for_att = models.BooleanField(
        _("cuenta para la ATT"), default=False, help_text=_("Si sus llamadas entran en el indicador del regulador.")
    )
    since = models.DateField(_("desde"), validators=[first_of_a_month])

    class Meta:
        verbose_name = _("cola medida")
        verbose_name_plural = _("colas medidas")
        constraints = [
            models.UniqueConstraint(fields=["queue", "since"], name="measured_queue_once_a_month"),
            models.CheckConstraint(condition=Q(since__day=1), name="measured_queue_begins_with_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.line} {self.name}".strip()


class LineFigureQuerySet(models.QuerySet["LineFigure"]):
    def visible_to(self, user: User) -> LineFigureQuerySet:
        """They are the centre's, and of nobody by name."""
        return self if user.sees_the_centre else self.none()


class LineFigure(models.Model):
    """The calls of a line in a half hour, a day or a month of La Paz, counted by the formula of that month.

    `registered` = answered + hung_up + timed_out + other; `counted` is what the formula leaves of it, `within` the
    numerator. Waits and talk in seconds: mean, median and ninth decile of those answered, `longest` of all.
    """

    class Grain(models.TextChoices):
        HALF_HOUR = "half_hour", _("media hora")
        DAY = "day", _("día")
        MONTH = "month", _("mes")

    grain = models.CharField(max_length=9, choices=Grain)
    line = models.CharField(_("línea"), max_length=80, help_text=_("El nombre de la cola, si no es de ninguna."))
    began_at = models.DateTimeField(_("desde"))
    counts_for_att = models.BooleanField(_("cuenta para la ATT"))
    answered = models.PositiveIntegerField(_("atendidas"))
    within = models.PositiveIntegerField(_("a tiempo"))
    hung_up = models.PositiveIntegerField(_("colgaron"))
    timed_out = models.PositiveIntegerField(_("agotaron la espera"))
    other = models.PositiveIntegerField(_("salieron de otra manera"))
    waiting = models.PositiveIntegerField(_("esperan todavía"))
    counted = models.PositiveIntegerField(_("cuentan"))
    unknown = models.PositiveIntegerField(
        _("sin espera conocida"), help_text=_("Atendidas de las que no se sabe si fue a tiempo: cuentan como tarde.")
    )
    odd = models.PositiveIntegerField(_("con anomalías"))
    wait_total = models.PositiveBigIntegerField(_("espera de las atendidas"))
    wait_median = models.FloatField(_("mediana de la espera"), null=True)
    wait_ninth = models.FloatField(_("90 % esperó a lo sumo"), null=True)
    longest = models.PositiveIntegerField(_("la espera más larga"), null=True)
    talked = models.PositiveIntegerField(_("con conversación conocida"))
    talk_total = models.PositiveBigIntegerField(_("conversación"))

    objects = LineFigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("cifra de una línea")
        verbose_name_plural = _("cifras de las líneas")
        constraints = [
            models.UniqueConstraint(fields=["grain", "began_at", "line", "counts_for_att"], name="line_figure_once"),
            models.CheckConstraint(
                condition=Q(within__lte=F("answered")) & Q(within__lte=F("counted")),
                name="line_figure_within_is_a_part",
            ),
        ]

    @property
    def registered(self) -> int:
        return self.answered + self.hung_up + self.timed_out + self.other


class MonthForecast(models.Model):
    """How the running month may end, of the lines the regulator counts (`service_level/indicator/forecast.py`, where
    each field is said); `days`: of how many days it was drawn.
    """

    month = models.DateField(_("mes"), unique=True)
    drawn_at = models.DateTimeField(_("calculado"))
    low = models.DecimalField(max_digits=5, decimal_places=2)
    middle = models.DecimalField(max_digits=5, decimal_places=2)
    high = models.DecimalField(max_digits=5, decimal_places=2)
    calls = models.PositiveIntegerField()
    left = models.IntegerField()
    chance = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("pronóstico de un mes")
        verbose_name_plural = _("pronósticos de los meses")
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="month_forecast_is_of_a_month"),
            models.CheckConstraint(
                condition=Q(low__lte=F("middle"), middle__lte=F("high")), name="month_forecast_in_order"
            ),
        ]
